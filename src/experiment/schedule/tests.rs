//! Stages side by side: in every order that the schedule allows, and whatever fails, the run comes to the same.

use super::{OfTrial, Place, Schedule, Task};
use crate::data::Key;
use crate::experiment::tests::{EVERYTHING, Log, Nothing, now, report};
use crate::experiment::{
    BackendName, Engines, Event, Inputs, PackedState, Plan, Recipe, State, run_stage, run_trial, time_variant,
};

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

/// Several variants, a sweep, a teacher that is no parent, and one that is, in two trials.
const TREE: &str = r#"{"version":1,"data":{"dataset":"moons","samples":120},"network":{"architecture":"mlp","widths":[8]},
    "training":{"epochs":2,"learning_rate":0.02},"seeds":[1,2],"variants":[{"name":"dense"},
    {"name":"teacher","network":{"architecture":"mlp","widths":[16],"batch_normalization":true},"training":{"epochs":5}},
    {"name":"pruned","from":"dense","steps":[{"prune":{"epochs":1}}],"sweep":{"setting":"sparsity","values":[0.5,0.9]}},
    {"name":"int8","from":"teacher","steps":[{"quantize":{}},{"prune":{"sparsity":0.3,"epochs":1}}]},
    {"name":"taught","from":"dense","steps":[{"distill":{"teacher":"teacher"}},{"quantize":{}}]},
    {"name":"student","from":"teacher","steps":[{"distill":{"student":{"architecture":"mlp","widths":[4]}}}]}]}"#;

/// Members that are drawn anew, an ensemble of floats and integers, and a student of it.
const ENSEMBLE: &str = r#"{"version":1,"data":{"dataset":"moons","samples":120},"network":{"architecture":"mlp","widths":[8]},
    "training":{"epochs":2,"learning_rate":0.02},"seeds":[1,2],"variants":[{"name":"member","members":3},
    {"name":"int8","from":"member 2","steps":[{"quantize":{}}]},
    {"name":"ensemble","ensemble":["member","int8"]},
    {"name":"taught","from":"member 1","steps":[{"distill":{"teacher":"ensemble"}}]},
    {"name":"student","from":"ensemble","steps":[{"distill":{"student":{"architecture":"mlp","widths":[4]}}}]}]}"#;

fn plan(json: &str) -> Plan {
    Plan::new(&Recipe::from_json(json).unwrap()).unwrap()
}

/// Runs a plan on so many pretended workers. Which of those at work ends next is drawn. States travel packed, as between
/// workers.
fn run(plan: &Plan, workers: usize, seed: u64) -> Log {
    let mut draw = Key::new(seed).rng();
    let mut log = Log::default();
    let mut dataset = plan.recipe.data.open().unwrap();
    let mut schedule = Schedule::<PackedState>::new(plan);
    let mut at_work: Vec<Task<PackedState>> = Vec::new();
    while !schedule.over() {
        while at_work.len() < workers
            && let Some(task) = schedule.begin()
        {
            at_work.push(task);
        }
        let task = at_work.swap_remove((draw.uniform() * at_work.len() as f32) as usize);
        let place = task.place();
        let (source, sink) = (&Nothing, &mut log);
        let states = match task {
            Task::Time { trial, variant, file } => {
                assert!(at_work.is_empty(), "{variant} is timed while {} tasks are under way", at_work.len());
                now(time_variant(trial, &variant, &file, &mut dataset, source, sink)).unwrap();
                Vec::new()
            }
            Task::Stage { stage, trials } => {
                let trials: Vec<_> = trials.iter().map(|of| of.unpack().unwrap()).collect();
                let inputs: Vec<_> = trials.iter().map(OfTrial::inputs).collect();
                let mut engines = Engines::cpu();
                let all = now(run_stage(plan, stage, &inputs, &mut dataset, source, &mut engines, sink)).unwrap();
                let mut states = Vec::new();
                for (of, reached) in trials.iter().zip(all) {
                    let reached = reached.unwrap();
                    for (result, file) in reached.variants {
                        schedule.tested(of.trial, &result.name, file);
                    }
                    states.push(plan.users(stage).next().map(|_| reached.state.pack()));
                }
                states
            }
        };
        schedule.done(&place, states);
    }
    assert!(schedule.complete() && at_work.is_empty());
    log
}

#[test]
fn any_number_of_workers_in_any_order_comes_to_the_digest_of_one() {
    for tree in [TREE, ENSEMBLE] {
        come_to_one_digest(&plan(tree));
    }
    let everything = plan(EVERYTHING);
    assert_eq!(report(&everything, &run(&everything, 4, 7)).digest, "99721f9d90d31f055dd4f720c520f3c8");
}

