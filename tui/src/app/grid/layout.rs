//! How wide the columns are and which of them a terminal has room for. Shared by drawing and by moving, so that both agree.

use super::GridView;
use super::explain::without_address;
use fieldpost_common::grid::{GridPatch, GridSite, Table};
use fieldpost_common::text::{Clean, age};
use unicode_width::UnicodeWidthStr as _;

/// A column that stays where it is while the sites scroll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frozen {
    Patch,
    Issue,
    By,
    Changed,
    Current,
    /// The row's cells in numbers.
    Sum,
}

impl Frozen {
    const ALL: [Self; 6] = [Self::Patch, Self::Issue, Self::By, Self::Changed, Self::Current, Self::Sum];
    /// In the order in which a narrow terminal loses them.
    const DROPPED: [Self; 5] = [Self::Current, Self::Issue, Self::By, Self::Sum, Self::Changed];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Patch => "Patch",
            Self::Issue => "Issue",
            Self::By => "By",
            Self::Changed => "Changed",
            Self::Current => "Current",
            Self::Sum => "Sum",
        }
    }
}

/// How wide the contents of the frozen columns are, in terminal cells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Widths {
    patch: u16,
    issue: u16,
    by: u16,
    current: u16,
}

const MAX_PATCH: u16 = 44;
const MIN_PATCH: u16 = 18;
const MAX_ISSUE: u16 = 12;
const MAX_BY: u16 = 12;
const MAX_CURRENT: u16 = 16;
const CHANGED: u16 = 7;
/// The worst mark with its count; and all of them.
const SUM: u16 = 4;
pub(crate) const FULL_SUM: u16 = 20;
/// From this width on the sums are full.
const WIDE: u16 = 160;
const MIN_SITE: u16 = 3;
const MAX_SITE: u16 = 20;
/// The mark of the row and a blank.
pub(crate) const MARGIN: u16 = 3;
const GAP: u16 = 2;

impl Widths {
    /// Measures all rows, shown or not, so that columns don't move while a filter is typed.
    pub(crate) fn of(table: &Table) -> Self {
        let widest = |measure: &dyn Fn(&GridPatch) -> usize, most: u16| {
            let wide = table.grid.patches.iter().map(measure).max().unwrap_or(0);
            u16::try_from(wide).unwrap_or(most).min(most)
        };
        Self {
            patch: widest(&|patch| patch.name.as_str().width(), MAX_PATCH).max(MIN_PATCH),
            issue: widest(&|patch| patch.issue.as_ref().map_or(1, |issue| issue.as_str().len()), MAX_ISSUE).max(5),
            by: widest(&|patch| patch.author.as_deref().map_or(1, |by| Clean::line(without_address(by)).width()), MAX_BY).max(2),
            current: widest(&|patch| current(table, patch).width(), MAX_CURRENT).max(7),
        }
    }

    fn of_column(&self, column: Frozen, width: u16) -> u16 {
        match column {
            Frozen::Sum if width >= WIDE => FULL_SUM,
            Frozen::Sum => SUM,
            Frozen::Patch => self.patch,
            Frozen::Issue => self.issue,
            Frozen::By => self.by,
            Frozen::Changed => CHANGED,
            Frozen::Current => self.current,
        }
    }
}

/// Where everything stands on a screen of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Layout {
    /// The frozen columns with their widths.
    pub(crate) frozen: Vec<(Frozen, u16)>,
    /// Where the sites begin.
    pub(crate) sites_x: u16,
    /// How wide the screen is.
    width: u16,
}

