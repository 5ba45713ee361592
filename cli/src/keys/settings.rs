//! The settings of GNOME and MATE, read and written by `gsettings`. It prints and takes values as
//! `GVariant` text.

use super::combination::Combination;
use super::{Taken, Unwilling, run};

const GSETTINGS: &str = "gsettings";

/// A place with keys: a schema, or a schema at a path.
pub(super) struct Place(String);

impl Place {
    pub(super) fn of(schema: &str) -> Place {
        Place(schema.to_owned())
    }

    pub(super) fn at(schema: &str, path: &str) -> Place {
        Place(format!("{schema}:{path}"))
    }

    /// The texts in the value of this key.
    pub(super) async fn texts(&self, key: &str) -> Result<Vec<String>, Unwilling> {
        Ok(texts(&run(GSETTINGS, &["get", &self.0, key]).await?))
    }

    /// The one text that is the value of this key.
    pub(super) async fn text(&self, key: &str) -> Result<String, Unwilling> {
        Ok(self.texts(key).await?.into_iter().next().unwrap_or_default())
    }

    pub(super) async fn set_text(&self, key: &str, text: &str) -> Result<(), Unwilling> {
        run(GSETTINGS, &["set", &self.0, key, &quoted(text)]).await.map(drop)
    }

    /// Sets a list; an empty one is what a desktop begins with.
    pub(super) async fn set_texts(&self, key: &str, texts: &[String]) -> Result<(), Unwilling> {
        if texts.is_empty() {
            return run(GSETTINGS, &["reset", &self.0, key]).await.map(drop);
        }
        let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
        let list = format!("[{}]", quoted.join(", "));
        run(GSETTINGS, &["set", &self.0, key, &list]).await.map(drop)
    }

    /// Everything here as if it had never been set.
    pub(super) async fn reset(&self) -> Result<(), Unwilling> {
        run(GSETTINGS, &["reset-recursively", &self.0]).await.map(drop)
    }
}

/// The keys that settings of schemas with this beginning take.
pub(super) async fn taken(schemas: &str) -> Result<Vec<Taken>, Unwilling> {
    Ok(taken_in(&run(GSETTINGS, &["list-recursively"]).await?, schemas))
}

/// Lines of schema, key and value.
fn taken_in(listed: &str, schemas: &str) -> Vec<Taken> {
    let lines = listed.lines().filter(|line| line.starts_with(schemas));
    let named = lines.filter_map(|line| {
        let mut words = line.splitn(3, ' ').skip(1);
        Some((words.next()?, words.next()?))
    });
    named
        .flat_map(|(key, value)| {
            let keys = texts(value).into_iter().filter_map(|text| Combination::kept(&text));
            keys.map(|keys| Taken { keys, by: key.to_owned() })
        })
        .collect()
}

/// The texts in a `GVariant`, one after the other.
fn texts(value: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = value.chars();
    while let Some(quote) = rest.find(|c| ['\'', '"'].contains(c)) {
        let mut text = String::new();
        while let Some(c) = rest.next().filter(|c| *c != quote) {
            text.push(if c == '\\' { unescaped(&mut rest) } else { c });
        }
        found.push(text);
    }
    found
}

/// What stands behind a backslash.
fn unescaped(rest: &mut std::str::Chars<'_>) -> char {
    let digits = match rest.next() {
        Some('n') => return '\n',
        Some('t') => return '\t',
        Some('u') => 4,
        Some('U') => 8,
        Some(itself) => return itself,
        None => return '\\',
    };
    let code: String = rest.by_ref().take(digits).collect();
    let code = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
    code.unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_as_gsettings_prints_them() {
        assert_eq!(texts("@as []"), Vec::<String>::new());
        assert_eq!(texts("['/a/', '/b/']"), ["/a/", "/b/"]);
        assert_eq!(texts(r#"["it's", 'a\\b', '\u00e6']"#), ["it's", r"a\b", "æ"]);
        assert_eq!(texts("'<Super><Alt>a'"), ["<Super><Alt>a"]);
        assert_eq!(texts("['unfinished"), ["unfinished"]);
    }

    #[test]
    fn what_is_written_is_read_again_as_it_was() {
        for text in ["", "it's", r"a\b", r"'/x/sayso' 'repeat'"] {
            assert_eq!(texts(&quoted(text)), [text]);
        }
    }

    #[test]
    fn keys_are_taken_by_the_desktop_that_runs_only() {
        let listed = "org.gnome.a screenreader ['<Alt><Super>s', '']\n\
                      org.gnome.a volume 7\n\
                      org.mate.b lock '<Control><Alt>l'\n";
        let gnome = taken_in(listed, "org.gnome.");
        assert_eq!(gnome.len(), 1);
        assert_eq!(gnome[0].by, "screenreader");
        assert_eq!(taken_in(listed, "org.mate.")[0].keys.to_string(), "Ctrl+Alt+L");
    }
}
