//! A service's table.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeValue, KeysAndAttributes, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
};
use contracts::Cause;
use kernel::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::commit::{Plan, SolePut, names};
use crate::query::{from_position, to_position};
use crate::{
    Attempts, ChangeError, Commit, CommitError, Freshness, Item, Key, Meter, Page, Precedent, Query, RequestKey,
    StoreError, Stored, read,
};

/// Rounds in which one page of a list of large items is filled, or keys left unprocessed are asked for again.
const ROUNDS_MAX: u32 = 8;
/// The pause before keys left unprocessed are asked for again, times the round.
const UNPROCESSED_PAUSE: Duration = Duration::from_millis(15);
/// What one `BatchGetItem` takes.
const BATCH_KEYS_MAX: usize = 100;

/// The attribute by which a conditional put knows its own item again.
const PUT_TOKEN: &str = "put_token";

/// A put has no request token as a transaction has. When the reply to the first try is lost, the client library tries
/// again and is refused by its own item: the token tells that from somebody else's, who may have written the very same.
#[expect(
    clippy::disallowed_methods,
    reason = "a token of the transport, as the SDK draws for transactions"
)]
fn put_token() -> AttributeValue {
    AttributeValue::S(uuid::Uuid::new_v4().simple().to_string())
}

fn is_ours(found: Option<&Item>, item: &Item) -> bool {
    found.is_some_and(|found| found.get(PUT_TOKEN) == item.get(PUT_TOKEN))
}

/// A service's table. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Table {
    client: Client,
    name: Arc<str>,
    meter: Meter,
}

