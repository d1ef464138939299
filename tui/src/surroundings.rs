//! What the environment says about the terminal and the person in front of it. Read once; what follows from it is decided here
//! and in `app::look`, as pure functions.

use serde::Serialize;
use std::ffi::OsString;
use std::path::PathBuf;

/// The environment, as far as it matters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Surroundings {
    /// `TERM`.
    pub term: Option<String>,
    /// `COLORTERM`.
    pub colorterm: Option<String>,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set, and neither empty nor 0.
    pub clicolor_force: bool,
    /// `LC_ALL`, else `LC_CTYPE`, else `LANG`.
    pub locale: Option<String>,
    /// Behind SSH.
    pub ssh: bool,
    /// Within tmux.
    pub tmux: bool,
    /// Within GNU screen.
    pub screen: bool,
    /// A graphical display is there.
    pub display: bool,
    /// `BROWSER`.
    pub browser: Option<String>,
    /// Where state is kept: `$XDG_STATE_HOME`, else `~/.local/state`.
    pub state: Option<PathBuf>,
}

/// A program that opens an address, with its arguments; `%s` stands for the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Browser(pub Vec<String>);

impl Surroundings {
    /// The environment of this process.
    pub fn read() -> Self {
        Self::from(|name| std::env::var_os(name))
    }

    /// An environment by its variables.
    pub fn from(get: impl Fn(&str) -> Option<OsString>) -> Self {
        let set = |name: &str| get(name).filter(|value| !value.is_empty());
        let text = |name: &str| set(name).map(|value| value.to_string_lossy().into_owned());
        let any = |names: &[&str]| names.iter().any(|name| set(name).is_some());
        let state = set("XDG_STATE_HOME").map(PathBuf::from);
        Self {
            term: text("TERM"),
            colorterm: text("COLORTERM"),
            no_color: any(&["NO_COLOR"]),
            clicolor_force: text("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            locale: ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(text),
            ssh: any(&["SSH_CONNECTION", "SSH_TTY"]),
            tmux: any(&["TMUX"]),
            screen: any(&["STY"]),
            display: any(&["DISPLAY", "WAYLAND_DISPLAY"]),
            browser: text("BROWSER"),
            state: state.or_else(|| set("HOME").map(|home| PathBuf::from(home).join(".local/state"))),
        }
    }

    /// Whether the locale says UTF-8; nothing set says nothing.
    pub fn utf8(&self) -> Option<bool> {
        let locale = self.locale.as_ref()?.to_lowercase();
        Some(locale.contains("utf-8") || locale.contains("utf8"))
    }

    /// Where copied text is kept as well.
    pub fn copied_file(&self) -> Option<PathBuf> {
        self.state.as_ref().map(|state| state.join("fieldpost/copied.txt"))
    }

    /// What opens an address. Without a display there is none: a browser in the same terminal would take it away from the app.
    pub fn browser(&self) -> Option<Browser> {
        if !self.display {
            return None;
        }
        let chosen = self.browser.as_ref().and_then(|list| list.split(':').find(|one| !one.trim().is_empty()));
        let words = chosen.unwrap_or("xdg-open").split_whitespace().map(str::to_owned);
        Some(Browser(words.collect()))
    }
}

impl Browser {
    /// Program and arguments for an address.
    pub fn command(&self, link: &str) -> Vec<String> {
        let mut words: Vec<_> = self.0.iter().map(|word| word.replace("%s", link)).collect();
        if words == self.0 {
            words.push(link.to_owned());
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Surroundings {
        Surroundings::from(|name| variables.iter().find(|(set, _)| *set == name).map(|(_, value)| OsString::from(value)))
    }

    #[test]
    fn a_browser_is_opened_only_where_a_display_is() {
        let opened = |variables: &[(&str, &str)]| {
            let command = with(variables).browser().map(|browser| browser.command("https://x"));
            command.map_or(String::new(), |words| words.join(" "))
        };
        assert_eq!(opened(&[]), "");
        assert_eq!(opened(&[("BROWSER", "w3m")]), "");
        assert_eq!(opened(&[("DISPLAY", ":0")]), "xdg-open https://x");
        assert_eq!(opened(&[("WAYLAND_DISPLAY", "wayland-0"), ("BROWSER", "firefox:chromium")]), "firefox https://x");
        assert_eq!(opened(&[("DISPLAY", ":0"), ("BROWSER", "open --new=%s")]), "open --new=https://x");
    }

    #[test]
    fn empty_variables_are_not_set() {
        let empty = with(&[("NO_COLOR", ""), ("CLICOLOR_FORCE", "0"), ("TMUX", ""), ("LC_ALL", ""), ("LANG", "C")]);
        assert_eq!(empty, Surroundings { locale: Some("C".to_owned()), ..Surroundings::default() });
        assert_eq!(empty.utf8(), Some(false));
    }

    #[test]
    fn state_is_kept_where_the_person_wants_it() {
        let file = |variables| with(variables).copied_file().map(|path| path.display().to_string());
        assert_eq!(file(&[("HOME", "/h")]).as_deref(), Some("/h/.local/state/fieldpost/copied.txt"));
        assert_eq!(file(&[("HOME", "/h"), ("XDG_STATE_HOME", "/s")]).as_deref(), Some("/s/fieldpost/copied.txt"));
        assert_eq!(file(&[]), None);
    }
}
