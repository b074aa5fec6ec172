//! The machine that the program runs on.

use staunch_assess::Machine;

use crate::exit::Failure;

/// Observes this machine.
#[cfg(all(windows, target_pointer_width = "64"))]
pub(super) fn see() -> Result<Machine, Failure> {
    super::target::observed("this machine", staunch_machine::Live::new())
}

/// Tells that this machine cannot be observed.
#[cfg(not(all(windows, target_pointer_width = "64")))]
pub(super) fn see() -> Result<Machine, Failure> {
    let message = "--live: expected staunch for Windows of 64 bits, found another system";
    Err(Failure::new(crate::exit::Exit::Input, message).hint(
        "name a folder, a disk image or inventory files of the machine, or run staunch on it",
    ))
}
