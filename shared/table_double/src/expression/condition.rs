//! Conditions: of writes, of filters and of keys.

use std::cmp::Ordering;

use super::Placeholders;
use super::parser::Parser;
use crate::number::Number;
use crate::refusal::Refusal;
use crate::value::{Item, Value};

/// What must hold of an item. No item is an item without attributes.
#[derive(Debug, Clone)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Compare(Operand, Comparator, Operand),
    Between(Operand, Operand, Operand),
    Exists(String),
    BeginsWith(Operand, Operand),
    Contains(Operand, Operand),
}

#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Path(String),
    Value(Value),
    Size(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparator {
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Condition {
    /// Reads an operation's condition by the name of its parameter; nothing if it has none.
    ///
    /// # Errors
    /// When DynamoDB refuses the expression.
    ///
    /// # Panics
    /// When the expression is more than the double knows.
    pub fn parse(
        kind: &'static str,
        operation: &serde_json::Value,
        placeholders: &mut Placeholders,
    ) -> Result<Option<Self>, Refusal> {
        let Some(text) = operation[kind].as_str() else {
            return Ok(None);
        };
        let mut parser = Parser::new(kind, text, placeholders)?;
        let condition = any(&mut parser)?;
        if !parser.is_done() {
            parser.unknown();
        }
        Ok(Some(condition))
    }

    /// Whether it holds of an item.
    pub fn holds(&self, item: &Item) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(item)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(item)),
            Self::Not(part) => !part.holds(item),
            Self::Compare(left, comparator, right) => comparator.holds(left.of(item).as_ref(), right.of(item).as_ref()),
            Self::Between(value, low, high) => {
                let value = value.of(item);
                Comparator::GreaterOrEqual.holds(value.as_ref(), low.of(item).as_ref())
                    && Comparator::LessOrEqual.holds(value.as_ref(), high.of(item).as_ref())
            }
            Self::Exists(path) => item.contains_key(path),
            Self::BeginsWith(whole, beginning) => match (whole.of(item), beginning.of(item)) {
                (Some(Value::Text(whole)), Some(Value::Text(beginning))) => whole.starts_with(&beginning),
                _ => false,
            },
            Self::Contains(whole, part) => match (whole.of(item), part.of(item)) {
                (Some(Value::Text(whole)), Some(Value::Text(part))) => whole.contains(&part),
                (Some(Value::Texts(all)), Some(Value::Text(one))) => all.contains(&one),
                (Some(Value::List(all)), Some(one)) => all.contains(&one),
                _ => false,
            },
        }
    }

    /// Whether it looks at an attribute.
    pub fn is_about(&self, name: &str) -> bool {
        let is = |operand: &Operand| matches!(operand, Operand::Path(path) | Operand::Size(path) if path == name);
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().any(|part| part.is_about(name)),
            Self::Not(part) => part.is_about(name),
            Self::Exists(path) => path == name,
            Self::Compare(one, _, two) | Self::BeginsWith(one, two) | Self::Contains(one, two) => is(one) || is(two),
            Self::Between(one, two, three) => is(one) || is(two) || is(three),
        }
    }
}

impl Operand {
    fn of(&self, item: &Item) -> Option<Value> {
        match self {
            Self::Path(path) => item.get(path).cloned(),
            Self::Value(value) => Some(value.clone()),
            Self::Size(path) => Some(Value::Number(Number::from(match item.get(path)? {
                Value::Text(text) => text.chars().count(),
                Value::Map(members) => members.len(),
                Value::List(values) => values.len(),
                Value::Texts(texts) => texts.len(),
                Value::Number(_) | Value::Bool(_) | Value::Null => return None,
            }))),
        }
    }
}

impl Comparator {
    /// Compares two values; what is not there is equal to nothing, and values of two kinds have no order.
    fn holds(self, left: Option<&Value>, right: Option<&Value>) -> bool {
        let order = match (left, right) {
            (Some(Value::Text(left)), Some(Value::Text(right))) => Some(left.cmp(right)),
            (Some(Value::Number(left)), Some(Value::Number(right))) => Some(left.cmp(right)),
            (Some(left), Some(right)) if left == right => Some(Ordering::Equal),
            _ => None,
        };
        let is_ordered = matches!(left, Some(Value::Text(_) | Value::Number(_)));
        match self {
            Self::Equal => order == Some(Ordering::Equal),
            Self::Unequal => order != Some(Ordering::Equal),
            Self::Less => order == Some(Ordering::Less),
            Self::LessOrEqual => is_ordered && order.is_some_and(Ordering::is_le),
            Self::Greater => order == Some(Ordering::Greater),
            Self::GreaterOrEqual => is_ordered && order.is_some_and(Ordering::is_ge),
        }
    }
}

fn any(parser: &mut Parser<'_>) -> Result<Condition, Refusal> {
    let mut parts = vec![all(parser)?];
    while parser.keyword("OR") {
        parts.push(all(parser)?);
    }
    Ok(if parts.len() == 1 {
        parts.remove(0)
    } else {
        Condition::Any(parts)
    })
}

fn all(parser: &mut Parser<'_>) -> Result<Condition, Refusal> {
    let mut parts = vec![not(parser)?];
    while parser.keyword("AND") {
        parts.push(not(parser)?);
    }
    Ok(if parts.len() == 1 {
        parts.remove(0)
    } else {
        Condition::All(parts)
    })
}

fn not(parser: &mut Parser<'_>) -> Result<Condition, Refusal> {
    if parser.keyword("NOT") {
        return Ok(Condition::Not(Box::new(not(parser)?)));
    }
    if parser.symbol("(") {
        let inner = any(parser)?;
        parser.expect(")");
        return Ok(inner);
    }
    predicate(parser)
}

fn predicate(parser: &mut Parser<'_>) -> Result<Condition, Refusal> {
    const FUNCTIONS: [&str; 4] = ["attribute_exists", "attribute_not_exists", "begins_with", "contains"];
    if let Some(function) = parser.function(&FUNCTIONS) {
        let condition = if let "attribute_exists" | "attribute_not_exists" = function {
            let exists = Condition::Exists(parser.path()?);
            if function == "attribute_exists" {
                exists
            } else {
                Condition::Not(Box::new(exists))
            }
        } else {
            let whole = operand(parser)?;
            parser.expect(",");
            let part = operand(parser)?;
            if function == "begins_with" {
                Condition::BeginsWith(whole, part)
            } else {
                Condition::Contains(whole, part)
            }
        };
        parser.expect(")");
        return Ok(condition);
    }
    let left = operand(parser)?;
    if parser.keyword("BETWEEN") {
        let low = operand(parser)?;
        if !parser.keyword("AND") {
            parser.unknown();
        }
        return Ok(Condition::Between(left, low, operand(parser)?));
    }
    let comparator = match parser.one_of(&["=", "<>", "<", "<=", ">", ">="]) {
        Some("=") => Comparator::Equal,
        Some("<>") => Comparator::Unequal,
        Some("<") => Comparator::Less,
        Some("<=") => Comparator::LessOrEqual,
        Some(">") => Comparator::Greater,
        Some(">=") => Comparator::GreaterOrEqual,
        _ => parser.unknown(),
    };
    Ok(Condition::Compare(left, comparator, operand(parser)?))
}

fn operand(parser: &mut Parser<'_>) -> Result<Operand, Refusal> {
    if let Some(value) = parser.value()? {
        return Ok(Operand::Value(value));
    }
    if parser.function(&["size"]).is_some() {
        let path = parser.path()?;
        parser.expect(")");
        return Ok(Operand::Size(path));
    }
    Ok(Operand::Path(parser.path()?))
}
