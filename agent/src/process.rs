//! Runs a program that the local config names: no shell, a time limit for it and all that it started, its output cut.

use rustix::process::{Pid, Signal, kill_process_group};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _};
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
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.process_group(0).spawn()?;
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

/// Runs a program to its end, its time limit or until `stop`; the last `most` bytes that it printed are shown as they come.
/// Fails when it can't be started.
pub async fn follow(
    command: &mut Command,
    limit: Duration,
    stop: impl Future<Output = ()>,
    most: usize,
    shown: &watch::Sender<Vec<u8>>,
) -> std::io::Result<End> {
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.process_group(0).spawn()?;
    let group = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let printing = async { tokio::join!(show(out, most, shown), show(err, most, shown)) };
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
    Ok(end)
}

async fn show(stream: Option<impl AsyncRead + Unpin>, most: usize, shown: &watch::Sender<Vec<u8>>) {
    let Some(mut stream) = stream else { return };
    let mut buffer = vec![0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        shown.send_modify(|kept| {
            kept.extend_from_slice(&buffer[..read]);
            let excess = kept.len().saturating_sub(most);
            kept.drain(..excess);
        });
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