fn come_to_one_digest(tree: &Plan) {
    let mut one = Log::default();
    for trial in 0..2 {
        let mut dataset = tree.recipe.data.open().unwrap();
        now(run_trial(tree, trial, &mut dataset, &Nothing, &mut Engines::cpu(), &mut one)).unwrap();
    }
    let wanted = report(tree, &one);
    for (workers, seed) in [(1, 1), (2, 2), (3, 3), (3, 4), (16, 5), (16, 6)] {
        let log = run(tree, workers, seed);
        let got = report(tree, &log);
        assert_eq!(got.digest, wanted.digest, "{workers} workers, order {seed}");
        assert!(got.variants.iter().all(|v| v.latency.is_some() && !v.digest.is_empty()));
        let mut begun: Vec<(usize, usize)> = (log.events.iter())
            .filter_map(|event| match event {
                Event::Stage { trial, stage } => Some((*trial, *stage)),
                _ => None,
            })
            .collect();
        begun.sort_unstable();
        let every = (0..2).flat_map(|trial| (0..tree.stages.len()).map(move |stage| (trial, stage)));
        assert!(begun.into_iter().eq(every), "every stage runs once");
    }
}

/// A schedule whose states are the numbers of the stages that left them.
fn numbers(plan: &Plan) -> Schedule<(usize, usize)> {
    Schedule::new(plan)
}

#[test]
fn a_stage_begins_when_its_parent_its_teacher_and_its_members_have_ended() {
    [TREE, ENSEMBLE].iter().for_each(|json| begins_after_its_inputs(&plan(json)));
}

fn begins_after_its_inputs(tree: &Plan) {
    let mut schedule = numbers(tree);
    let mut begun = Vec::new();
    let mut at_work = Vec::new();
    loop {
        while let Some(task) = schedule.begin() {
            at_work.push(task);
        }
        let Some(task) = at_work.pop() else { break };
        let Task::Stage { stage, trials } = task else { panic!("nothing was tested") };
        let [OfTrial { trial, parent, teacher, members }] = &trials[..] else {
            panic!("the processor takes one trial at a time")
        };
        let (trial, inputs) = (*trial, tree.inputs(stage));
        let given = parent.iter().chain(teacher).chain(members).copied();
        assert!(given.eq(inputs.all().map(|input| (trial, input))));
        assert!(inputs.all().all(|input| begun.contains(&(trial, input))));
        begun.push((trial, stage));
        schedule.done(&Place::Stage { stage, trials: vec![trial] }, vec![Some((trial, stage))]);
    }
    assert!(schedule.complete() && schedule.over());
    assert_eq!(begun.len(), 2 * tree.stages.len());
}

#[test]
fn the_longest_path_comes_first_then_the_earlier_trial() {
    let tree = plan(TREE);
    let mut schedule = numbers(&tree);
    let mut next = || schedule.begin().map(|task| task.place());
    // The teacher is the larger network and is trained longer; the other trial's is as urgent.
    let stage = |trial, stage| Some(Place::Stage { stage, trials: vec![trial] });
    assert_eq!([next(), next(), next(), next(), next()], [stage(0, 1), stage(1, 1), stage(0, 0), stage(1, 0), None]);
    assert_eq!(tree.width(), 2 * 5, "two pruned, int8, taught, student");
}

#[test]
fn what_does_not_need_a_failed_stage_goes_on() {
    let tree = plan(TREE);
    let mut schedule = numbers(&tree);
    let mut ran = Vec::new();
    while let Some(task) = schedule.begin() {
        let Task::Stage { stage, trials } = &task else { panic!("nothing was tested") };
        let place = (trials[0].trial, *stage);
        ran.push(place);
        match place {
            (0, 1) => assert_eq!(schedule.lost(&task.place()).len(), 1 + 5),
            _ => schedule.done(&task.place(), vec![Some(place)]),
        }
    }
    assert!(schedule.over() && !schedule.complete());
    // Without the first trial's teacher: both stages of `int8` and of `taught`, and `student`, are given up.
    assert_eq!(ran.len(), 2 * tree.stages.len() - 5);
    assert!(ran.contains(&(0, 2)) && ran.contains(&(0, 3)), "what goes on from dense is run");
}

