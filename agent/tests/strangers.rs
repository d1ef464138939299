//! What the agent makes of answers: ours, a portal's, a proxy's, cut, corrupted, too long.

use fieldpost_agent::config::Config;
use fieldpost_agent::fetch::{Downloads, NotFetched};
use fieldpost_agent::server::{PollAnswer, PollAsk, Server};
use fieldpost_agent::token::Token;
use fieldpost_agent::trouble::Trouble;
use fieldpost_common::hash::ContentHash;
use fieldpost_common::problem::Code;
use fieldpost_common::time::Timestamp;
use fieldpost_common::wire::checksum::{CONTENT_DIGEST, answer_checksum, content_digest, request_checksum};
use fieldpost_common::wire::{Batch, header};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Once;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Answers one connection after the other with the given bytes, and tells what was asked.
fn answering(answers: Vec<Vec<u8>>) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (asked, heard) = channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = listener.accept().expect("a connection");
            let (mut request, mut byte) = (Vec::new(), [0]);
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                request.push(byte[0]);
            }
            // The test may have ended by now.
            let _ = asked.send(String::from_utf8_lossy(&request).into_owned());
            let _ = stream.write_all(&answer);
        }
    });
    (address, heard)
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\n{headers}\r\n");
    [head.as_bytes(), body].concat()
}

fn ours(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    answer(status, &format!("fieldpost-server: 1\r\n{headers}"), body)
}

/// Answers each connection as the server does, with a checksum that fits to what was asked; `damage` is what happens to the bytes on the way.
fn sealing(body: Vec<u8>, count: usize, damage: impl Fn(usize, &mut Vec<u8>) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for number in 0..count {
            let (mut stream, _) = listener.accept().expect("a connection");
            let (mut request, mut byte) = (Vec::new(), [0]);
            while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                request.push(byte[0]);
            }
            let mut answer = sealed(&String::from_utf8_lossy(&request), &body);
            damage(number, &mut answer);
            // Whoever asked may have gone by now.
            let _ = stream.write_all(&answer);
        }
    });
    address
}

fn sealed(request: &str, body: &[u8]) -> Vec<u8> {
    let mut lines = request.lines();
    let mut first = lines.next().expect("a request line").split(' ');
    let (method, path) = (first.next().expect("a method"), first.next().expect("a path"));
    let fields: Vec<_> = lines.filter_map(|line| line.split_once(": ")).collect();
    let request = request_checksum(method, path, fields.iter().map(|(name, value)| (*name, value.as_bytes())));
    let digest = content_digest(body);
    let tag = "\"0123456789abcdef0123456789abcdef.1007\"";
    let ours: [(&str, &[u8]); 2] = [(CONTENT_DIGEST, digest.as_bytes()), (header::BATCH, tag.as_bytes())];
    let checksum = answer_checksum(&request, 200, ours.into_iter());
    let head =
        format!("{CONTENT_DIGEST}: {digest}\r\n{}: {tag}\r\netag: {tag}\r\n{}: {checksum}\r\n", header::BATCH, header::CHECKSUM);
    self::ours("200 OK", &format!("{head}content-length: {}\r\n", body.len()), body)
}

fn a_batch() -> Batch {
    let order = serde_json::json!({
        "bytes": "eyJhY3Rpb24iOnsicHV0Ijp7InNoYTI1NiI6IjI3Y2E2NGMwOTJhOTU5YzdlZGM1MjVlZDQ1ZTg0NWIxZGU2YTc1OTBkMTczZmQyZmFkOTEzM2M4YTc3OWExZTMi",
        "key": "0123456789abcdef0123456789abcdef",
        "sig": format!("{}==", "A".repeat(86)),
    });
    let batch = serde_json::json!({
        "generation": "0123456789abcdef0123456789abcdef",
        "trust": [],
        "orders": [order],
        "wanted": [ContentHash::of(b"x")],
        "commands": [],
        "inventory_wanted": true,
    });
    serde_json::from_value(batch).expect("a batch")
}

#[test]
fn a_batch_with_any_byte_flipped_on_its_way_is_taken_as_it_was_sent_or_not_at_all() {
    let body = serde_json::to_vec(&a_batch()).expect("json");
    let size = ours("200 OK", "", &body).len() + 400;
    let address = sealing(body, 2 * size + 1, move |number, answer| {
        let at = number / 2;
        if at < answer.len() && number < 2 * size {
            answer[at] ^= if number % 2 == 0 { 1 } else { 0x20 };
        }
    });
    let server = server(address);
    let mut refused = 0;
    for number in 0..2 * size {
        match polled(&server) {
            Ok(answer) => assert_eq!(answer.news.expect("news").1, a_batch(), "flip {number}"),
            Err(trouble) => {
                refused += 1;
                assert!(!trouble.is_refusal(), "flip {number}: {trouble}");
            }
        }
    }
    assert!(refused > size, "{refused} of {}", 2 * size);
    let (tag, batch) = polled(&server).expect("whole").news.expect("news");
    assert_eq!((tag.as_deref(), batch), (Some("\"0123456789abcdef0123456789abcdef.1007\""), a_batch()));
}

