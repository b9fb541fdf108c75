//! The CONNECT proxy: whatever is not one of Azure's names.

use cloud::{Answer, Cloud};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use smalt::ports::loopback;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Shape, Table, stored};

/// An HTTP client hides what a proxy answers to CONNECT, so this one writes the request itself.
async fn ask(cloud: &Cloud, request: &str) -> Answer {
    let mut stream = TcpStream::connect(loopback(cloud.server.cloud.ports.proxy())).await.unwrap();
    stream
        .write_all(format!("{request} HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n").as_bytes())
        .await
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: HeaderMap = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse::<HeaderValue>().unwrap()))
        .collect();
    Answer { status, headers, body: serde_json::from_str(body).unwrap_or_default(), text: body.to_owned() }
}

#[tokio::test]
async fn the_authority_s_certificate_is_had_without_tls() {
    let cloud = Cloud::start().await;
    let url = format!("http://{}/pki/ca.cer", loopback(cloud.server.cloud.ports.proxy()));
    let der = reqwest::get(url).await.unwrap().bytes().await.unwrap();
    let (_, own) = tokens::ParsedCertificate::from_text(cloud.server.cloud.authority.certificate()).unwrap();
    assert_eq!(der, own);
    // Of another host it is not ours to give.
    assert_eq!(ask(&cloud, "GET http://example.com/pki/ca.cer").await.status, 405);
}

#[tokio::test]
async fn names_that_are_not_azures() {
    let cloud = Cloud::start().await;
    let before = stored(&cloud).await;
    let mut table = Table::new();
    for request in [
        "GET http://management.azure.com/",
        "GET /",
        "POST http://localhost:1/",
        "FOO http://management.azure.com/",
        "CONNECT example.com:443",
        "CONNECT management.azure.com.example.com:443",
        "CONNECT notvault.azure.net:443",
        "CONNECT management.azure.com:22",
        "CONNECT 169.254.169.254:80",
        "CONNECT localhost:22",
    ] {
        table.note(Shape::Plain, request, &ask(&cloud, request).await);
    }
    assert_eq!(stored(&cloud).await, before, "something was stored");
    insta::assert_snapshot!("proxy", table.text);
}
