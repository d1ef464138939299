//! Draws the list of sites: only the rows that are seen, and the columns that there is room for.

use super::SitesView;
use super::state::{SiteState, clock};
use crate::app::grid::layout::explain_height;
use crate::app::header::Said;
use crate::app::keymap::Context;
use crate::app::list::draw::{TITLES, frame, head, mark};
use crate::app::model::Model;
use crate::app::paint::Painter;
use crate::app::theme::Tone;
use crate::app::unread;
use fieldpost_common::api::Site;
use fieldpost_common::text::{Clean, age, count};
use fieldpost_common::time::Timestamp;
use ratatui::layout::Rect;
use unicode_width::UnicodeWidthStr as _;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    State,
    Site,
    Seen,
    Agent,
    Applications,
    Waiting,
    Clock,
    Groups,
}

impl Column {
    const ALL: [Self; 8] =
        [Self::State, Self::Site, Self::Seen, Self::Agent, Self::Applications, Self::Waiting, Self::Clock, Self::Groups];
    /// In the order in which a narrow terminal loses them.
    const DROPPED: [Self; 3] = [Self::Groups, Self::Clock, Self::Agent];

    fn title(self) -> &'static str {
        match self {
            Self::State => "State",
            Self::Site => "Site",
            Self::Seen => "Seen",
            Self::Agent => "Agent",
            Self::Applications => "Applications",
            Self::Waiting => "Waiting",
            Self::Clock => "Clock",
            Self::Groups => "Groups",
        }
    }

    fn cell(self, site: &Site, state: SiteState, now: Timestamp) -> (Tone, String) {
        let plain = |words: String| (Tone::Plain, words);
        match self {
            Self::State => (state.tone(), format!("{} {}", state.symbol(), state.word())),
            Self::Site => plain(site.name.to_string()),
            Self::Seen => plain(site.last_seen.map_or("–".to_owned(), |seen| age(seen.age(now)))),
            Self::Agent => {
                plain(site.agent_version.as_deref().map_or("–".to_owned(), |version| Clean::line(version).to_string()))
            }
            Self::Applications => {
                let apps: Vec<_> = site.applications.iter().map(|one| format!("{} {}", one.application, one.version)).collect();
                plain(apps.join(", "))
            }
            Self::Waiting if site.open_orders > 0 => (Tone::Busy, count(site.open_orders, "order")),
            Self::Waiting => (Tone::Faint, "–".to_owned()),
            Self::Clock => clock(site),
            Self::Groups if site.groups.is_empty() => (Tone::Faint, "–".to_owned()),
            Self::Groups => plain(site.groups.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        }
    }

    /// The most that its widest content may take.
    fn most(self) -> usize {
        match self {
            Self::Site | Self::Applications => 40,
            Self::Agent => 14,
            Self::Groups => 60,
            _ => 20,
        }
    }
}

/// How wide each column's contents are, in terminal cells, in the order of `Column::ALL`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Widths([u16; Column::ALL.len()]);

impl Widths {
    /// Measures the shown rows.
    pub(super) fn of(sites: &[(&Site, SiteState)], now: Timestamp) -> Self {
        Self(Column::ALL.map(|column| {
            // The title of the first column carries counts.
            let title = if column == Column::Site { "Site 200/200".len() } else { column.title().len() };
            let widest = sites.iter().map(|(site, state)| column.cell(site, *state, now).1.width()).max().unwrap_or(0);
            u16::try_from(widest.max(title).min(column.most())).unwrap_or(u16::MAX)
        }))
    }

    /// The columns that fit, with their widths; the last takes what is left.
    fn fitting(&self, width: u16) -> Vec<(Column, u16)> {
        let mut columns: Vec<_> = Column::ALL.into_iter().zip(self.0).collect();
        let total = |columns: &[(Column, u16)]| MARGIN + columns.iter().map(|(_, wide)| wide + GAP).sum::<u16>() - GAP;
        for dropped in Column::DROPPED {
            if total(&columns) > width {
                columns.retain(|(column, _)| *column != dropped);
            }
        }
        for shrunk in [Column::Applications, Column::Site] {
            let over = total(&columns).saturating_sub(width);
            if let Some((_, wide)) = columns.iter_mut().find(|(column, _)| *column == shrunk) {
                *wide = wide.saturating_sub(over).max(LEAST);
            }
        }
        columns
    }
}

