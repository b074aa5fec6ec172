//! Facts and catalog to findings, plan and explanations.
//!
//! The verdict rules stand in ARCHITECTURE.md, "Verdicts". Reading inventories and publications,
//! and writing documents, are other crates' work.

mod assessor;
mod candidate;
mod check;
mod claims;
mod compare;
mod component;
mod explain;
mod files;
mod gate;
mod old_kernel;
mod plan;
mod service;
mod servicing;
mod short_list;
mod support;
mod truth;
mod verdict;
mod verify;

pub use assessor::{AssessError, Assessor, Machine, Options};
pub use candidate::Candidates;
pub use check::{CHECKS, Check, Subject, check_all};
pub use compare::compare;
