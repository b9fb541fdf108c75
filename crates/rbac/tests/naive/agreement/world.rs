//! Worlds and questions as plain data: what both evaluators are asked about.

use super::condition::{Given, Tree};

/// Who, in deny assignments, stands for everyone.
pub(crate) const EVERYONE: &str = "00000000-0000-0000-0000-000000000000";

#[derive(Debug, Default)]
pub(crate) struct World {
    /// Subscriptions and management groups, each with the management group directly above.
    pub(crate) parents: Vec<(String, String)>,
    /// Groups, each with its direct members.
    pub(crate) groups: Vec<(String, Vec<String>)>,
    pub(crate) roles: Vec<Role>,
    pub(crate) assignments: Vec<Assignment>,
    pub(crate) denies: Vec<Deny>,
}

#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) id: String,
    pub(crate) blocks: Vec<Block>,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Block {
    pub(crate) actions: Vec<String>,
    pub(crate) not_actions: Vec<String>,
    pub(crate) data_actions: Vec<String>,
    pub(crate) not_data_actions: Vec<String>,
    pub(crate) condition: Option<Written>,
}

/// A condition as somebody wrote it.
#[derive(Debug, Clone)]
pub(crate) enum Written {
    Condition(Tree),
    /// A text that is none.
    Nonsense,
}

#[derive(Debug)]
pub(crate) struct Assignment {
    pub(crate) id: String,
    pub(crate) principal: String,
    /// The role's id, or a path that ends in it.
    pub(crate) role: String,
    pub(crate) scope: String,
    pub(crate) condition: Option<Written>,
}

#[derive(Debug)]
pub(crate) struct Deny {
    pub(crate) id: String,
    pub(crate) scope: String,
    pub(crate) blocks: Vec<Block>,
    pub(crate) principals: Vec<String>,
    pub(crate) excluded: Vec<String>,
    pub(crate) own_scope_only: bool,
    pub(crate) audits: bool,
}

#[derive(Debug)]
pub(crate) struct Question {
    pub(crate) principal: String,
    pub(crate) action: String,
    pub(crate) is_data: bool,
    pub(crate) scope: String,
    pub(crate) sub_operation: Option<&'static str>,
    pub(crate) attributes: Vec<Given>,
}

impl Written {
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Condition(tree) => tree.write(),
            Self::Nonsense => "@Resource[x] StringSounds 'like'".to_owned(),
        }
    }
}
