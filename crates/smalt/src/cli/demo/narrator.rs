//! How the story is told: headings, requests, essences, in colour on a terminal and plain elsewhere.

use std::io::{BufRead, Write};

use axum::http::StatusCode;
use serde_json::Value;

/// Prints the story.
pub(super) struct Narrator {
    has_colour: bool,
    pauses: bool,
    steps: u8,
}

impl Narrator {
    pub(super) fn new(has_colour: bool, pauses: bool) -> Self {
        Self { has_colour, pauses, steps: 0 }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.has_colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    pub(super) fn title(&self, text: &str) {
        println!("{}\n", self.paint("1", text));
    }

    /// Begins the next step.
    pub(super) fn step(&mut self, heading: &str) {
        if self.steps > 0 {
            self.wait();
        }
        self.steps += 1;
        println!("{}", self.paint("1;36", &format!("{}. {heading}", self.steps)));
    }

    /// Begins what comes after the steps.
    pub(super) fn afterwards(&mut self, heading: &str) {
        self.wait();
        println!("{}", self.paint("1;36", heading));
    }

    pub(super) fn say(&self, text: &str) {
        println!("   {text}");
    }

    pub(super) fn request(&self, method: &str, url: &str) {
        println!("   {} {url}", self.paint("33", &format!("> {method}")));
    }

    pub(super) fn answer(&self, status: StatusCode, essence: &str) {
        let colour = if status.is_success() { "32" } else { "31" };
        println!("   {} {essence}", self.paint(colour, &format!("< {}", status.as_u16())));
    }

    /// A name and what it is.
    pub(super) fn fact(&self, name: &str, value: &Value) {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        println!("     {} {value}", self.paint("2", &format!("{name:<22}")));
    }

    pub(super) fn verified(&self, what: &str) {
        println!("   {} {what}\n", self.paint("32", "verified:"));
    }

    fn wait(&self) {
        if self.pauses {
            print!("   (Enter)");
            let _ = std::io::stdout().flush();
            let _ = std::io::stdin().lock().read_line(&mut String::new());
        }
    }
}
