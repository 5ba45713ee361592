//! Which language a reader gets: the one they chose on a page, else the first of their browser's
//! list that there is. Who wished for another one is told so once.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::response::{IntoResponse, Redirect, Response};
use sayso_words::{Choice, Language, Words};
use serde::Deserialize;

use crate::auth;
use crate::server::Broker;

/// Of the cookie that keeps the language that was chosen, for a year.
const CHOSEN: &str = "sayso-language";
/// Of the cookie that remembers, until the browser is closed, that the reader has been told.
const TOLD: &str = "sayso-language-told";

/// The reader of a page.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reader {
    language: Language,
    found: Found,
    /// Whether the broker's cookies are for https only.
    secure: bool,
}

/// How the language was found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Found {
    /// Chosen on a page, or said by the service.
    Chosen,
    /// The browser's first, or it has none.
    #[default]
    Wished,
    /// What the browser wishes for is not there.
    Fallback,
    /// The same, and the reader knows.
    ToldFallback,
}

/// What a reader chooses on a page.
#[derive(Deserialize)]
struct Chosen {
    lang: Option<String>,
}

impl Reader {
    /// Of a call with these headers, to a broker at this origin.
    fn of(headers: &HeaderMap, origin: &str) -> Self {
        let secure = origin.starts_with("https:");
        if let Some(language) = auth::cookie(headers, CHOSEN).and_then(Language::of_tag) {
            return Self { language, found: Found::Chosen, secure };
        }
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let choice = Choice::of_accept_language(accepted.unwrap_or_default());
        let found = match &choice {
            Choice::Theirs(_) => Found::Wished,
            Choice::Fallback { .. } if auth::cookie(headers, TOLD).is_some() => Found::ToldFallback,
            Choice::Fallback { .. } => Found::Fallback,
        };
        Self { language: choice.language(), found, secure }
    }

    /// The same reader at a service, which knows which language the person chose there.
    pub(super) fn at_service(self, locale: &str) -> Self {
        match Language::of_tag(locale) {
            Some(language) if self.found != Found::Chosen => {
                Self { language, found: Found::Chosen, ..self }
            }
            Some(_) | None => self,
        }
    }

    /// The same reader at a text that is in this language.
    pub(super) fn of_text_in(self, language: Language) -> Self {
        Self { language, ..self }
    }

    pub(super) fn language(self) -> Language {
        self.language
    }

    pub(super) fn words(self) -> Words {
        Words::new(self.language)
    }

    /// Whether to tell the reader that their own language is not there.
    pub(super) fn is_to_be_told(self) -> bool {
        self.found == Found::Fallback
    }

    /// `response`, after which the reader is not told again until the browser is closed.
    pub(super) fn told(self, response: impl IntoResponse) -> Response {
        if self.is_to_be_told() {
            let cookie = cookie(TOLD, "1", self.secure);
            ([(header::SET_COOKIE, cookie)], response).into_response()
        } else {
            response.into_response()
        }
    }
}

/// A page asked for with `?lang=` is a choice: it is kept, and the page asked for again without.
impl FromRequestParts<Broker> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, broker: &Broker) -> Result<Self, Response> {
        let origin = broker.store.origin();
        let chosen = Query::<Chosen>::try_from_uri(&parts.uri).ok().and_then(|asked| asked.0.lang);
        match chosen.as_deref().and_then(Language::of_tag) {
            Some(language) if parts.method == Method::GET => {
                let cookie = cookie(CHOSEN, language.tag(), origin.starts_with("https:"));
                let cookie = format!("{cookie}; Max-Age=31536000");
                let again = Redirect::to(parts.uri.path());
                Err(([(header::SET_COOKIE, cookie)], again).into_response())
            }
            Some(_) | None => Ok(Self::of(&parts.headers, origin)),
        }
    }
}

fn cookie(name: &str, value: &str, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn reader(accepted: &'static str, cookies: &'static str) -> Reader {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(accepted));
        headers.insert(header::COOKIE, HeaderValue::from_static(cookies));
        Reader::of(&headers, "https://broker.example")
    }

    #[test]
    fn a_choice_goes_before_the_service_and_the_service_before_the_browser() {
        assert_eq!(reader("en", "").language(), Language::English);
        assert_eq!(reader("en", "").at_service("da-DK").language(), Language::Danish);
        let chosen = reader("da", "a=b; sayso-language=en").at_service("da");
        assert_eq!(chosen.language(), Language::English);
        assert_eq!(reader("da", "sayso-language=fi").language(), Language::Danish);
    }

    #[test]
    fn only_who_gets_another_language_than_their_own_is_told_and_only_once() {
        assert!(!reader("da-DK, de", "").is_to_be_told());
        assert!(!reader("de, da", "").at_service("en").is_to_be_told());
        assert!(!reader("de", "sayso-language=en").is_to_be_told());
        let told_before = reader("de", "sayso-language-told=1");
        assert!(!told_before.is_to_be_told());
        assert_eq!(told_before.at_service("da").language(), Language::Danish, "nothing was chosen");
        let german = reader("de, da", "");
        assert!(german.is_to_be_told() && german.at_service("de").is_to_be_told());
        assert_eq!(german.language(), Language::Danish);
        let told = german.told("");
        let cookie = told.headers()[header::SET_COOKIE].to_str().unwrap();
        assert_eq!(cookie, "sayso-language-told=1; Path=/; HttpOnly; SameSite=Lax; Secure");
    }
}
