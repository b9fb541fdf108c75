//! Conditions against a model of them: a tree is made up, written out, parsed again and evaluated, and has to come to
//! what the rules say of the tree, word for word.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::{Attributes, Condition, Facts, Source, Truth};
use crate::Action;

/// A value: a text, an integer, a boolean, or one of a few GUIDs and dates.
#[derive(Debug, Clone, PartialEq)]
enum Literal {
    Text(&'static str),
    Integer(i64),
    Bool(bool),
    Guid(&'static str),
    Date(&'static str),
}

const TEXTS: [&str; 8] = ["", "a", "A", "ab", "a*", "?b", "it's", "é"];
const GUIDS: [&str; 3] = [
    "acdd72a7-3385-48ef-bd42-f606fba81ae7",
    "ACDD72A7338548EFBD42F606FBA81AE7",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
];
/// In order of time.
const DATES: [&str; 4] = [
    "2023-05-01T14:59:59.9999999+02:00",
    "2023-05-01T13:00:00Z",
    "2023-05-01T13:00:00.0000001Z",
    "2024-02-29T00:00:00.000Z",
];
const ORDERS: [&str; 6] = ["Equals", "NotEquals", "GreaterThan", "GreaterThanEquals", "LessThan", "LessThanEquals"];
const ON_TEXTS: [&str; 6] = ["Equals", "NotEquals", "StartsWith", "NotStartsWith", "Like", "NotLike"];
const CROSSES: [&str; 4] = ["ForAnyOfAnyValues", "ForAllOfAnyValues", "ForAnyOfAllValues", "ForAllOfAllValues"];
const ACTIONS: [&str; 4] = ["A.B/c/read", "A.B/*/read", "*", "A.B/d/write"];

#[derive(Debug, Clone)]
enum Side {
    Attribute(&'static str),
    Literals(Vec<Literal>),
}

#[derive(Debug, Clone)]
enum Tree {
    And(Vec<Tree>),
    Or(Vec<Tree>),
    Not(Box<Tree>),
    Action(Vec<&'static str>),
    Exists(&'static str),
    Compare { left: Side, cross: Option<&'static str>, family: &'static str, test: String, right: Side },
}

type World = BTreeMap<&'static str, Vec<Literal>>;

fn literal(family: &'static str) -> BoxedStrategy<Literal> {
    match family {
        "String" => select(&TEXTS[..]).prop_map(Literal::Text).boxed(),
        "Numeric" => (-2..3_i64).prop_map(Literal::Integer).boxed(),
        "Bool" => any::<bool>().prop_map(Literal::Bool).boxed(),
        "Guid" => select(&GUIDS[..]).prop_map(Literal::Guid).boxed(),
        _ => select(&DATES[..]).prop_map(Literal::Date).boxed(),
    }
}

fn family() -> impl Strategy<Value = &'static str> {
    select(vec!["String", "Numeric", "Bool", "Guid", "DateTime"])
}

fn attribute() -> impl Strategy<Value = &'static str> {
    select(vec!["x", "y", "A.B/c:z"])
}

fn comparison() -> impl Strategy<Value = Tree> {
    let operator = family().prop_flat_map(|family| {
        let tests = match family {
            "String" => ON_TEXTS.iter().flat_map(|t| [(*t).to_owned(), format!("{t}IgnoreCase")]).collect(),
            "Numeric" | "DateTime" => ORDERS.map(str::to_owned).to_vec(),
            _ => ORDERS[..2].iter().map(|t| (*t).to_owned()).collect(),
        };
        (Just(family), select(tests))
    });
    (operator, proptest::option::of(select(&CROSSES[..]))).prop_flat_map(|((family, test), cross)| {
        let crosses = matches!(family, "String" | "Numeric" | "Guid") && !test.contains("StartsWith");
        let cross = cross.filter(|_| crosses);
        let most = if cross.is_some() { 3 } else { 1 };
        let side = move || {
            prop_oneof![
                attribute().prop_map(Side::Attribute),
                prop::collection::vec(literal(family), 1..=most).prop_map(Side::Literals)
            ]
        };
        let test = Just(test);
        (side(), test, side()).prop_map(move |(left, test, right)| Tree::Compare { left, cross, family, test, right })
    })
}

fn tree() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        4 => comparison(),
        1 => prop::collection::vec(select(&ACTIONS[..]), 1..3).prop_map(Tree::Action),
        1 => attribute().prop_map(Tree::Exists),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Tree::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Tree::Or),
            inner.prop_map(|part| Tree::Not(Box::new(part))),
        ]
    })
}

