//! What lies over the screen and asks or tells something. Each kind is one file; drawing is left to `dialog::draw`.

pub(crate) mod ask;
pub(crate) mod bindings;
pub(crate) mod draw;
pub(crate) mod keys;
pub(crate) mod pick;
pub(crate) mod plan;
pub(crate) mod publish;
pub(crate) mod send;
pub(crate) mod settle;
pub(crate) mod site;
pub(crate) mod undo;

use super::input::Input;
use super::keymap::{Context, Keymap};
use super::office::TakeBackTask;
use super::settings::Complaint;
use super::theme::Tone;
use fieldpost_common::id::AppName;
use fieldpost_common::text::{Clean, count};

/// A dialog.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Dialog {
    Send(Box<send::SendDialog>),
    Publish(Box<publish::PublishDialog>),
    Settle(Box<settle::SettleDialog>),
    Cancel(CancelDialog),
    Drop(Box<site::DropDialog>),
    Enrol(site::EnrolDialog),
    Undo(Box<undo::UndoDialog>),
    Ask(Box<ask::AskDialog>),
    Pick(pick::Pick),
    Info(Info),
}

/// How much of a typed word is seen at once.
const WORD_CELLS: usize = 30;

/// How much it takes to say yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Confirm {
    /// One key.
    Key,
    /// A word, typed out.
    Word { word: String, input: Input },
}

/// Asks before an order is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CancelDialog {
    pub(crate) application: AppName,
    pub(crate) task: TakeBackTask,
    pub(crate) by: String,
}

/// Something to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Info {
    pub(crate) title: String,
    pub(crate) lines: Vec<String>,
    pub(crate) top: usize,
}

impl Confirm {
    pub(crate) fn word(word: impl Into<String>) -> Self {
        Self::Word { word: word.into(), input: Input::default() }
    }

    /// Whether yes may be said.
    pub(crate) fn ready(&self) -> bool {
        match self {
            Self::Key => true,
            Self::Word { word, input } => input.text() == *word,
        }
    }

    fn lines(&self) -> Vec<(Tone, String)> {
        match self {
            Self::Key => Vec::new(),
            Self::Word { word, input } => {
                vec![(Tone::Plain, String::new()), (Tone::Strong, format!("type {word} to go on: {}", input.field(WORD_CELLS)))]
            }
        }
    }
}

impl Info {
    /// What somebody who has just logged in has to do, if anything.
    pub(crate) fn welcome(advice: Vec<String>) -> Option<Dialog> {
        let title = "Logged in".to_owned();
        (!advice.is_empty()).then_some(Dialog::Info(Self { title, lines: advice, top: 0 }))
    }

    /// What is to be read before anything else.
    pub(crate) fn first(lines: Vec<String>) -> Dialog {
        Dialog::Info(Self { title: "fieldpost".to_owned(), lines, top: 0 })
    }

    /// What is wrong with the settings.
    pub(crate) fn settings(file: &str, complaints: &[Complaint]) -> Dialog {
        let mut lines: Vec<_> = complaints.iter().map(|complaint| format!("! {complaint}")).collect();
        lines.extend([String::new(), format!("in {}; what is wrong there has its default.", Clean::line(file))]);
        Dialog::Info(Self { title: "Mistakes in the settings".to_owned(), lines, top: 0 })
    }
}

impl Dialog {
    /// Where keys go while it is open.
    pub(crate) fn context(&self) -> Context {
        match self {
            Self::Send(send) => confirm_context(&send.confirm),
            Self::Publish(publish) => match &publish.confirm {
                Some(confirm) => confirm_context(confirm),
                None => Context::Versions,
            },
            Self::Settle(settle) => settle.context(),
            Self::Drop(drop) => confirm_context(&drop.confirm),
            Self::Undo(undo) => confirm_context(&undo.confirm),
            Self::Cancel(_) | Self::Enrol(_) => Context::Confirm,
            Self::Ask(_) => Context::Word,
            Self::Pick(pick) => pick.context(),
            Self::Info(_) => Context::Read,
        }
    }

