//! The command line as a user meets it: what it prints, writes and refuses.

#![allow(clippy::unwrap_used)] // a test fails by panicking

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn featherweight(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_featherweight"));
    command.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

/// What a successful call prints.
fn printed(arguments: &[&str]) -> String {
    let output = featherweight(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The one line with which a call fails.
fn refused(arguments: &[&str]) -> String {
    let output = featherweight(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    text
}

/// A folder of this test's own.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

const TOY: &str = r#"{"version":1,"title":"Toy","data":{"dataset":"blobs","samples":200},
    "network":{"architecture":"mlp","widths":[8]},"training":{"epochs":3},
    "variants":[{"name":"dense"},{"name":"int8","from":"dense","steps":[{"quantize":{}}]}]}"#;

fn recipe(folder: &Path, json: &str) -> String {
    let path = folder.join("recipe.json");
    std::fs::write(&path, json).unwrap();
    path.to_string_lossy().into_owned()
}

fn line<'a>(text: &'a str, head: &str) -> &'a str {
    text.lines().find_map(|line| line.strip_prefix(head)).unwrap().trim()
}

#[test]
fn a_run_writes_a_report_a_link_and_models() {
    let folder = folder("run");
    let (recipe, report) = (recipe(&folder, TOY), folder.join("report.json"));
    let (report_text, models) = (report.to_string_lossy().into_owned(), folder.join("models"));
    let text = printed(&["run", &recipe, "--quiet", "--out", &report_text, "--models", &models.to_string_lossy()]);
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    for variant in json["variants"].as_array().unwrap() {
        for field in ["name", "accuracy", "loss", "parameters", "nonzero", "macs", "bytes", "digest"] {
            assert!(!variant[field].is_null(), "{field} is missing");
        }
        for batch in ["batch1", "batch64"] {
            assert!(variant["latency"][batch]["median_us"].as_f64().unwrap() > 0.0);
        }
        let file = models.join(format!("{}.1.fwm", variant["name"].as_str().unwrap()));
        assert_eq!(std::fs::metadata(file).unwrap().len(), variant["bytes"].as_u64().unwrap());
    }
    assert_eq!(json["digest"], line(&text, "digest"));
    // The link carries the digest: whoever runs it is told that the bits are the same.
    let link = line(&text, "link");
    assert!(printed(&["run", link, "--quiet"]).contains("same as the link's result, bit for bit"));
    assert_eq!(printed(&["link", &recipe, "--report", &report_text]).trim(), link);
    assert!(printed(&["link", &recipe, "--page", "https://example.org/"]).starts_with("https://example.org/#x="));
    let shown = printed(&["show", link]);
    assert!(shown.contains("\"title\": \"Toy\"") && shown.contains("quantize to int8"), "{shown}");
}

#[test]
fn a_model_is_exported_from_a_run_or_from_its_file_and_asked_about_the_test_set() {
    let folder = folder("export");
    let recipe = recipe(&folder, TOY);
    let at = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let (last, first) = (at("last.onnx"), at("first.onnx"));
    assert!(
        printed(&["run", &recipe, "--quiet", "--models", &at("models"), "--export", &last]).contains("exported int8")
    );
    let told = printed(&["run", &recipe, "--quiet", "--export", &first, "--variant", "dense"]);
    assert!(told.contains("exported dense, seed 1, to"), "{told}");
    let (model, again) = (at("models/int8.1.fwm"), at("again.onnx"));
    printed(&["export", &model, &again]);
    let [last, first, again] = [last, first, again].map(|path| std::fs::read(path).unwrap());
    assert_eq!(last, again);
    assert_ne!(last, first);
    assert!(last.windows(13).any(|bytes| bytes == b"Featherweight"));
    let same = at("same.fwm");
    printed(&["export", &model, &same]);
    assert_eq!(std::fs::read(same).unwrap(), std::fs::read(&model).unwrap());
    // The table has a row a sample, and counts what the summary says.
    let (table, samples) = (at("logits.csv"), at("samples.f32"));
    let told = printed(&["predict", &model, &recipe, "--out", &table, "--samples", &samples]);
    let table = std::fs::read_to_string(table).unwrap();
    let rows: Vec<Vec<f32>> =
        table.lines().skip(1).map(|row| row.split(',').map(|cell| cell.parse().unwrap()).collect()).collect();
    assert_eq!(std::fs::metadata(samples).unwrap().len() as usize, 4 * 2 * rows.len());
    let right = rows.iter().filter(|row| row[0] == row[1]).count();
    assert!(told.starts_with(&format!("{right} of the {} samples", rows.len())), "{told}");
    for row in rows {
        let largest = row[2..].iter().copied().fold(f32::NEG_INFINITY, f32::max);
        assert!(row[2 + row[1] as usize] >= largest);
    }
}

#[test]
fn any_number_of_jobs_comes_to_the_same_digest() {
    let folder = folder("jobs");
    // Variants, a sweep, a teacher, two trials.
    let json = r#"{"version":1,"data":{"dataset":"moons","samples":200},"network":{"architecture":"mlp","widths":[8]},
        "training":{"epochs":3},"seeds":[1,2],"variants":[{"name":"dense"},
        {"name":"teacher","network":{"architecture":"mlp","widths":[16]}},
        {"name":"pruned","from":"dense","steps":[{"prune":{}}],"sweep":{"setting":"sparsity","values":[0.5,0.75,0.9]}},
        {"name":"taught","from":"dense","steps":[{"distill":{"teacher":"teacher"}},{"quantize":{}}]}]}"#;
    let (recipe, report) = (recipe(&folder, json), folder.join("report.json").to_string_lossy().into_owned());
    let digests = ["1", "2", "7"].map(|jobs| {
        let text = printed(&["run", &recipe, "--quiet", "--jobs", jobs, "--out", &report]);
        let json: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
        for variant in json["variants"].as_array().unwrap() {
            assert!(variant["latency"]["batch1"]["median_us"].as_f64().unwrap() > 0.0, "{jobs} jobs: {variant}");
        }
        line(&text, "digest").to_string()
    });
    assert!(digests[0].len() == 32 && digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
}

#[test]
fn a_result_that_differs_from_the_links_is_an_error() {
    let folder = folder("differs");
    let recipe = recipe(&folder, TOY);
    let report = folder.join("report.json");
    printed(&["run", &recipe, "--quiet", "--out", &report.to_string_lossy()]);
    let mut json: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    json["digest"] = "00112233445566778899aabbccddeeff".into();
    std::fs::write(&report, json.to_string()).unwrap();
    let link = printed(&["link", &recipe, "--report", &report.to_string_lossy()]);
    assert!(refused(&["run", link.trim(), "--quiet"]).contains("differs from the link's"));
}

#[test]
fn what_cannot_be_done_is_told_in_one_line() {
    let folder = folder("refused");
    let toy = recipe(&folder, TOY);
    let nowhere = folder.join("nowhere/report.json").to_string_lossy().into_owned();
    let mnist = folder.join("mnist.json");
    std::fs::write(&mnist, r#"{"version":1,"variants":[{"name":"dense"}]}"#).unwrap();
    let mnist = mnist.to_string_lossy().into_owned();
    let bad = folder.join("bad.json");
    std::fs::write(&bad, r#"{"version":1,"variants":[{"name":"p","steps":[{"prune":{"sparsity":1.2}}]}]}"#).unwrap();
    let bad = bad.to_string_lossy().into_owned();
    let link = printed(&["link", &toy]);
    let cut = &link[..link.trim().len() - 9];
    let (text, photo) = (folder.join("model.txt").to_string_lossy().into_owned(), "docs/screenshot.png");
    let cases: [(&[&str], &[&str]); 17] = [
        (&["run", "missing.json"], &["no file missing.json"]),
        (&["run", "%%%"], &["copy it again"]),
        (&["run", cut], &["copy it again"]),
        (&["show", "#x=AgAAAA"], &["version 2", "newer"]),
        (&["run", &bad], &["variants[0].steps[0].prune", "sparsity 1.2"]),
        (&["run", &mnist, "--quiet", "--data", "/nowhere"], &["/nowhere/data/mnist/train-00.shard", "--data"]),
        (&["run", &toy, "--quiet", "--out", &nowhere], &["report.json", "cannot be written"]),
        (&["link", &toy, "--report", &toy], &["is not a report"]),
        (&["run", &toy, "--quiet", "--noise", "dense"], &["\"dense\" is not quantized"]),
        (&["run", &toy, "--quiet", "--landscape", "other"], &["no variant \"other\"", "dense, int8"]),
        (&["run", &toy, "--quiet", "--export", &text], &["model.txt", "one of .fwm (Featherweight), .onnx (ONNX)"]),
        (&["run", &toy, "--quiet", "--export", "m.onnx", "--variant", "big"], &["no variant \"big\"", "dense, int8"]),
        (&["export", "missing.fwm", "m.onnx"], &["missing.fwm cannot be read"]),
        (&["export", photo, "m.onnx"], &["screenshot.png", "FWM1"]),
        (&["predict", photo, &toy], &["screenshot.png", "FWM1"]),
        (&["serve", "/nowhere"], &["no folder /nowhere"]),
        (&["serve", "src"], &["src holds no index.html", "cargo xtask build"]),
    ];
    for (arguments, words) in cases {
        let sentence = refused(arguments);
        for word in words {
            assert!(sentence.contains(word), "{sentence} does not say {word}");
        }
    }
}

#[test]
fn noise_and_landscape_are_printed_after_a_run() {
    let recipe = recipe(&folder("inspect"), TOY);
    let text = printed(&["run", &recipe, "--quiet", "--noise", "int8"]);
    let rows: Vec<&str> =
        text.lines().filter(|line| line.starts_with("1 dense") || line.starts_with("2 dense")).collect();
    assert!(rows.len() == 2 && rows[1].contains("floats"), "{text}");
    for row in rows {
        let decibels: f64 = row.split_whitespace().nth(2).unwrap().parse().unwrap();
        assert!(decibels > 20.0, "{row}");
    }
    let text = printed(&["run", &recipe, "--quiet", "--landscape", "dense", "--landscape-bits", "3"]);
    let points = text.split_once("first,second,loss,loss_of_3_bits\n").unwrap().1;
    let losses =
        points.lines().take_while(|line| !line.is_empty()).map(|line| line.split(',').nth(2).unwrap().parse().unwrap());
    let losses: Vec<f64> = losses.collect();
    assert_eq!(losses.len(), 25 * 25);
    assert!(losses[0] > losses[12 * 25 + 12], "training led downhill");
}

#[test]
fn a_failed_run_leaves_an_earlier_report_as_it_was() {
    let folder = folder("kept");
    let report = folder.join("report.json");
    std::fs::write(&report, "earlier").unwrap();
    let recipe = recipe(&folder, r#"{"version":1,"variants":[{"name":"dense"}]}"#);
    refused(&["run", &recipe, "--quiet", "--data", "/nowhere", "--out", &report.to_string_lossy()]);
    assert_eq!(std::fs::read_to_string(&report).unwrap(), "earlier");
}

/// A device that is always full stands in for a full disk.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_costs_the_file_and_not_the_result() {
    let recipe = recipe(&folder("full"), TOY);
    let output = featherweight(&["run", &recipe, "--quiet", "--out", "/dev/full"]);
    assert_eq!(output.status.code(), Some(1));
    let (told, failed) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(told.contains("digest") && told.contains("int8"), "the table is printed all the same: {told}");
    assert!(failed.contains("/dev/full cannot be written") && failed.contains("free some space"), "{failed}");
}

/// A program that is ended with the test, whether it passes or not.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_folder_is_served_to_browsers() {
    use std::io::{BufRead, BufReader, Read, Write};
    let folder = folder("served");
    std::fs::write(folder.join("index.html"), "<p>the page</p>").unwrap();
    std::fs::write(folder.join("a.wasm"), "plain wasm").unwrap();
    std::fs::write(folder.join("a.wasm.br"), "packed").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_featherweight"));
    let program = command.arg("serve").arg(&folder).args(["--port", "0"]).stdout(std::process::Stdio::piped());
    let mut running = Running(program.spawn().unwrap());
    let mut said = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.split_once("http://").and_then(|(_, rest)| rest.split_once('/')).unwrap().0;
    assert!(address.starts_with("127.0.0.1:"), "{said}");
    let asked = |request: &str| {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        write!(stream, "{request} HTTP/1.1\r\nHost: here\r\nConnection: close\r\nAccept-Encoding: br\r\n\r\n").unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    };
    let page = asked("GET /");
    assert!(page.starts_with("HTTP/1.1 200") && page.ends_with("<p>the page</p>"), "{page}");
    let packed = asked("GET /a.wasm");
    for line in ["Content-Type: application/wasm", "Content-Encoding: br", "packed"] {
        assert!(packed.contains(line), "{line}: {packed}");
    }
    assert!(asked("HEAD /a.wasm").starts_with("HTTP/1.1 200"));
    for request in ["GET /../Cargo.toml", "GET /nothing", "POST /"] {
        assert!(asked(request).starts_with("HTTP/1.1 404"), "{request}");
    }
    let port = address.rsplit_once(':').unwrap().1;
    let taken = refused(&["serve", &folder.to_string_lossy(), "--port", port]);
    assert!(taken.contains(&format!("port {port} cannot be had: another program has it")), "{taken}");
}

#[test]
fn the_methods_are_listed_with_their_settings() {
    let text = printed(&["methods"]);
    for word in
        ["mnist", "moons", "magnitude", "post-training", "soft-targets", "sparsity", "temperature", "calibration"]
    {
        assert!(text.contains(word), "{word} is missing");
    }
}

/// An assignment and two answers to it, as the page makes them.
fn classroom() -> (String, [String; 2]) {
    use featherweight::experiment::Recipe;
    use featherweight::experiment::teaching::{
        Answer, Assignment, Bound, Condition, Figure, Figures, Goal, Locks, Question,
    };
    let recipe = Recipe::from_json(TOY).unwrap();
    let set = Assignment {
        title: "Lighter".into(),
        text: "Make it small.".into(),
        recipe: recipe.clone(),
        locks: Locks { all_but: true, paths: vec!["training".into()] },
        goal: Goal {
            variant: None,
            conditions: vec![Condition { figure: Figure::Bytes, bound: Bound::AtMost, value: 300.0 }],
        },
        questions: vec![Question { text: "Why?".into(), choices: Vec::new() }],
    };
    let answer = |name: &str, bytes: usize, words: &str| {
        let figures = Figures { name: "int8".into(), accuracy: 0.98, bytes, macs: 48, nonzero: 40, latency: None };
        let answer = Answer {
            assignment: set.hash(),
            name: name.into(),
            recipe: recipe.clone(),
            figures: vec![figures],
            digest: "0".repeat(32),
            answers: vec![words.into()],
        };
        format!("https://example.org/#s={}", answer.to_text().unwrap())
    };
    let text = format!("https://example.org/#a={}", set.to_text().unwrap());
    (text, [answer("Ada", 250, "Redundancy."), answer("Grace, H.", 350, "Luck.")])
}

#[test]
fn assignments_and_answers_are_shown() {
    let (set, [ada, _]) = classroom();
    let shown = printed(&["show", &set]);
    for words in
        ["assignment: Lighter", "any variant has at most 300 bytes", "all but training", "1. Why?", "link   #x="]
    {
        assert!(shown.contains(words), "{words} is missing in {shown}");
    }
    let shown = printed(&["show", &ada]);
    for words in ["answer of Ada", "int8: 98.00 % right, 250 bytes", "1. Redundancy.", "digest 0000"] {
        assert!(shown.contains(words), "{words} is missing in {shown}");
    }
    assert!(refused(&["show", &set[..set.len() - 9]]).contains("copy it again"));
    assert!(refused(&["show", "#s=AgAA"]).contains("newer"));
}

#[test]
fn a_class_is_one_table() {
    let folder = folder("class");
    let (set, [ada, grace]) = classroom();
    let file = folder.join("answers.txt");
    std::fs::write(&file, format!("{set}\n{ada}\nnothing\n{grace}\n")).unwrap();
    let file = file.to_string_lossy().into_owned();
    let output = featherweight(&["class", &file]);
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && table.contains("goal: any variant has at most 300 bytes"), "{table}");
    let of = |name: &str| table.lines().find(|line| line.starts_with(name)).unwrap().to_string();
    assert!(of("Ada").contains(" met ") && of("Grace, H.").contains(" no "), "{table}");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("line 3") && told.lines().count() == 1, "{told}");
    let csv = printed(&["class", &file, "--csv"]);
    assert_eq!(csv.lines().count(), 3);
    assert!(
        csv.contains("Ada,int8,0.98,250,48,40,,yes,") && csv.contains("\"Grace, H.\",int8,0.98,350,48,40,,no,"),
        "{csv}"
    );
    std::fs::write(folder.join("none.txt"), "hello\n").unwrap();
    let none = featherweight(&["class", &folder.join("none.txt").to_string_lossy()]);
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8(none.stderr).unwrap().contains("holds no answer's link"));
}

