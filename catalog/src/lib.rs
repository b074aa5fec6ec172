//! Builds, stores, queries and compares the one catalog file.
