//! Bulletin pages through the published reader: hand-checked and refused.

mod refused;
mod seeds;
