//! Runs a program that the local config names: no shell, a time limit for it and all that it started, its output cut.

use crate::redact::is_end;
use rustix::process::{Pid, Signal, kill_process_group};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Command;
use tokio::sync::watch;

/// How long the output is waited for after the program ended; something it left running may hold it open.
const DRAIN: Duration = Duration::from_secs(1);

/// Which part of an output is kept, in bytes; the rest is read and dropped, so that the program never blocks on it.
#[derive(Debug, Clone, Copy)]
pub enum Keep {
    /// The beginning.
    Head(usize),
    /// The end.
    Tail(usize),
}

/// How a program ended.
#[derive(Debug)]
pub struct Ended {
    /// Its exit code; none when a signal ended it, or its time was up.
    pub code: Option<i32>,
    /// Whether it was ended for taking too long.
    pub timed_out: bool,
    /// What it printed.
    pub out: Vec<u8>,
    /// What it printed on standard error.
    pub err: Vec<u8>,
}

/// Runs a program to its end or its time limit. Fails when it can't be started.
pub async fn run(command: &mut Command, limit: Duration, keep: Keep) -> std::io::Result<Ended> {
    run_fed(command.stdin(Stdio::null()), Vec::new(), limit, keep).await
}

/// The same, with something to read for the program.
pub async fn run_with_input(command: &mut Command, input: Vec<u8>, limit: Duration, keep: Keep) -> std::io::Result<Ended> {
    run_fed(command.stdin(Stdio::piped()), input, limit, keep).await
}

async fn run_fed(command: &mut Command, input: Vec<u8>, limit: Duration, keep: Keep) -> std::io::Result<Ended> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that doesn't read it, or not to its end, does no wrong; the pipe is closed after it.
        tokio::spawn(async move { stdin.write_all(&input).await });
    }
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let out = tokio::spawn(read(child.stdout.take(), keep));
    let err = tokio::spawn(read(child.stderr.take(), keep));
    let ended = tokio::time::timeout(limit, child.wait()).await;
    let timed_out = ended.is_err();
    if timed_out {
        if let Some(group) = group {
            // It may have ended just now; then there is nothing to kill.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = child.wait().await;
    }
    let code = ended.ok().and_then(Result::ok).and_then(|status| status.code());
    Ok(Ended { code, timed_out, out: collect(out).await, err: collect(err).await })
}

/// How a program that was followed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// By itself, with this exit code; none: a signal ended it.
    Code(Option<i32>),
    /// It took too long, and was ended.
    TimedOut,
    /// It was stopped.
    Stopped,
}

/// What a program has printed on either stream: the end of it.
#[derive(Debug, Clone, Default)]
pub struct Printed {
    kept: Vec<u8>,
    most: usize,
    /// The line that each stream has begun, where only whole ones are wanted.
    begun: Option<[Begun; 2]>,
}

#[derive(Debug, Clone, Default)]
struct Begun {
    line: Vec<u8>,
    too_long: bool,
}

