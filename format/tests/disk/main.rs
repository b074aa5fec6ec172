//! Disk images and partition tables: those of other writers, hand-made ones and hostile ones.

mod hostile;
mod images;
mod qemu;
mod shared;
mod tables;
mod vhd;
mod vhdx;
