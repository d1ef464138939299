//! What stands where the grid would be when there is none: why, and the next key or command.

use crate::app::keymap::Context;
use crate::app::model::{Apps, Link, Loading, Model};
use crate::app::unread::reason;

/// Empty when there is a grid to draw.
pub(super) fn words(model: &Model) -> Vec<String> {
    let grid = &model.grid;
    let say = |words| model.say(Context::Grid, words);
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    if let (None, Link::Offline { why, .. }) = (grid.read_at, &model.link) {
        let mut words: Vec<String> = vec!["No contact with the server.".to_owned(), String::new()];
        words.extend(reason(model, why));
        words.extend([String::new(), say("fieldpost keeps trying; {refresh} tries at once.")]);
        return words;
    }
    match &model.apps {
        Apps::Read(apps) if apps.is_empty() => {
            return lines(&["No application yet.", "", "fieldpost app add NAME --versions V,V   makes one"]);
        }
        _ if grid.read_at.is_none() && model.loading == Loading::Idle => return lines(&["Asking the server…"]),
        _ if grid.read_at.is_none() => return lines(&["Reading the patches…"]),
        _ => {}
    }
    let application = grid.application().map_or("NAME", |application| application.as_str());
    if grid.table.grid.patches.is_empty() {
        return vec![
            format!("No patch of {application} yet."),
            String::new(),
            format!("fieldpost publish FILE --app {application} --version V   publishes one;"),
            "a file that changes at a site comes here by itself.".to_owned(),
        ];
    }
    if grid.rows.is_empty() {
        let filter = grid.filter.shown();
        return if grid.filter.is_empty() {
            vec!["No patch for this version.".to_owned(), String::new(), say("{pick-version} chooses another version")]
        } else {
            vec![format!("No patch matches /{filter}"), String::new(), say("{back} shows everything again")]
        };
    }
    if grid.table.grid.sites.is_empty() {
        return vec![
            format!("No site runs {application} yet."),
            String::new(),
            format!("fieldpost site add NAME --app {application}=VERSION   makes one"),
        ];
    }
    if grid.columns.is_empty() && grid.filter.shown().as_str().contains('@') {
        return vec![format!("No site matches {}", grid.filter.shown()), String::new(), say("{back} shows everything again")];
    }
    if grid.columns.is_empty() {
        return vec![
            "No site is shown.".to_owned(),
            String::new(),
            say("{pick-version} chooses another version, {pick-group} another group of sites"),
        ];
    }
    Vec::new()
}
