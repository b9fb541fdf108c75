//! The sign-in page.

use model::{DirectoryObject, User};

use crate::consent::{Consent, Wish};
use crate::html::escaped;
use crate::realm::Realm;
use crate::sign_in::SignInMode;

/// People that are offered for a click. Of a larger tenant the first by name; the others type theirs.
const OFFERED: usize = 50;

/// The field by which an administrator agrees for everybody.
pub(super) const FOR_EVERYBODY: &str = "everybody";

/// What the page says.
pub(crate) struct Offer<'a, 'r> {
    /// What the application wants of the person.
    pub(crate) wish: Wish<'a, 'r>,
    /// Who the person is, as far as that is known.
    pub(crate) user: Option<&'a User>,
    /// Who is expected.
    pub(crate) hint: Option<&'a str>,
    /// What went wrong with the last try.
    pub(crate) error: Option<String>,
    /// What the form says and repeats besides, as HTML.
    pub(crate) fields: String,
}

/// The form, which posts to the page's own address.
pub(crate) fn sign_in_form(offer: &Offer<'_, '_>) -> String {
    let Wish { realm, client, .. } = offer.wish;
    let error = offer.error.as_ref().map(|text| format!("<p class=\"error\">{}</p>", escaped(text)));
    format!(
        "<h1>Sign in to {}</h1><small>{}</small>{}<form method=\"post\">{}{}{}\
         <button name=\"cancel\" value=\"1\" formnovalidate>Cancel</button></form>",
        escaped(client.name),
        escaped(&realm.tenant.display_name),
        error.unwrap_or_default(),
        offer.fields,
        consent_fields(offer),
        people_fields(realm, offer.hint)
    )
}

/// What the person agrees to by signing in; nothing where all of it is granted.
fn consent_fields(offer: &Offer<'_, '_>) -> String {
    // What is wrong with a wish the client hears, once somebody has signed in.
    let missing = Consent::of(&offer.wish, offer.user.map(|user| user.id)).map(Consent::missing).unwrap_or_default();
    if missing.is_empty() {
        return String::new();
    }
    let resource = &offer.wish.scopes.resource;
    let wishes: String =
        missing.iter().map(|name| format!("<li>{} at {}</li>", escaped(name), escaped(resource))).collect();
    format!(
        "<p>By signing in you let the application act for you:</p><ul>{wishes}</ul><label><input type=\"checkbox\" \
         name=\"{FOR_EVERYBODY}\" value=\"1\"> Consent on behalf of your organization (administrators)</label>"
    )
}

/// The fields that name a person, and prove it where a password is asked for.
fn people_fields(realm: &Realm<'_>, hint: Option<&str>) -> String {
    let people = offered(realm);
    match realm.aad.sign_in {
        SignInMode::OneClick => {
            let mut fields: String = people
                .iter()
                .map(|user| {
                    let name = escaped(&user.user_principal_name);
                    let is_expected = hint.is_some_and(|hint| hint.eq_ignore_ascii_case(&user.user_principal_name));
                    let focus = if is_expected { " autofocus" } else { "" };
                    let shown = escaped(&user.display_name);
                    format!("<button name=\"login\" value=\"{name}\"{focus}>{shown}<small>{name}</small></button>")
                })
                .collect();
            if people.is_empty() {
                fields.push_str("<p>Nobody lives in this tenant: make a user with az ad user create.</p>");
            }
            fields
        }
        SignInMode::Password => {
            let names: String = people
                .iter()
                .map(|user| format!("<option value=\"{}\">", escaped(&user.user_principal_name)))
                .collect();
            format!(
                "<input name=\"login\" type=\"email\" list=\"people\" placeholder=\"Name\" autocomplete=\"username\" \
                 required value=\"{}\"><datalist id=\"people\">{names}</datalist><input name=\"passwd\" type=\"password\" \
                 placeholder=\"Password\" autocomplete=\"current-password\" required><button class=\"go\">Sign in</button>",
                escaped(hint.unwrap_or_default())
            )
        }
    }
}

fn offered<'r>(realm: &Realm<'r>) -> Vec<&'r User> {
    let mut people: Vec<&User> = realm
        .world
        .objects()
        .filter_map(|object| match object.as_ref() {
            DirectoryObject::User(user) if user.account_enabled => Some(user),
            _ => None,
        })
        .collect();
    people.sort_by(|a, b| a.user_principal_name.cmp(&b.user_principal_name));
    people.truncate(OFFERED);
    people
}
