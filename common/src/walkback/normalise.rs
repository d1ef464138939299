//! Takes out of a message what differs from one time to the next: times, hosts, paths, addresses, numbers, quoted words.
//!
//! Selectors (`#at:put:`) and the numbers of errors (`error 2010`, `ORA-00942`) stay: they say which error it is.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::Regex;

use super::frame::{fold_digits, last_part};

/// What comes after so many characters doesn't tell errors apart.
const MAX_CHARS: usize = 400;

/// Everything that may have to go, longest kinds first; what a match is, its characters tell.
static VARIES: LazyLock<Regex> = LazyLock::new(|| {
    let kinds = [
        r"#'?[A-Za-z_][A-Za-z0-9_:]*'?",
        r"(?i)(?-u:\b)(?:errno|error|code|status|exception|sqlstate|sqlcode|ora|sql|http)[ :=#-]{1,2}[0-9A-F]{1,8}(?-u:\b)",
        r"(?-u:\b)[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}(?-u:\b)",
        r"[A-Za-z0-9_.+-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+",
        r#"(?-u:\b)[A-Za-z][A-Za-z0-9+.-]*://[^\s'"()<>\[\]]+"#,
        r"(?-u:\b)[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[T ][0-9][0-9]?:[0-9][0-9](?::[0-9][0-9](?:[.,][0-9]+)?)?(?:Z|[+-][0-9][0-9]:?[0-9][0-9])?)?",
        r"(?i)(?-u:\b)[0-9][0-9]?[. ]{1,2}(?:de )?(?:jan|feb|mar|m[äa]r|apr|ma[yi]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-zé]*\.?,? (?:de )?[0-9]{4}",
        r"(?-u:\b)[0-9][0-9]?[./-][0-9][0-9]?[./-][0-9]{2,4}(?-u:\b)",
        r"(?i)(?-u:\b)[0-9][0-9]?:[0-9][0-9](?::[0-9][0-9](?:[.,][0-9]+)?)?(?: ?[ap]\. ?m\.| ?[ap]m(?-u:\b))?",
        r"(?-u:\b)(?:[0-9a-fA-F]{0,4}:){3,7}[0-9a-fA-F]{1,4}(?-u:\b)",
        r"(?-u:\b)[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]+)?(?-u:\b)",
        concat!(
            r"(?i)(?-u:\b)(?:localhost|(?:[a-z0-9][a-z0-9-]*\.)+",
            r"(?:com|net|org|edu|gov|local|lan|internal|intern|corp|localdomain|home|de|ch|at|fr|uk|nl|be|it|es|se|dk|pl|eu|us|ca|jp|cn))(?::[0-9]+)?(?-u:\b)"
        ),
        r#"(?-u:\b)[A-Za-z]:[\\/](?:[^\\/:*?"<>|]{1,80}[\\/])*[^\\/:*?"<>|\s,;)\]]*"#,
        r"(?:\\\\[A-Za-z0-9_.-]+)?(?:\\[A-Za-z0-9_.@~+%$-]+){2,}",
        r"(?:~|\.{1,2})?(?:/[A-Za-z0-9_.@~+%$-]+){2,}/?",
        r"(?-u:\b)0x[0-9a-fA-F]+|(?-u:\b)16r[0-9A-F]+",
        r"(?i)(?-u:\b)oop\([0-9]+\)|\([0-9]+\)",
        r"(?-u:\b)[0-9a-fA-F]{8,64}(?-u:\b)",
        r"[0-9]+(?:[.,][0-9]+)*",
    ];
    let kinds: Vec<String> = kinds.iter().map(|kind| format!("(?:{kind})")).collect();
    Regex::new(&kinds.join("|")).unwrap_or_else(|error| unreachable!("a fixed pattern: {error}"))
});

