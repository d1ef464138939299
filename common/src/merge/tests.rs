//! The rules of merging by name; what holds for all contents is in `tests/always.rs`.

mod always;

use super::*;

pub(super) const ALL: [Side; 3] = [Side::Base, Side::Published, Side::Site];

fn merged(base: &str, published: &str, site: &str) -> Merge {
    merge(Some(base.as_bytes()), published.as_bytes(), site.as_bytes())
}

/// `=a` the same, `P` and `S` changed on one side, `A` alike, `#base|published|site` a conflict; lines joined by blanks.
fn shown(merge: &Merge) -> Vec<String> {
    let part = |region: &Region, side| {
        let bytes = merge.part(region, side).escape_ascii().to_string();
        bytes.replace("\\r\\n", "%").replace("\\n", "~").replace("\\r", "^")
    };
    let show = |region: &Region| match region.kind {
        Kind::Same => format!("={}", part(region, Side::Base)),
        Kind::Published => format!("P{}|{}", part(region, Side::Base), part(region, Side::Published)),
        Kind::Site => format!("S{}|{}", part(region, Side::Base), part(region, Side::Site)),
        Kind::Alike => format!("A{}|{}", part(region, Side::Base), part(region, Side::Site)),
        Kind::Conflict => {
            let [base, published, site] = ALL.map(|side| part(region, side));
            format!("#{base}|{published}|{site}")
        }
    };
    merge.regions().iter().map(show).collect()
}

fn result(merge: &Merge, choices: &[Choice]) -> String {
    let mut resolution = Resolution::new(merge);
    for (place, choice) in merge.conflicts().zip(choices) {
        resolution.choose(place, Some(choice.clone()));
    }
    String::from_utf8(resolution.bytes(merge).expect("all is decided")).expect("text")
}

#[test]
fn changes_in_different_places_are_both_taken() {
    let merge = merged("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n");
    assert_eq!(shown(&merge), ["Pa~|A~", "=b~", "Sc~|C~"]);
    assert_eq!(result(&merge, &[]), "A\nb\nC\n");
}

#[test]
fn the_same_line_changed_in_two_ways_is_a_conflict_and_nothing_is_made_of_it_by_itself() {
    let merge = merged("a\nb\nc\n", "a\nP\nc\n", "a\nS\nc\n");
    assert_eq!(shown(&merge), ["=a~", "#b~|P~|S~", "=c~"]);
    assert_eq!(Resolution::new(&merge).bytes(&merge), None);
    assert_eq!(result(&merge, &[Choice::Published]), "a\nP\nc\n");
    assert_eq!(result(&merge, &[Choice::Site]), "a\nS\nc\n");
    assert_eq!(result(&merge, &[Choice::Both]), "a\nP\nS\nc\n");
    assert_eq!(result(&merge, &[Choice::Edited(b"E\n".to_vec())]), "a\nE\nc\n");
}

#[test]
fn the_same_change_on_both_sides_is_no_conflict() {
    assert_eq!(shown(&merged("a\nb\n", "a\nB\n", "a\nB\n")), ["=a~", "Ab~|B~"]);
}

#[test]
fn two_insertions_at_one_place_are_a_conflict_with_an_empty_base() {
    let merge = merged("a\nz\n", "a\nP\nz\n", "a\nS\nz\n");
    assert_eq!(shown(&merge), ["=a~", "#|P~|S~", "=z~"]);
    assert_eq!(result(&merge, &[Choice::Both]), "a\nP\nS\nz\n");
}

#[test]
fn two_methods_added_at_one_place_stay_whole_when_both_are_taken() {
    let merge = merged("a!\n", "a!\none\n!\n", "a!\ntwo\n!\n");
    assert_eq!(result(&merge, &[Choice::Both]), "a!\none\n!\ntwo\n!\n");
}

#[test]
fn a_deletion_against_an_edit_is_a_conflict() {
    let merge = merged("a\nb\nc\n", "a\nc\n", "a\nB\nc\n");
    assert_eq!(shown(&merge), ["=a~", "#b~||B~", "=c~"]);
    assert_eq!(result(&merge, &[Choice::Published]), "a\nc\n");
}

