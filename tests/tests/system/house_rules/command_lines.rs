//! Every command line that a message or a document names is one that the programs know.

use fieldpost_tests::binaries;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const PROGRAMS: [&str; 3] = ["fieldpost", "fieldpost-server", "fieldpost-agent"];

/// The help of each verb, asked once.
#[derive(Default)]
struct Helps(BTreeMap<Vec<String>, String>);

impl Helps {
    fn of(&mut self, verb: &[String]) -> &str {
        self.0.entry(verb.to_vec()).or_insert_with(|| {
            let output = binaries::command(&verb[0]).args(&verb[1..]).arg("--help").output().expect("the program runs");
            assert!(output.status.success(), "{verb:?} --help");
            String::from_utf8_lossy(&output.stdout).into_owned()
        })
    }

    fn verbs_below(&mut self, verb: &[String]) -> BTreeSet<String> {
        let commands = self.of(verb).split("\nCommands:\n").nth(1).unwrap_or_default();
        let lines = commands.lines().take_while(|line| !line.is_empty());
        let names = lines.filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?.split(' ').next());
        names.map(str::to_owned).collect()
    }

    /// Whether something else stands before the verb, as in `fieldpost command SITE state`.
    fn names_something_first(&mut self, verb: &[String]) -> bool {
        let usage = self.of(verb).lines().find(|line| line.starts_with("Usage:")).unwrap_or_default();
        usage.contains("> <COMMAND>") || usage.contains("> [COMMAND]")
    }

    /// What is wrong with a command line, if anything is.
    fn fault(&mut self, line: &str) -> Option<String> {
        let mut words =
            line.split_whitespace().take_while(|word| !matches!(*word, "|" | "&" | ";" | "&&" | ">" | "…" | "#" | "\\"));
        let mut verb = vec![words.next()?.to_owned()];
        let mut in_verb = true;
        for word in words {
            let word = word.trim_end_matches([',', '.', ':', ';']);
            if let Some(flag) = word.strip_prefix("--") {
                let flag = flag.split('=').next().unwrap_or_default();
                if !self.of(&verb).contains(&format!("--{flag}")) {
                    return Some(format!("{} has no --{flag}", verb.join(" ")));
                }
                in_verb = false;
            } else if in_verb {
                let below = self.verbs_below(&verb);
                if below.contains(word) {
                    verb.push(word.to_owned());
                } else if self.names_something_first(&verb) {
                    // The verb is still to come.
                } else if !below.is_empty() && word.starts_with(|c: char| c.is_ascii_lowercase()) {
                    return Some(format!("{} has no verb {word}", verb.join(" ")));
                } else {
                    in_verb = false;
                }
            }
        }
        None
    }
}

/// `fieldpost …` between backquotes; a program's name alone counts too.
fn quoted(text: &str) -> Vec<String> {
    // A string of Rust that goes on in the next line.
    let mut joined = String::new();
    for line in text.split_inclusive('\n') {
        match line.strip_suffix("\\\n") {
            Some(line) => joined.push_str(line),
            None => joined.push_str(line),
        }
        // What follows begins with blanks that don't count; several of them do no harm.
    }
    let spans = joined.lines().flat_map(|line| line.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>());
    spans.filter(|span| is_command(span)).collect()
}

fn is_command(text: &str) -> bool {
    PROGRAMS.iter().any(|program| text == *program || text.strip_prefix(program).is_some_and(|rest| rest.starts_with(' ')))
}

/// Lines of the fenced blocks of a document.
fn fenced(text: &str) -> Vec<String> {
    let blocks = text.split("\n```").skip(1).step_by(2);
    let lines = blocks.flat_map(|block| block.lines().skip(1));
    lines.map(|line| line.trim().trim_start_matches("$ ").to_owned()).filter(|line| is_command(line)).collect()
}

#[test]
fn every_command_line_that_sources_and_documents_name_is_known_to_its_program() {
    let mut files = super::sources();
    files.retain(|file| !file.components().any(|part| part.as_os_str() == "tests"));
    let root = super::root();
    let documents = std::fs::read_dir(root.join("docs")).expect("docs").flatten().map(|entry| entry.path());
    let documents: Vec<_> = documents.chain([root.join("README.md")]).filter(|path| path.is_file()).collect();
    let (mut helps, mut faults, mut count) = (Helps::default(), Vec::new(), 0);
    for file in files.iter().chain(&documents) {
        let text = std::fs::read_to_string(file).expect("a text");
        let is_document = file.extension().is_some_and(|ending| ending == "md");
        let lines = quoted(&text).into_iter().chain(if is_document { fenced(&text) } else { Vec::new() });
        for line in lines {
            count += 1;
            faults.extend(helps.fault(&line).map(|fault| format!("{}: `{line}`: {fault}", short(file))));
        }
    }
    assert!(count > 80, "only {count} command lines were found");
    assert!(faults.is_empty(), "{} of {count} command lines:\n{}", faults.len(), faults.join("\n"));
}

fn short(file: &Path) -> String {
    file.strip_prefix(super::root()).unwrap_or(file).display().to_string()
}

#[test]
fn a_verb_or_flag_that_does_not_exist_is_found() {
    let mut helps = Helps::default();
    for (line, fault) in [
        ("fieldpost site enroll acme", "fieldpost site has no verb enroll"),
        ("fieldpost nothing", "fieldpost has no verb nothing"),
        ("fieldpost send X --too acme", "fieldpost send has no --too"),
        ("fieldpost-server restart --data D", "fieldpost-server has no verb restart"),
    ] {
        assert_eq!(helps.fault(line).as_deref(), Some(fault));
    }
    for fine in [
        "fieldpost",
        "fieldpost site enrolment acme",
        "fieldpost send X --to acme --wait=5 | less",
        "fieldpost-agent run --config FILE &",
        "fieldpost command acme state --wait",
    ] {
        assert_eq!(helps.fault(fine), None);
    }
}
