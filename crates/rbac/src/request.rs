//! What is asked.

use model::Place;
use uuid::Uuid;

use crate::condition::{Attributes, Facts};
use crate::{Action, Plane};

/// What a caller asks to do, and where.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The caller's object id and those of every group that holds it, directly or not. Nobody, where it is empty.
    pub principals: &'a [Uuid],
    /// The operation.
    pub action: &'a Action,
    /// Which of a role's lists count.
    pub plane: Plane,
    /// Where. Nothing need exist there yet: creating is authorised at the future id.
    pub place: &'a Place<'a>,
    /// What the operation is in particular, such as `Blob.List`: conditions ask for it.
    pub sub_operation: Option<&'a str>,
    /// What conditions may ask of the request, the resource, the caller and the surroundings.
    pub attributes: &'a Attributes,
}

impl<'a> Request<'a> {
    pub(crate) fn facts(&self) -> Facts<'a> {
        Facts { action: self.action, sub_operation: self.sub_operation, attributes: self.attributes }
    }
}
