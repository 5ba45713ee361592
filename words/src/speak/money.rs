//! Amounts of money: said with the currency's name, shown short, and spelled digit by digit.

use crate::say;
use crate::sentences::Words;

/// Currencies (ISO 4217) whose smallest unit is the whole one, and those with three decimals.
const NO_DECIMALS: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];
const THREE_DECIMALS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

impl Words {
    /// An amount as it is said: `1500 kroner`, `12.50 euros`, in Danish `12,50 euro`.
    ///
    /// `minor_units` counts the currency's smallest unit (ISO 4217), `currency` is its
    /// three-letter code. A currency without a name here is said by its code.
    #[must_use]
    pub fn amount(&self, minor_units: u64, currency: &str) -> String {
        let figure = self.figure(minor_units, currency);
        let count = if figure == "1" { "one" } else { "many" };
        say!(self, "amount", figure = figure, currency = currency, count = count)
    }

    /// An amount for a line of 40 cells: `1500 kr`, `12.50 EUR`.
    #[must_use]
    pub fn amount_short(&self, minor_units: u64, currency: &str) -> String {
        let figure = self.figure(minor_units, currency);
        say!(self, "amount-short", figure = figure, currency = currency)
    }

    /// The amount's digits, one by one, as they follow it in a question: `1 5 0 0`,
    /// `1 2 point 5 0`.
    #[must_use]
    pub fn amount_digits(&self, minor_units: u64, currency: &str) -> String {
        let (whole, parts) = split(minor_units, currency);
        match parts {
            None => self.digits_spoken(&whole),
            Some(parts) => say!(
                self,
                "amount-digits",
                whole = self.digits_spoken(&whole),
                parts = self.digits_spoken(&parts)
            ),
        }
    }

    fn figure(&self, minor_units: u64, currency: &str) -> String {
        match split(minor_units, currency) {
            (whole, None) => whole,
            (whole, Some(parts)) => say!(self, "amount-figure", whole = whole, parts = parts),
        }
    }
}

/// The digits before the decimal mark, and those after it unless they are all zero.
fn split(minor_units: u64, currency: &str) -> (String, Option<String>) {
    let decimals = if NO_DECIMALS.contains(&currency) {
        0
    } else if THREE_DECIMALS.contains(&currency) {
        3
    } else {
        2
    };
    let unit = 10_u64.pow(decimals);
    let parts = minor_units % unit;
    let width = decimals as usize;
    let parts = (parts > 0).then(|| format!("{parts:0width$}"));
    ((minor_units / unit).to_string(), parts)
}
