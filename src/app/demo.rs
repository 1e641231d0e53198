//! What moves on a first visit: a small network learns two spirals and is pruned, here and now, in a worker of its own that ends
//! with it. What it comes to is not kept. Where motion is not wanted, only the last picture is shown.

use super::browser::media;
use super::curve::Boundary;
use super::format;
use super::places::Place;
use super::results::boundary::Plane;
use super::state::{Phase, Shown, State};
use super::text::demo as words;
use crate::experiment::{Event, Plan, Recipe, Report, VariantReport};
use crate::worker::{FirstWorker, News, Pool};
use leptos::prelude::*;
use std::time::Duration;

/// What is run: under a second on any machine, so that its pictures wait for the eye and not the other way round.
const RECIPE: &str = r#"{"version": 1, "data": {"dataset": "spirals", "samples": 1000},
    "network": {"architecture": "mlp", "widths": [24, 24]},
    "training": {"epochs": 40, "batch": 32, "learning_rate": 0.01},
    "variants": [
        {"name": "0"},
        {"name": "0.5", "from": "0", "steps": [{"prune": {"sparsity": 0.5, "schedule": "one-shot", "epochs": 6, "learning_rate": 0.01}}]},
        {"name": "0.75", "from": "0.5", "steps": [{"prune": {"sparsity": 0.75, "schedule": "one-shot", "epochs": 8, "learning_rate": 0.01}}]},
        {"name": "0.85", "from": "0.75", "steps": [{"prune": {"sparsity": 0.85, "schedule": "one-shot", "epochs": 10, "learning_rate": 0.01}}]}
    ]}"#;
/// Time between two pictures.
const PACE: Duration = Duration::from_millis(110);

/// A picture: after an epoch of a stage, both counted from 0.
#[derive(Clone)]
struct Frame {
    stage: usize,
    epoch: usize,
    plane: Boundary,
}

#[derive(Clone, Copy)]
struct Demo {
    pool: StoredValue<Option<Pool>, LocalStorage>,
    frames: StoredValue<Vec<Frame>>,
    /// The picture that is shown.
    at: RwSignal<Option<usize>>,
    report: RwSignal<Option<Report>>,
    paused: RwSignal<bool>,
    /// All has been shown.
    ended: RwSignal<bool>,
}

impl Demo {
    fn new() -> Self {
        Self {
            pool: StoredValue::new_local(None),
            frames: StoredValue::new(Vec::new()),
            at: RwSignal::new(None),
            report: RwSignal::new(None),
            paused: RwSignal::new(false),
            ended: RwSignal::new(false),
        }
    }

    fn start(self, plan: Plan) {
        let pool = Pool::new(FirstWorker::start(|| {}), move |news| self.hear(news));
        pool.run(1, plan);
        self.pool.set_value(Some(pool));
    }

    /// Nobody hears of trouble: what the visitor did not ask for may go without.
    fn hear(self, news: News) {
        match news {
            News::Event { event: Event::Boundary { stage, side, classes, .. }, .. } => {
                let _ = self.frames.try_update_value(|frames| {
                    let epoch = frames.iter().filter(|frame| frame.stage == stage).count();
                    let plane = Boundary { stage, label: String::new(), side, classes };
                    frames.push(Frame { stage, epoch, plane });
                });
            }
            News::Finished { report, .. } => {
                let _ = self.report.try_set(Some(*report));
                // The worker ends with its pool, though not in the midst of what it says.
                set_timeout(move || self.end(), Duration::ZERO);
            }
            News::Trouble { .. } => set_timeout(move || self.end(), Duration::ZERO),
            _ => {}
        }
    }

    /// Ends the worker.
    fn end(self) {
        let _ = self.pool.try_update_value(Option::take);
    }

