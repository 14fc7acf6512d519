//! What the description says of texts.

use contracts::vocabulary::MessageCategory;
use runtime::openapi::shapes::{growing_words, pattern, text, words};
use runtime::shapes;

use crate::domain;
use crate::text::{BODY_CHARACTERS_MAX, TITLE_CHARACTERS_MAX};

shapes! {
    /// What a message tells.
    Kind = growing_words(domain::Kind::ALL.iter().map(|kind| kind.as_str()));
    /// What a message is about.
    Category = words(MessageCategory::ALL.iter().map(|category| category.as_str()));
    /// A message's headline.
    Title = text(TITLE_CHARACTERS_MAX, "Your order is confirmed");
    /// What a message says.
    Body = text(BODY_CHARACTERS_MAX, "Trattoria Bellini has been asked to start. Expect it between 19:10 and 19:25.");
    /// Admission to a live connection, which only the service can read.
    Ticket = pattern("^[A-Za-z0-9_-]+$", "q1xAY29uZ3JhdHVsYXRpb25z");
    /// A page for people.
    Page = pattern("^<!doctype html>", "<!doctype html><title>Tiffin</title>").content_media_type("text/html");
}
