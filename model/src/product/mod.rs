//! One vocabulary for what updates apply to, and the names that publications use for it.

mod application;
mod component;
mod family;
mod operating_system;

pub use application::Application;
pub use component::Component;
pub use family::{Architecture, Edition, Family, Installation, Release, ServicePack};
pub use operating_system::{OperatingSystem, ProductNameError};

use std::fmt;

/// What an update is for: an operating system, or something that is installed on one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    OperatingSystem(OperatingSystem),
    Application(Application),
}

impl Product {
    /// Reads a name as publications write it.
    ///
    /// Every name is a product: one that is no operating system is an application, and its
    /// platform is set when the name says which operating system it sits on.
    pub fn from_published_name(name: &str) -> Self {
        match name.parse() {
            Ok(system) => Self::OperatingSystem(system),
            Err(_) => Self::Application(Application::from_published_name(name)),
        }
    }

    /// Returns the operating system that this is or sits on.
    pub fn platform(&self) -> Option<&OperatingSystem> {
        match self {
            Self::OperatingSystem(system) => Some(system),
            Self::Application(application) => application.platform(),
        }
    }

    /// Returns the component, when this is something installed on an operating system.
    pub fn component(&self) -> Option<&Component> {
        match self {
            Self::OperatingSystem(_) => None,
            Self::Application(application) => Some(application.component()),
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OperatingSystem(system) => system.fmt(f),
            Self::Application(application) => application.fmt(f),
        }
    }
}
