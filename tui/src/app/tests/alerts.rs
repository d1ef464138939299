//! The alerts tab, what is said of alerts on every screen, and a site's state on its page.

use crate::app::alerts::OVER;
use crate::app::harness::Harness;
use crate::app::model::{Effect, Message};
use crate::app::office::{Answer, Request, SiteOrders, Trouble};
use crate::app::screens::Tab;
use crate::app::theme::{Depth, Theme};
use crate::app::{sample, sample_health};
use fieldpost_common::api::{Change, Changes, Role, SetHold, StateView, Status, Whoami};
use fieldpost_common::grid::Feed;
use fieldpost_common::incident::{Hold, Incident, IncidentId};
use fieldpost_common::text::Clean;
use fieldpost_common::time::Timestamp;
use insta::assert_snapshot;
use std::time::Duration;

fn with(status: Status, size: (u16, u16)) -> Harness {
    let mut harness = Harness::sample(size);
    harness.answer(Answer::Status(Ok(Box::new(status))));
    harness.press("3");
    assert_eq!(harness.requests(), [Request::Over { limit: OVER }]);
    harness.answer(Answer::Over(Ok(sample_health::over())));
    harness
}

fn alerts(size: (u16, u16)) -> Harness {
    with(sample_health::status(), size)
}

/// The page of `acme`, opened from its alert, with these states.
fn page(size: (u16, u16), states: Vec<StateView>) -> Harness {
    let mut harness = alerts(size);
    harness.press("Enter");
    harness.answer(Answer::Sites(Ok(sample::sites())));
    harness.answer(Answer::SiteOrders("acme".parse().unwrap(), Ok(SiteOrders::default())));
    harness.answer(Answer::States("acme".parse().unwrap(), Ok(states)));
    harness.answer(Answer::Activity { before: None, answer: Ok(Vec::new()) });
    harness.requests();
    harness
}

fn changed(harness: &mut Harness) {
    let feed = Feed { epoch: "e".to_owned(), seq: 2 };
    harness.answer(Answer::Changes(Ok(Changes { feed, reload: false, changes: vec![Change::Status] })));
}

fn become_role(harness: &mut Harness, role: Role) {
    harness.answer(Answer::Whoami(Ok(Whoami {
        user: "ada".parse().unwrap(),
        role,
        generation: "0123456789abcdef0123456789abcdef".parse().unwrap(),
        url: "https://post.acme.example".to_owned(),
        server_version: "1".to_owned(),
        now: sample::now(),
    })));
}

/// The selected incident, held like that.
fn held(harness: &Harness, hold: Hold) -> Answer {
    let incident = Incident { hold, ..harness.model.alerts.selected().unwrap().clone() };
    Answer::Held(incident.id, Ok(Box::new(incident)))
}

fn acknowledged() -> Hold {
    Hold::Acknowledged { by: "ada".parse().unwrap(), at: sample::now() }
}

#[test]
fn an_alert_is_acknowledged_and_u_takes_that_back() {
    let mut harness = alerts((80, 24));
    harness.press("A");
    assert_eq!(harness.requests(), [Request::Hold { incident: IncidentId(48), hold: SetHold::Acknowledge }]);
    let answer = held(&harness, acknowledged());
    harness.answer(answer);
    harness.shows("ada has it");
    harness.press("A");
    harness.shows("somebody has it already; u takes that back");
    harness.press("u");
    assert_eq!(harness.requests(), [Request::Hold { incident: IncidentId(48), hold: SetHold::Release }]);
}

#[test]
fn undo_puts_back_what_was_said_before() {
    let mut harness = alerts((80, 24));
    harness.press("j j j A");
    let answer = held(&harness, acknowledged());
    harness.answer(answer);
    harness.requests();
    harness.press("u");
    let until = Timestamp::from_ms(sample::now().as_ms() + 43_200_000);
    assert_eq!(harness.requests(), [Request::Hold { incident: IncidentId(41), hold: SetHold::SnoozeUntil(until) }]);
}

#[test]
fn a_snooze_always_has_an_end() {
    let mut harness = alerts((80, 24));
    harness.press("z");
    assert_snapshot!("snooze", harness.screen());
    harness.press("j Enter");
    let until = sample::now().plus(Duration::from_hours(1));
    assert_eq!(harness.requests(), [Request::Hold { incident: IncidentId(48), hold: SetHold::SnoozeUntil(until) }]);
    let answer = held(&harness, Hold::Snoozed { by: "ada".parse().unwrap(), until });
    harness.answer(answer);
    harness.shows("acme: snoozed until 24 Nov 2026 21:00; u takes that back");
}

#[test]
fn keys_that_say_something_are_refused_where_they_make_no_sense() {
    let mut harness = alerts((80, 24));
    harness.press("u");
    harness.shows("nobody has said anything to it");
    harness.press("G A");
    harness.shows("this is over");
    become_role(&mut harness, Role::Viewer);
    harness.press("g z");
    harness.shows("viewers look only: ask an admin for the role developer");
    assert_eq!(harness.requests(), []);
}

