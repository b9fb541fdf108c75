//! `smalt explain --questions`: many answers, one JSON object a line, from files alone.

use std::io::{BufWriter, Read, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, anyhow};
use rbac::questions::{Question, World, WorldText};
use rbac::{Operation, Rules, Universe};
use serde::Deserialize;
use serde_json::Value;

use crate::cli::Outcome;

/// Answers every question. Exit code 0 when all have answers, 1 when one has none, 2 when the files are not what they
/// should be; then nothing is answered.
pub(super) fn answer(questions: &Path, world: Option<&Path>, operations: Option<&Path>) -> Outcome {
    match read(questions, world, operations) {
        Ok(asked) => asked.answer(),
        Err(error) => {
            eprintln!("smalt: {error:#}");
            Ok(ExitCode::from(2))
        }
    }
}

/// All that is asked, read.
struct Asked {
    questions: Vec<Question>,
    world: WorldText,
    /// None: those that smalt ships.
    universe: Option<Universe>,
}

fn read(questions: &Path, world: Option<&Path>, operations: Option<&Path>) -> anyhow::Result<Asked> {
    let world = match world {
        Some(path) => {
            serde_json::from_str(&contents(path)?).with_context(|| format!("{} is no world", path.display()))?
        }
        None => WorldText::default(),
    };
    let universe = operations.map(|path| {
        let list: OperationList = serde_json::from_str(&contents(path)?)
            .with_context(|| format!("{} is no list of operations", path.display()))?;
        list.ops.iter().map(|row| operation(row)).collect::<anyhow::Result<Universe>>()
    });
    let text = contents(questions)?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let questions = lines.map(|(n, line)| {
        let place = || format!("{}, line {}", questions.display(), n + 1);
        let question: Value = serde_json::from_str(line).with_context(place)?;
        Question::read(&question).map_err(|error| anyhow!("{}: {error}", place()))
    });
    Ok(Asked { questions: questions.collect::<anyhow::Result<_>>()?, world, universe: universe.transpose()? })
}

fn contents(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    match path.as_os_str() == "-" {
        true => std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?,
        false => {
            text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
            text.len()
        }
    };
    Ok(text)
}

impl Asked {
    fn answer(self) -> Outcome {
        let rules = Rules::default();
        let shared = World::from(&self.world);
        let universe = self.universe.as_ref().unwrap_or_else(|| Universe::known());
        let mut out = BufWriter::new(std::io::stdout().lock());
        let mut all_answered = true;
        for question in &self.questions {
            let own = question.world.as_ref().map(|own| World::from(&self.world.overlaid(own)));
            let (answer, is_answer) = question.answer(own.as_ref().unwrap_or(&shared), &rules, universe);
            all_answered &= is_answer;
            serde_json::to_writer(&mut out, &answer)?;
            out.write_all(b"\n")?;
        }
        out.flush()?;
        Ok(if all_answered { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// `{"ops": [["Microsoft.Compute/virtualMachines/read", "c", …], …]}`.
#[derive(Deserialize)]
struct OperationList {
    ops: Vec<Vec<String>>,
}

/// The operation of a row: its name, the letters of its planes, and whatever else the list tells of it.
fn operation(row: &[String]) -> anyhow::Result<Operation> {
    match row {
        [name, planes, ..] => Ok(Operation::new(name.clone(), planes.contains('c'), planes.contains('d'))),
        _ => Err(anyhow!("a row of operations has no planes: {row:?}")),
    }
}
