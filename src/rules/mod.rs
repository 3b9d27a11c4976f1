//! Patterns: as written, linted, compiled.
