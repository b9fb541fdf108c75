//! What `vm exec` and `serve` say to each other: one line of JSON each way, the sockets attached to the first.
//!
//! ```text
//! → {"vm":"…","sockets":[{"role":"imds"},{"role":"front","port":443},{"role":"dns"}]}   with as many descriptors
//! ← {"ok":true}   or   {"error":"a sentence"}
//! ```
//!
//! The connection then stays open, silent, as long as the command runs; its end takes the sockets away.

use serde::{Deserialize, Serialize};

/// What a handed-over socket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "role", rename_all = "lowercase")]
pub(super) enum Role {
    /// A TCP listener for the VM's metadata service, or another host's token endpoint.
    Imds,
    /// A TCP listener for TLS to the faces.
    Front {
        /// The port on 127.0.0.1 that it listens on, which decides the face when the host name does not.
        port: u16,
    },
    /// A UDP socket for name queries.
    Dns,
}

/// The first line: which VM, and what the attached descriptors are, in their order.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Request {
    pub(super) vm: String,
    pub(super) sockets: Vec<Role>,
}

/// The answer.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Reply {
    Ok(bool),
    Error(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_are_as_documented() {
        let request = Request { vm: "vm1".to_owned(), sockets: vec![Role::Imds, Role::Front { port: 443 }, Role::Dns] };
        let line = serde_json::to_string(&request).unwrap();
        assert_eq!(line, r#"{"vm":"vm1","sockets":[{"role":"imds"},{"role":"front","port":443},{"role":"dns"}]}"#);
        assert_eq!(serde_json::from_str::<Request>(&line).unwrap(), request);
        assert_eq!(serde_json::to_string(&Reply::Ok(true)).unwrap(), r#"{"ok":true}"#);
        assert_eq!(serde_json::from_str::<Reply>(r#"{"error":"no"}"#).unwrap(), Reply::Error("no".to_owned()));
    }
}
