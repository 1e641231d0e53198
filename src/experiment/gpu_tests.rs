//! Whole runs on the GPU, where this machine has one; the browser's tests have one in any case.

use super::tests::{EVERYTHING, Log, Nothing, now, report};
use super::{
    BackendName, Clock, Engines, Event, Flow, Inputs, Plan, Recipe, Report, Sink, State, run_stage, run_trial,
};
use crate::backend::Backend;
use crate::backend::cpu::Cpu;
use crate::backend::gpu::Gpu;
use crate::backend::gpu::tests::device;
use crate::data::{Dataset, Key};
use crate::network::{
    ActivationName, Architecture, ArchitectureName, CrossEntropy, Metrics, Mode, Model, Monitor, Network, PoolingName,
    Progress, Pupil, Shape, Training, train,
};

fn on_gpu(json: &str) -> Plan {
    let recipe = Recipe { backend: BackendName::Gpu, ..Recipe::from_json(json).unwrap() };
    Plan::new(&recipe).unwrap()
}

fn open(plan: &Plan) -> Dataset {
    plan.recipe.data.open().unwrap()
}

fn run(plan: &Plan, engines: &mut Engines<Gpu>, sink: &mut impl Sink) {
    for trial in 0..plan.recipe.seeds.len() {
        pollster::block_on(run_trial(plan, trial, &mut open(plan), &Nothing, engines, sink)).unwrap();
    }
}

/// On the processor, for comparison.
fn run_here(json: &str) -> Report {
    let plan = Plan::new(&Recipe::from_json(json).unwrap()).unwrap();
    let mut log = Log::default();
    for trial in 0..plan.recipe.seeds.len() {
        now(run_trial(&plan, trial, &mut open(&plan), &Nothing, &mut Engines::cpu(), &mut log)).unwrap();
    }
    report(&plan, &log)
}

/// Every layer, optimizer, schedule and step: the same recipe on either backend comes to nearly the same, and says which.
#[test]
fn the_gpu_comes_to_what_the_processor_comes_to() {
    let Some(gpu) = device() else { return };
    let (plan, mut log, mut engines) = (on_gpu(EVERYTHING), Log::default(), Engines::with_gpu());
    engines.give(gpu);
    run(&plan, &mut engines, &mut log);
    let (ours, expected) = (report(&plan, &log), run_here(EVERYTHING));
    assert!(!log.events.iter().any(|event| matches!(event, Event::Backend { .. })));
    assert_eq!((ours.backend, ours.digest.as_str()), (BackendName::Gpu, ""));
    assert_eq!(expected.backend, BackendName::Cpu);
    for (ours, expected) in ours.variants.iter().zip(&expected.variants) {
        assert_eq!((ours.backend, ours.digest.as_str()), (BackendName::Gpu, ""), "{}", ours.name);
        // 100 test samples: two of them may fall on the other side.
        assert!(
            (ours.accuracy - expected.accuracy).abs() < 0.025,
            "{}: {} for {}",
            ours.name,
            ours.accuracy,
            expected.accuracy
        );
        assert!((ours.loss - expected.loss).abs() < 0.03, "{}: {} for {}", ours.name, ours.loss, expected.loss);
        assert_eq!(ours.nonzero, expected.nonzero, "{}", ours.name);
    }
}

/// A sink that breaks the device after so many pauses.
struct Breaking<F: Fn()> {
    log: Log,
    pauses: usize,
    at: usize,
    device: F,
}

impl<F: Fn()> Sink for Breaking<F> {
    fn event(&mut self, event: Event) {
        self.log.event(event);
    }

    fn model(&mut self, trial: usize, variant: &str, file: &[u8]) {
        self.log.model(trial, variant, file);
    }
}

impl<F: Fn()> Clock for Breaking<F> {
    async fn pause(&mut self) -> Flow {
        self.pauses += 1;
        if self.pauses == self.at {
            (self.device)();
        }
        self.log.pause().await
    }

    fn now_us(&self) -> f64 {
        self.log.now_us()
    }
}

