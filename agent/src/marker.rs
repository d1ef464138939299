//! The marker file in a patch directory: tells the enrolled directory from an empty mount point or another site's.

use crate::clock::random;
use fieldpost_common::hash::hex;
use fieldpost_common::id::{AppName, SiteName};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;

/// The name of the file in the state directory that keeps the markers' ids.
pub const FILE_OF_IDS: &str = "markers";
/// The marker's name.
pub const FILE: &str = ".fieldpost-site";

/// What a marker says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marker {
    /// Whose directory.
    pub site: SiteName,
    /// For which application.
    pub application: AppName,
    /// Made anew for each directory.
    pub id: String,
}

/// The ids of the markers that this agent made, by application. Kept in the state directory.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Markers(pub BTreeMap<AppName, String>);

/// What the marker of a directory must say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// The site.
    pub site: SiteName,
    /// The application.
    pub application: AppName,
    /// The id; `None` when the agent's memory of it was lost: then site and application must do.
    pub id: Option<String>,
}

impl Expected {
    /// Whether a marker file's bytes are the ones meant.
    pub fn is_met_by(&self, bytes: &[u8]) -> bool {
        serde_json::from_slice::<Marker>(bytes).is_ok_and(|marker| {
            let same_place = marker.site == self.site && marker.application == self.application;
            same_place && self.id.as_ref().is_none_or(|id| *id == marker.id)
        })
    }
}

impl Markers {
    /// Reads them; a file that is lost or broken gives none. One that can't be read is an error: it may hold any.
    pub fn load(path: &Path) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Writes them durably.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        crate::durable::write(path, &serde_json::to_vec(self)?, 0o600)
    }

    /// What to expect in an application's directory.
    pub fn expected(&self, site: &SiteName, application: &AppName) -> Expected {
        Expected { site: site.clone(), application: application.clone(), id: self.0.get(application).cloned() }
    }
}

/// What became of a directory that was to be marked.
#[derive(Debug, PartialEq, Eq)]
pub enum Marking {
    /// It has a new marker with this id.
    New(String),
    /// It was already marked for the same site and application; the id is kept.
    Kept(String),
}

/// Marks a directory, unless it belongs to another site or application.
pub fn mark(directory: &Path, site: &SiteName, application: &AppName) -> io::Result<Marking> {
    let path = directory.join(FILE);
    match std::fs::read(&path) {
        Ok(bytes) => match serde_json::from_slice::<Marker>(&bytes) {
            Ok(marker) if marker.site == *site && marker.application == *application => Ok(Marking::Kept(marker.id)),
            Ok(marker) => {
                Err(io::Error::other(format!("it belongs to application {} of site {}", marker.application, marker.site)))
            }
            Err(_) => {
                Err(io::Error::other(format!("its marker {FILE} can't be read: remove it if the directory is the right one")))
            }
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let marker = Marker { site: site.clone(), application: application.clone(), id: hex(&random::<16>()) };
            crate::durable::write(&path, &serde_json::to_vec(&marker)?, 0o644)?;
            Ok(Marking::New(marker.id))
        }
        Err(error) => Err(error),
    }
}
