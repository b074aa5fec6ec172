//! Installations of every release, read back by our readers and by others.

#[cfg(test)]
mod hives;
#[cfg(test)]
mod images;
#[cfg(test)]
mod traces;
