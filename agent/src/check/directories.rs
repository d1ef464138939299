//! The patch directory of an application: the enrolled one, and writable.

use super::access::{Deed, why, writable};
use super::{Finding, found};
use crate::config::{Application, Config};
use crate::marker::{self, Markers};
use crate::root::Root;
use fieldpost_common::id::AppName;
use fieldpost_common::inventory::Directory;

pub(super) fn check(config: &Config, application: &Application) -> Finding {
    let path = application.directory.as_path();
    let markers = match Markers::load(&config.state(marker::FILE_OF_IDS)) {
        Ok(markers) => markers,
        Err(error) => {
            return super::denied(&format!("directory of {}", application.name), &config.state(marker::FILE_OF_IDS), &error);
        }
    };
    let how = match Root::open(path, &markers.expected(&config.site, &application.name)) {
        Ok(_) => match writable(path) {
            Ok(()) => Ok(format!("{}, the enrolled one", path.display())),
            Err(error) => {
                Err(format!("{}: {}\ngive it to the user that runs the agent", path.display(), why(Deed::Write, &error)))
            }
        },
        Err(wrong) => Err(format!("{}: {}\n{}", path.display(), wrong.explain(), cure(wrong, &application.name))),
    };
    found(format!("directory of {}", application.name), how)
}

fn cure(wrong: Directory, application: &AppName) -> String {
    let mark = format!("`fieldpost-agent mark --config FILE {application}`");
    match wrong {
        Directory::Present => String::new(),
        Directory::Missing => format!("mount it, or make it and run {mark}"),
        Directory::NoMarker => format!("mount the right disk, or, if this is the right directory, run {mark}"),
        Directory::OtherMarker => "name the right directory in the config".to_owned(),
        Directory::NotADirectory => "name the directory itself in the config, not a link to it".to_owned(),
        Directory::Unreadable => "let the user that runs the agent read it".to_owned(),
        Directory::Newer => "use the newest agent".to_owned(),
    }
}
