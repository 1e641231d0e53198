//! Reading and writing the pieces that files are made of: bytes, variable-length integers, floats.

/// Why a file could not be read: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the model file cannot be read: {0}; export it again from the experiment that made it")]
pub struct FileError(pub String);

/// Appends values to a file.
#[derive(Default)]
pub(super) struct Writer {
    pub bytes: Vec<u8>,
}

impl Writer {
    pub fn byte(&mut self, value: u8) {
        self.bytes.push(value);
    }

    /// LEB128: seven bits a byte, the lowest first.
    pub fn count(&mut self, value: usize) {
        let mut rest = value as u64;
        while rest >= 0x80 {
            self.bytes.push(rest as u8 | 0x80);
            rest >>= 7;
        }
        self.bytes.push(rest as u8);
    }

    pub fn float(&mut self, value: f32) {
        self.bytes.extend(value.to_le_bytes());
    }

    pub fn integer(&mut self, value: i32) {
        self.bytes.extend(value.to_le_bytes());
    }
}

/// Takes values off a file, checking that they are there.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub fn bytes(&mut self, count: usize) -> Result<&'a [u8], FileError> {
        if count > self.rest.len() {
            return Err(FileError(format!("{count} bytes are wanted and {} are left", self.rest.len())));
        }
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        Ok(taken)
    }

    pub fn byte(&mut self) -> Result<u8, FileError> {
        Ok(self.bytes(1)?[0])
    }

    /// A count no larger than `most`, so that a damaged file cannot ask for all memory.
    pub fn count(&mut self, most: usize) -> Result<usize, FileError> {
        let mut value = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                if value > most as u64 {
                    return Err(FileError(format!("a size of {value} is above the limit of {most}")));
                }
                return Ok(value as usize);
            }
        }
        Err(FileError("a size takes more than five bytes".into()))
    }

    pub fn float(&mut self) -> Result<f32, FileError> {
        let mut four = [0; 4];
        four.copy_from_slice(self.bytes(4)?);
        Ok(f32::from_le_bytes(four))
    }

    pub fn integer(&mut self) -> Result<i32, FileError> {
        let mut four = [0; 4];
        four.copy_from_slice(self.bytes(4)?);
        Ok(i32::from_le_bytes(four))
    }

    pub fn finished(&self) -> Result<(), FileError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(FileError(format!("{} bytes follow its end", self.rest.len())))
    }
}
