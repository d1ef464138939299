//! Who may do what: every route of the table, without a token and with one that is too small.

use super::world::{Person, World, hash};
use crate::routes::{Who, table};
use crate::throttle::ALLOWED;
use fieldpost_common::api::{Role, User, path};
use fieldpost_common::envelope::SecretKey;
use fieldpost_common::problem::{Code, Problem};
use reqwest::StatusCode;

fn filled(path: &str) -> String {
    path.replace("{application}", "trading")
        .replace("{site}", "acme")
        .replace("{user}", "nobody")
        .replace("{order}", &"0".repeat(32))
        .replace("{sha256}", &hash("x").to_string())
}

fn login_string(user: &str) -> String {
    path::USER_LOGIN.replace("{user}", user)
}

#[tokio::test]
async fn no_route_but_the_public_ones_answers_without_a_token() {
    let world = World::start().await;
    for route in table() {
        let sent =
            world.client.request(route.method.clone(), format!("{}{}", world.url, filled(route.path))).send().await.unwrap();
        let expected = match route.who {
            Who::Anyone => StatusCode::OK,
            // A key that nobody gave out is answered like an address that isn't there.
            Who::Keyed => StatusCode::NOT_FOUND,
            // The first ten failures are answered as below, the others as one too many: before any body is looked at.
            _ if sent.status() == StatusCode::TOO_MANY_REQUESTS => StatusCode::TOO_MANY_REQUESTS,
            // A body is missing, which is looked at before the secret in it.
            Who::Invited => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::UNAUTHORIZED,
        };
        assert_eq!(sent.status(), expected, "{} {}", route.method, route.path);
    }
}

#[tokio::test]
async fn a_viewer_may_look_at_everything_and_change_nothing() {
    let world = World::start().await;
    let vi = world.person("vi", Role::Viewer, 7).await;
    for route in table() {
        let sent = world.request(route.method.clone(), &filled(route.path), &vi.token).send().await.unwrap();
        let (status, name) = (sent.status(), format!("{} {}", route.method, route.path));
        match route.who {
            Who::Developer | Who::Admin => assert_eq!(status, StatusCode::FORBIDDEN, "{name}"),
            Who::Viewer => assert!(!matches!(status.as_u16(), 401 | 403 | 405 | 500), "{name}: {status}"),
            Who::Agent => assert!(matches!(status.as_u16(), 401 | 429), "{name}: a person is no agent"),
            Who::Anyone | Who::Keyed | Who::Invited => {}
        }
    }
}

#[tokio::test]
async fn a_developer_is_no_admin_and_an_agent_is_no_person() {
    let world = World::start().await;
    let bn = world.developer("bn", 3).await;
    let acme = world.site("acme", "7.7").await;
    for route in table() {
        let path = filled(route.path);
        if route.who == Who::Admin {
            let sent = world.request(route.method.clone(), &path, &bn.token).send().await.unwrap();
            assert_eq!(sent.status(), StatusCode::FORBIDDEN, "{}", route.path);
        }
        if matches!(route.who, Who::Viewer | Who::Developer | Who::Admin) {
            let sent = world.request(route.method.clone(), &path, &acme.token).send().await.unwrap();
            assert!(matches!(sent.status().as_u16(), 401 | 429), "{}", route.path);
        }
    }
}

#[tokio::test]
async fn failures_from_one_address_are_held_up_and_good_tokens_are_not() {
    let world = World::start().await;
    let bad = Person { token: "guess".to_owned(), ..world.ada.clone() };
    for _ in 0..ALLOWED {
        assert_eq!(world.get::<()>(&bad, path::WHOAMI).await.unwrap_err().code, Code::Unauthorized);
    }
    assert_eq!(world.get::<()>(&bad, path::WHOAMI).await.unwrap_err().code, Code::TooMany);
    assert_eq!(world.log_in(&bad, "guess").await.unwrap_err().code, Code::TooMany, "nor may it try secrets");
    world.get::<serde_json::Value>(&world.ada, path::WHOAMI).await.expect("a good token passes");
}

#[tokio::test]
async fn a_token_that_was_replaced_is_answered_like_one_that_never_was() {
    let world = World::start().await;
    let vi = world.person("vi", Role::Viewer, 7).await;
    let newer = Person { token: "newer".to_owned(), ..vi.clone() };
    let invited: fieldpost_common::api::Invited = world.post(&world.ada, &login_string("vi"), &()).await.unwrap();
    world.log_in(&newer, &invited.secret).await.unwrap();
    let stranger = Person { token: "never".to_owned(), ..vi.clone() };
    let replaced: Problem = world.get::<()>(&vi, path::WHOAMI).await.unwrap_err();
    assert_eq!(replaced, world.get::<()>(&stranger, path::WHOAMI).await.unwrap_err());
    let users: Vec<User> = world.get(&newer, path::USERS).await.unwrap();
    assert_eq!(users.len(), 2);
}

