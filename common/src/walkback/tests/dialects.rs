//! What is read out of a report of each dialect.

use super::*;

/// Dialect, class, message, process, and the first frames that a person sees.
struct Expected {
    class: Option<&'static str>,
    message: Option<&'static str>,
    process: Option<&'static str>,
    top: &'static str,
    frames: usize,
}

fn expected(class: &'static str, message: &'static str, process: &'static str, top: &'static str, frames: usize) -> Expected {
    let some = |text: &'static str| (!text.is_empty()).then_some(text);
    Expected { class: some(class), message: some(message), process: some(process), top, frames }
}

#[test]
fn each_dialect_says_what_was_raised_and_where() {
    let dnu = "MessageNotUnderstood";
    let all = [
        expected("OsNeedRetryError", "Cannot reach the ledger", "Night run", "Acme.LedgerFile(Acme.BookFile)>>open:", 8),
        expected(dnu, "Message not understood: #total", "", "Acme.Invoice>>sum", 5),
        expected("ZeroDivide", "division by zero", "", "SmallInteger(Number)>>/", 8),
        expected(dnu, "#postOn: not understood by Account", "", "Account120(Account)>>close", 5),
        expected("Halt", "", "", "[] in Painter>>paint:", 4),
        expected(
            dnu,
            "Instance of UndefinedObject did not understand #price",
            "",
            "total := total + each product price ] in Basket>>total",
            5,
        ),
        expected("KeyNotFound", "key #beer not found in Dictionary", "", "[ self errorKeyNotFound: key ] in Dictionary>>at:", 6),
        expected("Segmentation fault", "", "", "primitiveBlit", 8),
        expected("VM Error", "", "", "-", 0),
        expected(dnu, "a UndefinedObject does not understand  #'balance:'", "", "[] in Account(LedgerEntry)>>post:", 9),
        expected(
            "ZeroDivide",
            "numErrIntDivisionByZero, attempt to divide 7 by zero",
            "",
            "SmallInteger (Number) >> _errorDivideByZero",
            5,
        ),
        expected(dnu, "a Ledger class does not understand  #'openIn:'", "", "Book >> open", 3),
        expected(
            dnu,
            "UndefinedObject does not understand total",
            "UIProcess:(11/7/2026 3:31:57 PM){running,3} SC: 386",
            "[] in AcmeInvoice>>#print:",
            4,
        ),
        expected("Win32 Exception C0000005", "", "", "LaserPrinter(Printer)>>flush", 2),
        expected("NotFoundError", "No se encuentra el elemento", "", "[] in Dictionary>>at:", 5),
        expected(dnu, "nil: did not understand #wood", "", "Ship>>#build:", 4),
        expected(
            "com.acme.ledger.PostingException",
            "cannot post entry 4711",
            "worker-3",
            "com.acme.ledger.Poster.post(Poster.java:88)",
            5,
        ),
        expected("java.lang.IllegalStateException", "the book is closed", "", "app//com.acme.ledger.Book.open(Book.java:12)", 2),
        expected("Acme.Ledger.PostingException", "cannot post", "", "Acme.Ledger.Poster.<StoreAsync>d__12.MoveNext()", 6),
        expected("System.InvalidOperationException", "Die Sequenz enthält keine Elemente.", "", "Acme.Ledger.Book.Newest()", 3),
        expected(
            "NullReferenceException",
            "Referencia a objeto no establecida como instancia de un objeto.",
            "",
            "Acme.Data.get_ConnectionString()",
            3,
        ),
        expected("acme.errors.PostingError", "cannot post", "", "ledger.py:walk", 3),
        expected("panic", "assertion `left == right` failed: totals differ", "main", "acme::ledger::Book::close", 7),
        expected("panic", "called `Result::unwrap()` on an `Err` value: Os { code: 2 }", "worker", "acme::io::read", 4),
        expected("TypeError", "Cannot read properties of undefined (reading 'entries')", "", "Ledger.post (ledger.js)", 5),
        expected("TypeError", "book is undefined", "", "post (app.3f2a1b9c.js)", 3),
    ];
    assert_eq!(all.len(), SMALL.len());
    for ((dialect, text), expected) in SMALL.iter().zip(all) {
        let found = only(text);
        let as_str = |text: &Option<Clean>| text.as_ref().map(|text| text.as_str().to_owned());
        assert_eq!(found.dialect.word(), *dialect, "{text}");
        assert_eq!(as_str(&found.exception).as_deref(), expected.class, "{text}");
        assert_eq!(as_str(&found.message).as_deref(), expected.message, "{text}");
        assert_eq!(as_str(&found.process).as_deref(), expected.process, "{text}");
        assert_eq!(found.top_frame().map_or("-", Clean::as_str), expected.top, "{text}");
        assert_eq!(found.frames.len(), expected.frames, "{text}\n{:#?}", found.frames);
    }
}

