//! Documents as small as they can be: what was read or laid together piece by piece has room to grow, which over ten
//! thousand machines is more than the documents themselves.

use model::{JsonMap, Resource};
use serde_json::Value;

/// The resource without any room to grow.
pub(crate) fn resource(mut resource: Resource) -> Resource {
    for part in [&mut resource.envelope, &mut resource.spec, &mut resource.status, &mut resource.runtime] {
        *part = object(std::mem::take(part));
    }
    resource
}

fn object(members: JsonMap) -> JsonMap {
    let mut small = JsonMap::with_capacity(members.len());
    for (mut name, member) in members {
        name.shrink_to_fit();
        small.insert(name, value(member));
    }
    small
}

fn value(document: Value) -> Value {
    match document {
        Value::Object(members) => Value::Object(object(members)),
        Value::Array(elements) => {
            let mut small = Vec::with_capacity(elements.len());
            small.extend(elements.into_iter().map(value));
            Value::Array(small)
        }
        Value::String(mut text) => {
            text.shrink_to_fit();
            Value::String(text)
        }
        other => other,
    }
}
