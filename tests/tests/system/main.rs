//! The whole system, by what its users do.

// One person's morning: the README, word for word.
mod quick_start;
// What goes out, and what comes home.
mod file_outs;
mod sending;
// A site that joins with files of its own, and one whose disk vanishes.
mod adoption;
mod cant_say;
mod vanishing;
// Who changed a patch, when, and why fieldpost thinks so.
mod stamps;
// How sites are: states, silences, mails, the icon.
mod alerts;
mod silences;
mod watching;
// What applications ran into: walkbacks, groups, fixes.
mod crash_loop;
mod errors;
mod watching_verbs;
// What is asked of a site: logs, actions, a look at all files.
mod commands;
// What a site decides for itself: how it polls, and what of its words stays there.
mod hooks;
mod redaction;
mod site_admin;
mod site_config;
mod site_history;
// The server moves; nobody can log in any more.
mod moving;
// Which keys and forms each site knows.
mod trust_held;
// Many things at once: jobs, undo, reviews.
mod bulk;
// Two people, two versions.
mod together;
// A server that is stopped, copied, restored, promoted.
mod restoring;
// Bad input, dead servers, answers that aren't ours.
mod bad_input;
// What a long-running program owes to whoever runs it.
mod daemons;
mod faults;
mod power_cuts;
// Ways that damage, double and drip.
mod ways;
// The terminal app in a real terminal.
mod app;
mod tabs;
// A patch that both sides changed.
mod conflict;
// What is published, what is left out, and what is asked first.
mod publishing;
// How the terminal is left, whatever happens; and what a person sets up: login, keys, looks.
mod first_run;
mod multiplexers;
mod settings;
mod terminal;
// What the terminal gets to read.
mod wire;
// The demo that the README starts with.
mod demo;
// What the code base promises about itself.
mod house_rules;
