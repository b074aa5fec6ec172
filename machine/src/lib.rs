//! Sees one Windows installation.
