//! Protocol buffers, as far as ONNX files take them: fields by their numbers, nothing trusted.

/// One field of a message.
#[derive(Clone, Copy, Debug)]
pub(super) enum Field<'f> {
    Number(u64),
    Bytes(&'f [u8]),
}

/// A message that has been taken apart.
#[derive(Debug, Default)]
pub(super) struct Message<'f>(Vec<(u64, Field<'f>)>);

const BROKEN: &str = "it ends in the middle, or is no ONNX file";

impl<'f> Message<'f> {
    /// Takes a message apart, its inner ones not yet.
    pub fn read(mut bytes: &'f [u8]) -> Result<Self, String> {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let key = varint(&mut bytes)?;
            let field = match key & 7 {
                0 => Field::Number(varint(&mut bytes)?),
                1 => Field::Bytes(take(&mut bytes, 8)?),
                2 => {
                    let length = varint(&mut bytes)?;
                    Field::Bytes(take(&mut bytes, usize::try_from(length).map_err(|_| BROKEN)?)?)
                }
                5 => Field::Bytes(take(&mut bytes, 4)?),
                _ => return Err(BROKEN.into()),
            };
            fields.push((key >> 3, field));
        }
        Ok(Self(fields))
    }

    fn of(&self, number: u64) -> impl Iterator<Item = Field<'f>> {
        self.0.iter().filter(move |(of, _)| *of == number).map(|(_, field)| *field)
    }

    /// All of a repeated field's bytes.
    pub fn all(&self, number: u64) -> impl Iterator<Item = &'f [u8]> {
        self.of(number).filter_map(|field| match field {
            Field::Bytes(bytes) => Some(bytes),
            Field::Number(_) => None,
        })
    }

    /// The last of a field, which is the one that counts.
    pub fn bytes(&self, number: u64) -> Option<&'f [u8]> {
        self.all(number).last()
    }

    pub fn text(&self, number: u64) -> String {
        String::from_utf8_lossy(self.bytes(number).unwrap_or_default()).into_owned()
    }

    pub fn message(&self, number: u64) -> Result<Self, String> {
        Self::read(self.bytes(number).unwrap_or_default())
    }

    pub fn messages(&self, number: u64) -> impl Iterator<Item = Result<Self, String>> {
        self.all(number).map(Self::read)
    }

    /// A number, if the field is there.
    pub fn number(&self, number: u64) -> Option<i64> {
        self.of(number)
            .filter_map(|field| if let Field::Number(value) = field { Some(value as i64) } else { None })
            .last()
    }

    pub fn float(&self, number: u64) -> Option<f32> {
        Some(f32::from_le_bytes(self.bytes(number)?.try_into().ok()?))
    }

    /// Numbers, one field each or many in one.
    pub fn numbers(&self, number: u64) -> Result<Vec<i64>, String> {
        let mut numbers = Vec::new();
        for field in self.of(number) {
            match field {
                Field::Number(value) => numbers.push(value as i64),
                Field::Bytes(mut bytes) => {
                    while !bytes.is_empty() {
                        numbers.push(varint(&mut bytes)? as i64);
                    }
                }
            }
        }
        Ok(numbers)
    }
}

fn take<'f>(bytes: &mut &'f [u8], count: usize) -> Result<&'f [u8], String> {
    let (taken, rest) = bytes.split_at_checked(count).ok_or(BROKEN)?;
    *bytes = rest;
    Ok(taken)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, String> {
    let mut value = 0;
    for shift in (0..70).step_by(7) {
        let byte = take(bytes, 1)?[0];
        value |= u64::from(byte & 127).checked_shl(shift).unwrap_or(0);
        if byte < 128 {
            return Ok(value);
        }
    }
    Err(BROKEN.into())
}
