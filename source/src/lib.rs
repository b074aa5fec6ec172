//! Publications in any dialect to catalog records with a provenance and warnings.
