//! DynamoDB's numbers: decimal, at most 38 significant digits.

use std::cmp::Ordering;
use std::fmt;

use crate::refusal::Refusal;

/// Significant digits of a number, at most.
const DIGITS_MAX: u32 = 38;
/// The power of ten of the first digit, at most and at least.
const MAGNITUDE_MAX: i64 = 125;
const MAGNITUDE_MIN: i64 = -130;

/// A number: `coefficient * 10^exponent`, without zeros at the coefficient's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Number {
    coefficient: i128,
    exponent: i64,
}

impl Number {
    /// Reads a number as it is written in a request.
    ///
    /// # Errors
    /// When it is no number, or one that cannot be stored.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let malformed = || Refusal::invalid(format!("The parameter cannot be converted to a numeric value: {text}"));
        let (mantissa, power) = match text.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, power.parse::<i64>().map_err(|_| malformed())?),
            None => (text, 0),
        };
        let (is_negative, unsigned) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(malformed());
        }
        let significant = digits.trim_start_matches('0').trim_end_matches('0');
        if significant.len() > DIGITS_MAX as usize {
            return Err(too_precise());
        }
        let end_zeros = digits.len() - digits.trim_end_matches('0').len();
        let coefficient: i128 = significant.parse().unwrap_or_default();
        let exponent = power - length(fraction) + i64::try_from(end_zeros).unwrap_or(i64::MAX);
        Self::new(if is_negative { -coefficient } else { coefficient }, exponent)
    }

    fn new(mut coefficient: i128, mut exponent: i64) -> Result<Self, Refusal> {
        if coefficient == 0 {
            exponent = 0;
        }
        while coefficient != 0 && coefficient % 10 == 0 {
            coefficient /= 10;
            exponent += 1;
        }
        let number = Self { coefficient, exponent };
        if number.digits() > DIGITS_MAX {
            return Err(too_precise());
        }
        let range = |which, side| {
            let what =
                format!("Number {which}. Attempting to store a number with magnitude {side} than supported range");
            Err(Refusal::invalid(what))
        };
        match number.magnitude() {
            _ if coefficient == 0 => Ok(number),
            magnitude if magnitude > MAGNITUDE_MAX => range("overflow", "larger"),
            magnitude if magnitude < MAGNITUDE_MIN => range("underflow", "smaller"),
            _ => Ok(number),
        }
    }

    fn digits(self) -> u32 {
        self.coefficient
            .unsigned_abs()
            .checked_ilog10()
            .map_or(1, |power| power + 1)
    }

    /// The power of ten of the first digit.
    fn magnitude(self) -> i64 {
        self.exponent + i64::from(self.digits()) - 1
    }

    /// Adds two numbers.
    ///
    /// # Errors
    /// When the sum cannot be stored.
    pub fn plus(self, other: Self) -> Result<Self, Refusal> {
        let exponent = self.exponent.min(other.exponent);
        let shifted = |number: Self| {
            let shift = u32::try_from(number.exponent - exponent).ok()?;
            number.coefficient.checked_mul(10_i128.checked_pow(shift)?)
        };
        let sum = shifted(self)
            .zip(shifted(other))
            .and_then(|(one, two)| one.checked_add(two));
        Self::new(sum.ok_or_else(too_precise)?, exponent)
    }

    pub const fn negated(self) -> Self {
        Self {
            coefficient: -self.coefficient,
            exponent: self.exponent,
        }
    }

    /// How many bytes of an item it takes: one for two digits, and one.
    pub fn size(self) -> usize {
        let sign = usize::from(self.coefficient < 0);
        self.digits().div_ceil(2) as usize + 1 + sign
    }
}

fn too_precise() -> Refusal {
    Refusal::invalid("Attempting to store more than 38 significant digits in a Number")
}

fn length(text: &str) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX)
}

impl From<usize> for Number {
    fn from(count: usize) -> Self {
        let coefficient = i128::try_from(count).unwrap_or(i128::MAX);
        Self::new(coefficient, 0).unwrap_or(Self {
            coefficient,
            exponent: 0,
        })
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = self.coefficient.signum().cmp(&other.coefficient.signum());
        if sign != Ordering::Equal || self.coefficient == 0 {
            return sign;
        }
        // As whole numbers of 38 digits each.
        let padded = |number: &Self| number.coefficient.unsigned_abs() * 10_u128.pow(DIGITS_MAX - number.digits());
        let larger = self
            .magnitude()
            .cmp(&other.magnitude())
            .then_with(|| padded(self).cmp(&padded(other)));
        if self.coefficient < 0 { larger.reverse() } else { larger }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.coefficient < 0 { "-" } else { "" };
        let digits = self.coefficient.unsigned_abs().to_string();
        let Ok(places) = usize::try_from(-self.exponent) else {
            let zeros = usize::try_from(self.exponent).unwrap_or_default();
            return write!(f, "{sign}{digits}{}", "0".repeat(zeros));
        };
        if places == 0 {
            return write!(f, "{sign}{digits}");
        }
        let padded = format!("{digits:0>width$}", width = places + 1);
        let (whole, fraction) = padded.split_at(padded.len() - places);
        write!(f, "{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn numbers_are_written_plainly() {
        for (written, shown) in [
            ("0", "0"),
            ("-0.0", "0"),
            ("007", "7"),
            ("1500", "1500"),
            ("-12.50", "-12.5"),
            ("1e3", "1000"),
            ("1.5E-3", "0.0015"),
            ("-4.25", "-4.25"),
        ] {
            assert_eq!(number(written).to_string(), shown, "{written}");
        }
    }

    #[test]
    fn numbers_have_an_order_and_sums() {
        let ascending = [
            "-1e125", "-2", "-1.5", "0", "1e-130", "0.1", "2", "10", "10.01", "1e125",
        ]
        .map(number);
        assert!(ascending.is_sorted() && ascending.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(number("0.1").plus(number("0.2")).unwrap(), number("0.3"));
        assert_eq!(number("5").plus(number("7").negated()).unwrap(), number("-2"));
        assert_eq!(number("999").plus(number("1")).unwrap(), number("1000"));
    }

    #[test]
    fn what_cannot_be_stored_is_refused() {
        for text in [
            "1e126",
            "1e-131",
            "-7.1e-199",
            &"1".repeat(39),
            "",
            "1.2.3",
            "ten",
            "0x10",
            "NaN",
        ] {
            assert_eq!(Number::parse(text).unwrap_err().code, "ValidationException", "{text}");
        }
        assert!(number("1e100").plus(number("1")).is_err(), "101 digits");
        assert!(Number::parse(&"9".repeat(38)).is_ok());
    }
}
