//! `enroll`: takes an enrolment string, makes directories, marker, token and config, and tells the server.

mod made;
mod seed;

use crate::config::{Config, ConfigError};
use crate::marker::{self, Markers, Marking};
use crate::server::{ClientError, Server};
use crate::state_access;
use crate::token::Token;
use crate::trouble::Trouble;
use crate::trust::{self, Held};
use crate::{clock, durable, history};
use fieldpost_common::envelope::PublicKey;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::invitation::{Invitation, InvitationError, Kind};
use fieldpost_common::trust::TrustError;
use fieldpost_common::wire::{EnrollAnswer, EnrollRequest, SiteApp};
use made::Made;
use seed::Seed;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// `NAME=VERSION:DIR`.
#[derive(Debug, Clone)]
pub struct AppDirectory {
    name: AppName,
    version: Version,
    directory: PathBuf,
}

impl FromStr for AppDirectory {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let form = || format!("{text:?}: use NAME=VERSION:DIRECTORY, as in trading=7.7:/srv/trading/patches");
        let (name, rest) = text.split_once('=').ok_or_else(form)?;
        let (version, directory) = rest.split_once(':').filter(|(_, directory)| !directory.is_empty()).ok_or_else(form)?;
        Ok(Self {
            name: name.parse().map_err(|error| format!("{error}"))?,
            version: version.parse().map_err(|error| format!("{error}"))?,
            directory: PathBuf::from(directory),
        })
    }
}

/// What `enroll` was asked for.
#[derive(Debug, Clone)]
pub struct Wish {
    /// The enrolment string.
    pub string: String,
    /// The config file to write.
    pub config: PathBuf,
    /// What runs at this site.
    pub applications: Vec<AppDirectory>,
    /// Whether an enrolled site gets a new identity; its config stays as it is.
    pub again: bool,
    /// Whether plain HTTP to another host is meant.
    pub allow_plain_http: bool,
    /// Further lines of the config: proxy and the like.
    pub extra: Vec<(&'static str, String)>,
}

/// Why a site was not enrolled.
#[derive(Debug, thiserror::Error)]
pub enum EnrollError {
    /// The string.
    #[error(transparent)]
    Invitation(#[from] InvitationError),
    /// The string was made by something else than the app.
    #[error("the enrolment string has no root key: ask the vendor for a new one (`fieldpost site enrolment` prints it there)")]
    NoRoot,
    /// There is a config already.
    #[error("{0} is there already\nto give this site a new identity: `fieldpost-agent enroll STRING --config {0} --again`")]
    Exists(PathBuf),
    /// There is a link, and nothing behind it.
    #[error(
        "{0} is a link to a file that isn't there\nremove the link, or name the file that it leads to: `fieldpost-agent enroll STRING --config FILE`"
    )]
    Dangling(PathBuf),
    /// Nothing to serve.
    #[error("name what runs at this site: --app NAME=VERSION:DIRECTORY, once for each application")]
    NoApplication,
    /// The string is for another site.
    #[error("the string is for site {given}, and the config is for site {here}")]
    OtherSite {
        /// In the string.
        given: SiteName,
        /// In the config.
        here: SiteName,
    },
    /// The config.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file or directory.
    #[error("{0}: {1}{cure}", cure = denied(.0, .1))]
    Io(PathBuf, io::Error),
    /// The way to the server.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The server's answer.
    #[error("{0}\nnothing was enrolled and nothing is left behind")]
    Trouble(#[from] Trouble),
    /// The answer was lost on its way.
    #[error(
        "{0}\nnobody knows whether this site is enrolled now: give the same command again within 15 minutes, which the server takes for the same try"
    )]
    Unknown(Trouble),
    /// The trust document doesn't follow from the string's root key.
    #[error(
        "the server's trust document does not follow from the root key in the string: {0}\nnothing was enrolled; ask whoever sent the string"
    )]
    Trust(#[from] TrustError),
}

