//! What the description says of texts.

use runtime::openapi::shapes::{extensible, pattern};
use runtime::shapes;

use crate::domain::{TOKEN_LENGTH_MAX, VoidReason};

shapes! {
    /// The provider's token for a card; never the card's number.
    ProviderToken = pattern("^pm_[A-Za-z0-9_]+$", "pm_card_visa").max_length(Some(TOKEN_LENGTH_MAX));
    /// A card's brand, in the provider's words, to which it may add.
    CardBrand = pattern("^[a-z][a-z0-9_]*$", "visa");
    /// The end of a card's number.
    LastFour = pattern("^[0-9]{4}$", "4242");
    /// A month.
    CardExpiry = pattern("^[0-9]{4}-(0[1-9]|1[0-2])$", "2030-12");
    /// What the provider's library shows the bank's page for.
    ClientSecret = pattern("^[A-Za-z0-9_]+$", "pi_3PqXyZ2eZvKYlo2C_secret_Wb4uK1");
    /// Why nothing was charged. The provider may add to its codes for what banks say; ours are listed.
    Reason = extensible(pattern("^[a-z][a-z0-9_]*$", "card_declined"), VoidReason::ALL.iter().map(|reason| reason.as_str()));
    /// The header by which Stripe signs.
    StripeSignature = pattern("^t=[0-9]+(,v[0-9]+=[0-9a-f]+)+$", "t=1763836200,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd");
    /// The id of an event of Stripe's.
    StripeEventId = pattern("^[a-z]+_[A-Za-z0-9_]+$", "evt_1PqXyZ2eZvKYlo2C");
    /// The id of an object of Stripe's.
    StripeObjectId = pattern("^[a-z]+_[A-Za-z0-9_]+$", "pi_3PqXyZ2eZvKYlo2C");
    /// A kind of object of Stripe's.
    StripeKind = pattern("^[a-z][a-z0-9_.]*$", "payment_intent");
}