const ONE: &str = r#"{"version":1,"data":{"dataset":"moons","samples":320},"network":{"architecture":"mlp","widths":[16]},
    "training":{"epochs":8,"learning_rate":0.01,"batch":32},"variants":[{"name":"dense"}]}"#;

/// Lost in the first epoch, in a later one, and in the last: the processor goes on from the end of the epoch before.
#[test]
fn a_lost_device_loses_nothing() {
    let expected = run_here(ONE);
    for (at, epoch) in [(4, 1), (35, 4), (79, 8)] {
        let Some(gpu) = device() else { return };
        let device = gpu.breaker();
        let (plan, mut engines) = (on_gpu(ONE), Engines::with_gpu());
        engines.give(gpu);
        let mut sink = Breaking { log: Log::default(), pauses: 0, at, device };
        run(&plan, &mut engines, &mut sink);
        let told = sink.log.events.iter().find_map(|event| match event {
            Event::Backend { message, .. } => Some(message.clone()),
            _ => None,
        });
        let told = told.unwrap();
        assert!(told.contains("lost") && told.contains(&format!("from epoch {epoch}")), "{told}");
        let ours = report(&plan, &sink.log);
        assert!((ours.variants[0].accuracy - expected.variants[0].accuracy).abs() < 0.025);
        assert!((ours.variants[0].loss - expected.variants[0].loss).abs() < 0.02);
        // Every epoch was validated once, whoever did it.
        let epochs = sink.log.events.iter().filter_map(|event| match event {
            Event::Validation { epoch, .. } => Some(*epoch),
            _ => None,
        });
        assert_eq!(epochs.collect::<Vec<_>>(), (1..=8).map(|epoch| epoch as f32).collect::<Vec<_>>());
    }
}

/// Out of memory, or asked for more than it may give: a sentence, the processor goes on from the end of the epoch before, and
/// the next stage finds a device again.
#[test]
fn a_device_without_memory_loses_nothing() {
    let expected = run_here(ONE);
    for beyond_its_limit in [false, true] {
        let Some(gpu) = device() else { return };
        let device: Box<dyn Fn()> = if beyond_its_limit { Box::new(gpu.glutton()) } else { Box::new(gpu.exhauster()) };
        let (plan, mut engines) = (on_gpu(ONE), Engines::with_gpu());
        engines.give(gpu);
        let mut sink = Breaking { log: Log::default(), pauses: 0, at: 35, device };
        run(&plan, &mut engines, &mut sink);
        let told = sink.log.events.iter().find_map(|event| match event {
            Event::Backend { message, .. } => Some(message.as_str()),
            _ => None,
        });
        let (why, told) = (["no memory left", "refused a command"][usize::from(beyond_its_limit)], told.unwrap());
        assert!(
            told.contains(why) && told.contains("the processor goes on from epoch 4, and nothing is lost"),
            "{told}"
        );
        let ours = report(&plan, &sink.log);
        assert!((ours.variants[0].accuracy - expected.variants[0].accuracy).abs() < 0.025);
        assert!((ours.variants[0].loss - expected.variants[0].loss).abs() < 0.02);
        let epochs = sink.log.events.iter().filter(|event| matches!(event, Event::Validation { .. }));
        assert_eq!(epochs.count(), 8, "every epoch was validated once");
        let mut log = Log::default();
        run(&plan, &mut engines, &mut log);
        assert!(!log.events.iter().any(|event| matches!(event, Event::Backend { .. })), "the GPU does the next one");
    }
}

/// Where there is no GPU the processor does it, says so, and the result is that of the processor, with its digest.
#[test]
fn without_a_device_the_processor_does_it() {
    let (plan, mut log) = (on_gpu(ONE), Log::default());
    let mut engines = Engines::without_gpu("no GPU can be used here");
    run(&plan, &mut engines, &mut log);
    let told = log.events.iter().find_map(|event| match event {
        Event::Backend { message, .. } => Some(message.as_str()),
        _ => None,
    });
    assert_eq!(told, Some("no GPU can be used here; the processor does it instead"));
    assert_eq!(report(&plan, &log).digest, run_here(ONE).digest);
}

