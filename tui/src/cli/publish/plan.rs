//! What publishing would do, by what the grid shows: what is new, what changes and from what, what is current already. Pure.

use super::super::failure::Failure;
use super::super::stamp_words as words;
use super::super::talk::Talk;
use super::current_now;
use super::gather::{Found, Gathered, Seen};
use fieldpost_common::exit;
use fieldpost_common::grid::{Grid, GridPatch};
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::Version;
use fieldpost_common::name::PatchName;
use fieldpost_common::stamp::When;
use fieldpost_common::text::count;
use serde_json::{Value, json};

/// So many lines of a kind are shown before the question; the dry run shows all.
const SHOWN: usize = 40;

/// What would be published.
pub(super) struct Plan<'a> {
    steps: Vec<Step<'a>>,
    /// What fails before anything is asked, each with its words.
    bad: Vec<&'a Failure>,
    gathered: &'a Gathered,
    versions: &'a [Version],
}

/// One file.
struct Step<'a> {
    found: &'a Found,
    patch: &'a PatchName,
    seen: &'a Seen,
    row: Option<&'a GridPatch>,
    /// Where something else is current, or nothing.
    changes: Vec<(Version, Option<ContentHash>)>,
}

impl<'a> Plan<'a> {
    pub(super) fn new(grid: &'a Grid, versions: &'a [Version], gathered: &'a Gathered) -> Self {
        let mut plan = Self { steps: Vec::new(), bad: Vec::new(), gathered, versions };
        for found in &gathered.files {
            match (&found.name, &found.content) {
                (Ok(patch), Ok(seen)) => {
                    let mut changes = current_now(grid, patch, versions);
                    changes.retain(|(_, current)| *current != Some(seen.sha256));
                    let row = grid.patches.iter().find(|row| row.name == *patch);
                    plan.steps.push(Step { found, patch, seen, row, changes });
                }
                (Err(failure), _) | (_, Err(failure)) => plan.bad.push(failure),
            }
        }
        plan
    }

    /// How many patches change.
    pub(super) fn changes(&self) -> usize {
        self.steps.iter().filter(|step| step.word() != "current").count()
    }

    fn number(&self, word: &str) -> usize {
        self.steps.iter().filter(|step| step.word() == word).count()
    }

    pub(super) fn question(&self) -> String {
        let versions = self.versions.iter().map(Version::as_str).collect::<Vec<_>>().join(" ");
        let (new, changed) = (self.number("new"), self.number("change"));
        format!("publish {} for {versions} ({new} new, {changed} changed)?", count(self.changes(), "patch"))
    }

    /// Says what would happen, before the question.
    pub(super) fn tell(&self, talk: Talk) {
        let changes: Vec<String> = self.steps.iter().filter(|step| step.word() != "current").map(Step::line).collect();
        let left_out = self.gathered.left_out.iter().map(|one| format!("left out: {}", one.line())).collect();
        let bad = self.bad.iter().map(|failure| format!("can't be published: {}", failure.words)).collect();
        for lines in [changes, left_out, bad] {
            lines.iter().take(SHOWN).for_each(|line| talk.say(&format!("  {line}")));
            if lines.len() > SHOWN {
                talk.say(&format!("  … and {} more; --dry-run shows all", lines.len() - SHOWN));
            }
        }
        if self.number("current") > 0 {
            talk.say(&format!("  {} current already", self.number("current")));
        }
    }

    /// The dry run.
    pub(super) fn report(&self, talk: Talk) -> Result<u8, Failure> {
        let bad: Vec<&str> = self.bad.iter().map(|failure| failure.words.as_str()).collect();
        let steps: Vec<Value> = self.steps.iter().map(Step::row).collect();
        let data = json!({ "dry_run": true, "publish": steps, "left_out": self.gathered.left_out, "errors": bad });
        talk.data(&data, || {
            let steps = self.steps.iter().map(Step::line);
            steps
                .chain(self.gathered.left_out.iter().map(|one| format!("left out: {}", one.line())))
                .collect::<Vec<_>>()
                .join("\n")
        })?;
        self.bad.iter().for_each(|failure| talk.fail(failure));
        Ok(self.bad.first().map_or(exit::OK, |failure| failure.code))
    }
}

