//! casbin, modelled the natural way: a policy for each assignment, the caller's groups and the actions of roles as its
//! roles, and scopes as paths that begin with the management groups, for only so does `keyMatch` know what is above.

use std::error::Error;

use casbin::{CoreApi, DefaultModel, Enforcer, MemoryAdapter, MgmtApi};
use model::Scope;
use tokio::runtime::Builder;

use crate::tenant::{Question, Tenant};
use crate::{Engine, allowed};

const MODEL: &str = "
[request_definition]
r = sub, obj, act
[policy_definition]
p = sub, obj, role
[role_definition]
g = _, _
g2 = _, _
[policy_effect]
e = some(where (p.eft == allow))
[matchers]
m = g(r.sub, p.sub) && keyMatch(r.obj, p.obj) && g2(r.act, p.role)
";

pub(crate) struct WithCasbin {
    enforcer: Enforcer,
    questions: Vec<[String; 3]>,
}

impl WithCasbin {
    pub(crate) fn new(tenant: &Tenant, questions: &[Question]) -> Result<Self, Box<dyn Error>> {
        let policies = tenant.assignments.iter().map(|assignment| {
            let place = format!("{}/*", path(&tenant.above(&assignment.scope), &assignment.scope));
            vec![assignment.principal_id.to_string(), place, assignment.role_definition_id.to_string()]
        });
        let mut roles = Vec::new();
        for role in &tenant.roles {
            roles.extend(allowed(*role)?.into_iter().map(|action| vec![action.to_owned(), role.to_string()]));
        }
        let caller = |n| format!("caller{n}");
        let groups = questions
            .iter()
            .enumerate()
            .flat_map(|(n, question)| question.principals.iter().map(move |group| vec![caller(n), group.to_string()]));
        let asked = questions.iter().enumerate().map(|(n, question)| {
            let place = format!("{}/", path(&question.above, &question.scope));
            [caller(n), place, question.action.as_str().to_owned()]
        });
        let enforcer = Builder::new_current_thread().build()?.block_on(async {
            let mut enforcer = Enforcer::new(DefaultModel::from_str(MODEL).await?, MemoryAdapter::default()).await?;
            enforcer.add_policies(policies.collect()).await?;
            enforcer.add_named_grouping_policies("g", distinct(groups)).await?;
            enforcer.add_named_grouping_policies("g2", distinct(roles.into_iter())).await?;
            Ok::<_, casbin::Error>(enforcer)
        })?;
        Ok(Self { enforcer, questions: asked.collect() })
    }
}

impl Engine for WithCasbin {
    fn name(&self) -> &'static str {
        "casbin"
    }

    fn allows(&self, n: usize) -> bool {
        let [caller, place, action] = &self.questions[n];
        // A question that it cannot answer is no disagreement, but a mistake here.
        self.enforcer.enforce((caller, place, action)).expect("the question is well formed")
    }

    fn questions(&self) -> usize {
        self.questions.len()
    }
}

/// Whoever adds the same policy twice is refused altogether.
fn distinct(policies: impl Iterator<Item = Vec<String>>) -> Vec<Vec<String>> {
    let mut policies: Vec<_> = policies.collect();
    policies.sort_unstable();
    policies.dedup();
    policies
}

/// A path that begins with the management groups, the nearest of which comes last.
fn path(above: &[Scope], scope: &Scope) -> String {
    above.iter().rev().chain([scope]).map(Scope::as_str).collect()
}
