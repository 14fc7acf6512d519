//! Users in the table: read one, or decide on one and commit what happened.

use std::collections::BTreeSet;

use ::store::{ChangeError, Commit, CommitError, StoreError, Stored, Table};
use aws_sdk_dynamodb::types::AttributeValue;
use contracts::Cause;
use kernel::{Role, UserId};
use runtime::Standing;

use crate::domain::{Command, Rejection, User, decide, evolve};
use crate::publish;
use crate::store::{UserRecord, map, operators_key, user_key};

/// What the refusal of a commit says when the last operator would go.
pub const LAST_OPERATOR: &str = "last_operator";

/// A user, with the version that the next change must know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The user.
    pub user: User,
    /// Counts the changes.
    pub version: u64,
}

/// Why a command changed nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The user is no longer the one that the client read.
    #[error("the user changed since it was read")]
    Stale,
    /// The rules forbid it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
}

/// Reads a user.
///
/// # Errors
/// When the table does not answer.
pub async fn find(table: &Table, user_id: UserId) -> Result<Option<Versioned>, StoreError> {
    let stored = table.get::<UserRecord>(&user_key(user_id)).await?;
    Ok(stored.map(map).map(|stored: Stored<User>| Versioned {
        user: stored.value,
        version: stored.version,
    }))
}

/// Creates a user; if there is one already, that one is the result.
///
/// # Errors
/// When the table does not answer.
pub async fn create(table: &Table, cause: &Cause, user: User) -> Result<Versioned, StoreError> {
    let user_id = user.id;
    let cause = cause.clone().about(&user_id);
    let commit = Commit::new(&cause).create(&user_key(user_id), &user_id, &UserRecord::from(user.clone()));
    let commit = operators_follow(commit, &BTreeSet::new(), &user);
    match table.commit(publish::registered(commit, &user)).await {
        Ok(()) => Ok(Versioned { user, version: 1 }),
        Err(CommitError::Store(error)) => Err(error),
        Err(_) => find(table, user_id).await?.ok_or(StoreError::Contended(1)),
    }
}

/// Carries out a command. `expected` is the version that the client read, if it said one.
///
/// # Errors
/// When the rules, the version or the table say no; then nothing changed.
pub async fn execute(
    table: &Table,
    cause: &Cause,
    user_id: UserId,
    expected: Option<u64>,
    command: Command,
) -> Result<Versioned, ChangeError<Refusal>> {
    let key = user_key(user_id);
    let cause = cause.clone().about(&user_id);
    let decide = |stored: Stored<UserRecord>| {
        if expected.is_some_and(|expected| expected != stored.version) {
            return Err(Refusal::Stale);
        }
        let version = stored.version;
        let read: Stored<User> = map(stored);
        let events = decide(&read.value, command.clone())?;
        let user = events.iter().fold(read.value.clone(), evolve);
        if events.is_empty() {
            return Ok((None, Versioned { user, version }));
        }
        let commit = Commit::new(&cause).replace(&key, &user_id, &read, &UserRecord::from(user.clone()));
        let commit = publish::events(commit, user_id, &events);
        let commit = if user.roles == read.value.roles {
            commit
        } else {
            // What this service's own routes for operators look at, at the same moment.
            let standing = Standing::new(user.roles.iter().copied(), cause.now);
            operators_follow(commit, &read.value.roles, &user).also_put(&Standing::key(user_id), &standing)
        };
        Ok((
            Some(commit),
            Versioned {
                user,
                version: version + 1,
            },
        ))
    };
    table.change(&key, decide).await
}

/// Puts an operator into the list of operators who was one before there was a list.
///
/// # Errors
/// When the table does not answer.
pub async fn list_operator(table: &Table, cause: &Cause, user_id: UserId) -> Result<(), StoreError> {
    let member = AttributeValue::Ss(vec![user_id.to_string()]);
    let add = "ADD members :member";
    let commit = Commit::new(cause).also_update(&operators_key(), add, "", [(":member", member)], LAST_OPERATOR);
    match table.commit(commit).await {
        Err(CommitError::Store(error)) => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Keeps the list of operators, in the commit that makes somebody one or no longer. Two of them who take the role from each
/// other at the same moment change the same list, so one of them is refused, and somebody stays.
fn operators_follow(commit: Commit, before: &BTreeSet<Role>, after: &User) -> Commit {
    let key = operators_key();
    let member = AttributeValue::Ss(vec![after.id.to_string()]);
    match (before.contains(&Role::Operator), after.roles.contains(&Role::Operator)) {
        (false, true) => commit.also_update(&key, "ADD members :member", "", [(":member", member)], LAST_OPERATOR),
        (true, false) => {
            let one = AttributeValue::N("1".to_owned());
            let id = AttributeValue::S(after.id.to_string());
            commit.also_update(
                &key,
                "DELETE members :member",
                "attribute_not_exists(members) OR NOT contains(members, :id) OR size(members) > :one",
                [(":member", member), (":id", id), (":one", one)],
                LAST_OPERATOR,
            )
        }
        (false, false) | (true, true) => commit,
    }
}
