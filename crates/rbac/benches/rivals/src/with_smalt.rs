//! The evaluator as requests ask it, and its index.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use cpu_time::ThreadTime;
use model::{AccessControl, Place};
use rbac::{Attributes, Outcome, Plane, Request, Rules, outcome};

use crate::tenant::{Question, Tenant};
use crate::{ALLOCATOR, Engine, median};

pub(crate) struct WithSmalt<'q> {
    access: AccessControl,
    rules: Rules,
    attributes: Attributes,
    questions: &'q [Question],
}

impl<'q> WithSmalt<'q> {
    pub(crate) fn new(tenant: &Tenant, questions: &'q [Question]) -> Self {
        Self { access: tenant.access(), rules: Rules::default(), attributes: Attributes::default(), questions }
    }
}

impl Engine for WithSmalt<'_> {
    fn name(&self) -> &'static str {
        "smalt"
    }

    fn allows(&self, n: usize) -> bool {
        let Question { principals, action, scope, above } = &self.questions[n];
        let request = Request {
            principals,
            action,
            plane: Plane::Control,
            place: &Place::new(scope, above),
            sub_operation: None,
            attributes: &self.attributes,
        };
        outcome(&request, &self.access, &self.rules) == Outcome::Allowed
    }

    fn questions(&self) -> usize {
        self.questions.len()
    }
}

/// What the index costs: to build, to keep, and to change by one assignment.
pub(crate) fn print_index(tenant: &Tenant) {
    let size = tenant.assignments.len();
    let before = ALLOCATOR.current_usage();
    let start = ThreadTime::now();
    let access = tenant.access();
    let built = start.elapsed();
    let bytes = (ALLOCATOR.current_usage() - before) as f64 / size as f64;
    let (mut adding, mut removing) = (Vec::new(), Vec::new());
    for n in 0..1_000 {
        let assignment = Arc::new(tenant.assignment((size + n) as u64));
        let name = assignment.name;
        // As a commit does: what was before stays, for those who still read it.
        let mut more = access.clone();
        adding.push(timed(|| more.role_assignments.insert(assignment)));
        let mut fewer = more.clone();
        removing.push(timed(|| {
            black_box(fewer.role_assignments.remove(name));
        }));
    }
    let micros = |times: Vec<Duration>| median(times.iter().map(|time| time.as_secs_f64() * 1e6).collect());
    println!("  index: built in {:.1} ms, {bytes:.0} bytes an assignment", built.as_secs_f64() * 1e3);
    println!("  one added {:.1} us, one removed {:.1} us", micros(adding), micros(removing));
}

fn timed(what: impl FnOnce()) -> Duration {
    let start = ThreadTime::now();
    what();
    start.elapsed()
}
