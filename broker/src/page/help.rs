//! The help: the guide that lies in `docs/guide`, a page per task, in each language.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{Redirect, Response};
use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd, html};
use sayso_words::{Language, say};

use super::frame::Frame;
use super::reader::Reader;
use super::{Fault, PageError};

/// What a page of the guide is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// Where to begin, and which pages there are.
    Index,
    /// Approving what was begun on the same computer.
    ThisComputer,
    /// Approving with a QR code off the screen.
    QrCode,
    /// Approving with the code that stands on the page.
    Code,
    /// Approving with a code that Sayso reads out.
    ReadOut,
    /// Changing to one-time codes.
    ToCodes,
    /// Changing back to QR codes.
    ToQrCodes,
    /// What to do when it does not work.
    CannotApprove,
    /// What to do about a request of somebody else.
    NotMine,
}

/// A page of the guide: what its files are called, and what stands in them.
struct Page {
    name: &'static str,
    english: &'static str,
    danish: &'static str,
}

macro_rules! page {
    ($name:literal) => {
        Page {
            name: $name,
            english: include_str!(concat!("../../../docs/guide/en/", $name, ".md")),
            danish: include_str!(concat!("../../../docs/guide/da/", $name, ".md")),
        }
    };
}

impl Topic {
    /// All of them.
    pub const ALL: [Topic; 9] = [
        Topic::Index,
        Topic::ThisComputer,
        Topic::QrCode,
        Topic::Code,
        Topic::ReadOut,
        Topic::ToCodes,
        Topic::ToQrCodes,
        Topic::CannotApprove,
        Topic::NotMine,
    ];

    fn page(self) -> Page {
        match self {
            Topic::Index => page!("index"),
            Topic::ThisComputer => page!("approve-on-this-computer"),
            Topic::QrCode => page!("approve-with-a-qr-code"),
            Topic::Code => page!("approve-with-a-code"),
            Topic::ReadOut => page!("approve-with-a-code-read-out"),
            Topic::ToCodes => page!("switch-to-codes"),
            Topic::ToQrCodes => page!("switch-back-to-qr-codes"),
            Topic::CannotApprove => page!("when-you-cannot-approve"),
            Topic::NotMine => page!("when-you-did-not-start-it"),
        }
    }

    /// The name of its files, which is that of its address too.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.page().name
    }

    /// Its address at the broker.
    pub(super) fn path(self, language: Language) -> String {
        format!("/help/{language}/{}", self.name())
    }

    /// What stands in it, in Markdown.
    fn markdown(self, language: Language) -> &'static str {
        match language {
            Language::English => self.page().english,
            Language::Danish => self.page().danish,
        }
    }

    /// The page as HTML that stands alone, beside its style sheet, to be printed.
    ///
    /// # Errors
    /// If it cannot be rendered.
    pub fn sheet(self, language: Language) -> askama::Result<String> {
        let Text { title, html } = render(self.markdown(language), Links::Plain);
        Sheet { lang: language.tag(), title, text: html }.render()
    }

    fn named(name: &str) -> Result<Topic, Fault> {
        let called = |topic: &Topic| topic.name() == name;
        Topic::ALL.into_iter().find(called).ok_or(Fault::NoHelp)
    }
}

/// A page of the guide as HTML.
struct Text {
    /// Its heading, in plain letters.
    title: String,
    /// All of it.
    html: String,
}

/// What becomes of a page's links to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Links {
    /// Pages lie beside each other, as the files do.
    Followed,
    /// There is nothing to go to: their words stay.
    Plain,
}

/// Renders a page. The files name each other as their addresses do, but for the ending.
#[allow(clippy::wildcard_enum_match_arm, reason = "the events are not ours")]
fn render(markdown: &str, links: Links) -> Text {
    let mut title = String::new();
    let mut in_title = false;
    let mut events = Vec::new();
    for mut event in Parser::new(markdown) {
        match &mut event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }) => in_title = true,
            Event::End(TagEnd::Heading(HeadingLevel::H1)) => in_title = false,
            Event::Text(text) if in_title => title.push_str(text),
            Event::Start(Tag::Link { .. }) | Event::End(TagEnd::Link) if links == Links::Plain => {
                continue;
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                if let Some(name) = dest_url.strip_suffix(".md") {
                    *dest_url = name.to_owned().into();
                }
            }
            _ => {}
        }
        events.push(event);
    }
    let mut html = String::new();
    html::push_html(&mut html, events.into_iter());
    Text { title, html }
}

/// A page of the guide that stands alone.
#[derive(Template)]
#[template(path = "guide.html")]
struct Sheet {
    lang: &'static str,
    title: String,
    text: String,
}

/// A page of the help.
#[derive(Template)]
#[template(path = "help.html")]
struct Help {
    lang: &'static str,
    title: String,
    text: String,
    frame: Frame,
}

/// `GET /help`: to the first page of the guide, in the reader's language.
pub(super) async fn begin(reader: Reader) -> Redirect {
    Redirect::to(&Topic::Index.path(reader.language()))
}

/// `GET /help/{topic}`: to that page of the guide, in the reader's language.
pub(super) async fn choose(
    reader: Reader,
    Path(topic): Path<String>,
) -> Result<Redirect, PageError> {
    let topic = Topic::named(&topic).map_err(|fault| PageError::of(fault).for_reader(reader))?;
    Ok(Redirect::to(&topic.path(reader.language())))
}

/// `GET /help/{language}/{topic}`: a page of the guide.
pub(super) async fn show(
    reader: Reader,
    Path((language, topic)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let none = |fault| PageError::of(fault).for_reader(reader);
    let language = Language::of_tag(&language).ok_or_else(|| none(Fault::NoHelp))?;
    let topic = Topic::named(&topic).map_err(none)?;
    let reader = reader.of_text_in(language);
    let text = render(topic.markdown(language), Links::Followed);
    let title = say!(reader.words(), "page-help-title", topic = &text.title);
    let frame = Frame::of_help(reader, topic);
    let help = Help { lang: language.tag(), title, text: text.html, frame };
    Ok(reader.told(super::html(StatusCode::OK, &help)))
}
