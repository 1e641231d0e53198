//! The forms in which a model can be written, by name: what files are called and what they are for. The page reads this table, and
//! so it does not name what writes them; [`super::write`] does.

/// A form of model file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormName {
    /// The engine's own.
    Featherweight,
    /// For ONNX Runtime and whatever else reads ONNX.
    Onnx,
    /// For PyTorch.
    Safetensors,
    /// For NumPy.
    Npz,
    /// For microcontrollers.
    CHeader,
}

named!(FormName { Featherweight => "fwm", Onnx => "onnx", Safetensors => "safetensors", Npz => "npz", CHeader => "h" });

impl FormName {
    /// What a file's name ends in, without the point.
    pub fn ending(self) -> &'static str {
        // The table has them all; a test holds that.
        FORMS.iter().find(|form| form.name == self).map_or("", |form| form.ending)
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// Which.
    pub name: FormName,
    /// What a file's name ends in, without the point.
    pub ending: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it holds and what reads it.
    pub help: &'static str,
}

impl Form {
    /// The form of an ending.
    pub fn of_ending(ending: &str) -> Option<&'static Self> {
        FORMS.iter().find(|form| form.ending == ending)
    }
}

/// All forms, in the order in which they are offered.
pub const FORMS: &[Form] = &[
    Form {
        name: FormName::Featherweight,
        ending: "fwm",
        title: "Featherweight",
        help: "Compressed as it is counted here: removed weights left out, integers packed. The command line reads it, and its format is in docs/model-file.md.",
    },
    Form {
        name: FormName::Onnx,
        ending: "onnx",
        title: "ONNX",
        help: "For ONNX Runtime, Netron and others. Floats operator by operator, integers in QDQ form. Removed weights are zeros in it.",
    },
    Form {
        name: FormName::Safetensors,
        ending: "safetensors",
        title: "safetensors",
        help: "A PyTorch state dict: conv1.weight, bn1.running_mean, fc1.bias, laid out as PyTorch has them. Integers come with their scales and zero points.",
    },
    Form {
        name: FormName::Npz,
        ending: "npz",
        title: "NumPy",
        help: "The same tensors as an archive that numpy.load opens.",
    },
    Form {
        name: FormName::CHeader,
        ending: "h",
        title: "C header",
        help: "One C99 file with the int8 weights and the loops that run them, for microcontrollers. For quantized variants.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn every_name_has_its_row_and_its_ending() {
        for name in [FormName::Featherweight, FormName::Onnx, FormName::Safetensors, FormName::Npz, FormName::CHeader] {
            assert_eq!(Form::of_ending(name.ending()).unwrap().name, name);
            assert_eq!(serde_json::to_value(name).unwrap(), name.ending());
        }
        assert!(Form::of_ending("pt").is_none());
    }
}