/// The mark of the row and a blank.
const MARGIN: u16 = 2;
const GAP: u16 = 2;
/// No column gets narrower than this.
const LEAST: u16 = 12;

/// The whole screen but for the footer.
pub(crate) fn draw(model: &Model, painter: &mut Painter<'_>, area: Rect) {
    let sites = &model.sites;
    let Some(frame) = frame(model, said(model), &empty(model), painter, area) else { return };
    let columns = sites.widths.fitting(area.width);
    titles(sites, &columns, painter);
    for (y, selected, index) in frame.rows(&sites.list) {
        row(sites, &columns, painter, y, (selected, &sites.sites[index]), model.grid.now);
    }
    if let Some(site) = sites.selected() {
        let state = sites.state(site, model.grid.now);
        let (fact, advice) = sites.explain(site, model.grid.now);
        painter.line(1, frame.explanation, area.width - 2, state.tone(), &fact);
        if explain_height(area.height) > 1 {
            painter.line(1, frame.explanation + 1, area.width - 2, Tone::Faint, &model.say(Context::Sites, advice));
        }
    }
}

fn said(model: &Model) -> Said {
    let (sites, now) = (&model.sites, model.grid.now);
    let mut said = Said::default();
    said.filter(&sites.list.filter, sites.list.typing);
    let states = || sites.sites.iter().map(|site| sites.state(site, now));
    let orders: usize = sites.sites.iter().map(|site| site.open_orders).sum();
    let problems = model.alerts.counts().problems;
    let never = states().filter(|state| *state == SiteState::NeverSeen).count();
    let silent = states().filter(|state| state.is_silent()).count();
    if orders > 0 {
        said.counts.push((Tone::Busy, format!("{} on the way", count(orders, "order"))));
    }
    if problems > 0 {
        said.counts.push((Tone::Alarm, count(problems, "problem")));
    }
    if never > 0 {
        said.counts.push((Tone::Busy, format!("{never} never seen")));
    }
    if silent > 0 {
        said.counts.push((Tone::Alarm, format!("{silent} silent")));
    }
    said
}

fn titles(sites: &SitesView, columns: &[(Column, u16)], painter: &mut Painter<'_>) {
    let mut x = MARGIN;
    for (column, wide) in columns {
        let (shown, all) = (sites.list.rows.len(), sites.sites.len());
        let title = match column {
            Column::Site if shown == all => format!("Site {all}"),
            Column::Site => format!("Site {shown}/{all}"),
            other => other.title().to_owned(),
        };
        painter.line(x, TITLES, *wide, Tone::Strong, &title);
        x += wide + GAP;
    }
}

fn row(
    sites: &SitesView,
    columns: &[(Column, u16)],
    painter: &mut Painter<'_>,
    y: u16,
    (selected, site): (bool, &Site),
    now: Timestamp,
) {
    let state = sites.state(site, now);
    mark(painter, y, selected);
    let mut x = MARGIN;
    for (column, wide) in columns {
        let (tone, words) = column.cell(site, state, now);
        head(painter, (x, y, *wide), tone, selected && *column == Column::Site, &words);
        x += wide + GAP;
    }
}

/// What stands where the list would be: why there is none, and the next key or command.
fn empty(model: &Model) -> Vec<String> {
    let sites = &model.sites;
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    if sites.read_at.is_none() {
        return unread::words(model, sites.trouble.as_ref(), "the sites");
    }
    if sites.sites.is_empty() {
        return lines(&[
            "No site yet.",
            "",
            "fieldpost site add NAME --app APP=VERSION   makes one and prints the string",
            "for fieldpost-agent enroll, which is run at the site.",
        ]);
    }
    if sites.list.rows.is_empty() {
        return vec![
            format!("No site matches /{}", sites.list.filter.shown()),
            String::new(),
            model.say(Context::Sites, "{back} shows everything again"),
        ];
    }
    Vec::new()
}
