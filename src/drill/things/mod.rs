//! What exists in the fake: users, accounts, zones, tokens and the other credentials, and who may do what.
//!
//! Plain state and the questions one can ask it. Leaves out HTTP, errors and audit logs.

pub(crate) mod address;
pub(crate) mod holders;
pub(crate) mod oauth;
pub(crate) mod people;
pub(crate) mod permission_groups;
pub(crate) mod policy;
pub(crate) mod token;
