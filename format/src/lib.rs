//! Bytes to structures for Windows file formats.
//!
//! No I/O happens here: hives and executables are slices, disks and volumes are anything that can
//! be read at an offset ([`ReadAt`]). All input is untrusted. Every length, count and depth is
//! bounded before memory is asked for, and a fault names the object, its offset in bytes, what was
//! expected and what was found.

#![forbid(unsafe_code)]

pub mod cabinet;
pub mod codec;
mod crc;
pub mod disk;
pub mod fat;
mod fault;
mod fields;
pub mod hive;
pub mod ntfs;
pub mod pe;
mod read_at;
pub mod volume;

pub use fault::Fault;
pub use read_at::{ReadAt, ReadAtError, Window, check_range};
