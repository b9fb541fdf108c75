//! Cedar, modelled the natural way: a template for each role, a link for each assignment, and what is above a resource
//! or a caller as its parents.

use std::collections::{HashMap, HashSet};
use std::error::Error;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid, PolicyId, PolicySet, Request,
    SlotId, Template,
};
use model::Scope;

use crate::tenant::{Question, Tenant};
use crate::{Engine, allowed};

pub(crate) struct WithCedar {
    authorizer: Authorizer,
    policies: PolicySet,
    questions: Vec<(Request, Entities)>,
}

impl WithCedar {
    pub(crate) fn new(tenant: &Tenant, questions: &[Question]) -> Result<Self, Box<dyn Error>> {
        let mut policies = PolicySet::new();
        for role in &tenant.roles {
            let actions: Vec<String> = allowed(*role)?.iter().map(|action| format!("Action::\"{action}\"")).collect();
            let text =
                format!("permit(principal in ?principal, action in [{}], resource in ?resource);", actions.join(","));
            policies.add_template(Template::parse(Some(PolicyId::new(role.to_string())), text)?)?;
        }
        for assignment in &tenant.assignments {
            let places = HashMap::from([
                (SlotId::principal(), named("Principal", assignment.principal_id)?),
                (SlotId::resource(), named("Scope", &assignment.scope)?),
            ]);
            let template = PolicyId::new(assignment.role_definition_id.to_string());
            policies.link(template, PolicyId::new(assignment.name.to_string()), places)?;
        }
        let questions = questions.iter().map(told).collect::<Result<_, _>>()?;
        Ok(Self { authorizer: Authorizer::new(), policies, questions })
    }
}

impl Engine for WithCedar {
    fn name(&self) -> &'static str {
        "cedar"
    }

    fn allows(&self, n: usize) -> bool {
        let (request, entities) = &self.questions[n];
        self.authorizer.is_authorized(request, &self.policies, entities).decision() == Decision::Allow
    }

    fn questions(&self) -> usize {
        self.questions.len()
    }
}

/// A question with everything that it speaks of.
fn told(question: &Question) -> Result<(Request, Entities), Box<dyn Error>> {
    let (caller, action) = (named("Principal", "caller")?, named("Action", question.action.as_str())?);
    let resource = named("Scope", &question.scope)?;
    let groups = question.principals.iter().map(|id| named("Principal", id)).collect::<Result<HashSet<_>, _>>()?;
    let mut entities =
        vec![Entity::new_no_attrs(caller.clone(), groups), Entity::new_no_attrs(action.clone(), HashSet::new())];
    let scopes = question.scope.ancestors().chain(question.above.iter().map(Scope::as_str));
    let scopes = scopes.map(|scope| named("Scope", scope)).collect::<Result<Vec<_>, _>>()?;
    for pair in scopes.windows(2) {
        entities.push(Entity::new_no_attrs(pair[0].clone(), HashSet::from([pair[1].clone()])));
    }
    let request = Request::new(caller, action, resource, Context::empty(), None)?;
    Ok((request, Entities::from_entities(entities, None)?))
}

fn named(kind: &str, name: impl ToString) -> Result<EntityUid, Box<dyn Error>> {
    Ok(EntityUid::from_type_name_and_id(kind.parse::<EntityTypeName>()?, EntityId::new(name.to_string())))
}
