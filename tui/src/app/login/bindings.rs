//! The keys of the login screen.

use crate::app::keymap::{Action as A, Binding, Valid, always, bind, ctrl, key, when};
use crate::app::login::Step;
use crate::app::model::Model;
use crossterm::event::KeyCode as K;

pub(crate) const LOGIN: &[Binding] = &[
    bind(&[key(K::Enter)], A::Accept, "log in", "log in with this string", can_accept),
    bind(&[key(K::Esc), ctrl('c')], A::Decline, "quit", "quit", always),
];

fn can_accept(model: &Model) -> Valid {
    let Some(login) = &model.login else { return Err("somebody is logged in already") };
    when(login.step != Step::Asking, "the server is being asked")?;
    when(!login.input.text().trim().is_empty(), "paste the login string first")
}