impl Table {
    /// A table by name.
    #[must_use]
    pub fn new(client: Client, name: &str) -> Self {
        Self {
            client,
            name: name.into(),
            meter: Meter::default(),
        }
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What was asked of DynamoDB.
    #[must_use]
    pub const fn meter(&self) -> &Meter {
        &self.meter
    }

    /// Reads a record as the last commit left it.
    ///
    /// # Errors
    /// When the table does not answer or the item is not such a record.
    pub async fn get<T: DeserializeOwned>(&self, key: &Key) -> Result<Option<Stored<T>>, StoreError> {
        self.get_fresh(key, Freshness::Latest).await
    }

    /// Reads a record as fresh as it must be.
    ///
    /// # Errors
    /// When the table does not answer or the item is not such a record.
    pub async fn get_fresh<T: DeserializeOwned>(
        &self,
        key: &Key,
        freshness: Freshness,
    ) -> Result<Option<Stored<T>>, StoreError> {
        self.meter.call();
        let output = self
            .client
            .get_item()
            .table_name(&*self.name)
            .set_key(Some(key.attributes()))
            .consistent_read(freshness == Freshness::Latest)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(StoreError::from_sdk)?;
        self.meter.read(output.consumed_capacity());
        output.item.map(read).transpose()
    }

    /// Reads several items in one round trip, in the order of their keys, each as the last commit left it.
    ///
    /// # Errors
    /// When the table does not answer or leaves keys unprocessed for too long.
    pub async fn get_all(&self, keys: &[Key]) -> Result<Vec<Option<Item>>, StoreError> {
        self.get_all_fresh(keys, Freshness::Latest).await
    }

    /// Reads several items in one round trip, in the order of their keys, as fresh as they must be.
    ///
    /// # Errors
    /// As for [`Table::get_all`].
    pub async fn get_all_fresh(&self, keys: &[Key], freshness: Freshness) -> Result<Vec<Option<Item>>, StoreError> {
        let mut found: HashMap<Key, Item> = HashMap::new();
        for chunk in keys.chunks(BATCH_KEYS_MAX) {
            self.get_chunk(chunk, freshness, &mut found).await?;
        }
        Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
    }

    async fn get_chunk(
        &self,
        keys: &[Key],
        freshness: Freshness,
        found: &mut HashMap<Key, Item>,
    ) -> Result<(), StoreError> {
        let request = KeysAndAttributes::builder()
            .set_keys(Some(keys.iter().map(Key::attributes).collect()))
            .consistent_read(freshness == Freshness::Latest)
            .build()
            .map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let mut pending = Some(HashMap::from([(self.name.to_string(), request)]));
        for round in 0..ROUNDS_MAX {
            let Some(request) = pending.take().filter(|left| !left.is_empty()) else {
                return Ok(());
            };
            if round > 0 {
                tokio::time::sleep(UNPROCESSED_PAUSE * round).await;
            }
            self.meter.call();
            let output = self
                .client
                .batch_get_item()
                .set_request_items(Some(request))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send()
                .await
                .map_err(StoreError::from_sdk)?;
            self.meter.read(output.consumed_capacity());
            for item in output.responses.into_iter().flatten().flat_map(|(_, items)| items) {
                let part = |name: &str| item.get(name).and_then(|value| value.as_s().ok()).cloned();
                if let (Some(pk), Some(sk)) = (part("pk"), part("sk")) {
                    found.insert(Key { pk, sk }, item);
                }
            }
            pending = output.unprocessed_keys;
        }
        match pending.filter(|left| !left.is_empty()) {
            None => Ok(()),
            Some(_) => Err(StoreError::Unavailable("keys were left unprocessed".to_owned())),
        }
    }

    /// Reads a page of a list. The table itself is read as the last commit left it; an index may lag a moment.
    ///
    /// # Errors
    /// When the table does not answer or an item is not such a record.
    pub async fn query<T: DeserializeOwned>(&self, query: &Query) -> Result<Page<T>, StoreError> {
        let mut items = Vec::new();
        let mut next = query.after.as_ref().map(from_position);
        for _ in 0..ROUNDS_MAX {
            let output = self.query_round(query, query.limit - items.len(), next.take()).await?;
            next = output.last_evaluated_key;
            for item in output.items.unwrap_or_default() {
                items.push(read(item)?);
            }
            if next.is_none() || items.len() >= query.limit {
                break;
            }
        }
        Ok(Page {
            items,
            next: next.as_ref().map(to_position),
        })
    }

    async fn query_round(
        &self,
        query: &Query,
        limit: usize,
        after: Option<Item>,
    ) -> Result<aws_sdk_dynamodb::operation::query::QueryOutput, StoreError> {
        let (pk, sk) = query.index.keys();
        let mut condition = format!("{pk} = :partition");
        let text = |value: &str| AttributeValue::S(value.to_owned());
        let mut request = self
            .client
            .query()
            .table_name(&*self.name)
            .set_index_name(query.index.name().map(str::to_owned))
            .consistent_read(query.consistent)
            .expression_attribute_values(":partition", text(&query.partition))
            .scan_index_forward(!query.newest_first)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .set_exclusive_start_key(after)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        if let Some(prefix) = &query.prefix {
            condition = format!("{condition} AND begins_with({sk}, :prefix)");
            request = request.expression_attribute_values(":prefix", text(prefix));
        }
        if let Some((low, high)) = &query.between {
            condition = format!("{condition} AND {sk} BETWEEN :low AND :high");
            request = request.expression_attribute_values(":low", text(low));
            request = request.expression_attribute_values(":high", text(high));
        }
        self.meter.call();
        let output = request
            .key_condition_expression(condition)
            .send()
            .await
            .map_err(StoreError::from_sdk)?;
        self.meter.read(output.consumed_capacity());
        Ok(output)
    }

    /// Carries a commit out, whole or not at all. A commit of one item needs no transaction and costs half.
    ///
    /// # Errors
    /// See [`CommitError`]; then nothing was written.
    pub async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        if commit.is_empty() {
            return Ok(());
        }
        let mut plan = commit.into_plan(&self.name)?;
        if let Some(key) = plan.sole_delete.take() {
            return self.delete(&key).await;
        }
        match plan.sole_put.take() {
            Some(put) => self.put(&plan, put).await,
            None => self.transact(plan).await,
        }
    }

