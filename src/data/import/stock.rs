//! The files to import, whether they lie in a zip or not, by their paths.

use super::{MAX_INPUT, Supplied};
use crate::data::own::MAX_SAMPLES;
use crate::data::{OwnFile, is_own_file, unpack};
use flate2::read::GzDecoder;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The most bytes of one file that lies in a zip or is compressed, and of all that are unpacked.
const MAX_FILE: usize = 160 << 20;
const MAX_UNPACKED: usize = 1 << 30;
/// The most files.
const MAX_FILES: usize = MAX_SAMPLES + 1000;

/// What kind of files there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Table,
    Idx,
    Pictures,
}

/// Files by their paths, in the order of those.
pub(super) struct Stock {
    pub files: Vec<Listed>,
    supplied: Vec<Supplied>,
    zips: Vec<ZipArchive<Cursor<Vec<u8>>>>,
    /// Bytes that have been unpacked so far.
    unpacked: usize,
}

/// A file, and where it lies.
pub(super) struct Listed {
    /// Folders parted by slashes.
    pub path: String,
    at: Place,
}

#[derive(Clone, Copy)]
enum Place {
    Here(usize),
    /// The zip, and the number in it.
    Zipped(usize, usize),
}

impl Stock {
    pub fn open(files: Vec<Supplied>) -> Result<Self, String> {
        let bytes: usize = files.iter().map(|file| file.bytes.len()).sum();
        if bytes > MAX_INPUT {
            return Err(format!(
                "the files have {} MiB; at most {} are read, so choose fewer or make them smaller",
                bytes.div_ceil(1 << 20),
                MAX_INPUT >> 20
            ));
        }
        let mut stock = Self { files: Vec::new(), supplied: Vec::new(), zips: Vec::new(), unpacked: 0 };
        for file in files {
            match file.bytes.starts_with(b"PK\x03\x04") || file.bytes.starts_with(b"PK\x05\x06") {
                true => stock.add_zip(file)?,
                false => {
                    stock.list(&file.path, Place::Here(stock.supplied.len()))?;
                    stock.supplied.push(file);
                }
            }
        }
        stock.files.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(stock)
    }

    fn add_zip(&mut self, file: Supplied) -> Result<(), String> {
        let damaged = |reason: &str| format!("{} is no zip that can be read ({reason}); make it anew", file.path);
        // Of the names alone; what they stand for is unpacked when it is wanted.
        let archive = ZipArchive::new(Cursor::new(file.bytes)).map_err(|e| damaged(&e.to_string()))?;
        for number in 0..archive.len() {
            if let Some(name) = archive.name_for_index(number).filter(|name| !name.ends_with('/')) {
                self.list(name, Place::Zipped(self.zips.len(), number))?;
            }
        }
        self.zips.push(archive);
        Ok(())
    }

    /// Notes a file, but those that systems put beside others.
    fn list(&mut self, path: &str, at: Place) -> Result<(), String> {
        let path = path.replace('\\', "/");
        let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | "." | "..")).collect();
        let hidden = |part: &&str| part.starts_with('.') || *part == "__MACOSX" || *part == "Thumbs.db";
        if parts.is_empty() || parts.iter().any(hidden) {
            return Ok(());
        }
        if self.files.len() == MAX_FILES {
            return Err(format!("there are more than {MAX_FILES} files in it; leave some out"));
        }
        self.files.push(Listed { path: parts.join("/"), at });
        Ok(())
    }

    /// The content of a file.
    pub fn read(&mut self, index: usize) -> Result<Vec<u8>, String> {
        let Listed { path, at } = &self.files[index];
        match *at {
            Place::Here(at) => Ok(self.supplied[at].bytes.clone()),
            Place::Zipped(zip, number) => {
                let refused = |reason: String| format!("{path} cannot be unpacked ({reason}); make the zip anew");
                let file = self.zips[zip].by_index(number).map_err(|e| refused(e.to_string()))?;
                let content = limited(file, path)?.map_err(|e| refused(e.to_string()))?;
                self.count(content.len())?;
                Ok(content)
            }
        }
    }

    /// The content of a file, of which a compression of its own is undone.
    pub fn read_plain(&mut self, index: usize) -> Result<Vec<u8>, String> {
        let content = self.read(index)?;
        if !content.starts_with(&[0x1f, 0x8b]) {
            return Ok(content);
        }
        let path = &self.files[index].path;
        let plain = limited(GzDecoder::new(&content[..]), path)?
            .map_err(|error| format!("{path} cannot be unpacked ({error}); fetch it again"))?;
        self.count(plain.len())?;
        Ok(plain)
    }

    fn count(&mut self, bytes: usize) -> Result<(), String> {
        self.unpacked += bytes;
        match self.unpacked > MAX_UNPACKED {
            true => Err(format!("the files unpack to more than {} MiB; leave some out", MAX_UNPACKED >> 20)),
            false => Ok(()),
        }
    }

    /// The data, where what is there is one data file.
    pub fn data_file(&mut self) -> Result<Option<OwnFile>, String> {
        let [Supplied { path, bytes }] = &self.supplied[..] else { return Ok(None) };
        if !self.zips.is_empty() || !bytes.starts_with(&[0x1f, 0x8b]) && !is_own_file(bytes) {
            return Ok(None);
        }
        let plain = match is_own_file(bytes) {
            true => bytes.clone(),
            false => match unpack(bytes) {
                Ok(plain) if is_own_file(&plain) => plain,
                _ => return Ok(None),
            },
        };
        let damaged = |reason| format!("{path} is a data file and cannot be read ({reason}); ask for it again");
        OwnFile::decode(&plain).map(Some).map_err(damaged)
    }

    /// What the files are, by their names; pictures where they are several things.
    pub fn kind(&self) -> Option<Kind> {
        let any = |is: fn(&str) -> bool| self.files.iter().any(|file| is(&file.path));
        let idx = any(is_idx) || self.supplied.iter().any(|file| file.bytes.starts_with(&[0, 0, 8]));
        match () {
            () if any(is_picture) => Some(Kind::Pictures),
            () if idx => Some(Kind::Idx),
            () if any(is_table) => Some(Kind::Table),
            () => None,
        }
    }
}

/// All of it, unless that is more than a file may have.
fn limited(from: impl Read, path: &str) -> Result<std::io::Result<Vec<u8>>, String> {
    let mut content = Vec::new();
    let read = from.take(MAX_FILE as u64 + 1).read_to_end(&mut content);
    match content.len() > MAX_FILE {
        true => Err(format!("{path} unpacks to more than {} MiB; leave it out", MAX_FILE >> 20)),
        false => Ok(read.map(|_| content)),
    }
}

/// The name behind the last slash, in small letters.
pub(super) fn name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_lowercase()
}

pub(super) fn is_picture(path: &str) -> bool {
    [".png", ".jpg", ".jpeg", ".gif", ".bmp", ".pgm"].iter().any(|ending| name(path).ends_with(ending))
}

pub(super) fn is_table(path: &str) -> bool {
    [".csv", ".tsv"].iter().any(|ending| name(path).ends_with(ending))
}

pub(super) fn is_idx(path: &str) -> bool {
    let name = name(path);
    ["idx", "ubyte"].iter().any(|part| name.contains(part))
}
