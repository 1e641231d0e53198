//! Where two networks agree and where not, and what the first knows beside the right answers: its soft targets, class by class
//! (Hinton, Vinyals, Dean 2015).

use super::event::{Clock, Flow};
use super::plan::{Action, Plan, Stage};
use super::run::RunError;
use crate::backend::cpu::arg_max;
use crate::data::{Dataset, Source, Split};
use crate::network::{Executable, TrainedModel};
use serde::{Deserialize, Serialize};

/// Temperatures for which [`Agreement::alike`] is told.
pub const TEMPERATURES: [f64; 5] = [1.0, 2.0, 4.0, 8.0, 20.0];
/// Samples of a batch.
const BATCH: usize = 64;
/// Disagreements that are told with their pictures.
const SHOWN: usize = 40;

/// What two networks say of the test set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Agreement {
    /// Test samples that both classify rightly.
    pub both_right: usize,
    /// That the teacher alone does.
    pub teacher_alone: usize,
    /// That the student alone does.
    pub student_alone: usize,
    /// That neither does.
    pub both_wrong: usize,
    /// For each of [`TEMPERATURES`], a row for each class: the mean of the teacher's softened predictions over the test samples of
    /// that class.
    pub alike: Vec<Vec<Vec<f32>>>,
    /// Of each class the sample about which the teacher, which is right, doubts most.
    pub examples: Vec<Example>,
    /// Samples on which the two say different classes: the first [`SHOWN`] of them.
    pub disagreements: Vec<Example>,
    /// How many there are in all.
    pub disagreeing: usize,
}

/// A test sample and what is said of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Its number in the test set.
    pub index: u32,
    /// Its class.
    pub label: u8,
    /// What the networks see, from 0 to 255, row by row.
    #[serde(with = "serde_bytes")]
    pub pixels: Vec<u8>,
    /// The teacher's logits.
    pub teacher: Vec<f32>,
    /// The student's.
    pub student: Vec<f32>,
}

/// The variant whose network taught a variant's, or that it was made from; none for a network that was trained with labels alone.
pub fn mentor(plan: &Plan, name: &str) -> Option<String> {
    let of_stage = |stage: usize| plan.variants.iter().find(|v| v.stage == stage).map(|v| v.name.clone());
    let own = plan.variants.iter().find(|v| v.name == name)?.stage;
    let mut at = Some(own);
    while let Some(stage) = at {
        let Stage { action, parent, .. } = &plan.stages[stage];
        let taught = match action {
            Action::Distill { teacher, .. } => of_stage(*teacher),
            _ => None,
        };
        let found = taught.or_else(|| (stage != own).then(|| of_stage(stage)).flatten());
        if found.is_some() {
            return found;
        }
        at = *parent;
    }
    None
}

/// `softmax(logits / temperature)`.
pub fn soft_targets(logits: &[f32], temperature: f64) -> Vec<f64> {
    let most = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let parts: Vec<f64> = logits.iter().map(|&z| libm::exp(f64::from(z - most) / temperature)).collect();
    let sum: f64 = parts.iter().sum();
    parts.iter().map(|part| part / sum).collect()
}

