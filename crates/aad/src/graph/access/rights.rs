//! Rights: how far somebody reaches into each part of the directory.

use model::User;
use serde_json::json;

/// A part of the directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) enum Area {
    /// Applications and service principals.
    Applications,
    /// People.
    Users,
    /// Groups.
    Groups,
    /// Who is in groups.
    Members,
    /// Grants of delegated permissions.
    Grants,
    /// App roles that are assigned.
    AppRoles,
    /// Directory roles.
    Roles,
    /// The tenant and its domains.
    Tenant,
    /// What people prove themselves by.
    Passwords,
    /// Whatever the body says: the route itself looks at who may that.
    ByBody,
}

/// The parts, in the order in which [`Rights`] has them.
pub(super) const AREAS: [Area; 9] = [
    Area::Applications,
    Area::Users,
    Area::Groups,
    Area::Members,
    Area::Grants,
    Area::AppRoles,
    Area::Roles,
    Area::Tenant,
    Area::Passwords,
];

/// How far somebody reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(in super::super) enum Reach {
    /// To nothing.
    #[default]
    None,
    /// To oneself and what one owns; making something includes owning it.
    Own,
    /// To everything.
    All,
}

/// Reading and writing, for each of [`AREAS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in super::super) struct Rights([(Reach, Reach); AREAS.len()]);

impl Rights {
    /// To read everything.
    pub(in super::super) const READ: Self = Self([(Reach::All, Reach::None); AREAS.len()]);
    /// Everything.
    pub(in super::super) const ALL: Self = Self([(Reach::All, Reach::All); AREAS.len()]);

    /// These rights, and `reads` and `writes` in `areas`.
    #[must_use]
    pub(in super::super) const fn and(mut self, areas: &[Area], reads: Reach, writes: Reach) -> Self {
        let mut n = 0;
        while n < areas.len() {
            self.0[areas[n] as usize] = (reads, writes);
            n += 1;
        }
        self
    }

    /// No right but `reads` and `writes` in `areas`.
    pub(in super::super) const fn only(areas: &[Area], reads: Reach, writes: Reach) -> Self {
        Self([(Reach::None, Reach::None); AREAS.len()]).and(areas, reads, writes)
    }

    /// What any of these allow.
    pub(in super::super) fn union(all: impl Iterator<Item = Self>) -> Self {
        all.fold(Self::default(), Self::or)
    }

    /// What one or the other allows.
    pub(in super::super) fn or(self, other: Self) -> Self {
        self.zip(other, Reach::max)
    }

    /// What both allow.
    pub(in super::super) fn within(self, other: Self) -> Self {
        self.zip(other, Reach::min)
    }

    fn zip(self, other: Self, pick: fn(Reach, Reach) -> Reach) -> Self {
        let mut n = 0;
        Self(self.0.map(|(reads, writes)| {
            let (other_reads, other_writes) = other.0[n];
            n += 1;
            (pick(reads, other_reads), pick(writes, other_writes))
        }))
    }

    /// How far they reach into `area`.
    pub(in super::super) fn reach(self, area: Area, writes: bool) -> Reach {
        // The route decides: here everybody passes.
        let Some((reading, writing)) = self.0.get(area as usize).copied() else { return Reach::All };
        if writes { writing } else { reading }
    }
}

/// What a person may without any role. Members read the directory, register applications, make groups, and change what is
/// theirs, who is in their groups that hold roles included; guests know themselves.
pub(super) fn of_person(user: &User) -> Rights {
    const THEMSELVES: &[Area] = &[Area::Users, Area::Passwords];
    const OWNED: &[Area] = &[Area::Applications, Area::Groups, Area::Members, Area::Roles];
    if user.other.get("userType") == Some(&json!("Guest")) {
        Rights::only(THEMSELVES, Reach::Own, Reach::Own)
    } else {
        Rights::READ.and(THEMSELVES, Reach::All, Reach::Own).and(OWNED, Reach::All, Reach::Own)
    }
}
