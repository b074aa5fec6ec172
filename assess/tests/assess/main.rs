//! Verdicts and plans through the crate's public face.

mod comparison;
mod component_store;
mod modern;
mod old_kernel;
mod properties;
mod support;
mod verdicts;
mod world;
