//! Arguments, files and what is printed. Exit code 0, or 1 with one line that says what is wrong and how to mend it.

use crate::console::Console;
use crate::device::device;
use crate::{class, data, gallery, import, inspect, jobs, models};
use clap::{Parser, Subcommand};
use featherweight::compression::{About, Setting, distill, prune, quantize, share};
use featherweight::data::DATASETS;
use featherweight::data::import::Settings;
use featherweight::experiment::gallery::Size;
use featherweight::experiment::{
    BackendName, Data, Latency, Link, Plan, Preview, Recipe, Report, VariantReport, float_origin, mentor,
};
use std::fs::OpenOptions;
use std::io::Write;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Train a small neural network, prune it, quantize it, distill it, and measure what that costs.
#[derive(Parser)]
#[command(name = "featherweight", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs an experiment and prints a table; with a link that carries a digest, says whether the result is the same.
    Run {
        /// A recipe's file, or a link (the whole address, or what stands behind `#x=`).
        experiment: String,
        /// The folder that holds `data/`.
        #[arg(long, default_value = "www")]
        data: PathBuf,
        /// Writes the whole report as JSON.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Writes each variant's model file into this folder.
        #[arg(long)]
        models: Option<PathBuf>,
        /// Writes one variant's model into this file, of the first trial where there are several, in the form that its ending names:
        /// .fwm, .onnx, .safetensors, .npz, .h.
        #[arg(long)]
        export: Option<PathBuf>,
        /// The variant that is exported; the last, if it is left out.
        #[arg(long, requires = "export")]
        variant: Option<String>,
        /// How many stages run side by side; the result is the same for any number. All processors, if it is left out.
        #[arg(long)]
        jobs: Option<NonZero<usize>>,
        /// What trains, whatever the recipe says: `cpu` gives the same bits everywhere, `gpu` goes through Vulkan or Metal and
        /// carries no digest.
        #[arg(long, value_parser = backend_name)]
        backend: Option<BackendName>,
        /// Afterwards tries how sensitive each layer of this variant is to pruning.
        #[arg(long)]
        sensitivity: Option<String>,
        /// Afterwards tries how much each layer of this variant needs its bits, and which bits are best for a size.
        #[arg(long)]
        precision: Option<String>,
        /// Afterwards compares this quantized variant, layer by layer, with the float variant that it came from.
        #[arg(long)]
        noise: Option<String>,
        /// Afterwards compares what this variant says of the test set with what the network says that taught it, or that it was
        /// made from.
        #[arg(long)]
        agreement: Option<String>,
        /// Afterwards prints the loss around this variant's network as CSV: on a plane, and along a line through it.
        #[arg(long)]
        landscape: Option<String>,
        /// Bits of a weight on the landscape's quantized plane.
        #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=8))]
        landscape_bits: u32,
        /// Prints no progress.
        #[arg(long)]
        quiet: bool,
    },
    /// Writes the model of a model file (see `run --models`) in another form: .onnx, .safetensors, .npz, .h (C), .fwm.
    Export {
        /// A model file.
        model: PathBuf,
        /// Where to; the ending says in which form.
        to: PathBuf,
    },
    /// Prints a model file's network layer by layer: shapes, parameters, how many are not zero, bits, ranges and bytes.
    Layers {
        /// A model file.
        model: PathBuf,
    },
    /// Reads a network that was trained elsewhere, says where each of its tensors went, and keeps it where experiments find it.
    Import {
        /// A safetensors file (a PyTorch state dict), an ONNX file, or a model file.
        file: PathBuf,
        /// The data that it was trained on: a data set, or an experiment's file or link, whose data are taken, own data included.
        #[arg(long, default_value = "mnist", value_parser = data_of)]
        dataset: Data,
        /// Which network it is, as a recipe writes it, such as {"architecture":"lenet-5","activation":"tanh"}; what the shapes of
        /// its tensors say, if it is left out.
        #[arg(long)]
        network: Option<String>,
        /// Where shapes leave it open which module belongs where: one here and its name in the file, such as fc1=classifier.0.
        #[arg(long = "module")]
        modules: Vec<String>,
        /// The mean and the deviation of the pixels that it was trained on, where those were normalized, such as 0.1307,0.3081.
        #[arg(long, value_delimiter = ',', num_args = 2)]
        normalized: Vec<f64>,
        /// The folder that holds `data/`; the network is kept in `models/` there.
        #[arg(long, default_value = "www")]
        data: PathBuf,
        /// Writes the model into this file, too, in the form that its ending names.
        #[arg(long)]
        to: Option<PathBuf>,
        /// Writes a recipe that begins with it.
        #[arg(long)]
        recipe: Option<PathBuf>,
    },
    /// Data of one's own, which stay on this machine.
    #[command(subcommand)]
    Data(DataCommand),
    /// Runs an experiment's test set through a model file, and says how many samples are classified rightly.
    Predict {
        /// A model file.
        model: PathBuf,
        /// The experiment, for its data: a recipe's file, or a link.
        experiment: String,
        /// The folder that holds `data/`.
        #[arg(long, default_value = "www")]
        data: PathBuf,
        /// Writes a table (CSV) of each sample's label, its class and its logits, with as many digits as the floats have.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Writes the samples as 32-bit floats one after another, lowest byte first, for another runtime to be asked about.
        #[arg(long)]
        samples: Option<PathBuf>,
    },
    /// Prints the link of a recipe's file.
    Link {
        /// A recipe's file.
        recipe: PathBuf,
        /// A report of this recipe, whose digest goes into the link.
        #[arg(long)]
        report: Option<PathBuf>,
        /// The address of the page, to stand before the link.
        #[arg(long, default_value = "")]
        page: String,
    },
    /// Prints what a link or a recipe's file holds, and what it would run: an experiment (`#x=`), an assignment (`#a=`) or a
    /// student's answer (`#s=`).
    Show {
        /// A link, or a recipe's file.
        experiment: String,
    },
    /// Reads a class's answers and prints them as one table.
    Class {
        /// A text file with one answer's link a line, and the assignment's link in another, if its goal is to be judged.
        file: PathBuf,
        /// Prints comma-separated values, with all figures, all answers, and for each the link that runs it again.
        #[arg(long)]
        csv: bool,
    },
    /// Measures this device: what its vectors can do, and what training and classifying make of it.
    Device {
        /// The folder that holds `data/`.
        #[arg(long, default_value = "www")]
        data: PathBuf,
        /// Which works, by their ids, with commas between; all, if left out.
        #[arg(long, value_delimiter = ',')]
        works: Vec<String>,
        /// Writes the figures as JSON.
        #[arg(long)]
        json: Option<PathBuf>,
    },
    /// Runs a paper's figure anew and prints it beside what the paper reports; without a name, lists them.
    Gallery {
        /// Which; `all` runs every setup of every one, and `--markdown` then names a folder.
        name: Option<String>,
        /// On which network and data; the first, if left out.
        #[arg(long)]
        setup: Option<String>,
        /// As near to the paper as network and data allow, instead of in a minute.
        #[arg(long)]
        full: bool,
        /// Prints the recipe and runs nothing.
        #[arg(long)]
        recipe: bool,
        /// Draws this report instead of running.
        #[arg(long)]
        report: Option<PathBuf>,
        /// The folder that holds `data/`.
        #[arg(long, default_value = "www")]
        data: PathBuf,
        /// Writes the whole report as JSON.
        #[arg(long)]
        out: Option<PathBuf>,
        /// Writes what is printed into this file, too.
        #[arg(long)]
        markdown: Option<PathBuf>,
        /// How many stages run side by side. All processors, if it is left out.
        #[arg(long)]
        jobs: Option<NonZero<usize>>,
        /// Prints no progress.
        #[arg(long)]
        quiet: bool,
    },
    /// Serves the built page from a folder or a USB stick, to be used without any other network.
    Serve {
        /// The folder with the page: `dist`, or a copy of it.
        folder: PathBuf,
        /// The port; if it is left out, the first free one from 8080 on.
        #[arg(long)]
        port: Option<u16>,
        /// Lets the other machines of this network open it, too; else only this one can.
        #[arg(long)]
        lan: bool,
    },
    /// Lists the data sets, the methods and their settings.
    Methods,
}