#[test]
fn an_answer_to_another_question_is_damaged_whatever_it_says() {
    let address = sealing(serde_json::to_vec(&a_batch()).expect("json"), 1, |_, answer| {
        let text = String::from_utf8_lossy(answer).into_owned();
        let other =
            sealed("GET /agent/v1/poll HTTP/1.1\r\nfieldpost-poll: 99\r\n\r\n", &serde_json::to_vec(&a_batch()).expect("json"));
        assert_ne!(text.as_bytes(), other);
        *answer = other;
    });
    assert!(matches!(polled(&server(address)), Err(Trouble::Damaged { .. })));
}

fn server_with(address: SocketAddr, token: Token) -> Server {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::ring::default_provider().install_default().expect("the first"));
    let config = format!(
        "server = \"http://{address}\"\nsite = \"acme\"\nstate_dir = \"/nowhere\"\n\
         [[app]]\nname = \"trading\"\nversion = \"7.7\"\npatches = \"/nowhere/patches\"\n"
    );
    Server::new(&Config::parse(&config, Path::new("acme.toml")).expect("config"), token).expect("client")
}

fn server(address: SocketAddr) -> Server {
    server_with(address, Token::make())
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime").block_on(work)
}

fn poll(server: &Server) -> Result<(), Trouble> {
    polled(server).map(|_| ())
}

fn polled(server: &Server) -> Result<PollAnswer, Trouble> {
    let digest = ContentHash::of(b"");
    let ask = PollAsk { number: 1, wait: Duration::ZERO, etag: None, digest, trust: 0 };
    let boot = fieldpost_common::id::hex32([1; 16]).parse().expect("boot id");
    block_on(server.poll(&ask, &boot, Timestamp::from_ms(0))).map(|(answer, _)| answer)
}

#[test]
fn an_answer_that_is_not_ours_is_named_for_what_it_is() {
    for (given, words) in [
        (answer("200 OK", "content-type: text/html\r\n", b"<html>welcome</html>"), "a page (200 OK, text/html)"),
        (answer("502 Bad Gateway", "content-type: text/html\r\n", b"<h1>502</h1>"), "an error page (502 Bad Gateway, text/html)"),
        (answer("407 Proxy Authentication Required", "", b""), "the proxy wants a login (407)"),
        (answer("304 Not Modified", "", b""), "304"),
    ] {
        let (address, _heard) = answering(vec![given]);
        let trouble = poll(&server(address)).expect_err("not ours");
        assert!(matches!(trouble, Trouble::NotOurs { .. }), "{trouble:?}");
        assert!(trouble.to_string().contains(words), "{trouble}");
    }
}

#[test]
fn a_redirect_is_never_followed_and_the_token_goes_nowhere_else() {
    let (elsewhere, heard) = answering(vec![answer("200 OK", "", b"")]);
    let (address, _) = answering(vec![answer("302 Found", &format!("location: http://{elsewhere}/login\r\n"), b"")]);
    let trouble = poll(&server(address)).expect_err("not ours").to_string();
    assert!(trouble.contains("a redirect") && trouble.contains(&elsewhere.to_string()), "{trouble}");
    assert!(heard.try_recv().is_err(), "nobody asked there");
}

#[test]
fn an_escape_sequence_in_a_strangers_header_is_shown_and_not_obeyed() {
    let (address, _heard) = answering(vec![answer("302 Found", "location: http://x/\x1b]0;owned\x07\r\n", b"")]);
    let trouble = poll(&server(address)).expect_err("not ours").to_string();
    assert!(!trouble.contains('\x1b'), "{trouble:?}");
}

#[test]
fn a_problem_of_the_servers_is_told_in_its_words_with_its_wish_to_be_left_alone() {
    let body = br#"{"code":"too_many","status":429,"detail":"too many requests","cure":"wait"}"#;
    let (address, _heard) = answering(vec![ours("429 Too Many Requests", "retry-after: 120\r\n", body)]);
    let trouble = poll(&server(address)).expect_err("a problem");
    assert_eq!((trouble.code(), trouble.retry_after()), (Some(Code::TooMany), Some(Duration::from_mins(2))));
    assert!(trouble.to_string().contains("too many requests"));
}

