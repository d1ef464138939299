//! What holds for all contents.

use super::super::*;
use super::ALL;
use proptest::prelude::*;

/// Few distinct lines, so that they meet again; every kind of end; sometimes no end at the end of the content.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let line = (
        prop::sample::select(vec!["", "a", "b", "c", "d", "\u{e9}"]),
        prop::sample::select(vec!["\n", "\n", "\n", "\r", "\r\n"]),
    );
    (prop::collection::vec(line, 0..12), any::<bool>()).prop_map(|(lines, open)| {
        let mut bytes: Vec<u8> = lines.iter().flat_map(|(text, end)| format!("{text}{end}").into_bytes()).collect();
        if open {
            bytes.extend(b"e");
        }
        bytes
    })
}

/// A content that came from another by a few changes.
fn pair() -> impl Strategy<Value = (Vec<u8>, Vec<u8>, Vec<u8>)> {
    (content(), content(), content(), 0usize..12, 0usize..12).prop_map(|(base, one, other, at, to)| {
        let spliced = |with: &[u8], at: usize| {
            let lines = Lines::of(&base);
            let at = at.min(lines.len());
            let piece = Lines::of(with).part(0..2).to_vec();
            [lines.part(0..at), &piece, lines.part((at + 1).min(lines.len())..lines.len())].concat()
        };
        let (published, site) = (spliced(&one, at), spliced(&other, to));
        (base, published, site)
    })
}

fn everywhere(merge: &Merge, choice: &Choice) -> Option<Vec<u8>> {
    let mut resolution = Resolution::new(merge);
    for place in 0..merge.regions().len() {
        resolution.choose(place, Some(choice.clone()));
    }
    resolution.bytes(merge)
}

fn bare(bytes: &[u8]) -> Vec<Vec<u8>> {
    let lines = Lines::of(bytes);
    lines.iter().map(|line| line.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect()).collect()
}

fn choice() -> impl Strategy<Value = Option<Choice>> {
    prop::sample::select(vec![None, Some(Choice::Published), Some(Choice::Site), Some(Choice::Both)])
}

proptest! {
    #[test]
    fn a_content_merged_with_itself_is_itself(content in content()) {
        let merge = merge(Some(&content), &content, &content);
        prop_assert_eq!(merge.conflicts().count(), 0);
        prop_assert_eq!(Resolution::new(&merge).bytes(&merge), Some(content));
    }

    #[test]
    fn two_sides_that_are_the_same_merge_to_that_side((base, published, _) in pair(), known in any::<bool>()) {
        let merge = merge(known.then_some(&base[..]), &published, &published);
        prop_assert_eq!(Resolution::new(&merge).bytes(&merge), Some(published));
    }

    #[test]
    fn a_change_of_one_side_only_is_taken_byte_for_byte((base, changed, _) in pair()) {
        for merge in [merge(Some(&base), &changed, &base), merge(Some(&base), &base, &changed)] {
            prop_assert_eq!(Resolution::new(&merge).bytes(&merge), Some(changed.clone()));
        }
    }

    #[test]
    fn no_side_is_favoured((base, published, site) in pair()) {
        let mirrored = |region: &Region| Region {
            kind: match region.kind { Kind::Published => Kind::Site, Kind::Site => Kind::Published, other => other },
            base: region.base.clone(),
            published: region.site.clone(),
            site: region.published.clone(),
        };
        let regions: Vec<_> = merge(Some(&base), &published, &site).regions().iter().map(mirrored).collect();
        let other = merge(Some(&base), &site, &published);
        prop_assert_eq!(regions, other.regions());
    }

    #[test]
    fn every_line_is_in_exactly_one_region((base, published, site) in pair(), known in any::<bool>()) {
        let merge = merge(known.then_some(&base[..]), &published, &site);
        for side in ALL {
            let mut next = 0;
            for region in merge.regions() {
                prop_assert_eq!(region.lines(side).start, next);
                next = region.lines(side).end;
            }
            prop_assert_eq!(next, merge.input(side).len());
        }
        prop_assert!(merge.regions().iter().all(|region| ALL.iter().any(|side| !region.lines(*side).is_empty())));
    }

    #[test]
    fn a_region_is_what_its_kind_says((base, published, site) in pair(), known in any::<bool>()) {
        let merge = merge(known.then_some(&base[..]), &published, &site);
        for region in merge.regions() {
            let [base, published, site] = ALL.map(|side| merge.part(region, side));
            let fits = match region.kind {
                Kind::Same => base == published && base == site,
                Kind::Published => base == site && base != published,
                Kind::Site => base == published && base != site,
                Kind::Alike => published == site && base != published,
                Kind::Conflict => published != site,
            };
            prop_assert!(fits, "{:?}", region);
        }
    }

    #[test]
    fn one_side_taken_everywhere_is_that_side((base, published, site) in pair(), known in any::<bool>()) {
        let merge = merge(known.then_some(&base[..]), &published, &site);
        prop_assert_eq!(everywhere(&merge, &Choice::Published), Some(published));
        prop_assert_eq!(everywhere(&merge, &Choice::Site), Some(site));
    }

    #[test]
    fn a_result_is_the_chosen_lines_in_order_and_nothing_else(
        (base, published, site) in pair(),
        choices in prop::collection::vec(choice(), 24),
        known in any::<bool>(),
    ) {
        let merge = merge(known.then_some(&base[..]), &published, &site);
        let mut resolution = Resolution::new(&merge);
        for (place, choice) in choices.into_iter().enumerate() {
            resolution.choose(place, choice);
        }
        let parts: Option<Vec<_>> = (0..merge.regions().len()).map(|place| resolution.part(&merge, place)).collect();
        let lines = parts.map(|parts| parts.iter().flat_map(|part| bare(part)).collect::<Vec<_>>());
        prop_assert_eq!(resolution.bytes(&merge).map(|bytes| bare(&bytes)), lines);
    }
}
