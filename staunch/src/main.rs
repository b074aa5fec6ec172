//! The program: arguments as typed, the crates that do the work, one exit code.

mod commands;
mod each;
mod exit;
mod inputs;
mod machines;
mod output;
mod shared;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = commands::Cli::parse();
    match cli.run() {
        Ok(exit) => exit.into(),
        Err(error) => exit::report(&error).into(),
    }
}
