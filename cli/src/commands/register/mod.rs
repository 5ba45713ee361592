//! `sayso register`: makes this computer an approver. Names the broker's host and asks before
//! anything is sent; then `channels` asks how the person wants to be told, and `naming`, where this
//! is not the only broker, what the brokers are called.

mod channels;
mod naming;
mod settings;

use sayso_protocol::bus::{Preferences, Registration, SpeakCodes};
use sayso_protocol::change::AccountSettings;
use sayso_protocol::enrolment::{AccountName, ActivationCode};
use sayso_words::{Words, say};
use serde::Serialize;
use url::{Host, Url};

use super::Ending;
use crate::command_line::{Aloud, Register};
use crate::exit::{Failure, Status};
use crate::prompt::{Prompt, Yes};
use crate::session::Session;

/// What the person wants to register, read before the daemon is asked for anything.
#[derive(Debug)]
pub struct Wishes {
    /// The broker's address.
    pub broker: Url,
    /// The account there.
    pub account: AccountName,
    typed: Register,
}

impl Register {
    /// What an address can carry: the rest is asked.
    #[must_use]
    pub fn of(broker: String, account: String) -> Register {
        Register {
            broker,
            account,
            yes: false,
            computer: None,
            broker_name: None,
            speech: None,
            notification: None,
            attend: None,
            approve_with: None,
            same_device: None,
            voice: None,
            rate: None,
            language: None,
            speak_codes: None,
        }
    }
}

impl Wishes {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The address is not one of a broker, or not a secure one; the name cannot be an account's.
    pub fn typed(typed: Register) -> Result<Wishes, Failure> {
        let broker = broker(&typed.broker)?;
        let account = AccountName::parse(&typed.account).map_err(|_refused| {
            Failure::own(Status::WrongUse, "account-name", |words| {
                say!(words, "error-account-name")
            })
        })?;
        Ok(Wishes { broker, account, typed })
    }

