"""Exported models judged from outside: onnx.checker and ONNX Runtime, safetensors, NumPy, a C compiler, and the decoder in docs.

Run by `cargo xtask test`; alone: .tools/python/bin/python -m unittest discover -v tests/judges
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import jsonschema
import numpy as np
import onnx
import onnxruntime
from safetensors.numpy import load_file, save_file

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs"))
import read_model  # noqa: E402

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PROGRAM = TARGET / "release" / "featherweight"
FOLDER = tempfile.TemporaryDirectory(prefix="featherweight-judges-")
AT = Path(FOLDER.name)

RECIPE = {
    "version": 1,
    "data": {"samples": 4000},
    "network": {"architecture": "lenet-5", "batch_normalization": True},
    "training": {"epochs": 1, "batch": 32},
    "variants": [
        {"name": "dense"},
        {"name": "int8", "from": "dense", "steps": [{"quantize": {}}]},
        {"name": "pruned", "from": "dense", "steps": [{"prune": {"sparsity": 0.9, "epochs": 1}}]},
        {"name": "shared", "from": "pruned", "steps": [{"share": {"bits": 4, "epochs": 0}}]},
        {"name": "int4", "from": "dense", "steps": [{"quantize": {"scheme": "weight-only", "granularity": "per-group", "bits": 4, "group": 32}}]},
    ],
}


def featherweight(*words):
    done = subprocess.run([PROGRAM, *map(str, words)], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout


def model(name):
    return AT / "models" / f"{name}.1.fwm"


def exported(name, ending):
    to = AT / f"{name}.{ending}"
    if not to.exists():
        featherweight("export", model(name), to)
    return to


class Predictions:
    """What the engine makes of MNIST's test set."""

    def __init__(self, name):
        table, samples = AT / f"{name}.csv", AT / "samples.f32"
        self.said = featherweight("predict", model(name), AT / "recipe.json", "--out", table, "--samples", samples)
        rows = np.loadtxt(table, delimiter=",", skiprows=1)
        self.labels, self.classes, self.logits = rows[:, 0].astype(int), rows[:, 1].astype(int), rows[:, 2:]
        self.samples = np.fromfile(samples, "<f4").reshape(-1, 28, 28, 1)


def forward(p, x):
    """LeNet-5 as PyTorch computes it from a state dict, channels first."""

    def conv(x, weight, bias):
        size = weight.shape[2]
        windows = np.lib.stride_tricks.sliding_window_view(x, (size, size), (2, 3))
        return np.einsum("nchwij,fcij->nfhw", windows, weight, optimize=True) + bias[:, None, None]

    def norm(x, at):
        shape = (1, -1) + (1,) * (x.ndim - 2)
        mean, variance, gamma, beta = (p[f"bn{at}.{part}"].reshape(shape) for part in ("running_mean", "running_var", "weight", "bias"))
        return (x - mean) / np.sqrt(variance + 1e-5) * gamma + beta

    def pool(x):
        n, c, h, w = x.shape
        return x.reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5))

    for at in (1, 2):
        x = pool(np.maximum(norm(conv(x, p[f"conv{at}.weight"], p[f"conv{at}.bias"]), at), 0))
    x = x.reshape(len(x), -1) @ p["fc1.weight"].T + p["fc1.bias"]
    return np.maximum(norm(x, 3), 0) @ p["fc2.weight"].T + p["fc2.bias"]