#[tokio::test]
async fn whoever_is_removed_is_shut_out_at_once_with_token_key_and_invitation() {
    let world = World::start().await;
    let vi = world.person("vi", Role::Viewer, 7).await;
    let invited: fieldpost_common::api::Invited = world.post(&world.ada, &login_string("vi"), &()).await.unwrap();
    let remove = async |name: &str| {
        let sent = world.request(reqwest::Method::DELETE, &path::USER.replace("{user}", name), &world.ada.token).send().await;
        sent.unwrap().status()
    };
    assert_eq!(remove("vi").await, StatusCode::NO_CONTENT);
    assert_eq!(world.get::<()>(&vi, path::WHOAMI).await.unwrap_err().code, Code::Unauthorized);
    assert_eq!(world.log_in(&vi, &invited.secret).await.unwrap_err().code, Code::InvitationSpent);
    let chain: fieldpost_common::api::TrustChain = world.get(&world.ada, path::TRUST).await.unwrap();
    assert!(chain.pending.iter().all(|key| key.user.as_str() != "vi"));
    assert_eq!(remove("vi").await, StatusCode::NOT_FOUND);
    assert_eq!(remove("ada").await, StatusCode::UNPROCESSABLE_ENTITY, "nobody shuts themselves out");
}

#[tokio::test]
async fn a_login_string_works_once_and_again_for_whoever_never_heard_the_answer() {
    let world = World::start().await;
    let new = fieldpost_common::api::NewUser { name: "vi".parse().unwrap(), role: Role::Viewer };
    let invited: fieldpost_common::api::Invited = world.post(&world.ada, path::USERS, &new).await.unwrap();
    let vi = Person { name: "vi", token: "vi".to_owned(), key: SecretKey::from_seed([7; 32]) };
    let first = world.log_in(&vi, &invited.secret).await.unwrap();
    assert_eq!(world.log_in(&vi, &invited.secret).await.unwrap(), first);
    assert_eq!(world.look_in(&vi, &invited.secret).await.unwrap(), first);
    let logins = |rows: Vec<fieldpost_common::api::Activity>| rows.iter().filter(|row| row.who == "user:vi").count();
    assert_eq!(logins(world.get(&world.ada, path::ACTIVITY).await.unwrap()), 1, "it is one login");
    for other in [Person { token: "other".to_owned(), ..vi.clone() }, Person { key: SecretKey::from_seed([8; 32]), ..vi.clone() }]
    {
        for refused in [world.log_in(&other, &invited.secret).await, world.look_in(&other, &invited.secret).await] {
            let problem = refused.unwrap_err();
            assert_eq!(problem.code, Code::InvitationSpent);
            let words = problem.detail;
            assert!(words.contains("from 127.0.0.1") && words.contains(&vi.key.public().fingerprint()), "{words}");
        }
    }
    let guess = world.log_in(&vi, "a guess").await.unwrap_err().detail;
    assert!(!guess.contains("127.0.0.1"), "whoever has no secret learns nothing: {guess}");
    world.get::<serde_json::Value>(&vi, path::WHOAMI).await.expect("the first login still counts");
}

#[tokio::test]
async fn a_key_is_pending_until_the_trust_document_names_it() {
    let world = World::start().await;
    world.person("eve", Role::Developer, 9).await;
    let pending =
        |chain: fieldpost_common::api::TrustChain| chain.pending.into_iter().map(|key| key.user.to_string()).collect::<Vec<_>>();
    assert_eq!(pending(world.get(&world.ada, path::TRUST).await.unwrap()), ["eve"]);
    world.developer("bn", 3).await;
    assert_eq!(pending(world.get(&world.ada, path::TRUST).await.unwrap()), ["eve"]);
}

#[tokio::test]
async fn a_trust_document_signed_by_anyone_but_the_root_is_refused() {
    let world = World::start().await;
    let chain: fieldpost_common::api::TrustChain = world.get(&world.ada, path::TRUST).await.unwrap();
    let mut next: fieldpost_common::trust::Trust = serde_json::from_slice(&chain.versions[0].by.bytes).unwrap();
    next.version = 2;
    let problem = world.put(&world.ada, path::TRUST, &next.sign(&world.ada.key)).await.unwrap_err();
    assert_eq!(problem.code, Code::Refused);
}

