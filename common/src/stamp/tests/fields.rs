//! Title, base, number and removals, where a format has them; and what each stamp found says about itself.

use super::super::*;
use super::{HEADER, mail, method};

fn named(name: &str, content: &str) -> Stamp {
    stamp_with(content.as_bytes(), name, &Hints::default()).expect("a stamp")
}

#[test]
fn a_change_set_has_title_base_and_number() {
    let preamble = format!("{HEADER}\"Change Set:\t\tisMorphic fix\nDate:\t\t\t1 May 2020\nAuthor:\t\t\tBob\"!\n");
    let stamp = named("0161-isMorphic-jmv.1.cs.st", &preamble);
    let fields = (stamp.title.as_deref(), stamp.base.as_deref(), stamp.number.as_deref());
    assert_eq!(fields, (Some("isMorphic fix"), Some("1739"), Some("0161")));
    assert_eq!(named("a.cs", &HEADER.replace("latest", "Latest")).base.as_deref(), Some("1739"));
    assert_eq!(named("0161-isMorphic-jmv.1.cs.st", HEADER).title.as_deref(), Some("isMorphic"));
}

#[test]
fn other_formats_have_titles_too() {
    assert_eq!(
        named("a.patch", &mail("Bob <b@x>").replace("[PATCH] x", "[PATCH 2/5] Fix\n it")).title.as_deref(),
        Some("Fix it")
    );
    let xml = "<st-source>\n<!-- Changes in change set Tax fixes -->\n<time-stamp>From VisualWorks, 7 of May 30, 2006 on May 31, 2006 at 1:00:00 pm</time-stamp>";
    assert_eq!(named("a.st", xml).title.as_deref(), Some("Tax fixes"));
    let store = "'From VisualWorks, 7 of May 30, 2006 on May 31, 2006 at 1:00:00 pm'!\n\"Package Orders(0.2.11,bob)=\"!\n";
    assert_eq!(named("a.st", store).title.as_deref(), Some("Orders"));
}

#[test]
fn removals_are_told_once_and_only_from_code() {
    let file = [
        HEADER,
        "!methodRemoval: Order class #price stamp: 'bob 12/17/2012 10:38:05'!\nOrder class removeSelector: #price!\n",
        "Order removeSelector: #at:put:!\nOrder removeSelector: #price!\n",
        "(nil confirm: 'x') ifTrue: [\n\tSmalltalk removeClassNamed: #OldOrder.\n\tSmalltalk at: #A put: 1 ]!\n",
        "!Order methodsFor: 'x'!\nclean\n\tself class removeSelector: #eve! !\n",
    ]
    .concat();
    assert_eq!(named("a.cs", &file).removals, ["Order class>>price", "Order>>at:put:", "Order>>price", "OldOrder"]);
    let xml = "<st-source><time-stamp>From VisualWorks, 7 of May 30, 2006 on May 31, 2006 at 1:00:00 pm</time-stamp>\n\
        <remove-selector>\n<class-id>OS.Stream class</class-id> <selector>lineEnd</selector>\n</remove-selector>\n\
        <remove-selector>\n<class-id>A</class-id> <selector>&lt;=</selector>\n</remove-selector>\n";
    assert_eq!(named("a.st", xml).removals, ["OS.Stream class>>lineEnd", "A>><="]);
}

#[test]
fn each_stamp_says_how_exact_it_is_whether_its_zone_is_known_and_where_it_stands() {
    for (stamp, precision, zone) in [
        ("tk 1/8/97", Precision::Day, false),
        ("bob 8/6/2008 14:36", Precision::Minute, false),
        ("bob 8/6/2008 14:36:05", Precision::Second, false),
        ("bob 8/6/2008 14:36:05.25", Precision::Fraction, false),
        ("bob 17/Jun/2026, 12:16:57 am (UTC)", Precision::Second, true),
    ] {
        let file = method(stamp);
        let found = &named("a.st", &file).found[0];
        assert_eq!((found.precision, found.zone_known, found.raw.as_str()), (Some(precision), zone, stamp));
        assert!(file[found.offset..].starts_with(stamp));
    }
}
