//! What the client makes of answers, played by a listener on loopback.

use super::*;
use fieldpost_common::exit;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

/// Asks once who one is; somebody answers with these bytes.
fn answered(answer: &'static str) -> ClientError {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a caller");
        let read = stream.read(&mut [0; 4096]).expect("a request");
        assert!(read > 0);
        stream.write_all(answer.as_bytes()).expect("answered");
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let client = Client::new(&url, Some("token"), None).expect("a client");
    let error = runtime.block_on(client.whoami()).expect_err("no good answer");
    server.join().expect("answered");
    error
}

#[test]
fn a_redirect_a_portal_and_a_proxy_page_are_not_taken_for_the_server() {
    for (answer, word) in [
        ("HTTP/1.1 302 Found\r\nlocation: http://portal.example/\r\ncontent-length: 0\r\n\r\n", "portal.example"),
        ("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\n{}", "text/html"),
        ("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n", "502"),
    ] {
        let error = answered(answer);
        assert_eq!(error.exit_code(), exit::UNREACHABLE);
        let said = error.to_string();
        assert!(said.contains("not fieldpost") && said.contains(word), "{said}");
    }
}

#[test]
fn a_problem_of_the_server_keeps_its_words_and_can_not_move_the_cursor() {
    let error = answered(
        "HTTP/1.1 401 Unauthorized\r\nfieldpost-server: 1\r\nconnection: close\r\n\r\n{\"code\":\"unauthorized\",\"status\":401,\"detail\":\"no \\u001b[2J token\"}",
    );
    assert_eq!(error.exit_code(), exit::NOT_PERMITTED);
    let said = error.to_string();
    assert!(said.contains("\\x1b[2J token") && said.contains("fieldpost login"), "{said}");
}

#[test]
fn a_server_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let error = runtime.block_on(Client::new(&url, None, None).expect("a client").sites()).expect_err("nobody there");
    assert_eq!(error.exit_code(), exit::UNREACHABLE);
    assert!(error.to_string().contains(&url), "{error}");
}
