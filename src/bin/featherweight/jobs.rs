//! A run on several threads. Each has data and a backend of its own; what stages leave to one another they share.

use super::console::Console;
use featherweight::backend::gpu::Gpu;
use featherweight::compression::quantize::mixed::{front, no_worse, within};
use featherweight::compression::quantize::{Clip, Quantize};
use featherweight::data::{Dataset, Folder};
use featherweight::experiment::{
    Clock, Engines, Event, Flow, OfTrial, Plan, RunError, SPARSITIES, Schedule, Sink, State, Task, budgets, run_stage,
    time_variant,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What the threads have in common.
struct Common<'a> {
    plan: &'a Plan,
    tasks: Mutex<Tasks>,
    /// A task has ended.
    ended: Condvar,
    console: Mutex<Console>,
    begun: Instant,
}

struct Tasks {
    schedule: Schedule<Arc<State>>,
    /// The first failure; it ends the run.
    failure: Option<String>,
}

/// Runs a plan on up to `jobs` threads with the data in `folder`. The console comes back with all results.
pub fn run(plan: &Plan, folder: &Path, jobs: usize, console: Console) -> Result<Console, String> {
    let tasks = Mutex::new(Tasks { schedule: Schedule::new(plan), failure: None });
    let common = Common { plan, tasks, ended: Condvar::new(), console: Mutex::new(console), begun: Instant::now() };
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(plan.width()) {
            scope.spawn(|| common.work(folder));
        }
    });
    let console = common.console.into_inner().unwrap_or_else(PoisonError::into_inner);
    console.clear();
    match common.tasks.into_inner().unwrap_or_else(PoisonError::into_inner).failure {
        Some(sentence) => Err(sentence),
        None => Ok(console),
    }
}

/// The accuracy of a variant's network as one layer after another is pruned, as a table; and what each layer bears.
pub fn sensitivity(plan: &Plan, folder: &Path, file: &[u8]) -> Result<String, String> {
    let mut dataset = plan.recipe.data.open().map_err(|e| e.to_string())?;
    let mut layers = Vec::new();
    let source = Folder(folder.into());
    let mut clock = Steady(Instant::now());
    let tried =
        featherweight::experiment::sensitivity(file, &mut dataset, &source, &mut clock, |layer| layers.push(layer));
    pollster::block_on(tried).map_err(|e| e.to_string())?;
    let mut text = String::from(
        "\nsensitivity: accuracy on validation samples, one layer pruned by magnitude, the others whole\n",
    );
    let width = layers.iter().map(|layer| layer.name.chars().count()).max().unwrap_or(0);
    text += &format!("{:width$}", "sparsity");
    SPARSITIES.iter().for_each(|sparsity| text += &format!(" {:>8.0} %", sparsity * 100.0));
    for layer in &layers {
        text += &format!("\n{:width$}", layer.name);
        layer.accuracies.iter().for_each(|(_, accuracy)| text += &format!(" {:>8.2} %", accuracy * 100.0));
    }
    text += "\n";
    for loss in [0.002, 0.005, 0.01, 0.02] {
        let found: Vec<String> = budgets(&layers, loss).iter().map(ToString::to_string).collect();
        text += &format!("budgets that cost each layer at most {} points: [{}]\n", loss * 100.0, found.join(", "));
    }
    Ok(text)
}

/// What each layer's bits cost, as a table; and the best bits for each size that the same bits everywhere would take.
pub fn precision(plan: &Plan, folder: &Path, file: &[u8]) -> Result<String, String> {
    let mut dataset = plan.recipe.data.open().map_err(|e| e.to_string())?;
    let mut layers = Vec::new();
    let model = featherweight::export::decode(file).map_err(|e| e.to_string())?;
    let settings = Quantize { clip: Clip::Mse, ..Quantize::default() };
    let (source, mut clock) = (Folder(folder.into()), Steady(Instant::now()));
    let tell = |layer| layers.push(layer);
    let tried = featherweight::experiment::precision(&model, &settings, &mut dataset, &source, &mut clock, tell);
    pollster::block_on(tried).map_err(|e| e.to_string())?;
    let mut text = String::from("\nprecision: rise of the loss on training samples, one layer's weights rounded\n");
    let width = layers.iter().map(|layer| layer.name.chars().count()).max().unwrap_or(0);
    text += &format!("{:width$}", "bits");
    let choices = layers.first().map_or(&[][..], |layer| &layer.choices);
    choices.iter().for_each(|choice| text += &format!(" {:>10}", choice.bits));
    for layer in &layers {
        text += &format!("\n{:width$}", layer.name);
        layer.choices.iter().for_each(|choice| text += &format!(" {:>10.5}", choice.rise));
    }
    text += "\n";
    let front = front(&layers.iter().map(|layer| layer.choices.clone()).collect::<Vec<_>>());
    for (place, choice) in choices.iter().enumerate() {
        let (bytes, rise) = layers.iter().fold((0, 0.0), |(bytes, rise), layer| {
            (bytes + layer.choices[place].bytes, rise + layer.choices[place].rise)
        });
        let Some(best) = within(&front, bytes) else { continue };
        text += &format!("{} bits everywhere: {bytes} bytes, rise {rise:.5}; best: {:?}, ", choice.bits, best.bits);
        text += &format!("{} bytes, rise {:.5}\n", best.bytes, best.rise);
    }
    for allowed in [0.001, 0.01, 0.1] {
        let Some(least) = no_worse(&front, allowed).filter(|found| found.rise <= allowed) else { continue };
        text += &format!("fewest bytes for a rise of {allowed}: {:?}, {} bytes, ", least.bits, least.bytes);
        text += &format!("rise {:.5}\n", least.rise);
    }
    Ok(text)
}

