//! The one thread that writes: whatever waits goes into one transaction, each piece of work in a savepoint of its own, and
//! every caller is answered after the commit.

use super::wal::Log;
use super::{Effect, StoreError};
use rusqlite::Connection;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// The most pieces of work in one transaction: bounds how long the first one waits.
const GROUP: usize = 256;

/// What work sees of the transaction, and where it says what is to happen once that is committed.
pub(crate) struct Tx<'a> {
    connection: &'a Connection,
    effects: Vec<Effect>,
}

impl Tx<'_> {
    /// Happens after the commit, and only then; also when the caller has gone away.
    pub(crate) fn then(&mut self, effect: Effect) {
        self.effects.push(effect);
    }
}

impl Deref for Tx<'_> {
    type Target = Connection;
    fn deref(&self) -> &Connection {
        self.connection
    }
}

type OnCommit = Box<dyn Fn(Effect) + Send>;

/// The jobs that were in a transaction; and what is to happen now, or why nothing of it was kept.
type Group = (Vec<Box<dyn Job>>, Result<Vec<Effect>, StoreError>);

trait Job: Send {
    /// Whether what it did is to be kept.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    fn answer(self: Box<Self>, end: Result<(), StoreError>);
}

struct Work<F, T, E> {
    todo: Option<F>,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Job for Work<F, T, E>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(work) = self.todo.take() else { return false };
        let result = catch_unwind(AssertUnwindSafe(|| work(tx)));
        let result = result.unwrap_or_else(|_| Err(StoreError::Panicked.into()));
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn answer(self: Box<Self>, end: Result<(), StoreError>) {
        let result = match (end, self.result) {
            (Err(error), None | Some(Ok(_))) => Err(error.into()),
            (_, Some(result)) => result,
            (Ok(()), None) => Err(StoreError::Stopped.into()),
        };
        // Nobody listens any more when the client has gone away.
        drop(self.reply.send(result));
    }
}

/// What the writing thread is told.
enum Message {
    Work(Box<dyn Job>),
    /// What was queued before is done, and nothing after it.
    Close,
}

/// Hands work to the writing thread.
pub(super) struct Writer {
    queue: Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, log: Log, on_commit: OnCommit) -> std::io::Result<Self> {
        let (queue, arrived) = channel();
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let thread = thread.spawn(move || run(&connection, log, &arrived, &*on_commit))?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)) })
    }

    /// Queues work at once; the future only waits for its end.
    pub(super) fn write<T, E, F>(&self, work: F) -> impl Future<Output = Result<T, E>> + use<T, E, F>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        // When the thread is gone the job and its reply are dropped, and the answer below says so.
        drop(self.queue.send(Message::Work(Box::new(Work { todo: Some(work), result: None, reply }))));
        async move { answer.await.unwrap_or_else(|_| Err(StoreError::Stopped.into())) }
    }
}

impl Writer {
    /// Does what was queued, and ends; the connection is closed when this returns.
    pub(super) fn close(&self) {
        // When the thread is gone nobody has to be told.
        drop(self.queue.send(Message::Close));
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if thread.is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the store's writer ended in a panic");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn run(connection: &Connection, mut log: Log, queue: &Receiver<Message>, on_commit: &dyn Fn(Effect)) {
    let mut closing = false;
    while !closing {
        let first = match log.rest() {
            None => queue.recv().map_err(RecvTimeoutError::from),
            Some(rest) => queue.recv_timeout(rest),
        };
        let first = match first {
            Ok(Message::Work(first)) => first,
            Ok(Message::Close) | Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                log.tend(connection);
                continue;
            }
        };
        let mut waiting = Some(first);
        let mut next = || {
            if let Some(first) = waiting.take() {
                return Some(first);
            }
            match queue.try_recv() {
                Ok(Message::Work(job)) => Some(job),
                Ok(Message::Close) => {
                    closing = true;
                    None
                }
                Err(_) => None,
            }
        };
        let (done, end) = group(connection, &mut log, &mut next);
        let end = end.map(|effects| effects.into_iter().for_each(on_commit));
        if let Err(error) = &end {
            tracing::error!(%error, jobs = done.len(), "a transaction was not committed");
        }
        for job in done {
            job.answer(end.clone());
        }
        log.tend(connection);
    }
    if let Err(error) = log.end(connection) {
        tracing::warn!(%error, "the database's log was not emptied: whoever copies the data takes the files beside fieldpost.db too");
    }
}

/// Runs one transaction.
fn group(connection: &Connection, log: &mut Log, next: impl FnMut() -> Option<Box<dyn Job>>) -> Group {
    let mut effects = Vec::new();
    let mut done = Vec::new();
    let mut end = connection.execute_batch("BEGIN IMMEDIATE").map_err(StoreError::from);
    for mut job in std::iter::from_fn(next).take(GROUP) {
        if end.is_ok() {
            end = savepoint(connection, &mut *job, &mut effects);
        }
        done.push(job);
    }
    end = end.and_then(|()| log.stamp(connection));
    end = end.and_then(|()| Ok(connection.execute_batch("COMMIT")?));
    if end.is_err() && !connection.is_autocommit() {
        drop(connection.execute_batch("ROLLBACK"));
    }
    (done, end.map(|()| effects))
}

fn savepoint(connection: &Connection, job: &mut dyn Job, effects: &mut Vec<Effect>) -> Result<(), StoreError> {
    connection.execute_batch("SAVEPOINT job")?;
    let mut tx = Tx { connection, effects: Vec::new() };
    let keep = job.run(&mut tx);
    if connection.is_autocommit() {
        // A full disk or a failing one can end the whole transaction under our feet.
        return Err(StoreError::RolledBack);
    }
    if keep {
        effects.append(&mut tx.effects);
        connection.execute_batch("RELEASE job")?;
    } else {
        connection.execute_batch("ROLLBACK TO job; RELEASE job")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
