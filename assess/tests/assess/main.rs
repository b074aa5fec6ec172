//! Verdicts and plans through the crate's public face.

mod properties;
mod verdicts;
mod world;
