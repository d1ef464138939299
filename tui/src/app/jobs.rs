//! What this person asked to have done in this session: running and finished jobs, newest last. They are the log that undo reads.
//! Asking and telling are left to `update`, the screen to `jobs::draw`.

pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod item;
pub(crate) mod keys;

use super::grid::{Giving, GridView};
use super::model::{Effect, Model};
use super::office::{Report, Request, Task, Ticket, Work};
use fieldpost_common::id::AppName;
use fieldpost_common::text::count;
use fieldpost_common::time::Timestamp;
use item::{Item, Places, State};

/// So many jobs are kept; running ones always are.
const KEPT: usize = 100;

/// What was asked for at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) ticket: Ticket,
    pub(crate) application: AppName,
    /// What the person called for: `send`, `undo of send`.
    pub(crate) name: String,
    pub(crate) at: Timestamp,
    pub(crate) items: Vec<Item>,
    /// Its items are steps of one thing.
    pub(crate) chained: bool,
    /// Something came to nothing and nobody has looked yet.
    pub(crate) unseen: bool,
}

/// How many items of a job stand where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) all: usize,
    /// Answered by the server, one way or the other.
    pub(crate) answered: usize,
    /// Came to nothing.
    pub(crate) bad: usize,
    /// Given, and not yet confirmed.
    pub(crate) under_way: usize,
}

impl Job {
    pub(crate) fn tally(&self) -> Tally {
        let number = |test: fn(&State) -> bool| self.items.iter().filter(|item| test(&item.state)).count();
        Tally {
            all: self.items.len(),
            answered: number(|state| *state != State::Asked),
            bad: number(State::is_bad),
            under_way: number(State::is_under_way),
        }
    }

    /// Whether the server still owes answers.
    pub(crate) fn is_running(&self) -> bool {
        self.items.iter().any(|item| item.state == State::Asked)
    }

    /// What it is about, in a few words.
    pub(crate) fn words(&self) -> String {
        match self.items.as_slice() {
            [one] => format!("{} {}", self.name, one.task.what()),
            [.., last] if self.chained => format!("{} {}", self.name, last.task.what()),
            items => format!("{} of {}", self.name, count(items.len(), "item")),
        }
    }
}

/// All jobs of the session.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    list: Vec<Job>,
}

/// The screen: the list, or one job.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct JobsView {
    /// The job that is open; none: the list.
    pub(crate) job: Option<Ticket>,
    pub(crate) cursor: usize,
}

/// Asks for work and remembers it; its cells count as on their way from now on.
pub(crate) fn start(model: &mut Model, application: AppName, tasks: Vec<Task>, name: impl Into<String>) -> Vec<Effect> {
    let work = Work { ticket: model.ticket(), application, tasks, chained: false };
    vec![begin(model, work, name)]
}

/// The same for steps that build on each other.
pub(crate) fn start_chain(model: &mut Model, application: AppName, tasks: Vec<Task>, name: &str) -> (Ticket, Effect) {
    let ticket = model.ticket();
    (ticket, begin(model, Work { ticket, application, tasks, chained: true }, name))
}

fn begin(model: &mut Model, work: Work, name: impl Into<String>) -> Effect {
    model.jobs.begin(&work, name, model.now);
    hold(model);
    Effect::Ask(Request::Work(work))
}

/// Takes what became of the next tasks of a job.
pub(crate) fn reported(model: &mut Model, ticket: Ticket, reports: Vec<Report>) {
    let news = model.jobs.report(ticket, reports);
    hold(model);
    if let Some(news) = news {
        tell(model, news);
    }
}

/// Looks what a newly read grid says. `fresh`: it was asked for after the last answer came.
pub(crate) fn observe(model: &mut Model, fresh: bool) {
    let news = model.jobs.observe(&model.grid, fresh);
    hold(model);
    for one in news {
        tell(model, one);
    }
}

fn hold(model: &mut Model) {
    model.grid.giving = model.grid.application().map(|application| model.jobs.giving(application)).unwrap_or_default();
}

/// Good news doesn't push away what was just said; it can be read in the messages.
fn tell(model: &mut Model, news: News) {
    match news {
        News::Good(words) if model.toast.is_some() => model.messages.keep(&words, false, model.now),
        News::Good(words) => model.note(words),
        News::Bad(words) => model.error(words),
        News::Some(words) => {
            model.error(format!("{words} · {}", model.say(model.place(), "{jobs} says which and why")));
        }
    }
}

/// News that came with an answer or a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// Good, in words.
    Good(String),
    /// Something came to nothing, in words.
    Bad(String),
    /// Of many things some came to nothing; the list says which.
    Some(String),
}

