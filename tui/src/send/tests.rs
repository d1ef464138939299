//! What is signed, and what never is.

use super::*;
use fieldpost_common::envelope::SecretKey;
use fieldpost_common::statement::Form;
use fieldpost_common::trust::Developer;

fn key() -> SecretKey {
    SecretKey::from_seed([2; 32])
}

fn trust() -> Trust {
    let developer = Developer { may_run_actions: false, ..Developer::unrestricted("ada".parse().expect("user"), key().public()) };
    Trust::found(SecretKey::from_seed([1; 32]).public(), developer)
}

fn wish() -> Wish {
    Wish {
        application: "trading".parse().expect("app"),
        patch: "a.st".parse().expect("patch"),
        site: "acme".parse().expect("site"),
        version: "7.7".parse().expect("version"),
        act: Act::Put(ContentHash::of(b"new")),
        expected: Some(ContentHash::of(b"old")),
        seen: None,
        reason: None,
        any_time: false,
        shown: false,
    }
}

fn published(content: &[u8], signed_by: &SecretKey) -> Prepared {
    let publication = Publication {
        form: Form::default(),
        application: "trading".parse().expect("app"),
        patch: "a.st".parse().expect("patch"),
        versions: vec!["7.7".parse().expect("version")],
        sha256: ContentHash::of(content),
        size: content.len() as u64,
        issue: None,
        created: Timestamp::default(),
        key: signed_by.public().id(),
    };
    Prepared { counter: 7, size: content.len() as u64, publication: Some(publication.sign(signed_by)) }
}

#[test]
fn an_order_says_what_was_seen_and_ends_after_thirty_days() {
    let now = Timestamp::from_ms(1_000);
    let order = order(&wish(), &published(b"new", &key()), key().public().id(), now);
    assert_eq!(order.expected, Some(ContentHash::of(b"old")));
    assert_eq!(order.action, Action::Put { sha256: ContentHash::of(b"new"), size: 3 });
    assert_eq!((order.counter, order.install_by), (7, now.plus(INSTALL_WITHIN)));
}

#[test]
fn a_server_can_not_pass_its_own_bytes_off_as_published() {
    let now = Timestamp::from_ms(1_000);
    let check = |prepared: &Prepared| check(&wish(), prepared, &trust(), now);
    check(&published(b"new", &key())).expect("published by a trusted key");
    let stranger = SecretKey::from_seed([9; 32]);
    assert!(matches!(check(&published(b"new", &stranger)), Err(SendError::BadPublication { refusal: Refusal::UnknownKey, .. })));
    assert!(matches!(check(&published(b"evil", &key())), Err(SendError::BadPublication { refusal: Refusal::WrongHash, .. })));
    let larger = Prepared { size: 1 << 30, ..published(b"new", &key()) };
    assert!(matches!(check(&larger), Err(SendError::BadPublication { refusal: Refusal::WrongHash, .. })));
}

#[test]
fn bytes_that_were_never_published_are_signed_only_when_they_were_shown() {
    let prepared = Prepared { publication: None, ..published(b"new", &key()) };
    let now = Timestamp::default();
    assert!(matches!(check(&wish(), &prepared, &trust(), now), Err(SendError::NotPublished { .. })));
    check(&Wish { shown: true, ..wish() }, &prepared, &trust(), now).expect("shown");
}

#[test]
fn what_was_published_for_another_version_only_is_not_sent_to_this_one() {
    let now = Timestamp::from_ms(1_000);
    let older = Wish { version: "7.6".parse().expect("version"), ..wish() };
    let refused = check(&older, &published(b"new", &key()), &trust(), now).expect_err("published for 7.7 only");
    assert!(matches!(refused, SendError::OtherVersion { .. }));
    assert!(refused.to_string().contains("for version 7.6, which acme runs"), "{refused}");
    check(&Wish { shown: true, ..older }, &published(b"new", &key()), &trust(), now).expect("shown");
}

#[test]
fn an_order_for_a_site_whose_clock_is_far_ahead_can_be_without_a_limit() {
    let now = Timestamp::from_ms(1_000);
    let any = Wish { any_time: true, ..wish() };
    let made = order(&any, &published(b"new", &key()), key().public().id(), now);
    assert_eq!(made.install_by, Timestamp::LATEST);
}
