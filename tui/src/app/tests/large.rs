//! Ten thousand patches at two hundred sites: what is built for a frame, what it looks like, and what stays where it is.

use crate::app::grid::sort::{Key, Sort};
use crate::app::harness::Harness;
use crate::app::office::{Answer, Trouble};
use crate::app::sample;
use fieldpost_common::grid::Grid;
use insta::assert_snapshot;
use proptest::prelude::*;
use proptest::sample::select;

fn large(size: (u16, u16)) -> Harness {
    Harness::with(sample::large(), size)
}

#[test]
fn a_frame_asks_only_for_the_cells_that_are_seen() {
    for size in [(80, 24), (200, 50), (400, 100)] {
        let mut harness = large(size);
        for keys in ["j", "PgDn l", "G End", "n", "S j j Enter", "C-a", "/ o r d", "Esc"] {
            harness.press(keys);
            harness.model.grid.asked.set(0);
            let screen = harness.screen();
            let seen = screen.lines().filter(|line| line.contains(".st ")).count();
            let asked = harness.model.grid.asked.get();
            let widest = usize::from(size.0 / 5);
            assert!(seen > 0 && asked <= seen * widest + 20, "{size:?} {keys}: {asked} cells asked for {seen} rows");
        }
    }
}

#[test]
fn each_letter_of_a_filter_looks_only_at_the_rows_of_the_one_before() {
    let mut harness = large((80, 24));
    harness.press("/ q");
    let first = harness.model.grid.rows.len();
    assert_eq!(harness.model.grid.looked_at(), 10_000);
    harness.press("u o t");
    assert!(harness.model.grid.looked_at() <= first && first < 10_000);
    harness.shows(&format!("{}/10000", harness.model.grid.rows.len()));
}

#[test]
fn marks_survive_a_filter_and_the_header_says_how_many_it_hides() {
    let mut harness = large((120, 24));
    harness.press("Space Space / 0 0 0 0 5 Enter Space");
    harness.shows("● 3, 2 hidden");
    harness.press("Esc");
    harness.shows("● 3");
    assert!(!harness.screen().contains("hidden"));
}

#[test]
fn what_a_filter_hides_for_a_while_is_selected_again_and_what_was_kept_stays() {
    let mut harness = Harness::sample((80, 24));
    let selected = |harness: &Harness| harness.model.grid.selected_patch().unwrap().name.to_string();
    harness.select("4720-Limits-check.st", "borealis");
    harness.press("/ q u o t e");
    assert_eq!(selected(&harness), "4688-Quote-cache.st");
    harness.press("Esc");
    assert_eq!(selected(&harness), "4720-Limits-check.st");
    harness.press("/ q u o t e Enter Esc");
    assert_eq!(selected(&harness), "4688-Quote-cache.st", "Enter means: here");
}

#[test]
fn a_filter_for_sites_leaves_the_patches_and_says_how_many_sites() {
    let mut harness = Harness::sample((120, 24));
    harness.press("/ @ t e s t");
    harness.shows("2/6 sites");
    harness.shows("30/30");
    harness.press("z z z");
    harness.shows("No site matches @testzzz");
    harness.shows("Esc shows everything again");
}

#[test]
fn filtered_with_the_matched_letters_lit() {
    let mut harness = large((80, 24));
    harness.press("/");
    harness.type_text("limit 471 @site-01");
    assert_snapshot!("filter_80", harness.screen());
    let mut harness = large((200, 50));
    harness.press("/");
    harness.type_text("limit 471 @site-01");
    assert_snapshot!("filter_200", harness.screen());
}

#[test]
fn sorted_by_what_is_worst() {
    for (size, name) in [((80, 24), "worst_80"), ((200, 50), "worst_200")] {
        let mut harness = large(size);
        harness.press("S j j j j j j Enter g");
        assert_eq!(harness.model.grid.sort, Sort { key: Key::Worst, reversed: false });
        assert_snapshot!(name, harness.screen());
    }
}

#[test]
fn many_sites_scrolled_sideways() {
    for (size, name) in [((80, 24), "sideways_80"), ((200, 50), "sideways_200")] {
        let mut harness = large(size);
        harness.press("End h h h j j");
        assert_snapshot!(name, harness.screen());
    }
}