#[derive(Subcommand)]
enum DataCommand {
    /// Makes data of pictures in folders named after their classes, of IDX files or of a table (CSV), in a zip or not; keeps them where
    /// experiments find them, and prints a recipe that trains on them. A data file that was made before is kept as it is.
    Import {
        /// Folders and files.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// What the data are called; as the first file or folder, if it is left out.
        #[arg(long)]
        name: Option<String>,
        /// Height and width that pictures are brought to.
        #[arg(long, default_value_t = 28)]
        side: usize,
        /// Keeps the colours of pictures; they become grey without it.
        #[arg(long)]
        colour: bool,
        /// Draws which samples validate and which test, where the files do not say.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The share of samples that validates.
        #[arg(long, default_value_t = 0.1)]
        validation: f64,
        /// The share of samples that tests.
        #[arg(long, default_value_t = 0.2)]
        test: f64,
        /// A table's column of classes, by its name or its number from 1; the one called label, class or target, or the last, if it
        /// is left out.
        #[arg(long)]
        label: Option<String>,
        /// The folder that holds `data/`; the data are kept in `own/` there.
        #[arg(long, default_value = "www")]
        data: PathBuf,
        /// Writes the data file here, too, to be handed on (such as leaves.fwdata).
        #[arg(long)]
        to: Option<PathBuf>,
        /// Writes the recipe here, and does not print it.
        #[arg(long)]
        recipe: Option<PathBuf>,
    },
}

