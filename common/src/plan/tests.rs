//! The rules of the plan, by name.
