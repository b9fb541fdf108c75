//! Names that somebody makes lead here, so that a page of his speaks to this machine: every port refuses them.

use cloud::{Answer, Cloud};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const FOREIGN: [&str; 8] = [
    "evil.example",
    "evil.example:8443",
    "127.0.0.1.nip.io",
    "management.azure.com.evil.example",
    "evil.azure.com",
    "localhost:80@evil.example",
    "management.azure.com:443@evil.example",
    "127.0.0.1:anything",
];

#[tokio::test]
async fn every_port_refuses_foreign_names() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = cloud.make_vm(&group, "vm1").await;
    let faces = cloud.server.cloud.ports.faces();
    for port in [faces.arm, faces.login, faces.graph, faces.vault] {
        let url = format!("https://localhost:{port}/metadata/endpoints?api-version=2022-09-01");
        for host in FOREIGN {
            let answer = Answer::of(cloud.http.get(&url).header("Host", host)).await;
            assert_eq!(answer.status, 421, "{port} {host}: {}", answer.text);
            assert!(
                answer.body["error"].is_object() || answer.body["error_description"].is_string(),
                "{}",
                answer.text
            );
        }
        for host in ["localhost", "127.0.0.1:1", "smalt:8443", "[::1]", "host.docker.internal", "login.windows.net"] {
            let answer = Answer::of(cloud.http.get(&url).header("Host", host)).await;
            assert_ne!(answer.status, 421, "{port} {host}");
        }
    }
    let metadata = format!("http://{}/metadata/versions", cloud.imds_address(&vm));
    for host in FOREIGN {
        let answer = Answer::of(cloud.http.get(&metadata).header("Metadata", "true").header("Host", host)).await;
        assert_eq!(answer.status, 400, "{host}");
    }
}

#[tokio::test]
async fn the_proxy_leads_no_page_to_a_port() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let imds = cloud.imds_address(&cloud.make_vm(&group, "vm1").await);
    let proxy = ("127.0.0.1", cloud.server.cloud.ports.proxy());
    for (request, status) in [
        ("GET /metadata/versions HTTP/1.1\r\nHost: evil.example\r\nMetadata: true\r\n\r\n".to_owned(), 405),
        (format!("GET http://{imds}/metadata/versions HTTP/1.1\r\nHost: {imds}\r\nMetadata: true\r\n\r\n"), 405),
        (format!("CONNECT {imds} HTTP/1.1\r\nHost: {imds}\r\n\r\n"), 403),
        ("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n".to_owned(), 403),
        ("CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: 169.254.169.254\r\n\r\n".to_owned(), 403),
    ] {
        let mut stream = TcpStream::connect(proxy).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut start = [0; 12];
        stream.read_exact(&mut start).await.unwrap();
        assert_eq!(start, *format!("HTTP/1.1 {status}").as_bytes(), "{request}");
    }
}
