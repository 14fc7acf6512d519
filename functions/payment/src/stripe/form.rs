//! `application/x-www-form-urlencoded`, which Stripe's API reads.

/// Encodes fields. Everything but letters, digits and `-._~` is escaped, so a value can never become a field.
pub fn encode(fields: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (index, (name, value)) in fields.iter().enumerate() {
        if index > 0 {
            text.push('&');
        }
        escape(&mut text, name);
        text.push('=');
        escape(&mut text, value);
    }
    text
}

fn escape(text: &mut String, raw: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in raw.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            text.push(char::from(DIGITS[usize::from(byte >> 4)]));
            text.push(char::from(DIGITS[usize::from(byte & 0xf)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_what_could_be_misread() {
        for (fields, text) in [
            (&[][..], ""),
            (&[("amount", "2890"), ("currency", "eur")], "amount=2890&currency=eur"),
            (&[("metadata[payment_id]", "pay_1")], "metadata%5Bpayment_id%5D=pay_1"),
            (&[("a", "1&amount=1")], "a=1%26amount%3D1"),
            (&[("a", "é +")], "a=%C3%A9%20%2B"),
        ] {
            assert_eq!(encode(fields), text);
        }
    }
}
