//! The icon as a picture: a label and a word, in the width that they need. No font is fetched.

use super::Said;
use crate::mail::letter::escaped;
use fieldpost_common::api::Verdict;

const LABEL: &str = "fieldpost";
/// The width of a character of the font, a little more than most have.
const CHARACTER: usize = 7;
const MARGIN: usize = 10;

/// Draws it.
pub(super) fn draw(said: &Said) -> String {
    // Dark enough for white text; the sign tells them apart without colour.
    let colour = match said.verdict {
        Verdict::Ok => "#1a7f37",
        Verdict::NeverSeen => "#57606a",
        Verdict::CantSay => "#6e40c9",
        Verdict::Warning => "#9a6700",
        Verdict::Problem => "#cf222e",
    };
    let words = format!("{} {}", said.verdict.sign(), said.words);
    let wide = |text: &str| text.chars().count() * CHARACTER + MARGIN;
    let (left, right) = (wide(LABEL), wide(&words));
    let all = left + right;
    let (label_x, words_x) = (left / 2, left + right / 2);
    let words = escaped(&words);
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" role="img" aria-label="{LABEL}: {words}">
<title>{LABEL}: {words}</title>
<rect width="{all}" height="20" rx="3" fill="#444c56"/>
<path d="M{left} 0h{rest}a3 3 0 0 1 3 3v14a3 3 0 0 1 -3 3h-{rest}z" fill="{colour}"/>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
<text x="{label_x}" y="14">{LABEL}</text>
<text x="{words_x}" y="14">{words}</text>
</g>
</svg>
"##,
        rest = right - 3,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_says_in_words_and_a_sign_what_its_colour_says() {
        for (verdict, words, sign) in [
            (Verdict::Ok, "12 sites ok", "✓ 12 sites ok"),
            (Verdict::NeverSeen, "1 site never seen", "○ 1 site never seen"),
            (Verdict::CantSay, "3 sites can&#39;t be seen", "? 3 sites can&#39;t be seen"),
            (Verdict::Warning, "1 warning", "! 1 warning"),
            (Verdict::Problem, "2 problems", "✗ 2 problems"),
        ] {
            let svg = draw(&Said { verdict, words: words.replace("&#39;", "'") });
            assert!(
                svg.contains(&format!(">{sign}</text>")) && svg.contains(&format!("aria-label=\"fieldpost: {sign}\"")),
                "{svg}"
            );
        }
    }

    #[test]
    fn a_name_that_is_markup_stays_text() {
        let svg = draw(&Said { verdict: Verdict::Ok, words: "<script>\"&".to_owned() });
        assert!(!svg.contains("<script>") && svg.contains("&lt;script&gt;&quot;&amp;"), "{svg}");
    }
}