impl Step<'_> {
    fn word(&self) -> &'static str {
        match self.changes.iter().any(|(_, current)| current.is_some()) {
            _ if self.changes.is_empty() => "current",
            true => "change",
            false => "new",
        }
    }

    /// The stamp of what is published: the row's own, where its newest publication is what gives way.
    fn stamp_before(&self) -> Option<String> {
        let row = self.row.filter(|row| self.changes.iter().any(|(_, current)| current.is_some() && *current == row.newest))?;
        stamp(row.author.as_deref(), row.changed_at)
    }

    /// Whether what would give way says that it is newer.
    fn is_older(&self) -> bool {
        let before = self.row.filter(|_| self.stamp_before().is_some()).and_then(|row| row.changed_at);
        before.zip(self.seen.changed_at).is_some_and(|(before, now)| now < before)
    }

    fn line(&self) -> String {
        let stamp =
            stamp(self.seen.author.as_deref(), self.seen.changed_at).map(|stamp| format!("  {stamp}")).unwrap_or_default();
        let versions = |changes: &[(Version, Option<ContentHash>)]| {
            changes.iter().map(|(version, _)| version.as_str()).collect::<Vec<_>>().join(" ")
        };
        let (patch, new) = (self.patch, self.seen.sha256.short());
        match self.word() {
            "current" => format!("current already  {patch}  {new}"),
            "new" => format!("new      {patch}  {new} for {}{stamp}", versions(&self.changes)),
            _ => {
                let mut before: Vec<_> = self.changes.iter().filter_map(|(_, current)| *current).map(|one| one.short()).collect();
                before.dedup();
                let was = self.stamp_before().map(|stamp| format!(" ({stamp})")).unwrap_or_default();
                let older = if self.is_older() { ": older than what is published" } else { "" };
                format!("changes  {patch}  {}{was} → {new} for {}{stamp}{older}", before.join(", "), versions(&self.changes))
            }
        }
    }

    fn row(&self) -> Value {
        let changes = self.changes.iter().map(|(version, current)| json!({ "version": version, "replaces": current }));
        json!({
            "patch": self.patch, "file": self.found.path, "sha256": self.seen.sha256, "action": self.word(),
            "author": self.seen.author, "changed_at": self.seen.changed_at, "versions": changes.collect::<Vec<_>>(),
            "older": self.is_older(),
        })
    }
}

/// Who and when, where a content says either.
fn stamp(author: Option<&str>, at: Option<When>) -> Option<String> {
    (author.is_some() || at.is_some()).then(|| words::who_when(author, None, at, None))
}

#[cfg(test)]
mod tests {
    use super::super::super::patches::tests::grid;
    use super::*;

    fn found(name: &str, text: &str) -> Found {
        let seen = Seen { sha256: ContentHash::of(text.as_bytes()), author: Some("bn".to_owned()), changed_at: None };
        Found { path: name.into(), name: Ok(name.parse().expect("name")), content: Ok(seen) }
    }

    #[test]
    fn what_is_new_what_changes_and_what_is_current_already_are_told_apart_and_counted() {
        let grid = grid();
        let row = &grid.patches[0];
        let version = row.published[0].version.clone();
        let mut same = found(row.name.as_str(), "");
        same.content = same.content.map(|seen| Seen { sha256: row.published[0].sha256.expect("published"), ..seen });
        let gathered =
            Gathered { files: vec![found("new.st", "x"), found(row.name.as_str(), "other"), same], left_out: Vec::new() };
        let versions = [version.clone()];
        let plan = Plan::new(&grid, &versions, &gathered);
        let words: Vec<_> = plan.steps.iter().map(Step::word).collect();
        assert_eq!(words, ["new", "change", "current"]);
        assert_eq!(plan.question(), format!("publish 2 patches for {version} (1 new, 1 changed)?"));
        let before = row.published[0].sha256.expect("published").short();
        assert!(plan.steps[1].line().contains(&before) && plan.steps[1].line().contains("bn"), "{}", plan.steps[1].line());
    }

    #[test]
    fn what_can_not_be_published_does_not_hide_the_rest() {
        let grid = grid();
        let bad = Found { name: Err(Failure::new("a bad name")), ..found("x", "x") };
        let gathered = Gathered { files: vec![bad, found("new.st", "x")], left_out: Vec::new() };
        let versions = grid.application.as_ref().expect("settings").versions.clone();
        let plan = Plan::new(&grid, &versions, &gathered);
        assert_eq!((plan.changes(), plan.bad.len()), (1, 1));
    }
}
