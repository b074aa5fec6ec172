//! Bulletin pages through the published reader: hand-checked, refused and cut.

mod cuts;
mod refused;
mod sample;
mod seeds;
