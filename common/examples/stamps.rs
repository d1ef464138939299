//! Prints what the stamp reader finds in the files given: name, format, author, change and file-out, by tabs.

use std::process::ExitCode;

use fieldpost_common::stamp::stamp;

fn main() -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for path in std::env::args().skip(1) {
        let content = match std::fs::read(&path) {
            Ok(content) => content,
            Err(error) => {
                eprintln!("{path}: {error}");
                code = ExitCode::FAILURE;
                continue;
            }
        };
        let dash = || "-".to_owned();
        match stamp(&content, &path, None) {
            Some(found) => println!(
                "{path}\t{:?}\t{}\t{}\t{}",
                found.format,
                found.author.unwrap_or_else(dash),
                found.changed_at.map_or_else(dash, |when| when.to_string()),
                found.filed_out_at.map_or_else(dash, |when| when.to_string()),
            ),
            None => println!("{path}\t-\t-\t-\t-"),
        }
    }
    code
}
