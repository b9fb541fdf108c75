//! The functions of template expressions.
//!
//! What it is: one file per family, each with a table of its functions.
//!
//! What it is not: it holds no state; what a function needs beyond its arguments is in the [`Evaluator`].
//!
//! How to add the next function: one row in `ALL` of its family's file, and its name off [`MISSING`]. A new family is
//! a file and a line in [`FAMILIES`].

mod deployment;
mod logic;
mod numeric;
mod resources;
mod strings;

use serde_json::Value;

use crate::error::TemplateError;
use crate::evaluator::Evaluator;
use crate::expression::Expression;
use crate::value_type::json_type;

type Outcome = Result<Value, TemplateError>;

/// A row of a table.
struct Function {
    /// As Azure's documentation spells it; compared ignoring case.
    name: &'static str,
    /// The least and the largest number of arguments.
    arguments: (usize, usize),
    run: Run,
}

enum Run {
    /// On the values of all arguments.
    Eager(fn(&Evaluator<'_>, &[Value]) -> Outcome),
    /// On the arguments themselves, to leave some unevaluated.
    Lazy(fn(&Evaluator<'_>, &[Expression]) -> Outcome),
}

/// No upper bound to the number of arguments.
const MANY: usize = usize::MAX;

const fn eager(
    name: &'static str,
    least: usize,
    most: usize,
    run: fn(&Evaluator<'_>, &[Value]) -> Outcome,
) -> Function {
    Function { name, arguments: (least, most), run: Run::Eager(run) }
}

const fn lazy(
    name: &'static str,
    least: usize,
    most: usize,
    run: fn(&Evaluator<'_>, &[Expression]) -> Outcome,
) -> Function {
    Function { name, arguments: (least, most), run: Run::Lazy(run) }
}

const FAMILIES: [&[Function]; 5] = [deployment::ALL, logic::ALL, numeric::ALL, resources::ALL, strings::ALL];

/// Functions that Azure has and this engine has not (IAC-WIRE 10.1): refused as missing, not as misspelt.
const MISSING: &str = "array contains createArray createObject first flatten indexFromEnd indexOf intersection items \
    last lastIndexOf max min objectKeys range shallowMerge skip take tryGet tryIndexFromEnd union distinct greater \
    greaterOrEquals less lessOrEquals like dateTimeAdd dateTimeFromEpoch dateTimeToEpoch deployer environment fail \
    externalInput filter groupBy lambda lambdaVariables map mapValues reduce sort toObject add div float mod mul sub \
    json managementGroup managementGroupResourceId pickZones providers references roleDefinitions toLogicalZone \
    toLogicalZones toPhysicalZone toPhysicalZones base64 base64ToJson base64ToString buildUri dataUri dataUriToString \
    endsWith join newGuid padLeft parseUri replace split startsWith substring trim uri uriComponent \
    uriComponentToString parseCidr cidrSubnet cidrHost";

/// Calls the function of that name, in any case.
pub(crate) fn call(evaluator: &Evaluator<'_>, name: &str, arguments: &[Expression]) -> Outcome {
    let function = find(name)?;
    check_count(function, arguments.len())?;
    match function.run {
        Run::Lazy(run) => run(evaluator, arguments),
        Run::Eager(run) => {
            // A plain loop: calls nest, and each iterator adapter would be one more frame of stack per level.
            let mut values = Vec::with_capacity(arguments.len());
            for argument in arguments {
                values.push(evaluator.expression(argument)?);
            }
            run(evaluator, &values)
        }
    }
}

fn check_count(function: &Function, given: usize) -> Result<(), TemplateError> {
    let (least, most) = function.arguments;
    if (least..=most).contains(&given) {
        return Ok(());
    }
    let wanted = match (least, most) {
        (_, MANY) => format!("at least {least}"),
        _ if least == most => least.to_string(),
        _ => format!("between {least} and {most}"),
    };
    Err(refused(function.name, &format!("function requires {wanted} argument(s) while {given} were provided.")))
}

/// Whether there is a function of that name.
///
/// # Errors
/// What a call of it would answer with.
pub(crate) fn require(name: &str) -> Result<(), TemplateError> {
    find(name).map(|_| ())
}

fn find(name: &str) -> Result<&'static Function, TemplateError> {
    let mut all = FAMILIES.iter().flat_map(|family| family.iter());
    all.find(|f| f.name.eq_ignore_ascii_case(name)).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> TemplateError {
    // Azure takes any name that begins with `list` for an action of a resource.
    let is_list = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list"));
    if name.contains('.') {
        TemplateError::unsupported(&format!("The user function '{name}' is"))
    } else if is_list || MISSING.split_whitespace().any(|known| known.eq_ignore_ascii_case(name)) {
        TemplateError::unsupported(&format!("The template function '{name}' is"))
    } else {
        let text = format!(
            "The template function '{name}' is not valid. Please see https://aka.ms/arm-functions for usage details."
        );
        TemplateError::invalid(text)
    }
}

/// A function that will not have its arguments.
fn refused(function: &str, why: &str) -> TemplateError {
    TemplateError::invalid(format!(
        "Unable to evaluate template language function '{function}': {why} Please see https://aka.ms/arm-functions/#{function} for usage details."
    ))
}

/// A function at a place where it may not stand.
fn misplaced(function: &str) -> TemplateError {
    TemplateError::invalid(format!(
        "The template function '{function}' is not expected at this location. Please see https://aka.ms/arm-functions for usage details."
    ))
}

fn wrong_type(function: &str, wanted: &str, found: &Value) -> TemplateError {
    refused(function, &format!("the parameter must be {wanted}. The provided value is of type '{}'.", json_type(found)))
}

fn text<'v>(function: &str, value: &'v Value) -> Result<&'v str, TemplateError> {
    value.as_str().ok_or_else(|| wrong_type(function, "a string", value))
}

fn texts<'v>(function: &str, values: &'v [Value]) -> Result<Vec<&'v str>, TemplateError> {
    values.iter().map(|value| text(function, value)).collect()
}

fn integer(function: &str, value: &Value) -> Result<i64, TemplateError> {
    value.as_i64().ok_or_else(|| wrong_type(function, "an integer", value))
}

fn boolean(function: &str, value: &Value) -> Result<bool, TemplateError> {
    value.as_bool().ok_or_else(|| wrong_type(function, "a boolean", value))
}

#[cfg(test)]
mod tests;
