//! Prologues of SLATEC, in Fortran and translated from it.

use super::super::*;
use super::shown;

const PROLOGUE: &str = "***BEGIN PROLOGUE  ROUND
***PURPOSE  Round a price.
***LIBRARY   SLATEC
***AUTHOR  Bauer, B., (LANL)
***DESCRIPTION
   1234 of them, by the way 991231  is no date (XYZ)
***REVISION HISTORY  (YYMMDD)
   770701  DATE WRITTEN
   890531  Changed all specific intrinsics to generic.  (EVE)
   900727  Added a statement and a long remark that goes on in the line
           below.  (BOB)
   920101  REVISION DATE from Version 3.2
***END PROLOGUE  ROUND
   930101  Not a row any more.  (EVE)
";

fn read(mark: &str, name: &str) -> String {
    let file = format!("      SUBROUTINE ROUND\n{mark}{}", PROLOGUE.trim_end().replace('\n', &format!("\n{mark}")));
    shown(stamp_with(file.as_bytes(), name, &Hints::default()).as_ref())
}

#[test]
fn the_newest_row_with_initials_is_the_last_change_in_every_language() {
    for (mark, name) in [("C", "round.f"), ("c", "round.f"), ("! ", "round.f90"), ("/* ", "round.c"), ("# C", "round.py")] {
        assert_eq!(read(mark, name), "Comment | BOB | 1990-07-27 | -", "{mark:?}");
    }
}

#[test]
fn without_rows_the_dates_of_the_prologue_count_and_its_author() {
    let file = "C***BEGIN PROLOGUE  A\nC***DATE WRITTEN   800901   (YYMMDD)\nC***REVISION DATE  820801   (YYMMDD)\nC***REVISION HISTORY  (YYMMDD)\nC\nC***AUTHOR  BAUER, B., (SNLA)\n";
    let stamp = stamp_with(file.as_bytes(), "a.f", &Hints::default());
    assert_eq!(shown(stamp.as_ref()), "Comment | BAUER, B., (SNLA) | 1982-08-01 | -");
}

#[test]
fn a_prologue_further_on_than_the_head_isn_t_one() {
    let file = format!("{}{}", "C\n".repeat(HEAD_LINES), PROLOGUE.replace("***", "C***"));
    assert!(stamp_with(file.as_bytes(), "a.f", &Hints::default()).is_none());
}