/// Shows both networks the whole test set. None if it was asked to stop.
///
/// # Errors
/// If the data cannot be had, or the two networks do not tell the same classes apart.
pub async fn agreement(
    teacher: &TrainedModel,
    student: &TrainedModel,
    dataset: &mut Dataset,
    source: &impl Source,
    clock: &mut impl Clock,
) -> Result<Option<Agreement>, RunError> {
    let (count, classes, features) = (dataset.len(Split::Test), dataset.classes(), dataset.features());
    of_this_data([teacher, student], dataset)?;
    dataset.ensure_all(source, Split::Test).await?;
    let (mut teacher, mut student) = (Executable::new(teacher), Executable::new(student));
    let mut told = Agreement::default();
    let mut sums = vec![vec![vec![0.0f64; classes]; classes]; TEMPERATURES.len()];
    let mut of_class = vec![0usize; classes];
    // Of each class: the least share of a right answer so far, and its sample.
    let mut doubtful: Vec<Option<(f64, Example)>> = vec![None; classes];
    let mut samples = vec![0.0; BATCH * features];
    let all: Vec<u32> = (0..count as u32).collect();
    for indices in all.chunks(BATCH) {
        let samples = &mut samples[..indices.len() * features];
        dataset.gather(Split::Test, indices, samples);
        let said = [&mut teacher, &mut student].map(|model| model.logits(indices.len(), samples).to_vec());
        let rows = said[0].chunks_exact(classes).zip(said[1].chunks_exact(classes));
        for ((&index, pixels), (teacher, student)) in indices.iter().zip(samples.chunks_exact(features)).zip(rows) {
            let label = dataset.label(Split::Test, index as usize);
            let class = usize::from(label);
            let example = || Example::new(index, label, pixels, [teacher, student]);
            let (first, second) = (arg_max(teacher), arg_max(student));
            match (first == class, second == class) {
                (true, true) => told.both_right += 1,
                (true, false) => told.teacher_alone += 1,
                (false, true) => told.student_alone += 1,
                (false, false) => told.both_wrong += 1,
            }
            if first != second {
                told.disagreeing += 1;
                if told.disagreements.len() < SHOWN {
                    told.disagreements.push(example());
                }
            }
            of_class[class] += 1;
            for (sums, temperature) in sums.iter_mut().zip(TEMPERATURES) {
                let soft = soft_targets(teacher, temperature);
                sums[class].iter_mut().zip(&soft).for_each(|(sum, share)| *sum += share);
            }
            let share = soft_targets(teacher, 1.0)[class];
            if first == class && doubtful[class].as_ref().is_none_or(|(least, _)| share < *least) {
                doubtful[class] = Some((share, example()));
            }
        }
        if clock.pause().await == Flow::Stop {
            return Ok(None);
        }
    }
    let mean = |row: Vec<f64>, count: usize| row.into_iter().map(|sum| (sum / count.max(1) as f64) as f32).collect();
    told.alike = sums
        .into_iter()
        .map(|rows| rows.into_iter().zip(&of_class).map(|(row, &count)| mean(row, count)).collect())
        .collect();
    told.examples = doubtful.into_iter().flatten().map(|(_, example)| example).collect();
    Ok(Some(told))
}

/// Shows both networks one test sample.
///
/// # Errors
/// As [`agreement`]'s, and if there is no such sample.
pub async fn example(
    teacher: &TrainedModel,
    student: &TrainedModel,
    dataset: &mut Dataset,
    source: &impl Source,
    index: u32,
) -> Result<Example, RunError> {
    of_this_data([teacher, student], dataset)?;
    let count = dataset.len(Split::Test);
    if index as usize >= count {
        return Err(RunError::Network(format!(
            "there is no test sample {index}; there are {count} of them, counted from 0"
        )));
    }
    dataset.ensure(source, Split::Test, index as usize).await?;
    let mut pixels = vec![0.0; dataset.features()];
    dataset.gather(Split::Test, &[index], &mut pixels);
    let [teacher, student] = [teacher, student].map(|model| Executable::new(model).logits(1, &pixels).to_vec());
    Ok(Example::new(index, dataset.label(Split::Test, index as usize), &pixels, [&teacher, &student]))
}

impl Example {
    fn new(index: u32, label: u8, pixels: &[f32], [teacher, student]: [&[f32]; 2]) -> Self {
        let pixels = pixels.iter().map(|grey| (grey * 255.0).round() as u8).collect();
        Self { index, label, pixels, teacher: teacher.to_vec(), student: student.to_vec() }
    }
}

