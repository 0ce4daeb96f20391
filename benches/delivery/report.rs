//! Figures, and the table of them.

use std::fmt;
use std::process::{Command, ExitCode};

use crate::{Plan, say};

/// What is to be reached.
#[derive(Clone, Copy)]
pub enum Reach {
    AtLeast(f64),
    AtMost(f64),
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reach::AtLeast(bound) => write!(f, "≥ {bound}"),
            Reach::AtMost(bound) => write!(f, "≤ {bound}"),
        }
    }
}

/// What came of a row: one value a run, or why there is none.
pub struct Figure {
    pub name: &'static str,
    pub runs: Vec<f64>,
    pub doubt: Doubt,
}

/// What stands beside a figure.
#[derive(Clone)]
pub enum Doubt {
    None,
    /// It is missed, whatever the figure says.
    Missed(String),
    /// It could not be measured, or not as it should.
    Void(String),
}

impl Figure {
    pub fn new(name: &'static str, runs: Vec<f64>) -> Figure {
        Figure { name, runs, doubt: Doubt::None }
    }
}

/// The middle one, or the mean of the middle two.
pub fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

/// Runs a measurement as a task of its own, so that one that fails leaves the others their turn.
pub async fn caught(
    names: &[&'static str],
    measurement: impl Future<Output = Vec<Figure>> + Send + 'static,
) -> Vec<Figure> {
    match tokio::spawn(measurement).await {
        Ok(figures) => figures,
        Err(panic) => {
            let doubt = Doubt::Void(format!("could not be measured: {panic}"));
            names.iter().map(|name| Figure { name, runs: vec![], doubt: doubt.clone() }).collect()
        }
    }
}

fn line_of(command: &str, args: &[&str]) -> String {
    let output = Command::new(command).args(args).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
    text.unwrap_or_default().lines().last().unwrap_or_default().trim().to_owned()
}

/// What the figures were taken on, and what spoils them.
pub fn say_machine() {
    let folder = std::env::temp_dir();
    let disk = line_of("stat", &["-f", "-c", "%T", &folder.display().to_string()]);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default();
    say(&format!("{cores} cores, load {load}, databases in {} ({disk})", folder.display()));
    if disk == "tmpfs" {
        say("This is memory and not a disk: commits cost nothing. Set TMPDIR to a folder on a disk");
    }
}

fn shown(value: f64) -> String {
    if value >= 10.0 { format!("{value:.1}") } else { format!("{value:.2}") }
}

/// Prints the table. Fails where something could not be measured; a figure that is missed is a
/// result.
pub fn print(rows: &[(&'static str, &'static str, Reach)], plan: &Plan, figures: &[Figure]) -> ExitCode {
    println!(
        "\n{} pairs or runs; campaigns of {} and {} mails of about 16 KB",
        plan.pairs, plan.messages, plan.million
    );
    println!("{:<48} {:>8} {:>17} {:>8}", "figure", "median", "min – max", "reach");
    let mut complete = true;
    for (name, what, reach) in rows {
        let Some(figure) = figures.iter().find(|figure| figure.name == *name) else { continue };
        if !plan.wanted.contains(name) {
            continue;
        }
        complete &= !matches!(figure.doubt, Doubt::Void(_));
        if figure.runs.is_empty() {
            if let Doubt::Void(why) | Doubt::Missed(why) = &figure.doubt {
                println!("{what:<48} {why}");
            }
            continue;
        }
        let middle = median(&figure.runs);
        let least = figure.runs.iter().copied().fold(f64::INFINITY, f64::min);
        let most = figure.runs.iter().copied().fold(0.0, f64::max);
        let reached = match reach {
            Reach::AtLeast(bound) => middle >= *bound,
            Reach::AtMost(bound) => middle <= *bound,
        };
        let verdict = match &figure.doubt {
            Doubt::None if reached => "reached".to_owned(),
            Doubt::None => "missed".to_owned(),
            Doubt::Missed(why) => format!("missed: {why}"),
            Doubt::Void(why) => format!("does not count: {why}"),
        };
        let spread = if figure.runs.len() == 1 {
            "one run".to_owned()
        } else {
            format!("{} – {}", shown(least), shown(most))
        };
        println!("{what:<48} {:>8} {spread:>17} {:>8}  {verdict}", shown(middle), reach.to_string());
    }
    if complete { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
