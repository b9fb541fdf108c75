//! The bytes of an answer, which the metadata service and the HTTP library below it make together.

use cloud::Cloud;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test]
async fn answers_tell_their_length_and_those_to_head_have_no_body() {
    let cloud = Cloud::start().await;
    let group = cloud.make_group("rg").await;
    let vm = cloud.make_vm(&group, "vm1").await;
    let mut told = String::new();
    for (method, path) in [("GET", "/metadata/identity/info?api-version=2018-02-01"), ("HEAD", "/metadata/versions")] {
        let mut stream = TcpStream::connect(cloud.imds_address(&vm)).await.unwrap();
        let request =
            format!("{method} {path} HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        let names: Vec<&str> = head.lines().skip(1).filter_map(|line| line.split(':').next()).collect();
        told += &format!("{method}: {}\n  {}\n", head.lines().next().unwrap(), names.join(" "));
        told += &format!("  {length} bytes told, {} sent\n", body.len());
    }
    insta::assert_snapshot!(told, @r"
    GET: HTTP/1.1 200 OK
      content-type server date x-ms-request-id connection content-length
      51 bytes told, 51 sent
    HEAD: HTTP/1.1 405 Method Not Allowed
      content-type server date x-ms-request-id allow connection content-length
      30 bytes told, 0 sent
    ");
}