/// What helps where a permission is missing.
fn denied(path: &Path, error: &io::Error) -> String {
    if !state_access::is_denied(error) {
        return String::new();
    }
    format!("\n{}", state_access::cure(path, error))
}

/// Enrolls. Gives back the config, which is on disk by then.
pub async fn enroll(wish: &Wish) -> Result<Config, EnrollError> {
    let invitation = Invitation::parse(&wish.string, Kind::Enrolment)?;
    let root = invitation.root.ok_or(EnrollError::NoRoot)?;
    let site: SiteName = invitation.name.parse().map_err(|_| InvitationError::NotOurs("enrolment"))?;
    let path = absolute(&wish.config)?;
    let (text, config) = config(wish, &invitation, &site, &path)?;
    let mut made = Made::default();
    make(&config, &path, &mut made)?;
    let mut seed = Seed::load_or_make(&config)?;
    let token = Token::derive(&seed.root, &wish.string);
    let server = Server::new(&config, token.clone())?;
    // Written before the one-time secret is spent: a full disk must not burn it.
    let waiting = config.state("token.enrolling");
    made.file(waiting.clone());
    token.save(&waiting).map_err(|error| EnrollError::Io(waiting.clone(), error))?;
    let answer = match ask(&server, &request(&config, invitation.secret, &token)).await {
        Ok(answer) => answer,
        Err(trouble) if is_unknown(&trouble) => {
            seed.leave();
            return Err(EnrollError::Unknown(trouble));
        }
        Err(trouble) => return Err(trouble.into()),
    };
    seed.leave();
    let mut held = Held::pinned(root);
    let (accepted, end) = held.extend(&answer.trust);
    end?;
    let document = accepted.map(|accepted| accepted.to_bytes(&held.chain));
    made.keep();
    keep(&config, &waiting, &root, document.as_deref())?;
    seed.forget();
    forget_server(&config)?;
    if let Some(text) = text {
        durable::write(&path, text.as_bytes(), 0o644).map_err(|error| EnrollError::Io(path.clone(), error))?;
    }
    let words = format!("enrolled as {} at {}; the root key is {}", config.site, config.server, root.fingerprint());
    history::record_once(&config, history::about_agent(&words, clock::wall()));
    Ok(config)
}

/// Asks once more where the answer was lost: the server takes both for the same try.
async fn ask(server: &Server, request: &EnrollRequest) -> Result<EnrollAnswer, Trouble> {
    match server.enroll(request).await {
        Err(trouble) if is_unknown(&trouble) => server.enroll(request).await,
        answer => answer,
    }
}

/// Whether the request may have arrived, and nothing is known of what it came to.
fn is_unknown(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Lost { .. } | Trouble::NotOurs { .. } | Trouble::Damaged { .. } | Trouble::Unclear { .. } => true,
        Trouble::Unreachable { .. } | Trouble::Problem { .. } | Trouble::Outdated(_) | Trouble::Local { .. } => false,
    }
}

/// The config's text, when it is to be written, and the config itself.
fn config(wish: &Wish, invitation: &Invitation, site: &SiteName, path: &Path) -> Result<(Option<String>, Config), EnrollError> {
    if wish.again {
        let config = Config::load(path)?;
        if config.site != *site {
            return Err(EnrollError::OtherSite { given: site.clone(), here: config.site });
        }
        return Ok((None, config));
    }
    // A link to nothing is there too: it would be replaced.
    if let Ok(there) = std::fs::symlink_metadata(path) {
        let is_dangling = there.is_symlink() && !path.exists();
        return Err(if is_dangling { EnrollError::Dangling(path.to_owned()) } else { EnrollError::Exists(path.to_owned()) });
    }
    if wish.applications.is_empty() {
        return Err(EnrollError::NoApplication);
    }
    let text = written(wish, &invitation.url, site, path)?;
    let config = Config::parse(&text, path)?;
    Ok((Some(text), config))
}

