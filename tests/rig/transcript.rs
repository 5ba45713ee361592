//! The golden transcript of a story: one line for each thing that the person perceived or did,
//! that was signed or stored, and that the service got.
//!
//! Between two acts of the person, channels run side by side, so their lines have no order of
//! their own. Within such a step the act stands first, and then lines stand channel by channel, each
//! channel in order of time (in a story of several computers, computer by computer); steps stand in
//! order of time. Ids, codes, ports, times and how long is left are replaced by
//! names.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use crate::clock;

/// Who perceived or did what. Within a step, lines are sorted in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// The person (or the world, in the story's hand) did something; a step begins.
    Act,
    /// Signed by the approver, seen on its way to the broker.
    Signed,
    /// On disk, at the broker or the daemon.
    Stored,
    /// The login page changed.
    Page,
    /// The service got an outcome.
    Service,
    /// Said by Speech Dispatcher.
    Said,
    /// Shown by the notification server.
    Shown,
    /// Printed on a terminal.
    Printed,
}

#[derive(Debug, Clone)]
struct Line {
    at: u128,
    whose: String,
    channel: Channel,
    text: String,
}

#[derive(Debug, Default)]
struct Content {
    heading: String,
    lines: Vec<Line>,
    names: Vec<(String, String)>,
}

/// A transcript that is being written. Clones write to the same one.
#[derive(Debug, Clone, Default)]
pub struct Transcript {
    content: Arc<Mutex<Content>>,
    /// What each line begins with that is written here.
    whose: String,
}

impl Transcript {
    /// A transcript with its heading: what this story is, for somebody who knows nothing.
    #[must_use]
    pub fn new(heading: &str) -> Transcript {
        let transcript = Transcript::default();
        heading.clone_into(&mut transcript.content().heading);
        transcript
    }

    /// The same transcript, for what happens at one of several computers: each line that is written
    /// here begins with its name.
    #[must_use]
    pub fn of(&self, computer: &str) -> Transcript {
        Transcript { content: Arc::clone(&self.content), whose: format!("{computer}: ") }
    }

    /// From now on `value` is written as `name`, in lines already there too.
    pub fn name(&self, value: &str, name: &str) {
        let mut content = self.content();
        if !value.is_empty() && !content.names.iter().any(|(known, _)| known == value) {
            content.names.push((value.to_owned(), name.to_owned()));
            // The longest first, so that a name inside another one does not spoil it.
            content.names.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
        }
    }

    /// Names a login page's code in each of its forms: typed, shown and spoken.
    pub fn name_code(&self, code: &str, name: &str) {
        let (head, tail) = code.split_at(code.len() / 2);
        self.name(code, name);
        self.name(&format!("{head} {tail}"), name);
        self.name(&format!("{}, {}", apart(head), apart(tail)), name);
    }

    /// Writes down what has just happened.
    pub fn note(&self, channel: Channel, text: impl Into<String>) {
        self.note_at(clock::now_ns(), channel, text);
    }

    /// Writes down what happened at a time (nanoseconds since 1970).
    pub fn note_at(&self, at: u128, channel: Channel, text: impl Into<String>) {
        let (whose, text) = (self.whose.clone(), text.into());
        self.content().lines.push(Line { at, whose, channel, text });
    }

    /// The transcript so far, as it will be compared.
    #[must_use]
    pub fn text(&self) -> String {
        let content = self.content();
        let mut lines = content.lines.clone();
        lines.sort_by_key(|line| line.at);
        let mut step = 0;
        let mut placed: Vec<(usize, Line)> = Vec::new();
        for line in lines {
            if line.channel == Channel::Act {
                step += 1;
            }
            placed.push((step, line));
        }
        placed.sort_by(|(a_step, a), (b_step, b)| {
            let key =
                |line: &Line| (line.channel != Channel::Act, line.whose.clone(), line.channel);
            (a_step, key(a)).cmp(&(b_step, key(b)))
        });
        let mut text = format!("{}\n\n", content.heading);
        for (_, line) in placed {
            text.push_str(&line.whose);
            text.push_str(&one_line(&with_names(&line.text, &content.names)));
            text.push('\n');
        }
        text
    }

    /// Compares with `tests/stories/transcripts/NAME.txt`; `UPDATE_TRANSCRIPTS=1` writes it.
    ///
    /// # Panics
    /// With a readable difference, if it is another story.
    pub fn compare(&self, name: &str) {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("stories/transcripts")
            .join(format!("{name}.txt"));
        let told = self.text();
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some_and(|value| value == "1") {
            std::fs::create_dir_all(path.parent().expect("folder of the transcripts"))
                .expect("folder of the transcripts");
            std::fs::write(&path, &told).expect("transcript");
            return;
        }
        let golden = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            told == golden,
            "the story {name:?} is told differently ({}).\n\
             Lines with - are expected, lines with + were told:\n{}\n\
             UPDATE_TRANSCRIPTS=1 writes it anew.",
            path.display(),
            difference(&golden, &told)
        );
    }

    fn content(&self) -> MutexGuard<'_, Content> {
        // A poisoned lock means that another task of the test panicked; its lines still count.
        self.content.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn with_names(text: &str, names: &[(String, String)]) -> String {
    let mut text = text.to_owned();
    for (value, name) in names {
        text = text.replace(value, name);
    }
    minutes_left(&clock_times(&text))
}

