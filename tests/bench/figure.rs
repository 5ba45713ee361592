//! One line of what `make bench` prints: `name value unit ratio bar ok|short`, and the ranges.

use std::fmt;

/// What a ratio should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bar {
    /// No more than this.
    AtMost(f64),
    /// No less than this.
    AtLeast(f64),
}

/// One figure: what was measured in each round, and what it was held against in the same round.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// One word.
    pub name: String,
    /// What `rounds` are counted in.
    pub unit: &'static str,
    /// The subject and its limit or peer, round by round.
    pub rounds: Vec<(f64, f64)>,
    /// What the ratio should be.
    pub bar: Bar,
}

/// A row that cannot be taken on this machine, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The row.
    pub name: &'static str,
    /// What is not there.
    pub why: String,
}

impl Figure {
    /// The ratio: the median of all rounds.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        median(&self.ratios())
    }

    /// Whether the bar is reached.
    #[must_use]
    pub fn is_reached(&self) -> bool {
        match self.bar {
            Bar::AtMost(bar) => self.ratio() <= bar,
            Bar::AtLeast(bar) => self.ratio() >= bar,
        }
    }

    fn ratios(&self) -> Vec<f64> {
        self.rounds.iter().map(|(value, against)| value / against).collect()
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (values, against): (Vec<f64>, Vec<f64>) = self.rounds.iter().copied().unzip();
        let (name, value, unit) = (&self.name, short(median(&values)), self.unit);
        let ratio = short(self.ratio());
        let bar = match self.bar {
            Bar::AtMost(bar) => format!("<={bar}"),
            Bar::AtLeast(bar) => format!(">={bar}"),
        };
        let word = if self.is_reached() { "ok" } else { "short" };
        write!(f, "{name} {value} {unit} {ratio} {bar} {word} (")?;
        write!(f, "{} against {}, ", range(&values), range(&against))?;
        write!(f, "ratios {})", range(&self.ratios()))
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} - - - - missing ({})", self.name, self.why)
    }
}

/// The middle one, or what lies between the two in the middle.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match (sorted.len(), sorted.len() / 2) {
        (0, _) => f64::NAN,
        (length, middle) if length % 2 == 1 => sorted[middle],
        (_, middle) => f64::midpoint(sorted[middle - 1], sorted[middle]),
    }
}

fn range(values: &[f64]) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if values.len() == 1 { short(least) } else { format!("{}-{}", short(least), short(most)) }
}

/// Three digits that count.
fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size < 10.0 => format!("{value:.2}"),
        size if size < 100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(bar: Bar) -> Figure {
        let rounds = vec![(30.0, 10.0), (10.0, 10.0), (20.0, 10.0)];
        Figure { name: "cost".into(), unit: "us", rounds, bar }
    }

    #[test]
    fn a_line_says_what_was_measured_and_whether_it_is_enough() {
        let line = figure(Bar::AtMost(2.0)).to_string();
        assert_eq!(
            line,
            "cost 20.0 us 2.00 <=2 ok (10.0-30.0 against 10.0-10.0, ratios 1.00-3.00)"
        );
        assert!(figure(Bar::AtLeast(2.5)).to_string().contains(" 2.00 >=2.5 short "));
    }

    #[test]
    fn the_median_of_an_even_number_lies_between_two() {
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-9);
    }
}
