//! The files that an image needs beside itself, opened by the caller, within bounds.

use std::sync::Arc;

use super::cache::{Cached, Caches};
use super::{DiskError, DiskWarning, Format, Image, OpenOtherError, Opened, open_layer};
use crate::Fault;

/// Images that stand on each other at most.
const DEPTH: usize = 64;

/// Files of a disk at most; a disk of 4 TB in extents of 2 GB has 2,048.
const FILES: u32 = 4096;

/// Warnings that are kept at most.
const WARNINGS: usize = 100;

/// What the images of one disk share while they are opened.
pub(super) struct Chain<'a> {
    open_other: &'a mut dyn FnMut(&str) -> Result<Image, OpenOtherError>,
    /// Names of the images that stand on the one that is being opened.
    path: Vec<String>,
    /// Files that were asked for.
    files: u32,
    layers: u32,
    caches: Arc<Caches>,
    warnings: Vec<DiskWarning>,
}

impl<'a> Chain<'a> {
    pub(super) fn new(
        open_other: &'a mut dyn FnMut(&str) -> Result<Image, OpenOtherError>,
    ) -> Self {
        Self {
            open_other,
            path: Vec::new(),
            files: 0,
            layers: 0,
            caches: Arc::new(Caches::new()),
            warnings: Vec::new(),
        }
    }

    pub(super) fn into_warnings(self) -> Vec<DiskWarning> {
        self.warnings
    }

    pub(super) fn warn(&mut self, fault: Fault) {
        if self.warnings.len() < WARNINGS {
            self.warnings.push(DiskWarning { image: self.path.last().cloned(), fault });
        }
    }

    /// Gives the next file its part of the caches.
    pub(super) fn cached(&mut self) -> Cached {
        self.layers += 1;
        Cached::new(Arc::clone(&self.caches), self.layers)
    }

    /// Opens a file whose content the image describes, such as an extent.
    pub(super) fn file(&mut self, name: &str) -> Result<Image, DiskError> {
        self.files += 1;
        if self.files > FILES {
            return Err(DiskError::TooMany { name: name.to_owned(), most: FILES });
        }
        (self.open_other)(name).map_err(|source| DiskError::Other { name: name.to_owned(), source })
    }

    /// Opens the image below under the first of its names that leads to it.
    ///
    /// When none does, the error is that of the first name.
    pub(super) fn parent(
        &mut self,
        names: &[String],
        stated: Option<Format>,
        identity: Option<&str>,
    ) -> Result<Opened, DiskError> {
        let mut first = None;
        for name in names {
            match self.parent_named(name, stated, identity) {
                Ok(opened) => return Ok(opened),
                Err(error) => {
                    first.get_or_insert(error);
                }
            }
        }
        Err(first.unwrap_or_else(|| DiskError::Other {
            name: String::new(),
            source: "the image does not name its parent".into(),
        }))
    }

    fn parent_named(
        &mut self,
        name: &str,
        stated: Option<Format>,
        identity: Option<&str>,
    ) -> Result<Opened, DiskError> {
        if self.path.iter().any(|above| above == name) {
            return Err(DiskError::Loop { name: name.to_owned() });
        }
        if self.path.len() == DEPTH {
            return Err(DiskError::TooMany { name: name.to_owned(), most: DEPTH as u32 });
        }
        let image = self.file(name)?;
        let known = self.warnings.len();
        self.path.push(name.to_owned());
        let opened = open_layer(image, stated, self);
        self.path.pop();
        let opened = opened.and_then(|opened| match identity {
            Some(expected) if opened.identity.as_deref() != Some(expected) => {
                Err(DiskError::Identity {
                    name: name.to_owned(),
                    expected: expected.to_owned(),
                    found: opened.identity.unwrap_or_else(|| "none".to_owned()),
                })
            }
            _ => Ok(opened),
        });
        opened.map_err(|error| {
            self.warnings.truncate(known);
            match error {
                // Where it began says more than the way to it.
                DiskError::Loop { .. } | DiskError::TooMany { .. } | DiskError::Identity { .. } => {
                    error
                }
                other => DiskError::In { name: name.to_owned(), source: Box::new(other) },
            }
        })
    }
}