#[test]
fn changes_of_lines_that_touch_are_one_conflict() {
    assert_eq!(shown(&merged("a\nb\n", "P\nb\n", "a\nS\n")), ["#a~b~|P~b~|a~S~"]);
}

#[test]
fn a_missing_last_line_end_is_kept_or_taken_like_any_change() {
    let merge = merged("a\nb\n", "a\nb", "A\nb\n");
    assert_eq!(shown(&merge), ["#a~b~|a~b|A~b~"]);
    let merge = merged("a\nx\nb\n", "a\nx\nb", "A\nx\nb\n");
    assert_eq!(shown(&merge), ["Sa~|A~", "=x~", "Pb~|b"]);
    assert_eq!(result(&merge, &[]), "A\nx\nb");
}

#[test]
fn a_last_line_without_end_gets_one_before_a_line_of_the_other_side() {
    let merge = merged("a\n", "a\nP", "a\nS");
    assert_eq!(result(&merge, &[Choice::Both]), "a\nP\nS");
}

#[test]
fn lines_of_a_mac_and_lines_of_windows_keep_their_ends() {
    let merge = merged("a\rb\rc\r", "A\rb\rc\r", "a\rb\rC\r");
    assert_eq!(shown(&merge), ["Pa^|A^", "=b^", "Sc^|C^"]);
    let merge = merged("a\r\nb\nc\r", "a\r\nb\nC\r", "a\r\nb\nc\r");
    assert_eq!(shown(&merge), ["=a%b~", "Pc^|C^"]);
}

#[test]
fn a_line_that_ends_in_cr_never_swallows_an_empty_line() {
    let merge = merged("", "a\r", "\n");
    assert_eq!(result(&merge, &[Choice::Both]), "a\r\r");
}

#[test]
fn all_line_ends_changed_at_one_site_is_a_conflict_only_where_the_vendor_changed_something() {
    let merge = merged("a\nb\nc\n", "a\nB\nc\n", "a\r\nb\r\nc\r\n");
    assert_eq!(shown(&merge), ["#a~b~c~|a~B~c~|a%b%c%"]);
}

#[test]
fn contents_with_zero_bytes_are_taken_whole_from_one_side() {
    let merge = merge(Some(b"a\n\0\n"), b"b\n\0\n", b"c\nd\n");
    assert!(!merge.is_text());
    let mut resolution = Resolution::new(&merge);
    assert_eq!((merge.regions().len(), merge.conflicts().count()), (1, 1));
    for choice in [Choice::Both, Choice::Edited(b"x".to_vec())] {
        resolution.choose(0, Some(choice));
        assert_eq!(resolution.bytes(&merge), None);
    }
    resolution.choose(0, Some(Choice::Site));
    assert_eq!(resolution.bytes(&merge).as_deref(), Some(&b"c\nd\n"[..]));
}

#[test]
fn a_change_of_one_side_only_is_taken_whole_where_it_is_not_text() {
    let kinds = |base: &[u8], published: &[u8], site: &[u8]| merge(Some(base), published, site).regions()[0].kind;
    assert_eq!(kinds(b"\0", b"\x01", b"\0"), Kind::Published);
    assert_eq!(kinds(b"\0", b"\0", b""), Kind::Site);
    assert_eq!(kinds(b"\0", b"a", b"a"), Kind::Alike);
    assert_eq!(kinds(b"\0", b"\0", b"\0"), Kind::Same);
}

#[test]
fn empty_contents_merge() {
    assert!(merged("", "", "").regions().is_empty());
    assert_eq!(shown(&merged("", "a\n", "")), ["P|a~"]);
    assert_eq!(shown(&merged("a\n", "", "")), ["Aa~|"]);
    assert_eq!(shown(&merged("a\n", "", "b\n")), ["#a~||b~"]);
    assert_eq!(shown(&merge(None, b"", b"")), [""; 0]);
}

