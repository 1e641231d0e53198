//! Tensors of a safetensors file, as floats.

use crate::export::state_dict::{Tensor, Values};
use safetensors::{Dtype, SafeTensors};

/// The most tensors of a file: the largest networks here have some two hundred.
const MOST: usize = 2000;

/// All tensors of floats, by their names in natural order (`conv2` before `conv10`). What counts batches is left out.
pub(super) fn read(file: &[u8]) -> Result<Vec<Tensor>, String> {
    let read = SafeTensors::deserialize(file).map_err(|e| {
        format!("this is not a whole safetensors file ({e:?}); write it again with safetensors.torch.save_file")
    })?;
    if read.len() > MOST {
        return Err(format!("the file holds {} tensors; the largest networks here have under {MOST}", read.len()));
    }
    let mut tensors = Vec::new();
    for (name, view) in read.iter() {
        let bytes = view.data();
        let values: Vec<f32> = match view.dtype() {
            Dtype::F32 => bytes.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
            Dtype::F64 => bytes.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b) as f32).collect(),
            Dtype::F16 => bytes.as_chunks().0.iter().map(|b| half(u16::from_le_bytes(*b))).collect(),
            // The upper half of a 32-bit float.
            Dtype::BF16 => {
                bytes.as_chunks().0.iter().map(|b| f32::from_bits(u32::from(u16::from_le_bytes(*b)) << 16)).collect()
            }
            _ if name.ends_with("num_batches_tracked") => continue,
            other => {
                return Err(format!(
                    "tensor {name} holds {other:?}, and parameters are floats; save the float network's state dict"
                ));
            }
        };
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(format!(
                "tensor {name} holds {} at place {at}; its training has failed, or the file is damaged",
                values[at]
            ));
        }
        tensors.push(Tensor { name: name.into(), dims: view.shape().to_vec(), values: Values::F32(values) });
    }
    tensors.sort_by_cached_key(|tensor| natural(&tensor.name));
    Ok(tensors)
}

/// A 16-bit float.
fn half(bits: u16) -> f32 {
    let (sign, exponent, fraction) = (bits >> 15, i32::from(bits >> 10 & 31), f32::from(bits & 1023));
    let magnitude = match exponent {
        0 => libm::ldexpf(fraction, -24),
        31 if fraction == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => libm::ldexpf(fraction + 1024.0, exponent - 25),
    };
    if sign == 1 { -magnitude } else { magnitude }
}

/// A key by which numbers in names are in the order of their values.
pub(super) fn natural(name: &str) -> Vec<(u64, String)> {
    let mut parts: Vec<(u64, String)> = Vec::new();
    let mut digits = String::new();
    for c in name.chars().chain(['\0']) {
        if c.is_ascii_digit() && digits.len() < 18 {
            digits.push(c);
            continue;
        }
        if let Ok(number) = digits.parse() {
            parts.push((number, String::new()));
        }
        digits.clear();
        match parts.last_mut() {
            // Text stands behind all numbers.
            Some((u64::MAX, text)) => text.push(c),
            _ => parts.push((u64::MAX, c.into())),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{half, natural};

    #[test]
    fn halves_are_what_ieee_754_says() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x7bff, 65504.0),
            (0x0001, 5.960_464_5e-8),
            (0x0400, 6.103_515_6e-5),
            (0x3555, 0.333_251_95),
            (0x8000, -0.0),
        ] {
            assert_eq!(half(bits).to_bits(), f32::to_bits(value), "{bits:x}");
        }
        assert!(half(0x7c00).is_infinite() && half(0x7c01).is_nan());
    }

    #[test]
    fn numbers_in_names_count() {
        let mut names = ["conv10.weight", "conv2.weight", "conv2.bias", "features.3.weight", "features.12.weight"];
        names.sort_by_cached_key(|name| natural(name));
        assert_eq!(names, ["conv2.bias", "conv2.weight", "conv10.weight", "features.3.weight", "features.12.weight"]);
    }
}
