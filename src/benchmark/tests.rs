//! That every work runs, on little, and counts its arithmetic rightly. No test looks at a clock.

use super::*;
use crate::network::ArchitectureName;

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[test]
fn every_work_has_an_id_of_its_own_and_a_title() {
    let all = works();
    for (place, work) in all.iter().enumerate() {
        assert!(!work.title.is_empty() && !work.unit.is_empty());
        assert!(all[..place].iter().all(|other| other.id != work.id && other.title != work.title), "{}", work.id);
    }
    for id in [
        "peak-f32",
        "peak-dot16",
        "train-lenet-300-100",
        "train-lenet-5",
        "time-to-97-lenet-300-100",
        "infer-lenet-300-100-f32-64",
        "infer-lenet-5-int8-256",
        "infer-lenet-300-100-sparse-98-1",
        "infer-lenet-300-100-sparse-95-64",
        "infer-lenet-300-100-sparse-90-int8-1",
        "cost-4",
        "cost-4096",
    ] {
        assert!(all.iter().any(|work| work.id == id), "{id} is missing");
    }
    assert!(WIDTHS[WIDTHS.len() - 1] >= 1000 * WIDTHS[0]);
}

#[test]
fn works_are_chosen_by_name_and_an_unknown_one_is_named() {
    // Natively there is no relaxed SIMD.
    let not = |work: &Work| {
        work.id == "peak-dot8" || matches!(work.kind, Kind::Together { models: 32 } | Kind::GpuProduct { .. })
    };
    let there: Vec<Work> = works().into_iter().filter(|work| !not(work)).collect();
    assert_eq!(choose(&[]).unwrap(), there);
    assert!(choose(&["peak-dot8".into()]).unwrap_err().to_string().contains("\"peak-dot8\" cannot be measured here"));
    let chosen = choose(&["cost-4".into(), "peak-f32".into()]).unwrap();
    assert_eq!(chosen.iter().map(|work| work.id.as_str()).collect::<Vec<_>>(), ["peak-f32", "cost-4"]);
    let kernels = choose(&["gpu-kernels".into()]).unwrap();
    assert_eq!((kernels.len(), kernels[0].id.as_str()), (1 + 2 * 22, "gpu-peak"));
    let sentence = choose(&["peak-f64".into()]).unwrap_err().to_string();
    assert!(sentence.contains("\"peak-f64\"") && sentence.contains("peak-f32, peak-dot16"), "{sentence}");
}

/// By hand, in multiply-accumulates. LeNet-300-100: 784 x 300 + 300 x 100 + 100 x 10 = 266,200 forward and for the weight
/// gradient, 31,000 for the input gradient. LeNet-5: 24 x 24 x 25 x 20 + 8 x 8 x 500 x 50 + 800 x 500 + 500 x 10 =
/// 2,293,000 and 2,005,000.
#[test]
fn dense_arithmetic_is_counted_as_by_hand() {
    let layers = |architecture| layers(&Architecture { architecture, ..Architecture::default() }).unwrap();
    let (mlp, lenet) = (layers(ArchitectureName::LeNet300100), layers(ArchitectureName::LeNet5));
    assert_eq!(inference_operations(&mlp), 532_400.0);
    assert_eq!(training_operations(&mlp), 1_126_800.0);
    assert_eq!(inference_operations(&lenet), 4_586_000.0);
    assert_eq!(training_operations(&lenet), 13_182_000.0);
}

#[test]
fn peaks_count_the_operations_they_do() {
    assert_eq!(Peak::F32.work(10), 10.0 * 6.0 * 8.0);
    assert_eq!(Peak::Dot16.work(10), 10.0 * 8.0 * 16.0);
}