fn written(wish: &Wish, url: &str, site: &SiteName, path: &Path) -> Result<String, EnrollError> {
    let quoted = |text: &str| toml::Value::from(text).to_string();
    let mut state = path.as_os_str().to_owned();
    state.push(".state");
    let mut text = String::from(
        "# Written by `fieldpost-agent enroll`. docs/security.md, docs/watching.md and docs/walkbacks.md say what else may stand here.\n",
    );
    let mut line = |key: &str, value: &str| {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{key} = {}", quoted(value));
    };
    line("server", url);
    line("site", site.as_str());
    line("state_dir", &PathBuf::from(state).to_string_lossy());
    for (key, value) in &wish.extra {
        line(key, value);
    }
    if wish.allow_plain_http {
        text.push_str("allow_plain_http = true\n");
    }
    for AppDirectory { name, version, directory } in &wish.applications {
        let directory = absolute(directory)?;
        let (name, version, directory) = (quoted(name.as_str()), quoted(version.as_str()), quoted(&directory.to_string_lossy()));
        // Writing to a String can't fail.
        let _ = write!(text, "\n[[app]]\nname = {name}\nversion = {version}\npatches = {directory}\n");
        text.push_str("# ignore = [\"*.log\"]\n# after_install = { command = [\"/path/to/program\"], timeout = \"1m\" }\n");
        text.push_str(
            "# [app.state]\n# file = \"/path/to/state\"        # or: command = [\"/path/to/program\"], timeout = \"1m\"\n",
        );
    }
    Ok(text)
}

fn absolute(path: &Path) -> Result<PathBuf, EnrollError> {
    let path_of = |error| EnrollError::Io(path.to_owned(), error);
    let absolute = std::path::absolute(path).map_err(path_of)?;
    // `./acme-patches` and `acme-patches` are one directory, also in the config.
    Ok(absolute.components().filter(|part| *part != std::path::Component::CurDir).collect())
}

/// Makes the state directory, the patch directories and their markers.
fn make(config: &Config, path: &Path, made: &mut Made) -> Result<(), EnrollError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |error| EnrollError::Io(path, error)
    };
    if let Some(folder) = path.parent() {
        made.folder(folder, 0o755).map_err(failed(folder))?;
    }
    let state = config.state_dir.as_path();
    made.folder(state, 0o700).map_err(failed(state))?;
    let markers_file = config.state(marker::FILE_OF_IDS);
    if !markers_file.exists() {
        made.file(markers_file.clone());
    }
    let mut markers = Markers::load(&markers_file).map_err(failed(&markers_file))?;
    for entry in &config.applications {
        let directory = entry.directory.as_path();
        made.folder(directory, 0o755).map_err(failed(directory))?;
        let marking = marker::mark(directory, &config.site, &entry.name).map_err(failed(directory))?;
        if matches!(marking, Marking::New(_)) {
            made.file(directory.join(marker::FILE));
        }
        let (Marking::New(id) | Marking::Kept(id)) = marking;
        markers.0.insert(entry.name.clone(), id);
    }
    markers.save(&markers_file).map_err(failed(&markers_file))
}

/// Marks the directory of an application that was added to a config by hand. `false`: it was marked already.
pub fn mark(config: &Config, application: &AppName) -> io::Result<bool> {
    let entry = config.application(application);
    let entry = entry.ok_or_else(|| io::Error::other(format!("the config has no application {application}")))?;
    let path = config.state(marker::FILE_OF_IDS);
    let mut markers = Markers::load(&path)?;
    let marking = marker::mark(entry.directory.as_path(), &config.site, application)?;
    let is_new = matches!(marking, Marking::New(_));
    let (Marking::New(id) | Marking::Kept(id)) = marking;
    markers.0.insert(application.clone(), id);
    markers.save(&path)?;
    let words = format!("the directory of {application} is marked: {}", entry.directory.as_path().display());
    history::record_once(config, history::about_agent(&words, clock::wall()));
    Ok(is_new)
}