/// Whether both networks take this data's samples and tell its classes apart.
fn of_this_data(models: [&TrainedModel; 2], dataset: &Dataset) -> Result<(), RunError> {
    let fits = |model: &TrainedModel| model.classes() == dataset.classes() && model.shape().len() == dataset.features();
    match models.into_iter().all(fits) {
        true => Ok(()),
        false => Err(RunError::Network("the two networks were trained on other data; choose two of one run".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{DatasetName, Key};
    use crate::experiment::Recipe;
    use crate::experiment::tests::{Log, Nothing, now};
    use crate::network::{Architecture, Model, Shape};

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn model(seed: u64) -> TrainedModel {
        let shape = Shape { height: 1, width: 1, channels: 2 };
        TrainedModel::Float(Model::initialize(&Architecture::mlp(&[6]), shape, 4, &Key::new(seed)).unwrap())
    }

    fn compare(teacher: &TrainedModel, student: &TrainedModel) -> Agreement {
        let mut blobs = Dataset::open(DatasetName::Blobs, Some(10), None).unwrap();
        now(agreement(teacher, student, &mut blobs, &Nothing, &mut Log::default())).unwrap().unwrap()
    }

    /// Counted again from the logits, one sample at a time.
    #[test]
    fn every_sample_is_counted_where_it_belongs() {
        let (teacher, student) = (model(1), model(2));
        let told = compare(&teacher, &student);
        let blobs = Dataset::open(DatasetName::Blobs, Some(10), None).unwrap();
        let (mut counts, mut disagreeing) = ([[0; 2]; 2], Vec::new());
        for index in 0..blobs.len(Split::Test) as u32 {
            let mut point = [0.0; 2];
            blobs.gather(Split::Test, &[index], &mut point);
            let said = [&teacher, &student].map(|model| arg_max(Executable::new(model).logits(1, &point)));
            let label = usize::from(blobs.label(Split::Test, index as usize));
            counts[usize::from(said[0] == label)][usize::from(said[1] == label)] += 1;
            if said[0] != said[1] {
                disagreeing.push(index);
            }
        }
        assert_eq!(told.both_right, counts[1][1]);
        assert_eq!(
            (told.teacher_alone, told.student_alone, told.both_wrong),
            (counts[1][0], counts[0][1], counts[0][0])
        );
        assert_eq!(told.disagreeing, disagreeing.len());
        assert!(told.disagreeing > SHOWN, "two networks that know nothing say different things");
        assert!(told.disagreements.iter().map(|example| example.index).eq(disagreeing.into_iter().take(SHOWN)));
    }

    #[test]
    fn who_taught_comes_before_what_it_was_made_from() {
        let json = r#"{"version":1,"data":{"dataset":"blobs"},"network":{"architecture":"mlp","widths":[4]},"variants":[
            {"name":"large","network":{"architecture":"mlp","widths":[9]}},{"name":"dense"},
            {"name":"int8","from":"dense","steps":[{"quantize":{}}]},
            {"name":"taught","from":"dense","steps":[{"distill":{"teacher":"large"}},{"quantize":{}}]},
            {"name":"student","from":"large","steps":[{"distill":{"student":{"architecture":"mlp","widths":[2]}}}]}]}"#;
        let plan = Plan::new(&Recipe::from_json(json).unwrap()).unwrap();
        let of = |name| mentor(&plan, name);
        assert_eq!(["large", "dense"].map(of), [None, None]);
        assert_eq!(["int8", "taught", "student"].map(of), ["dense", "large", "large"].map(|name| Some(name.into())));
    }

    /// Asked for by its number, a sample is what the look at all of them tells of it.
    #[test]
    fn one_sample_is_as_among_all() {
        let (teacher, student) = (model(1), model(2));
        let told = compare(&teacher, &student);
        let one = |index| {
            let mut blobs = Dataset::open(DatasetName::Blobs, Some(10), None).unwrap();
            now(example(&teacher, &student, &mut blobs, &Nothing, index))
        };
        for there in told.examples.iter().chain(&told.disagreements) {
            assert_eq!(one(there.index).as_ref(), Ok(there));
        }
        let count = Dataset::open(DatasetName::Blobs, Some(10), None).unwrap().len(Split::Test) as u32;
        assert!(one(count - 1).is_ok());
        assert!(one(count).unwrap_err().to_string().contains(&format!("no test sample {count}")));
    }

    #[test]
    fn a_network_agrees_with_itself() {
        let told = compare(&model(1), &model(1));
        assert_eq!((told.disagreeing, told.teacher_alone, told.student_alone), (0, 0, 0));
        assert!(told.disagreements.is_empty());
    }

    /// A higher temperature spreads what is said over the classes, and each row stays a distribution.
    #[test]
    fn temperature_evens_out() {
        let told = compare(&model(1), &model(2));
        for class in 0..4 {
            let rows: Vec<&Vec<f32>> = told.alike.iter().map(|rows| &rows[class]).collect();
            assert!(rows.iter().all(|row| (row.iter().sum::<f32>() - 1.0).abs() < 1e-5));
            let spread = |row: &[f32]| row.iter().fold(0.0, |most: f32, share| most.max((share - 0.25).abs()));
            assert!(rows.windows(2).all(|pair| spread(pair[1]) < spread(pair[0])));
        }
        assert_eq!(soft_targets(&[1.0, 1.0], 3.0), [0.5, 0.5]);
        let [soft, hard] = [8.0, 1.0].map(|temperature| soft_targets(&[0.0, 2.0], temperature)[1]);
        assert!((soft - 1.0 / (1.0 + libm::exp(-0.25))).abs() < 1e-12 && soft < hard);
    }

    #[test]
    fn examples_are_what_the_teacher_doubts_most_and_gets_right() {
        let told = compare(&model(1), &model(2));
        assert!(!told.examples.is_empty());
        for example in &told.examples {
            assert_eq!(arg_max(&example.teacher), usize::from(example.label));
        }
        let mut classes: Vec<u8> = told.examples.iter().map(|example| example.label).collect();
        classes.dedup();
        assert_eq!(classes.len(), told.examples.len(), "one of each class, in their order");
    }
}
