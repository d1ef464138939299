//! `fieldpost publish` and `unpublish`: files and trees in, one result for each.

use super::failure::Failure;
use super::names;
use super::talk::Talk;
use crate::publish::{Content, PublishWish, publish_with};
use crate::session::{Session, Signer};
use fieldpost_common::api::{AppSettings, Published, Unpublish};
use fieldpost_common::exit;
use fieldpost_common::grid::Grid;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::id::{AppName, Version};
use fieldpost_common::issue::Issue;
use fieldpost_common::name::{PatchName, RESERVED_PREFIX};
use fieldpost_common::text;
use fieldpost_common::wire::MAX_CONTENT;
use futures_util::StreamExt as _;
use serde_json::json;
use std::path::{Path, PathBuf};

/// How many files travel at once.
const AT_ONCE: usize = 8;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files, or folders whose whole trees are taken with their relative names
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    /// The application
    #[arg(long = "app")]
    application: Option<AppName>,
    /// The versions for which they are current, or `all`
    #[arg(long = "version", required = true, value_delimiter = ',', value_name = "V,V|all")]
    versions: Vec<String>,
    /// The patch's name, for a single file; else the file's own
    #[arg(long)]
    name: Option<String>,
    /// The tracker entry; else out of name or content
    #[arg(long)]
    issue: Option<Issue>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct UnpublishArgs {
    /// The patches
    #[arg(required = true)]
    patches: Vec<String>,
    /// The application
    #[arg(long = "app")]
    application: Option<AppName>,
    /// The versions, or `all`
    #[arg(long = "version", required = true, value_delimiter = ',', value_name = "V,V|all")]
    versions: Vec<String>,
}

/// A file to publish.
struct Found {
    path: PathBuf,
    name: Result<PatchName, Failure>,
}

pub(crate) async fn run(args: Args, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let settings = names::application(session, args.application.as_ref()).await?;
    let versions = names::versions(&settings, &args.versions)?;
    let files = files(&args, talk)?;
    let signer = session.signer().await?;
    let grid = session.client.grid(&settings.name).await?;
    let job = Job { signer: &signer, settings: &settings, versions: &versions, grid: &grid, issue: args.issue.as_ref() };
    let done: Vec<_> = futures_util::stream::iter(&files).map(|file| job.one(file)).buffered(AT_ONCE).collect().await;
    report(&files, &done, &versions, talk)
}

fn report(files: &[Found], done: &[Result<Published, Failure>], versions: &[Version], talk: Talk) -> Result<u8, Failure> {
    let row = |(file, done): (&Found, &Result<Published, Failure>)| match done {
        Ok(done) => json!({
            "patch": done.patch, "file": file.path, "sha256": done.sha256, "author": done.author, "changed_at": done.changed_at,
            "issue": done.issue, "changed": done.changed, "error": null,
        }),
        Err(failure) => json!({ "patch": file.name.as_ref().ok(), "file": file.path, "error": failure.words }),
    };
    let rows: Vec<_> = files.iter().zip(done).map(row).collect();
    talk.data(&json!({ "published": rows }), || {
        let versions = versions.iter().map(Version::as_str).collect::<Vec<_>>().join(" ");
        let line = |done: &Published| {
            let what = if done.changed { "published" } else { "already current" };
            let by =
                done.author.as_deref().map(|author| format!("  by {}", text::Clean::line(author).as_str())).unwrap_or_default();
            format!("{}  {}  {what} for {versions}{by}", done.patch, done.sha256.short())
        };
        done.iter().filter_map(|done| done.as_ref().ok()).map(line).collect::<Vec<_>>().join("\n")
    })?;
    let mut code = exit::OK;
    for failure in done.iter().filter_map(|done| done.as_ref().err()) {
        talk.fail(failure);
        code = if code == exit::OK { failure.code } else { code };
    }
    Ok(code)
}

/// What is the same for all files.
struct Job<'a> {
    signer: &'a Signer,
    settings: &'a AppSettings,
    versions: &'a [Version],
    grid: &'a Grid,
    issue: Option<&'a Issue>,
}

impl Job<'_> {
    async fn one(&self, file: &Found) -> Result<Published, Failure> {
        let patch = file.name.clone()?;
        let bytes = read(&file.path)?;
        let wish = PublishWish {
            application: self.settings.name.clone(),
            versions: seen(self.grid, &patch, self.versions),
            patch,
            content: Content::Bytes(bytes),
            // What name or content say is read by the server; a person's word is signed.
            issue: self.issue.cloned(),
        };
        let published = publish_with(self.signer, wish).await;
        published.map_err(|error| Failure { code: error.exit_code(), words: format!("{}: {error}", file.path.display()) })
    }
}

/// Versions, each with what is current now.
pub(crate) fn seen(grid: &Grid, patch: &PatchName, versions: &[Version]) -> Vec<(Version, Option<ContentHash>)> {
    let row = grid.patches.iter().find(|row| row.name == *patch);
    let current = |version: &Version| row?.published.iter().find(|one| one.version == *version)?.sha256;
    versions.iter().map(|version| (version.clone(), current(version))).collect()
}