/// Keeps each lane's validation losses.
#[derive(Default)]
struct Losses(Vec<Vec<f32>>);

impl Monitor for Losses {
    fn validation(&mut self, lane: usize, _epoch: f32, metrics: Metrics, _model: Option<&Model>) {
        self.0.resize(self.0.len().max(lane + 1), Vec::new());
        self.0[lane].push(metrics.loss);
    }

    async fn pause(&mut self) -> bool {
        false
    }
}

/// Three networks of different weights, orders and masks, trained at once with dropout, normalization and early stopping: each
/// comes to what it comes to alone, bit for bit, and nearly to what it comes to on the processor.
#[test]
fn models_side_by_side_do_not_touch_each_other() {
    let Some(gpu) = device() else { return };
    let plan = on_gpu(ONE);
    let mut dataset = open(&plan);
    let network = Architecture { batch_normalization: true, dropout: 0.2, ..Architecture::mlp(&[12, 9]) };
    let shape = Shape { height: 1, width: 1, channels: 2 };
    let training = Training { epochs: 6, batch: 50, early_stopping: 4, learning_rate: 0.01, ..Training::default() };
    let mut started: Vec<Model> =
        (0..3).map(|seed| Model::initialize(&network, shape, 2, &Key::new(seed)).unwrap()).collect();
    let mut counted = 0;
    started[1].parameters[0].mask = Some(started[1].parameters[0].values.map(|_| {
        counted += 1;
        counted % 3 > 0
    }));
    let mut train_all = |models: &mut [Model], first: u64, losses: &mut Losses, gpu: Option<&Gpu>| {
        let mut progress: Vec<Progress> = models.iter().map(|_| Progress::default()).collect();
        let both = models.iter_mut().zip(&mut progress).enumerate();
        let mut pupils: Vec<Pupil<'_>> = both
            .map(|(i, (model, progress))| Pupil { model, key: Key::new(40 + first + i as u64), progress })
            .collect();
        let (pupils, dataset) = (&mut pupils[..], &mut dataset);
        match gpu {
            Some(gpu) => {
                pollster::block_on(train(gpu, pupils, dataset, &Nothing, &training, &mut CrossEntropy, losses)).unwrap()
            }
            None => now(train(&Cpu::new(), pupils, dataset, &Nothing, &training, &mut CrossEntropy, losses)).unwrap(),
        };
    };
    let (mut ours, mut losses) = (started.clone(), Losses::default());
    train_all(&mut ours, 0, &mut losses, Some(&gpu.side_by_side(3)));
    for (lane, (ours, start)) in ours.iter().zip(&started).enumerate() {
        let (mut alone, mut expected) = ([start.clone()], Losses::default());
        train_all(&mut alone, lane as u64, &mut expected, Some(&gpu));
        // One device sums in one order: bit for bit.
        assert_eq!((&losses.0[lane], ours), (&expected.0[0], &alone[0]), "lane {lane}");
        let (mut here, mut expected) = ([start.clone()], Losses::default());
        train_all(&mut here, lane as u64, &mut expected, None);
        for (ours, expected) in losses.0[lane].iter().zip(&expected.0[0]) {
            assert!((ours - expected).abs() < 1e-2, "lane {lane}: {ours} for {expected}");
        }
    }
}

