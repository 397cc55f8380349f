//! TODO-module