/// Reads the command line and does as it says.
pub fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run {
            experiment,
            data,
            out,
            models,
            export,
            variant,
            jobs,
            backend,
            sensitivity,
            precision,
            noise,
            agreement,
            landscape,
            landscape_bits,
            quiet,
        } => {
            let mut link = read_experiment(&experiment);
            if let (Ok(link), Some(backend)) = (&mut link, backend) {
                link.recipe.backend = backend;
            }
            let wanted = Wanted {
                out,
                models,
                export,
                variant,
                sensitivity,
                precision,
                noise,
                agreement,
                landscape,
                landscape_bits,
            };
            link.and_then(|link| run(&link, &data, &wanted, jobs, quiet))
        }
        Command::Export { model, to } => models::convert(&model, &to),
        Command::Layers { model } => models::layers(&model),
        Command::Import { file, dataset, network, modules, normalized, data, to, recipe } => {
            let normalized = normalized.first_chunk().copied();
            import::import(&import::Wanted { file, dataset, network, modules, normalized, data, to, recipe })
        }
        Command::Data(DataCommand::Import {
            paths,
            name,
            side,
            colour,
            seed,
            validation,
            test,
            label,
            data,
            to,
            recipe,
        }) => {
            let settings = Settings { side, colour, seed, validation, test, label, labels: None };
            data::import(&data::Wanted { paths, name, settings, data, to, recipe })
        }
        Command::Predict { model, experiment, data, out, samples } => read_experiment(&experiment)
            .and_then(|link| models::predict(&model, &link.recipe.data, &data, &models::Wanted { out, samples })),
        Command::Link { recipe, report, page } => link(&recipe, report.as_deref(), &page),
        Command::Show { experiment } => match class::show(&experiment) {
            Some(shown) => shown,
            None => show(&experiment),
        },
        Command::Class { file, csv } => class::table(&file, csv),
        Command::Device { data, works, json } => device(data, &works, json.as_deref()),
        Command::Gallery { name: None, .. } => gallery::list(),
        Command::Gallery { name: Some(name), setup, full, recipe, report, data, out, markdown, jobs, quiet } => {
            let size = if full { Size::Full } else { Size::Quick };
            let wanted = gallery::Wanted { name, setup, size, recipe, report, out, markdown };
            match wanted.name.as_str() {
                "all" => gallery::all(&wanted, &data, at_once(jobs), quiet),
                _ => gallery::show(&wanted, &data, at_once(jobs), quiet),
            }
        }
        Command::Serve { folder, port, lan } => featherweight_server::serve(&folder, port, lan),
        Command::Methods => methods(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("featherweight: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// A recipe from a file or a link.
fn read_experiment(text: &str) -> Result<Link, String> {
    let path = Path::new(text);
    if path.is_file() {
        let recipe = Recipe::from_json(&read_text(path)?).map_err(|e| format!("{text}: {e}"))?;
        return Ok(Link { recipe, digest: None });
    }
    if text.ends_with(".json") || (text.contains('/') && !text.contains("#x=")) {
        return Err(format!("there is no file {text}; give a recipe's file or a link"));
    }
    Link::from_text(text).map_err(|e| e.to_string())
}

pub(super) fn read_text(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|e| format!("{} cannot be read ({e}); check its name", path.display()))
}

pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|e| cannot_write(path, &e))
}