/// Three trials go on together from a trained network, one of them from weights that no training survives: its own result is
/// the sentence that it would be alone, and the others come to what they come to without it, bit for bit, in every round.
#[test]
fn a_trial_that_diverges_does_not_end_the_others() {
    let json = ONE.replace(r#""variants""#, r#""seeds":[1,2,3],"variants""#).replace(
        "}]}",
        r#"},{"name":"pruned","from":"dense","steps":[{"prune":{"rounds":2,"epochs":2}},{"quantize":{}}]}]}"#,
    );
    let plan = on_gpu(&json);
    let pruning = 1;
    let Some(gpu) = device() else { return };
    let mut engines = Engines::with_gpu();
    engines.give(gpu);
    let mut reach = |stage: usize, parents: &[(usize, Option<&State>)]| {
        let inputs: Vec<_> =
            parents.iter().map(|&(trial, parent)| Inputs { trial, parent, ..Inputs::default() }).collect();
        let (mut dataset, mut log) = (open(&plan), Log::default());
        let reached = run_stage(&plan, stage, &inputs, &mut dataset, &Nothing, &mut engines, &mut log);
        pollster::block_on(reached).unwrap()
    };
    let mut states: Vec<State> =
        reach(0, &[(0, None), (1, None), (2, None)]).into_iter().map(|reached| reached.unwrap().state).collect();
    states[1].model.parameters[0].slice_mut().fill(f32::MAX);
    let all: Vec<_> = states.iter().enumerate().map(|(trial, state)| (trial, Some(state))).collect();
    let together = reach(pruning, &all);
    for (of, ours) in all.iter().zip(together) {
        match (ours, reach(pruning, &[*of]).remove(0)) {
            (Ok(ours), Ok(alone)) => {
                assert!(of.0 != 1);
                assert_eq!(ours.state, alone.state, "trial {}", of.0);
            }
            (Err(ours), Err(alone)) => {
                assert_eq!((of.0, ours.to_string()), (1, alone.to_string()));
                assert!(ours.to_string().contains("training diverged in epoch 1"), "{ours}");
            }
            (ours, alone) => panic!("trial {}: {ours:?}, and alone {alone:?}", of.0),
        }
    }
}

/// The logits and every gradient of a training pass, all lanes of each one after another.
fn pass<B: Backend>(backend: &B, models: &[&Model], x: &[f32], dy: &[f32]) -> Vec<Vec<f32>> {
    let rows = dy.len() / models.len() / models[0].classes;
    let mut network = Network::new(backend, models, rows);
    backend.write(network.input(), x);
    network.forward(backend, rows, Mode::Train(&mut vec![Key::new(1).rng(); models.len()]));
    backend.write(network.logits_and_gradient().1, dy);
    network.backward(backend, rows);
    let gradients = network.parameters.iter().map(|parameter| (&parameter.gradient, parameter.len));
    let all = std::iter::once((network.logits(), rows * models[0].classes)).chain(gradients);
    all.map(|(buffer, len)| pollster::block_on(backend.read(buffer, len)).unwrap()).collect()
}

/// Three residual networks side by side, against the processor one by one. Smooth, so that rounding tips nothing over.
#[test]
fn skip_connections_come_to_what_the_processor_comes_to() {
    let Some(gpu) = device() else { return };
    let (architecture, rows) = (ArchitectureName::ResNetSmall, 4);
    let (activation, pooling) = (ActivationName::Tanh, PoolingName::Average);
    let spec = Architecture { architecture, activation, pooling, ..Architecture::default() };
    let shape = Shape { height: 16, width: 16, channels: 1 };
    let models = [1, 2, 3].map(|seed| Model::initialize(&spec, shape, 5, &Key::new(seed)).unwrap());
    let mut rng = Key::new(4).rng();
    let mut normals = |len| (0..len).map(|_| rng.normal()).collect::<Vec<f32>>();
    let (x, dy) = (normals(3 * rows * shape.len()), normals(3 * rows * 5));
    let ours = pass(&gpu.side_by_side(3), &models.each_ref(), &x, &dy);
    for (lane, model) in models.iter().enumerate() {
        let expected = pass(
            &Cpu::new(),
            &[model],
            &x[lane * rows * shape.len()..][..rows * shape.len()],
            &dy[lane * rows * 5..][..rows * 5],
        );
        let size = |values: &[f32]| values.iter().map(|v| v * v).sum::<f32>().sqrt();
        // A bias before a normalization has no gradient but rounding, so arrays are held against the largest.
        let largest = expected.iter().map(|values| size(values)).fold(0.0, f32::max);
        for (at, (ours, expected)) in ours.iter().zip(&expected).enumerate() {
            let ours = &ours[lane * expected.len()..][..expected.len()];
            let off: Vec<f32> = ours.iter().zip(expected).map(|(a, b)| a - b).collect();
            assert!(size(&off) < 1e-4 * largest, "lane {lane}, array {at}: off by {} of {largest}", size(&off));
        }
    }
}