fn world() -> impl Strategy<Value = World> {
    let values = family().prop_flat_map(|family| prop::collection::vec(literal(family), 0..3));
    prop::collection::btree_map(attribute(), values, 0..4)
}

impl Literal {
    fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Guid(text) | Self::Date(text) => (*text).to_owned(),
            Self::Integer(integer) => integer.to_string(),
            Self::Bool(value) => value.to_string(),
        }
    }

    fn write(&self) -> String {
        match self {
            Self::Text(_) | Self::Date(_) => format!("'{}'", self.text().replace('\'', "''")),
            _ => self.text(),
        }
    }

    /// The value as an operator of the family compares it, as a text and as a number; none where it cannot.
    fn key(&self, family: &str) -> Option<(String, i64)> {
        Some(match (family, self) {
            ("String", Self::Text(_) | Self::Guid(_) | Self::Date(_)) => (self.text(), 0),
            ("Numeric", Self::Integer(integer)) => (String::new(), *integer),
            ("Bool", Self::Bool(value)) => (String::new(), i64::from(*value)),
            ("Guid", Self::Guid(guid)) => (guid.to_lowercase().replace('-', ""), 0),
            ("DateTime", Self::Date(date)) => (String::new(), DATES.iter().position(|d| d == date)?.try_into().ok()?),
            _ => return None,
        })
    }
}

impl Tree {
    fn write(&self) -> String {
        let joined = |parts: &[Self], by: &str| parts.iter().map(Self::write_part).collect::<Vec<_>>().join(by);
        let side = |side: &Side| match side {
            Side::Attribute(name) => format!("@Resource[{name}]"),
            Side::Literals(values) if values.len() == 1 => values[0].write(),
            Side::Literals(values) => {
                format!("{{{}}}", values.iter().map(Literal::write).collect::<Vec<_>>().join(", "))
            }
        };
        match self {
            Self::And(parts) => joined(parts, " && "),
            Self::Or(parts) => joined(parts, " or "),
            Self::Not(part) => format!("!{}", part.write_part()),
            Self::Action(patterns) => format!("ActionMatches{{'{}'}}", patterns.join("','")),
            Self::Exists(name) => format!("Exists @resource[{}]", name.to_uppercase()),
            Self::Compare { left, cross, family, test, right } => {
                let cross = cross.map(|cross| format!("{cross}:")).unwrap_or_default();
                format!("{} {cross}{family}{test} {}", side(left), side(right))
            }
        }
    }

    fn write_part(&self) -> String {
        match self {
            Self::And(_) | Self::Or(_) => format!("({})", self.write()),
            _ => self.write(),
        }
    }

    /// What it comes to: 't'rue, 'f'alse, 'n'ot satisfied for want of an attribute, or 'u'nknown.
    fn state(&self, action: &str, world: &World) -> char {
        let states = |parts: &[Self]| parts.iter().map(|p| p.state(action, world)).collect::<String>();
        match self {
            Self::And(parts) => first_of("fnu", &states(parts)).unwrap_or('t'),
            Self::Or(parts) => first_of("tun", &states(parts)).unwrap_or('f'),
            Self::Not(part) => match part.state(action, world) {
                't' => 'f',
                'f' => 't',
                _ => 'u',
            },
            Self::Action(patterns) => known(
                patterns.iter().any(|p| *p == "*" || *p == action || *p == "A.B/*/read" && action.ends_with("/read")),
            ),
            Self::Exists(name) => known(world.get(name).is_some_and(|values| !values.is_empty())),
            Self::Compare { left, cross, family, test, right } => {
                compare(&values(left, world, family), cross.as_deref(), test, &values(right, world, family))
            }
        }
    }
}

fn known(holds: bool) -> char {
    if holds { 't' } else { 'f' }
}

/// The first letter of `order` among `states`.
fn first_of(order: &str, states: &str) -> Option<char> {
    order.chars().find(|state| states.contains(*state))
}

fn values(side: &Side, world: &World, family: &str) -> Vec<Option<(String, i64)>> {
    let values = match side {
        Side::Attribute(name) => world.get(name).cloned().unwrap_or_default(),
        Side::Literals(values) => values.clone(),
    };
    values.iter().map(|value| value.key(family)).collect()
}

type Keys = [Option<(String, i64)>];

