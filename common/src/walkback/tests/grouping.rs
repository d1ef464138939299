use super::*;

fn group(text: &str) -> Fingerprint {
    only(text).fingerprint
}

/// Changes that come with time, machine and user: none makes another error of it.
#[test]
fn the_same_error_at_another_time_on_another_machine_is_the_same_group() {
    let changes: &[(&str, &[(&str, &str)])] = &[
        (
            include_str!("visualworks.txt"),
            &[
                ("9:02:11", "19:44:24"),
                ("77123", "5"),
                ("'Night run'", "'Other'"),
                ("[] in Acme", "optimized [] in [] in Acme"),
                ("Acme.BookFile", "Acme.Files.BookFile"),
            ],
        ),
        (
            include_str!("squeak.txt"),
            &[
                ("3 March 2026 9:02:11.123 am", "4 May 2027 1:00:01 pm"),
                ("C:\\Users\\joe\\acme", "/home/x"),
                ("1234567", "99"),
                ("[] in [] in Ledger", "[] in Ledger"),
            ],
        ),
        (include_str!("squeak-stack.txt"), &[("Account120", "Account7")]),
        (include_str!("pharo.txt"), &[("19 June", "20 July"), ("[ :each |\ntotal := total + each product price ] in", "[] in")]),
        (
            include_str!("squeak-vm.txt"),
            &[("16:57:28", "01:02:03"), ("0x4871a8", "0x99"), ("+0x3f8", "+0x12"), ("/usr/lib/squeak/squeak", "/opt/squeak")],
        ),
        (
            include_str!("gemstone.txt"),
            &[
                ("@4 line 5", "@44 line 55"),
                ("EXCEPTION: ", ""),
                ("1. M", "M"),
                ("Account(LedgerEntry)>>post:", "Account (LedgerEntry) >> post:"),
            ],
        ),
        (include_str!("gemstone-variables.txt"), &[("106289921", "7"), ("oop(20)", "oop(21)")]),
        (include_str!("vast.txt"), &[("3:32:08 PM on 11/7/2026", "15:32:08 on 7.11.2026"), ("SC: 386", "SC: 1")]),
        (
            include_str!("dolphin-dump.txt"),
            &[("18:50:29 p. m., 1/2/2026", "6:50:29 PM, 2/1/2027"), ("05D00674", "15D00674"), ("EAX = 00C0F9E0", "EAX = 0")],
        ),
        (
            include_str!("dolphin-errors.txt"),
            &[("martes, 11 de septiembre de 2026", "11 September 2027"), ("No se encuentra el elemento", "Not found")],
        ),
        (
            include_str!("java.txt"),
            &[
                ("4711", "4712"),
                ("worker-3", "worker-14"),
                ("Poster.java:88", "Poster.java:91"),
                ("lambda$postAll$3", "lambda$postAll$5"),
                (" ~[ledger-7.7.jar:7.7]", ""),
                ("... 4 more", "... 7 more"),
            ],
        ),
        (
            include_str!("dotnet.txt"),
            &[
                ("/src/Poster.cs:line 12", "D:\\b\\Poster.cs:line 13"),
                ("d__12", "d__14"),
                ("DisplayClass3_0", "DisplayClass4_1"),
                ("Object reference not set to an instance of an object.", "Der Objektverweis wurde nicht festgelegt."),
            ],
        ),
        (
            include_str!("dotnet-german.txt"),
            &[
                ("Unbehandelte Ausnahme:", "Unhandled Exception:"),
                ("Die Sequenz enthält keine Elemente.", "Sequence contains no elements"),
                ("   bei ", "   at "),
                ("Zeile", "line"),
            ],
        ),
        (include_str!("python.txt"), &[("/srv/acme", "/home/joe/x"), ("line 30", "line 31"), ("975", "12")]),
        (
            include_str!("rust.txt"),
            &[("0x55b5b74ae7e9", "0x1"), ("h62317944fa5dc382", "h0000000000000000"), ("12:5", "14:5"), ("left: 1", "left: 3")],
        ),
        (include_str!("node.txt"), &[("/srv/acme", "/home/x"), (":12:15", ":13:1"), ("/srv/acme/ledger.js:12\n", "")]),
        (include_str!("firefox.txt"), &[("app.3f2a1b9c.js", "app.99aabbcc.js"), (":1:2345", ":1:2346")]),
    ];
    for (text, changes) in changes {
        let before = group(text);
        for (from, to) in *changes {
            assert!(text.contains(from), "{from:?} in\n{text}");
            let later = text.replace(from, to);
            assert_eq!(group(&later), before, "{from:?} to {to:?} in\n{text}");
        }
    }
}

