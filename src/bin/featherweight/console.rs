//! Progress on standard error: one line that is written over on a terminal, a line a stage elsewhere.

use featherweight::experiment::{Event, Plan, Results};
use std::collections::HashMap;
use std::io::IsTerminal;
use std::time::Instant;

/// What a run has told so far, and how it is printed.
pub struct Console {
    /// What was tested and timed.
    pub results: Results,
    /// Encoded files, by trial and variant.
    pub files: HashMap<(usize, String), Vec<u8>>,
    plan: Plan,
    quiet: bool,
    terminal: bool,
    /// When each stage of each trial began.
    begun: HashMap<(usize, usize), Instant>,
}

impl Console {
    /// Nothing told yet.
    pub fn new(plan: &Plan, quiet: bool) -> Self {
        Self {
            results: Results::default(),
            files: HashMap::new(),
            plan: plan.clone(),
            quiet,
            terminal: std::io::stderr().is_terminal(),
            begun: HashMap::new(),
        }
    }

    /// Takes the line away that is written over.
    pub fn clear(&self) {
        if self.terminal && !self.quiet {
            eprint!("\r\x1b[K");
        }
    }

    /// Takes one piece of news, and prints it.
    pub fn take(&mut self, event: &Event) {
        self.results.take(&self.plan, event);
        if let Event::Stage { trial, stage } = event {
            self.begun.insert((*trial, *stage), Instant::now());
        }
        if self.quiet {
            return;
        }
        match event {
            Event::Stage { trial, stage } => self.say(&self.place(*trial, *stage)),
            Event::Backend { trial, stage, message } => {
                self.say(&format!("  {}: {message}", self.place(*trial, *stage)));
            }
            Event::Step { trial, stage, samples, total, epoch, loss, accuracy } if self.terminal => {
                let seconds = self.begun.get(&(*trial, *stage)).map_or(0.0, |begun| begun.elapsed().as_secs_f64());
                let rate = *samples as f64 / seconds;
                let left = (total - samples) as f64 / rate;
                let place = self.place(*trial, *stage);
                let percent = accuracy * 100.0;
                eprint!(
                    "\r\x1b[K  {place}, epoch {epoch:.1}: loss {loss:.4}, accuracy {percent:.2} %, {rate:.0} samples/s, {left:.0} s left"
                );
            }
            Event::Validation { trial, stage, epoch, loss, accuracy } => {
                let place = self.place(*trial, *stage);
                let percent = accuracy * 100.0;
                self.say(&format!("  {place}, epoch {epoch}: validation loss {loss:.4}, accuracy {percent:.2} %"));
            }
            Event::Variant { trial, result } => {
                let (trial, name) = (self.trial(*trial), &result.name);
                let percent = result.accuracy * 100.0;
                self.say(&format!("  {trial}{name}: test accuracy {percent:.2} %, {} bytes", result.bytes));
            }
            Event::Latency { variant, latency, .. } => {
                self.say(&format!("  {variant}: {:.2} us at batch 1", latency.batch1.median_us));
            }
            _ => {}
        }
    }

    fn say(&self, line: &str) {
        self.clear();
        eprintln!("{line}");
    }

    /// `trial 2/3 `, where there are several.
    fn trial(&self, trial: usize) -> String {
        match self.plan.recipe.seeds.len() {
            1 => String::new(),
            trials => format!("trial {}/{trials} ", trial + 1),
        }
    }

    /// `trial 2/3 [1/4] train LeNet-300-100`
    fn place(&self, trial: usize, stage: usize) -> String {
        let label = &self.plan.stages[stage].label;
        format!("{}[{}/{}] {label}", self.trial(trial), stage + 1, self.plan.stages.len())
    }
}