impl Jobs {
    /// Newest last.
    pub(crate) fn list(&self) -> &[Job] {
        &self.list
    }

    pub(crate) fn find(&self, ticket: Ticket) -> Option<&Job> {
        self.list.iter().find(|job| job.ticket == ticket)
    }

    /// Remembers work that is about to be asked for.
    pub(crate) fn begin(&mut self, work: &Work, name: impl Into<String>, now: Timestamp) {
        let items = work.tasks.iter().cloned().map(Item::new).collect();
        let (ticket, application, chained) = (work.ticket, work.application.clone(), work.chained);
        self.list.push(Job { ticket, application, name: name.into(), at: now, items, chained, unseen: false });
        while self.list.len() > KEPT {
            match self.list.iter().position(|job| !job.is_running()) {
                Some(oldest) => drop(self.list.remove(oldest)),
                None => break,
            }
        }
    }

    /// Takes what became of the next tasks of a job; gives the news when it was the last of them.
    pub(crate) fn report(&mut self, ticket: Ticket, reports: Vec<Report>) -> Option<News> {
        let job = self.list.iter_mut().find(|job| job.ticket == ticket)?;
        let waiting = job.items.iter_mut().filter(|item| item.state == State::Asked);
        for (item, report) in waiting.zip(reports) {
            item.report(report);
        }
        if job.is_running() {
            return None;
        }
        let tally = job.tally();
        job.unseen |= tally.bad > 0;
        Some(ended(job, tally))
    }

    /// Looks what the grid says of the orders that were given. `fresh`: it was asked for after the last answer came.
    pub(crate) fn observe(&mut self, view: &GridView, fresh: bool) -> Vec<News> {
        let mut news = Vec::new();
        if !self.list.iter().flat_map(|job| &job.items).any(|item| item.is_open() || item.is_held()) {
            return news;
        }
        let places = Places::of(view);
        for job in self.list.iter_mut().filter(|job| Some(&job.application) == view.application()) {
            let before = job.tally();
            for item in &mut job.items {
                item.settled |= fresh && item.state != State::Asked;
                if item.observe(view, &places) {
                    news.push(News::Bad(format!("{}: {}", item.task.what(), item.state.words())));
                    job.unseen = true;
                }
            }
            let now = job.tally();
            if before.under_way > 0 && now.under_way == 0 && now.bad == 0 {
                news.push(News::Good(format!("{}: confirmed", job.words())));
            }
        }
        news
    }

    /// The cells where an order is being given: asked for, and not yet seen in a grid.
    pub(crate) fn giving(&self, application: &AppName) -> Giving {
        let jobs = self.list.iter().filter(|job| job.application == *application);
        let mut giving = Giving::new();
        for item in jobs.flat_map(|job| &job.items).filter(|item| item.is_held()) {
            if let Some(site) = item.task.site() {
                giving.entry(item.task.patch().clone()).or_default().insert(site.clone());
            }
        }
        giving
    }

    /// How far the running jobs are, all together; nothing when none runs.
    pub(crate) fn progress(&self) -> Option<(usize, usize)> {
        let running = self.list.iter().filter(|job| job.is_running()).map(Job::tally);
        let (answered, all) = running.fold((0, 0), |(answered, all), tally| (answered + tally.answered, all + tally.all));
        (all > 0).then_some((answered, all))
    }

    /// How many items came to nothing in jobs that nobody has looked at since.
    pub(crate) fn unseen(&self) -> usize {
        self.list.iter().filter(|job| job.unseen).map(|job| job.tally().bad).sum()
    }

    /// Somebody looks.
    pub(crate) fn seen(&mut self) {
        self.list.iter_mut().for_each(|job| job.unseen = false);
    }
}

fn ended(job: &Job, tally: Tally) -> News {
    let said = |item: &Item| format!("{}: {}", item.task.what(), item.state.words());
    match (job.items.as_slice(), tally.bad) {
        (steps, 0) if job.chained => News::Good(steps.iter().map(said).collect::<Vec<_>>().join(" · ")),
        // What follows the first failure only says that it wasn't tried.
        (steps, _) if job.chained => News::Bad(steps.iter().find(|step| step.state.is_bad()).map_or(String::new(), said)),
        ([one], 0) => News::Good(said(one)),
        ([one], _) => News::Bad(said(one)),
        (_, 0) => News::Good(format!("{}: all {} done", job.name, tally.all)),
        (_, bad) => News::Some(format!("{}: {} done, {bad} not", job.name, tally.all - bad)),
    }
}
