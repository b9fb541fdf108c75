//! smalt's decisions beside those of `cedar-policy` and `casbin`, on the same questions: a caller in ten groups, machines
//! below resource groups, subscriptions and management groups, and a tenant of 10 to a million assignments.
//!
//! `cargo run --release --manifest-path crates/rbac/benches/rivals/Cargo.toml [SIZE…]`
//!
//! Every engine has to answer alike, or nothing is printed. Times are of the thread, not of the clock, the medians of
//! rounds in which each engine has its turn. What is prepared outside of them: the caller with its groups, the names of
//! actions and resources, for all alike. Not what is above a scope: smalt works it out anew for each question.

#[path = "../../tenant/mod.rs"]
mod tenant;

mod with_casbin;
mod with_cedar;
mod with_smalt;

use std::error::Error;
use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;
use peak_alloc::PeakAlloc;
use rbac::{Action, Allowance, CompiledRole, Plane, builtin_role};
use tenant::{ACTIONS, Question, SIZES, Tenant};
use uuid::Uuid;
use with_casbin::WithCasbin;
use with_cedar::WithCedar;
use with_smalt::{WithSmalt, print_index};

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const ROUNDS: usize = 5;
/// How many questions there are. Engines that read every assignment are told of as many as they have the time for.
const QUESTIONS: u64 = 2_048;
/// What an engine has at least in a round.
const TIME: Duration = Duration::from_millis(500);

/// Something that decides.
trait Engine {
    fn name(&self) -> &'static str;

    /// Whether the nth of its questions is allowed.
    fn allows(&self, n: usize) -> bool;

    /// How many of the questions it was told of.
    fn questions(&self) -> usize;
}

fn main() -> Result<(), Box<dyn Error>> {
    let asked = std::env::args().skip(1).map(|size| size.parse()).collect::<Result<Vec<u64>, _>>()?;
    for size in if asked.is_empty() { SIZES.to_vec() } else { asked } {
        compare(size)?;
    }
    Ok(())
}

fn compare(size: u64) -> Result<(), Box<dyn Error>> {
    let tenant = Tenant::new(size);
    let questions: Vec<Question> = (0..QUESTIONS).map(|n| tenant.question(n)).collect();
    println!("{size} assignments");
    print_index(&tenant);
    let few = &questions[..usize::try_from(2_000_000 / size)?.clamp(4, 512)];
    let engines: [Box<dyn Engine + '_>; 3] = [
        Box::new(WithSmalt::new(&tenant, &questions)),
        Box::new(WithCedar::new(&tenant, few)?),
        Box::new(WithCasbin::new(&tenant, few)?),
    ];
    let allowed = (0..few.len()).map(|n| agreed(&engines, n)).sum::<Result<usize, _>>()?;
    println!("  all agree on {} questions, {allowed} of them allowed", few.len());
    let mut rounds = engines.each_ref().map(|_| Vec::new());
    for _ in 0..ROUNDS {
        engines.iter().zip(&mut rounds).for_each(|(engine, times)| times.push(round(&**engine)));
    }
    let medians = rounds.map(median);
    for (engine, time) in engines.iter().zip(medians) {
        println!("  {:<8} {time:>16.0} ns a decision   {:>12.1} times smalt's", engine.name(), time / medians[0]);
    }
    Ok(())
}

/// What a role allows of what is asked for.
fn allowed(role: Uuid) -> Result<Vec<&'static str>, String> {
    let role = builtin_role(role).map(CompiledRole::new).ok_or("not a role of Azure's")?;
    let is_granted =
        |action: &&str| matches!(role.allows(&Action::new(action), Plane::Control), Allowance::Granted { .. });
    Ok(ACTIONS.into_iter().filter(is_granted).collect())
}

/// 1 where all engines allow the question, 0 where none does.
fn agreed(engines: &[Box<dyn Engine + '_>], n: usize) -> Result<usize, String> {
    let answers: Vec<bool> = engines.iter().map(|engine| engine.allows(n)).collect();
    match answers.iter().all(|answer| *answer == answers[0]) {
        true => Ok(answers[0].into()),
        false => Err(format!("they do not agree on question {n}: {answers:?}")),
    }
}

/// Nanoseconds a decision.
fn round(engine: &dyn Engine) -> f64 {
    let (start, mut asked) = (ThreadTime::now(), 0_u32);
    loop {
        for n in 0..engine.questions() {
            black_box(engine.allows(n));
            asked += 1;
            // The clock is not read so often that it counts.
            if asked.is_power_of_two() && start.elapsed() > TIME {
                break;
            }
        }
        let elapsed = start.elapsed();
        if elapsed > TIME {
            return elapsed.as_secs_f64() * 1e9 / f64::from(asked);
        }
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