/// The message without what varies. With `names`, quoted words that are names stay.
pub(super) fn normalised(message: &str, names: bool) -> String {
    let message = match message.char_indices().nth(MAX_CHARS) {
        Some((at, _)) => &message[..at],
        None => message,
    };
    let unquoted = unquoted(message, names);
    let varying = VARIES.replace_all(&unquoted, |found: &regex::Captures<'_>| stands_for(&found[0]));
    varying.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stands_for(found: &str) -> String {
    let is_digit = |c: char| c.is_ascii_digit();
    let has = |c: char| found.contains(c);
    let only = |others: &str| found.chars().all(|c| is_digit(c) || others.contains(c));
    let hex = found.chars().all(|c| c.is_ascii_hexdigit());
    let stays = found.starts_with('#') || (found.starts_with(char::is_alphabetic) && keeps_number(found));
    let word: Cow<'_, str> = match () {
        () if stays => found.into(),
        () if has('@') && !has('/') => "MAIL".into(),
        () if found.contains("://") => "URL".into(),
        () if found.len() == 36 && found.matches('-').count() == 4 => "UUID".into(),
        () if found.matches('.').count() == 3 && only(".:") => "HOST".into(),
        () if only("./-:TZ +,") && (has('-') || has('/') || has(':')) => "TIME".into(),
        () if has('/') || has('\\') => {
            let mut part = String::new();
            fold_digits(last_part(found), &mut part);
            part.into()
        }
        () if found.starts_with("0x") || found.starts_with("16r") => "HEX".into(),
        () if has('(') => "".into(),
        () if found.starts_with(is_digit) && only(".,") => if found.matches('.').count() == 2 { "TIME" } else { "N" }.into(),
        () if hex && found.len() >= 8 && found.contains(is_digit) => "HEX".into(),
        () if hex => found.into(),
        () if found.starts_with(is_digit) && found.contains(' ') => "TIME".into(),
        () if found.ends_with(['m', 'M']) && found.starts_with(is_digit) && has(':') => "TIME".into(),
        () => "HOST".into(),
    };
    word.into_owned()
}

/// Numbers that are names of errors.
fn keeps_number(found: &str) -> bool {
    const BEFORE: [&str; 10] = ["errno", "error", "code", "status", "exception", "sqlstate", "sqlcode", "ora", "sql", "http"];
    let word = found.split([' ', ':', '=', '#', '-']).next().unwrap_or_default();
    !found.contains("://") && !found.contains('.') && BEFORE.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// The message with `'?'` for everything in quotes, of any kind.
fn unquoted(message: &str, names: bool) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let closing = match c {
            '\'' | '`' | '"' => Some(c),
            '“' | '„' => Some('”'),
            '‘' => Some('’'),
            '«' => Some('»'),
            _ => None,
        };
        // An apostrophe stands in a word; a quoted selector is a selector.
        let opens = !before.is_alphanumeric() && before != '#';
        let end = closing.filter(|_| opens).and_then(|closing| closed(rest, c, closing));
        before = c;
        let Some((inside, after)) = end else {
            out.push(c);
            continue;
        };
        if names && is_name(inside) {
            out.push_str(inside);
        } else {
            out.push_str("'?'");
        }
        before = '\'';
        rest = after;
    }
    out
}

/// What is inside of the quotes, and what follows them. Old systems close a backtick with an apostrophe.
fn closed(rest: &str, opening: char, closing: char) -> Option<(&str, &str)> {
    let ends = |c: char| c == closing || (opening == '`' && c == '\'');
    for (at, c) in rest.char_indices().filter(|(_, c)| ends(*c)) {
        let after = &rest[at + c.len_utf8()..];
        // Doubled quotes and apostrophes stand inside.
        let doubled = after.starts_with(c) || rest[..at].ends_with(c);
        let apostrophe = c == '\'' && after.starts_with(char::is_alphanumeric);
        if !(apostrophe || doubled && at > 0) {
            return Some((&rest[..at], after));
        }
    }
    None
}

fn is_name(word: &str) -> bool {
    word.len() <= 60
        && word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && word.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '$' | '(' | ')'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_from_one_time_to_the_next_is_taken_out_of_messages() {
        for (message, expected) in [
            ("timed out after 3000 ms at 10.1.2.3:8080", "timed out after N ms at HOST"),
            ("timed out after 12 ms at db7.acme.com", "timed out after N ms at HOST"),
            ("cannot open /home/joe/x/data12.csv", "cannot open dataN.csv"),
            (r"cannot open C:\Program Files (x86)\Acme\data7.csv", "cannot open dataN.csv"),
            ("a Card(1681470) at 0x7fff12ab", "a Card at HEX"),
            ("since 2026-11-24T20:26:16.123Z", "since TIME"),
            ("since 24.11.2026 20:26:16", "since TIME TIME"),
            ("since 9 February 2011 1:30:05.075 pm", "since TIME TIME"),
            ("session 6F9619FF-8B86-D011-B42D-00CF4FC964FF", "session UUID"),
            ("called `Option::unwrap()` on a `None` value", "called '?' on a '?' value"),
            ("called 'Option::unwrap()' on a 'None' value", "called '?' on a '?' value"),
            ("can't read 'it''s' won't", "can't read '?' won't"),
            ("a String does not understand  #'at:otherwise2:'", "a String does not understand #'at:otherwise2:'"),
            ("[Errno 2] No such file: 'x.txt'", "[Errno 2] No such file: '?'"),
            ("ORA-00942: table missing", "ORA-00942: table missing"),
            ("com.acme.Foo cannot be cast to com.acme.Bar", "com.acme.Foo cannot be cast to com.acme.Bar"),
            ("deadbeef is no number but 00deadbeef is", "deadbeef is no number but HEX is"),
        ] {
            assert_eq!(normalised(message, false), expected, "{message}");
        }
        assert_eq!(normalised("'NoneType' has no attribute 'foo'", true), "NoneType has no attribute foo");
    }
}
