//! Role files: JSON in one of three forms, read with the place of everything in the text.
//!
//! Names of members compare ignoring case, as the tools that read such files do. What has the wrong type is reported and
//! then taken for missing, so that one slip does not hide the others.

use std::collections::{HashMap, HashSet};

use jsonc_parser::ast::{Array, Object, ObjectProp, Value};
use jsonc_parser::common::{Range, Ranged};
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use model::{Permission, RoleDefinition, RoleKind};
use uuid::Uuid;

use super::findings::Findings;
use super::vocabulary::{BLOCK, ENVELOPE, FLAT, Member, PROPERTIES, Vocabulary};
use crate::{PUBLISHED, Place};

/// JSON as the standard has it: Azure and its tools take nothing looser.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// A role and where its parts are.
pub(super) struct ReadRole {
    pub(super) role: RoleDefinition,
    /// Byte ranges in the text.
    ranges: HashMap<Place, Range>,
    whole: Range,
    /// Where values of a wrong type begin.
    unread: HashSet<usize>,
}

impl ReadRole {
    /// Where in the text it begins; what is missing is missed where the role begins.
    pub(super) fn start(&self, place: Place) -> usize {
        self.ranges.get(&place).unwrap_or(&self.whole).start
    }

    /// Whether what stands there has the wrong type, which was said already: that it is also missing follows.
    pub(super) fn is_unread(&self, start: usize) -> bool {
        self.unread.contains(&start)
    }
}

/// The roles that a file holds; what is none is reported.
pub(super) fn read(text: &str, findings: &mut Findings<'_>) -> Vec<ReadRole> {
    let parsed = match parse_to_ast(text, &CollectOptions::default(), &STRICT) {
        Ok(parsed) => parsed,
        Err(error) => {
            findings.error(error.range().start, "BadJson", format!("This is not JSON: {}.", error.kind()), None);
            return Vec::new();
        }
    };
    let roles: Vec<&Value<'_>> = match &parsed.value {
        None => {
            findings.error(0, "BadJson", "This is not JSON: there is nothing in it.", None);
            Vec::new()
        }
        Some(Value::Array(Array { elements, .. })) => elements.iter().collect(),
        Some(value) => vec![value],
    };
    let mut read = Vec::new();
    for value in roles {
        match value {
            Value::Object(object) => read.push(Reader::new(object, findings).read(object)),
            other => {
                let advice =
                    "A role definition is a JSON object with a name, actions and assignable scopes.".to_owned();
                findings.error(other.start(), "NotARole", "This is no role definition.", Some(advice));
            }
        }
    }
    read
}

struct Reader<'f, 't> {
    findings: &'f mut Findings<'t>,
    found: ReadRole,
}

impl<'f, 't> Reader<'f, 't> {
    fn new(object: &Object<'_>, findings: &'f mut Findings<'t>) -> Self {
        let role = RoleDefinition {
            id: Uuid::nil(),
            role_name: String::new(),
            kind: RoleKind::Custom,
            description: String::new(),
            permissions: Vec::new(),
            assignable_scopes: Vec::new(),
            created_on: PUBLISHED,
            updated_on: PUBLISHED,
            created_by: None,
            updated_by: None,
        };
        let found = ReadRole { role, ranges: HashMap::new(), whole: object.range, unread: HashSet::new() };
        Self { findings, found }
    }

    fn read(mut self, object: &Object<'_>) -> ReadRole {
        let properties = object.properties.iter().find(|p| p.name.as_str().eq_ignore_ascii_case("properties"));
        match properties {
            Some(properties) => {
                self.members(object, &[ENVELOPE]);
                self.found.whole = properties.value.range();
                if let Some(inner) = self.object(properties) {
                    self.role(inner, &[PROPERTIES]);
                }
            }
            None => self.role(object, &[PROPERTIES, FLAT, BLOCK]),
        }
        self.found
    }

    /// The members of the object that are known, each with what it means; the others are reported.
    fn members<'o, 'a>(
        &mut self,
        object: &'o Object<'a>,
        vocabularies: &[&Vocabulary],
    ) -> Vec<(&'o ObjectProp<'a>, Member)> {
        let mut seen = HashSet::new();
        let mut known = Vec::new();
        // From the end, because readers of JSON take the last of several.
        for property in object.properties.iter().rev() {
            let written = property.name.as_str();
            let words = || vocabularies.iter().flat_map(|v| v.iter());
            match words().find(|(word, _)| word.eq_ignore_ascii_case(written)) {
                Some((word, _)) if !seen.insert(*word) => self.findings.warning(
                    property.start(),
                    "RepeatedMember",
                    format!("'{written}' is ignored: it is there again further down."),
                    "Keep one of them.",
                ),
                Some((_, member)) => known.push((property, *member)),
                None => {
                    let lower = written.to_ascii_lowercase();
                    let distances =
                        words().map(|(word, _)| (strsim::osa_distance(&word.to_ascii_lowercase(), &lower), word));
                    let nearest = distances.min().filter(|(distance, _)| *distance <= 3);
                    self.findings.error(
                        property.start(),
                        "UnknownMember",
                        format!("A role definition has no member '{written}' here."),
                        nearest.map(|(_, word)| format!("Did you mean '{word}'?")),
                    );
                }
            }
        }
        known.reverse();
        known
    }

