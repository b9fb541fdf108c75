//! A whole cloud in one process.
