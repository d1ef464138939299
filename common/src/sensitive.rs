//! What must not be published by accident: fieldpost's own keys, tokens and data, and other people's private keys, known by their content,
//! their name or the folder that they lie in.

use crate::envelope::SecretKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What something looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Sensitive {
    /// A string with a one-time secret.
    #[error("a login or enrolment string")]
    Invitation,
    /// 32 bytes in base64.
    #[error("a signing key of fieldpost")]
    SigningKey,
    /// In PEM form.
    #[error("a private key")]
    PrivateKey,
    /// 64 hexadecimal digits.
    #[error("an access token")]
    Token,
    /// The file that holds server, user and token.
    #[error("a login with its token")]
    Login,
    /// `fieldpost.db`, its log, a backup.
    #[error("a fieldpost server's database")]
    Database,
    /// A signed statement, a trust document.
    #[error("a signed statement of fieldpost")]
    Statement,
    /// The config of a server or an agent.
    #[error("a config of fieldpost")]
    Config,
    /// Private to its owner, and named or made like a secret.
    #[error("a secret: only its owner may read it")]
    OwnersSecret,
    /// In an agent's state folder.
    #[error("an agent's state folder")]
    AgentState,
    /// In a server's data folder.
    #[error("a server's data folder")]
    ServerData,
    /// In the folder with a person's keys.
    #[error("the folder with somebody's login and keys")]
    Keyring,
}

/// Texts are searched so far, in bytes: keys and configs are short, and stand at the beginning.
const SEARCHED: usize = 1 << 20;
/// A file with nothing but a key or a token is no longer, in bytes.
const ALONE: usize = 256;

/// What a content looks like by itself.
pub fn sensitive_content(bytes: &[u8]) -> Option<Sensitive> {
    if is_database(bytes) {
        return Some(Sensitive::Database);
    }
    let head = &bytes[..bytes.len().min(SEARCHED)];
    let text = match std::str::from_utf8(head) {
        Ok(text) => text.into(),
        Err(_) => crate::encoding::decode(head).0,
    };
    let text: &str = &text;
    alone(text).or_else(|| within(text))
}

fn is_database(bytes: &[u8]) -> bool {
    let has = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
    let log = bytes.starts_with(&[0x37, 0x7f, 0x06, 0x82]) || bytes.starts_with(&[0x37, 0x7f, 0x06, 0x83]);
    log || bytes.starts_with(b"SQLite format 3\0") && has(b"CREATE TABLE site_order")
}

/// A file that holds one secret and nothing else.
fn alone(text: &str) -> Option<Sensitive> {
    let word = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\0');
    if word.len() > ALONE {
        return None;
    }
    if word.parse::<SecretKey>().is_ok() {
        return Some(Sensitive::SigningKey);
    }
    is_token(word).then_some(Sensitive::Token)
}

fn is_token(word: &str) -> bool {
    word.len() == 64 && word.bytes().all(|b| b.is_ascii_hexdigit())
}

