//! Expressions: conditions, filters, key conditions and updates, as far as they are in use. Whatever else DynamoDB's
//! grammar has ends the test that uses it, with the expression.

mod condition;
mod parser;
mod placeholders;
mod update;

pub(crate) use condition::{Comparator, Condition, Operand};
pub(crate) use placeholders::Placeholders;
pub(crate) use update::Update;
