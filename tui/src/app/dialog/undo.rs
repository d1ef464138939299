//! Asks before a job is undone, line by line what will happen and what can't be undone any more.

use super::Confirm;
use crate::app::grid::explain::ago;
use crate::app::jobs::Job;
use crate::app::keymap::{Context, Keymap};
use crate::app::office::{PutTask, Task};
use crate::app::theme::Tone;
use crate::app::undo::UndoPlan;
use fieldpost_common::id::AppName;
use fieldpost_common::text::count;
use fieldpost_common::time::Timestamp;

/// The dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UndoDialog {
    pub(crate) application: AppName,
    /// What is undone, in words.
    job: String,
    name: String,
    plan: UndoPlan,
    pub(crate) top: usize,
    pub(crate) confirm: Confirm,
}

/// What `Enter` does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Do it.
    Undo(Vec<Task>),
    /// Show the content first.
    Look(PutTask),
}

impl UndoDialog {
    pub(crate) fn new(job: &Job, plan: UndoPlan, now: Timestamp) -> Self {
        let orders = plan.steps.iter().filter(|(task, _)| task.is_order()).count();
        // Putting back goes backward; taking back what no site has begun doesn't.
        let confirm = if orders > 1 { Confirm::word(job.application.as_str()) } else { Confirm::Key };
        let words = format!("{}, {}", job.words(), ago(job.at, now));
        Self { application: job.application.clone(), job: words, name: job.name.clone(), plan, top: 0, confirm }
    }

    /// After a look: this content is put back.
    pub(crate) fn seen(application: AppName, put: PutTask) -> Self {
        let line = format!("{} → {}: {} is put back; you have seen it", put.patch, put.site, put.sha256.short());
        let job = format!("what you sent: {} → {}", put.patch, put.site);
        let plan = UndoPlan { steps: vec![(Task::Put(put), line)], ..UndoPlan::default() };
        Self { application, job, name: "send".to_owned(), plan, top: 0, confirm: Confirm::Key }
    }

    pub(crate) fn ready(&self) -> bool {
        !(self.plan.steps.is_empty() && self.plan.unseen.is_empty()) && self.confirm.ready()
    }

    pub(crate) fn accept(&self) -> Step {
        match self.plan.unseen.first() {
            Some((put, _)) => Step::Look(put.clone()),
            None => Step::Undo(self.plan.steps.iter().map(|(task, _)| task.clone()).collect()),
        }
    }

    /// What the job is called.
    pub(crate) fn name(&self) -> String {
        match self.name.strip_prefix("undo of ") {
            Some(name) => format!("redo of {name}"),
            None => format!("undo of {}", self.name),
        }
    }

    pub(crate) fn title(&self) -> String {
        match (self.plan.steps.len(), self.plan.unseen.len()) {
            (0, 0) => "This can't be undone".to_owned(),
            (0, _) => "Undo, after a look?".to_owned(),
            (1, _) => "Undo?".to_owned(),
            (steps, _) => format!("Undo: {}?", count(steps, "step")),
        }
    }

    pub(crate) fn lines(&self) -> Vec<(Tone, String)> {
        let mut lines = vec![(Tone::Strong, self.job.clone())];
        let steps = self.plan.steps.iter().map(|(_, line)| line);
        lines.extend(steps.chain(self.plan.unseen.iter().map(|(_, line)| line)).map(|line| (Tone::Plain, line.clone())));
        if !self.plan.left.is_empty() {
            lines.push((Tone::Faint, "stays as it is:".to_owned()));
            lines.extend(self.plan.left.iter().map(|(what, why)| (Tone::Faint, format!("  {what}: {why}"))));
        }
        lines
    }

    pub(crate) fn foot(&self, keys: &Keymap) -> Vec<(Tone, String)> {
        let mut lines = Vec::new();
        if !self.plan.unseen.is_empty() {
            let words = keys.say(Context::Confirm, "It was never published: {accept} shows it first, then it can be put back.");
            lines.push((Tone::Alarm, words));
        }
        if self.plan.steps.iter().any(|(task, _)| task.is_order()) {
            lines.push((Tone::Plain, "This changes files at sites. What is replaced is kept here.".to_owned()));
        }
        lines.extend(self.confirm.lines());
        lines
    }
}