#[test]
fn what_the_server_refuses_is_said_and_nothing_is_remembered() {
    let mut harness = alerts((80, 24));
    harness.press("A");
    harness.answer(Answer::Held(IncidentId(48), Err(Trouble::Refused("incident 48 is over".to_owned()))));
    harness.shows("! incident 48 is over");
    assert!(harness.model.alerts.before.is_empty() && harness.model.working == 0);
}

#[test]
fn a_filter_matches_site_kind_words_and_person() {
    let mut harness = alerts((80, 24));
    for (text, found) in
        [("omega", 47), ("order", 40), ("gateway down", 48), ("snoozed ada", 41), ("uplink", 39), ("over corvid", 43)]
    {
        harness.press("/");
        harness.type_text(text);
        assert_eq!(harness.model.alerts.selected().map(|one| one.id), Some(IncidentId(found)), "{text}");
        harness.press("Esc");
    }
    harness.press("/");
    harness.type_text("qqq");
    harness.shows("Nothing that is or was wrong matches /qqq");
}

#[test]
fn the_selection_stays_on_its_incident_when_others_open_and_close() {
    let mut harness = alerts((80, 24));
    harness.press("j");
    let mut later = sample_health::status();
    later.incidents.remove(0);
    let mut new = later.incidents[3].clone();
    new.id = IncidentId(50);
    later.incidents.insert(0, new);
    harness.answer(Answer::Status(Ok(Box::new(later))));
    assert_eq!(harness.model.alerts.selected().unwrap().id, IncidentId(47));
    assert!(harness.requests().contains(&Request::Over { limit: OVER }), "one of them is over now");
}

#[test]
fn every_screen_says_how_many_problems_there_are_and_nothing_while_all_is_well() {
    let mut harness = Harness::sample((80, 24));
    assert!(!harness.screen().contains("alert"));
    harness.answer(Answer::Status(Ok(Box::new(sample_health::status()))));
    for keys in ["1", "2", "5", "1 d", "Esc @", "Esc ? Esc", "J"] {
        harness.press(keys);
        harness.shows("✗ 5 problems");
    }
    harness.answer(Answer::Status(Ok(Box::new(sample_health::only_a_warning()))));
    harness.shows("! 1 warning");
    harness.answer(Answer::Status(Ok(Box::new(sample_health::all_well()))));
    assert!(!harness.screen().contains("warning"));
}

#[test]
fn a_problem_that_is_news_is_said_once_and_rings_only_where_that_is_set() {
    let mut harness = Harness::sample((120, 24));
    harness.model.ringing.bell = true;
    let rings = |harness: &mut Harness| std::mem::take(&mut harness.effects).contains(&Effect::Bell);
    let mut before = sample_health::status();
    let news = before.incidents.remove(0);
    harness.answer(Answer::Status(Ok(Box::new(before))));
    assert!(!rings(&mut harness), "what was wrong before is no news");
    harness.answer(Answer::Status(Ok(Box::new(sample_health::status()))));
    harness.shows(&format!("✗ acme: {} (3 shows it)", news.words));
    assert!(rings(&mut harness));
    harness.answer(Answer::Status(Ok(Box::new(sample_health::status()))));
    assert!(!rings(&mut harness));
    harness.answer(Answer::Status(Ok(Box::new(sample_health::all_well()))));
    harness.answer(Answer::Status(Ok(Box::new(sample_health::only_a_warning()))));
    assert!(!rings(&mut harness), "a warning");
    harness.model.ringing.bell = false;
    harness.answer(Answer::Status(Ok(Box::new(sample_health::status()))));
    assert!(!rings(&mut harness));
    harness.shows("✗ 5 new problems (3 shows them)");
}

#[test]
fn the_title_tells_of_problems_where_that_is_set_and_holds_no_word_from_a_site() {
    let mut harness = Harness::sample((80, 24));
    let titles = |harness: &mut Harness| {
        let all = std::mem::take(&mut harness.effects).into_iter();
        all.filter_map(|effect| if let Effect::Title(words) = effect { Some(words) } else { None }).collect::<Vec<_>>()
    };
    harness.answer(Answer::Status(Ok(Box::new(sample_health::status()))));
    assert_eq!(titles(&mut harness), Vec::<String>::new());
    harness.model.ringing.title = true;
    harness.answer(Answer::Status(Ok(Box::new(sample_health::status()))));
    harness.answer(Answer::Status(Ok(Box::new(sample_health::status()))));
    assert_eq!(titles(&mut harness), ["✗ 5 problems - fieldpost"]);
    harness.take(Message::Resumed);
    harness.answer(Answer::Status(Ok(Box::new(sample_health::all_well()))));
    assert_eq!(titles(&mut harness), ["fieldpost"]);
}

#[test]
fn changes_are_read_wherever_one_is_and_one_question_at_a_time() {
    let mut harness = Harness::sample((80, 24));
    changed(&mut harness);
    changed(&mut harness);
    let asked = harness.requests();
    assert_eq!(asked.iter().filter(|one| **one == Request::Status).count(), 1, "{asked:?}");
    harness.answer(Answer::Status(Ok(Box::new(sample_health::status()))));
    assert_eq!(harness.requests(), [Request::Status]);
}

