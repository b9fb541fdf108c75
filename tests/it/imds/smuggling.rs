//! Requests that mean one thing to whatever passes them on and another to the metadata service.

use std::net::SocketAddr;

use cloud::Cloud;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// All that is answered to these bytes and to a last request, which is refused and ends the connection.
async fn answers(address: SocketAddr, bytes: &str) -> String {
    const LAST: &[u8] = b"GET /metadata/versions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.unwrap();
    // Whoever has closed by now does not take it any more.
    let _ = stream.write_all(LAST).await;
    let mut read = Vec::new();
    // A connection that is cut off in the middle of what the client sent may end with a reset.
    let _ = stream.read_to_end(&mut read).await;
    String::from_utf8_lossy(&read).into_owned()
}

/// The statuses of some answers.
fn statuses(text: &str) -> Vec<&str> {
    text.split("HTTP/1.1 ").skip(1).map(|answer| answer.get(..3).unwrap_or_default()).collect()
}

#[tokio::test]
async fn nothing_gets_in_beside_the_guard() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = cloud.make_vm(&group, "vm1").await;
    let address = cloud.imds_address(&vm);
    let get = "GET /metadata/versions HTTP/1.1\r\nHost: 169.254.169.254\r\n";
    let inner = "GET /metadata/versions HTTP/1.1\r\nHost: a\r\nMetadata: true\r\n\r\n";
    for (case, bytes, expected) in [
        ("as it should be", format!("{get}Metadata: true\r\n\r\n"), "200"),
        ("a blank before the colon", format!("{get}Metadata : true\r\n\r\n"), "400"),
        ("a folded header", format!("{get}X: a\r\n Metadata: true\r\n\r\n"), "400"),
        ("a bare carriage return", format!("{get}X: a\rMetadata: true\r\n\r\n"), "400"),
        ("a null", format!("{get}Metadata: true\0\r\n\r\n"), "400"),
        ("another value besides", format!("{get}Metadata: false\r\nMetadata: true\r\n\r\n"), "400"),
        ("another value after", format!("{get}Metadata: true\r\nMetadata: false\r\n\r\n"), "400"),
        ("an empty proxy header", format!("{get}Metadata: true\r\nX-Forwarded-For:\r\n\r\n"), "400"),
        ("a proxy header in capitals", format!("{get}Metadata: true\r\nX-FORWARDED-FOR: 1.2.3.4\r\n\r\n"), "400"),
        ("two hosts", format!("{get}Host: evil.example\r\nMetadata: true\r\n\r\n"), "400"),
        (
            "a foreign target",
            "GET http://evil.example/metadata/versions HTTP/1.1\r\nHost: a\r\nMetadata: true\r\n\r\n".to_owned(),
            "400",
        ),
        (
            "a header in the target",
            "GET /metadata/versions?a=%0d%0aMetadata:%20true HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            "400",
        ),
        (
            "a request within a body is no request",
            format!("{get}Content-Length: {}\r\n\r\n{inner}", inner.len()),
            "400",
        ),
        (
            "nor within a chunk",
            format!("{get}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{inner}\r\n0\r\n\r\n", inner.len()),
            "400",
        ),
        (
            "nor where two lengths differ",
            format!("{get}Content-Length: 4\r\nContent-Length: {}\r\n\r\n{inner}", inner.len()),
            "400",
        ),
        (
            "nor behind both lengths",
            format!("{get}Content-Length: {}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", inner.len()),
            "400",
        ),
        ("nor behind an unknown coding", format!("{get}Transfer-Encoding: x\r\n\r\n{inner}"), "400"),
    ] {
        let text = answers(address, &bytes).await;
        let statuses = statuses(&text);
        assert_eq!(statuses.first(), Some(&expected), "{case}: {text}");
        assert!(!statuses[1..].contains(&"200"), "{case}: {text}");
    }
}
