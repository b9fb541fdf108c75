//! Asking a condition.

use super::operator::{Each, Family};
use super::scalar::{Comparable, Scalar};
use super::syntax::{Attribute, Comparison, Expression, Node, Operand};
use super::text::Case;
use super::{Facts, Truth};

/// What came of a part of a condition, from the least to the most: AND is the least of its parts, OR the greatest.
///
/// A comparison with a missing attribute is documented not to be satisfied; what `NOT` makes of that is not. It is kept
/// apart from `False` until then, so that no opposite of it ever allows anything (RBAC A13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum State {
    False,
    /// Not satisfied, for want of an attribute or of a value of the right kind.
    Unsatisfied,
    /// The opposite of what is unsatisfied.
    Unknown,
    True,
}

impl State {
    pub(super) fn known(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }

    pub(super) fn truth(self) -> Truth {
        match self {
            Self::True => Truth::True,
            Self::False | Self::Unsatisfied => Truth::False,
            Self::Unknown => Truth::Unknown,
        }
    }

    /// The least; stops at the first `False`.
    pub(super) fn all(states: impl Iterator<Item = Self>) -> Self {
        Self::until(Self::False, states, Self::True, Ord::min)
    }

    /// The greatest; stops at the first `True`.
    pub(super) fn any(states: impl Iterator<Item = Self>) -> Self {
        Self::until(Self::True, states, Self::False, Ord::max)
    }

    fn until(end: Self, mut states: impl Iterator<Item = Self>, start: Self, join: fn(Self, Self) -> Self) -> Self {
        let folded = states.try_fold(start, |so_far, next| if next == end { Err(end) } else { Ok(join(so_far, next)) });
        folded.unwrap_or_else(|end| end)
    }

    pub(super) fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unsatisfied | Self::Unknown => Self::Unknown,
        }
    }

    pub(super) fn of(node: &Node, facts: &Facts<'_>) -> Self {
        match &node.expression {
            Expression::And(parts) => Self::all(parts.iter().map(|part| Self::of(part, facts))),
            Expression::Or(parts) => Self::any(parts.iter().map(|part| Self::of(part, facts))),
            Expression::Not(part) => Self::of(part, facts).not(),
            Expression::ActionMatches(patterns) => {
                Self::known(patterns.iter().any(|(_, pattern)| pattern.matches(facts.action)))
            }
            Expression::SubOperationMatches(patterns) => {
                Self::known(facts.sub_operation.is_some_and(|own| patterns.iter().any(|p| Case::Ignored.like(own, p))))
            }
            Expression::Exists(attribute) => Self::known(facts.existing(attribute).is_some()),
            Expression::Compare(comparison) => comparison.state(facts),
        }
    }
}

/// The values on one side of a comparison, at least one.
#[derive(Clone, Copy)]
pub(super) enum Values<'a> {
    Listed(&'a [Scalar]),
    SubOperation(&'a str),
}

impl<'a> Values<'a> {
    /// The values as operators of the family compare them.
    fn read(self, family: Family) -> impl Iterator<Item = Option<Comparable<'a>>> {
        (0..self.len()).map(move |n| match self {
            Self::Listed(values) => Comparable::read(&values[n], family),
            Self::SubOperation(name) => Comparable::read_text(name, family),
        })
    }

    fn len(self) -> usize {
        match self {
            Self::Listed(values) => values.len(),
            Self::SubOperation(_) => 1,
        }
    }

    pub(super) fn to_vec(self) -> Vec<Scalar> {
        match self {
            Self::Listed(values) => values.to_vec(),
            Self::SubOperation(name) => vec![Scalar::Text(name.to_owned())],
        }
    }
}

