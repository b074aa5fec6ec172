//! Bulletin pages through the published reader: hand-checked, refused, cut and respelt.

mod cuts;
mod french;
mod refused;
mod respelt;
mod sample;
mod seeds;