/// Changes that make it another error.
#[test]
fn another_class_message_or_place_is_another_group() {
    let changes: &[(&str, &[(&str, &str)])] = &[
        (
            include_str!("visualworks.txt"),
            &[("OsNeedRetryError", "OsInaccessibleError"), ("open:", "close:"), ("Cannot reach the ledger", "Disk full")],
        ),
        (
            include_str!("visualworks-notifier.txt"),
            &[("#total", "#sum"), ("UndefinedObject", "Integer"), ("Acme.Invoice>>sum", "Acme.Invoice>>add")],
        ),
        (include_str!("squeak.txt"), &[("ZeroDivide", "Error"), ("Ledger>>share\n[]", "Ledger>>part\n[]")]),
        (
            include_str!("squeak-stack.txt"),
            &[("postOn:", "postAt:"), ("Account120(Object)", "Invoice120(Object)"), (">>close\n", ">>open\n")],
        ),
        (include_str!("pharo.txt"), &[("#price", "#cost")]),
        (
            include_str!("gemstone.txt"),
            &[("#'balance:'", "#'balance'"), ("UndefinedObject", "String"), ("Ledger>>postAll", "Ledger>>postOne")],
        ),
        (include_str!("vast.txt"), &[("understand total", "understand sum"), ("AcmeInvoice", "AcmeOrder")]),
        (include_str!("dolphin-dump.txt"), &[("C0000005", "A0000204"), ("Report>>print:", "Report>>show:")]),
        (include_str!("dolphin-errors.txt"), &[("NotFoundError", "OutOfMemoryError"), ("priceOf:", "costOf:")]),
        (
            include_str!("java.txt"),
            &[
                ("PostingException", "OtherException"),
                ("cannot post entry", "cannot find entry"),
                ("Poster.post(", "Poster.put("),
                ("java.sql.SQLException", "java.io.IOException"),
            ],
        ),
        (
            include_str!("dotnet.txt"),
            &[
                ("PostingException", "OtherException"),
                ("System.NullReferenceException", "System.IO.IOException"),
                ("PostAll", "PostOne"),
            ],
        ),
        (
            include_str!("python.txt"),
            &[("PostingError", "OtherError"), ("in walk", "in run"), ("cannot post", "cannot read"), ("KeyError", "ValueError")],
        ),
        (include_str!("rust.txt"), &[("Book::close", "Book::open"), ("totals differ", "names differ")]),
        (
            include_str!("node.txt"),
            &[("TypeError", "RangeError"), ("reading 'entries'", "reading 'lines'"), ("Ledger.post", "Ledger.read")],
        ),
    ];
    for (text, changes) in changes {
        let before = group(text);
        for (from, to) in *changes {
            assert!(text.contains(from), "{from:?} in\n{text}");
            assert_ne!(group(&text.replace(from, to)), before, "{from:?} to {to:?} in\n{text}");
        }
    }
}

#[test]
fn no_two_small_reports_are_in_one_group() {
    let groups: std::collections::BTreeSet<_> = SMALL.iter().map(|(_, text)| group(text)).collect();
    assert_eq!(groups.len(), SMALL.len());
}

#[test]
fn the_old_and_the_new_form_of_a_panic_are_one_error() {
    let frames = "stack backtrace:\n   0: rust_begin_unwind\n   1: acme::main\n";
    let old = format!("thread 'main' panicked at 'called 'Option::unwrap()' on a 'None' value', src/main.rs:75:48\n{frames}");
    let new = format!("thread 'main' panicked at src/main.rs:76:1:\ncalled `Option::unwrap()` on a `None` value\n{frames}");
    assert_eq!(group(&old), group(&new));
}

#[test]
fn without_frames_the_place_tells_errors_apart() {
    let at = |place: &str| group(&format!("thread 'main' panicked at {place}:\nboom\n"));
    assert_eq!(at("src/main.rs:75:48"), at("src/main.rs:80:1"));
    assert_ne!(at("src/main.rs:75:48"), at("src/other.rs:75:48"));
}