impl<'a> Facts<'a> {
    /// The attribute's values; none where it is missing.
    pub(super) fn values(&self, attribute: &Attribute) -> Option<Values<'a>> {
        let known = self.attributes.values(attribute.source, attribute.key()).map(Values::Listed);
        // Conditions of the first preview read the sub-operation as an attribute (RBAC A7). It is never missing: that
        // there is none is known, and `NOT` over it is meant to hold as it does over `SubOperationMatches`.
        let own = || attribute.is_sub_operation().then(|| Values::SubOperation(self.sub_operation.unwrap_or_default()));
        known.or_else(own)
    }

    /// The attribute's values where `Exists` finds it: a sub-operation only where there is one.
    pub(super) fn existing(&self, attribute: &Attribute) -> Option<Values<'a>> {
        self.values(attribute).filter(|values| matches!(values, Values::Listed(_)) || self.sub_operation.is_some())
    }

    pub(super) fn operand<'o>(&self, operand: &'o Operand) -> Option<Values<'o>>
    where
        'a: 'o,
    {
        match operand {
            Operand::Attribute(attribute) => self.values(attribute),
            Operand::Literals(values) => Some(Values::Listed(values)),
        }
    }
}

impl Comparison {
    fn state(&self, facts: &Facts<'_>) -> State {
        let (Some(left), Some(right)) = (facts.operand(&self.left), facts.operand(&self.right)) else {
            return State::Unsatisfied;
        };
        let (of_left, of_right) = match self.cross_product {
            Some(cross) => (cross.left, cross.right),
            None if left.len() == 1 && right.len() == 1 => (Each::All, Each::All),
            None => return State::Unsatisfied,
        };
        of_left.of(left
            .read(self.operator.family)
            .map(|one| of_right.of(right.read(self.operator.family).map(|other| self.operator.compare(one, other)))))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AttributeValue, Attributes, Condition, Source};
    use super::*;
    use crate::Action;

    const READ: &str = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read";

    /// What a condition comes to for a read of a blob, where `@Resource[t]` is `v`, `@Resource[n]` 5, `@Resource[b]`
    /// true, `@Resource[m]` `a` and `b`, `@Resource[e]` an empty array, `@Resource[g]` a GUID and nothing else is known.
    fn truth(condition: &str, sub_operation: Option<&str>) -> Truth {
        let listed = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<AttributeValue>();
        let mut attributes = Attributes::default();
        attributes
            .set(Source::Resource, "t", "v")
            .set(Source::Resource, "n", 5)
            .set(Source::Resource, "b", true)
            .set(Source::Resource, "m", listed(&["a", "b"]))
            .set(Source::Resource, "e", listed(&[]))
            .set(Source::Resource, "g", "ACDD72A7-3385-48EF-BD42-F606FBA81AE7");
        let facts = Facts { action: &Action::new(READ), sub_operation, attributes: &attributes };
        let condition = Condition::parse(condition).unwrap_or_else(|e| panic!("{condition}: {e}"));
        assert_eq!(condition.trace(&facts).result, condition.evaluate(&facts), "{}", condition.text());
        condition.evaluate(&facts)
    }

    #[test]
    fn missing_attributes_never_allow() {
        use Truth::{False, True, Unknown};
        for (condition, expected) in [
            ("@Resource[x] StringEquals 'v'", False),
            ("@Resource[x] StringNotEquals 'v'", False),
            ("@Resource[x] ForAllOfAllValues:StringNotEquals {'v'}", False),
            ("'v' StringNotEquals @Resource[x]", False),
            ("NOT @Resource[x] StringEquals 'v'", Unknown),
            ("NOT NOT @Resource[x] StringEquals 'v'", Unknown),
            ("NOT (@Resource[x] StringEquals 'v' AND ActionMatches{'*'})", Unknown),
            ("NOT (@Resource[x] StringEquals 'v' AND ActionMatches{'A'})", True),
            ("NOT (@Resource[x] StringEquals 'v' OR ActionMatches{'*'})", False),
            ("@Resource[x] StringEquals 'v' OR ActionMatches{'*'}", True),
            ("@Resource[x] StringEquals 'v' OR NOT @Resource[x] StringEquals 'v'", Unknown),
            ("@Resource[x] StringEquals 'v' AND NOT @Resource[x] StringEquals 'v'", False),
            ("Exists @Resource[x]", False),
            ("NOT Exists @Resource[x]", True),
            ("@Resource[e] ForAllOfAnyValues:StringEquals {'v'}", False),
            ("NOT @Resource[e] ForAnyOfAnyValues:StringEquals {'v'}", Unknown),
            ("Exists @Resource[e]", False),
        ] {
            assert_eq!(truth(condition, None), expected, "{condition}");
        }
    }

