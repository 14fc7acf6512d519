//! Updates.

use std::collections::BTreeSet;

use super::Placeholders;
use super::parser::Parser;
use crate::refusal::Refusal;
use crate::value::{Item, Value};

const KIND: &str = "UpdateExpression";

/// What an update makes of an item.
#[derive(Debug, Clone, Default)]
pub(crate) struct Update {
    steps: Vec<(String, Step)>,
}

#[derive(Debug, Clone)]
enum Step {
    Set(Term),
    Remove,
    Add(Value),
    Delete(Value),
}

#[derive(Debug, Clone)]
enum Term {
    Path(String),
    Value(Value),
    IfNotExists(String, Box<Term>),
    Plus(Box<Term>, Box<Term>),
    Minus(Box<Term>, Box<Term>),
}

impl Update {
    /// Reads an operation's update.
    ///
    /// # Errors
    /// When DynamoDB refuses the expression.
    ///
    /// # Panics
    /// When the expression is more than the double knows.
    pub fn parse(operation: &serde_json::Value, placeholders: &mut Placeholders) -> Result<Self, Refusal> {
        let Some(text) = operation[KIND].as_str() else {
            return Ok(Self::default());
        };
        let mut parser = Parser::new(KIND, text, placeholders)?;
        let mut update = Self::default();
        let mut clauses = BTreeSet::new();
        while !parser.is_done() {
            let all = ["SET", "REMOVE", "ADD", "DELETE"];
            let Some(clause) = all.into_iter().find(|clause| parser.keyword(clause)) else {
                parser.unknown()
            };
            if !clauses.insert(clause) {
                let what = format!("The \"{clause}\" section can only be used once in an update expression;");
                return Err(parser.invalid(&what));
            }
            loop {
                let path = parser.path()?;
                let step = step(clause, &mut parser)?;
                if update.steps.iter().any(|(other, _)| *other == path) {
                    let what = "Two document paths overlap with each other; must remove or rewrite one of these paths;";
                    return Err(parser.invalid(&format!("{what} path one: [{path}], path two: [{path}]")));
                }
                update.steps.push((path, step));
                if !parser.symbol(",") {
                    break;
                }
            }
        }
        Ok(update)
    }

    /// The attributes that it changes.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map(|(path, _)| path.as_str())
    }

    /// Changes an item. Every operand is that of the item before.
    ///
    /// # Errors
    /// When an operand is not there or of the wrong kind.
    pub fn apply(&self, before: &Item) -> Result<Item, Refusal> {
        let mut after = before.clone();
        for (path, step) in &self.steps {
            let value = match step {
                Step::Set(term) => Some(term.of(before)?),
                Step::Remove => None,
                Step::Add(value) => Some(added(before.get(path), value)?),
                Step::Delete(value) => without(before.get(path), value)?,
            };
            match value {
                Some(value) => after.insert(path.clone(), value),
                None => after.remove(path),
            };
        }
        Ok(after)
    }
}

fn step(clause: &str, parser: &mut Parser<'_>) -> Result<Step, Refusal> {
    Ok(match clause {
        "SET" => {
            parser.expect("=");
            let left = term(parser)?;
            Step::Set(match parser.one_of(&["+", "-"]) {
                Some("+") => Term::Plus(left.into(), term(parser)?.into()),
                Some(_) => Term::Minus(left.into(), term(parser)?.into()),
                None => left,
            })
        }
        "REMOVE" => Step::Remove,
        clause => {
            let Some(value) = parser.value()? else { parser.unknown() };
            if clause == "ADD" {
                Step::Add(value)
            } else {
                Step::Delete(value)
            }
        }
    })
}

fn term(parser: &mut Parser<'_>) -> Result<Term, Refusal> {
    if let Some(value) = parser.value()? {
        return Ok(Term::Value(value));
    }
    if parser.function(&["if_not_exists"]).is_some() {
        let path = parser.path()?;
        parser.expect(",");
        let otherwise = term(parser)?;
        parser.expect(")");
        return Ok(Term::IfNotExists(path, otherwise.into()));
    }
    Ok(Term::Path(parser.path()?))
}

impl Term {
    fn of(&self, item: &Item) -> Result<Value, Refusal> {
        let missing =
            || Refusal::invalid("The provided expression refers to an attribute that does not exist in the item");
        match self {
            Self::Path(path) => item.get(path).cloned().ok_or_else(missing),
            Self::Value(value) => Ok(value.clone()),
            Self::IfNotExists(path, otherwise) => item.get(path).cloned().map_or_else(|| otherwise.of(item), Ok),
            Self::Plus(one, two) | Self::Minus(one, two) => {
                let (Value::Number(one), Value::Number(two)) = (one.of(item)?, two.of(item)?) else {
                    return Err(wrong_kind());
                };
                let two = if matches!(self, Self::Minus(..)) {
                    two.negated()
                } else {
                    two
                };
                Ok(Value::Number(one.plus(two)?))
            }
        }
    }
}

fn added(before: Option<&Value>, value: &Value) -> Result<Value, Refusal> {
    match (before, value) {
        (None, Value::Number(_) | Value::Texts(_)) => Ok(value.clone()),
        (Some(Value::Number(before)), Value::Number(more)) => Ok(Value::Number(before.plus(*more)?)),
        (Some(Value::Texts(before)), Value::Texts(more)) => Ok(Value::Texts(before | more)),
        _ => Err(wrong_kind()),
    }
}

/// A set without some of its members; an empty set is none.
fn without(before: Option<&Value>, value: &Value) -> Result<Option<Value>, Refusal> {
    match (before, value) {
        (None, Value::Texts(_)) => Ok(None),
        (Some(Value::Texts(before)), Value::Texts(less)) => {
            let left = before - less;
            Ok((!left.is_empty()).then_some(Value::Texts(left)))
        }
        _ => Err(wrong_kind()),
    }
}

fn wrong_kind() -> Refusal {
    Refusal::invalid("An operand in the update expression has an incorrect data type")
}
