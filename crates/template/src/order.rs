//! An order in which each comes after what it waits for.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The order that keeps to the given one wherever nothing waits.
///
/// # Errors
/// The position of one that waits for itself, by way of others or not.
pub(crate) fn order(dependencies: &[Vec<usize>]) -> Result<Vec<usize>, usize> {
    let mut waiting: Vec<usize> = dependencies.iter().map(Vec::len).collect();
    let mut dependents = vec![Vec::new(); dependencies.len()];
    for (at, on) in dependencies.iter().enumerate() {
        on.iter().for_each(|on| dependents[*on].push(at));
    }
    let mut ready: BinaryHeap<_> = (0..waiting.len()).filter(|at| waiting[*at] == 0).map(Reverse).collect();
    let mut order = Vec::with_capacity(waiting.len());
    while let Some(Reverse(at)) = ready.pop() {
        order.push(at);
        for dependent in &dependents[at] {
            waiting[*dependent] -= 1;
            if waiting[*dependent] == 0 {
                ready.push(Reverse(*dependent));
            }
        }
    }
    match waiting.iter().position(|n| *n > 0) {
        None => Ok(order),
        Some(stuck) => Err(on_cycle(dependencies, &waiting, stuck)),
    }
}

/// Whoever is stuck waits for another that is stuck: following them ends on a cycle.
fn on_cycle(dependencies: &[Vec<usize>], waiting: &[usize], stuck: usize) -> usize {
    let mut at = stuck;
    for _ in 0..dependencies.len() {
        at = dependencies[at].iter().copied().find(|on| waiting[*on] > 0).unwrap_or(at);
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn independents_keep_their_places() {
        assert_eq!(order(&[vec![], vec![], vec![]]), Ok(vec![0, 1, 2]));
        assert_eq!(order(&[vec![2], vec![], vec![3], vec![]]), Ok(vec![1, 3, 2, 0]));
    }

    #[test]
    fn a_cycle_is_found_not_what_waits_for_it() {
        assert_eq!(order(&[vec![1], vec![2], vec![3], vec![2]]), Err(2));
        assert_eq!(order(&[vec![0]]), Err(0));
    }
}