/// Twelve pictures each of two classes: dark ones and light ones.
fn pictures(folder: &Path) -> String {
    for (class, base) in [("dark", 0u8), ("light", 160)] {
        let of_class = folder.join("shades").join(class);
        std::fs::create_dir_all(&of_class).unwrap();
        for i in 0..12u8 {
            let pixel = |x: u32, y: u32| image::Luma([base + i + (x * y % 60) as u8]);
            image::GrayImage::from_fn(20, 16, pixel).save(of_class.join(format!("{i}.png"))).unwrap();
        }
    }
    folder.join("shades").to_string_lossy().into_owned()
}

#[test]
fn own_pictures_are_imported_and_trained_on() {
    let folder = folder("own");
    let (shades, data) = (pictures(&folder), folder.join("site").to_string_lossy().into_owned());
    let (recipe, file) = (folder.join("recipe.json"), folder.join("shades.fwdata"));
    let (recipe, file) = (recipe.to_string_lossy().into_owned(), file.to_string_lossy().into_owned());
    let import = |path: &str, more: &[&str]| {
        printed(&[&["data", "import", path, "--side", "8", "--data", &data, "--recipe", &recipe][..], more].concat())
    };
    let text = import(&shades, &["--to", &file]);
    assert!(text.starts_with("shades: 8 x 8 x 1\n"), "{text}");
    let row = |class: &str| line(&text, class).split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!((row("dark"), row("light")), ("9 1 2".into(), "9 1 2".into()));
    let digest = line(&text, "digest").split(',').next().unwrap().to_string();
    assert_eq!(digest, "2876764cb64b001dd09b94c5f37615dec2b08f5c5b8b5f582051c87c6699721d");
    assert!(Path::new(&data).join(format!("own/{digest}.gz")).is_file());
    let other = import(&shades, &["--seed", "2"]);
    assert!(!other.contains(&digest));
    // What was handed on is the same data under another name.
    let again = import(&file, &["--name", "Grey"]);
    assert!(again.starts_with("Grey: 8 x 8 x 1\n") && again.contains(&digest), "{again}");

    let mut json: serde_json::Value = serde_json::from_slice(&std::fs::read(&recipe).unwrap()).unwrap();
    assert_eq!(json["data"]["own"]["title"], "Grey");
    assert_eq!(json["data"]["own"]["labels"], serde_json::json!(["dark", "light"]));
    json["network"] = serde_json::json!({"architecture": "mlp", "widths": [8]});
    json["training"] = serde_json::json!({"epochs": 4, "batch": 4});
    std::fs::write(&recipe, json.to_string()).unwrap();
    let ran = printed(&["run", &recipe, "--quiet", "--data", &data]);
    assert_eq!(line(&ran, "digest"), "56196fbb418b46c20648ef83ff1d7caa");
    let link = line(&ran, "link");
    assert!(printed(&["run", link, "--quiet", "--data", &data, "--jobs", "1"]).contains("bit for bit"));
    // A network that was trained on them comes back as one.
    let models = folder.join("models").to_string_lossy().into_owned();
    printed(&["run", &recipe, "--quiet", "--data", &data, "--models", &models]);
    let model = std::fs::read_dir(&models)
        .unwrap()
        .map(|file| file.unwrap().path())
        .find(|path| path.to_string_lossy().contains("dense"));
    let (model, begun) = (model.unwrap().to_string_lossy().into_owned(), folder.join("begun.json"));
    let begun = begun.to_string_lossy().into_owned();
    let text = printed(&["import", &model, "--dataset", &recipe, "--data", &data, "--recipe", &begun]);
    assert!(text.contains("MLP"), "{text}");
    assert!(printed(&["run", &begun, "--quiet", "--data", &data]).contains("imported"));
    let unknown = featherweight(&["import", &model, "--dataset", "nothing"]);
    assert!(!unknown.status.success());
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("nothing is not known; choose one of mnist"));
    // Whoever opens the link is told which file to supply, and does.
    let shown = printed(&["show", link]);
    assert!(shown.contains("somebody's own data") && shown.contains(&digest), "{shown}");
    let bare = folder.join("elsewhere").to_string_lossy().into_owned();
    let told = refused(&["run", link, "--quiet", "--data", &bare]);
    for part in ["\"Grey\" (24 samples)", "supply the data file with the digest", &digest] {
        assert!(told.contains(part), "{told}");
    }
    printed(&["data", "import", &file, "--data", &bare]);
    assert!(printed(&["run", link, "--quiet", "--data", &bare]).contains("bit for bit"));
}

#[test]
fn what_is_no_data_is_told_in_one_line() {
    let folder = folder("no-data");
    let write = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, content).unwrap();
        path.to_string_lossy().into_owned()
    };
    let (zip, table) = (write("a.zip", b"PK\x03\x04 and no more"), write("a.csv", b"1,NaN,a\n2,3,b\n"));
    let data = folder.to_string_lossy().into_owned();
    for (path, more, part) in [
        (&zip, &[][..], "a.zip is no zip that can be read"),
        (&table, &[][..], "a.csv: line 1, column 2: \"NaN\" is not a finite number"),
        (&table, &["--side", "900"][..], "side 900 is not allowed"),
        (&"/nowhere".to_string(), &[][..], "/nowhere cannot be read"),
    ] {
        let told = refused(&[&["data", "import", path, "--data", &data][..], more].concat());
        assert!(told.contains(part), "{told}");
    }
}
