//! Names of months and weekdays: in English whatever the locale, and in the languages that people write comments in.

use super::fold::folded;

/// No name of a month is longer, with its accents in UTF-8.
pub(super) const LONGEST: usize = 12;

/// The number of a month by its name or a usual abbreviation, in English, German, French, Spanish, Portuguese,
/// Italian, Catalan, Dutch or a Scandinavian language, whatever its case and accents.
pub(super) fn month(word: &[u8]) -> Option<i8> {
    let mut letters = [0; LONGEST];
    let mut count = 0;
    for (place, letter) in letters.iter_mut().zip(folded(word)) {
        *place = letter;
        count += 1;
    }
    (word.len() <= LONGEST).then_some(())?;
    Some(match &letters[..count] {
        b"jan" | b"january" | b"januar" | b"janvier" | b"janv" | b"enero" | b"ene" | b"janeiro" | b"gennaio" | b"gen"
        | b"januari" | b"gener" => 1,
        b"feb" | b"february" | b"februar" | b"fevrier" | b"fevr" | b"fev" | b"febrero" | b"fevereiro" | b"febbraio"
        | b"februari" | b"febrer" => 2,
        b"mar" | b"march" | b"marz" | b"maerz" | b"mrz" | b"mars" | b"marzo" | b"marco" | b"maart" | b"mrt" => 3,
        b"apr" | b"april" | b"avril" | b"avr" | b"abril" | b"abr" | b"aprile" => 4,
        b"may" | b"mai" | b"mayo" | b"maio" | b"maggio" | b"mag" | b"mei" | b"maj" | b"maig" => 5,
        b"jun" | b"june" | b"juni" | b"juin" | b"junio" | b"junho" | b"giugno" | b"giu" | b"juny" => 6,
        b"jul" | b"july" | b"juli" | b"juillet" | b"juil" | b"julio" | b"julho" | b"luglio" | b"lug" | b"juliol" => 7,
        b"aug" | b"august" | b"aout" | b"agosto" | b"ago" | b"augustus" | b"augusti" | b"agost" => 8,
        b"sep" | b"sept" | b"september" | b"septembre" | b"septiembre" | b"setiembre" | b"setembro" | b"settembre"
        | b"setembre" | b"set" => 9,
        b"oct" | b"october" | b"oktober" | b"okt" | b"octobre" | b"octubre" | b"outubro" | b"out" | b"ottobre" | b"ott" => 10,
        b"nov" | b"november" | b"novembre" | b"noviembre" | b"novembro" => 11,
        b"dec" | b"december" | b"dezember" | b"dez" | b"decembre" | b"diciembre" | b"dic" | b"dezembro" | b"dicembre"
        | b"desember" | b"desembre" => 12,
        _ => return None,
    })
}

/// Whether a word names a day of the week, in full or as English abbreviates it.
pub(super) fn is_weekday(word: &[u8]) -> bool {
    /// No name of a day is longer, with its accents in UTF-8.
    const LONGEST_DAY: usize = 14;
    const DAYS: [&[u8]; 7] = [b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday"];
    const OTHERS: [&[u8]; 28] = [
        b"montag",
        b"dienstag",
        b"mittwoch",
        b"donnerstag",
        b"freitag",
        b"samstag",
        b"sonnabend",
        b"sonntag",
        b"lundi",
        b"mardi",
        b"mercredi",
        b"jeudi",
        b"vendredi",
        b"samedi",
        b"dimanche",
        b"lunes",
        b"martes",
        b"miercoles",
        b"jueves",
        b"viernes",
        b"sabado",
        b"domingo",
        b"lunedi",
        b"martedi",
        b"mercoledi",
        b"giovedi",
        b"venerdi",
        b"domenica",
    ];
    let is = |day: &[u8]| folded(word).eq(day.iter().copied());
    let short = |day: &[u8]| word.len() == 3 && day[..3].eq_ignore_ascii_case(word);
    (3..=LONGEST_DAY).contains(&word.len()) && (DAYS.iter().any(|day| is(day) || short(day)) || OTHERS.iter().any(|day| is(day)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_known_in_several_languages() {
        for (number, names) in [
            (1, "January janvier Enero janeiro gennaio Jan"),
            (2, "février febrero fevereiro febbraio Feb"),
            (3, "März MARS marzo março maart Mrz"),
            (4, "avril Abril aprile"),
            (5, "Mai mayo maggio maj"),
            (6, "juin junho giugno"),
            (7, "juillet julio luglio"),
            (8, "août agosto AOÛT"),
            (9, "Sept septiembre setembro settembre"),
            (10, "Oktober octubre outubro ottobre"),
            (11, "noviembre novembro"),
            (12, "Dezember décembre diciembre dicembre dez"),
        ] {
            for name in names.split(' ') {
                assert_eq!(month(name.as_bytes()), Some(number), "{name}");
            }
        }
        for other in ["", "ma", "marc", "octo", "monthly", "decemberdecember"] {
            assert_eq!(month(other.as_bytes()), None, "{other}");
        }
        assert!(is_weekday(b"Mon") && is_weekday("miércoles".as_bytes()) && !is_weekday(b"Monster"));
    }
}