    /// The text field, if it has one now.
    pub(crate) fn input(&mut self) -> Option<&mut Input> {
        let confirm = match self {
            Self::Send(send) => &mut send.confirm,
            Self::Undo(undo) => &mut undo.confirm,
            Self::Publish(publish) => publish.confirm.as_mut()?,
            Self::Settle(settle) => return settle.input(),
            Self::Drop(drop) => &mut drop.confirm,
            Self::Ask(ask) => return Some(&mut ask.input),
            Self::Pick(pick) => return pick.input(),
            _ => return None,
        };
        match confirm {
            Confirm::Word { input, .. } => Some(input),
            Confirm::Key => None,
        }
    }

    /// Whether yes may be said.
    pub(crate) fn ready(&self) -> bool {
        match self {
            Self::Send(send) => send.ready(),
            Self::Publish(publish) => publish.ready(),
            Self::Settle(settle) => settle.ready(),
            Self::Drop(drop) => drop.confirm.ready(),
            Self::Undo(undo) => undo.ready(),
            Self::Pick(pick) => pick.picked().is_some(),
            Self::Cancel(_) | Self::Enrol(_) | Self::Ask(_) | Self::Info(_) => true,
        }
    }

    /// Whether saying yes asks the server.
    pub(crate) fn asks(&self) -> bool {
        match self {
            Self::Send(_)
            | Self::Publish(_)
            | Self::Cancel(_)
            | Self::Drop(_)
            | Self::Enrol(_)
            | Self::Undo(_)
            | Self::Ask(_) => true,
            Self::Settle(settle) => settle.asks(),
            Self::Pick(pick) => pick.asks(),
            Self::Info(_) => false,
        }
    }

    pub(crate) fn title(&self) -> String {
        match self {
            Self::Send(send) => send.title(),
            Self::Publish(publish) => publish.title(),
            Self::Settle(settle) => settle.title(),
            Self::Cancel(_) => "Take the order back?".to_owned(),
            Self::Drop(drop) => format!("Are the files at {} meant to be gone?", drop.site),
            Self::Enrol(_) => "Make a new enrolment string?".to_owned(),
            Self::Undo(undo) => undo.title(),
            Self::Ask(ask) => ask.title(),
            Self::Pick(pick) => pick.title(),
            Self::Info(info) => info.title.clone(),
        }
    }

    /// What it says, line by line.
    pub(crate) fn lines(&self) -> Vec<(Tone, String)> {
        match self {
            Self::Send(send) => send.lines(),
            Self::Publish(publish) => publish.lines(),
            Self::Settle(settle) => settle.lines(),
            Self::Cancel(cancel) => vec![
                (Tone::Strong, format!("{} → {}", cancel.task.patch, cancel.task.site)),
                (Tone::Plain, cancel.by.clone()),
                (Tone::Plain, String::new()),
                (Tone::Plain, "What the site has already begun may still be carried out.".to_owned()),
            ],
            Self::Drop(drop) => drop.lines(),
            Self::Enrol(enrol) => enrol.lines(),
            Self::Undo(undo) => undo.lines(),
            Self::Ask(ask) => ask.lines(),
            Self::Pick(pick) => pick.lines(),
            Self::Info(info) => info.lines.iter().map(|line| (Tone::Plain, line.clone())).collect(),
        }
    }

    /// The first line that is shown, where there may be more than fit.
    pub(crate) fn top(&self) -> usize {
        match self {
            Self::Send(send) => send.top,
            Self::Undo(undo) => undo.top,
            Self::Info(info) => info.top,
            _ => 0,
        }
    }

    pub(crate) fn top_mut(&mut self) -> Option<&mut usize> {
        match self {
            Self::Send(send) => Some(&mut send.top),
            Self::Undo(undo) => Some(&mut undo.top),
            Self::Info(info) => Some(&mut info.top),
            _ => None,
        }
    }

    /// What stays in sight however long the lines are.
    pub(crate) fn foot(&self, keys: &Keymap) -> Vec<(Tone, String)> {
        match self {
            Self::Send(send) => send.foot(keys),
            Self::Undo(undo) => undo.foot(keys),
            Self::Pick(pick) => pick.foot(),
            _ => Vec::new(),
        }
    }
}

fn confirm_context(confirm: &Confirm) -> Context {
    match confirm {
        Confirm::Key => Context::Confirm,
        Confirm::Word { .. } => Context::Word,
    }
}

/// `1 patch at 3 sites`.
fn patches_at_sites(patches: usize, sites: usize) -> String {
    format!("{} at {}", count(patches, "patch"), count(sites, "site"))
}
