//! Turns words of the command line into things that exist; an unknown one is answered with those that do.

use super::failure::Failure;
use crate::session::Session;
use fieldpost_common::api::AppSettings;
use fieldpost_common::grid::{Grid, Table};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, SiteName, Version};
use fieldpost_common::name::PatchName;

/// How many things are named in an error.
const NAMED: usize = 12;
/// The fewest digits that name a content.
const MIN_DIGITS: usize = 8;

/// Says that there is no such thing, and what there is.
pub(crate) fn unknown(what: &str, given: &str, known: &[&str], make: &str) -> Failure {
    let mut words = format!("no {what} {given:?}");
    if known.is_empty() {
        return Failure::new(format!("{words}, and there is none yet\n{make}"));
    }
    let close = similar::get_close_matches(given, known, 1, 0.5);
    if let [close] = close.as_slice() {
        words.extend([format!("; did you mean {close:?}?")]);
    }
    let more = if known.len() > NAMED { format!(" and {} more", known.len() - NAMED) } else { String::new() };
    let listed = known.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    Failure::new(format!("{words}\nthere is: {listed}{more}"))
}

/// An application by name; by itself when there is only one.
pub(crate) async fn application(session: &Session, given: Option<&AppName>) -> Result<AppSettings, Failure> {
    let mut all = session.client.apps().await?;
    let names: Vec<&str> = all.iter().map(|app| app.name.as_str()).collect();
    let make = "`fieldpost app add NAME --versions V,V` makes one";
    let index = match given {
        Some(given) => {
            all.iter().position(|app| app.name == *given).ok_or_else(|| unknown("application", given.as_str(), &names, make))?
        }
        None if all.len() == 1 => 0,
        None if all.is_empty() => return Err(Failure::new(format!("there is no application yet\n{make}"))),
        None => {
            return Err(Failure::usage(format!(
                "there are several applications: say which with --app\nthere is: {}",
                names.join(", ")
            )));
        }
    };
    Ok(all.swap_remove(index))
}

/// An application's grid.
pub(crate) async fn table(session: &Session, given: Option<&AppName>) -> Result<(AppSettings, Table), Failure> {
    let settings = application(session, given).await?;
    let grid = session.client.grid(&settings.name).await?;
    Ok((settings, Table::new(grid)))
}

/// Versions by name, or `all`.
pub(crate) fn versions(settings: &AppSettings, given: &[String]) -> Result<Vec<Version>, Failure> {
    if given.iter().any(|word| word == "all") {
        return Ok(settings.versions.clone());
    }
    let known: Vec<&str> = settings.versions.iter().map(Version::as_str).collect();
    let what = format!("version of {}", settings.name);
    let one = |word: &String| {
        let found = settings.versions.iter().find(|version| version.as_str() == word).cloned();
        found.ok_or_else(|| unknown(&what, word, &known, ""))
    };
    let mut versions = given.iter().map(one).collect::<Result<Vec<_>, _>>()?;
    versions.sort_by_key(|version| settings.versions.iter().position(|known| known == version));
    versions.dedup();
    Ok(versions)
}

/// A patch by its name, its last parts, or its file name: an index into the grid.
pub(crate) fn patch(grid: &Grid, given: &str) -> Result<usize, Failure> {
    let names: Vec<&str> = grid.patches.iter().map(|patch| patch.name.as_str()).collect();
    if let Some(index) = names.iter().position(|name| *name == given) {
        return Ok(index);
    }
    let ending = format!("/{given}");
    let ends: Vec<usize> = (0..names.len()).filter(|index| names[*index].ends_with(&ending)).collect();
    let folded = given.to_lowercase();
    let file_name = |index: &usize| grid.patches[*index].name.file_name();
    let same_letters: Vec<usize> = (0..names.len()).filter(|index| file_name(index).to_lowercase() == folded).collect();
    match (ends.as_slice(), same_letters.as_slice()) {
        ([index], _) | ([], [index]) => Ok(*index),
        ([], []) => Err(unknown("patch", given, &names, "`fieldpost publish FILE` makes one")),
        (several, others) => {
            let of = if several.is_empty() { others } else { several };
            let listed = of.iter().map(|index| names[*index]).collect::<Vec<_>>().join(", ");
            Err(Failure::new(format!("patch {given:?} could be any of: {listed}\nsay more of its path")))
        }
    }
}