    #[test]
    fn values_of_another_kind_count_as_missing() {
        use Truth::{False, True, Unknown};
        for (condition, expected) in [
            ("@Resource[t] NumericNotEquals 5", False),
            ("NOT @Resource[t] NumericEquals 5", Unknown),
            ("@Resource[n] StringNotEquals 'v'", False),
            ("@Resource[t] GuidNotEquals acdd72a7338548efbd42f606fba81ae7", False),
            ("@Resource[t] DateTimeNotEquals '2023-05-01T13:00:00Z'", False),
            ("@Resource[t] BoolNotEquals true", False),
            ("@Resource[m] StringEquals 'a'", False),
            ("NOT @Resource[m] StringEquals 'a'", Unknown),
            ("@Resource[g] GuidEquals acdd72a7338548efbd42f606fba81ae7", True),
            ("@Resource[g] StringEquals 'acdd72a7-3385-48ef-bd42-f606fba81ae7'", False),
            ("@Resource[n] NumericEquals 5", True),
            ("@Resource[b] BoolNotEquals false", True),
        ] {
            assert_eq!(truth(condition, None), expected, "{condition}");
        }
    }

    #[test]
    fn quantifiers_read_from_left_to_right() {
        use Truth::{False, True};
        for (left, cross, right, expected) in [
            ("{1, 9}", "ForAnyOfAnyValues:NumericLessThan", "{2, 0}", True),
            ("{3, 9}", "ForAnyOfAnyValues:NumericLessThan", "{2, 0}", False),
            ("{1, 0}", "ForAllOfAnyValues:NumericLessThan", "{2, 0}", True),
            ("{1, 9}", "ForAllOfAnyValues:NumericLessThan", "{2, 0}", False),
            ("{1, 9}", "ForAnyOfAllValues:NumericLessThan", "{2, 3}", True),
            ("{1, 9}", "ForAnyOfAllValues:NumericLessThan", "{2, 0}", False),
            ("{1, 0}", "ForAllOfAllValues:NumericLessThan", "{2, 3}", True),
            ("{1, 2}", "ForAllOfAllValues:NumericLessThan", "{2, 3}", False),
            // The trap of an older sample: every value differs from one of two (RBAC A7).
            ("'a'", "ForAnyOfAnyValues:StringNotEquals", "{'a', 'b'}", True),
            ("'a'", "ForAnyOfAllValues:StringNotEquals", "{'a', 'b'}", False),
            ("@Resource[m]", "ForAllOfAnyValues:StringEquals", "{'b', 'a', 'c'}", True),
            ("@Resource[m]", "ForAnyOfAnyValues:StringEquals", "@Resource[t]", False),
        ] {
            assert_eq!(truth(&format!("{left} {cross} {right}"), None), expected, "{left} {cross} {right}");
        }
    }

    #[test]
    fn sub_operations() {
        use Truth::{False, True};
        let old = "@Request[subOperation] ForAnyOfAnyValues:StringEqualsIgnoreCase {'blob.list'}";
        for (condition, listing, none) in [
            ("SubOperationMatches{'blob.LIST'}", True, False),
            ("NOT SubOperationMatches{'Blob.List'}", False, True),
            ("SubOperationMatches{'Blob.Write', 'Blob.*'}", True, False),
            (old, True, False),
            (&format!("NOT {old}"), False, True),
            ("Exists @Request[SubOperation]", True, False),
            ("@Resource[subOperation] StringEquals ''", False, False),
        ] {
            assert_eq!(truth(condition, Some("Blob.List")), listing, "{condition}");
            assert_eq!(truth(condition, None), none, "{condition}");
        }
    }
}
