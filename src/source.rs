//! Files as values, and places inside them.
//!
//! In: paths and bytes, from whoever has them. Out: [`FileTree`], and the [`Span`]s that every later room uses to say
//! *where*. Never touches the disk.

use std::collections::BTreeMap;
use std::fmt;

/// A file of a tree: its path relative to the root, with `/` between the parts, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Path relative to the root of the tree.
    pub path: String,
    /// The whole content.
    pub bytes: Vec<u8>,
}

/// Number of a file in its tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// Files sorted by path, each path once: the input and the output of a compilation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileTree {
    files: Vec<File>,
    refused: BTreeMap<String, String>,
}

impl FileTree {
    /// Number of files.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The files in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// The files with their numbers, in the order of their paths.
    pub fn entries(&self) -> impl Iterator<Item = (FileId, &File)> {
        self.files.iter().enumerate().map(|(index, file)| (FileId(index as u32), file))
    }

    /// The file at exactly this path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.find(path).map(|id| self.file(id))
    }

    /// The number of the file at exactly this path.
    pub fn find(&self, path: &str) -> Option<FileId> {
        let index = self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()?;
        Some(FileId(index as u32))
    }

    /// The file with this number.
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// The text of a file, or nothing where it is not UTF-8.
    pub fn text(&self, id: FileId) -> Option<&str> {
        std::str::from_utf8(&self.file(id).bytes).ok()
    }

    /// A file that is there but must not or cannot be read, and why; it stands in the tree without content.
    pub fn refuse(&mut self, path: String, why: String) {
        if let Err(at) = self.files.binary_search_by(|file| file.path.as_str().cmp(&path)) {
            self.files.insert(at, File { path: path.clone(), bytes: Vec::new() });
        }
        self.refused.insert(path, why);
    }

    /// The files that could not be read, and why.
    pub fn refused(&self) -> impl Iterator<Item = (FileId, &str)> {
        self.refused.iter().filter_map(|(path, why)| Some((self.find(path)?, why.as_str())))
    }

    /// Whether a file could not be read.
    pub fn is_refused(&self, id: FileId) -> bool {
        self.refused.contains_key(&self.file(id).path)
    }

    /// This tree with the files of `under` beneath it: where both have a path, this tree's file stays.
    pub fn over(mut self, under: impl IntoIterator<Item = File>) -> Self {
        self.files.extend(under);
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.files.dedup_by(|later, earlier| later.path == earlier.path);
        self
    }
}

impl IntoIterator for FileTree {
    type Item = File;
    type IntoIter = std::vec::IntoIter<File>;

    /// The files in the order of their paths; what could not be read is forgotten.
    fn into_iter(self) -> Self::IntoIter {
        self.files.into_iter()
    }
}

impl FromIterator<File> for FileTree {
    /// Sorts by path; of two files with one path the first stays.
    fn from_iter<I: IntoIterator<Item = File>>(files: I) -> Self {
        FileTree::default().over(files)
    }
}

/// A range of bytes in a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

impl Span {
    /// The bytes `start..end` of a file.
    pub fn new(file: FileId, range: std::ops::Range<usize>) -> Self {
        Span { file, start: range.start as u32, end: range.end as u32 }
    }

    /// The very beginning of a file, for faults of the file as a whole.
    pub fn top(file: FileId) -> Self {
        Span::new(file, 0..0)
    }

    /// The bytes of this span.
    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A value and where it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// A value at a place.
    pub fn new(value: T, span: Span) -> Self {
        Spanned { value, span }
    }
}

impl<T> std::ops::Deref for Spanned<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: fmt::Display> fmt::Display for Spanned<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

/// A page of a site, and where what it says is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Where it is on the site.
    pub path: String,
    /// The code of its language.
    pub language: String,
    /// The files behind it, the most telling first.
    pub files: Vec<String>,
    /// Whether what is said there has changed since its translation was confirmed.
    pub outdated: bool,
}
