//! The one file that knows the parsing library.
