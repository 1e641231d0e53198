//! What the page may ask about a loaded model, and what it is told: the content of [`super::Request::Inspect`] and
//! [`super::Response::Answer`].

use crate::compression::quantize::Quantize;
use crate::compression::quantize::number_line::Histogram;
use crate::data::{Own, import};
use crate::experiment::landscape::{Landscape, Size};
use crate::experiment::{Agreement, Data, Example, LayerNoise, LayerPrecision, LayerSensitivity, Recipe};
use crate::export::{Fit, FormName, ImportSettings, NetworkSummary, Row};
use crate::network::Architecture;
use serde::{Deserialize, Serialize};

/// A question about this device, or about loaded models, which it names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// How fast this device is. Answered by [`super::Response::Measured`], as the next is.
    Benchmark {
        /// Which works, by [`crate::benchmark::Work::id`]; all, if none are named.
        works: Vec<String>,
    },
    /// What trains and classifies a recipe's network faster, the processor or the GPU.
    Compare {
        /// Its data, network and training count.
        recipe: Recipe,
    },
    /// How sensitive a model's layers are to pruning.
    Sensitivity {
        /// The model.
        model: String,
        /// The data that it was trained on.
        data: Data,
    },
    /// How much each of a model's layers needs its bits.
    Precision {
        /// The model.
        model: String,
        /// The data that it was trained on.
        data: Data,
        /// How weights are rounded.
        settings: Quantize,
    },
    /// A model in another form. Answered at once, by [`super::Response::Exported`].
    Export {
        /// The model.
        model: String,
        /// Which form.
        form: FormName,
    },
    /// What data some files make. The answer comes at once; the files were handed to the worker before, as one.
    Own {
        /// Comes back in the answer, so that late answers can be told.
        number: u32,
        /// The path under which it was handed; none for what was made last.
        bundle: Option<String>,
        /// The files in it, one behind another: their paths and lengths.
        files: Vec<(String, usize)>,
        /// What the data are called.
        title: String,
        /// How files become data.
        settings: import::Settings,
        /// They are wanted as recipes name them: [`super::Response::Exported`], under their path and with [`KEPT_ENDING`], comes first.
        take: bool,
    },
    /// A network layer by layer. Answered at once.
    Network {
        /// The model.
        model: String,
    },
    /// What a file of another tool holds. Answered at once; the file was handed to the worker before.
    Import {
        /// The path under which it was.
        file: String,
        /// The data that it was trained on.
        data: Data,
        /// What is known of the network.
        settings: ImportSettings,
        /// It is wanted as recipes name it: [`super::Response::Exported`], under its path and with [`KEPT_ENDING`], comes first.
        take: bool,
    },
    /// How a matrix's weights are spread. Answered at once.
    Weights {
        /// The model.
        model: String,
        /// Which weight matrix, counted from 0.
        matrix: usize,
    },
    /// What quantization costs layer by layer. Keeps the worker busy for a while.
    Noise {
        /// The quantized model.
        model: String,
        /// The float model that it came from.
        float: String,
        /// The data that they were trained on.
        data: Data,
    },
    /// What two models say of the test set. Keeps the worker busy for a while.
    Agreement {
        /// The one that taught, or that the other is held against.
        teacher: String,
        /// The other.
        student: String,
        /// The data that they were trained on.
        data: Data,
    },
    /// What two models say of one test sample.
    Example {
        /// As in [`Question::Agreement`].
        teacher: String,
        /// The other.
        student: String,
        /// The data that they were trained on.
        data: Data,
        /// The sample's number in the test set.
        index: u32,
    },
    /// The loss around a float model. Keeps the worker busy for a while, and is answered again and again meanwhile.
    Landscape {
        /// The model.
        model: String,
        /// The data that it was trained on.
        data: Data,
        /// How finely to draw.
        size: Size,
        /// Of each weight on the quantized plane.
        bits: u32,
    },
}

/// How the name ends of a file as the page keeps it.
pub const KEPT_ENDING: &str = "gz";

/// Data that were made of files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// What a recipe says of them.
    pub own: Own,
    /// Samples of each class that train, validate and test.
    pub counts: Vec<[usize; 3]>,
    /// Some samples of each class, as long as there are not too many classes.
    pub looks: Vec<Look>,
    /// Files that are no part of it, and the first reasons.
    pub left_out: (usize, Vec<String>),
}

/// A sample to be looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// Its class.
    pub class: usize,
    /// The values of an image, 0 to 255, channels last.
    pub pixels: Vec<u8>,
    /// The values of others, as they were in the table.
    pub features: Vec<f32>,
}

/// What a file of another tool holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reading {
    /// Its network, as a recipe writes it.
    pub network: Architecture,
    /// The network's parameters.
    pub parameters: usize,
    /// What names it in a recipe.
    pub digest: String,
    /// Where each tensor went.
    pub table: Vec<Row>,
    /// Which module went where, and which others could.
    pub fits: Vec<Fit>,
}

impl Question {
    /// As [`super::Request::Inspect`] carries it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default() // plain data: cannot fail
    }
}

/// What is said to a [`Question`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// To [`Question::Sensitivity`]: as far as it has come.
    Sensitivity {
        /// The question's number.
        run: u32,
        /// The layers tried so far.
        layers: Vec<LayerSensitivity>,
    },
    /// To [`Question::Precision`]: as far as it has come.
    Precision {
        /// The question's number.
        run: u32,
        /// The layers tried so far.
        layers: Vec<LayerPrecision>,
    },
    /// To [`Question::Own`].
    Own {
        /// The question's number.
        number: u32,
        /// What was made of the files, or a sentence that says why nothing was.
        made: Result<Made, String>,
    },
    /// To [`Question::Network`].
    Network {
        /// The model.
        model: String,
        /// Its networks; several, if it is an ensemble.
        networks: Vec<NetworkSummary>,
    },
    /// To [`Question::Import`]: what the file holds, or a sentence that says why it is not read.
    Import(Result<Reading, String>),
    /// To [`Question::Weights`].
    Weights {
        /// The model.
        model: String,
        /// Which weight matrix.
        matrix: usize,
        /// Its weights' real values.
        histogram: Histogram,
    },
    /// To [`Question::Noise`].
    Noise {
        /// The question's number.
        run: u32,
        /// From input to logits.
        layers: Vec<LayerNoise>,
    },
    /// To [`Question::Agreement`].
    Agreement {
        /// The question's number.
        run: u32,
        /// Where they agree and where not.
        agreement: Agreement,
    },
    /// To [`Question::Example`].
    Example {
        /// The question's number.
        run: u32,
        /// The sample and what is said of it.
        example: Example,
    },
    /// To [`Question::Landscape`]: as far as it has come.
    Landscape {
        /// The question's number.
        run: u32,
        /// What is drawn so far.
        landscape: Landscape,
    },
}

impl Answer {
    /// Reads what was said, if it is of this kind: a landscape has megabytes, and who waits for something else need not read it.
    pub fn of_kind(kind: &str, said: Option<&str>) -> Option<Self> {
        let said = said?;
        said.strip_prefix("{\"")?.strip_prefix(kind)?.strip_prefix('"')?;
        serde_json::from_str(said).ok()
    }
}
