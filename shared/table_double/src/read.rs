//! `GetItem`, `BatchGetItem` and `Query`.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json, json};

use crate::expression::{Comparator, Condition, Operand, Placeholders};
use crate::refusal::Refusal;
use crate::table::{Index, KEY, Projection, Table, found, parse_key, read_units};
use crate::value::{Item, Value, item_json, item_size, parse_item};

/// Keys of one `BatchGetItem`, at most.
const BATCH_KEYS_MAX: usize = 100;
/// Bytes that one `Query` looks at, at most.
const QUERY_BYTES_MAX: usize = 1024 * 1024;

fn is_consistent(request: &Json) -> bool {
    request["ConsistentRead"].as_bool().unwrap_or_default()
}

impl Table {
    pub fn get_item(&self, request: &Json) -> Result<Json, Refusal> {
        let key = parse_key(&request["Key"])?;
        let item = self.item(&key, is_consistent(request));
        let units = read_units(item.map_or(0, item_size), is_consistent(request));
        let mut answer = json!({"ConsumedCapacity": self.consumed(units)});
        if let Some(item) = found(item) {
            answer["Item"] = item;
        }
        Ok(answer)
    }

    /// The part of a `BatchGetItem` that is about this table.
    pub fn batch_get_item(&self, request: &Json) -> Result<Json, Refusal> {
        let requested = request["RequestItems"][&self.name].clone();
        let keys = requested["Keys"].as_array().into_iter().flatten();
        let keys = keys.map(parse_key).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() || keys.len() > BATCH_KEYS_MAX {
            let what = format!("A batch has 1 to {BATCH_KEYS_MAX} keys, and this one {}", keys.len());
            return Err(Refusal::invalid(what));
        }
        if keys.iter().collect::<BTreeSet<_>>().len() < keys.len() {
            return Err(Refusal::invalid("Provided list of item keys contains duplicates"));
        }
        let is_consistent = is_consistent(&requested);
        let items: Vec<_> = keys.iter().map(|key| self.item(key, is_consistent)).collect();
        let units: f64 = items
            .iter()
            .map(|item| read_units(item.map_or(0, item_size), is_consistent))
            .sum();
        let items: Vec<_> = items.into_iter().flatten().map(item_json).collect();
        let responses = Map::from_iter([(self.name.clone(), items.into())]);
        Ok(json!({"Responses": responses, "UnprocessedKeys": {}, "ConsumedCapacity": [self.consumed(units)]}))
    }

    pub fn query(&self, request: &Json) -> Result<Json, Refusal> {
        let query = Query::parse(self, request)?;
        let entries = query.entries(self);
        let limit = request["Limit"]
            .as_u64()
            .map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
        if limit == 0 {
            return Err(Refusal::invalid("The limit of a query is 1 at least"));
        }
        let (mut bytes, mut looked_at) = (0, 0);
        for entry in &entries {
            if looked_at == limit || bytes >= QUERY_BYTES_MAX {
                break;
            }
            bytes += item_size(entry);
            looked_at += 1;
        }
        let passes = |entry: &&Item| query.filter.as_ref().is_none_or(|filter| filter.holds(entry));
        let items: Vec<_> = entries[..looked_at].iter().filter(passes).map(item_json).collect();
        let mut answer = json!({
            "Count": items.len(), "ScannedCount": looked_at, "Items": items,
            "ConsumedCapacity": self.consumed(read_units(bytes, query.is_consistent)),
        });
        // Whether more would follow is not looked at: a page that is full may be the last.
        if looked_at == limit || looked_at < entries.len() {
            answer["LastEvaluatedKey"] = query.position(&entries[looked_at - 1]);
        }
        Ok(answer)
    }
}

/// A query as it was asked.
struct Query {
    index: Index,
    condition: Condition,
    filter: Option<Condition>,
    is_consistent: bool,
    is_forward: bool,
    after: Option<Item>,
}

