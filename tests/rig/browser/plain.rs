//! A browser without JavaScript: it fetches pages, keeps cookies, follows what it is sent on to,
//! and presses the buttons of forms.

use std::collections::HashMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use url::Url;

use crate::desktop::Picture;
use crate::http;

/// A page as it was answered.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it is, after being sent on.
    pub address: Url,
    /// The last answer's status.
    pub status: u16,
    /// The last answer's fields, names in small letters.
    pub fields: HashMap<String, String>,
    /// The HTML.
    pub html: String,
}

impl Page {
    /// What is to be read on it: the HTML without tags, scripts and styles.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut rest = without(&without(&self.html, "script"), "style");
        while let Some((before, tag)) = rest.split_once('<') {
            text.push_str(before);
            text.push(' ');
            rest = tag.split_once('>').map(|(_, after)| after.to_owned()).unwrap_or_default();
        }
        text.push_str(&rest);
        plain(&text).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Where it sends a browser at once: by its status, or by what it says in its head.
    fn sent_on(&self) -> Option<String> {
        if (300..400).contains(&self.status) {
            return self.fields.get(LOCATION.as_str()).cloned();
        }
        let (_, rest) = self.html.split_once("<meta http-equiv=\"refresh\" content=\"0; url=")?;
        rest.split_once('"').map(|(next, _)| plain(next))
    }

    /// Where its first button leads: an address that opens Sayso.
    #[must_use]
    pub fn opens(&self) -> Option<String> {
        let (_, rest) = self.html.split_once("href=\"sayso:")?;
        rest.split_once('"').map(|(rest, _)| plain(&format!("sayso:{rest}")))
    }

    /// The QR code on it, drawn from the runs of its path (`M4 4h7v1h-7z`: seven modules).
    #[must_use]
    pub fn qr(&self) -> Option<Picture> {
        let (_, svg) = self.html.split_once("viewBox=\"0 0 ")?;
        let size = svg.split(' ').next()?.parse().ok()?;
        let (_, path) = svg.split_once("fill=\"#000\" d=\"M")?;
        let mut dark = Vec::new();
        for run in path.split('"').next()?.split('M') {
            let (place, run) = run.split_once('h')?;
            let (x, y) = place.split_once(' ')?;
            let (x, y): (usize, usize) = (x.parse().ok()?, y.parse().ok()?);
            let length: usize = run.split_once('v')?.0.parse().ok()?;
            dark.extend((x..x + length).map(|x| (x, y)));
        }
        Some(Picture::of_modules((size, size), dark))
    }

    /// The code on it.
    #[must_use]
    pub fn code(&self) -> Option<String> {
        super::code_in(&self.text())
    }
}

/// A browser with its cookies; another one is another browser.
#[derive(Debug)]
pub struct PlainBrowser {
    http: reqwest::Client,
    cookies: HashMap<String, String>,
    language: String,
}

impl PlainBrowser {
    /// A new one, without cookies, whose person reads `language`.
    ///
    /// # Panics
    /// Never on a machine that can make sockets.
    #[must_use]
    pub fn new(language: &str) -> PlainBrowser {
        PlainBrowser {
            http: http::client(),
            cookies: HashMap::new(),
            language: language.to_owned(),
        }
    }

    /// Goes to an address, and on to wherever it is sent.
    ///
    /// # Panics
    /// If nobody answers there.
    pub async fn go(&mut self, address: &str) -> Page {
        self.follow("GET", Url::parse(address).expect("an address"), None).await
    }

    /// Goes to an address and no further; nothing if nobody answers there.
    ///
    /// # Panics
    /// If it is not an address.
    pub async fn look(&mut self, address: &str) -> Option<Page> {
        self.fetch("GET", &Url::parse(address).expect("an address"), None).await.ok()
    }