/// Keeps a file where experiments find it: at `path` in the folder that holds `data/`. Says where that is.
pub(super) fn keep(data: &Path, path: &str, bytes: &[u8]) -> Result<PathBuf, String> {
    let path = data.join(path);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)
            .map_err(|e| format!("{} cannot be made ({e}); choose another place with --data", folder.display()))?;
    }
    write_file(&path, bytes)?;
    Ok(path)
}

/// Finds out before the work, not after it; what the file holds stays until there is something better.
pub(super) fn ensure_writable(path: &Path) -> Result<(), String> {
    OpenOptions::new().append(true).create(true).open(path).map(|_| ()).map_err(|e| cannot_write(path, &e))
}

fn cannot_write(path: &Path, error: &std::io::Error) -> String {
    format!("{} cannot be written ({error}); free some space or choose another place", path.display())
}

/// How many stages run side by side.
fn at_once(jobs: Option<NonZero<usize>>) -> usize {
    jobs.or(std::thread::available_parallelism().ok()).map_or(1, NonZero::get)
}

/// The data of a data set's name, or of an experiment's file or link.
fn data_of(text: &str) -> Result<Data, String> {
    if let Some(info) = DATASETS.iter().find(|info| info.name.as_str() == text) {
        return Ok(Data { dataset: info.name, ..Data::default() });
    }
    if !Path::new(text).is_file() && !text.contains("#x=") {
        let known: Vec<&str> = DATASETS.iter().map(|info| info.name.as_str()).collect();
        return Err(format!("{text} is not known; choose one of {}, or a recipe's file or link", known.join(", ")));
    }
    let data = read_experiment(text)?.recipe.data;
    data.check().map_err(|e| format!("{text}: data: {e}"))?;
    Ok(data)
}

fn backend_name(text: &str) -> Result<BackendName, String> {
    match text {
        "cpu" => Ok(BackendName::Cpu),
        "gpu" => Ok(BackendName::Gpu),
        other => Err(format!("{other} is not known; choose cpu or gpu")),
    }
}

/// What is asked for beside the table.
struct Wanted {
    out: Option<PathBuf>,
    models: Option<PathBuf>,
    export: Option<PathBuf>,
    /// Which variant to export.
    variant: Option<String>,
    sensitivity: Option<String>,
    precision: Option<String>,
    noise: Option<String>,
    agreement: Option<String>,
    landscape: Option<String>,
    landscape_bits: u32,
}