    /// The members of a role itself, wherever the form has them.
    fn role(&mut self, object: &Object<'_>, vocabularies: &[&Vocabulary]) {
        let members = self.members(object, vocabularies);
        let has_permissions = members.iter().any(|(_, member)| *member == Member::Permissions);
        let has_role_name = members.iter().any(|(_, member)| *member == Member::RoleName);
        let mut own: Option<Permission> = None;
        for (property, member) in members {
            match member {
                Member::Name if has_role_name => {}
                Member::Name | Member::RoleName => {
                    self.found.role.role_name = self.text(property, Place::Name).unwrap_or_default();
                }
                Member::Description => {
                    self.found.role.description = self.text(property, Place::Description).unwrap_or_default();
                }
                Member::Scopes => {
                    self.place(Place::Scopes, &property.value);
                    self.found.role.assignable_scopes = self.texts(property, Place::Scope);
                }
                Member::Permissions => {
                    self.place(Place::Permissions, &property.value);
                    for element in self.array(property) {
                        match element {
                            Value::Object(block) => self.block(block),
                            other => self.wrong_type(other.start(), "permissions", "an array of objects"),
                        }
                    }
                }
                Member::List(_) | Member::Condition if has_permissions => self.findings.warning(
                    property.start(),
                    "IgnoredMember",
                    format!("'{}' is ignored where there is a 'permissions'.", property.name.as_str()),
                    "Move what it lists into the block of 'permissions'.",
                ),
                Member::List(_) | Member::Condition => {
                    self.block_member(property, member, 0, own.get_or_insert_default());
                }
                Member::Other => {}
            }
        }
        self.found.role.permissions.extend(own);
    }

    fn block(&mut self, object: &Object<'_>) {
        let number = self.found.role.permissions.len();
        let mut block = Permission::default();
        for (property, member) in self.members(object, &[BLOCK]) {
            self.block_member(property, member, number, &mut block);
        }
        self.found.role.permissions.push(block);
    }

    fn block_member(&mut self, property: &ObjectProp<'_>, member: Member, number: usize, block: &mut Permission) {
        match member {
            Member::List(list) => {
                self.place(Place::List(number, list), &property.value);
                *list.of_mut(block) = self.texts(property, |n| Place::Pattern(number, list, n));
            }
            Member::Condition => block.condition = self.text(property, Place::Condition(number)),
            _ => {}
        }
    }

    fn place(&mut self, place: Place, value: &Value<'_>) {
        self.found.ranges.insert(place, value.range());
    }

    /// A string; `null` is none.
    fn text(&mut self, property: &ObjectProp<'_>, place: Place) -> Option<String> {
        self.place(place, &property.value);
        match &property.value {
            Value::StringLit(text) => return Some(text.value.to_string()),
            Value::NullKeyword(_) => {}
            other => self.wrong_type(other.start(), property.name.as_str(), "a string"),
        }
        None
    }

    /// An array of strings, each at the place that its number gives.
    fn texts(&mut self, property: &ObjectProp<'_>, place: impl Fn(usize) -> Place) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.array(property) {
            match element {
                Value::StringLit(text) => {
                    self.place(place(texts.len()), element);
                    texts.push(text.value.to_string());
                }
                other => self.wrong_type(other.start(), property.name.as_str(), "an array of strings"),
            }
        }
        texts
    }

    fn array<'o, 'a>(&mut self, property: &'o ObjectProp<'a>) -> &'o [Value<'a>] {
        match &property.value {
            Value::Array(array) => return &array.elements,
            Value::NullKeyword(_) => {}
            other => self.wrong_type(other.start(), property.name.as_str(), "an array"),
        }
        &[]
    }

    fn object<'o, 'a>(&mut self, property: &'o ObjectProp<'a>) -> Option<&'o Object<'a>> {
        match &property.value {
            Value::Object(object) => return Some(object),
            other => self.wrong_type(other.start(), property.name.as_str(), "an object"),
        }
        None
    }

    fn wrong_type(&mut self, at: usize, member: &str, wanted: &str) {
        self.found.unread.insert(at);
        self.findings.error(at, "WrongType", format!("'{member}' must be {wanted}."), None);
    }
}
