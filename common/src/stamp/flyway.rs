//! Migrations of Flyway, by their names: `V1_2__add_table.sql`. They carry no stamp but what a comment says.

use super::{Evidence, Source, comment};

/// Reads version and description from the name.
pub(super) fn read<'a>(source: &Source<'a>) -> Option<Evidence<'a>> {
    let (version, description) = parts(source.name)?;
    let mut evidence = Evidence::new(source);
    evidence.number = (!version.is_empty()).then(|| version.replace('_', "."));
    evidence.title(description.replace('_', " ").as_bytes());
    comment::note_head(source, &mut evidence);
    Some(evidence)
}

/// `V` with a version, `U` with one, `B` with one, or `R` without; then two underscores and a description.
fn parts(name: &str) -> Option<(&str, &str)> {
    let stem = name.strip_suffix(".sql").or_else(|| name.strip_suffix(".SQL"))?;
    let (prefix, description) = stem.split_once("__")?;
    let (kind, version) = prefix.split_at_checked(1)?;
    let numbered = !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'_'));
    let known = match kind {
        "V" | "U" | "B" => numbered,
        "R" => version.is_empty(),
        _ => false,
    };
    (known && !description.is_empty()).then_some((version, description))
}
