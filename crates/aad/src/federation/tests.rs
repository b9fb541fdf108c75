//! Federated assertions, as clients present them.
