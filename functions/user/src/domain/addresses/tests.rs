//! The address book, told as steps.

use kernel::TypedId as _;
use uuid::Uuid;

use super::*;

fn id(number: usize) -> AddressId {
    AddressId::from_uuid(Uuid::from_u128(number as u128))
}

fn address(label: &str) -> Address {
    Address {
        label: label.try_into().unwrap(),
        line1: "Prinsengracht 263".try_into().unwrap(),
        line2: None,
        city: "Amsterdam".try_into().unwrap(),
        postal_code: "1016 GV".try_into().unwrap(),
        country: Country::try_from("NL").unwrap(),
        position: Position::new(52.3752, 4.884).unwrap(),
        instructions: None,
    }
}

fn book(count: usize) -> AddressBook {
    let mut book = AddressBook::default();
    for number in 1..=count {
        book.add(id(number), address("Home"), false).unwrap();
    }
    book
}

fn ids(book: &AddressBook) -> Vec<AddressId> {
    book.saved().iter().map(|saved| saved.address_id).collect()
}

#[test]
fn the_first_address_is_the_default_and_a_later_one_only_on_demand() {
    let mut book = book(2);
    assert_eq!(book.default_id(), Some(id(1)));
    book.add(id(3), address("Work"), true).unwrap();
    assert_eq!(book.default_id(), Some(id(3)));
}

#[test]
fn the_twenty_first_address_is_refused_and_changes_nothing() {
    let mut full = book(ADDRESSES_MAX);
    let before = full.clone();
    assert_eq!(full.add(id(99), address("Work"), true), Err(AddressRejection::Full));
    assert_eq!(full, before);
    full.remove(id(5)).unwrap();
    assert_eq!(full.add(id(99), address("Work"), true), Ok(()));
}

#[test]
fn replacing_keeps_the_place_and_moves_the_default_only_on_demand() {
    let mut book = book(3);
    book.replace(id(2), address("Work"), None).unwrap();
    book.replace(id(2), address("Work"), Some(false)).unwrap();
    assert_eq!(book.default_id(), Some(id(1)));
    assert_eq!(&*book.get(id(2)).unwrap().address.label, "Work");
    book.replace(id(2), address("Work"), Some(true)).unwrap();
    assert_eq!(book.default_id(), Some(id(2)));
    assert_eq!(ids(&book), [id(1), id(2), id(3)]);
}

#[test]
fn the_default_cannot_vanish() {
    let mut book = book(2);
    let before = book.clone();
    assert_eq!(
        book.replace(id(1), address("Work"), Some(false)),
        Err(AddressRejection::DefaultNeeded)
    );
    assert_eq!(book, before);
}

#[test]
fn removing_the_default_hands_it_to_the_oldest() {
    let mut book = book(3);
    book.remove(id(1)).unwrap();
    assert_eq!(book.default_id(), Some(id(2)));
    book.remove(id(3)).unwrap();
    book.remove(id(2)).unwrap();
    assert_eq!(book, AddressBook::default());
}

#[test]
fn an_unknown_address_cannot_be_changed() {
    let mut book = book(1);
    let before = book.clone();
    assert_eq!(
        book.replace(id(9), address("Work"), Some(true)),
        Err(AddressRejection::Unknown)
    );
    assert_eq!(book.remove(id(9)), Err(AddressRejection::Unknown));
    assert_eq!(book, before);
}

#[test]
fn a_lost_default_falls_to_the_oldest() {
    let kept = book(2);
    let restored = AddressBook::restore(kept.saved().to_vec(), Some(id(7)));
    assert_eq!(restored, kept);
}

#[test]
fn shows_nothing_of_it() {
    assert_eq!(format!("{:?}", address("Home")), "Address(redacted)");
}
