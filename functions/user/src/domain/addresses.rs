//! A person's address book: at most twenty addresses, and as soon as there is one, exactly one default.

use std::fmt;

use kernel::{AddressId, Country, Position, Text};

/// Addresses in a book, at most.
pub const ADDRESSES_MAX: usize = 20;
/// Characters of a label such as `Home`, at most.
pub const LABEL_MAX: usize = 40;
/// Characters of a line of an address, at most.
pub const LINE_MAX: usize = 120;
/// Characters of a city's name, at most.
pub const CITY_MAX: usize = 80;
/// Characters of a postal code, at most.
pub const POSTAL_CODE_MAX: usize = 16;
/// Characters of the instructions for the courier, at most.
pub const INSTRUCTIONS_MAX: usize = 300;

/// What a person calls an address, such as `Home`.
pub type Label = kernel::Line<LABEL_MAX>;
/// A line of an address.
pub type Line = kernel::Line<LINE_MAX>;
/// A city's name.
pub type City = kernel::Line<CITY_MAX>;
/// A postal code.
pub type PostalCode = kernel::Line<POSTAL_CODE_MAX>;
/// Instructions for the courier.
pub type Instructions = Text<INSTRUCTIONS_MAX>;

/// Where a person wants food brought to.
#[derive(Clone, PartialEq)]
pub struct Address {
    /// What the person calls it.
    pub label: Label,
    /// Street and house number.
    pub line1: Line,
    /// Such as the floor.
    pub line2: Option<Line>,
    /// The city.
    pub city: City,
    /// The postal code.
    pub postal_code: PostalCode,
    /// The country.
    pub country: Country,
    /// Where it is.
    pub position: Position,
    /// For the courier.
    pub instructions: Option<Instructions>,
}

/// An address in the book.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedAddress {
    /// Its id.
    pub address_id: AddressId,
    /// The address.
    pub address: Address,
}

/// The book, oldest address first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AddressBook {
    saved: Vec<SavedAddress>,
    /// Some exactly if there are addresses.
    default: Option<AddressId>,
}

/// Why a change of the book is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressRejection {
    /// There are as many as there may be.
    #[error("the address book holds {ADDRESSES_MAX} addresses already")]
    Full,
    /// No such address.
    #[error("there is no such address")]
    Unknown,
    /// The default may move to another address, not vanish.
    #[error("make another address the default instead")]
    DefaultNeeded,
}

impl AddressBook {
    /// A book as it was kept; a default that is not in it falls to the oldest address.
    #[must_use]
    pub fn restore(saved: Vec<SavedAddress>, default: Option<AddressId>) -> Self {
        let mut book = Self { saved, default };
        book.settle_default();
        book
    }

    /// The addresses, oldest first.
    #[must_use]
    pub fn saved(&self) -> &[SavedAddress] {
        &self.saved
    }

    /// The default address's id.
    #[must_use]
    pub const fn default_id(&self) -> Option<AddressId> {
        self.default
    }

    /// An address by id.
    #[must_use]
    pub fn get(&self, address_id: AddressId) -> Option<&SavedAddress> {
        self.saved.iter().find(|saved| saved.address_id == address_id)
    }

    /// Adds an address; the first one is the default whatever is asked.
    ///
    /// # Errors
    /// When the book is full.
    pub fn add(&mut self, address_id: AddressId, address: Address, default: bool) -> Result<(), AddressRejection> {
        if self.saved.len() >= ADDRESSES_MAX {
            return Err(AddressRejection::Full);
        }
        self.saved.push(SavedAddress { address_id, address });
        if default {
            self.default = Some(address_id);
        }
        self.settle_default();
        Ok(())
    }

    /// Replaces an address. `default` left out leaves the default where it is.
    ///
    /// # Errors
    /// When there is no such address, or it is the default and shall no longer be.
    pub fn replace(
        &mut self,
        address_id: AddressId,
        address: Address,
        default: Option<bool>,
    ) -> Result<(), AddressRejection> {
        if default == Some(false) && self.default == Some(address_id) {
            return Err(AddressRejection::DefaultNeeded);
        }
        let saved = self.saved.iter_mut().find(|saved| saved.address_id == address_id);
        saved.ok_or(AddressRejection::Unknown)?.address = address;
        if default == Some(true) {
            self.default = Some(address_id);
        }
        Ok(())
    }

    /// Removes an address; if it was the default, the oldest of the others becomes it.
    ///
    /// # Errors
    /// When there is no such address.
    pub fn remove(&mut self, address_id: AddressId) -> Result<(), AddressRejection> {
        let index = self.saved.iter().position(|saved| saved.address_id == address_id);
        self.saved.remove(index.ok_or(AddressRejection::Unknown)?);
        self.settle_default();
        Ok(())
    }

    fn settle_default(&mut self) {
        let known = self.default.filter(|id| self.get(*id).is_some());
        self.default = known.or_else(|| self.saved.first().map(|saved| saved.address_id));
    }
}

/// Personal, so nothing of it is shown.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(redacted)")
    }
}

#[cfg(test)]
mod tests;
