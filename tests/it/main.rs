//! One binary for every test that runs the whole.

mod patterns;