#[test]
fn a_refused_connection_is_told_from_one_that_broke() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    assert!(matches!(poll(&server(free)), Err(Trouble::Unreachable { .. })));
    let (address, _heard) = answering(vec![Vec::new()]);
    assert!(matches!(poll(&server(address)), Err(Trouble::Lost { .. })));
}

#[test]
fn an_answer_cut_at_any_byte_is_trouble_and_never_a_batch() {
    let generation = "1".repeat(32);
    let body = format!("{{\"generation\":\"{generation}\",\"trust\":[],\"orders\":[],\"wanted\":[],\"inventory_wanted\":false}}");
    let whole = ours("200 OK", &format!("content-length: {}\r\n", body.len()), body.as_bytes());
    let cuts: Vec<_> = (0..whole.len()).map(|end| whole[..end].to_vec()).chain([whole.clone()]).collect();
    let (address, _heard) = answering(cuts);
    let server = server(address);
    for end in 0..whole.len() {
        poll(&server).expect_err(&format!("cut at {end}"));
    }
    poll(&server).expect("the whole one");
}

#[test]
fn the_token_stands_in_no_error() {
    let token = Token::make();
    let (address, heard) = answering(vec![answer("500 Oops", "", b"")]);
    let trouble = poll(&server_with(address, token.clone())).expect_err("not ours");
    assert!(heard.recv().expect("asked").contains(token.expose()), "it was sent");
    assert!(!format!("{trouble} {trouble:?}").contains(token.expose()));
}

/// How each try ended, what was asked, and what there is in the end.
type Fetched = (Vec<Result<(), NotFetched>>, Vec<String>, Option<Vec<u8>>);

fn fetched(answers: Vec<Vec<u8>>, already: &[u8], content: &[u8]) -> Fetched {
    let dir = tempfile::tempdir().expect("directory");
    let downloads = Downloads::open(dir.path().to_owned()).expect("opened");
    let (sha256, size) = (ContentHash::of(content), content.len() as u64);
    if !already.is_empty() {
        std::fs::write(dir.path().join(format!("{sha256}.part")), already).expect("written");
    }
    let tries = answers.len();
    let (address, heard) = answering(answers);
    let server = server(address);
    let ends = (0..tries).map(|_| block_on(downloads.fetch(&server, sha256, size))).collect();
    (ends, heard.try_iter().collect(), std::fs::read(downloads.path(&sha256)).ok())
}

#[test]
fn a_download_that_broke_off_is_resumed_where_it_was() {
    let content = b"0123456789";
    let first = ours("200 OK", "content-length: 10\r\n", b"0123");
    let rest = ours("206 Partial Content", "content-range: bytes 4-9/10\r\ncontent-length: 6\r\n", b"456789");
    let (ends, asked, got) = fetched(vec![first, rest], b"", content);
    assert!(matches!(&ends[..], [Err(NotFetched::Later(_)), Ok(())]), "{ends:?}");
    assert!(asked[1].contains("range: bytes=4-\r\n"), "{}", asked[1]);
    assert_eq!(got.as_deref(), Some(&content[..]));
}

#[test]
fn a_server_that_can_not_resume_gives_the_whole_again() {
    let content = b"0123456789";
    let whole = ours("200 OK", "content-length: 10\r\n", content);
    let (ends, _, got) = fetched(vec![whole], b"0123", content);
    assert_eq!(ends, [Ok(())]);
    assert_eq!(got.as_deref(), Some(&content[..]));
}

#[test]
fn not_a_byte_more_than_signed_is_kept() {
    let endless = ours("200 OK", "", &vec![b'x'; 100_000]);
    let (ends, _, got) = fetched(vec![endless], b"", b"0123456789");
    assert_eq!(ends, [Err(NotFetched::Corrupt)]);
    assert_eq!(got, None);
}

#[test]
fn a_flipped_byte_is_noticed_thrown_away_and_asked_for_anew() {
    let content = b"0123456789";
    let flipped = ours("200 OK", "content-length: 10\r\n", b"0123456780");
    let whole = ours("200 OK", "content-length: 10\r\n", content);
    let (ends, asked, got) = fetched(vec![flipped, whole], b"", content);
    assert_eq!(ends, [Err(NotFetched::Corrupt), Ok(())]);
    assert!(!asked[1].contains("range:"));
    assert_eq!(got.as_deref(), Some(&content[..]));
}
