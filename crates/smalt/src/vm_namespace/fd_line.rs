//! One line of text with file descriptors attached, over a Unix stream socket (SCM_RIGHTS).
//!
//! rustix and not nix: it owns each descriptor from the moment the kernel installs it, also when the message was cut
//! short because the process ran out of descriptors, so that nothing a peer sends can leak.

use std::io::{self, IoSlice, IoSliceMut, Write as _};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, ReturnFlags, SendAncillaryBuffer, SendAncillaryMessage,
    SendFlags, recvmsg, sendmsg,
};

/// As many descriptors as a line may carry. The kernel allows 253 in each of its messages.
pub(super) const MAX_FDS: usize = 64;

#[cfg(target_os = "linux")]
const CLOSE_ON_EXEC: RecvFlags = RecvFlags::CMSG_CLOEXEC;
#[cfg(not(target_os = "linux"))]
const CLOSE_ON_EXEC: RecvFlags = RecvFlags::empty();

/// A line on its way in.
#[derive(Debug)]
pub(super) struct FdLine {
    /// The text without its newline, once [`receive`](Self::receive) has said `true`.
    pub(super) text: Vec<u8>,
    /// What came with it, in order.
    pub(super) fds: Vec<OwnedFd>,
    max_bytes: usize,
}

impl FdLine {
    /// Nothing yet, and no more than `max_bytes` ever.
    pub(super) fn up_to(max_bytes: usize) -> Self {
        Self { text: Vec::new(), fds: Vec::new(), max_bytes }
    }

    /// One read; `true` when the line is complete. Errors: the peer has gone (`UnexpectedEof`), the line is too long or
    /// is followed by another, or carries too much (`InvalidData`), and whatever `recvmsg` says, `WouldBlock` included.
    pub(super) fn receive(&mut self, socket: impl AsFd) -> io::Result<bool> {
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FDS))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let mut chunk = [0; 16 * 1024];
        let message = recvmsg(socket, &mut [IoSliceMut::new(&mut chunk)], &mut ancillary, CLOSE_ON_EXEC)?;
        for attached in ancillary.drain() {
            if let RecvAncillaryMessage::ScmRights(fds) = attached {
                self.fds.extend(fds);
            }
        }
        if message.flags.contains(ReturnFlags::CTRUNC) || self.fds.len() > MAX_FDS {
            return Err(invalid("too many descriptors"));
        }
        if message.bytes == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.text.extend_from_slice(&chunk[..message.bytes]);
        if self.text.len() > self.max_bytes {
            return Err(invalid("the line is too long"));
        }
        match self.text.iter().position(|&byte| byte == b'\n') {
            None => Ok(false),
            Some(end) if end + 1 == self.text.len() => {
                self.text.pop();
                Ok(true)
            }
            Some(_) => Err(invalid("more than one line")),
        }
    }
}

/// Sends `text`, which must not contain a newline, as a line with `fds` attached to its first bytes. A peer
/// that has gone is an error and no signal, since every Rust program ignores SIGPIPE.
#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only `vm exec` sends, and only Linux has that"))]
pub(super) fn send(mut socket: &UnixStream, mut text: Vec<u8>, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
    text.push(b'\n');
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FDS))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !fds.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(fds)) {
        return Err(invalid("too many descriptors"));
    }
    let sent = sendmsg(socket, &[IoSlice::new(&text)], &mut ancillary, SendFlags::empty())?;
    socket.write_all(&text[sent..])
}

fn invalid(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    fn received(from: &UnixStream, max_bytes: usize) -> io::Result<FdLine> {
        let mut line = FdLine::up_to(max_bytes);
        while !line.receive(from)? {}
        Ok(line)
    }

    #[test]
    fn text_and_descriptors_arrive_together() {
        let (here, there) = UnixStream::pair().unwrap();
        let (mut reader, writer) = io::pipe().unwrap();
        send(&here, b"hello".to_vec(), &[writer.as_fd()]).unwrap();
        drop(writer);
        let line = received(&there, 100).unwrap();
        assert_eq!(line.text, b"hello");
        let [fd] = <[OwnedFd; 1]>::try_from(line.fds).unwrap();
        io::PipeWriter::from(fd).write_all(b"through").unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        assert_eq!(text, "through");
    }

    #[test]
    fn a_line_longer_than_a_read_is_put_together() {
        let (here, there) = UnixStream::pair().unwrap();
        let long = vec![b'x'; 300_000];
        let sent = long.clone();
        let sender = std::thread::spawn(move || send(&here, sent, &[]).unwrap());
        assert_eq!(received(&there, 400_000).unwrap().text, long);
        sender.join().unwrap();
    }

    #[test]
    fn what_is_not_one_short_line_is_refused_and_its_descriptors_closed() {
        let cases: [(&[u8], io::ErrorKind); 4] = [
            (b"", io::ErrorKind::UnexpectedEof),
            (b"half", io::ErrorKind::UnexpectedEof),
            (b"far too long for it", io::ErrorKind::InvalidData),
            (b"two\nlines\n", io::ErrorKind::InvalidData),
        ];
        for (bytes, kind) in cases {
            let (mut here, there) = UnixStream::pair().unwrap();
            let (mut reader, writer) = io::pipe().unwrap();
            if !bytes.is_empty() {
                let fds = [writer.as_fd()];
                let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                let mut ancillary = SendAncillaryBuffer::new(&mut space);
                ancillary.push(SendAncillaryMessage::ScmRights(&fds));
                sendmsg(&here, &[IoSlice::new(bytes)], &mut ancillary, SendFlags::empty()).unwrap();
            }
            here.flush().unwrap();
            drop((here, writer));
            assert_eq!(received(&there, 12).unwrap_err().kind(), kind, "{bytes:?}");
            // The end of the pipe is seen only when no copy of its writing end is left.
            assert_eq!(reader.read(&mut [0]).unwrap(), 0, "{bytes:?}");
        }
    }

    #[test]
    fn more_descriptors_than_allowed_are_refused_and_closed() {
        let (here, there) = UnixStream::pair().unwrap();
        let (mut reader, writer) = io::pipe().unwrap();
        let fds = [writer.as_fd(); MAX_FDS + 1];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MAX_FDS + 1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        assert!(ancillary.push(SendAncillaryMessage::ScmRights(&fds)));
        sendmsg(&here, &[IoSlice::new(b"x\n")], &mut ancillary, SendFlags::empty()).unwrap();
        drop((here, writer));
        assert_eq!(received(&there, 12).unwrap_err().to_string(), "too many descriptors");
        assert_eq!(reader.read(&mut [0]).unwrap(), 0);
    }
}