#[test]
fn what_has_no_site_is_told_whole_and_the_rest_leads_to_its_page_and_back() {
    let mut harness = alerts((80, 24));
    harness.press("j j Enter");
    assert_snapshot!("explained", harness.screen());
    harness.press("Esc g Enter");
    assert_eq!(harness.model.screens.tab, Tab::Alerts);
    let asked = harness.requests();
    assert!(asked.contains(&Request::Sites) && asked.contains(&Request::States("acme".parse().unwrap())), "{asked:?}");
    harness.press("Esc");
    harness.shows("Who has it");
}

#[test]
fn the_page_begins_at_what_is_wrong_and_follows_the_state() {
    let mut harness = page((80, 24), sample_health::sick_states());
    assert_snapshot!("page_80", harness.screen());
    changed(&mut harness);
    assert!(harness.requests().contains(&Request::States("acme".parse().unwrap())));
    harness.answer(Answer::States("acme".parse().unwrap(), Ok(sample_health::well_states())));
    assert_snapshot!("page_well", harness.screen());
}

#[test]
fn s_asks_for_the_state_now_and_the_page_says_so_until_it_is_there() {
    let mut harness = page((80, 24), sample_health::sick_states());
    harness.press("s");
    let asked = Request::AskStates("acme".parse().unwrap(), vec!["trading".parse().unwrap()]);
    assert_eq!(harness.requests(), [asked]);
    harness.answer(Answer::StatesAsked("acme".parse().unwrap(), Ok(())));
    harness.shows("asked for a new one; the site's next poll brings it");
    let mut new = sample_health::well_states();
    new[0].at = harness.now.plus(Duration::from_secs(1));
    harness.answer(Answer::States("acme".parse().unwrap(), Ok(new)));
    assert!(!harness.screen().contains("asked for a new one"));
}

#[test]
fn a_long_state_is_folded_around_what_is_wrong_until_e_unfolds_it() {
    let mut harness = page((80, 24), sample_health::long_states());
    assert_snapshot!("page_folded", harness.screen());
    harness.press("e");
    assert!(!harness.screen().contains("e shows all"));
    harness.shows("worker 3: ok");
}

#[test]
fn a_page_without_states_says_why() {
    let mut harness = page((80, 40), Vec::new());
    harness.shows("none came: [app.state] in the agent's config says where it is");
    harness.press("s");
    assert!(!harness.requests().is_empty(), "asking is how one finds out");
    harness.press("] [");
    harness.answer(Answer::States("acme".parse().unwrap(), Err(Trouble::Refused("no such site: acme".to_owned()))));
    harness.shows("it can't be read: no such site: acme");
}

#[test]
fn the_list_of_sites_and_the_page_say_what_is_wrong_there() {
    let mut harness = page((80, 24), sample_health::sick_states());
    harness.press("g");
    harness.shows("acme  ✗ trading: gateway: DOWN (and 1 more)");
    harness.press("Esc 2");
    assert_snapshot!("sites", harness.screen());
    let acme = harness.model.sites.sites.iter().find(|site| site.name.as_str() == "acme").unwrap();
    assert_eq!(harness.model.sites.state(acme, sample::now()).word(), "problem");
}

#[test]
fn nothing_that_a_site_says_is_obeyed() {
    let mut status = sample_health::status();
    status.incidents[0].words = Clean::line("trading: \x1b[2J\u{202e}x");
    let harness = with(status, (200, 50));
    harness.shows("\\x1b[2J\\u{202e}x");
}

#[test]
fn the_list_at_three_sizes_and_without_colours() {
    assert_snapshot!("list_80", alerts((80, 24)).screen());
    assert_snapshot!("list_60", alerts((60, 15)).screen());
    assert_snapshot!("list_200", alerts((200, 50)).screen());
    let mut harness = alerts((80, 24));
    harness.model.look.theme = Theme::Mono;
    harness.shows("✗ problem");
    assert_snapshot!("list_mono", harness.styled_screen());
}

#[test]
fn a_page_in_colours_and_wide() {
    assert_snapshot!("page_colour", page((80, 24), sample_health::sick_states()).styled_screen());
    let mut harness = page((80, 24), sample_health::sick_states());
    harness.model.look.theme = Theme::BlueOrange(Depth::Millions);
    assert_snapshot!("page_blue_orange", harness.styled_screen());
    assert_snapshot!("page_200", page((200, 50), sample_health::sick_states()).screen());
}

#[test]
fn a_list_that_is_empty_or_not_there_says_why() {
    let mut harness = Harness::sample((80, 24));
    harness.press("3");
    harness.shows("Reading what is wrong…");
    harness.answer(Answer::Status(Err(Trouble::Unreachable("connection refused".to_owned()))));
    assert_snapshot!("list_offline", harness.screen());
    let mut harness = Harness::sample((80, 24));
    let mut well = sample_health::all_well();
    well.mail.configured = false;
    harness.answer(Answer::Status(Ok(Box::new(well))));
    harness.answer(Answer::Over(Ok(Vec::new())));
    harness.press("3");
    assert_snapshot!("list_empty", harness.screen());
}