    async fn delete(&self, key: &Key) -> Result<(), CommitError> {
        self.meter.call();
        let output = self
            .client
            .delete_item()
            .table_name(&*self.name)
            .set_key(Some(key.attributes()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(StoreError::from_sdk)?;
        self.meter.write(output.consumed_capacity());
        Ok(())
    }

    async fn put(&self, plan: &Plan, (mut item, condition, values): SolePut) -> Result<(), CommitError> {
        if condition.is_some() {
            item.insert(PUT_TOKEN.to_owned(), put_token());
        }
        self.meter.call();
        let result = self
            .client
            .put_item()
            .table_name(&*self.name)
            .set_item(Some(item.clone()))
            .set_expression_attribute_names(names(condition.as_deref()))
            .set_condition_expression(condition)
            .set_expression_attribute_values((!values.is_empty()).then_some(values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match result {
            Ok(output) => {
                self.meter.write(output.consumed_capacity());
                Ok(())
            }
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(refused)) => {
                    if is_ours(refused.item(), &item) {
                        Ok(())
                    } else {
                        Err(plan.sole_refusal(refused.item.clone()))
                    }
                }
                _ => Err(StoreError::from_sdk(error).into()),
            },
        }
    }

    async fn transact(&self, plan: Plan) -> Result<(), CommitError> {
        self.meter.call();
        // The client fills the request token, so a repeated transaction is carried out once.
        let result = self
            .client
            .transact_write_items()
            .set_transact_items(Some(plan.items.clone()))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await;
        match result {
            Ok(output) => {
                self.meter.write(output.consumed_capacity());
                Ok(())
            }
            Err(error) => match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    Err(plan.cancelled(cancelled.cancellation_reasons()))
                }
                Some(TransactWriteItemsError::TransactionInProgressException(_)) => Err(CommitError::Conflict),
                _ => Err(StoreError::from_sdk(error).into()),
            },
        }
    }

    /// Carries a commit out if what it was decided on is still so; `false`: somebody else was faster, so read and decide
    /// again. For commits of which a lost race is the only refusal.
    ///
    /// # Errors
    /// When the table does not answer. Another refusal is a defect, and then [`StoreError::Corrupt`].
    pub async fn commit_if_current(&self, commit: Commit) -> Result<bool, StoreError> {
        match self.commit(commit).await {
            Ok(()) => Ok(true),
            Err(CommitError::Conflict) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Reads an aggregate, lets `decide` make a commit of it, and carries it out; when somebody else was faster, again.
    /// `decide` gives the commit, or none if there is nothing to do, and what to return.
    ///
    /// # Errors
    /// See [`ChangeError`]; then nothing was written.
    pub async fn change<T, O, R>(
        &self,
        key: &Key,
        mut decide: impl FnMut(Stored<T>) -> Result<(Option<Commit>, O), R>,
    ) -> Result<O, ChangeError<R>>
    where
        T: DeserializeOwned,
    {
        let mut attempts = Attempts::default();
        loop {
            attempts.next().await?;
            let stored = self.get(key).await?.ok_or(ChangeError::Missing)?;
            let (commit, output) = decide(stored).map_err(ChangeError::Rejected)?;
            let Some(commit) = commit else { return Ok(output) };
            match self.commit(commit).await {
                Ok(()) => return Ok(output),
                Err(CommitError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Changes a record that nobody else hears of, and creates it from its default if there is none. `change` says whether
    /// there is anything to write.
    ///
    /// # Errors
    /// When the table does not answer, or others are faster each time.
    pub async fn upsert<T>(
        &self,
        cause: &Cause,
        key: &Key,
        mut change: impl FnMut(&mut T) -> bool,
    ) -> Result<(), StoreError>
    where
        T: Default + Clone + Serialize + DeserializeOwned,
    {
        let mut attempts = Attempts::default();
        loop {
            attempts.next().await?;
            let stored = self.get::<T>(key).await?;
            let mut record = stored.as_ref().map(|stored| stored.value.clone()).unwrap_or_default();
            if !change(&mut record) {
                return Ok(());
            }
            let commit = Commit::new(cause).also_write(key, stored.as_ref(), &record);
            if self.commit_if_current(commit).await? {
                return Ok(());
            }
        }
    }

    /// What is known of a client's request.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn precedent(&self, request: &RequestKey, now: Timestamp) -> Result<Precedent, StoreError> {
        let found = self.get_all(&[request.key()]).await?.pop().flatten();
        Ok(request.judge(found.as_ref(), now))
    }
}
