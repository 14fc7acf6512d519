//! What a customer wants, as asked for: nothing in it has been looked up yet.

use kernel::Text;

/// Lines of one basket, at most: a party's dinner, not a warehouse.
pub const LINES_MAX: usize = 50;
/// Pieces of one line, at most.
pub const QUANTITY_MAX: u32 = 99;
/// Times one option may be chosen, at most.
pub const OPTION_QUANTITY_MAX: u32 = 20;
/// Choices of one line, at most, nested ones included.
pub const CHOICES_MAX: usize = 50;
/// Choices of a whole basket, at most: with the longest names that a menu may have, an order of this many stays far below
/// the 400 kB that one item of the table holds.
pub const BASKET_CHOICES_MAX: usize = 250;
/// How deep choices may nest: a topping, its sauce, the sauce's heat.
pub const DEPTH_MAX: usize = 3;
/// Characters of a note to the kitchen about one line, at most.
pub const NOTE_CHARACTERS_MAX: usize = 200;
/// A note to the kitchen about one line.
pub type Note = Text<NOTE_CHARACTERS_MAX>;

/// What a customer wants.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Basket {
    /// In the order they were put in.
    pub lines: Vec<Line>,
}

/// One item of the menu, a number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The item on the menu.
    pub item_id: String,
    /// How many.
    pub quantity: u32,
    /// What was chosen with it.
    pub options: Vec<Choice>,
    /// For the kitchen.
    pub note: Option<Note>,
}

/// One option of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The group, of the item or of the option above.
    pub group_id: String,
    /// The option in it.
    pub option_id: String,
    /// How many.
    pub quantity: u32,
    /// What was chosen with it in turn.
    pub options: Vec<Choice>,
}
