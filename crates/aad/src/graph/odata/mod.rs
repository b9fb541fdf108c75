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
mod filter;
mod lexer;
mod page;
mod parser;
mod search;

use axum::extract::Query;
use axum::http::Uri;
use serde_json::Value;

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
    /// `$filter` and `$search`: what must hold.
    conditions: Vec<Expression>,
    /// `$orderby`.
    order: Vec<Order>,
    /// `$top`: how many objects a page has.
    top: Option<usize>,
    /// `$skiptoken`: where the page before ended.
    after: Option<Vec<Value>>,
}

impl Options {
    /// Reads the query. Names may lack their `$`, as Graph allows, and other parameters mean nothing.
    ///
    /// # Errors
    /// [`GraphError::Malformed`] or [`GraphError::UnsupportedQuery`].
    pub(super) fn parse(uri: &Uri) -> Result<Self, GraphError> {
        let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(uri)
            .map_err(|_| GraphError::Malformed("The query cannot be decoded.".to_owned()))?;
        let mut options = Self::default();
        for (name, value) in pairs {
            let name = name.to_ascii_lowercase();
            match name.strip_prefix('$').unwrap_or(&name) {
                "select" => options.select = list(&value).map(str::to_owned).collect(),
                "filter" => options.conditions.push(parser::parse(&value)?),
                "search" => options.conditions.push(search::parse(&value)?),
                "orderby" => options.order = list(&value).map(Order::parse).collect::<Result<_, _>>()?,
                "count" => options.count = value.eq_ignore_ascii_case("true"),
                "top" => options.top = Some(page_size(&value)?),
                "skiptoken" => options.after = Some(page::position(&value)?),
                _ if matches!(name.as_str(), "$expand" | "$skip" | "$apply" | "$compute" | "$deltatoken") => {
                    return Err(GraphError::UnsupportedQuery(format!("'{name}' is not supported by the service.")));
                }
                _ => {}
            }
        }
        Ok(options)
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
