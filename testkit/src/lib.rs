//! Paths of test data and helpers for tests; never shipped.
