//! The Instance Metadata Service: one for every running VM.