fn run(link: &Link, data: &Path, wanted: &Wanted, jobs: Option<NonZero<usize>>, quiet: bool) -> Result<(), String> {
    let Wanted { out, models, export, variant, sensitivity, precision, noise, agreement, landscape, landscape_bits } =
        wanted;
    let plan = Plan::new(&link.recipe).map_err(|e| e.to_string())?;
    let asked = [variant, sensitivity, precision, noise, agreement, landscape];
    let known = |name: &&String| plan.variants.iter().any(|v| v.name == **name);
    if let Some(name) = asked.into_iter().flatten().find(|name| !known(name)) {
        let known: Vec<&str> = plan.variants.iter().map(|v| v.name.as_str()).collect();
        return Err(format!("there is no variant \"{name}\"; those there are: {}", known.join(", ")));
    }
    let origin = match noise {
        None => None,
        Some(name) => Some(float_origin(&plan, name).ok_or_else(|| {
            format!(
                "\"{name}\" is not quantized, or no variant holds the float network that it came from; give that a name, and let \"{name}\" go on from it"
            )
        })?),
    };
    let teacher = match agreement {
        None => None,
        Some(name) => Some(
            mentor(&plan, name)
                .ok_or_else(|| format!("\"{name}\" was taught by no variant and made from none; name one that was"))?,
        ),
    };
    if let Some(path) = out {
        ensure_writable(path)?;
    }
    if let Some(path) = export {
        models::ensure_exportable(path)?;
    }
    if let Some(folder) = models {
        std::fs::create_dir_all(folder)
            .map_err(|e| format!("{} cannot be made ({e}); choose another place", folder.display()))?;
    }
    let console = jobs::run(&plan, data, at_once(jobs), Console::new(&plan, quiet))?;
    let report = console.results.report(&plan);
    print(&table(&report))?;
    let digest = Some(report.digest.clone()).filter(|digest| !digest.is_empty());
    let shown = digest.as_deref().unwrap_or("none: the GPU trained, and its bits are those of this device alone");
    let shared = Link { recipe: plan.recipe.clone(), digest: digest.clone() };
    print(&format!("digest {shown}\nlink   #x={}\n", shared.to_text()))?;
    if let Some(folder) = models {
        for ((trial, variant), file) in &console.files {
            let safe: String = variant.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
            write_file(&folder.join(format!("{safe}.{}.fwm", plan.recipe.seeds[*trial])), file)?;
        }
    }
    if let Some(path) = out {
        let json = serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?;
        write_file(path, json.as_bytes())?;
    }
    let exported = variant.as_ref().or(plan.variants.last().map(|v| &v.name));
    if let (Some(path), Some(name)) = (export, exported) {
        // The first trial's, which a run that has come this far has tested.
        if let Some(file) = console.files.get(&(0, name.clone())) {
            models::write(file, path)?;
            print(&format!("exported {name}, seed {}, to {}\n", plan.recipe.seeds[0], path.display()))?;
        }
    }
    if let Some(file) = sensitivity.as_ref().and_then(|name| console.files.get(&(0, name.clone()))) {
        print(&jobs::sensitivity(&plan, data, file)?)?;
    }
    if let Some(file) = precision.as_ref().and_then(|name| console.files.get(&(0, name.clone()))) {
        print(&jobs::precision(&plan, data, file)?)?;
    }
    let file = |name: &Option<String>| name.as_ref().and_then(|name| console.files.get(&(0, name.clone())));
    if let (Some(quantized), Some(float)) = (file(noise), file(&origin)) {
        print(&inspect::noise(&plan, data, float, quantized)?)?;
    }
    if let (Some(student), Some(name), Some(teacher)) = (file(agreement), &teacher, file(&teacher)) {
        print(&inspect::agreement(&plan, data, (name, teacher), student)?)?;
    }
    if let Some(file) = file(landscape) {
        print(&inspect::landscape(&plan, data, file, *landscape_bits)?)?;
    }
    match &link.digest {
        None => Ok(()),
        Some(_) if digest.is_none() => print("not compared with the link's result: that takes --backend cpu\n"),
        Some(wanted) if *wanted == report.digest => print("same as the link's result, bit for bit\n"),
        Some(wanted) => Err(format!(
            "the result differs from the link's: digest {} here, {wanted} there; the link may come from another version",
            report.digest
        )),
    }
}

/// Prints to standard output; a closed pipe ends the program without noise.
pub(super) fn print(text: &str) -> Result<(), String> {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("standard output cannot be written ({e}); free some space or choose another place"))
        }
        _ => Ok(()),
    }
}

fn table(report: &Report) -> String {
    let first = report.variants.first().map_or(1, |v| v.bytes.max(1)) as f64;
    let width = report.variants.iter().map(|v| v.name.chars().count()).max().unwrap_or(0).max(7);
    let mut text = format!(
        "{:width$}  accuracy    loss   weights  nonzero     MACs    bytes  ratio  batch 1 us  batch 64 us\n",
        "variant"
    );
    for v in &report.variants {
        let VariantReport { name, loss, parameters, nonzero, macs, bytes, latency, .. } = v;
        let spread = if v.trials.len() > 1 {
            format!("   {:.2}-{:.2} % over {} trials", v.accuracy_min * 100.0, v.accuracy_max * 100.0, v.trials.len())
        } else {
            String::new()
        };
        let time = |of: fn(&Latency) -> f64, digits: usize| {
            latency.as_ref().map_or("-".into(), |latency| format!("{:.digits$}", of(latency)))
        };
        text += &format!(
            "{name:width$}  {:>6.2} %  {loss:>6.4}  {parameters:>8} {nonzero:>8} {macs:>8} {bytes:>8} {:>6.3} {:>11} {:>12}{spread}\n",
            v.accuracy * 100.0,
            *bytes as f64 / first,
            time(|latency| latency.batch1.median_us, 2),
            time(|latency| latency.batch64.median_us, 1),
        );
    }
    for v in &report.variants {
        let Some(first) = v.trials.iter().find(|t| t.cut || t.empty_layers().next().is_some()) else { continue };
        let layers: Vec<&str> = first.empty_layers().map(|layer| layer.name.as_str()).collect();
        text += &match (layers.is_empty(), first.cut) {
            (true, _) => {
                format!("layer collapse in {}: no chain of weights leads from its input to its output\n", v.name)
            }
            (_, true) => format!("layer collapse in {}: no weight is left of {}\n", v.name, layers.join(", ")),
            (_, false) => {
                format!("in {} no weight is left of {}; a skip connection leads past it\n", v.name, layers.join(", "))
            }
        };
    }
    text
}

