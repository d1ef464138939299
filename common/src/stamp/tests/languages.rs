//! Comment headers in other languages than English: labels, months, ordinals.

use super::super::*;
use super::shown;

fn head(lines: &str) -> String {
    let file = format!("/*\n * {}\n */\nint x;\n", lines.replace('\n', "\n * "));
    shown(stamp_with(file.as_bytes(), "a.c", &Hints::default()).as_ref())
}

#[test]
fn labels_are_known_in_the_languages_of_the_months() {
    for (lines, expected) in [
        ("Autor: Bob Bauer\nDatum: 20.09.1999", "Bob Bauer | 1999-09-20"),
        ("Autor: Eve\nErstellt am: 1. März 1999\nLetzte Änderung: 20. September 1999\nGeändert von: bob", "bob | 1999-09-20"),
        ("Autor: Bob Bauer\nFecha: 20 de septiembre de 1999", "Bob Bauer | 1999-09-20"),
        ("Autor: Eve\nFecha de creación: 1999-01-02\nÚltima modificación: 20/sep/1999", "Eve | 1999-09-20"),
        ("Auteur : Bob Bauer\nDate de création : 1er août 1999", "Bob Bauer | 1999-08-01"),
        ("Auteur: Eve\nDernière modification par: bob\nDernière modification le: 20 sept. 1999", "bob | 1999-09-20"),
        ("Autore: Bob Bauer\nData: 20 settembre 1999", "Bob Bauer | 1999-09-20"),
        ("Autor: Bob Bauer\nData de criação: 1º de outubro de 1999", "Bob Bauer | 1999-10-01"),
        ("Modificado por: bob\nData da última alteração: 20/09/1999 10:30", "bob | 1999-09-20T10:30:00"),
        ("Autor: Bob Bauer, Anytown, 20.09.99", "Bob Bauer, Anytown, 20.09.99 | -"),
        ("Datum: 20.09.99", "- | 1999-09-20"),
        ("Stand: Mittwoch, 22. September 1999", "- | 1999-09-22"),
        ("Written on the 20th of September 1999 by hand", "- | -"),
        ("Date: 20th of September, 1999", "- | 1999-09-20"),
    ] {
        let expected = if expected == "- | -" { "-".to_owned() } else { format!("Comment | {expected} | -") };
        assert_eq!(head(lines), expected, "{lines}");
    }
}

#[test]
fn an_accent_counts_the_same_in_latin_1_and_mac_roman() {
    for label in [&b"Letzte \xC4nderung"[..], b"Letzte \x80nderung"] {
        let file = [b"/* Autor: Eve\n", label, b": 20. September 1999 */\n"].concat();
        let stamp = stamp_with(&file, "a.c", &Hints::default());
        assert_eq!(shown(stamp.as_ref()), "Comment | Eve | 1999-09-20 | -");
    }
}

#[test]
fn words_that_only_look_like_labels_say_nothing() {
    for none in ["A: 1999-09-20", "De la: 1999-09-20", "Data: 17", "Fecha", "Stand: open", "Autor: $Author$", "Editor: vi"] {
        assert_eq!(head(none), "-", "{none}");
    }
}
