//! The bodies of requests, read within limits of size and of time.
//!
//! What it is: [`read`], by which every face reads what was sent to it. `axum::body::to_bytes` waits for ever.
//!
//! What it is not: it does not say what a face answers when there is no body, but for the status.
//!
//! How to add the next: another limit is a variant of [`Unread`].

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use thiserror::Error;
use tokio::time::timeout;

/// How long a body may take to come, to its last byte: the network's time, which the simulated clock does not move.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why a body was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unread {
    /// It is longer than it may be.
    #[error("the body is too large")]
    TooLarge,
    /// Its end did not come in time.
    #[error("the body came too late")]
    TooLate,
    /// The connection broke, or its framing is wrong.
    #[error("the body is broken")]
    Broken,
}

impl Unread {
    /// What HTTP says of it (RFC 9110, 15.5).
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooLate => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

/// All of `body`, if it has no more than `most` bytes and comes within half a minute.
///
/// # Errors
/// [`Unread`].
pub async fn read(body: Body, most: usize) -> Result<Bytes, Unread> {
    read_within(body, most, PATIENCE).await
}

async fn read_within(body: Body, most: usize, patience: Duration) -> Result<Bytes, Unread> {
    let read = timeout(patience, Limited::new(body, most).collect()).await.map_err(|_| Unread::TooLate)?;
    let read = read.map_err(|error| if error.is::<LengthLimitError>() { Unread::TooLarge } else { Unread::Broken })?;
    Ok(read.to_bytes())
}

#[cfg(test)]
mod tests {
    use std::io;

    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn a_body_comes_whole_in_time_and_small_or_not_at_all() {
        let endless = || Body::from_stream(stream::pending::<io::Result<Bytes>>());
        let broken = || Body::from_stream(stream::iter([Ok("ab"), Err(io::Error::other("reset"))]));
        for (body, read) in [
            (Body::empty(), Ok("")),
            (Body::from("abc"), Ok("abc")),
            (Body::from("abcd"), Err(Unread::TooLarge)),
            (endless(), Err(Unread::TooLate)),
            (broken(), Err(Unread::Broken)),
        ] {
            assert_eq!(read_within(body, 3, Duration::ZERO).await, read.map(Bytes::from));
        }
    }
}