/// Replaces what is left of the five minutes of a request that has just come: from ten seconds on
/// it is told as four, and a slow machine takes as long to open a browser.
fn minutes_left(text: &str) -> String {
    let mut text = text.to_owned();
    for minutes in ["Five minutes", "Four minutes"] {
        text = text.replace(&format!("{minutes} left"), "MINUTES left");
        // So the list is told when a voice is back.
        text = text.replace(&format!("log in. {minutes}."), "log in. MINUTES.");
    }
    text
}

/// Replaces clock times (`14:05`, `14.05`, `0:19`) by `TIME`.
fn clock_times(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    let mut out = String::new();
    let mut at = 0;
    while at < chars.len() {
        let alone = at == 0 || !(chars[at - 1].is_alphanumeric() || chars[at - 1] == '.');
        let hour = if digit(at + 1) { 2 } else { 1 };
        let colon = chars.get(at + hour).is_some_and(|c| *c == ':' || *c == '.');
        let minutes = digit(at + hour + 1) && digit(at + hour + 2) && !digit(at + hour + 3);
        if alone && digit(at) && colon && minutes {
            out.push_str("TIME");
            at += hour + 3;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

fn apart(digits: &str) -> String {
    digits.chars().map(String::from).collect::<Vec<_>>().join(" ")
}

fn one_line(text: &str) -> String {
    text.trim_end().replace('\r', "").replace('\n', " / ")
}

/// The lines that differ, by the longest common subsequence, with all common lines between.
fn difference(expected: &str, told: &str) -> String {
    let (a, b): (Vec<_>, Vec<_>) = (expected.lines().collect(), told.lines().collect());
    let mut common = vec![vec![0_usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            common[i][j] = if a[i] == b[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut out = String::new();
    while i < a.len() || j < b.len() {
        let (mark, line) = if i < a.len() && j < b.len() && a[i] == b[j] {
            (i, j) = (i + 1, j + 1);
            (' ', a[i - 1])
        } else if j >= b.len() || (i < a.len() && common[i + 1][j] >= common[i][j + 1]) {
            i += 1;
            ('-', a[i - 1])
        } else {
            j += 1;
            ('+', b[j - 1])
        };
        out.push_str(&format!("{mark} {line}\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_told_channel_by_channel_and_steps_in_order() {
        let story = Transcript::new("A story.");
        story.note_at(5, Channel::Said, "said: five");
        story.note_at(2, Channel::Shown, "shown: two");
        story.note_at(4, Channel::Act, "typed: four");
        story.note_at(3, Channel::Said, "said: three");
        assert_eq!(story.text(), "A story.\n\nsaid: three\nshown: two\ntyped: four\nsaid: five\n");
    }

    #[test]
    fn codes_and_times_are_told_by_name() {
        let story = Transcript::new("A story.");
        story.note(Channel::Printed, "printed: 482 913, 4 8 2, 9 1 3, 482913 at 14:05");
        story.name_code("482913", "CODE-1");
        assert_eq!(story.text(), "A story.\n\nprinted: CODE-1, CODE-1, CODE-1 at TIME\n");
    }

    #[test]
    fn what_happens_at_one_of_several_computers_is_told_with_its_name_and_by_itself() {
        let story = Transcript::new("A story.");
        let (first, second) = (story.of("first"), story.of("second"));
        second.note_at(2, Channel::Said, "said: two");
        first.note_at(3, Channel::Shown, "shown: three");
        first.note_at(4, Channel::Said, "said: four");
        story.note_at(1, Channel::Act, "the service asks");
        assert_eq!(
            story.text(),
            "A story.\n\nthe service asks\nfirst: said: four\nfirst: shown: three\n\
             second: said: two\n"
        );
    }

    #[test]
    fn what_somebody_does_stands_before_all_that_follows_from_it() {
        let story = Transcript::new("A story.");
        let (first, second) = (story.of("first"), story.of("second"));
        second.note_at(1, Channel::Act, "typed: one");
        first.note_at(2, Channel::Said, "said: two");
        story.note_at(3, Channel::Signed, "signed: three");
        let told = "second: typed: one\nsigned: three\nfirst: said: two\n";
        assert_eq!(story.text(), format!("A story.\n\n{told}"));
    }

    #[test]
    fn an_address_is_not_a_time() {
        assert_eq!(clock_times("127.0.0.1:12345 kl. 14.05."), "127.0.0.1:12345 kl. TIME.");
        assert_eq!(clock_times("today at 0:19, kl. 9.05."), "today at TIME, kl. TIME.");
    }

    #[test]
    fn a_difference_shows_what_was_expected_and_what_was_told() {
        assert_eq!(difference("a\nb\nc", "a\nx\nc"), "  a\n- b\n+ x\n  c\n");
    }
}
