//! `featherweight device`: the engine measured natively, as the page's "This device" measures it in the browser.

use crate::command_line::{ensure_writable, print, write_file};
use featherweight::benchmark::{Measurement, Settings, choose, measure, works};
use featherweight::data::Folder;
use featherweight::experiment::{Clock, Engines, Flow};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Measures these works (all, if none are named), prints a line for each as it is done, and writes all of them as JSON.
pub fn device(data: PathBuf, ids: &[String], json: Option<&Path>) -> Result<(), String> {
    let chosen = choose(ids).map_err(|e| e.to_string())?;
    if let Some(path) = json {
        ensure_writable(path)?;
    }
    let wide = chosen.iter().map(|work| work.id.len()).max().unwrap_or(0).max(37);
    print(&format!("{:wide$} {:>12}  {:9}  {:>25}  of peak     bytes     MACs\n", "work", "median", "", "quartiles"))?;
    let mut measured = Vec::new();
    let mut failed = Ok(());
    let mut tell = |measurement: Measurement| {
        if failed.is_ok() {
            failed = print(&row(&measurement, wide));
        }
        measured.push(measurement);
    };
    let (settings, source, mut clock) = (Settings::default(), Folder(data), Steady(Instant::now()));
    let ended =
        pollster::block_on(measure(&chosen, &settings, &source, &mut clock, &mut Engines::with_gpu(), &mut tell));
    ended.map_err(|e| e.to_string())?;
    failed?;
    let legend = works().into_iter().filter(|work| chosen.contains(work));
    let legend: String = legend.map(|work| format!("{:wide$} {}\n", work.id, work.title)).collect();
    print(&format!("\n{legend}"))?;
    match json {
        None => Ok(()),
        Some(path) => {
            let text = serde_json::to_string_pretty(&measured).map_err(|e| e.to_string())?;
            write_file(path, text.as_bytes())
        }
    }
}

fn row(m: &Measurement, wide: usize) -> String {
    let text = |value: f64| format!("{value:.*}", if value >= 1000.0 { 0 } else { 2 });
    let quartiles = format!("{} - {}", text(m.q1), text(m.q3));
    let share = m.share_of_peak.map_or_else(String::new, |share| format!("{:.1} %", share * 100.0));
    let count = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
    format!(
        "{:wide$} {:>12}  {:9}  {quartiles:>25}  {share:>7}  {:>8} {:>8}\n",
        m.work,
        text(m.median),
        m.unit,
        count(m.bytes.map(|b| b as u64)),
        count(m.macs)
    )
}

/// The processor's steady clock; nobody asks to stop.
struct Steady(Instant);

impl Clock for Steady {
    async fn pause(&mut self) -> Flow {
        Flow::Continue
    }

    fn now_us(&self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1e6
    }
}
