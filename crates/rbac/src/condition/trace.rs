//! Why a condition holds or not: what came of every part of it.

use serde::Serialize;

use super::evaluate::{State, Values};
use super::scalar::Scalar;
use super::syntax::{Expression, Node};
use super::{Facts, Truth};

/// A part of a condition and what came of it. Every part is looked at, also where the rest is decided without it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trace {
    /// The part as written.
    pub text: String,
    /// What kind of part it is.
    pub kind: TraceKind,
    /// What came of it.
    pub result: Truth,
    /// The values met on the left of a comparison, the action, or the sub-operation; none where they are missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<Scalar>,
    /// The values met on the right of a comparison, or the patterns.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub right: Vec<Scalar>,
    /// The attributes that this part reads itself and does not find.
    #[serde(rename = "missing", skip_serializing_if = "Vec::is_empty")]
    own_missing: Vec<String>,
    /// What AND, OR and NOT put together.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Self>,
    #[serde(skip)]
    state: State,
}

/// The kinds of part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the words of the language")]
pub enum TraceKind {
    And,
    Or,
    Not,
    ActionMatches,
    SubOperationMatches,
    Exists,
    Comparison,
}

impl Trace {
    /// The attributes for want of which the condition does not hold, such as `@Resource[a:x]`, each once. None where
    /// it holds, and none where it would fail whatever they were.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.collect_missing(&mut found);
        found
    }

    fn collect_missing(&self, found: &mut Vec<String>) {
        if !matches!(self.state, State::Unsatisfied | State::Unknown) {
            return;
        }
        for name in &self.own_missing {
            if !found.contains(name) {
                found.push(name.clone());
            }
        }
        self.children.iter().for_each(|child| child.collect_missing(found));
    }

    pub(super) fn of(node: &Node, text: &str, facts: &Facts<'_>) -> Self {
        let expression = &node.expression;
        let children: Vec<Self> = expression.parts().iter().map(|part| Self::of(part, text, facts)).collect();
        let states = children.iter().map(|child| child.state);
        let (kind, state) = match expression {
            Expression::And(_) => (TraceKind::And, State::all(states)),
            Expression::Or(_) => (TraceKind::Or, State::any(states)),
            Expression::Not(_) => (TraceKind::Not, State::all(states).not()),
            Expression::ActionMatches(_) => (TraceKind::ActionMatches, State::of(node, facts)),
            Expression::SubOperationMatches(_) => (TraceKind::SubOperationMatches, State::of(node, facts)),
            Expression::Exists(_) => (TraceKind::Exists, State::of(node, facts)),
            Expression::Compare(_) => (TraceKind::Comparison, State::of(node, facts)),
        };
        let (left, right) = values(expression, facts);
        let missing = expression.attributes().filter(|attribute| facts.values(attribute).is_none());
        Self {
            text: text[node.span.clone()].to_owned(),
            kind,
            result: state.truth(),
            left,
            right,
            own_missing: missing.map(ToString::to_string).collect(),
            children,
            state,
        }
    }
}

/// What a part meets on its two sides.
fn values(expression: &Expression, facts: &Facts<'_>) -> (Vec<Scalar>, Vec<Scalar>) {
    let listed = |values: Option<Values<'_>>| values.map(Values::to_vec).unwrap_or_default();
    match expression {
        Expression::And(_) | Expression::Or(_) | Expression::Not(_) => (Vec::new(), Vec::new()),
        Expression::ActionMatches(patterns) => {
            (texts([facts.action.as_str()]), texts(patterns.iter().map(|(written, _)| &**written)))
        }
        Expression::SubOperationMatches(patterns) => {
            (texts(facts.sub_operation), texts(patterns.iter().map(|pattern| &**pattern)))
        }
        Expression::Exists(attribute) => (listed(facts.existing(attribute)), Vec::new()),
        Expression::Compare(comparison) => {
            (listed(facts.operand(&comparison.left)), listed(facts.operand(&comparison.right)))
        }
    }
}

fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Scalar> {
    texts.into_iter().map(|text| Scalar::Text(text.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Attributes, Condition, Source};
    use super::*;
    use crate::Action;

    fn trace(condition: &str, attributes: &Attributes) -> Trace {
        let facts = Facts { action: &Action::new("A.B/c/write"), sub_operation: None, attributes };
        Condition::parse(condition).unwrap().trace(&facts)
    }

    #[test]
    fn every_part_tells_what_it_met() {
        let mut attributes = Attributes::default();
        attributes.set(Source::Request, "id", "ACDD72A7-3385-48EF-BD42-F606FBA81AE7").set(Source::Resource, "n", 5);
        let condition = "(!(ActionMatches{'A.B/*'}) OR @request[ID] GuidEquals {acdd72a7338548efbd42f606fba81ae7}) \
                         AND (@Resource[n] NumericLessThan 5 OR '2023-05-01T13:00:00Z' DateTimeEquals @Resource[at])";
        let trace = trace(condition, &attributes);
        assert_eq!(trace.missing(), ["@Resource[at]"]);
        let guid = "acdd72a7-3385-48ef-bd42-f606fba81ae7";
        let expected = json!({
            "text": condition, "kind": "and", "result": "false", "children": [
                {
                    "text": "!(ActionMatches{'A.B/*'}) OR @request[ID] GuidEquals {acdd72a7338548efbd42f606fba81ae7}",
                    "kind": "or", "result": "true", "children": [
                        {"text": "!(ActionMatches{'A.B/*'})", "kind": "not", "result": "false", "children": [
                            {
                                "text": "ActionMatches{'A.B/*'}", "kind": "actionMatches", "result": "true",
                                "left": ["A.B/c/write"], "right": ["A.B/*"]
                            }
                        ]},
                        {
                            "text": "@request[ID] GuidEquals {acdd72a7338548efbd42f606fba81ae7}",
                            "kind": "comparison", "result": "true", "left": [guid.to_uppercase()], "right": [guid]
                        }
                    ]
                },
                {
                    "text": "@Resource[n] NumericLessThan 5 OR '2023-05-01T13:00:00Z' DateTimeEquals @Resource[at]",
                    "kind": "or", "result": "false", "children": [
                        {
                            "text": "@Resource[n] NumericLessThan 5", "kind": "comparison", "result": "false",
                            "left": [5], "right": [5]
                        },
                        {
                            "text": "'2023-05-01T13:00:00Z' DateTimeEquals @Resource[at]", "kind": "comparison",
                            "result": "false", "left": ["2023-05-01T13:00:00Z"], "missing": ["@Resource[at]"]
                        }
                    ]
                }
            ]
        });
        assert_eq!(serde_json::to_value(&trace).unwrap(), expected);
    }

    #[test]
    fn only_what_decides_is_missing() {
        for (condition, missing) in [
            (
                "@Resource[a] StringEquals 'v' AND NOT @Request[B] StringEquals @Resource[a]",
                vec!["@Resource[a]", "@Request[B]"],
            ),
            ("@Resource[a] StringEquals 'v' OR ActionMatches{'*'}", vec![]),
            ("@Resource[a] StringEquals 'v' AND ActionMatches{'X'}", vec![]),
            ("@Resource[a] StringEquals 'v' OR ActionMatches{'X'}", vec!["@Resource[a]"]),
            ("Exists @Resource[a]", vec![]),
            (
                "(NOT ActionMatches{'X'} OR @Resource[a] StringEquals 'v') AND @Request[b] StringEquals 'v'",
                vec!["@Request[b]"],
            ),
        ] {
            assert_eq!(trace(condition, &Attributes::default()).missing(), missing, "{condition}");
        }
    }
}