/// A file that may be a patch.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed = |error: std::io::Error| Failure::file(path, &error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if !metadata.is_file() {
        return Err(Failure::new(format!("{}: not a file", path.display())));
    }
    if metadata.len() > MAX_CONTENT {
        let (size, limit) = (text::size(metadata.len()), text::size(MAX_CONTENT));
        return Err(Failure::new(format!("{} is too large: {size}, and a patch may have {limit}", path.display())));
    }
    std::fs::read(path).map_err(failed)
}

fn files(args: &Args, talk: Talk) -> Result<Vec<Found>, Failure> {
    if let Some(name) = &args.name {
        let [path] = args.paths.as_slice() else { return Err(Failure::usage("--name goes with a single file")) };
        if path.is_dir() {
            return Err(Failure::usage("--name goes with a single file; a folder's files keep their relative names"));
        }
        return Ok(vec![Found { path: path.clone(), name: Ok(names::new_patch(name)?) }]);
    }
    let mut found = Vec::new();
    for path in &args.paths {
        let metadata = std::fs::metadata(path).map_err(|error| Failure::file(path, &error))?;
        if metadata.is_dir() {
            walk(path, path, &mut found, talk)?;
        } else {
            let name = path.file_name().unwrap_or_default();
            found.push(Found { path: path.clone(), name: patch_name(Path::new(name)) });
        }
    }
    if found.is_empty() {
        return Err(Failure::new("there are no files in there"));
    }
    Ok(found)
}

/// Takes a tree. Links are left out: what they lead to may lie anywhere.
fn walk(root: &Path, folder: &Path, found: &mut Vec<Found>, talk: Talk) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file(folder, &error);
    let mut entries = std::fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
        if entry.file_name().as_encoded_bytes().starts_with(RESERVED_PREFIX.as_bytes()) || entry.file_name() == ".git" {
            continue;
        }
        if kind.is_dir() {
            walk(root, &path, found, talk)?;
        } else if kind.is_file() {
            let name = patch_name(path.strip_prefix(root).unwrap_or(&path));
            found.push(Found { path, name });
        } else {
            talk.say(&format!("{}: left out, neither a file nor a folder", path.display()));
        }
    }
    Ok(())
}

fn patch_name(path: &Path) -> Result<PatchName, Failure> {
    let text = path.to_str().ok_or_else(|| Failure::new(format!("patch name {} is not UTF-8", path.display())))?;
    names::new_patch(text)
}

pub(crate) async fn unpublish(args: UnpublishArgs, session: &Session, talk: Talk) -> Result<u8, Failure> {
    let (settings, table) = names::table(session, args.application.as_ref()).await?;
    let versions = names::versions(&settings, &args.versions)?;
    let rows = args.patches.iter().map(|word| names::patch(&table.grid, word)).collect::<Result<Vec<_>, _>>()?;
    let mut done = Vec::new();
    for row in rows {
        let row = &table.grid.patches[row];
        let is_current = |version: &&Version| row.published.iter().any(|one| one.version == **version && one.sha256.is_some());
        let versions: Vec<Version> = versions.iter().filter(is_current).cloned().collect();
        if !versions.is_empty() {
            let what = Unpublish { application: settings.name.clone(), patch: row.name.clone(), versions: versions.clone() };
            session.client.unpublish(&what).await?;
        }
        done.push((row.name.clone(), versions));
    }
    let rows: Vec<_> = done.iter().map(|(patch, versions)| json!({ "patch": patch, "versions": versions })).collect();
    talk.data(&json!({ "unpublished": rows }), || {
        let line = |(patch, versions): &(PatchName, Vec<Version>)| match versions.as_slice() {
            [] => format!("{patch}: was not current there"),
            versions => {
                format!("{patch}: no longer current for {}", versions.iter().map(Version::as_str).collect::<Vec<_>>().join(" "))
            }
        };
        done.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(exit::OK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_is_taken_with_relative_names_and_without_links_and_own_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        std::fs::create_dir_all(root.join("sql/deep")).expect("folders");
        for file in ["b.st", "sql/deep/V1.sql", ".fieldpost-site"] {
            std::fs::write(root.join(file), "x").expect("written");
        }
        std::os::unix::fs::symlink("/etc/passwd", root.join("a-link")).expect("a link");
        let mut found = Vec::new();
        walk(root, root, &mut found, Talk::new(true, crate::app::ColorChoice::Auto)).expect("walked");
        let names: Vec<_> = found.iter().map(|file| file.name.clone().expect("good").to_string()).collect();
        assert_eq!(names, ["b.st", "sql/deep/V1.sql"]);
    }

    #[test]
    fn a_name_against_the_rules_fails_by_itself_and_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("nul.txt"), "x").expect("written");
        std::fs::write(folder.path().join("ok.txt"), "x").expect("written");
        let mut found = Vec::new();
        walk(folder.path(), folder.path(), &mut found, Talk::new(true, crate::app::ColorChoice::Auto)).expect("walked");
        assert!(found[0].name.as_ref().expect_err("a device").words.contains("nul.txt"));
        assert!(found[1].name.is_ok());
    }
}
