//! The person at the terminal: what is shown, in which colours, and what the exit code says.
//!
//! The only room that prints, apart from printers that write to what they are given. Knows nothing of how
//! things are found.

pub mod ask;
pub mod exit_code;
mod progress;
mod talk;
mod terminal;

pub use progress::{Progress, Showing};
pub use talk::Talk;
pub use terminal::{Choice, Terminal};
