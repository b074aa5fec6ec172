//! The program from its arguments to its exit.

mod bad_input;
mod command;
mod documents;
mod figures;