/// A clock that nobody stops.
pub(super) struct Steady(pub Instant);

impl Clock for Steady {
    async fn pause(&mut self) -> Flow {
        Flow::Continue
    }

    fn now_us(&self) -> f64 {
        self.0.elapsed().as_secs_f64() * 1e6
    }
}

impl Common<'_> {
    /// One thread: takes tasks until there are none.
    fn work(&self, folder: &Path) {
        let mut dataset = match self.plan.recipe.data.open() {
            Ok(dataset) => dataset,
            Err(error) => return self.fail(error.to_string()),
        };
        let mut engines = Engines::with_gpu();
        while let Some(task) = self.next() {
            let place = task.place();
            // A thread that panicked would leave the others waiting for it.
            match catch_unwind(AssertUnwindSafe(|| self.perform(task, &mut dataset, &mut engines, folder))) {
                Ok(Ok(states)) => {
                    self.tasks().schedule.done(&place, states);
                    self.ended.notify_all();
                }
                Ok(Err(error)) => return self.fail(error.to_string()),
                Err(_) => return self.fail("a stage ended in an error of the program, told above".into()),
            }
        }
    }

    /// Waits for the next task; none when the run is over.
    fn next(&self) -> Option<Task<Arc<State>>> {
        let mut tasks = self.tasks();
        loop {
            if tasks.failure.is_some() || tasks.schedule.over() {
                return None;
            }
            match tasks.schedule.begin() {
                Some(task) => return Some(task),
                None => tasks = self.ended.wait(tasks).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// What the task leaves behind in each trial, if it is a stage.
    fn perform(
        &self,
        task: Task<Arc<State>>,
        dataset: &mut Dataset,
        engines: &mut Engines<Gpu>,
        folder: &Path,
    ) -> Result<Vec<Option<Arc<State>>>, RunError> {
        let source = Folder(folder.into());
        let mut sink = Told(self);
        match task {
            Task::Time { trial, variant, file } => {
                pollster::block_on(time_variant(trial, &variant, &file, dataset, &source, &mut sink))?;
                Ok(Vec::new())
            }
            Task::Stage { stage, trials } => {
                let inputs: Vec<_> = trials.iter().map(OfTrial::inputs).collect();
                let stage = run_stage(self.plan, stage, &inputs, dataset, &source, engines, &mut sink);
                let mut states = Vec::with_capacity(trials.len());
                for (of, reached) in trials.iter().zip(pollster::block_on(stage)?) {
                    let reached = reached?;
                    for (result, file) in reached.variants {
                        self.tasks().schedule.tested(of.trial, &result.name, file);
                    }
                    states.push(Some(Arc::new(reached.state)));
                }
                Ok(states)
            }
        }
    }

    fn fail(&self, sentence: String) {
        self.tasks().failure.get_or_insert(sentence);
        self.ended.notify_all();
    }

    fn tasks(&self) -> MutexGuard<'_, Tasks> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A thread's sink: the console, which all share.
struct Told<'a, 'b>(&'a Common<'b>);

impl Told<'_, '_> {
    fn console(&self) -> MutexGuard<'_, Console> {
        self.0.console.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sink for Told<'_, '_> {
    fn event(&mut self, event: Event) {
        self.console().take(&event);
    }

    fn model(&mut self, trial: usize, variant: &str, file: &[u8]) {
        self.console().files.insert((trial, variant.into()), file.to_vec());
    }
}

impl Clock for Told<'_, '_> {
    async fn pause(&mut self) -> Flow {
        Flow::Continue
    }

    fn now_us(&self) -> f64 {
        self.0.begun.elapsed().as_secs_f64() * 1e6
    }
}