#[tokio::test]
async fn bodies_that_make_no_sense_get_a_problem_document_that_names_the_place() {
    let world = World::start().await;
    let problem =
        world.post::<()>(&world.ada, path::APPS, &serde_json::json!({"name": "../x", "versions": ["1"]})).await.unwrap_err();
    assert_eq!(problem.code, Code::Invalid);
    assert!(problem.detail.contains("../x"), "{problem}");
    let problem = world.get::<()>(&world.ada, "/api/v1/nothing").await.unwrap_err();
    assert_eq!(problem.code, Code::NotFound);
}

#[tokio::test]
async fn a_person_whose_role_becomes_smaller_has_it_at_once_and_nobody_changes_their_own() {
    let world = World::start().await;
    let bn = world.developer("bn", 3).await;
    world.upload(&bn, "one").await;
    let role = fieldpost_common::api::NewRole { role: Role::Viewer };
    let user = |name: &str| path::USER.replace("{user}", name);
    world.put(&world.ada, &user("bn"), &role).await.unwrap();
    assert_eq!(world.put(&world.ada, &user("ada"), &role).await.unwrap_err().code, Code::Invalid);
    assert_eq!(world.put(&world.ada, &user("cy"), &role).await.unwrap_err().code, Code::NotFound);
    let again = world.request(reqwest::Method::PUT, &filled(path::CONTENT), &bn.token).body("x").send().await.unwrap();
    assert_eq!(again.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn to_invite_somebody_who_is_there_says_so_and_changes_nothing() {
    let world = World::start().await;
    world.developer("bn", 3).await;
    let new = fieldpost_common::api::NewUser { name: "bn".parse().unwrap(), role: Role::Admin };
    let problem = world.post::<()>(&world.ada, path::USERS, &new).await.unwrap_err();
    assert_eq!(problem.code, Code::Exists);
    assert!(problem.cure.unwrap().contains("fieldpost user role"));
    let users: Vec<User> = world.get(&world.ada, path::USERS).await.unwrap();
    assert_eq!(users.iter().find(|user| user.name.as_str() == "bn").unwrap().role, Role::Developer);
}

#[tokio::test]
async fn whoever_owns_the_machine_lets_an_admin_in_and_changes_the_address_while_the_server_runs() {
    let world = World::start().await;
    let data = world.folder.path().join("data");
    let before: fieldpost_common::api::Whoami = world.get(&world.ada, path::WHOAMI).await.unwrap();
    assert_eq!(crate::set_url(&data, "https://new.example/post/").unwrap(), before.url);
    let after: fieldpost_common::api::Whoami = world.get(&world.ada, path::WHOAMI).await.unwrap();
    assert_eq!(after.url, "https://new.example/post");
    for bad in ["new.example", "https://", "https:///x", "http://a b", "https://u@h", "ftp://h"] {
        crate::set_url(&data, bad).expect_err(bad);
    }
    let string = crate::login_string(&data, &"ada".parse().unwrap(), None).unwrap();
    assert_eq!(
        (string.role, string.invitation.root, string.invitation.url.as_str()),
        (Role::Admin, None, "https://new.example/post")
    );
    let again = Person { token: "again".to_owned(), ..world.ada.clone() };
    let (secret, look) = (string.invitation.secret.as_str(), world.look_in(&again, &string.invitation.secret).await.unwrap());
    assert!(!look.trust.is_empty(), "the root key can be compared before the string is spent");
    world.log_in(&again, secret).await.unwrap();
    let other = Person { token: "other".to_owned(), ..world.ada.clone() };
    assert_eq!(world.log_in(&other, secret).await.unwrap_err().code, Code::InvitationSpent);
    let nobody = crate::login_string(&data, &"zoe".parse().unwrap(), None).unwrap_err().to_string();
    assert!(nobody.contains("there are: ada") && nobody.contains("--role admin"), "{nobody}");
    crate::login_string(&data, &"zoe".parse().unwrap(), Some(Role::Admin)).unwrap();
    let rows: Vec<fieldpost_common::api::Activity> = world.get(&again, path::ACTIVITY).await.unwrap();
    let told: Vec<_> = rows.iter().map(|row| row.what.as_str()).collect();
    assert!(told.contains(&"url_set") && told.contains(&"login_string_made"), "{told:?}");
    assert_eq!(crate::check(&data).unwrap().audit.broken_at, None);
}