impl Layout {
    /// Fits the frozen columns so that at least a few sites have room.
    pub(crate) fn of(view: &GridView, (width, _): (u16, u16)) -> Self {
        let sites: u16 = view.columns.iter().take(4).map(|site| site_width(view, *site) + GAP).sum();
        let room = width.saturating_sub(sites.min(width / 2));
        let mut frozen: Vec<_> = Frozen::ALL.iter().map(|column| (*column, view.widths.of_column(*column, width))).collect();
        for dropped in Frozen::DROPPED {
            if total(&frozen) <= room {
                break;
            }
            // A short name column goes before a whole column does, down to what still tells names apart.
            let over = total(&frozen) - room;
            let spare = frozen[0].1.saturating_sub(MIN_PATCH + 6);
            if over <= spare {
                frozen[0].1 -= over;
                break;
            }
            frozen.retain(|(column, _)| *column != dropped);
        }
        let over = total(&frozen).saturating_sub(room);
        frozen[0].1 = frozen[0].1.saturating_sub(over).max(MIN_PATCH);
        Self { sites_x: total(&frozen), frozen, width }
    }

    /// The sites that fit, as places in the view's columns, each with its x and width.
    pub(crate) fn sites(&self, view: &GridView) -> Vec<(usize, u16, u16)> {
        let mut x = self.sites_x;
        let mut fitting = Vec::new();
        for (place, site) in view.columns.iter().enumerate().skip(view.left) {
            let wide = site_width(view, *site);
            if x + wide > self.width && !fitting.is_empty() || x + MIN_SITE > self.width {
                break;
            }
            fitting.push((place, x, wide.min(self.width - x)));
            x += wide + GAP;
        }
        fitting
    }

    /// The least first place of the columns with which one of them is seen.
    pub(crate) fn first_that_shows(&self, view: &GridView, place: usize) -> usize {
        let wide = |place: usize| site_width(view, view.columns[place]);
        if place >= view.columns.len() {
            return 0;
        }
        let room = usize::from(self.width.saturating_sub(self.sites_x));
        let mut taken = usize::from(wide(place));
        let mut first = place;
        while first > 0 {
            taken += usize::from(wide(first - 1) + GAP);
            if taken > room {
                break;
            }
            first -= 1;
        }
        first
    }
}

fn total(frozen: &[(Frozen, u16)]) -> u16 {
    MARGIN + frozen.iter().map(|(_, wide)| wide + GAP).sum::<u16>()
}

/// How wide a site's column is: its name, and its age when it is silent.
fn site_width(view: &GridView, site: usize) -> u16 {
    let label = site_label(view, view.site(site));
    u16::try_from(label.width()).unwrap_or(MAX_SITE).clamp(MIN_SITE, MAX_SITE)
}

/// The title of a site's column.
pub(crate) fn site_label(view: &GridView, site: &GridSite) -> String {
    match site.last_seen {
        _ if !view.is_silent(site, view.now) => site.name.to_string(),
        Some(seen) => format!("{} {}", site.name, age(seen.age(view.now)).replace(" min", "m").replace(' ', "")),
        None => format!("{} never", site.name),
    }
}

/// The versions for which a patch is current, newest first; `≠` before one that is current with another content.
pub(crate) fn current(table: &Table, patch: &GridPatch) -> String {
    let mut out = String::new();
    let mut last = None;
    let versions = table.grid.application.iter().flat_map(|settings| settings.versions.iter().rev());
    for one in versions.filter_map(|version| patch.published.iter().find(|one| one.version == *version)) {
        let Some(sha256) = one.sha256 else { continue };
        match last {
            None => {}
            Some(same) if same == sha256 => out.push(' '),
            Some(_) => out.push('≠'),
        }
        out.push_str(one.version.as_str());
        last = Some(sha256);
    }
    if out.is_empty() { "–".to_owned() } else { out }
}

/// How many rows of patches a screen has room for: without header, two rules, titles, explanation and footer.
pub(crate) fn body_height((_, height): (u16, u16)) -> u16 {
    height.saturating_sub(5 + explain_height(height))
}

/// How many of them are left for rows, without the line that sums up the columns.
pub(crate) fn rows_height(size: (u16, u16)) -> u16 {
    body_height(size).saturating_sub(sums_height(size.1))
}

/// How many lines sum up the columns: only a tall screen has room for that.
pub(crate) fn sums_height(height: u16) -> u16 {
    u16::from(height >= 30)
}

/// How many lines explain the selected cell.
pub(crate) fn explain_height(height: u16) -> u16 {
    if height < 20 { 1 } else { 2 }
}
