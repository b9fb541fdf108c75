//! OData's query options over JSON objects.
//!
//! What it is: [`Options`] reads a query; a [`filter`] is a tree that says of an object whether it fits; [`page`] cuts
//! what fits into pages.
//!
//! What it is not: it knows no noun and reads no store.
//!
//! How to add the next: an option is one arm in [`Options::parse`], a function of filters one variant of
//! [`filter::Function`].

mod evaluate;
mod expansion;
mod filter;
mod lexer;
mod page;
mod parser;
mod search;

use axum::extract::Query;
use axum::http::Uri;
use model::JsonMap;

pub(super) use self::evaluate::member;
pub(super) use self::expansion::Expansion;
use self::filter::Expression;
use self::page::Order;
use super::error::GraphError;

/// How many objects a page has when nothing is asked.
const PAGE: usize = 100;
/// How many it has at most.
const LARGEST_PAGE: usize = 999;

/// What a query asks.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Options {
    /// `$select`: the wanted properties; none means those shown unasked.
    pub(super) select: Vec<String>,
    /// `$count`: whether the number of all fitting objects is wanted.
    pub(super) count: bool,
    /// `$expand`: the relations whose objects are wanted inside.
    pub(super) expand: Vec<Expansion>,
    /// `$top`: how many objects a page has.
    pub(super) top: Option<usize>,
    /// `$skiptoken` or `$deltatoken`, as it was given.
    pub(super) token: Option<String>,
    /// Whether the token is one that continues a round: `$skiptoken`.
    pub(super) continues: bool,
    /// Whether the caller takes an answer that may lag behind (`ConsistencyLevel: eventual`).
    pub(super) advanced: bool,
    /// Whether `$search` was used.
    searched: bool,
    /// `$filter` and `$search`: what must hold.
    conditions: Vec<Expression>,
    /// `$orderby`.
    order: Vec<Order>,
}

impl Options {
    /// Only these properties.
    pub(super) fn selecting(select: &[String]) -> Self {
        Self { select: select.to_vec(), ..Self::default() }
    }

    /// Reads the query. Names may lack their `$`, as Graph allows, and other parameters mean nothing.
    ///
    /// # Errors
    /// [`GraphError::Malformed`] or [`GraphError::UnsupportedQuery`].
    pub(super) fn parse(uri: &Uri, advanced: bool) -> Result<Self, GraphError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| GraphError::Malformed("The query cannot be decoded.".to_owned()))?;
        let mut options = Self { advanced, ..Self::default() };
        for (name, value) in pairs {
            let name = name.to_ascii_lowercase();
            match name.strip_prefix('$').unwrap_or(&name) {
                "select" => options.select = list(&value).map(str::to_owned).collect(),
                "filter" => options.conditions.push(parser::parse(&value)?),
                "search" => {
                    options.conditions.push(search::parse(&value)?);
                    options.searched = true;
                }
                "expand" => options.expand = expansion::parse(&value)?,
                "orderby" => options.order = list(&value).map(Order::parse).collect::<Result<_, _>>()?,
                "count" => options.count = value.eq_ignore_ascii_case("true"),
                "top" => options.top = Some(page_size(&value)?),
                "skiptoken" => (options.token, options.continues) = (Some(value), true),
                "deltatoken" => options.token = Some(value),
                _ if matches!(name.as_str(), "$skip" | "$apply" | "$compute") => {
                    return Err(GraphError::UnsupportedQuery(format!("'{name}' is not supported by the service.")));
                }
                _ => {}
            }
        }
        Ok(options)
    }

    /// The properties that the conditions look at.
    pub(super) fn filtered(&self) -> Vec<&str> {
        self.conditions.iter().flat_map(|condition| condition.properties()).collect()
    }

    /// Whether the conditions hold for `item`.
    pub(super) fn accepts(&self, item: &JsonMap) -> bool {
        self.conditions.iter().all(|condition| condition.holds(item))
    }

    /// Refuses a round of changes of anything but chosen objects, in any order but the directory's own.
    ///
    /// # Errors
    /// [`GraphError::UnsupportedQuery`].
    pub(super) fn refuse_beyond_ids(&self) -> Result<(), GraphError> {
        let beyond = self.searched || !self.order.is_empty() || self.filtered().iter().any(|name| *name != "id");
        if beyond { Err(GraphError::UnsupportedQuery("Unsupported Query.".to_owned())) } else { Ok(()) }
    }

    /// Refuses what the directory answers only to those who take an answer that may lag behind.
    ///
    /// # Errors
    /// [`GraphError::UnsupportedQuery`], or [`GraphError::Invalid`] for a bare `/$count`.
    pub(super) fn refuse_unless_advanced(&self, counted: bool) -> Result<(), GraphError> {
        if self.conditions.iter().any(Expression::contains_somewhere) {
            return Err(GraphError::UnsupportedQuery("Unsupported Query.".to_owned()));
        }
        if self.advanced && (self.count || counted || self.searched || self.conditions.is_empty()) {
            return Ok(());
        }
        if self.searched {
            return Err(GraphError::UnsupportedQuery(
                "Request with $search query parameter only works through MSGraph with a special request header: \
                 'ConsistencyLevel: eventual'"
                    .to_owned(),
            ));
        }
        if counted {
            return Err(GraphError::Invalid("$count is not currently supported.".to_owned()));
        }
        if let Some(operator) = self.conditions.iter().find_map(Expression::advanced_operator) {
            return Err(GraphError::UnsupportedQuery(format!(
                "Operator '{operator}' is not supported because the required parameters might be missing. Try adding \
                 $count=true query parameter and ConsistencyLevel:eventual header. Refer to \
                 https://aka.ms/graph-docs/advanced-queries for more information"
            )));
        }
        let filtered = self.filtered();
        let is_filtered = |order: &Order| filtered.iter().any(|name| order.is_by(name));
        if !filtered.is_empty() && !self.order.iter().all(is_filtered) {
            return Err(GraphError::UnsupportedQuery("Sorting not supported for current query.".to_owned()));
        }
        Ok(())
    }
}

fn list(value: &str) -> impl Iterator<Item = &str> {
    value.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn page_size(value: &str) -> Result<usize, GraphError> {
    value.parse().ok().filter(|size| (1..=LARGEST_PAGE).contains(size)).ok_or_else(|| {
        GraphError::UnsupportedQuery(format!(
            "Invalid page size specified: '{value}'. Must be between 1 and {LARGEST_PAGE} inclusive."
        ))
    })
}

#[cfg(test)]
mod tests;
