//! Bulletin pages through the published reader: hand-checked, refused, cut and respelt.

mod cuts;
mod refused;
mod respelt;
mod sample;
mod seeds;
