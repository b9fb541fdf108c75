//! Making worlds and questions up, out of bytes.

use super::condition::{Given, Tree};
use super::draw::Draw;
use super::naive::REFERRED_TO;
use super::patterns::{action, filled, pattern};
use super::scopes::{nearby, parents, scope};
use super::world::{Assignment, Block, Deny, EVERYONE, Question, Role, World, Written};

/// Bytes for each part of a world and for each question: taking some away takes an assignment away and leaves the
/// others as they are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seeds {
    pub(crate) tree: Vec<u8>,
    /// Direct members.
    pub(crate) groups: Vec<Vec<u8>>,
    pub(crate) roles: Vec<Vec<u8>>,
    pub(crate) assignments: Vec<Vec<u8>>,
    pub(crate) denies: Vec<Vec<u8>>,
    pub(crate) questions: Vec<Vec<u8>>,
}

const USERS: [&str; 4] = ["u0", "u1", "u2", "0A0b0c0d-1111-4222-8333-444455556666"];
const GROUPS: [&str; 5] = ["g0", "g1", "g2", "g3", "0a0b0c0d-1111-4222-8333-44445555666F"];
/// Of the roles that a world may have, the last is none of its own.
const ROLES: [&str; 6] = ["c0", "c1", "c2", "c3", "0a0b0c0d-aaaa-4bbb-8ccc-ddddeeeeffff", "nobody"];

fn draws(seeds: &[Vec<u8>]) -> impl Iterator<Item = Draw<'_>> {
    seeds.iter().map(|seed| Draw::new(seed))
}

impl Seeds {
    pub(crate) fn grow(&self) -> (World, Vec<Question>) {
        let mut tree = Draw::new(&self.tree);
        // In some worlds one principal holds everything.
        let holder = tree.once_in(4).then(|| principal(&mut tree));
        let mut world = World { parents: parents(&mut tree), ..World::default() };
        for (group, mut draw) in GROUPS.iter().zip(draws(&self.groups)) {
            world.groups.push((draw.spelt(group), draw.several(0, 3, principal)));
        }
        for (id, mut draw) in ROLES.iter().zip(draws(&self.roles)) {
            world.roles.push(Role { id: draw.spelt(id), blocks: draw.several(0, 3, block) });
        }
        for (number, mut draw) in draws(&self.assignments).enumerate() {
            world.assignments.push(assignment(format!("ra{number}"), holder.clone(), &mut draw));
        }
        for (number, mut draw) in draws(&self.denies).enumerate() {
            world.denies.push(deny(format!("da{number}"), &mut draw));
        }
        let questions = draws(&self.questions).map(|mut draw| question(&world, &mut draw)).collect();
        (world, questions)
    }
}

fn principal(draw: &mut Draw<'_>) -> String {
    let id = if draw.once_in(3) { draw.one_of(&GROUPS) } else { draw.one_of(&USERS) };
    draw.spelt(id)
}

fn block(draw: &mut Draw<'_>) -> Block {
    let mut block = Block { condition: condition(draw, 3), ..Block::default() };
    let (listed, taken_out) = (draw.several(1, 4, pattern), draw.several(0, 2, pattern));
    match draw.below(4) {
        0 => (block.data_actions, block.not_data_actions) = (listed, taken_out),
        1 => (block.actions, block.data_actions) = (listed, taken_out),
        _ => (block.actions, block.not_actions) = (listed, taken_out),
    }
    block
}

fn condition(draw: &mut Draw<'_>, once_in: usize) -> Option<Written> {
    draw.once_in(once_in).then(|| match draw.once_in(16) {
        true => Written::Nonsense,
        false => Written::Condition(Tree::grow(draw)),
    })
}

fn assignment(id: String, holder: Option<String>, draw: &mut Draw<'_>) -> Assignment {
    let own = principal(draw);
    let role = if draw.once_in(4) { draw.one_of(&REFERRED_TO) } else { draw.one_of(&ROLES) };
    let role = draw.spelt(role);
    Assignment {
        id,
        principal: holder.unwrap_or(own),
        role: match draw.once_in(4) {
            true => format!("/subscriptions/s1/providers/Microsoft.Authorization/roleDefinitions/{role}"),
            false => role,
        },
        scope: scope(draw, 0),
        condition: condition(draw, 3),
    }
}

fn deny(id: String, draw: &mut Draw<'_>) -> Deny {
    let everyone = draw.once_in(2).then(|| EVERYONE.to_owned());
    Deny {
        id,
        scope: scope(draw, 0),
        principals: everyone.into_iter().chain(draw.several(0, 2, principal)).collect(),
        excluded: draw.several(0, 2, principal),
        own_scope_only: draw.once_in(4),
        audits: draw.once_in(6),
        blocks: draw.several(0, 2, block),
    }
}

/// Half of the questions are about something that the world speaks of.
fn question(world: &World, draw: &mut Draw<'_>) -> Question {
    let blocks = world.roles.iter().flat_map(|role| &role.blocks).chain(world.denies.iter().flat_map(|d| &d.blocks));
    let patterns: Vec<&str> = blocks
        .flat_map(|b| [&b.actions, &b.not_actions, &b.data_actions, &b.not_data_actions])
        .flatten()
        .map(String::as_str)
        .collect();
    let places: Vec<&str> =
        world.assignments.iter().map(|a| &*a.scope).chain(world.denies.iter().map(|d| &*d.scope)).collect();
    Question {
        principal: principal(draw),
        action: match draw.once_in(2) && !patterns.is_empty() {
            true => filled(draw.one_of(&patterns), draw),
            false => action(draw),
        },
        is_data: draw.once_in(3),
        scope: match draw.once_in(2) && !places.is_empty() {
            true => nearby(draw.one_of(&places), draw),
            false => scope(draw, 1),
        },
        sub_operation: draw.one_of(&[None, None, Some("Blob.List"), Some("blob.WRITE"), Some("")]),
        attributes: Given::several(draw),
    }
}