impl Printed {
    /// Nothing yet; of what comes the last `most` bytes are kept, just as they come.
    pub fn as_it_comes(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// The same, but only whole lines: none is torn by the other stream, none has lost its beginning. A line longer than all that
    /// is kept is left out.
    pub fn whole_lines(most: usize) -> Self {
        Self { most, begun: Some(<[Begun; 2]>::default()), ..Self::default() }
    }

    /// It.
    pub fn text(&self) -> &[u8] {
        &self.kept
    }

    fn add(&mut self, stream: usize, bytes: &[u8]) {
        match &mut self.begun {
            None => self.kept.extend_from_slice(bytes),
            Some(begun) => begun[stream].add(bytes, self.most, &mut self.kept),
        }
        self.cut();
    }

    /// Nothing comes any more: what was begun is as whole as it will be.
    fn end(&mut self) {
        for Begun { line, too_long } in self.begun.take().into_iter().flatten() {
            if !too_long && !line.is_empty() {
                let is_torn = self.kept.last().is_some_and(|last| !is_end(*last));
                self.kept.extend(is_torn.then_some(b'\n'));
                self.kept.extend(line);
                self.cut_lines();
            }
        }
    }

    fn cut(&mut self) {
        if self.begun.is_some() {
            self.cut_lines();
        } else {
            self.kept.drain(..self.kept.len().saturating_sub(self.most));
        }
    }

    fn cut_lines(&mut self) {
        let excess = self.kept.len().saturating_sub(self.most);
        if excess > 0 {
            // From the byte before on, which may end a line.
            let rest = self.kept[excess - 1..].iter().position(|byte| is_end(*byte));
            self.kept.drain(..rest.map_or(self.kept.len(), |at| excess + at));
        }
    }
}

impl Begun {
    fn add(&mut self, bytes: &[u8], most: usize, whole: &mut Vec<u8>) {
        let Some(last) = bytes.iter().rposition(|byte| is_end(*byte)) else {
            self.line.extend_from_slice(bytes);
            self.too_long |= self.line.len() > most;
            if self.too_long {
                self.line.clear();
            }
            return;
        };
        let (lines, begun) = bytes.split_at(last + 1);
        let skipped = if self.too_long { lines.iter().position(|byte| is_end(*byte)).map_or(0, |at| at + 1) } else { 0 };
        whole.append(&mut self.line);
        whole.extend_from_slice(&lines[skipped..]);
        *self = Self { line: begun.to_vec(), too_long: false };
    }
}

/// Runs a program to its end, its time limit or until `stop`; what it prints is shown as it comes. Fails when it can't be started.
pub async fn follow(
    command: &mut Command,
    limit: Duration,
    stop: impl Future<Output = ()>,
    shown: &watch::Sender<Printed>,
) -> std::io::Result<End> {
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.process_group(0).spawn()?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let printing = async { tokio::join!(show(out, 0, shown), show(err, 1, shown)) };
    tokio::pin!(printing);
    let mut printed_all = false;
    let end = {
        let ending = async {
            tokio::select! {
                status = child.wait() => End::Code(status.ok().and_then(|status| status.code())),
                () = tokio::time::sleep(limit) => End::TimedOut,
                () = stop => End::Stopped,
            }
        };
        tokio::pin!(ending);
        loop {
            tokio::select! {
                end = &mut ending => break end,
                _ = &mut printing, if !printed_all => printed_all = true,
            }
        }
    };
    if !matches!(end, End::Code(_)) {
        if let Some(group) = group {
            // It may have ended just now; then there is nothing to kill.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = child.wait().await;
    }
    if !printed_all {
        // Something that it left running may hold its output open.
        let _ = tokio::time::timeout(DRAIN, printing).await;
    }
    shown.send_modify(Printed::end);
    Ok(end)
}

async fn show(pipe: Option<impl AsyncRead + Unpin>, stream: usize, shown: &watch::Sender<Printed>) {
    let Some(mut pipe) = pipe else { return };
    let mut buffer = vec![0; 4096];
    while let Ok(read @ 1..) = pipe.read(&mut buffer).await {
        shown.send_modify(|printed| printed.add(stream, &buffer[..read]));
    }
}

async fn collect(mut output: tokio::task::JoinHandle<Vec<u8>>) -> Vec<u8> {
    if let Ok(bytes) = tokio::time::timeout(DRAIN, &mut output).await {
        return bytes.unwrap_or_default();
    }
    output.abort();
    b"(its output is still held open by something that it started)".to_vec()
}

async fn read(stream: Option<impl AsyncRead + Unpin>, keep: Keep) -> Vec<u8> {
    let mut kept = Vec::new();
    let Some(mut stream) = stream else { return kept };
    let mut buffer = vec![0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        match keep {
            Keep::Head(most) => kept.extend_from_slice(&buffer[..read.min(most.saturating_sub(kept.len()))]),
            Keep::Tail(most) => {
                kept.extend_from_slice(&buffer[..read]);
                let excess = kept.len().saturating_sub(most);
                kept.drain(..excess);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_lines_are_not_torn_by_the_other_stream() {
        let mut printed = Printed::whole_lines(100);
        printed.add(0, b"token=hun");
        printed.add(1, b"a warning\nan");
        assert_eq!(printed.text(), b"a warning\n", "what is begun waits");
        printed.add(0, b"ter2\nend");
        printed.end();
        assert_eq!(printed.text(), b"a warning\ntoken=hunter2\nend\nan");
    }

    #[test]
    fn of_whole_lines_no_more_is_kept_than_wanted_and_the_first_is_whole() {
        let mut printed = Printed::whole_lines(10);
        printed.add(0, b"one\ntwo\nthree\n");
        assert_eq!(printed.text(), b"two\nthree\n");
        printed.add(0, b"a line that is longer ");
        printed.add(0, b"than all\nend\n");
        assert_eq!(printed.text(), b"three\nend\n");
        let mut printed = Printed::as_it_comes(5);
        printed.add(0, b"one\ntwo");
        assert_eq!(printed.text(), b"e\ntwo");
    }
}
