//! The words of an expression, one after the other.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::Placeholders;
use crate::refusal::Refusal;
use crate::value::Value;

static RESERVED: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| include_str!("reserved_words.txt").split_whitespace().collect());

/// Symbols, the longer ones before those that they begin with.
const SYMBOLS: [&str; 11] = ["<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-"];

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Name(String),
    Value(String),
    Symbol(&'static str),
}

pub(super) struct Parser<'a> {
    kind: &'static str,
    text: &'a str,
    tokens: Vec<Token>,
    next: usize,
    placeholders: &'a mut Placeholders,
}

impl<'a> Parser<'a> {
    /// For an expression that is the operation's parameter `kind`, such as `ConditionExpression`.
    ///
    /// # Errors
    /// When the expression is empty.
    pub fn new(kind: &'static str, text: &'a str, placeholders: &'a mut Placeholders) -> Result<Self, Refusal> {
        if text.trim().is_empty() {
            return Err(Refusal::invalid(format!(
                "Invalid {kind}: The expression can not be empty;"
            )));
        }
        let mut parser = Self {
            kind,
            text,
            tokens: Vec::new(),
            next: 0,
            placeholders,
        };
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (token, after) = token(rest).unwrap_or_else(|| parser.unknown());
            parser.tokens.push(token);
            rest = after.trim_start();
        }
        Ok(parser)
    }

    /// Ends the test: the double would have to guess what DynamoDB makes of the expression.
    pub fn unknown(&self) -> ! {
        panic!("the table double does not know this {}: {}", self.kind, self.text)
    }

    pub fn invalid(&self, what: &str) -> Refusal {
        Refusal::invalid(format!("Invalid {}: {what}", self.kind))
    }

    pub fn is_done(&self) -> bool {
        self.next == self.tokens.len()
    }

    /// Takes a symbol if it is the next.
    pub fn symbol(&mut self, symbol: &str) -> bool {
        let is_next = matches!(self.tokens.get(self.next), Some(Token::Symbol(next)) if *next == symbol);
        self.next += usize::from(is_next);
        is_next
    }

    /// Takes the first of some symbols that is the next.
    pub fn one_of(&mut self, symbols: &[&'static str]) -> Option<&'static str> {
        symbols.iter().copied().find(|symbol| self.symbol(symbol))
    }

    pub fn expect(&mut self, symbol: &str) {
        if !self.symbol(symbol) {
            self.unknown();
        }
    }

    /// Takes a keyword if it is the next; in capitals or not.
    pub fn keyword(&mut self, keyword: &str) -> bool {
        let next = self.tokens.get(self.next);
        let is_next = matches!(next, Some(Token::Word(word)) if word.eq_ignore_ascii_case(keyword));
        self.next += usize::from(is_next);
        is_next
    }

    /// Takes the first of some functions whose call is the next, with its opening parenthesis.
    pub fn function(&mut self, functions: &[&'static str]) -> Option<&'static str> {
        let Some(Token::Word(word)) = self.tokens.get(self.next) else {
            return None;
        };
        if self.tokens.get(self.next + 1) != Some(&Token::Symbol("(")) {
            return None;
        }
        let function = functions.iter().copied().find(|function| word == function)?;
        self.next += 2;
        Some(function)
    }

    /// Takes the value of a placeholder if one is the next.
    pub fn value(&mut self) -> Result<Option<Value>, Refusal> {
        let Some(Token::Value(placeholder)) = self.tokens.get(self.next) else {
            return Ok(None);
        };
        self.next += 1;
        self.placeholders.value(placeholder, self.kind).map(Some)
    }

    /// Takes the name of an attribute of the item itself.
    pub fn path(&mut self) -> Result<String, Refusal> {
        self.next += 1;
        match self.tokens.get(self.next - 1) {
            Some(Token::Name(placeholder)) => self.placeholders.name(placeholder, self.kind),
            Some(Token::Word(word)) => {
                let capitals = word.to_ascii_uppercase();
                if RESERVED.contains(&*capitals) {
                    let what = "Attribute name is a reserved keyword; reserved keyword:";
                    return Err(self.invalid(&format!("{what} {word}")));
                }
                Ok(word.clone())
            }
            _ => self.unknown(),
        }
    }
}

fn token(text: &str) -> Option<(Token, &str)> {
    if let Some(symbol) = SYMBOLS.iter().find(|symbol| text.starts_with(**symbol)) {
        return Some((Token::Symbol(symbol), &text[symbol.len()..]));
    }
    let sign = text.starts_with(['#', ':']);
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let body = &text[usize::from(sign)..];
    let end = body.find(|character| !is_part(character)).unwrap_or(body.len());
    let (word, rest) = text.split_at(end + usize::from(sign));
    let is_word = word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let token = match word.chars().next() {
        Some('#') if end > 0 => Token::Name(word.to_owned()),
        Some(':') if end > 0 => Token::Value(word.to_owned()),
        Some(_) if is_word => Token::Word(word.to_owned()),
        _ => return None,
    };
    Some((token, rest))
}