fn compare(left: &Keys, cross: Option<&str>, test: &str, right: &Keys) -> char {
    let one = left.len() == 1 && right.len() == 1;
    if left.is_empty() || right.is_empty() || cross.is_none() && !one {
        return 'n';
    }
    let (of_left, of_right) = match cross {
        Some(cross) => (cross.starts_with("ForAll"), cross.ends_with("OfAllValues")),
        None => (true, true),
    };
    let quantified = |all: bool, states: String| match all {
        true => first_of("fn", &states).unwrap_or('t'),
        false => first_of("tn", &states).unwrap_or('f'),
    };
    let rows = left.iter().map(|l| quantified(of_right, right.iter().map(|r| pair(l, test, r)).collect()));
    quantified(of_left, rows.collect())
}

fn pair(left: &Option<(String, i64)>, test: &str, right: &Option<(String, i64)>) -> char {
    let (Some((mut left_text, left)), Some((mut right_text, right))) = (left.clone(), right.clone()) else {
        return 'n';
    };
    if test.ends_with("IgnoreCase") {
        (left_text, right_text) = (left_text.to_lowercase(), right_text.to_lowercase());
    }
    known(match test.trim_end_matches("IgnoreCase") {
        "Equals" => left_text == right_text && left == right,
        "NotEquals" => left_text != right_text || left != right,
        "GreaterThan" => left > right,
        "GreaterThanEquals" => left >= right,
        "LessThan" => left < right,
        "LessThanEquals" => left <= right,
        "StartsWith" => left_text.starts_with(&right_text),
        "NotStartsWith" => !left_text.starts_with(&right_text),
        "Like" => like(&left_text, &right_text),
        _ => !like(&left_text, &right_text),
    })
}

/// The few patterns among [`TEXTS`].
fn like(text: &str, pattern: &str) -> bool {
    match pattern {
        "a*" => text.starts_with('a'),
        "?b" => text.chars().count() == 2 && text.ends_with('b'),
        _ => text == pattern,
    }
}

fn attributes(world: &World) -> Attributes {
    let json = |literal: &Literal| match literal {
        Literal::Integer(integer) => serde_json::json!(integer),
        Literal::Bool(value) => serde_json::json!(value),
        _ => serde_json::json!(literal.text()),
    };
    let listed = |values: &Vec<Literal>| match &values[..] {
        [only] => json(only),
        values => values.iter().map(json).collect(),
    };
    let resource: serde_json::Map<_, _> =
        world.iter().map(|(name, values)| ((*name).to_owned(), listed(values))).collect();
    serde_json::from_value(serde_json::json!({ "Resource": resource })).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    #[test]
    fn a_condition_comes_to_what_its_tree_does(tree in tree(), world in world(), action in select(&ACTIONS[..])) {
        let text = tree.write();
        let condition = Condition::parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        let attributes = attributes(&world);
        let facts = Facts { action: &Action::new(action), sub_operation: None, attributes: &attributes };
        let expected = match tree.state(action, &world) {
            't' => Truth::True,
            'u' => Truth::Unknown,
            _ => Truth::False,
        };
        prop_assert_eq!(condition.evaluate(&facts), expected, "{}", text);
        let trace = condition.trace(&facts);
        prop_assert_eq!(trace.result, expected, "{}", &text);
        prop_assert_eq!(&trace.text, &text);
        if expected == Truth::True {
            prop_assert_eq!(trace.missing(), Vec::<String>::new());
        }
    }

    #[test]
    fn no_text_panics(text in prop_oneof![
        "\\PC{0,80}",
        any::<String>(),
        prop::collection::vec(select(vec![
            "(", ")", "{", "}", ",", "!", "&&", "||", "AND", "OR", "NOT", "Exists", "ActionMatches", "@Resource[a]",
            "@Request[é:b]", "@", "[", "]", "'", "'a'", "''", "5", "-", "true", "StringEquals", "NumericLessThan",
            "ForAnyOfAnyValues:StringLike", ":", "acdd72a7338548efbd42f606fba81ae7", " ", "é", "\u{0}", "{'a','b'}",
        ]), 0..24).prop_map(|tokens| tokens.concat()),
    ]) {
        match Condition::parse(&text) {
            Ok(condition) => {
                let facts = Facts { action: &Action::new("A"), sub_operation: None, attributes: &Attributes::default() };
                prop_assert_eq!(condition.trace(&facts).result, condition.evaluate(&facts));
                prop_assert!(condition.attributes().all(|(source, _)| source != Source::Principal));
            }
            Err(error) => {
                prop_assert!(text.is_char_boundary(error.position));
                prop_assert!(error.to_string().len() < 400);
            }
        }
    }
}
