//! The gallery on the command line: the papers' figures, run anew and printed as tables beside what the papers report.

use crate::command_line::{ensure_writable, print, read_text, write_file};
use crate::console::Console;
use crate::jobs;
use featherweight::experiment::gallery::{Chart, EXHIBITS, Exhibit, Line, Setup, Size, Spot};
use featherweight::experiment::{Link, Plan, Report};
use std::path::{Path, PathBuf};

/// The most columns of a table; of more points only some are shown.
const MOST_COLUMNS: usize = 12;

/// What is asked for of an exhibit.
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// On which network and data.
    pub setup: Option<String>,
    /// In full or in a minute.
    pub size: Size,
    /// Only the recipe.
    pub recipe: bool,
    /// Draws this report instead of running.
    pub report: Option<PathBuf>,
    /// Where the report goes.
    pub out: Option<PathBuf>,
    /// Where the tables go.
    pub markdown: Option<PathBuf>,
}

/// Lists all exhibits.
pub fn list() -> Result<(), String> {
    let mut text = String::new();
    for exhibit in EXHIBITS {
        text += &format!("{:22} {}\n{:22} {}\n", exhibit.name, exhibit.title, "", exhibit.paper);
        for setup in exhibit.setups {
            text += &format!("{:22}   --setup {:22} {}\n", "", setup.name, setup.title);
        }
    }
    print(&text)
}

/// Runs every setup of every exhibit, one after another.
pub fn all(wanted: &Wanted, data: &Path, jobs: usize, quiet: bool) -> Result<(), String> {
    if let Some(folder) = &wanted.markdown {
        std::fs::create_dir_all(folder)
            .map_err(|e| format!("{} cannot be made ({e}); choose another place", folder.display()))?;
    }
    for exhibit in EXHIBITS {
        for setup in exhibit.setups {
            let file = format!("{}-{}.md", exhibit.name, setup.name);
            let one = Wanted {
                name: exhibit.name.into(),
                setup: Some(setup.name.into()),
                size: wanted.size,
                recipe: wanted.recipe,
                report: None,
                out: None,
                markdown: wanted.markdown.as_ref().map(|folder| folder.join(file)),
            };
            show(&one, data, jobs, quiet)?;
        }
    }
    Ok(())
}

/// Runs an exhibit, or draws a report of it.
pub fn show(wanted: &Wanted, data: &Path, jobs: usize, quiet: bool) -> Result<(), String> {
    let exhibit = Exhibit::find(&wanted.name)?;
    let setup = exhibit.setup(wanted.setup.as_deref())?;
    let recipe = (setup.recipe)(wanted.size);
    if wanted.recipe {
        return print(&format!("{}\n", recipe.to_pretty_json()));
    }
    for path in [&wanted.out, &wanted.markdown].into_iter().flatten() {
        ensure_writable(path)?;
    }
    let report = match &wanted.report {
        Some(path) => serde_json::from_str::<Report>(&read_text(path)?)
            .map_err(|e| format!("{} is not a report ({e}); make it with --out", path.display()))?,
        None => {
            let plan = Plan::new(&recipe).map_err(|e| e.to_string())?;
            jobs::run(&plan, data, jobs, Console::new(&plan, quiet))?.results.report(&plan)
        }
    };
    if let Some(path) = &wanted.out {
        let json = serde_json::to_string(&report).map_err(|e| e.to_string())?;
        write_file(path, json.as_bytes())?;
    }
    let text = written(exhibit, setup, &report);
    if let Some(path) = &wanted.markdown {
        write_file(path, text.as_bytes())?;
    }
    print(&text)
}

/// An exhibit's page: what was done, what the paper reports, our figures.
fn written(exhibit: &Exhibit, setup: &Setup, report: &Report) -> String {
    let digest = Some(report.digest.clone()).filter(|digest| !digest.is_empty());
    let link = Link { recipe: report.recipe.clone(), digest }.to_text();
    let (setup, size) = match Exhibit::of(&report.recipe) {
        Some((_, setup, Size::Full)) => (setup.title, "in full"),
        Some((_, setup, Size::Quick)) => (setup.title, "quick"),
        None => (setup.title, "changed"),
    };
    let (trials, epochs) = (report.recipe.seeds.len(), report.recipe.training.epochs);
    let samples = report.recipe.data.samples.map_or("all training samples".into(), |n| format!("{n} training samples"));
    let mut text = format!(
        "# {}: {setup}\n\n{}\n\n{}\n\n**Settings**: {size}; {samples}, {epochs} epochs, {trials} trial{}. Quick: {}\n\n**What to notice.** {}\n\n**The paper reports**\n\n",
        exhibit.title,
        exhibit.paper,
        exhibit.about,
        if trials == 1 { "" } else { "s" },
        exhibit.shortened,
        exhibit.notice,
    );
    for sentence in exhibit.reported {
        text += &format!("- {sentence}\n");
    }
    for chart in (exhibit.charts)(report) {
        text += &table(&chart);
    }
    text + &format!("\nExperiment: `#x={link}`\n")
}

/// A chart as a table: a row for each line, a column for each place on the axis, the spread of several trials behind the mean.
fn table(chart: &Chart) -> String {
    let mut places: Vec<f64> = Vec::new();
    for spot in chart.lines.iter().flat_map(|line| &line.spots) {
        // Places that are written alike stand in one column.
        if !places.iter().any(|x| chart.x.quantity.write(*x) == chart.x.quantity.write(spot.x)) {
            places.push(spot.x);
        }
    }
    places.sort_by(f64::total_cmp);
    let every = places.len().div_ceil(MOST_COLUMNS).max(1);
    let last = places.len().saturating_sub(1);
    let columns: Vec<String> = places
        .iter()
        .enumerate()
        .filter(|(i, _)| (last - i).is_multiple_of(every))
        .map(|(_, x)| chart.x.quantity.write(*x))
        .collect();
    let against = if chart.is_of_names() { String::new() } else { format!(" against {}", chart.x.title) };
    let mut text = format!("\n**{}** ({}{against})\n\n| |", chart.title, chart.y.title);
    let heads = if chart.is_of_names() { vec![chart.y.title.to_string()] } else { columns.clone() };
    heads.iter().for_each(|column| text += &format!(" {column} |"));
    text += &format!("\n|---|{}\n", "---|".repeat(columns.len()));
    for line in &chart.lines {
        text += &format!("| {} |", line.name);
        for column in &columns {
            text += &format!(" {} |", cell(chart, line, column));
        }
        text += "\n";
    }
    text
}

fn cell(chart: &Chart, line: &Line, column: &str) -> String {
    let write = |value| chart.y.quantity.write(value);
    match line.spots.iter().find(|spot| chart.x.quantity.write(spot.x) == *column) {
        None => String::new(),
        Some(Spot { y, low, high, collapsed, .. }) => {
            let spread = if low == high { String::new() } else { format!(" ({} to {})", write(*low), write(*high)) };
            format!("{}{spread}{}", write(*y), if *collapsed { " collapsed" } else { "" })
        }
    }
}
