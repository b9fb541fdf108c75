//! The naive evaluator: RBAC A1 to A7 read from top to bottom, over plain texts, with no index and no cache.

use std::sync::LazyLock;

use super::condition::{Asked, State};
use super::patterns::matches;
use super::scopes::{above, is_same, reaches};
use super::world::{Assignment, Block, Deny, EVERYONE, Question, World, Written};

/// An answer: the word, and the ids of what led to it, in the world's order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Answer {
    pub(crate) decision: String,
    pub(crate) granted_by: Vec<String>,
    pub(crate) denied_by: Vec<String>,
    pub(crate) condition_failed: Vec<String>,
}

/// What an assignment that reaches the place does about a question, whoever asks it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Effect {
    Grants,
    ConditionFails,
    Nothing,
}

pub(crate) fn answer(world: &World, question: &Question) -> Answer {
    let callers = principals(world, &question.principal);
    let denies = world.denies.iter().filter(|deny| denies(deny, world, question, &callers));
    let denied_by: Vec<String> = denies.map(|deny| deny.id.clone()).collect();
    let with = |wanted| {
        let reaching = reaching(world, question, Some(&callers));
        reaching.filter(|a| effect(a, world, question) == wanted).map(|a| a.id.clone()).collect::<Vec<_>>()
    };
    let granted_by = with(Effect::Grants);
    let decision = match (denied_by.is_empty(), granted_by.is_empty()) {
        (false, _) => "Denied",
        (true, false) => "Allowed",
        (true, true) => "NotAllowed",
    };
    Answer { decision: decision.to_owned(), granted_by, denied_by, condition_failed: with(Effect::ConditionFails) }
}

/// The assignments, whoever holds them, that allow what is asked or would, were their conditions satisfied.
pub(crate) fn holders(world: &World, question: &Question) -> Vec<String> {
    let reaching = reaching(world, question, None);
    reaching.filter(|a| effect(a, world, question) != Effect::Nothing).map(|a| a.id.clone()).collect()
}

/// The principal and every group that holds it, through any number of other groups.
pub(crate) fn principals(world: &World, principal: &str) -> Vec<String> {
    let mut found = vec![principal.to_owned()];
    loop {
        let holds_one = |members: &[String]| members.iter().any(|member| is_one_of(member, &found));
        let next = world.groups.iter().find(|(group, members)| holds_one(members) && !is_one_of(group, &found));
        match next {
            Some((group, _)) => found.push(group.clone()),
            None => return found,
        }
    }
}

pub(crate) fn is_one_of(id: &str, among: &[String]) -> bool {
    among.iter().any(|other| other.eq_ignore_ascii_case(id))
}

/// The assignments of these holders, or of anyone, that hold where the question asks.
fn reaching<'w>(
    world: &'w World,
    question: &Question,
    holders: Option<&[String]>,
) -> impl Iterator<Item = &'w Assignment> {
    let above = above(world, &question.scope);
    let held = world.assignments.iter().filter(move |a| holders.is_none_or(|ids| is_one_of(&a.principal, ids)));
    held.filter(move |a| reaches(&a.scope, &question.scope, &above))
}

fn effect(assignment: &Assignment, world: &World, question: &Question) -> Effect {
    let listing: Vec<&Block> =
        role(world, &assignment.role).unwrap_or_default().iter().filter(|block| lists(block, question)).collect();
    let holds = |condition: &Option<Written>| match condition {
        None => true,
        Some(Written::Nonsense) => false,
        Some(Written::Condition(tree)) => tree.state(&asked(question)) == State::True,
    };
    if listing.is_empty() {
        Effect::Nothing
    } else if holds(&assignment.condition) && listing.iter().any(|block| holds(&block.condition)) {
        Effect::Grants
    } else {
        Effect::ConditionFails
    }
}

/// Whether the block lists the action in its plane and does not take it out again.
fn lists(block: &Block, question: &Question) -> bool {
    let (listed, taken_out) = match question.is_data {
        false => (&block.actions, &block.not_actions),
        true => (&block.data_actions, &block.not_data_actions),
    };
    let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, &question.action));
    any(listed) && !any(taken_out)
}

fn asked(question: &Question) -> Asked<'_> {
    Asked { action: &question.action, sub_operation: question.sub_operation, attributes: &question.attributes }
}

/// Only a condition that is plainly not satisfied keeps a denial off: what is open or cannot be read lets nobody in.
fn denies(deny: &Deny, world: &World, question: &Question, callers: &[String]) -> bool {
    let reaches = match deny.own_scope_only {
        true => is_same(&deny.scope, &question.scope),
        false => reaches(&deny.scope, &question.scope, &above(world, &question.scope)),
    };
    let names = |among: &[String]| callers.iter().any(|id| is_one_of(id, among));
    let may_hold = |condition: &Option<Written>| match condition {
        None | Some(Written::Nonsense) => true,
        Some(Written::Condition(tree)) => !matches!(tree.state(&asked(question)), State::False | State::Unsatisfied),
    };
    reaches
        && !deny.audits
        && (is_one_of(EVERYONE, &deny.principals) || names(&deny.principals))
        && !names(&deny.excluded)
        && deny.blocks.iter().any(|block| lists(block, question) && may_hold(&block.condition))
}

/// The blocks of the world's role, or of Azure's, that a path or an id names.
fn role<'w>(world: &'w World, path: &str) -> Option<&'w [Block]> {
    let id = path.rsplit('/').next().unwrap_or_default();
    let own = world.roles.iter().find(|role| role.id.eq_ignore_ascii_case(id)).map(|role| role.blocks.as_slice());
    own.or_else(|| BUILT_IN.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)).map(|(_, blocks)| &**blocks))
}

/// Roles of Azure's without conditions, a few of which worlds refer to.
pub(crate) const REFERRED_TO: [&str; 8] = [
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", // Owner
    "b24988ac-6180-42a0-ab88-20f7382dd24c", // Contributor
    "acdd72a7-3385-48ef-bd42-f606fba81ae7", // Reader
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", // User Access Administrator
    "f1a07417-d97a-45cb-824c-7a7467783830", // Managed Identity Operator
    "21090545-7ca7-4776-b22c-e363652d74d2", // Key Vault Reader
    "4633458b-17de-408a-b874-0445c86b69e6", // Key Vault Secrets User
    "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", // Storage Blob Data Reader
];

static BUILT_IN: LazyLock<Vec<(String, Vec<Block>)>> = LazyLock::new(|| {
    const FIXTURE: &str = include_str!("../../../../../fixtures/builtin-roles.json");
    let roles: Vec<serde_json::Value> = serde_json::from_str(FIXTURE).expect("the fixture is JSON");
    let id = |role: &serde_json::Value| role["id"].as_str().unwrap_or_default().to_owned();
    let referred_to = roles.iter().filter(|role| REFERRED_TO.contains(&id(role).as_str()));
    let texts = |list: &serde_json::Value| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let block = |block: &serde_json::Value| Block {
        actions: texts(&block["actions"]),
        not_actions: texts(&block["notActions"]),
        data_actions: texts(&block["dataActions"]),
        not_data_actions: texts(&block["notDataActions"]),
        condition: block.get("condition").map(|condition| panic!("none of them has a condition: {condition}")),
    };
    let blocks = |role: &serde_json::Value| role["permissions"].as_array().into_iter().flatten().map(block).collect();
    let all: Vec<_> = referred_to.map(|role| (id(role), blocks(role))).collect();
    assert_eq!(all.len(), REFERRED_TO.len());
    all
});