fn link(recipe: &Path, report: Option<&Path>, page: &str) -> Result<(), String> {
    let recipe = Recipe::from_json(&read_text(recipe)?).map_err(|e| format!("{}: {e}", recipe.display()))?;
    Plan::new(&recipe).map_err(|e| e.to_string())?;
    let digest = match report {
        None => None,
        Some(path) => {
            let report: Report = serde_json::from_str(&read_text(path)?)
                .map_err(|e| format!("{} is not a report ({e}); make it with run --out", path.display()))?;
            if report.recipe != recipe {
                return Err(format!("{} is the report of another recipe; run this one with --out", path.display()));
            }
            Some(report.digest).filter(|digest| !digest.is_empty())
        }
    };
    print(&format!("{page}#x={}\n", Link { recipe, digest }.to_text()))
}

fn show(experiment: &str) -> Result<(), String> {
    let link = read_experiment(experiment)?;
    let plan = Plan::new(&link.recipe).map_err(|e| e.to_string())?;
    let mut text = link.recipe.to_pretty_json();
    text += &format!(
        "\n\n{} variants in {} stages, {} trials, {} training samples a trial\n",
        plan.variants.len(),
        plan.stages.len(),
        plan.recipe.seeds.len(),
        plan.training_samples()
    );
    let preview = Preview::of(&plan);
    if preview.data_bytes > 0.0 {
        text += &format!("{:.1} MB of data are read\n", preview.data_bytes / 1e6);
    }
    if let Some(own) = link.recipe.data.described() {
        text += &format!(
            "somebody's own data, which are not part of it: \"{}\", {} samples, {} classes, digest {}\n",
            class::visible(&own.title),
            own.samples(),
            own.labels.len(),
            own.digest
        );
    }
    for stage in &plan.stages {
        text += &format!("{}{}\n", "  ".repeat(stage.depth + 1), stage.label);
    }
    if let Some(digest) = &link.digest {
        text += &format!("digest {digest}\n");
    }
    print(&text)
}

fn methods() -> Result<(), String> {
    let mut text = String::from("data sets\n");
    for info in DATASETS {
        text += &format!("  {:14} {}\n", info.name.to_string(), info.help);
    }
    let prune: Vec<About> = prune::METHODS.iter().map(|m| m.about).collect();
    let distill: Vec<About> = distill::METHODS.iter().map(|m| m.about).collect();
    for (kind, methods, settings) in [
        ("prune", prune.as_slice(), prune::SETTINGS),
        ("quantize", quantize::METHODS, quantize::SETTINGS),
        ("share", share::METHODS, share::SETTINGS),
        ("distill", distill.as_slice(), distill::SETTINGS),
    ] {
        text += &format!("\n{kind}\n");
        for about in methods {
            text += &format!("  {:14} {}\n  {:14} {}\n", about.name, about.help, "", about.paper);
        }
        for Setting { name, help, default, range, .. } in settings {
            text += &format!("    {name} ({} to {}, else {default}): {help}\n", range.start(), range.end());
        }
        if kind == "prune" {
            for (name, choices) in [
                ("scope", prune::Scope::NAMES),
                ("granularity", prune::Granularity::NAMES),
                ("schedule", prune::Schedule::NAMES),
                ("rewind", prune::Rewind::NAMES),
                ("ablation", prune::Ablation::NAMES),
            ] {
                text += &format!("    {name}: {}\n", choices.join(", "));
            }
            text += "    budgets: a sparsity for each weight matrix; exclude: matrices left whole, from 1\n";
        }
    }
    print(&text)
}