/// Whole networks in integers: both activations, both poolings, normalization that was folded, batches that fill no tile.
#[cfg(not(target_arch = "wasm32"))]
#[test]
fn networks_in_integers_give_the_processors_logits_on_the_gpu() {
    use crate::network::{ActivationName, PoolingName};
    let Some(gpu) = crate::backend::gpu::tests::device() else { return };
    let lenet = |pooling, activation| Architecture { pooling, activation, ..Net::LeNet5.architecture() };
    let networks = [
        Net::LeNet300100.architecture(),
        lenet(PoolingName::Max, ActivationName::Relu),
        lenet(PoolingName::Average, ActivationName::Tanh),
        Architecture { batch_normalization: true, activation: ActivationName::Tanh, ..Architecture::mlp(&[33, 7]) },
    ];
    for (architecture, batch) in networks.into_iter().zip([64, 5, 3, 1]) {
        let (shape, classes) = MNIST;
        let subject = Subject { architecture, shape, classes, training: Training { batch, ..Training::default() } };
        let (model, x) = speed::quantized(&subject).unwrap();
        let agreeing = pollster::block_on(speed::agreeing(&gpu, &model, batch, &x)).unwrap();
        assert!(agreeing.is_some(), "{} differs", subject.architecture.label());
        // One weight off is seen.
        let mut other = model.clone();
        if let crate::network::IntegerLayer::Linear(linear) = &mut other.layers[0] {
            linear.codes.weights.iter_mut().for_each(|weight| *weight = weight.saturating_neg());
        }
        let mut ours = crate::network::GpuInteger::new(&gpu, &other, batch).unwrap();
        ours.run(&gpu, batch, &x);
        let logits = pollster::block_on(ours.logits(&gpu, batch)).unwrap();
        assert_ne!(logits, Executable::new(&TrainedModel::Integer(model)).logits(batch, &x));
    }
}

/// The images of the checkout, which only native tests can read.
#[cfg(not(target_arch = "wasm32"))]
mod on_mnist {
    use super::*;
    use crate::data::Folder;

    /// A clock that runs fast, so that measuring takes no time; says stop from the given pause on.
    #[derive(Default)]
    struct Fast {
        now: std::cell::Cell<f64>,
        pauses: usize,
        stop_at: Option<usize>,
    }

    impl Clock for Fast {
        async fn pause(&mut self) -> Flow {
            self.pauses += 1;
            if self.stop_at.is_some_and(|at| self.pauses > at) { Flow::Stop } else { Flow::Continue }
        }

        fn now_us(&self) -> f64 {
            self.now.set(self.now.get() + 5000.0);
            self.now.get()
        }
    }

    fn run(ids: &[&str], clock: &mut Fast) -> Result<Vec<Measurement>, Error> {
        let settings = Settings {
            train_samples: 2 * BATCH,
            train_window_us: 5000.0,
            model_samples: [BATCH, BATCH],
            target: 0.0,
            look_every: 1,
            fresh_networks: 2,
            speed_window_us: 5000.0,
            compare_window_us: 5000.0,
            gpu_cases: 1,
        };
        let works = choose(&ids.iter().map(ToString::to_string).collect::<Vec<_>>())?;
        let source = Folder(concat!(env!("CARGO_MANIFEST_DIR"), "/www").into());
        let mut told = Vec::new();
        pollster::block_on(measure(&works, &settings, &source, clock, &mut Engines::with_gpu(), &mut |m| {
            told.push(m)
        }))?;
        Ok(told)
    }

