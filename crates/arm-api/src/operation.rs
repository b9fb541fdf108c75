//! Long-running operations: the headers that tell a client where to ask, and what it is told there.
//!
//! The work itself is done when the request is answered: with the world in one process nothing takes long. The client
//! still goes through the motions of the real thing, and a stored due time (not a sleeping task) says when it ends.

use model::Scope;
use serde_json::{Value, json};
use store::Operation;

use crate::answer::Answer;
use crate::resource_types::{Polling, Write};

/// What a client asks last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    /// The resource itself: PUT and PATCH.
    Resource,
    /// The `Location` of the first answer: DELETE and POST.
    Location,
}

/// Seconds that a client is asked to wait between two questions. Zero and none mean 30 to the Azure CLI (AZ-WIRE 0.11).
pub(crate) const RETRY_AFTER: &str = "1";

/// Keeps an operation that has succeeded and adds the headers that lead to it.
pub(crate) fn with_polling(
    write: &mut Write<'_>,
    answer: Answer,
    polling: Polling,
    location: Option<&str>,
    finish: Finish,
) -> Answer {
    let id = write.arm.ids.guid();
    let subscription = write.route.path.subscription().unwrap_or_default().to_owned();
    write.tx.put_operation(Operation {
        id,
        scope: Scope::new(&format!("/subscriptions/{subscription}")),
        started_at: write.now,
        due_at: write.now,
        outcome: json!({"status": "Succeeded"}),
    });
    let namespace = match polling {
        Polling::Compute => "Microsoft.Compute",
        Polling::Network => "Microsoft.Network",
    };
    let location = location.unwrap_or("westus");
    let base =
        format!("{}/subscriptions/{subscription}/providers/{namespace}/locations/{location}", write.request.origin());
    let version = write.api_version;
    let status = format!("{base}/operations/{id}?api-version={version}");
    let answer = answer.with_header("azure-asyncoperation", status.clone()).with_header("retry-after", RETRY_AFTER);
    match (finish, polling) {
        (Finish::Resource, Polling::Compute) => answer.with_header("azure-asyncnotification", "Enabled"),
        (Finish::Resource, Polling::Network) => answer,
        (Finish::Location, Polling::Compute) => answer.with_header("location", format!("{status}&monitor=true")),
        (Finish::Location, Polling::Network) => {
            answer.with_header("location", format!("{base}/operationResults/{id}?api-version={version}"))
        }
    }
}

/// What an operation is told to be: `running` until it is due, then how it ended.
pub(crate) fn status(operation: &Operation, now: model::Time, running: &str) -> Value {
    match now < operation.due_at {
        true => json!({"status": running}),
        false => operation.outcome.clone(),
    }
}