fn within(text: &str) -> Option<Sensitive> {
    let invitation = |prefix: &str| {
        let mut rests = text.split(prefix).skip(1);
        rests.any(|rest| rest.chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')).count() >= 16)
    };
    if ["fieldpost-login.", "fieldpost-enrolment."].into_iter().any(invitation) {
        return Some(Sensitive::Invitation);
    }
    if text.lines().any(|line| line.contains("-----BEGIN ") && line.contains("PRIVATE KEY")) {
        return Some(Sensitive::PrivateKey);
    }
    if ["\"bytes\"", "\"key\"", "\"sig\""].into_iter().all(|field| text.contains(field)) {
        return Some(Sensitive::Statement);
    }
    let keys: BTreeSet<&str> = text.lines().filter_map(setting).map(|(key, _)| key).collect();
    let sections: BTreeSet<&str> = text.lines().map(str::trim).filter(|line| line.starts_with('[')).collect();
    let token = text.lines().filter_map(setting).any(|(key, value)| key == "token" && is_token(value.trim_matches(['"', '\''])));
    if token {
        return Some(Sensitive::Login);
    }
    let agent = ["server", "site", "state_dir"].iter().all(|key| keys.contains(key)) && sections.contains("[[app]]");
    let server = keys.contains("password_file") && keys.contains("smtp") || sections.contains("[tls]") && keys.contains("key");
    (agent || server).then_some(Sensitive::Config)
}

/// A line `key = value`.
fn setting(line: &str) -> Option<(&str, &str)> {
    let (key, value) = line.split_once('=')?;
    Some((key.trim(), value.trim()))
}

/// What a file looks like by its name; `owner_only`: nobody else may read it.
pub fn sensitive_name(name: &str, owner_only: bool) -> Option<Sensitive> {
    const WORDS: [&str; 7] = ["secret", "token", "password", "passwd", "credential", "private", "htpasswd"];
    const ENDS: [&str; 8] = [".key", ".pem", ".p12", ".pfx", ".jks", ".keystore", ".kdbx", ".ppk"];
    let name = name.to_lowercase();
    match name.as_str() {
        "root.key" | "developer.key" => Some(Sensitive::SigningKey),
        "token" | "token.enrolling" | "enrolling.seed" | "login.seed" => Some(Sensitive::Token),
        "trust.json" | "trust.seen" => Some(Sensitive::Statement),
        name if name.starts_with("fieldpost.db") => Some(Sensitive::Database),
        name if owner_only && (WORDS.iter().any(|word| name.contains(word)) || ENDS.iter().any(|end| name.ends_with(end))) => {
            Some(Sensitive::OwnersSecret)
        }
        _ => None,
    }
}

/// What a file is that only its owner may read and that holds one long word and nothing else.
pub fn sensitive_word(bytes: &[u8], owner_only: bool) -> Option<Sensitive> {
    let word = std::str::from_utf8(bytes).ok()?.trim();
    let long = (20..=ALONE).contains(&word.len()) && !word.contains(char::is_whitespace);
    (owner_only && long && word.contains(|c: char| c.is_ascii_digit())).then_some(Sensitive::OwnersSecret)
}

/// What a folder is, by its name and what it has: nothing below it is to be published.
pub fn sensitive_folder(name: &str, has: impl Fn(&str) -> bool) -> Option<Sensitive> {
    if has("fieldpost.db") {
        Some(Sensitive::ServerData)
    } else if name.ends_with(".toml.state") || has("token") && (has("trust.json") || has("journal")) {
        Some(Sensitive::AgentState)
    } else if has("login.toml") && (has("developer.key") || has("trust.seen")) {
        Some(Sensitive::Keyring)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envelope::{Domain, Envelope};
    use crate::invitation::{Invitation, Kind};

    fn key() -> SecretKey {
        SecretKey::from_seed([7; 32])
    }

    #[test]
    fn every_secret_that_fieldpost_writes_is_known_by_its_content() {
        let invitation = |kind| {
            let (url, name, secret) = ("http://post.example".to_owned(), "acme".to_owned(), "0f".repeat(16));
            Invitation { kind, url, name, secret, root: Some(key().public()) }.to_string()
        };
        let statement = serde_json::to_string(&Envelope::sign(Domain::Order, b"{}".to_vec(), &key())).expect("JSON");
        let token = "0123456789abcdef".repeat(4);
        let agent = "server = \"https://post.example\"\nsite = \"acme\"\nstate_dir = \"/x\"\n[[app]]\nname = \"trading\"\n";
        let rows = [
            (invitation(Kind::Login), Sensitive::Invitation),
            (format!("run this:\n  fieldpost-agent enroll {}\n", invitation(Kind::Enrolment)), Sensitive::Invitation),
            (key().expose() + "\n", Sensitive::SigningKey),
            (token.clone(), Sensitive::Token),
            (format!("url = \"x\"\nuser = \"ada\"\ntoken = \"{token}\"\n"), Sensitive::Login),
            (format!("[{statement}]"), Sensitive::Statement),
            (agent.to_owned(), Sensitive::Config),
            ("[mail]\nsmtp = \"smtp://x\"\npassword_file = \"/p\"\n".to_owned(), Sensitive::Config),
            ("# mine\n-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n".to_owned(), Sensitive::PrivateKey),
        ];
        for (text, expected) in rows {
            assert_eq!(sensitive_content(text.as_bytes()), Some(expected), "{text}");
            let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
            assert_eq!(sensitive_content(&wide), Some(expected), "in UTF-16: {text}");
        }
    }

    #[test]
    fn a_servers_database_and_its_log_are_known_by_any_name() {
        let database = [b"SQLite format 3\0".as_slice(), &[0; 100], b"CREATE TABLE site_order (seq INTEGER)"].concat();
        assert_eq!(sensitive_content(&database), Some(Sensitive::Database));
        assert_eq!(sensitive_content(&[0x37, 0x7f, 0x06, 0x83, 0, 0]), Some(Sensitive::Database));
        assert_eq!(sensitive_content(b"SQLite format 3\0 of somebody else"), None);
    }

    #[test]
    fn patches_that_speak_of_secrets_are_patches() {
        let patches = [
            "!Order methodsFor: 'x' stamp: 'bn 4/8/2011 13:02'!\nprice\n\t^1! !\n",
            "ALTER TABLE user ADD COLUMN token TEXT; -- token = the session\n",
            "password = \"of the client's own application\"\n",
            "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef  Order.st\n",
            "see `fieldpost login` and the prefix fieldpost-login.\n",
            "",
        ];
        for text in patches {
            assert_eq!(sensitive_content(text.as_bytes()), None, "{text}");
        }
        assert_eq!(sensitive_content(&[0, 159, 146, 150, 200, 13]), None);
    }

    #[test]
    fn names_and_folders_of_fieldposts_own_are_known() {
        let folder = |name, all: &[&str]| sensitive_folder(name, |one| all.contains(&one));
        for name in ["root.key", "developer.key", "token", "trust.json", "fieldpost.db", "fieldpost.db-wal", "FIELDPOST.DB"] {
            assert!(sensitive_name(name, false).is_some(), "{name}");
        }
        assert_eq!(sensitive_name("tokenizer.st", false), None);
        assert_eq!(sensitive_name("tls.key", true), Some(Sensitive::OwnersSecret));
        assert_eq!(sensitive_name("Order.st", true), None, "a strict umask makes no secret");
        assert_eq!(sensitive_word(b"AKIA2E0A8F3B244C9986\n", true), Some(Sensitive::OwnersSecret));
        assert_eq!(sensitive_word(b"AKIA2E0A8F3B244C9986\n", false), None);
        assert_eq!(folder("data", &["fieldpost.db", "x"]), Some(Sensitive::ServerData));
        assert_eq!(folder("acme.toml.state", &[]), Some(Sensitive::AgentState));
        assert_eq!(folder("state", &["token", "journal"]), Some(Sensitive::AgentState));
        assert_eq!(folder("fieldpost", &["login.toml", "developer.key"]), Some(Sensitive::Keyring));
        assert_eq!(folder("patches", &["login.toml", "Order.st"]), None);
    }
}