fn request(config: &Config, secret: String, token: &Token) -> EnrollRequest {
    let applications =
        config.applications.iter().map(|entry| SiteApp { application: entry.name.clone(), version: entry.version.clone() });
    EnrollRequest {
        site: config.site.clone(),
        secret,
        token_sha256: token.sha256(),
        applications: applications.collect(),
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// Whoever enrolls has decided which server to follow: whatever data were followed before, all is reported anew.
fn forget_server(config: &Config) -> Result<(), EnrollError> {
    let path = config.state(crate::journal::FILE);
    let journal = crate::journal::Journal::peek(&path);
    let mut journal = journal.map_err(|error| EnrollError::Io(path.clone(), error))?;
    if journal.generation.take().is_none() {
        return Ok(());
    }
    journal.stored.clear();
    journal.etag = None;
    journal.save(&path).map_err(|error| EnrollError::Io(path, error))
}

fn keep(config: &Config, waiting: &Path, root: &PublicKey, document: Option<&[u8]>) -> Result<(), EnrollError> {
    let failed = |path: PathBuf| move |error| EnrollError::Io(path, error);
    let token = config.state("token");
    std::fs::rename(waiting, &token).map_err(failed(token))?;
    Held::pin(config.state_dir.as_path(), root).map_err(failed(config.state(trust::PIN_FILE)))?;
    if let Some(document) = document {
        let path = config.state(trust::FILE);
        durable::write(&path, document, 0o600).map_err(failed(path.clone()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_is_given_as_name_version_and_directory() {
        let app: AppDirectory = "trading=7.7:./acme-patches".parse().expect("good");
        assert_eq!((app.name.as_str(), app.version.as_str()), ("trading", "7.7"));
        for bad in ["trading", "trading=7.7", "trading=7.7:", "=7.7:x", "../x=7.7:y"] {
            bad.parse::<AppDirectory>().expect_err(bad);
        }
    }

    #[test]
    fn the_config_that_is_written_is_one_that_is_read() {
        let wish = Wish {
            string: String::new(),
            config: PathBuf::from("/tmp/a b/acme.toml"),
            applications: vec!["trading=7.7:/srv/\"odd\" dir".parse().expect("good")],
            again: false,
            allow_plain_http: true,
            extra: vec![("proxy", "http://proxy.example:3128".to_owned())],
        };
        let site = "acme".parse().expect("site");
        let text = written(&wish, "https://post.example", &site, &wish.config).expect("written");
        let config = Config::parse(&text, &wish.config).expect("read");
        assert_eq!(config.applications[0].directory.as_path(), Path::new("/srv/\"odd\" dir"));
        assert_eq!(config.state_dir.as_path(), Path::new("/tmp/a b/acme.toml.state"));
        assert!(config.allow_plain_http);
        assert_eq!(config.proxy.as_deref(), Some("http://proxy.example:3128"));
    }

    #[test]
    fn a_config_that_is_a_link_to_nothing_is_not_sent_round_in_circles() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("acme.toml");
        std::os::unix::fs::symlink("nowhere", &path).expect("made");
        let invitation = Invitation {
            kind: Kind::Enrolment,
            url: "https://post.example".to_owned(),
            name: "acme".to_owned(),
            secret: "s".to_owned(),
            root: None,
        };
        let wish = Wish {
            string: String::new(),
            config: path.clone(),
            applications: Vec::new(),
            again: false,
            allow_plain_http: false,
            extra: Vec::new(),
        };
        let refused = || config(&wish, &invitation, &"acme".parse().expect("site"), &path).expect_err("something is there");
        assert!(matches!(refused(), EnrollError::Dangling(_)), "{}", refused());
        std::fs::write(folder.path().join("nowhere"), "").expect("written");
        assert!(matches!(refused(), EnrollError::Exists(_)), "{}", refused());
    }
}
