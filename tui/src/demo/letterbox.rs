//! A mail server for the demo: takes every mail and lays it into a folder, one file each. It knows no more of SMTP than that needs.

use super::DemoError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where mails of the demo go. Its threads end with the program.
#[derive(Debug)]
pub(super) struct Letterbox {
    pub(super) address: SocketAddr,
    folder: PathBuf,
}

impl Letterbox {
    /// Listens, and lays what comes into the folder.
    pub(super) fn open(folder: &Path) -> Result<Self, DemoError> {
        let failed = || DemoError::io(folder.display().to_string());
        std::fs::create_dir_all(folder).map_err(failed())?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(DemoError::io("a port for mails"))?;
        let address = listener.local_addr().map_err(DemoError::io("a port for mails"))?;
        let (place, taken) = (folder.to_owned(), Arc::new(AtomicUsize::new(0)));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (place, taken) = (place.clone(), Arc::clone(&taken));
                // A client that goes away in the middle has sent no mail.
                std::thread::spawn(move || drop(serve(stream, &place, &taken)));
            }
        });
        Ok(Self { address, folder: folder.to_owned() })
    }

    /// The mails so far, in their order.
    pub(super) fn mails(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut files: Vec<_> =
            entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
        files.sort();
        files.iter().filter_map(|path| Some(readable(&std::fs::read_to_string(path).ok()?))).collect()
    }
}

/// A mail as a person reads it: a header is one line again, and bodies, which travel as base64, are text.
fn readable(mail: &str) -> String {
    let mut blocks = mail.split("\r\n\r\n");
    let mut text = blocks.next().unwrap_or_default().replace("\r\n ", " ");
    for block in blocks {
        // A block of base64 may be followed by the boundary and the headers of the next part, or be headers alone.
        let body: String = block.lines().take_while(|line| !line.is_empty() && !line.starts_with("--")).collect();
        let decoded = STANDARD.decode(body).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        text += "\r\n\r\n";
        text += decoded.as_deref().unwrap_or(block);
    }
    text
}

fn serve(stream: TcpStream, folder: &Path, taken: &AtomicUsize) -> std::io::Result<()> {
    let mut answer = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    answer.write_all(b"220 demo\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        match line.split_whitespace().next().unwrap_or_default() {
            "DATA" => {
                answer.write_all(b"354 go on\r\n")?;
                let mut mail = String::new();
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    mail.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.push_str("\r\n");
                }
                let number = taken.fetch_add(1, Ordering::Relaxed) + 1;
                // Whoever lists the folder sees whole mails only.
                let part = folder.join(format!("{number:03}.part"));
                std::fs::write(&part, mail)?;
                std::fs::rename(part, folder.join(format!("{number:03}.eml")))?;
                answer.write_all(b"250 taken\r\n")?;
            }
            "QUIT" => return answer.write_all(b"221 bye\r\n"),
            _ => answer.write_all(b"250 ok\r\n")?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_read_with_its_folded_subject_and_both_of_its_bodies() {
        let mail = "Subject: [fieldpost] acme:\r\n problem\r\nContent-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
                    --b\r\nContent-Transfer-Encoding: base64\r\n\r\nYWNtZTogcHJvYmxl\r\nbTogYQo=\r\n\
                    --b\r\nContent-Transfer-Encoding: base64\r\n\r\nPGh0bWw+\r\n--b--\r\n";
        let text = readable(mail);
        for words in ["Subject: [fieldpost] acme: problem\r\n", "\r\n\r\nacme: problem: a\n", "<html>"] {
            assert!(text.contains(words), "{words:?} is not in {text:?}");
        }
    }
}