#[test]
fn a_removal_of_everything_everywhere_is_more_than_a_job_and_says_so() {
    let mut harness = large((80, 24));
    harness.press("C-a D");
    assert_snapshot!("too_many", harness.screen());
    harness.press("Enter y");
    assert_eq!(harness.requests(), []);
    harness.press("Esc");
    assert!(harness.model.dialog.is_none());
}

#[test]
fn small_empty_and_offline() {
    let mut harness = large((60, 15));
    harness.press("G l");
    assert_snapshot!("large_60", harness.screen());
    let mut harness = large((80, 24));
    harness.press("/");
    harness.type_text("zzz");
    assert_snapshot!("empty_filter", harness.screen());
    let mut harness = large((80, 24));
    harness.answer(Answer::Changes(Err(Trouble::Unreachable("the server can't be reached".to_owned()))));
    assert_snapshot!("large_offline", harness.screen());
}

/// One thing that a person or the server does.
#[derive(Debug, Clone)]
enum Step {
    Keys(&'static str),
    Without { patch: usize, site: usize },
    All,
}

fn step() -> impl Strategy<Value = Step> {
    let keys = [
        "/ o r d Enter",
        "/ 4 7 Enter",
        "/ @ t e s t Enter",
        "Esc",
        "Esc Esc",
        "S j Enter",
        "S j j j j Enter",
        "S k k Enter",
        "C-a",
        "V V",
        "v j Enter",
        "v k k Enter",
        "s j Enter",
        "s k k k Enter",
    ];
    prop_oneof![
        4 => select(keys.to_vec()).prop_map(Step::Keys),
        1 => (0..30_usize, 0..6_usize).prop_map(|(patch, site)| Step::Without { patch, site }),
        1 => Just(Step::All),
    ]
}

/// The sample without one patch and one site, and without what refers to them by their places.
fn without(patch: usize, site: usize) -> Grid {
    let mut grid = sample::grid();
    grid.patches.remove(patch);
    grid.sites.remove(site);
    grid.cells.retain(|cell| cell.patch != patch && cell.site != site);
    for cell in &mut grid.cells {
        cell.patch -= usize::from(cell.patch > patch);
        cell.site -= usize::from(cell.site > site);
    }
    grid
}

/// What is selected, by name.
fn selected(harness: &Harness) -> (Option<String>, Option<String>) {
    let grid = &harness.model.grid;
    (grid.selected_patch().map(|one| one.name.to_string()), grid.selected_site().map(|one| one.name.to_string()))
}

/// Whether the wanted patch and the wanted site are shown.
fn shown(harness: &Harness, (patch, site): &(Option<String>, Option<String>)) -> (bool, bool) {
    let grid = &harness.model.grid;
    let patches = || grid.rows.iter().map(|row| grid.patch(*row).name.to_string());
    let sites = || grid.columns.iter().map(|column| grid.site(*column).name.to_string());
    (
        patch.as_ref().is_some_and(|patch| patches().any(|one| one == *patch)),
        site.as_ref().is_some_and(|site| sites().any(|one| one == *site)),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn the_selection_is_on_its_patch_and_site_whenever_they_are_shown(
        row in 0..30_usize, column in 0..6_usize, steps in proptest::collection::vec(step(), 1..8)
    ) {
        let mut harness = Harness::sample((80, 24));
        (harness.model.grid.row, harness.model.grid.column) = (row, column);
        let mut wanted = selected(&harness);
        for step in steps {
            match step.clone() {
                Step::Keys(keys) => harness.press(keys),
                Step::Without { patch, site } => harness.reload(without(patch, site)),
                Step::All => harness.reload(sample::grid()),
            }
            let is = selected(&harness);
            let (patch, site) = shown(&harness, &wanted);
            if patch {
                prop_assert_eq!(&is.0, &wanted.0, "{:?}", step);
            }
            if site {
                prop_assert_eq!(&is.1, &wanted.1, "{:?}", step);
            }
            // Whoever keeps a filter wants what is selected then.
            if matches!(step, Step::Keys(keys) if keys.starts_with('/')) {
                wanted = (is.0.or(wanted.0), is.1.or(wanted.1));
            }
        }
    }
}