#[test]
fn a_recursion_is_one_frame_with_a_count() {
    let text = include_str!("python.txt");
    let walk = &only(text).frames[0];
    assert_eq!((walk.text.as_str(), walk.repeated), ("ledger.py:walk", 976));
}

#[test]
fn a_panic_of_which_no_frame_is_known_names_the_place_it_came_from() {
    let head = "thread 'main' panicked at 'called `Option::unwrap()` on a `None` value', src\\main.rs:177:37\n";
    let stripped =
        format!("{head}stack backtrace:\n   0:     0x7ff7d7e8e962 - <unknown>\n   1:     0x7ff90b707614 - BaseThreadInitThunk\n");
    assert_eq!(only(&stripped).top_frame().map(Clean::as_str), Some("src\\main.rs:177:37"));
    let library = "thread 'main' panicked at /home/joe/.cargo/registry/src/crates.example-0123456789abcdef/ledger-0.3.2/src/lib.rs:5:1:\nboom\n";
    assert_eq!(only(library).top_frame().map(Clean::as_str), Some("lib.rs:5:1 (ledger-0.3.2)"));
}

#[test]
fn what_no_dialect_knows_is_one_report_with_the_line_that_says_what_is_wrong() {
    for (text, dialect, class, message) in [
        ("running\nFatal error: exception Not_found\n", Dialect::OCaml, Some("Not_found"), None),
        (
            "panic: runtime error: index out of range [5]\n\ngoroutine 1 [running]:\n",
            Dialect::Generic,
            Some("panic"),
            Some("runtime error: index out of range [5]"),
        ),
        (
            "app.rb:12:in 'post': no book (ArgumentError)\n\tfrom app.rb:20:in '<main>'\n",
            Dialect::Generic,
            Some("ArgumentError"),
            Some("no book"),
        ),
        (
            "PHP Fatal error:  Uncaught TypeError: no book in /var/www/cart.php:12\n",
            Dialect::Generic,
            Some("TypeError"),
            Some("no book"),
        ),
        ("all is well\nFATAL: cannot lock the book\n", Dialect::Generic, None, Some("FATAL: cannot lock the book")),
        ("\n\nsomething\nelse\n", Dialect::Generic, None, Some("something")),
    ] {
        let found = only(text);
        let as_str = |text: &Option<Clean>| text.as_ref().map(|text| text.as_str().to_owned());
        assert_eq!(
            (found.dialect, as_str(&found.exception).as_deref(), as_str(&found.message).as_deref()),
            (dialect, class, message),
            "{text}"
        );
    }
    assert!(walkbacks(b"").is_empty() && walkbacks(b"\n \n").is_empty());
}

#[test]
fn heads_that_stand_within_a_line_are_found() {
    let node =
        "(node:7) UnhandledPromiseRejectionWarning: ReferenceError: book is not defined\n    at main (/srv/index.js:5:3)\n";
    assert_eq!(only(node).exception.as_ref().map(Clean::as_str), Some("ReferenceError"));
    let group = "  + Exception Group Traceback (most recent call last):\n  |   File \"/srv/a.py\", line 7, in go\n  | ExceptionGroup: two (2 sub-exceptions)\n";
    let group = only(group);
    assert_eq!(group.exception.as_ref().map(Clean::as_str), Some("ExceptionGroup"));
    assert_eq!(group.top_frame().map(Clean::as_str), Some("a.py:go"));
    let indented = "      System.ArgumentNullException: Value\n         at Shop.Order.Index(Int32 id)\n";
    assert_eq!(only(indented).exception.as_ref().map(Clean::as_str), Some("System.ArgumentNullException"));
}
