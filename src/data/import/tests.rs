//! Small files made by hand, and files that mean ill.

use super::*;
use crate::data::pack;
use image::{ImageFormat, Rgb, RgbImage};
use proptest::prelude::*;
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

fn supplied(path: &str, bytes: impl Into<Vec<u8>>) -> Supplied {
    Supplied { path: path.into(), bytes: bytes.into() }
}

/// A picture of 20 x 16 pixels; a JPEG is always the same, since none are written here.
fn picture(value: u8, format: ImageFormat) -> Vec<u8> {
    if format == ImageFormat::Jpeg {
        return include_bytes!("tests.jpg").to_vec();
    }
    let mut file = Cursor::new(Vec::new());
    let pixel = |x, y| Rgb([value, value.wrapping_add(x as u8), y as u8]);
    RgbImage::from_fn(20, 16, pixel).write_to(&mut file, format).unwrap();
    file.into_inner()
}

fn zipped(files: &[Supplied]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for file in files {
        zip.start_file(&*file.path, SimpleFileOptions::default()).unwrap();
        zip.write_all(&file.bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Ten pictures each of two classes, and something else.
fn leaves() -> Vec<Supplied> {
    let of = |class: &str, base: u8| {
        let class = class.to_string();
        (0..10u8).map(move |i| supplied(&format!("leaves/{class}/{i}.png"), picture(base + i, ImageFormat::Png)))
    };
    of("oak", 0).chain(of("elm", 100)).chain([supplied("leaves/about.txt", "leaves")]).collect()
}

fn digest(files: Vec<Supplied>, settings: &Settings) -> String {
    import(files, settings).unwrap().file.describe("Leaves").unwrap().0.digest
}

fn refusal(files: Vec<Supplied>) -> String {
    import(files, &Settings::default()).unwrap_err()
}

fn idx(dims: &[u32], values: &[u8]) -> Vec<u8> {
    let mut file = vec![0, 0, 8, dims.len() as u8];
    dims.iter().for_each(|dim| file.extend(dim.to_be_bytes()));
    file.extend(values);
    file
}

/// So many images of 5 x 4 pixels in three classes, 1 to 3.
fn pair(count: u32) -> [Vec<u8>; 2] {
    let labels: Vec<u8> = (0..count).map(|i| 1 + (i % 3) as u8).collect();
    [idx(&[count, 5, 4], &vec![7; 20 * count as usize]), idx(&[count], &labels)]
}

#[test]
fn folders_are_classes() {
    let imported = import(leaves(), &Settings { side: 8, ..Settings::default() }).unwrap();
    let file = imported.file;
    assert_eq!((file.shape, &file.labels[..]), ([8, 8, 1], &["elm".to_string(), "oak".into()][..]));
    assert_eq!(file.splits.each_ref().map(|split| split.classes.len()), [14, 2, 4]);
    assert_eq!((imported.left_out, &imported.reasons[0][..]), (1, "leaves/about.txt: it is no picture"));
}

#[test]
fn the_same_files_are_the_same_data() {
    let settings = Settings { colour: true, ..Settings::default() };
    let first = digest(leaves(), &settings);
    let mut turned = leaves();
    turned.reverse();
    assert_eq!(digest(turned, &settings), first);
    assert_eq!(digest(vec![supplied("leaves.zip", zipped(&leaves()))], &settings), first);
    let bare = leaves().into_iter().map(|f| supplied(f.path.trim_start_matches("leaves/"), f.bytes)).collect();
    assert_eq!(digest(bare, &settings), first);
    assert_eq!(first, "7ea123ebb5df964036287bbbfb3ae8a8b0e3527c7950cdf2797feaa28e513f20");
    for other in [
        Settings { seed: 2, ..settings.clone() },
        Settings { colour: false, ..settings.clone() },
        Settings { side: 27, ..settings.clone() },
        Settings { test: 0.3, ..settings.clone() },
        Settings { labels: Some(vec!["Ulme".into(), "Eiche".into()]), ..settings },
    ] {
        assert_ne!(digest(leaves(), &other), first);
    }
}

#[test]
fn every_kind_of_picture_is_read() {
    for (format, ending) in [
        (ImageFormat::Png, "png"),
        (ImageFormat::Jpeg, "JPG"),
        (ImageFormat::Bmp, "bmp"),
        (ImageFormat::Gif, "gif"),
        (ImageFormat::Pnm, "pgm"),
    ] {
        let files = (0..8).map(|i| supplied(&format!("{}/{i}.{ending}", i % 2), picture(30 * i, format))).collect();
        let file = import(files, &Settings::default()).unwrap().file;
        assert_eq!(file.splits.each_ref().map(|split| split.classes.len()), [4, 2, 2], "{ending}");
    }
}

#[test]
fn folders_may_say_the_parts() {
    let of = |part: &'static str, count: u8| {
        (0..count).map(move |i| supplied(&format!("x/{part}/{}/{i}.png", i % 2), picture(i, ImageFormat::Png)))
    };
    let files: Vec<Supplied> = of("train", 10).chain(of("val", 4)).chain(of("test", 6)).collect();
    let file = import(files.clone(), &Settings::default()).unwrap().file;
    assert_eq!(file.splits.each_ref().map(|split| split.classes.len()), [10, 4, 6]);
    assert_eq!(file.labels, ["0", "1"]);
    // What trains alone is parted as if nothing were said.
    let alone = import(files.into_iter().take(10).collect(), &Settings::default()).unwrap().file;
    assert_eq!(alone.splits.each_ref().map(|split| split.classes.len()), [6, 2, 2]);
}

#[test]
fn pictures_that_cannot_be_read_are_left_out_and_named() {
    let mut files = leaves();
    files.push(supplied("leaves/oak/broken.png", &picture(0, ImageFormat::Png)[..60]));
    files.push(supplied("leaves/oak/none.jpg", "<!doctype html>"));
    let imported = import(files, &Settings::default()).unwrap();
    assert_eq!(imported.left_out, 3);
    assert!(imported.reasons[1].starts_with("leaves/oak/broken.png: it cannot be read as a picture ("));
    assert_eq!(imported.file.splits[0].classes.len(), 14);
    let said = refusal(vec![supplied("a/b.png", "x"), supplied("c/d.png", "y")]);
    assert!(said.starts_with("none of the pictures can be read; a/b.png:"), "{said}");
}

#[test]
fn what_is_no_data_is_told() {
    assert!(refusal(vec![]).starts_with("there are no pictures"));
    assert!(refusal(vec![supplied("a.txt", "a")]).starts_with("there are no pictures"));
    assert!(refusal(vec![supplied("a.png", "a")]).starts_with("a.png lies in no folder"));
    let one = (0..5).map(|i| supplied(&format!("oak/{i}.png"), picture(i, ImageFormat::Png))).collect();
    assert!(refusal(one).starts_with("labels has 1 classes"));
    assert!(refusal(vec![supplied("a.zip", "PK\x03\x04 and no more")]).contains("is no zip that can be read"));
    assert!(refusal(vec![supplied("a.csv", "")]).contains("it is empty"));
}

#[test]
fn a_picture_that_claims_to_be_huge_is_left_out() {
    let mut huge = picture(0, ImageFormat::Png);
    // Width and height stand behind the signature and the first chunk's length and name.
    huge[16..24].copy_from_slice(&[0, 0, 0x2e, 0xe0, 0, 0, 0x2e, 0xe0]);
    let sum = crc(&huge[12..29]);
    huge[29..33].copy_from_slice(&sum.to_be_bytes());
    let mut files = leaves();
    files.push(supplied("leaves/oak/huge.png", huge));
    let reasons = import(files, &Settings::default()).unwrap().reasons;
    assert!(
        reasons.iter().any(|r| r.contains("huge.png: it has 12000 x 12000 pixels; at most 24 million")),
        "{reasons:?}"
    );
}

/// PNG's checksum.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

#[test]
fn a_zip_that_unpacks_without_end_is_told() {
    let bomb = zipped(&[supplied("oak/a.png", vec![0; 161 << 20])]);
    assert!(bomb.len() < 1 << 20);
    assert!(refusal(vec![supplied("bomb.zip", bomb)]).starts_with("oak/a.png unpacks to more than 160 MiB"));
    let (mut many, zeros) = (ZipWriter::new(Cursor::new(Vec::new())), vec![0; 150 << 20]);
    for i in 0..8 {
        many.start_file(format!("x/{i}.png"), SimpleFileOptions::default()).unwrap();
        many.write_all(&zeros).unwrap();
    }
    let many = many.finish().unwrap().into_inner();
    assert!(refusal(vec![supplied("many.zip", many)]).starts_with("the files unpack to more than 1024 MiB"));
}

#[test]
fn idx_files_are_paired() {
    let [images, labels] = pair(30);
    let files = |names: [&str; 2]| vec![supplied(names[0], images.clone()), supplied(names[1], labels.clone())];
    let first = import(files(["a-images-idx3-ubyte", "a-labels-idx1-ubyte"]), &Settings::default()).unwrap().file;
    assert_eq!((first.shape, first.labels.len()), ([5, 4, 1], 3));
    assert_eq!(first.splits.each_ref().map(|split| split.classes.len()), [21, 3, 6]);
    let gzip = vec![supplied("images.gz", pack(&images).unwrap()), supplied("ubyte-labels.gz", pack(&labels).unwrap())];
    assert_eq!(import(gzip, &Settings::default()).unwrap().file, first);
    let zip = zipped(&files(["mnist/images.idx3", "mnist/labels.idx1"]));
    assert_eq!(import(vec![supplied("mnist.zip", zip)], &Settings::default()).unwrap().file, first);
}

#[test]
fn idx_files_that_test_stay_apart() {
    let [images, labels] = pair(30);
    let [more, named] = pair(9);
    let files = vec![
        supplied("train-images-idx3-ubyte", images.clone()),
        supplied("train-labels-idx1-ubyte", labels),
        supplied("t10k-images-idx3-ubyte", more),
        supplied("t10k-labels-idx1-ubyte", named.clone()),
    ];
    let file = import(files, &Settings::default()).unwrap().file;
    assert_eq!(file.splits.each_ref().map(|split| split.classes.len()), [27, 3, 9]);
    let said = refusal(vec![supplied("images-idx3-ubyte", images.clone()), supplied("labels-idx1-ubyte", named)]);
    assert!(said.contains("has 30 images and labels-idx1-ubyte has 9 labels"), "{said}");
    assert!(refusal(vec![supplied("images-idx3-ubyte", images)]).starts_with("the labels that belong to"));
}

#[test]
fn large_idx_images_are_brought_to_size() {
    let files = vec![
        supplied("a.idx3", idx(&[9, 80, 70], &[50; 9 * 5600])),
        supplied("a.idx1", idx(&[9], &[0, 1, 2].repeat(3))),
    ];
    let file = import(files, &Settings { side: 16, ..Settings::default() }).unwrap().file;
    assert_eq!(file.shape, [16, 16, 1]);
    assert!(file.splits[0].pixels.iter().all(|pixel| *pixel == 50));
}

#[test]
fn tables_are_read_with_and_without_a_first_line() {
    let rows: String =
        (0..20).map(|i| format!("{i},{},{}\n", i * i, if i % 2 == 0 { "even" } else { "odd" })).collect();
    let read = |text: String| import(vec![supplied("a.csv", text)], &Settings::default()).map(|i| i.file);
    let file = read(rows.clone()).unwrap();
    assert_eq!((file.shape, &file.labels[..]), ([1, 1, 2], &["even".to_string(), "odd".into()][..]));
    assert_eq!(read(format!("\u{feff}x,y,label\r\n{}", rows.replace('\n', "\r\n"))).unwrap(), file);
    assert_eq!(read(rows.replace(',', ";")).unwrap(), file);
    let zip = zipped(&[supplied("a/table.csv", rows.clone())]);
    assert_eq!(import(vec![supplied("a.zip", zip)], &Settings::default()).unwrap().file, file);
    let said = |text: String| read(text).unwrap_err();
    assert!(said(rows.replace("7,49", "7,NaN")).contains("line 8, column 2: \"NaN\" is not a finite number"));
    assert!(said(rows.replace("7,49", "7,")).contains("line 8, column 2: \"\" is not"));
    assert!(said(rows.replace("7,49", "7,1e999")).contains("line 8, column 2: \"1e999\" is not"));
    assert!(said(rows.replace("7,49", "7")).contains("line 8 has 2 columns, and the first has 3"));
    assert!(import(vec![supplied("a.csv", b"1,2,\xff\n")], &Settings::default()).unwrap_err().contains("UTF-8"));
    assert!(said(rows.replace("7,49,odd", "7,49,")).contains("line 8, column 3: the class is missing"));
    assert!(said((0..200).map(|i| format!("{i},{i}\n")).collect()).contains("200 different values"));
    assert!(said("\0\u{1}".into()).contains("0 columns of features"));
}

#[test]
fn a_column_may_say_the_parts() {
    let part = |i: usize| ["train", "", "validation", "test"][i % 4];
    let rows: String = (0..40).map(|i| format!("{i},{},{}\n", i % 3, part(i))).collect();
    let file = import(vec![supplied("a.csv", format!("x,class,split\n{rows}"))], &Settings::default()).unwrap().file;
    assert_eq!(file.splits.each_ref().map(|split| split.classes.len()), [20, 10, 10]);
    let said = refusal(vec![supplied("a.csv", format!("x,class,split\n{rows}").replace("validation", "later"))]);
    assert!(said.contains("the part \"later\" is not known"), "{said}");
    let tables = ["train", "test"].map(|name| supplied(&format!("{name}.csv"), "x,class\n1,a\n2,b\n3,a\n4,b\n"));
    let file = import(tables.to_vec(), &Settings::default()).unwrap().file;
    assert_eq!(file.splits.each_ref().map(|split| split.classes.len()), [2, 2, 4]);
}

#[test]
fn a_data_file_is_taken_as_it_is() {
    let (_, content) = import(leaves(), &Settings::default()).unwrap().file.describe("Leaves").unwrap();
    let first = digest(leaves(), &Settings::default());
    assert_eq!(digest(vec![supplied("leaves.fwdata", pack(&content).unwrap())], &Settings::default()), first);
    assert_eq!(digest(vec![supplied("leaves.fwdata", content.clone())], &Settings::default()), first);
    assert!(refusal(vec![supplied("leaves.fwdata", &content[..900])]).contains("is a data file and cannot be read"));
    let names = Settings { labels: Some(vec!["a".into()]), ..Settings::default() };
    assert!(import(vec![supplied("leaves.fwdata", content)], &names).unwrap_err().contains("1 names for 2 classes"));
}

#[test]
fn settings_have_limits() {
    let refused = |settings: Settings| import(leaves(), &settings).unwrap_err();
    assert!(refused(Settings { side: 0, ..Settings::default() }).starts_with("side 0"));
    assert!(refused(Settings { side: 65, ..Settings::default() }).starts_with("side 65"));
    assert!(refused(Settings { test: f64::NAN, ..Settings::default() }).starts_with("test NaN"));
    assert!(refused(Settings { validation: 0.0, ..Settings::default() }).starts_with("validation 0"));
    assert!(refused(Settings { validation: 0.5, test: 0.5, ..Settings::default() }).contains("less than a tenth"));
}

/// Imports, and holds what is said against what a sentence is. Memory is bounded by the limits that each reader has; here inputs are
/// small, so that one that believed a length would be seen by the time it takes.
fn survives(path: &str, bytes: Vec<u8>) {
    match import(vec![supplied(path, bytes)], &Settings { side: 4, ..Settings::default() }) {
        Ok(imported) => drop(imported.file.encode().unwrap()),
        Err(sentence) => assert!(sentence.len() > 10 && sentence.contains(' '), "{sentence}"),
    }
}

/// Files that are right, to be spoilt.
fn right() -> Vec<(&'static str, Vec<u8>)> {
    let [images, labels] = pair(12);
    let names = ["a.idx3", "a.idx1"];
    let mut classes = leaves();
    for (i, format) in [ImageFormat::Jpeg, ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Pnm].into_iter().enumerate()
    {
        classes.push(supplied(&format!("leaves/oak/{i}.{}", ["jpg", "bmp", "gif", "pgm"][i]), picture(9, format)));
    }
    let (_, data) = import(leaves(), &Settings { side: 4, ..Settings::default() }).unwrap().file.describe("x").unwrap();
    let rows: String = (0..12).map(|i| format!("{i}.5,-{i},\"{}\"\n", ["a", "b"][i % 2])).collect();
    vec![
        ("a.zip", zipped(&classes)),
        ("a.zip", zipped(&[supplied(names[0], images), supplied(names[1], labels)])),
        ("a.zip", zipped(&[supplied("a.csv", rows.clone())])),
        ("a.csv", rows.into_bytes()),
        ("a.fwdata", pack(&data).unwrap()),
        ("a.fwdata", data),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_bytes_are_survived(
        mut bytes in proptest::collection::vec(any::<u8>(), 0..400),
        begin in prop::sample::select(vec![&b""[..], b"PK\x03\x04", b"PK\x05\x06", b"FWOD\x01\x02", b"\x1f\x8b\x08", b"\0\0\x08\x03", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"BM", b"P5 "]),
        path in prop::sample::select(vec!["a.zip", "a.csv", "a.idx3", "a.fwdata", "a/b.png", "a/b.jpg", "a/b.gif", "a/b.bmp", "a/b.pgm"]),
    ) {
        bytes.splice(0..0, begin.iter().copied());
        survives(path, bytes);
    }

    #[test]
    fn spoilt_files_are_survived(
        which in 0usize..6,
        cut in prop::option::of(any::<prop::sample::Index>()),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
    ) {
        let (path, mut bytes) = right().swap_remove(which);
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        survives(path, bytes);
    }

    /// The first bytes are where lengths stand.
    #[test]
    fn spoilt_headers_are_survived(value in any::<u8>(), at in 0usize..40, which in 0usize..6) {
        let (path, mut bytes) = right().swap_remove(which);
        bytes[at] = value;
        survives(path, bytes);
    }

    #[test]
    fn spoilt_pictures_are_survived(
        which in 0usize..5,
        changes in proptest::collection::vec((0usize..200, any::<u8>()), 1..6),
        cut in 1usize..400,
    ) {
        let format = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Bmp, ImageFormat::Gif, ImageFormat::Pnm][which];
        let mut bytes = picture(77, format);
        for (at, value) in changes {
            let at = at.min(bytes.len() - 1);
            bytes[at] = value;
        }
        bytes.truncate(cut.max(100));
        let _ = images::decode(&bytes);
    }

    #[test]
    fn random_tables_are_survived(text in "[-0-9.,;\"\ta-c\n]{0,200}") {
        survives("a.csv", text.into_bytes());
    }
}
