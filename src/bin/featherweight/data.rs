//! Data of one's own: made of files, kept where experiments find them.

use crate::command_line::{ensure_writable, keep, print, write_file};
use crate::import::bare;
use featherweight::data::import::{self, Settings, Supplied};
use featherweight::data::{self, Own, OwnFile, Split};
use featherweight::experiment::{Data, Recipe, Variant, beginning_with};
use featherweight::network::Architecture;
use std::path::{Path, PathBuf};

/// What is asked for.
pub struct Wanted {
    /// Files, or folders with all that is in them.
    pub paths: Vec<PathBuf>,
    /// What the data are to be called.
    pub name: Option<String>,
    pub settings: Settings,
    /// The folder that holds `data/`.
    pub data: PathBuf,
    /// Where else the data file goes.
    pub to: Option<PathBuf>,
    pub recipe: Option<PathBuf>,
}

/// Makes data of the files, says what they are, keeps them under their digest and writes a recipe that trains on them.
pub fn import(wanted: &Wanted) -> Result<(), String> {
    for path in [&wanted.to, &wanted.recipe].into_iter().flatten() {
        ensure_writable(path)?;
    }
    let imported = import::import(read(&wanted.paths)?, &wanted.settings)?;
    let title = match &wanted.name {
        Some(name) => name.clone(),
        None => wanted.paths[0].file_stem().unwrap_or_default().to_string_lossy().into_owned(),
    };
    let (own, content) = imported.file.describe(&title)?;
    let file = data::pack(&content)?;
    let path = keep(&wanted.data, &own.path(), &file)?;
    let left_out = match imported.left_out {
        0 => String::new(),
        count => format!("left out: {count}\n  {}\n", imported.reasons.join("\n  ")),
    };
    print(&format!("{}{left_out}digest {}, kept as {}\n", table(&own, &imported.file), own.digest, path.display()))?;
    if let Some(to) = &wanted.to {
        write_file(to, &file)?;
    }
    let recipe = recipe(own)?.to_pretty_json();
    match &wanted.recipe {
        Some(path) => write_file(path, recipe.as_bytes()),
        None => print(&format!("\n{recipe}\n")),
    }
}

/// All files at these paths. Those in a folder are called by their path below it.
fn read(paths: &[PathBuf]) -> Result<Vec<Supplied>, String> {
    let (mut files, mut bytes) = (Vec::new(), 0);
    for path in paths {
        let base = if path.is_dir() { path.as_path() } else { path.parent().unwrap_or(Path::new("")) };
        add(path, base, &mut files, &mut bytes)?;
    }
    Ok(files)
}

fn add(path: &Path, base: &Path, files: &mut Vec<Supplied>, bytes: &mut usize) -> Result<(), String> {
    let cannot = |e: std::io::Error| format!("{} cannot be read ({e}); check its name", path.display());
    if path.is_dir() {
        for entry in std::fs::read_dir(path).map_err(cannot)? {
            add(&entry.map_err(cannot)?.path(), base, files, bytes)?;
        }
        return Ok(());
    }
    // Before it is read, since a folder may hold anything.
    *bytes += usize::try_from(std::fs::metadata(path).map_err(cannot)?.len()).unwrap_or(usize::MAX / 2);
    if *bytes > import::MAX_INPUT {
        let most = import::MAX_INPUT >> 20;
        return Err(format!("the files have more than {most} MiB; choose fewer or make them smaller"));
    }
    let named = path.strip_prefix(base).unwrap_or(path).to_string_lossy().into_owned();
    files.push(Supplied { path: named, bytes: std::fs::read(path).map_err(cannot)? });
    Ok(())
}

/// How many samples of each class there are, part by part.
fn table(own: &Own, file: &OwnFile) -> String {
    let width = own.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0).max(5);
    let [height, across, channels] = own.shape;
    let mut text = format!("{}: {height} x {across} x {channels}\n", own.title);
    text += &format!("{:width$}    train  validation     test\n", "class");
    for (class, label) in own.labels.iter().enumerate() {
        let count = |split: Split| {
            file.splits[split as usize].classes.iter().filter(|other| usize::from(**other) == class).count()
        };
        let [train, validation, test] = Split::ALL.map(count);
        text += &format!("{label:width$} {train:>8}  {validation:>10} {test:>8}\n");
    }
    text
}

/// What one would try first: the network as it is, pruned, and in integers.
fn recipe(own: Own) -> Result<Recipe, String> {
    let network = if own.is_image() { Architecture::default() } else { Architecture::mlp(&[64, 32]) };
    Ok(Recipe {
        title: own.title.clone(),
        data: Data::of(own),
        network,
        variants: beginning_with(Variant { name: "dense".into(), ..Variant::default() }),
        ..bare()?
    })
}