#[test]
fn without_a_base_each_difference_is_a_conflict_and_what_is_on_both_sides_is_not() {
    let merge = merge(None, b"a\nP\nc\n", b"a\nS\nc\nd\n");
    assert_eq!(shown(&merge), ["A|a~", "#|P~|S~", "A|c~", "#||d~"]);
}

#[test]
fn what_was_taken_by_itself_can_be_decided_otherwise() {
    let merge = merged("a\nb\n", "a\n", "a\nb\n");
    let mut resolution = Resolution::new(&merge);
    assert_eq!(resolution.bytes(&merge).as_deref(), Some(&b"a\n"[..]));
    resolution.choose(1, Some(Choice::Site));
    assert_eq!(resolution.bytes(&merge).as_deref(), Some(&b"a\nb\n"[..]));
}

#[test]
fn decisions_are_kept_and_taken_up_again_for_the_same_regions_only() {
    let merge = merged("a\nb\nc\n", "P\nb\nQ\n", "S\nb\nT\n");
    let mut resolution = Resolution::new(&merge);
    resolution.choose(0, Some(Choice::Edited(b"\xff\n".to_vec())));
    assert_eq!((resolution.decided(&merge), merge.conflicts().count()), (1, 2));
    let kept = serde_json::to_string(&resolution.decisions(&merge)).expect("JSON");
    let kept: Vec<Decision> = serde_json::from_str(&kept).expect("decisions");
    assert_eq!(Resolution::resume(&merge, kept.clone()), resolution);
    let other = merged("a\nb\nc\n", "P\nb\nc\n", "S\nT\nb\nc\n");
    assert_eq!(Resolution::resume(&other, kept).decided(&other), 0);
}

#[test]
fn an_editor_gets_the_sides_between_marks_and_lf_only() {
    let merge = merged("b\r", "P\r", "S");
    let text = marked(&merge, &Resolution::new(&merge), 0);
    let expected = "<<<<<<< published\nP\n||||||| base\nb\n=======\nS\n>>>>>>> site\n";
    assert_eq!(String::from_utf8(text).expect("text"), expected);
}

#[test]
fn an_edited_text_gets_the_line_ends_of_the_patch_back() {
    let merge = merged("a\rb\r", "P\rb\r", "S\rb\r");
    let choice = unmarked(&merge, &merge.regions()[0], b"one\ntwo\n");
    assert_eq!(choice, Ok(Choice::Edited(b"one\rtwo\r".to_vec())));
    let merge = merged("b", "P", "S");
    assert_eq!(unmarked(&merge, &merge.regions()[0], b"one\n"), Ok(Choice::Edited(b"one".to_vec())));
}

#[test]
fn marks_that_were_left_in_are_refused_with_their_line() {
    let merge = merged("b\n", "P\n", "S\n");
    let edited = b"P\n=======\nS\n";
    assert_eq!(unmarked(&merge, &merge.regions()[0], edited), Err(MarkersLeft { line: 2 }));
}

#[test]
fn a_line_that_looks_like_a_mark_may_stay_when_the_patch_itself_has_it() {
    let merge = merged("b\n", "P\n=======\n", "S\n");
    let edited = b"P\n=======\n";
    assert_eq!(unmarked(&merge, &merge.regions()[0], edited), Ok(Choice::Edited(edited.to_vec())));
}

#[test]
fn a_decided_conflict_is_edited_as_it_was_decided() {
    let merge = merged("b\n", "P\n", "S\n");
    let mut resolution = Resolution::new(&merge);
    resolution.choose(0, Some(Choice::Both));
    assert_eq!(marked(&merge, &resolution, 0), b"P\nS\n");
}

/// 20,000 lines in three unrelated orders: a shortest comparison takes hundreds of millions of steps.
#[test]
fn the_work_is_bounded_for_contents_that_have_everything_moved() {
    let lines = |step: u64| {
        let lines: Vec<_> = (0..20_000_u64).map(|line| format!("line {:016x}\n", line * step % 20_011)).collect();
        lines.concat()
    };
    let (base, published, site) = (lines(1), lines(6_007), lines(12_011));
    let merge = merged(&base, &published, &site);
    assert!(merge.conflicts().count() > 0);
}
