//! The report of an incident: its words in every form, and its page in a real browser.

mod browser;
mod forms;
mod sample;