    /// Shows the next picture, if there is one.
    fn step(self) {
        if self.paused.get_untracked() || self.ended.get_untracked() {
            return;
        }
        let count = self.frames.with_value(Vec::len);
        let next = self.at.get_untracked().map_or(0, |at| at + 1);
        if next < count {
            self.at.set(Some(next));
        } else if count > 0 && self.pool.with_value(Option::is_none) {
            self.ended.set(true);
        }
    }

    fn again(self) {
        self.at.set(None);
        self.paused.set(false);
        self.ended.set(false);
    }

    fn frame(self) -> Option<Frame> {
        self.at.get().and_then(|at| self.frames.with_value(|frames| frames.get(at).cloned()))
    }
}

/// The picture with its line, from when the engine is ready until the visitor starts or opens something.
pub(super) fn show(state: State) -> AnyView {
    let due = Memo::new(move |_| state.shown.get() == Shown::Nothing && state.opened.with(Option::is_none));
    let ready = Memo::new(move |_| state.phase.get() != Phase::Loading);
    view! { {move || (due.get() && ready.get()).then(|| view! { <Moving state/> })} }.into_any()
}

#[component]
fn Moving(state: State) -> impl IntoView {
    let demo = Demo::new();
    let still = media("(prefers-reduced-motion: reduce)");
    let plan = Recipe::from_json(RECIPE).ok().and_then(|recipe| Plan::new(&recipe).ok());
    if let Some(plan) = plan {
        demo.start(plan);
    }
    let clock = set_interval_with_handle(
        move || {
            if still {
                // The last picture alone.
                let last = demo.frames.with_value(Vec::len).checked_sub(1);
                if demo.pool.with_value(Option::is_none) && last.is_some() && !demo.ended.get_untracked() {
                    demo.at.set(last);
                    demo.ended.set(true);
                }
            } else {
                demo.step();
            }
        },
        PACE,
    )
    .ok();
    on_cleanup(move || {
        demo.end();
        if let Some(clock) = clock {
            clock.clear();
        }
    });
    // Elsewhere, and beside anything that was started, nobody looks.
    Effect::new(move |_| {
        if state.place.get() != Place::Playground || state.occupied() {
            demo.end();
            demo.paused.set(true);
        }
    });
    let shares = [0.0, 0.5, 0.75, 0.85];
    let share = move |stage: usize| format::short_percent(shares[stage.min(shares.len() - 1)]);
    let line = move || {
        if let (true, Some(report)) = (demo.ended.get(), demo.report.get())
            && let [first, .., last] = report.variants.as_slice()
        {
            let accuracy = |v: &VariantReport| format::short_percent(v.accuracy);
            return words::ended(&accuracy(first), &accuracy(last), &share(shares.len() - 1));
        }
        match demo.frame() {
            None => words::STARTING.into(),
            Some(Frame { stage: 0, epoch, .. }) => words::learns(epoch + 1),
            Some(Frame { stage, epoch, .. }) => words::pruned(&share(stage), epoch + 1),
        }
    };
    let button = move || {
        if demo.ended.get() {
            (!still).then(|| {
                view! { <button data-testid="demo-again" on:click=move |_| demo.again()>{words::AGAIN}</button> }
                    .into_any()
            })
        } else {
            let turn = move |_| demo.paused.update(|paused| *paused = !*paused);
            let words = move || if demo.paused.get() { words::GO_ON.tr() } else { words::PAUSE.tr() };
            Some(view! { <button data-testid="demo-pause" on:click=turn>{words}</button> }.into_any())
        }
    };
    let plane = Signal::derive(move || demo.frame().map(|frame| frame.plane));
    view! {
        <section
            class="demo card" aria-labelledby="demo-title" data-testid="demo"
            data-at=move || demo.at.get().map(|at| at.to_string())
            data-ended=move || demo.ended.get().to_string()
        >
            <Plane label=words::LABEL.to_string() boundary=plane/>
            <div>
                <h2 id="demo-title">{words::TITLE}</h2>
                <p>{line}</p>
                {button}
            </div>
        </section>
    }
}
