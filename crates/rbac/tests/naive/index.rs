//! The indexes of assignments: kept through any number of changes they find what reading through everything finds, and
//! so do those that are built at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use model::{DenyAssignment, DenyAssignments, Place, RoleAssignment, RoleAssignments, Scope};
use proptest::collection::vec;
use proptest::prelude::*;
use uuid::Uuid;

use crate::agreement::scopes::{above, is_same, reaches};
use crate::agreement::world::{Question, World};
use crate::seeds;

/// What is in the indexes, by name.
type Kept<T> = BTreeMap<Uuid, Arc<T>>;

/// Whether something is taken away, its name, and which of the world's assignments is put under that name if not.
type Change = (bool, u8, prop::sample::Index);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    vec((prop::bool::weighted(0.3), 0..48_u8, any::<prop::sample::Index>()), 0..200)
}

/// Names in order: no list of an index has an order that means anything.
fn names(found: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut names: Vec<Uuid> = found.collect();
    names.sort_unstable();
    names
}

fn assignments<'a>(found: impl IntoIterator<Item = &'a Arc<RoleAssignment>>) -> Vec<Uuid> {
    names(found.into_iter().map(|a| a.name))
}

fn filtered<T>(kept: &Kept<T>, wanted: impl Fn(&T) -> bool) -> Vec<Uuid> {
    names(kept.iter().filter(|(_, row)| wanted(row)).map(|(name, _)| *name))
}

fn is_as_kept(index: &RoleAssignments, kept: &Kept<RoleAssignment>, world: &World, question: &Question) {
    let above = above(world, &question.scope);
    let groups: Vec<Scope> = above.iter().map(|group| Scope::new(group)).collect();
    let scope = Scope::new(&question.scope);
    let place = Place::new(&scope, &groups);
    let is_above = |a: &RoleAssignment| reaches(&a.scope_as_written, &question.scope, &above);
    let is_below = |a: &RoleAssignment| reaches(&question.scope, &a.scope_as_written, &[]);
    let ids: BTreeSet<Uuid> = kept.values().map(|a| a.principal_id).take(3).collect();
    let held = filtered(kept, |a| ids.contains(&a.principal_id) && is_above(a));
    assert_eq!(assignments(index.reaching(&Vec::from_iter(ids.iter().copied()), &place)), held);
    assert_eq!(assignments(index.reaching_anyone(&place)), filtered(kept, is_above));
    assert_eq!(assignments(index.at_or_below(&scope)), filtered(kept, is_below));
    for id in ids {
        assert_eq!(assignments(index.of(id)), filtered(kept, |a| a.principal_id == id));
    }
    assert_eq!((index.len(), index.is_empty()), (kept.len(), kept.is_empty()));
}

proptest! {
    // Each case asks everything of three indexes.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn role_assignments_are_found_as_if_there_were_no_index(seeds in seeds(), changes in changes()) {
        let (world, questions) = seeds.grow();
        prop_assume!(!world.assignments.is_empty());
        let (mut index, mut kept) = (RoleAssignments::default(), Kept::new());
        let mut earlier = (index.clone(), kept.clone());
        for (number, (is_removal, name, which)) in changes.into_iter().enumerate() {
            if number % 50 == 0 {
                earlier = (index.clone(), kept.clone());
            }
            if is_removal {
                let name = Uuid::from_u128(name.into());
                prop_assert_eq!(index.remove(name), kept.remove(&name));
            } else {
                let row = Arc::new(which.get(&world.assignments).row(name.into()));
                kept.insert(row.name, row.clone());
                index.insert(row);
            }
        }
        let built: RoleAssignments = kept.values().cloned().collect();
        for question in &questions {
            is_as_kept(&index, &kept, &world, question);
            is_as_kept(&built, &kept, &world, question);
            is_as_kept(&earlier.0, &earlier.1, &world, question);
        }
        for (name, row) in &kept {
            prop_assert_eq!(index.get(*name), Some(row));
        }
        prop_assert_eq!(assignments(index.iter()), assignments(kept.values()));
    }

    #[test]
    fn deny_assignments_are_found_as_if_there_were_no_index(seeds in seeds(), changes in changes()) {
        let (world, questions) = seeds.grow();
        prop_assume!(!world.denies.is_empty());
        let (mut index, mut kept) = (DenyAssignments::default(), Kept::<DenyAssignment>::new());
        for (is_removal, name, which) in changes {
            if is_removal {
                let name = Uuid::from_u128(name.into());
                prop_assert_eq!(index.remove(name), kept.remove(&name));
            } else {
                let row = Arc::new(which.get(&world.denies).row(name.into()));
                kept.insert(row.name, row.clone());
                index.insert(row);
            }
        }
        for question in &questions {
            let above = above(&world, &question.scope);
            let groups: Vec<Scope> = above.iter().map(|group| Scope::new(group)).collect();
            let scope = Scope::new(&question.scope);
            let expected = filtered(&kept, |deny| match deny.do_not_apply_to_child_scopes {
                true => is_same(&deny.scope_as_written, &question.scope),
                false => reaches(&deny.scope_as_written, &question.scope, &above),
            });
            prop_assert_eq!(names(index.reaching(&Place::new(&scope, &groups)).map(|d| d.name)), expected);
        }
        prop_assert_eq!(names(index.iter().map(|d| d.name)), names(kept.keys().copied()));
    }
}