    /// Presses the button that begins with `label`: sends its form.
    ///
    /// # Panics
    /// If there is no such button in a form, or nobody answers.
    pub async fn press(&mut self, page: &Page, label: &str) -> Page {
        let form = page
            .html
            .split("<form")
            .skip(1)
            .map(|rest| rest.split("</form").next().unwrap_or_default())
            .find(|form| button_labels(form).any(|text| text.starts_with(label)))
            .unwrap_or_else(|| panic!("no button {label:?} on the page:\n{}", page.html));
        let (tag, inside) = form.split_once('>').expect("a form's tag");
        let action = attribute(tag, "action").unwrap_or_default();
        let address = page.address.join(&action).expect("an address");
        let method = attribute(tag, "method").unwrap_or_else(|| "get".into()).to_uppercase();
        let mut data = url::form_urlencoded::Serializer::new(String::new());
        for input in inside.split("<input").skip(1) {
            let tag = input.split('>').next().unwrap_or_default();
            if let (Some(name), Some(value)) = (attribute(tag, "name"), attribute(tag, "value")) {
                data.append_pair(&name, &value);
            }
        }
        self.follow(&method, address, Some(data.finish())).await
    }

    async fn follow(&mut self, method: &str, address: Url, data: Option<String>) -> Page {
        let (mut method, mut address, mut data) = (method.to_owned(), address, data);
        for _ in 0..10 {
            let page = self.fetch(&method, &address, data.take()).await.expect("an answer");
            let Some(next) = page.sent_on() else { return page };
            address = address.join(&next).expect("an address");
            "GET".clone_into(&mut method);
        }
        panic!("sent on for ever, at last to {address}");
    }

    async fn fetch(
        &mut self,
        method: &str,
        address: &Url,
        data: Option<String>,
    ) -> reqwest::Result<Page> {
        let method = method.parse().expect("a method");
        let mut call = self.http.request(method, address.clone());
        call = call.header("accept-language", &self.language);
        let host = format!("{}:{}", address.host_str().unwrap_or_default(), port(address));
        if let Some(cookies) = self.cookies.get(&host) {
            call = call.header(COOKIE, cookies);
        }
        if let Some(data) = data {
            call = call
                .header("content-type", "application/x-www-form-urlencoded")
                .header("origin", address.origin().ascii_serialization())
                .body(data);
        }
        let answer = call.send().await?;
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap_or_default();
            let pair = cookie.split(';').next().unwrap_or_default();
            let jar = self.cookies.entry(host.clone()).or_default();
            let name = pair.split('=').next().unwrap_or_default();
            let mut kept: Vec<_> = jar
                .split("; ")
                .filter(|one| !one.is_empty() && one.split('=').next() != Some(name))
                .collect();
            kept.push(pair);
            *jar = kept.join("; ");
        }
        let fields = answer
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("").to_owned()))
            .collect();
        let status = answer.status().as_u16();
        let html = answer.text().await?;
        Ok(Page { address: address.clone(), status, fields, html })
    }
}

fn port(address: &Url) -> u16 {
    address.port_or_known_default().unwrap_or_default()
}

fn button_labels(form: &str) -> impl Iterator<Item = String> {
    form.split("<button").skip(1).map(|rest| {
        let inside = rest.split("</button").next().unwrap_or_default();
        let label = inside.split_once('>').map(|(_, label)| label).unwrap_or_default();
        plain(label.trim())
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let mark = format!(" {name}=\"");
    let tag = tag.replace('\n', " ");
    let (_, rest) = tag.split_once(&mark)?;
    Some(plain(rest.split('"').next()?))
}

/// Removes every `<NAME ...>...</NAME>`.
fn without(html: &str, name: &str) -> String {
    let (open, close) = (format!("<{name}"), format!("</{name}>"));
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, inside)) = rest.split_once(&open) {
        text.push_str(before);
        rest = inside.split_once(&close).map(|(_, after)| after).unwrap_or_default();
    }
    text.push_str(rest);
    text
}

/// Undoes the escapes of HTML that templates write.
fn plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#34;", "\"")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#39;", "'")
        .replace("&#x27;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&#38;", "&")
        .replace("&amp;", "&")
}
