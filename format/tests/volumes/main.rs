//! Volumes that other programs wrote, and volumes that no program would write.

#[cfg(test)]
mod builder;
#[cfg(test)]
mod chunks;
#[cfg(test)]
mod fat;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod mounted;
#[cfg(test)]
mod sleuthkit;
#[cfg(test)]
mod tools;
