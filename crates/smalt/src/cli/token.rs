//! `smalt token`

use std::io::Read;
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use tokens::Decoded;

use super::control_client::ControlClient;
use super::{Outcome, State, runtime};
use crate::control::Signed;
use crate::world;

#[derive(Subcommand)]
pub(super) enum Token {
    /// Show a token's header and claims, what each means, and whether its signature is valid
    Decode {
        /// The token; `-` or nothing reads standard input
        token: Option<String>,
    },
}

/// What claims mean.
const MEANINGS: [(&str, &str); 24] = [
    ("aud", "what the token is for"),
    ("iss", "who issued it"),
    ("iat", "when it was issued, five minutes back for clocks that differ"),
    ("nbf", "from when it counts"),
    ("exp", "until when it counts"),
    ("aio", "opaque, for the token service"),
    ("appid", "the client's application id"),
    ("azp", "the client's application id"),
    ("appidacr", "how the client proved itself: 0 not at all, 1 by secret, 2 by certificate"),
    ("azpacr", "how the client proved itself: 0 not at all, 1 by secret, 2 by certificate"),
    ("idp", "who vouched for the subject"),
    ("idtyp", "app: no person stands behind it"),
    ("oid", "the principal's object id: what role assignments name"),
    ("rh", "opaque, for the token service"),
    ("sub", "the subject; for an application the same as oid"),
    ("tid", "the tenant"),
    ("upn", "the person's sign-in name"),
    ("uti", "the token's own id"),
    ("ver", "the token's format"),
    ("scp", "what the person let the client do"),
    ("roles", "application roles on the resource"),
    ("xms_az_rid", "the resource on which the managed identity asked"),
    ("xms_mirid", "the managed identity's resource"),
    ("xms_tcdt", "when the tenant was made"),
];

impl Token {
    pub(super) fn run(self, state: &State) -> Outcome {
        let Self::Decode { token } = self;
        let text = match token.as_deref() {
            None | Some("-") => {
                let mut text = String::new();
                std::io::stdin().read_to_string(&mut text)?;
                text
            }
            Some(text) => text.to_owned(),
        };
        // People paste whole answers.
        let text = from_answer(text.trim());
        let Some(decoded) = tokens::decode(&text) else {
            eprintln!("smalt: this is no token: three parts of base64url with dots between are expected.");
            return Ok(ExitCode::from(2));
        };
        print!("{}", describe(&decoded));
        println!("{}", verdict(&text, state)?);
        Ok(ExitCode::SUCCESS)
    }
}

fn from_answer(text: &str) -> String {
    let answer: Option<Value> = serde_json::from_str(text).ok();
    answer.and_then(|a| a["access_token"].as_str().map(str::to_owned)).unwrap_or_else(|| text.to_owned())
}

/// Header and claims, one a line, each with its meaning.
pub(super) fn describe(decoded: &Decoded) -> String {
    let mut out = String::from("header\n");
    for (name, value) in &decoded.header {
        out.push_str(&format!("  {name:<11} {}\n", shown(value)));
    }
    out.push_str("claims\n");
    for (name, value) in &decoded.claims {
        let moment = value.as_i64().filter(|_| ["iat", "nbf", "exp"].contains(&name.as_str()));
        let moment =
            moment.and_then(|s| model::Time::from_unix_timestamp(s).ok()).and_then(|t| t.format(&Rfc3339).ok());
        let meaning = MEANINGS.iter().find(|(known, _)| known == name).map(|(_, meaning)| format!("  ({meaning})"));
        let value = moment.map_or_else(|| shown(value), |m| format!("{} = {m}", shown(value)));
        out.push_str(&format!("  {name:<11} {value}{}\n", meaning.unwrap_or_default()));
    }
    out
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Whether the world in the state directory signed it: its server is asked, or the state itself when nobody serves it.
fn verdict(token: &str, state: &State) -> anyhow::Result<String> {
    let directory = state.directory()?;
    let asked = ControlClient::of(&directory).and_then(|c| c.post("/signature", &Signed { token: token.to_owned() }));
    let is_valid = match asked {
        Ok(Value::Object(answer)) if answer["issuer"].is_string() => {
            return Ok(format!(
                "signature  valid: the issuer {} that this world plays signed it",
                shown(&answer["issuer"])
            ));
        }
        Ok(answer) => answer["valid"].as_bool().unwrap_or(false),
        Err(_) if directory.join("smalt.sqlite").exists() => {
            runtime()?.block_on(world::signed_here(&directory, token))?
        }
        Err(_) => {
            let place = directory.display();
            return Ok(format!("signature  not checked: there is no world in {place}; name one with --state"));
        }
    };
    Ok(match is_valid {
        true => "signature  valid: this world's token service signed it".to_owned(),
        false => "signature  invalid: this world's token service did not sign it".to_owned(),
    })
}
