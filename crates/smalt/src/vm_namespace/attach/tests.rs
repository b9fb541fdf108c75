//! Conversations with [`serve_attachments`], good and bad.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::Ipv4Addr;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream as Blocking;

use tokio::sync::mpsc;

use super::super::fd_line::send;
use super::*;

struct Server {
    directory: tempfile::TempDir,
    /// A message when a guard is dropped.
    ended: mpsc::UnboundedReceiver<String>,
}

/// Reports its VM when it is dropped.
struct Guard(mpsc::UnboundedSender<String>, Attachment);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.send(std::mem::take(&mut self.1.vm)).unwrap();
    }
}

impl Server {
    fn start() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(directory.path().join("s")).unwrap();
        let (sender, ended) = mpsc::unbounded_channel();
        tokio::spawn(serve_attachments(listener, move |attachment: Attachment| {
            let sender = sender.clone();
            async move {
                if attachment.vm == "nobody" { Err("no such VM".to_owned()) } else { Ok(Guard(sender, attachment)) }
            }
        }));
        Self { directory, ended }
    }

    /// Sends a line from a thread of its own and returns the answer with the still open connection.
    async fn ask(&self, line: &[u8], fds: &[BorrowedFd<'_>]) -> (String, Blocking) {
        let stream = Blocking::connect(self.directory.path().join("s")).unwrap();
        send(&stream, line.to_vec(), fds).unwrap();
        tokio::task::spawn_blocking(move || {
            let mut answer = String::new();
            BufReader::new(&stream).read_line(&mut answer).unwrap();
            (answer, stream)
        })
        .await
        .unwrap()
    }
}

fn listener() -> TcpListener {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()
}

#[tokio::test]
async fn an_attachment_lives_as_long_as_its_connection() {
    let mut server = Server::start();
    let (imds, front, dns) = (listener(), listener(), UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap());
    let request = br#"{"vm":"vm1","sockets":[{"role":"front","port":443},{"role":"imds"},{"role":"dns"}]}"#;
    let (answer, stream) = server.ask(request, &[front.as_fd(), imds.as_fd(), dns.as_fd()]).await;
    assert_eq!(answer, "{\"ok\":true}\n");
    assert!(server.ended.try_recv().is_err());
    drop(stream);
    assert_eq!(server.ended.recv().await.unwrap(), "vm1");
}

#[tokio::test]
async fn sockets_are_sorted_by_role_and_do_not_block() {
    let (imds, front) = (listener(), listener());
    let (at_imds, at_front) = (imds.local_addr().unwrap(), front.local_addr().unwrap());
    let request = Request { vm: "vm1".to_owned(), sockets: vec![Role::Front { port: 8443 }, Role::Imds] };
    let attachment = sort(request, vec![front.into(), imds.into()]).unwrap();
    let imds = attachment.imds.unwrap();
    assert_eq!(imds.local_addr().unwrap(), at_imds);
    assert_eq!(imds.accept().unwrap_err().kind(), io::ErrorKind::WouldBlock);
    let [(8443, front)] = &attachment.fronts[..] else { panic!("{:?}", attachment.fronts) };
    assert_eq!(front.local_addr().unwrap(), at_front);
    assert!(attachment.dns.is_none());
}

#[tokio::test]
async fn refusals_are_sentences_and_the_server_goes_on() {
    let server = Server::start();
    let tcp = listener();
    let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let directory = std::fs::File::open("/").unwrap();
    let (unix, _peer) = Blocking::pair().unwrap();
    let imds = br#"{"vm":"vm1","sockets":[{"role":"imds"}]}"#.as_slice();
    let dns = br#"{"vm":"vm1","sockets":[{"role":"dns"}]}"#.as_slice();
    let cases: [(&[u8], &[BorrowedFd<'_>], &str); 9] = [
        (br#"{"vm":"nobody","sockets":[]}"#, &[], "no such VM"),
        (imds, &[], "1 sockets announced, 0 attached"),
        (imds, &[tcp.as_fd(), tcp.as_fd()], "1 sockets announced, 2 attached"),
        (imds, &[udp.as_fd()], "an attached descriptor is not a TCP listener"),
        (imds, &[directory.as_fd()], "an attached descriptor is not a TCP listener"),
        (imds, &[unix.as_fd()], "an attached descriptor is not a TCP listener"),
        (dns, &[tcp.as_fd()], "an attached descriptor is not a UDP socket"),
        (br#"{"vm":"vm1","sockets":[{"role":"ssh"}]}"#, &[tcp.as_fd()], "not an attachment: unknown variant `ssh`"),
        (b"\xff\0[[[[", &[], "not an attachment: expected value"),
    ];
    for (line, fds, sentence) in cases {
        let (answer, _stream) = server.ask(line, fds).await;
        assert!(answer.starts_with(&format!("{{\"error\":\"{sentence}")), "{answer}");
    }
    let (answer, _stream) = server.ask(&[b'x'; 2 * MAX_REQUEST_BYTES], &[]).await;
    assert_eq!(answer, "{\"error\":\"the line is too long\"}\n");
    assert_eq!(server.ask(imds, &[tcp.as_fd()]).await.0, "{\"ok\":true}\n");
}

#[tokio::test]
async fn a_refused_socket_is_closed() {
    let server = Server::start();
    let (mut reader, writer) = io::pipe().unwrap();
    let (answer, _stream) = server.ask(br#"{"vm":"vm1","sockets":[{"role":"imds"}]}"#, &[writer.as_fd()]).await;
    assert!(answer.contains("error"));
    drop(writer);
    let end = tokio::task::spawn_blocking(move || reader.read(&mut [0]).unwrap()).await.unwrap();
    assert_eq!(end, 0);
}

#[tokio::test]
async fn a_peer_that_leaves_or_stays_silent_hinders_nobody() {
    let server = Server::start();
    let at = server.directory.path().join("s");
    let silent = Blocking::connect(&at).unwrap();
    Blocking::connect(&at).unwrap().write_all(b"{\"vm\":").unwrap();
    assert_eq!(server.ask(br#"{"vm":"vm1","sockets":[]}"#, &[]).await.0, "{\"ok\":true}\n");
    drop(silent);
}