    #[test]
    fn every_work_runs_and_tells_finite_figures() {
        // The GPU's have a test of their own: not every machine has one.
        let works: Vec<Work> = choose(&[]).unwrap().into_iter().filter(|work| !work.kind.on_gpu()).collect();
        let ids: Vec<&str> = works.iter().map(|work| work.id.as_str()).collect();
        let told = run(&ids, &mut Fast::default()).unwrap();
        assert!(told.iter().map(|m| &m.work).eq(works.iter().map(|work| &work.id)));
        for (measured, work) in told.iter().zip(works) {
            let Measurement { q1, median, q3, windows, unit, .. } = measured;
            assert!([q1, median, q3].into_iter().all(|v| v.is_finite() && *v > 0.0), "{measured:?}");
            assert!(q1 <= median && median <= q3, "{measured:?}");
            assert!(*windows >= 2 && unit == work.unit, "{measured:?}");
            assert_eq!(measured.share_of_peak.is_some(), work.kind.peak().is_some(), "{measured:?}");
            assert_eq!(measured.bytes.is_some(), matches!(work.kind, Kind::Inference { .. }), "{measured:?}");
        }
        let of = |id: &str| told.iter().find(|m| m.work == id).unwrap();
        // 90 % and 98 % of all weights are gone, and the file shrinks with them.
        assert_eq!(of("infer-lenet-300-100-sparse-90-1").macs, Some(26_620));
        assert_eq!(of("infer-lenet-300-100-sparse-98-1").macs, Some(5_324));
        let bytes = ["f32-1", "int8-1", "sparse-90-1", "sparse-90-int8-1"]
            .map(|form| of(&format!("infer-lenet-300-100-{form}")).bytes.unwrap());
        assert!(bytes[0] > bytes[1] && bytes[1] > bytes[2] && bytes[2] > bytes[3], "{bytes:?}");
        assert_eq!(of("cost-64").macs, Some(784 * 64 + 64 * 10));
    }

    #[test]
    fn the_gpu_is_measured_where_there_is_one() {
        let works = [
            "gpu-check",
            "gpu-train-lenet-300-100-64",
            "gpu-infer-lenet-300-100-64",
            "gpu-peak",
            "gpu-infer-int8-lenet-300-100-256",
            "gpu-infer-int8-lenet-5-256",
            "gpu-train-4-at-once-lenet-300-100-64",
            "gpu-kernel-lenet-5-conv2-weight-gradient-first",
            "gpu-kernel-lenet-5-conv2-weight-gradient-tuned",
            "gpu-kernel-lenet-5-dense2-input-gradient-tuned",
        ];
        match run(&works, &mut Fast::default()) {
            Err(Error::Gpu(why)) => eprintln!("not tried: {why}"),
            told => {
                let told = told.unwrap();
                assert!(told.iter().map(|m| m.work.as_str()).eq(works));
                assert!(told.iter().all(|m| m.median.is_finite() && m.median > 0.0), "{told:?}");
                let shares = told.iter().filter(|m| m.peak.as_deref() == Some("gpu-peak"));
                assert!(shares.map(|m| m.share_of_peak.unwrap()).all(|share| share > 0.0));
            }
        }
    }

    #[test]
    fn a_stop_ends_it_and_tells_no_half_measured_work() {
        let mut clock = Fast { stop_at: Some(60), ..Fast::default() };
        let told = run(&["peak-f32", "peak-dot16", "infer-lenet-5-f32-1", "train-lenet-5"], &mut clock).unwrap();
        assert_eq!(told.iter().map(|m| m.work.as_str()).collect::<Vec<_>>(), ["peak-f32"]);
        // In the middle of making a model, too: nothing more is asked of the clock.
        let mut clock = Fast { stop_at: Some(3), ..Fast::default() };
        assert_eq!(run(&["infer-lenet-300-100-sparse-98-1"], &mut clock).unwrap(), []);
        assert_eq!(clock.pauses, 4);
    }

    #[test]
    fn missing_images_are_named() {
        let works = choose(&["cost-4".into()]).unwrap();
        let source = Folder("/nowhere".into());
        let (settings, mut clock, mut engines) = (Settings::default(), Fast::default(), Engines::with_gpu());
        let measured = pollster::block_on(measure(&works, &settings, &source, &mut clock, &mut engines, &mut |_| ()));
        assert!(measured.unwrap_err().to_string().contains("/nowhere/data/mnist/test-00.shard"));
    }
}