impl Query {
    fn parse(table: &Table, request: &Json) -> Result<Self, Refusal> {
        let own = Index {
            name: String::new(),
            keys: KEY.map(str::to_owned),
            projection: Projection::All,
        };
        let index = match request["IndexName"].as_str() {
            None => own,
            Some(name) => {
                let index = table.indexes.iter().find(|index| index.name == name).cloned();
                index.ok_or_else(|| Refusal::invalid(format!("The table does not have the specified index: {name}")))?
            }
        };
        let is_consistent = is_consistent(request);
        if is_consistent && !index.name.is_empty() {
            return Err(Refusal::invalid(
                "Consistent reads are not supported on global secondary indexes",
            ));
        }
        let mut placeholders = Placeholders::of(request)?;
        let condition = Condition::parse("KeyConditionExpression", request, &mut placeholders)?;
        let condition = condition.filter(|condition| is_key_condition(condition, &index.keys));
        let condition = condition.ok_or_else(|| Refusal::invalid("Query key condition not supported"))?;
        let filter = Condition::parse("FilterExpression", request, &mut placeholders)?;
        placeholders.finish()?;
        if let Some(name) = index
            .keys
            .iter()
            .find(|name| filter.as_ref().is_some_and(|filter| filter.is_about(name)))
        {
            let what = "Filter Expression can only contain non-primary key attributes: Primary key attribute:";
            return Err(Refusal::invalid(format!("{what} {name}")));
        }
        let query = Self {
            index,
            condition,
            filter,
            is_consistent,
            is_forward: request["ScanIndexForward"].as_bool().unwrap_or(true),
            after: request.get("ExclusiveStartKey").map(parse_item).transpose()?,
        };
        if let Some(after) = &query.after
            && !after.keys().map(String::as_str).eq(query.position_names())
        {
            return Err(Refusal::invalid("The provided starting key is invalid"));
        }
        Ok(query)
    }

    /// The attributes by which a position is found again: the index's keys and the table's.
    fn position_names(&self) -> BTreeSet<&str> {
        self.index.keys.iter().map(String::as_str).chain(KEY).collect()
    }

    /// The entries that the query would look at without a limit, in its order.
    fn entries(&self, table: &Table) -> Vec<Item> {
        let items = table.items(self.is_consistent);
        let entries = items.filter_map(|item| self.index.entry(item));
        let mut entries: Vec<_> = entries.filter(|entry| self.condition.holds(entry)).collect();
        entries.sort_by_key(|entry| self.place(entry));
        if !self.is_forward {
            entries.reverse();
        }
        if let Some(after) = &self.after {
            let start = self.place(after);
            let is_later = |place| if self.is_forward { place > start } else { place < start };
            entries.retain(|entry| is_later(self.place(entry)));
        }
        entries
    }

    /// Where an entry stands among those of its partition: by its sort key, and by the table's key among equal ones.
    fn place(&self, entry: &Item) -> Vec<String> {
        let names = [&*self.index.keys[1], KEY[0], KEY[1]];
        names
            .map(|name| {
                if let Some(Value::Text(text)) = entry.get(name) {
                    text.clone()
                } else {
                    String::new()
                }
            })
            .into()
    }

    fn position(&self, entry: &Item) -> Json {
        let names = self.position_names();
        entry
            .iter()
            .filter(|(name, _)| names.contains(name.as_str()))
            .map(|(name, value)| (name.clone(), value.json()))
            .collect()
    }
}

/// Whether a condition is one that a query of these keys can have: one partition, and at most one range of sort keys.
fn is_key_condition(condition: &Condition, keys: &[String; 2]) -> bool {
    let is = |operand: &Operand, name: &String| matches!(operand, Operand::Path(path) if path == name);
    let is_value = |operand: &Operand| matches!(operand, Operand::Value(_));
    let is_partition = |condition: &Condition| matches!(condition, Condition::Compare(left, Comparator::Equal, right) if is(left, &keys[0]) && is_value(right));
    let is_range = |condition: &Condition| {
        let operands: &[&Operand] = match condition {
            Condition::Compare(_, Comparator::Unequal, _)
            | Condition::All(_)
            | Condition::Any(_)
            | Condition::Not(_)
            | Condition::Exists(_)
            | Condition::Contains(..) => &[],
            Condition::Compare(left, _, right) | Condition::BeginsWith(left, right) => &[left, right],
            Condition::Between(value, low, high) => &[value, low, high],
        };
        let values = operands.split_first().filter(|(first, _)| is(first, &keys[1]));
        values.is_some_and(|(_, values)| values.iter().all(|value| is_value(value)))
    };
    if let Condition::All(parts) = condition
        && let [one, two] = &parts[..]
    {
        return (is_partition(one) && is_range(two)) || (is_partition(two) && is_range(one));
    }
    is_partition(condition)
}