#[test]
fn a_trial_that_fails_among_others_is_given_up_alone() {
    let json = TREE.replacen(r#""version":1"#, r#""version":1,"backend":"gpu""#, 1);
    let tree = plan(&json);
    let mut schedule = Schedule::<usize>::new(&tree);
    let mut ran = Vec::new();
    while let Some(task) = schedule.begin() {
        let Task::Stage { stage, trials } = &task else { panic!("nothing was tested") };
        ran.extend(trials.iter().map(|of| (of.trial, *stage)));
        if *stage == 1 {
            assert_eq!(trials.len(), 2, "both trials at once");
            assert_eq!(schedule.lost_in(1, 0).len(), 1 + 5);
        }
        schedule.done(&task.place(), vec![Some(*stage); trials.len()]);
    }
    assert!(schedule.over() && !schedule.complete());
    assert_eq!(ran.len(), 2 * tree.stages.len() - 5);
    assert!((0..tree.stages.len()).all(|stage| ran.contains(&(1, stage))), "the other trial is run to its end");
}

#[test]
fn a_stopped_run_begins_nothing_and_times_what_was_tested() {
    let tree = plan(TREE);
    let mut schedule = numbers(&tree);
    let (first, second) = (schedule.begin().unwrap().place(), schedule.begin().unwrap().place());
    schedule.stop();
    schedule.tested(0, "dense", vec![1]);
    schedule.tested(1, "dense", vec![2]);
    schedule.done(&first, vec![None]);
    assert_eq!(schedule.begin(), None, "a stage is still under way");
    schedule.done(&second, vec![None]);
    assert_eq!(schedule.begin(), Some(Task::Time { trial: 0, variant: "dense".into(), file: vec![1] }));
    assert!(!schedule.over() && schedule.begin().is_none());
    assert!(schedule.lost(&Place::Timing).is_empty());
    assert!(schedule.over() && !schedule.complete());
}

#[test]
fn a_state_comes_back_bit_for_bit_and_another_length_is_refused() {
    // Masks, batch normalization that is folded, integers, and a minus zero.
    let tree = plan(TREE);
    let mut dataset = tree.recipe.data.open().unwrap();
    let mut states: Vec<State> = Vec::new();
    for stage in 0..tree.stages.len() {
        let (inputs, log) = ([Inputs::of(0, &tree.inputs(stage), &states)], &mut Log::default());
        let mut reached =
            now(run_stage(&tree, stage, &inputs, &mut dataset, &Nothing, &mut Engines::cpu(), log)).unwrap();
        states.push(reached.remove(0).unwrap().state);
    }
    states[0].model.parameters[0].slice_mut()[3] = -0.0;
    let bits = |state: &State| -> Vec<u32> {
        state.model.parameters.iter().flat_map(|p| p.slice().iter().map(|v| v.to_bits())).collect()
    };
    for state in &states {
        let packed = state.pack();
        let back = packed.unpack().unwrap();
        assert_eq!((&back, bits(&back)), (state, bits(state)));
        let json = serde_json::to_string(&packed).unwrap();
        assert_eq!(serde_json::from_str::<PackedState>(&json).unwrap(), packed);
    }
    assert!(states.iter().any(|s| s.integers.is_some()));
    let pruned = states.iter().find(|s| s.model.parameters[0].mask.is_some()).unwrap();
    let json = serde_json::to_value(pruned.pack()).unwrap();
    for (place, shorter) in [("/masks", 0), ("/masks/0", 1), ("/model", 9)] {
        let mut json = json.clone();
        json.pointer_mut(place).unwrap().as_array_mut().unwrap().truncate(shorter);
        let packed: PackedState = serde_json::from_value(json).unwrap();
        let sentence = packed.unpack().unwrap_err().to_string();
        assert!(sentence.contains("cannot be read"), "{sentence}");
    }
}

/// For the GPU the trials that stand at one stage are one task; together they come to what they come to one by one.
#[test]
fn trials_go_together_where_the_gpu_is_asked_for() {
    let apart = plan(TREE);
    let together = Plan::new(&Recipe { backend: BackendName::Gpu, ..apart.recipe.clone() }).unwrap();
    let mut schedule = numbers(&together);
    let mut next = || schedule.begin().map(|task| task.place());
    let both = |stage| Some(Place::Stage { stage, trials: vec![0, 1] });
    assert_eq!([next(), next(), next()], [both(1), both(0), None]);
    // Pretended workers have no GPU, so the processor does it, to the same bits.
    for (workers, seed) in [(1, 1), (3, 2)] {
        let [ours, expected] = [&together, &apart].map(|plan| report(plan, &run(plan, workers, seed)));
        assert_eq!(ours.digest, expected.digest);
        assert!(!ours.digest.is_empty());
    }
}