class Judges(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        (AT / "recipe.json").write_text(json.dumps(RECIPE))
        featherweight("run", AT / "recipe.json", "--quiet", "--models", AT / "models", "--out", AT / "report.json")
        cls.predicted = {name: Predictions(name) for name in ("dense", "int8")}

    def onnx(self, name, **options):
        path = exported(name, "onnx")
        onnx.checker.check_model(str(path), full_check=True)
        settings = onnxruntime.SessionOptions()
        for option, value in options.items():
            setattr(settings, option, value)
        session = onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])
        samples = self.predicted["dense"].samples
        return np.concatenate([session.run(None, {"samples": part})[0] for part in np.split(samples, 20)])

    def test_onnx_floats(self):
        logits, ours = self.onnx("dense"), self.predicted["dense"]
        apart = np.abs(logits - ours.logits).max()
        same = (logits.argmax(1) == ours.classes).mean()
        print(f"ONNX Runtime, floats: {same:.2%} of {len(logits)} classes, logits at most {apart:.1e} apart")
        self.assertGreaterEqual(same, 0.999)
        self.assertLess(apart, 1e-4 * max(1, np.abs(ours.logits).max()))

    def test_onnx_integers(self):
        # Operator by operator: the fused kernels of processors without VNNI saturate sums of 16 bits, which is theirs to answer for.
        off = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        logits, ours = self.onnx("int8", graph_optimization_level=off), self.predicted["int8"]
        same = (logits.argmax(1) == ours.classes).mean()
        # A sum within a float's error of the middle between two integers may go to the other one, and that spreads. Logits have no
        # grid of their own; the step is that of 8 bits over their range.
        step = np.ptp(ours.logits) / 255
        apart = np.abs(logits - ours.logits)
        print(f"ONNX Runtime, integers: {same:.2%} of {len(logits)} classes, {(apart < 1e-4).mean():.2%} of logits equal, at most {apart.max() / step:.2f} steps apart")
        self.assertGreaterEqual(same, 0.999)
        self.assertLess(apart.max(), step)

    def test_safetensors_is_a_pytorch_state_dict(self):
        tensors = load_file(exported("dense", "safetensors"))
        ours = self.predicted["dense"]
        logits = forward(tensors, ours.samples[:1000].transpose(0, 3, 1, 2))
        apart = np.abs(logits - ours.logits[:1000]).max()
        print(f"safetensors, computed as PyTorch does: logits at most {apart:.1e} apart")
        self.assertLess(apart, 1e-4 * max(1, np.abs(ours.logits).max()))

    def test_a_renamed_state_dict_is_imported(self):
        tensors = load_file(exported("dense", "safetensors"))
        names = {"conv1": "features.0", "bn1": "features.1", "conv2": "features.4", "bn2": "features.5", "fc1": "classifier.1", "bn3": "classifier.2", "fc2": "classifier.4"}
        renamed = {}
        for name, values in tensors.items():
            module, part = name.split(".", 1)
            # Doubles, as some scripts save them.
            renamed[f"{names[module]}.{part}"] = values.astype(np.float64)
        renamed["features.1.num_batches_tracked"] = np.array(125)
        save_file(renamed, AT / "renamed.safetensors")
        for folder in ("data", "models"):
            (AT / "site" / folder).mkdir(parents=True, exist_ok=True)
        if not (AT / "site" / "data" / "mnist").exists():
            (AT / "site" / "data" / "mnist").symlink_to(ROOT / "www" / "data" / "mnist")
        said = featherweight("import", AT / "renamed.safetensors", "--data", AT / "site", "--to", AT / "again.safetensors", "--recipe", AT / "imported.json")
        self.assertIn("LeNet-5", said)
        self.assertIn("features.4.weight", said)
        ours = self.predicted["dense"]
        self.assertEqual(said.strip().splitlines()[-1], ours.said.strip().splitlines()[-1], "as many are right")
        for name, values in load_file(AT / "again.safetensors").items():
            np.testing.assert_array_equal(values, tensors[name], name)
        # The recipe that it wrote begins with the network and compresses it.
        recipe = json.loads((AT / "imported.json").read_text())
        recipe["variants"] = recipe["variants"][:1] + [{"name": "int8", "from": "imported", "steps": [{"quantize": {}}]}]
        (AT / "imported.json").write_text(json.dumps(recipe))
        featherweight("run", AT / "imported.json", "--data", AT / "site", "--quiet", "--out", AT / "report.json")
        report = json.loads((AT / "report.json").read_text())
        accuracies = [variant["accuracy"]["mean"] if isinstance(variant["accuracy"], dict) else variant["accuracy"] for variant in report["variants"]]
        right = (ours.classes == ours.labels).mean()
        self.assertAlmostEqual(accuracies[0], right, 6)
        self.assertAlmostEqual(accuracies[1], right, 2)

    def test_numpy_archives_hold_the_same_tensors(self):
        for name in ("dense", "int8"):
            archive, tensors = np.load(exported(name, "npz")), load_file(exported(name, "safetensors"))
            self.assertEqual(set(archive.files), set(tensors))
            for key in archive.files:
                np.testing.assert_array_equal(archive[key], tensors[key], key)

    def test_the_c_header_classifies_alike(self):
        exported("int8", "h").rename(AT / "model.h")
        (AT / "main.c").write_text(
            '#include <stdio.h>\n#include "model.h"\n'
            "int main(void) {\n  static float sample[FW_INPUTS], logits[FW_CLASSES];\n"
            '  while (fread(sample, sizeof sample, 1, stdin) == 1) printf("%d\\n", fw_classify(sample, logits));\n  return 0;\n}\n'
        )
        subprocess.run(["cc", "-std=c99", "-O2", "-Wall", "-Wextra", "-Werror", "-o", AT / "main", AT / "main.c"], check=True)
        ours = self.predicted["int8"]
        told = subprocess.run([AT / "main"], input=ours.samples[:1000].tobytes(), capture_output=True, check=True).stdout
        classes = np.array(told.split(), int)
        np.testing.assert_array_equal(classes, ours.classes[:1000])

    def test_the_decoder_in_docs_reads_every_form(self):
        for name in ("dense", "pruned", "shared", "int4", "int8"):
            found = read_model.read(model(name).read_bytes())
            tensors = load_file(exported(name, "safetensors"))
            matrices = [(layer, parts) for layer, _, parts in found["layers"] if layer in ("dense", "convolution")]
            self.assertEqual([layer for layer, _ in matrices], ["convolution"] * 2 + ["dense"] * 2)
            for (layer, parts), key in zip(matrices, ("conv1", "conv2", "fc1", "fc2")):
                values = tensors[f"{key}.weight"]
                turned = values.transpose(2, 3, 1, 0) if layer == "convolution" else values.T
                if key == "fc1":  # Its inputs are an image: channels last here, channels first there.
                    turned = values.reshape(500, 50, 16).transpose(2, 1, 0)
                here = parts["integers"] if name == "int8" else parts["weights"]
                np.testing.assert_array_equal(here, turned.reshape(here.shape), f"{name} {key}")
                np.testing.assert_array_equal(parts["bias"], tensors[f"{key}.bias"])

    def test_reports_are_what_their_schema_says(self):
        schema = json.loads((ROOT / "docs" / "report.schema.json").read_text())
        jsonschema.Draft202012Validator.check_schema(schema)
        judge = jsonschema.Draft202012Validator(schema)
        report = json.loads((AT / "report.json").read_text())
        judge.validate(report)
        # What a step leaves behind besides: a predicted rise, scores, an offset of biases; and a run whose loss is no number.
        steps = {
            "version": 1,
            "data": {"dataset": "blobs", "samples": 200},
            "network": {"architecture": "mlp", "widths": [8]},
            "training": {"epochs": 2},
            "seeds": [1, 2],
            "variants": [
                {"name": "dense"},
                {"name": "damaged", "from": "dense", "steps": [{"prune": {"method": "obd", "sparsity": 0.2, "epochs": 0, "rounds": 1}}]},
                {"name": "taught", "from": "dense", "steps": [{"distill": {"student": {"architecture": "mlp", "widths": [4]}, "transfer": {"without": [1], "correct_bias": True}}}]},
            ],
        }
        (AT / "steps.json").write_text(json.dumps(steps))
        featherweight("run", AT / "steps.json", "--quiet", "--out", AT / "steps-report.json")
        told = json.loads((AT / "steps-report.json").read_text())
        judge.validate(told)
        trials = {variant["name"]: variant["trials"][0] for variant in told["variants"]}
        self.assertIn("predicted_rise", trials["damaged"])
        self.assertIn("layer_scores", trials["damaged"])
        # It does judge: every field that a report has is known to it, and none may be missing or of another kind.
        for wrong in ({"surprise": 1}, {"digest": "x"}, {"variants": {}}):
            self.assertFalse(judge.is_valid({**report, **wrong}), wrong)
        self.assertFalse(judge.is_valid({key: value for key, value in report.items() if key != "recipe"}))


if __name__ == "__main__":
    unittest.main(verbosity=2)