    /// The broker's host, with its port where it has one.
    fn host(&self) -> String {
        let host = self.broker.host_str().unwrap_or_default();
        self.broker.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// A broker's address: its origin and nothing else. Plain http is for this computer only.
fn broker(typed: &str) -> Result<Url, Failure> {
    let url = Url::parse(typed).ok().filter(is_origin).ok_or_else(|| {
        let address = shown(typed);
        Failure::own(Status::WrongUse, "broker-address", move |words| {
            say!(words, "error-address", address = &address)
        })
    })?;
    if url.scheme() == "http" && !is_here(&url) {
        let address = shown(typed);
        return Err(Failure::own(Status::WrongUse, "broker-insecure", move |words| {
            say!(words, "error-broker-insecure", address = &address)
        }));
    }
    Ok(url)
}

fn is_origin(url: &Url) -> bool {
    ["http", "https"].contains(&url.scheme())
        && url.host().is_some()
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// What was typed, fit to be read aloud.
fn shown(typed: &str) -> String {
    typed.chars().filter(char::is_ascii_graphic).take(60).collect()
}

/// What registering led to, for a program.
#[derive(Serialize)]
struct Registered<'a> {
    sentence: &'a str,
    /// Missing where the daemon did not set them.
    preferences: Option<&'a Preferences>,
}

/// Asks, registers, and sets how Sayso talks.
///
/// # Errors
/// What the daemon or the broker refused, or that nobody can be asked.
pub async fn run(session: &Session, prompt: &mut Prompt, wishes: Wishes) -> Ending {
    if let Prompt::Nowhere(_) = prompt {
        return Err(Failure::own(Status::WrongUse, "no-prompt", |words| {
            say!(words, "error-no-prompt")
        }));
    }
    let words = session.words().await.clone();
    if !wishes.typed.yes && !agreed(session, prompt, &words, &wishes).await {
        session.output.note(&say!(words, "register-stopped"));
        return Ok(Status::Denied);
    }
    let Some(activation) = activation(prompt, &words).await else {
        session.output.note(&say!(words, "prompt-nothing-sent"));
        return Ok(Status::WrongUse);
    };
    let computer = computer(prompt, &words, &wishes).await;
    let AccountSettings { approve_with, same_device } =
        settings::ask(prompt, &words, &wishes.typed).await;
    let registration = Registration {
        broker: wishes.broker.origin().ascii_serialization(),
        account: wishes.account.as_str().to_owned(),
        activation: activation.reveal().to_owned(),
        computer,
        approve_with,
        same_device,
        speak_codes: speak_codes(session, prompt, &words, &wishes).await?,
    };
    session.output.note(&say!(words, "sending"));
    let registered = async { session.door.accounts().await?.register(&registration).await };
    let sentence = session.call(registered).await?;
    prompt.tell(&words, &sentence).await;
    let preferences = match channels::ask(session, prompt, &wishes.typed).await {
        Ok(preferences) => Some(preferences),
        // This computer is registered all the same.
        Err(failure) => {
            untold(session, prompt, &failure).await;
            None
        }
    };
    if let Err(failure) = naming::ask(session, prompt, &wishes).await {
        untold(session, prompt, &failure).await;
    }
    session
        .output
        .data(&Registered { sentence: &sentence, preferences: preferences.as_ref() }, &[]);
    Ok(Status::Done)
}

/// Why it could not be asked how Sayso talks, or what the broker is called.
async fn untold(session: &Session, prompt: &mut Prompt, failure: &Failure) {
    let words = session.words().await;
    let sentences = failure.sentences(words);
    session.output.fault(&sentences);
    if let Prompt::Dialog(_) = prompt {
        prompt.tell(words, &sentences).await;
    }
}

/// Whether the person lets this be sent. No answer is no.
async fn agreed(session: &Session, prompt: &mut Prompt, words: &Words, wishes: &Wishes) -> bool {
    let host = wishes.host();
    let mut told = say!(words, "register-host", host = &host, account = wishes.account.as_str());
    if is_here(&wishes.broker) {
        told = format!("{told} {}", say!(words, "register-plain", host = &host));
    }
    let ask = say!(words, "register-ask", host = &host);
    let asked = match prompt {
        Prompt::Dialog(_) => format!("{told}\n{ask}"),
        Prompt::Terminal(_) | Prompt::Nowhere(_) => {
            session.output.line(&told);
            ask
        }
    };
    match prompt.yes(words, &asked).await {
        Some(Yes::Yes) => true,
        Some(Yes::No) | None => false,
    }
}

/// Asks for the 14 digits, with echo: they are used once. A slip of the finger is found here.
async fn activation(prompt: &mut Prompt, words: &Words) -> Option<ActivationCode> {
    let asked = say!(words, "register-code");
    let mut fault = String::new();
    loop {
        let ask = match prompt {
            Prompt::Dialog(_) if !fault.is_empty() => format!("{fault} {asked}"),
            Prompt::Terminal(_) | Prompt::Dialog(_) | Prompt::Nowhere(_) => asked.clone(),
        };
        let typed = prompt.line(words, &ask).await?;
        if let Ok(code) = ActivationCode::parse(&typed) {
            return Some(code);
        }
        fault = say!(words, "error-activation-form");
        if let Prompt::Terminal(terminal) = prompt {
            terminal.tell(&fault);
        }
    }
}

async fn computer(prompt: &mut Prompt, words: &Words, wishes: &Wishes) -> String {
    if let Some(name) = &wishes.typed.computer {
        return name.clone();
    }
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let typed = prompt.line(words, &say!(words, "register-name", name = &name)).await;
    typed.filter(|typed| !typed.trim().is_empty()).unwrap_or(name)
}

/// Where codes may be said aloud. It is chosen once, with the first account; no answer is the
/// strict one.
async fn speak_codes(
    session: &Session,
    prompt: &mut Prompt,
    words: &Words,
    wishes: &Wishes,
) -> Result<SpeakCodes, Failure> {
    if let Some(typed) = wishes.typed.speak_codes {
        return Ok(match typed {
            Aloud::Private => SpeakCodes::Private,
            Aloud::Always => SpeakCodes::Always,
        });
    }
    let status = session.call(async { session.door.accounts().await?.status().await }).await?;
    if !status.speak_codes.is_empty() {
        return Ok(SpeakCodes::Private);
    }
    Ok(match prompt.yes(words, &say!(words, "register-speak-codes")).await {
        Some(Yes::Yes) => SpeakCodes::Always,
        Some(Yes::No) | None => SpeakCodes::Private,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Output;
    use crate::prompt::terminal::Terminal;
    use sayso_words::Language;

    fn typed(address: &str) -> Result<Wishes, Failure> {
        Wishes::typed(Register::of(address.to_owned(), "anna".to_owned()))
    }

    #[test]
    fn plain_http_is_for_this_computer_only() {
        for here in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1/", "https://x.dk"]
        {
            assert!(typed(here).is_ok(), "{here}");
        }
        for away in ["http://broker.example", "http://127.0.0.1.example", "http://10.0.0.1"] {
            assert_eq!(typed(away).expect_err(away).name, "broker-insecure");
        }
    }

    #[test]
    fn only_an_origin_is_a_brokers_address() {
        for other in ["", "broker", "ftp://b.example", "https://b.example/x", "https://a@b.example"]
        {
            assert_eq!(typed(other).expect_err(other).name, "broker-address");
        }
    }

    #[test]
    fn the_host_is_named_as_it_is_called() {
        assert_eq!(typed("http://127.0.0.1:8080").unwrap().host(), "127.0.0.1:8080");
        assert_eq!(typed("https://bücher.example").unwrap().host(), "xn--bcher-kva.example");
    }

    #[tokio::test]
    async fn a_slip_of_the_finger_is_found_before_anything_is_sent() {
        let input = &b"1234\n12345678901234\n1234 5678 9012 37\n"[..];
        let mut prompt = Prompt::Terminal(Terminal::reading(input, Output::plain()));
        let code = activation(&mut prompt, &Words::new(Language::English)).await;
        assert_eq!(code.map(|code| code.reveal().to_owned()), Some("12345678901237".to_owned()));
    }

    #[tokio::test]
    async fn no_code_is_no_registration() {
        let mut prompt = Prompt::Terminal(Terminal::reading(&b"nonsense\n"[..], Output::plain()));
        assert_eq!(activation(&mut prompt, &Words::new(Language::Danish)).await, None);
    }
}