/// A site that runs the application: an index into the grid.
pub(crate) fn site(grid: &Grid, application: &AppName, given: &str) -> Result<usize, Failure> {
    let found = grid.sites.iter().position(|site| site.name.as_str() == given);
    let known: Vec<&str> = grid.sites.iter().map(|site| site.name.as_str()).collect();
    let make = format!("`fieldpost site add NAME --app {application}=VERSION` makes one");
    found.ok_or_else(|| unknown(&format!("site that runs {application} named"), given, &known, &make))
}

/// A site, whatever it runs.
pub(crate) async fn any_site(session: &Session, given: &str) -> Result<SiteName, Failure> {
    let sites = session.client.sites().await?;
    let known: Vec<&str> = sites.iter().map(|site| site.name.as_str()).collect();
    let found = sites.iter().find(|site| site.name.as_str() == given).map(|site| site.name.clone());
    found.ok_or_else(|| unknown("site", given, &known, "`fieldpost site add NAME --app APP=VERSION` makes one"))
}

/// A patch name that needn't exist yet.
pub(crate) fn new_patch(given: &str) -> Result<PatchName, Failure> {
    Ok(given.parse::<PatchName>()?)
}

/// Whether a word of 8 to 64 digits names this content.
pub(crate) fn names_content(given: &str, sha256: &ContentHash) -> bool {
    given.len() >= MIN_DIGITS && sha256.to_string().starts_with(&given.to_ascii_lowercase())
}

/// One content out of several, by all of its digits or the first few.
pub(crate) fn content(given: &str, known: &[ContentHash]) -> Result<ContentHash, Failure> {
    if let Ok(sha256) = given.parse() {
        return Ok(sha256);
    }
    let mut found: Vec<ContentHash> = known.iter().filter(|sha256| names_content(given, sha256)).copied().collect();
    found.sort_unstable();
    found.dedup();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Failure::new(format!(
            "no revision of this patch begins with {given:?}\nuse at least {MIN_DIGITS} digits; `fieldpost history` lists them"
        ))),
        _ => Err(Failure::new(format!("several revisions begin with {given:?}: use more digits"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::patches::tests::grid;
    use super::*;

    #[test]
    fn a_patch_is_found_by_name_by_the_end_of_its_path_and_by_its_file_name() {
        let grid = grid();
        let name = |given| patch(&grid, given).map(|index| grid.patches[index].name.to_string());
        assert_eq!(name("sql/V31.sql").expect("exact"), "sql/V31.sql");
        assert_eq!(name("V31.sql").expect("file name"), "sql/V31.sql");
        assert_eq!(name("v31.SQL").expect("other letters"), "sql/V31.sql");
        assert!(name("31.sql").is_err(), "half a file name is no name");
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_and_the_list() {
        let error = patch(&grid(), "4711-Ordr.st").expect_err("unknown").words;
        assert!(error.contains("did you mean \"4711-Order.st\"") && error.contains("sql/V31.sql"), "{error}");
    }

    #[test]
    fn an_ambiguous_file_name_is_asked_back() {
        let mut grid = grid();
        grid.patches[0].name = "a/V31.sql".parse().expect("name");
        let error = patch(&grid, "V31.sql").expect_err("ambiguous").words;
        assert!(error.contains("a/V31.sql") && error.contains("sql/V31.sql"), "{error}");
    }

    #[test]
    fn versions_are_told_apart_from_words_that_are_none() {
        let settings = grid().application.expect("settings");
        let given = |words: &[&str]| versions(&settings, &words.iter().map(ToString::to_string).collect::<Vec<_>>());
        assert_eq!(given(&["all"]).expect("all"), settings.versions);
        assert_eq!(given(&["7.7", "7.6"]).expect("both"), settings.versions);
        assert!(given(&["9.9"]).expect_err("unknown").words.contains("7.6, 7.7"));
    }

    #[test]
    fn a_content_is_named_by_eight_digits_or_more() {
        let known = [ContentHash::of(b"a"), ContentHash::of(b"b")];
        assert_eq!(content(&known[0].short(), &known).expect("eight digits"), known[0]);
        assert!(content("ca97", &known).is_err());
        assert_eq!(content(&ContentHash::of(b"z").to_string(), &known).expect("all digits"), ContentHash::of(b"z"));
    }
}
