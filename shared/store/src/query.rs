//! Paged lists.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{CursorKey, InvalidCursor, Item, Stored};

/// What a list is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// The table itself, by `pk` and `sk`.
    Table,
    /// The first global index, by `gsi1pk` and `gsi1sk`.
    Gsi1,
    /// The second global index, by `gsi2pk` and `gsi2sk`.
    Gsi2,
}

impl Index {
    pub(crate) const fn name(self) -> Option<&'static str> {
        match self {
            Self::Table => None,
            Self::Gsi1 => Some("GSI1"),
            Self::Gsi2 => Some("GSI2"),
        }
    }

    pub(crate) const fn keys(self) -> (&'static str, &'static str) {
        match self {
            Self::Table => ("pk", "sk"),
            Self::Gsi1 => ("gsi1pk", "gsi1sk"),
            Self::Gsi2 => ("gsi2pk", "gsi2sk"),
        }
    }
}

/// A list: one partition of an index, in order of the sort key.
#[derive(Debug, Clone)]
pub struct Query {
    pub(crate) index: Index,
    pub(crate) partition: String,
    pub(crate) prefix: Option<String>,
    pub(crate) between: Option<(String, String)>,
    pub(crate) newest_first: bool,
    pub(crate) consistent: bool,
    pub(crate) limit: usize,
    pub(crate) after: Option<HashMap<String, String>>,
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The records.
    pub items: Vec<Stored<T>>,
    /// Hand it to [`Query::after`] for the next page; nothing: this was the last.
    pub next: Option<HashMap<String, String>>,
}

/// How fresh what is read must be.
///
/// A step first reads [`Freshness::Recent`]: what it decides on something stale is refused by the commit's condition, and
/// before it refuses anything itself, it reads [`Freshness::Latest`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// As the last commit left it.
    Latest,
    /// As it was a moment ago, at half the price.
    Recent,
}

impl Query {
    /// A partition of an index from its beginning, at most `limit` records a page.
    pub fn new(index: Index, partition: impl Into<String>, limit: usize) -> Self {
        Self {
            index,
            partition: partition.into(),
            prefix: None,
            between: None,
            newest_first: false,
            consistent: matches!(index, Index::Table),
            limit,
            after: None,
        }
    }

    /// Only records whose sort key begins so.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = Some(prefix.into());
        self
    }

    /// Only records whose sort key lies between two, both included. Not together with a prefix.
    #[must_use]
    pub fn between(mut self, low: impl Into<String>, high: impl Into<String>) -> Self {
        self.between = Some((low.into(), high.into()));
        self
    }

    /// The highest sort key first.
    #[must_use]
    pub const fn newest_first(mut self) -> Self {
        self.newest_first = true;
        self
    }

    /// Reads as fresh as it must be; a query of an index is always [`Freshness::Recent`].
    #[must_use]
    pub const fn freshness(mut self, freshness: Freshness) -> Self {
        self.consistent = matches!(freshness, Freshness::Latest) && matches!(self.index, Index::Table);
        self
    }

    /// Goes on where a page ended.
    #[must_use]
    pub fn after(mut self, position: Option<HashMap<String, String>>) -> Self {
        self.after = position;
        self
    }

    /// Names the list for its cursors: the same partition with other bounds is another list.
    fn scope(&self) -> String {
        format!(
            "{:?}|{}|{:?}|{:?}|{}",
            self.index, self.partition, self.prefix, self.between, self.newest_first
        )
    }

    /// Goes on where a client's cursor says.
    ///
    /// # Errors
    /// When the cursor is not one that this list returned.
    pub fn after_cursor(mut self, key: &CursorKey, cursor: Option<&str>) -> Result<Self, InvalidCursor> {
        if let Some(cursor) = cursor {
            self.after = Some(key.open(&self.scope(), cursor)?);
        }
        Ok(self)
    }

    /// The cursor for a page's end.
    #[must_use]
    pub fn cursor<T>(&self, key: &CursorKey, page: &Page<T>) -> Option<String> {
        key.seal(&self.scope(), page.next.as_ref()?)
    }
}

pub(crate) fn to_position(last: &Item) -> HashMap<String, String> {
    let text = |value: &AttributeValue| value.as_s().ok().cloned();
    last.iter()
        .filter_map(|(name, value)| Some((name.clone(), text(value)?)))
        .collect()
}

pub(crate) fn from_position(position: &HashMap<String, String>) -> Item {
    position
        .iter()
        .map(|(name, value)| (name.clone(), AttributeValue::S(value.clone())))
        .collect()
}
