//! What a path names, and how it may be asked. Doubled slashes and slashes at the end mean nothing: clients send both (IDENTITY-WIRE 2.1).

/// A place below `/metadata`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Route<'p> {
    /// `identity/oauth2/token`.
    Token,
    /// `identity/info`.
    IdentityInfo,
    /// Anything else below `identity`, the probes for later protocols among it.
    UnknownIdentity,
    /// `versions`.
    Versions,
    /// `attested/document`.
    Attested,
    /// `scheduledevents`.
    ScheduledEvents,
    /// `loadbalancer`.
    LoadBalancer,
    /// `instance` with what follows it; of bare `/metadata`, whose only branch it is, nothing is left out.
    Instance(Vec<&'p str>),
    /// Anything else.
    Unknown,
}

impl<'p> Route<'p> {
    /// The place that `path` names, compared as it is written.
    pub(crate) fn of(path: &'p str) -> Self {
        let mut segments = path.split('/').filter(|s| !s.is_empty());
        if segments.next() != Some("metadata") {
            return Self::Unknown;
        }
        match segments.next() {
            Some("identity") => match [segments.next(), segments.next(), segments.next()] {
                [Some("oauth2"), Some("token"), None] => Self::Token,
                [Some("info"), None, None] => Self::IdentityInfo,
                _ => Self::UnknownIdentity,
            },
            Some("versions") if segments.next().is_none() => Self::Versions,
            Some("scheduledevents") if segments.next().is_none() => Self::ScheduledEvents,
            Some("loadbalancer") if segments.next().is_none() => Self::LoadBalancer,
            Some("attested") => match [segments.next(), segments.next()] {
                [Some("document"), None] => Self::Attested,
                _ => Self::Unknown,
            },
            Some("instance") => Self::Instance(std::iter::once("instance").chain(segments).collect()),
            None => Self::Instance(Vec::new()),
            Some(_) => Self::Unknown,
        }
    }

    /// The verbs, as the header `Allow` lists them: only scheduled events are answered to (IDENTITY-WIRE 1.1).
    pub(crate) fn methods(&self) -> &'static str {
        if *self == Self::ScheduledEvents { "GET, POST" } else { "GET" }
    }

    /// Whether errors here have the shape of the identity category.
    pub(crate) fn is_identity(&self) -> bool {
        matches!(self, Self::Token | Self::IdentityInfo | Self::UnknownIdentity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slashes_do_not_matter_and_the_rest_does() {
        for (path, route) in [
            ("/metadata/identity/oauth2/token", Route::Token),
            ("//metadata//identity/oauth2/token/", Route::Token),
            ("/metadata/identity/info/", Route::IdentityInfo),
            ("/metadata/identity", Route::UnknownIdentity),
            ("/metadata/identity/oauth2/token/more", Route::UnknownIdentity),
            ("/metadata/identity/getplatformmetadata", Route::UnknownIdentity),
            ("/metadata/versions", Route::Versions),
            ("/metadata/versions/1", Route::Unknown),
            ("/metadata/", Route::Instance(vec![])),
            ("/metadata/instance", Route::Instance(vec!["instance"])),
            ("/metadata/instance//compute/name/", Route::Instance(vec!["instance", "compute", "name"])),
            ("/metadata/attested//document/", Route::Attested),
            ("/metadata/attested", Route::Unknown),
            ("/metadata/scheduledevents", Route::ScheduledEvents),
            ("/metadata/scheduledevents/1", Route::Unknown),
            ("/metadata/loadbalancer/", Route::LoadBalancer),
            ("/Metadata/instance", Route::Unknown),
            ("/", Route::Unknown),
            ("", Route::Unknown),
        ] {
            assert_eq!(Route::of(path), route, "{path}");
        }
    }
}
