//! What the description says of texts.

use kernel::Role;
use runtime::openapi::shapes::{pattern, text, words};
use runtime::shapes;
use utoipa::openapi::{KnownFormat, SchemaFormat};

use crate::domain::{
    CITY_MAX, INSTRUCTIONS_MAX, Intent, LABEL_MAX, LINE_MAX, NAME_MAX, PASSWORD_BYTES_MAX, PASSWORD_CHARACTERS_MIN,
    POSTAL_CODE_MAX,
};

/// Characters of a telephone number as it is shown, at most: fifteen digits (E.164), a country's sign, its trunk prefix, and
/// what stands between groups.
const PHONE_CHARACTERS_MAX: usize = 40;

const PASSWORD: SchemaFormat = SchemaFormat::KnownFormat(KnownFormat::Password);

shapes! {
    /// What to call a person.
    PersonName = text(NAME_MAX, "Ada Lovelace");
    /// What a person calls an address.
    Label = text(LABEL_MAX, "Home");
    /// Street and house number.
    StreetLine = text(LINE_MAX, "Prinsengracht 263");
    /// Such as the floor.
    FurtherLine = text(LINE_MAX, "Second floor");
    /// A city.
    CityName = text(CITY_MAX, "Amsterdam");
    /// A postal code.
    PostCode = text(POSTAL_CODE_MAX, "1016 GV");
    /// For the courier.
    CourierNote = text(INSTRUCTIONS_MAX, "The bell is on the left");
    /// A password that somebody has: at most 256 bytes.
    Password = text(PASSWORD_BYTES_MAX, "seven blue herons").format(Some(PASSWORD));
    /// A password to be set: at least 10 characters, at most 256 bytes.
    NewPassword = text(PASSWORD_BYTES_MAX, "seven blue herons")
        .min_length(Some(PASSWORD_CHARACTERS_MIN))
        .format(Some(PASSWORD));
    /// A code that was mailed, sent by text, or is shown by an app.
    SixDigits = pattern("^[0-9]{6}$", "042917");
    /// A sign-in that waits for a code.
    Session = pattern("^[A-Za-z0-9_-]+$", "YWRhCnNlc3Npb24");
    /// A JSON Web Token (RFC 7519).
    SignedToken = pattern("^[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.][A-Za-z0-9_-]+$", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl");
    /// What only the identity provider can read, in the letters that it names for its tokens.
    RefreshToken = pattern("^[A-Za-z0-9_=.-]+$", "eyJjdHkiOiJKV1QifQ.a2V5.aXY.dGV4dA.dGFn");
    /// A secret for an authenticator app (RFC 4648).
    Base32 = pattern("^[A-Z2-7]+$", "JBSWY3DPEHPK3PXP");
    /// A number as its country writes it.
    NationalPhone = text(PHONE_CHARACTERS_MAX, "06 12345678");
    /// A number as other countries write it.
    InternationalPhone = text(PHONE_CHARACTERS_MAX, "+31 6 12345678");
    /// What a person may ask to be.
    SignUpRole = words(Role::ALL.into_iter().filter(|role| Intent::of(*role).is_some()).map(Role::as_str));
}
