//! The swaps themselves, each one atomic, each one looked at afterwards.

use super::temp::{Temp, swap_name};
use super::{failure, look};
use cap_std::fs::Dir;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::order::{Failure, Refusal};
use rustix::fs::{AtFlags, RenameFlags, linkat, renameat_with};
use rustix::io::Errno;
use std::ffi::{OsStr, OsString};
use std::io;

fn io_failure(error: Errno) -> Failure {
    failure(&error.into())
}

/// File systems and kernels without the flags of `renameat2` say so in one of these ways.
fn is_unsupported(error: Errno) -> bool {
    matches!(error, Errno::INVAL | Errno::NOSYS | Errno::NOTSUP)
}

/// Renames, if the new name is free.
fn rename_free(dir: &Dir, from: &OsStr, to: &OsStr) -> Result<(), Errno> {
    match renameat_with(dir, from, dir, to, RenameFlags::NOREPLACE) {
        Err(error) if is_unsupported(error) => {
            // A hard link fails when the name is taken, just as atomically.
            linkat(dir, from, dir, to, AtFlags::empty())?;
            rustix::fs::unlinkat(dir, from, AtFlags::empty())
        }
        other => other,
    }
}

/// Puts a new file in place where nothing may be.
pub(super) fn place(dir: &Dir, temp: &mut Temp, name: &OsStr) -> Result<(), Failure> {
    let Some(from) = temp.name().cloned() else { return Ok(()) };
    match rename_free(dir, &from, name) {
        Ok(()) => {
            temp.give_away();
            Ok(())
        }
        Err(Errno::EXIST) => Err(Refusal::ExpectationNotMet.into()),
        Err(error) => Err(io_failure(error)),
    }
}

/// Swaps the new file with the old one, and swaps back when what comes out isn't what was expected.
pub(super) fn exchange(dir: &Dir, temp: &mut Temp, name: &OsStr, expected: ContentHash) -> Result<(), Failure> {
    let Some(beside) = temp.name().cloned() else { return Ok(()) };
    match renameat_with(dir, &beside, dir, name, RenameFlags::EXCHANGE) {
        Ok(()) => {}
        Err(Errno::NOENT) => return Err(Refusal::ExpectationNotMet.into()),
        Err(error) if is_unsupported(error) => return replace(dir, temp, name, expected),
        Err(error) => return Err(io_failure(error)),
    }
    match look(dir, &beside) {
        Ok(Some((found, _))) if found == expected => Ok(()),
        _ => Err(put_back(dir, temp, &beside, name)),
    }
}

/// Somebody else's bytes came out: they go back where they were, and ours come out again.
fn put_back(dir: &Dir, temp: &mut Temp, beside: &OsStr, name: &OsStr) -> Failure {
    let ours = temp.is_ours(dir, name);
    let back = if ours { renameat_with(dir, beside, dir, name, RenameFlags::EXCHANGE) } else { Err(Errno::EXIST) };
    if back.is_ok() && temp.is_ours(dir, beside) {
        return Refusal::ExpectationNotMet.into();
    }
    // A second edit landed in between: the name keeps the latest bytes, the others stay beside under a name that people see.
    temp.give_away();
    match keep(dir, beside, name) {
        Ok(()) => Refusal::ExpectationNotMet.into(),
        Err(error) => failure(&error),
    }
}

/// Gives unknown bytes a name that the scan reports.
pub(super) fn keep(dir: &Dir, beside: &OsStr, name: &OsStr) -> io::Result<()> {
    for number in 1..1000 {
        let mut kept = OsString::from("kept");
        kept.push(format!("-{number}-"));
        kept.push(name);
        match rename_free(dir, beside, &kept) {
            Ok(()) => return Ok(()),
            Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(io::Error::other("too many kept files"))
}

/// Without EXCHANGE: the old file is moved aside, looked at, and the new one put where nothing is.
pub(super) fn replace(dir: &Dir, temp: &mut Temp, name: &OsStr, expected: ContentHash) -> Result<(), Failure> {
    let aside = move_aside(dir, name, expected)?;
    match place(dir, temp, name) {
        Ok(()) => rustix::fs::unlinkat(dir, &aside, AtFlags::empty()).map_err(io_failure),
        Err(error) => {
            restore(dir, &aside, name)?;
            Err(error)
        }
    }
}

/// Takes a file away, unless it turns out to be another one than expected.
pub(super) fn take_away(dir: &Dir, name: &OsStr, expected: ContentHash) -> Result<(), Failure> {
    let aside = move_aside(dir, name, expected)?;
    rustix::fs::unlinkat(dir, &aside, AtFlags::empty()).map_err(io_failure)
}

/// Moves a file to a name beside and looks at it; back it goes when it isn't the expected one.
fn move_aside(dir: &Dir, name: &OsStr, expected: ContentHash) -> Result<OsString, Failure> {
    let aside = swap_name(&expected);
    match rename_free(dir, name, &aside) {
        Ok(()) => {}
        Err(Errno::NOENT) => return Err(Refusal::ExpectationNotMet.into()),
        Err(error) => return Err(io_failure(error)),
    }
    match look(dir, &aside) {
        Ok(Some((found, _))) if found == expected => Ok(aside),
        _ => {
            restore(dir, &aside, name)?;
            Err(Refusal::ExpectationNotMet.into())
        }
    }
}

fn restore(dir: &Dir, aside: &OsStr, name: &OsStr) -> Result<(), Failure> {
    match rename_free(dir, aside, name) {
        Ok(()) => Ok(()),
        Err(Errno::EXIST) => keep(dir, aside, name).map_err(|error| failure(&error)),
        Err(error) => Err(io_failure(error)),
    }
}
