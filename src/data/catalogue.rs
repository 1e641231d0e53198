//! What datasets there are: one row each, read by the recipe's checks, the page's forms and the command line's help.

use std::fmt;

use super::Split;

/// The datasets a recipe can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum DatasetName {
    /// Handwritten digits.
    #[default]
    Mnist,
    /// Photographs of clothing.
    FashionMnist,
    /// Two half circles that reach into each other.
    Moons,
    /// A circle inside another.
    Circles,
    /// Two arms wound around each other.
    Spirals,
    /// Four round clouds.
    Blobs,
    /// Definitions of nouns.
    Glosses,
    /// What a visitor brought; [`super::Own`] says which.
    Own,
}

named!(DatasetName { Mnist => "mnist", FashionMnist => "fashion-mnist", Moons => "moons", Circles => "circles", Spirals => "spirals", Blobs => "blobs", Glosses => "glosses", Own => "own" });

/// What is known of a dataset before any of it is loaded.
#[derive(Clone, Debug, PartialEq)]
pub struct DatasetInfo {
    /// The name recipes use.
    pub name: DatasetName,
    /// The name people read.
    pub title: &'static str,
    /// Height, width, channels of one sample; a point in the plane is 1 x 1 x 2.
    pub shape: [usize; 3],
    /// What each class is called; their number is the number of classes.
    pub labels: &'static [&'static str],
    /// How many samples train by default.
    pub train: usize,
    /// How many samples may train at most.
    pub max_train: usize,
    /// How many samples validate.
    pub validation: usize,
    /// How many samples test.
    pub test: usize,
    /// The standard deviation of the noise by default; none for a dataset that is not drawn on the spot.
    pub noise: Option<f32>,
    /// Where it comes from.
    pub source: &'static str,
    /// The licence of the data.
    pub licence: &'static str,
    /// One sentence that helps to choose.
    pub help: &'static str,
}

/// Every dataset that comes with the program, in the order to offer them.
pub const DATASETS: &[DatasetInfo] = &[
    DatasetInfo {
        name: DatasetName::Mnist,
        title: "MNIST",
        shape: [28, 28, 1],
        labels: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        train: 55_000,
        max_train: 55_000,
        validation: 5_000,
        test: 10_000,
        noise: None,
        source: "LeCun, Cortes, Burges: The MNIST database of handwritten digits (1998)",
        licence: "CC BY-SA 3.0",
        help: "Handwritten digits, 28 x 28: the dataset of the field's founding papers; a small network gets 98% right.",
    },
    DatasetInfo {
        name: DatasetName::FashionMnist,
        title: "Fashion-MNIST",
        shape: [28, 28, 1],
        labels: &[
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ],
        train: 55_000,
        max_train: 55_000,
        validation: 5_000,
        test: 10_000,
        noise: None,
        source: "Xiao, Rasul, Vollgraf: Fashion-MNIST (2017), split anew",
        licence: "MIT",
        help: "Clothing, 28 x 28: the size of MNIST but harder, so compression shows its price sooner.",
    },
    toy(DatasetName::Moons, "Moons", &["upper", "lower"], 0.1, "Two half circles that reach into each other."),
    toy(DatasetName::Circles, "Circles", &["outer", "inner"], 0.08, "A circle inside another."),
    toy(DatasetName::Spirals, "Spirals", &["first", "second"], 0.03, "Two arms wound around each other: the hardest."),
    toy(
        DatasetName::Blobs,
        "Blobs",
        &["lower left", "lower right", "upper left", "upper right"],
        0.25,
        "Four round clouds: the easiest, and the only toy with more than two classes.",
    ),
    DatasetInfo {
        name: DatasetName::Glosses,
        title: "WordNet glosses",
        shape: [1, 48, 1],
        labels: &["animal", "plant", "person", "place", "food", "body part", "artifact", "substance", "act", "state"],
        train: 15_000,
        max_train: 15_000,
        validation: 1_000,
        test: 2_000,
        noise: None,
        source: "Princeton University: WordNet 3.1 (2011), definitions of nouns",
        licence: "WordNet License",
        help: "Text: what kind of thing a dictionary's definition is about. For the transformer.",
    },
];

/// Own data of which a recipe says nothing.
const OWN: DatasetInfo = DatasetInfo {
    name: DatasetName::Own,
    title: "Own data",
    shape: [28, 28, 1],
    labels: &["first", "second"],
    train: 0,
    max_train: 0,
    validation: 0,
    test: 0,
    noise: None,
    source: "brought by whoever made the experiment",
    licence: "theirs",
    help: "Images or a table that you bring; they stay on this device.",
};

const fn toy(
    name: DatasetName,
    title: &'static str,
    labels: &'static [&'static str],
    noise: f32,
    help: &'static str,
) -> DatasetInfo {
    DatasetInfo {
        name,
        title,
        shape: [1, 1, 2],
        labels,
        train: 1_000,
        max_train: 20_000,
        validation: 500,
        test: 1_000,
        noise: Some(noise),
        source: "drawn on the spot",
        licence: "none needed",
        help,
    }
}

impl DatasetName {
    /// The row of this dataset; of own data, what is known of all of them.
    #[must_use]
    pub const fn info(self) -> &'static DatasetInfo {
        match self {
            Self::Own => &OWN,
            // The table is in the order of the enum; a test holds that.
            _ => &DATASETS[self as usize],
        }
    }

    /// The name as recipes and folders spell it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mnist => "mnist",
            Self::FashionMnist => "fashion-mnist",
            Self::Moons => "moons",
            Self::Circles => "circles",
            Self::Spirals => "spirals",
            Self::Blobs => "blobs",
            Self::Glosses => "glosses",
            Self::Own => "own",
        }
    }
}

impl fmt::Display for DatasetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl DatasetInfo {
    /// The number of classes.
    #[must_use]
    pub const fn classes(&self) -> usize {
        self.labels.len()
    }

    /// The numbers in one sample: height x width x channels.
    #[must_use]
    pub const fn features(&self) -> usize {
        self.shape[0] * self.shape[1] * self.shape[2]
    }

    /// Whether the samples are rows of features without an order, as points are, and no images or texts.
    #[must_use]
    pub const fn is_points(&self) -> bool {
        self.shape[0] == 1 && self.shape[1] == 1
    }

    /// Whether the samples are points in the plane, on which a network's classes can be drawn.
    #[must_use]
    pub const fn is_plane(&self) -> bool {
        self.is_points() && self.shape[2] == 2
    }

    /// Whether the samples are texts: rows of numbers of words, and not of grey values.
    #[must_use]
    pub const fn is_text(&self) -> bool {
        self.shape[0] == 1 && self.shape[1] > 1
    }

    /// How many samples `split` has by default.
    #[must_use]
    pub const fn len(&self, split: Split) -> usize {
        match split {
            Split::Train => self.train,
            Split::Validation => self.validation,
            Split::Test => self.test,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_table_is_in_the_order_of_the_names() {
        for (i, info) in DATASETS.iter().enumerate() {
            assert_eq!(info.name as usize, i);
            assert_eq!(info.name.info().title, info.title);
            assert_eq!(serde_json::to_value(info.name).unwrap(), info.name.as_str());
        }
    }
}
