//! Findings to documents for people and programs.
