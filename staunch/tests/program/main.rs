//! The program from its arguments to its exit.

mod bad_input;
mod bulletins;
mod carried;
mod command;
mod damaged;
mod documents;
mod example;
mod figures;
mod languages;
mod targets;
