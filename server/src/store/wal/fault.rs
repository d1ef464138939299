//! Why a database is not opened as it lies there. The words name the cure.

/// Why a database isn't opened as it lies there. Each says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogFault {
    /// The file alone is not all.
    #[error(
        "{file} was in use when it was copied or when its server ended, and its log {file}-wal is not beside it: the newest changes stand in that log\nput the log back beside it; if there is none, `fieldpost-server promote --data {data}` goes on with what is here, and sites and apps give back what they know"
    )]
    Missing {
        /// The database.
        file: String,
        /// Its directory.
        data: String,
    },
    /// File and log don't belong together.
    #[error(
        "{file}-wal is the log of other or older data than {file}: together they would be damaged, so nothing was opened\n`fieldpost-server restore {file} --data {data}` goes on with the file and keeps both aside"
    )]
    Foreign {
        /// The database.
        file: String,
        /// Its directory.
        data: String,
    },
    /// A backup in the place of the data.
    #[error(
        "{file} is a backup that was not restored: sites and apps would not hear that the data went back\n`fieldpost-server promote --data {data}` makes it this server's data"
    )]
    Backup {
        /// The database.
        file: String,
        /// Its directory.
        data: String,
    },
    /// Nothing in it.
    #[error(
        "{file} was never initialised: it holds no server's data, and its log may have been lost\n`fieldpost-server restore BACKUP --data {data}` puts a backup in its place and keeps it aside"
    )]
    Empty {
        /// The database.
        file: String,
        /// Its directory.
        data: String,
    },
    /// It can't be read.
    #[error(
        "the database {file} is damaged: {why}\n`fieldpost-server restore BACKUP --data {data}` puts a backup in its place and keeps this one aside"
    )]
    Damaged {
        /// The database.
        file: String,
        /// Its directory.
        data: String,
        /// What SQLite says.
        why: String,
    },
}
