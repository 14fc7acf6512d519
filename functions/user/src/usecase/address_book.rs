//! Address books in the table: read one, or change one and commit it. Nobody else hears of it.

use ::store::{
    Answer, Attempts, ChangeError, Commit, CommitError, Precedent, RequestKey, StoreError, Stored, Table, read,
};
use contracts::Cause;
use kernel::UserId;

use crate::domain::{AddressBook, AddressRejection};
use crate::store::{BookRecord, book_key, map};

/// What became of an addition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Addition {
    /// It is done.
    Done(Answer),
    /// The client's key was used before: this is what is known of it.
    Known(Precedent),
}

/// Reads a book; who has none has an empty one.
///
/// # Errors
/// When the table does not answer.
pub async fn find(table: &Table, user_id: UserId) -> Result<AddressBook, StoreError> {
    let stored = table.get::<BookRecord>(&book_key(user_id)).await?;
    Ok(stored.map(|stored| stored.value.into()).unwrap_or_default())
}

/// Changes a book that has addresses.
///
/// # Errors
/// When the rules or the table say no; then nothing changed.
pub async fn change(
    table: &Table,
    cause: &Cause,
    user_id: UserId,
    mut edit: impl FnMut(&mut AddressBook) -> Result<(), AddressRejection>,
) -> Result<AddressBook, ChangeError<AddressRejection>> {
    let key = book_key(user_id);
    let decide = |stored: Stored<BookRecord>| {
        let read: Stored<AddressBook> = map(stored);
        let mut book = read.value.clone();
        edit(&mut book)?;
        let commit = Commit::new(cause).replace(&key, &user_id, &read, &BookRecord::from(&book));
        Ok(((book != read.value).then_some(commit), book))
    };
    table.change(&key, decide).await
}

/// Adds to a book, once for each key of the client. `edit` changes the book and gives the answer.
///
/// # Errors
/// When the rules or the table say no; then nothing changed.
pub async fn add(
    table: &Table,
    cause: &Cause,
    user_id: UserId,
    request: &RequestKey,
    mut edit: impl FnMut(&mut AddressBook) -> Result<Answer, AddressRejection>,
) -> Result<Addition, ChangeError<AddressRejection>> {
    let key = book_key(user_id);
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let mut found = table.get_all(&[request.key(), key.clone()]).await?.into_iter();
        let marker = found.next().flatten();
        let precedent = request.judge(marker.as_ref(), cause.now);
        if precedent != Precedent::None {
            return Ok(Addition::Known(precedent));
        }
        let stored = found.next().flatten().map(read::<BookRecord>).transpose()?;
        let mut book = stored.clone().map(|stored| stored.value.into()).unwrap_or_default();
        let answer = edit(&mut book).map_err(ChangeError::Rejected)?;
        let (commit, record) = (Commit::new(cause), BookRecord::from(&book));
        let commit = match &stored {
            Some(stored) => commit.replace(&key, &user_id, stored, &record),
            None => commit.create(&key, &user_id, &record),
        };
        match table.commit(commit.answer(request, &answer)).await {
            Ok(()) => return Ok(Addition::Done(answer)),
            // Either somebody changed the book or the same request was faster: look again.
            Err(CommitError::Conflict | CommitError::KeyTaken(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
}
