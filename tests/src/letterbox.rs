//! A mail server for tests of whole processes: takes every mail and keeps it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// Where mails go; as they came over the wire.
pub struct Letterbox {
    address: SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Letterbox {
    /// Listens at a free port.
    pub fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let (address, mails) = (listener.local_addr().expect("an address"), Arc::<Mutex<Vec<String>>>::default());
        let kept = Arc::clone(&mails);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                // A client that goes away in the middle has sent no mail.
                std::thread::spawn(move || drop(serve(stream, &kept)));
            }
        });
        Self { address, mails }
    }

    /// Its address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The subjects of the mails so far.
    pub fn subjects(&self) -> Vec<String> {
        let mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        let subject = |mail: &String| mail.lines().find_map(|line| line.strip_prefix("Subject: ").map(str::to_owned));
        mails.iter().filter_map(subject).collect()
    }
}

fn serve(stream: TcpStream, mails: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut answer = stream.try_clone()?;
    let mut lines = BufReader::new(stream).lines();
    answer.write_all(b"220 test\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        if line == "DATA" {
            answer.write_all(b"354 go on\r\n")?;
            let mail: Vec<String> = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
            mails.lock().unwrap_or_else(PoisonError::into_inner).push(mail.join("\n"));
        }
        answer.write_all(b"250 ok\r\n")?;
    }
    Ok(())
}
