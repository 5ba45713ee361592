//! `sayso scan`: QR codes off the screens or off a picture. One of them leads to its question. A dry
//! run says what stands in each and what Sayso would do with it; it needs no daemon, and nothing is
//! sent anywhere.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use sayso_protocol::address::{Address, Origin};
use sayso_protocol::bus::Found;
use sayso_protocol::scan::{Fault, Kind};
use sayso_protocol::spoken::Clean;
use sayso_scan_client::helper::{Helper, Source, Unread};
use sayso_words::{Language, Words, say};
use serde::Serialize;
use url::Url;

use super::{Ending, answer};
use crate::clock;
use crate::command_line::Scan;
use crate::exit::{Failure, NO_CODE, Status};
use crate::output::Output;
use crate::prompt::Prompt;
use crate::prompt::clipboard::{self, Picture};
use crate::session::{Session, within};
use crate::watch::Watch;

/// At a terminal the screens are looked at so often, ...
const LOOKS: u32 = 5;
/// ... so long after the last time.
const BETWEEN: Duration = Duration::from_secs(3);
/// The longest that one look may take: a minute for the desktop to ask the person, and room.
const LOOK: Duration = Duration::from_secs(75);
/// So much of a name from a picture is shown.
const SHOWN: usize = 60;

/// A QR code, for a program.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Code {
    text: String,
    kind: Kind,
    would: Would,
}

/// What Sayso would do with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Would {
    /// Tie the waiting request to the login page, and ask its question.
    OpenQuestion,
    /// Ask whether to register.
    Register,
    /// Nothing.
    Nothing,
}

/// Looks, lets the person choose where several could be meant, and asks the question.
///
/// # Errors
/// There is nothing to be seen, or what the daemon refused.
pub async fn run(session: &Session, prompt: &mut Prompt, wished: &Scan) -> Ending {
    if wished.image.is_none() && !wished.clipboard {
        return screen(session, prompt).await;
    }
    let seen = sort(session, prompt, wished).await?;
    ask(session, prompt, &seen).await
}

/// Looks at the screens, and so on. Who was sent from a terminal to the login page is asked there.
///
/// # Errors
/// There is nothing to be seen, or what the daemon refused.
pub async fn screen(session: &Session, prompt: &mut Prompt) -> Ending {
    let seen = look(session, prompt).await;
    let Some(mut there) = prompt.at_page(session.output) else {
        return ask(session, prompt, &seen?).await;
    };
    let asked = match seen {
        Ok(seen) => ask(session, &mut there, &seen).await,
        Err(unseen) => Err(unseen),
    };
    if let (Err(failure), Prompt::Dialog(_)) = (&asked, &there) {
        let words = session.words().await;
        there.tell(words, &failure.sentences(words)).await;
    }
    asked
}

async fn ask(session: &Session, prompt: &mut Prompt, seen: &[Found]) -> Ending {
    let words = session.words().await;
    let chosen = match seen {
        [only] => Some(only),
        several => {
            let named: Vec<String> = several.iter().map(|one| one.sentence.clone()).collect();
            prompt.which(words, &named).await.and_then(|place| several.get(place))
        }
    };
    let Some(chosen) = chosen else {
        session.output.note(&say!(words, "prompt-nothing-sent"));
        return Ok(Status::WrongUse);
    };
    let watch = Watch::begin().await;
    let (address, place) = (&chosen.address, prompt.place());
    let scanned = async { session.door.requests().await?.scanned(address, place).await };
    let question = session.call(scanned).await?;
    answer::ask(session, prompt, watch, question).await
}

/// At a terminal, which would only see itself, several times with time to switch to the page;
/// started by a shortcut, at once.
async fn look(session: &Session, prompt: &Prompt) -> Result<Vec<Found>, Failure> {
    let Prompt::Terminal(_) = prompt else { return look_once(session, prompt).await };
    session.output.note(&say!(session.words().await, "scan-begin"));
    let mut looks = 0;
    loop {
        clock::pass(BETWEEN).await;
        looks += 1;
        match look_once(session, prompt).await {
            Err(failure) if failure.name == NO_CODE && looks < LOOKS => (),
            seen => return seen,
        }
    }
}

async fn look_once(session: &Session, prompt: &Prompt) -> Result<Vec<Found>, Failure> {
    let place = prompt.place();
    within(LOOK, async { session.door.requests().await?.look(place).await }).await
}

/// Off a picture. The daemon says which of its codes can be used.
async fn sort(session: &Session, prompt: &Prompt, wished: &Scan) -> Result<Vec<Found>, Failure> {
    let texts = read(wished).await?;
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let place = prompt.place();
    session.call(async { session.door.requests().await?.sort(&texts, place).await }).await
}

/// The texts of the QR codes on a picture.
async fn read(wished: &Scan) -> Result<Vec<String>, Failure> {
    let picture = picture(wished).await?;
    async { Helper::beside()?.read(picture).await }.await.map_err(|why| unread(&why))
}

/// Says what stands in a picture, and what Sayso would do.
///
/// # Errors
/// There is no picture, or it cannot be read.
pub async fn dry_run(wished: &Scan, output: Output) -> Ending {
    let texts = read(wished).await?;
    let words = Words::new(Language::of_person());
    let mut lines: Vec<String> = texts.iter().map(|text| sentence(&words, text)).collect();
    if lines.is_empty() {
        lines.push(say!(words, "scan-none"));
    }
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    output.data(&texts.into_iter().map(Code::of).collect::<Vec<Code>>(), &lines);
    Ok(Status::Done)
}

/// The picture, from where the person said.
async fn picture(wished: &Scan) -> Result<Source, Failure> {
    let Some(path) = &wished.image else {
        return match clipboard::picture().await {
            Picture::Png(bytes) => Ok(Source::Bytes(bytes)),
            Picture::NoPicture => {
                Err(wrong("clipboard-empty", |words| say!(words, "error-picture-clipboard")))
            }
            Picture::Unreadable => {
                Err(wrong("clipboard-tool", |words| say!(words, "error-picture-clipboard-tool")))
            }
        };
    };
    // Opening a pipe could wait for ever.
    let is_file = path.metadata().is_ok_and(|found| found.is_file());
    let opened = is_file.then(|| File::open(path).ok()).flatten();
    opened.map(Source::File).ok_or_else(|| no_such(path))
}

fn no_such(path: &Path) -> Failure {
    let path = Clean::<SHOWN>::new(&path.to_string_lossy());
    wrong("no-file", move |words| say!(words, "error-picture-file", path = path.as_str()))
}

fn wrong(name: &'static str, say: impl Fn(&Words) -> String + 'static) -> Failure {
    Failure::own(Status::WrongUse, name, say)
}

/// Why a picture was not read.
fn unread(why: &Unread) -> Failure {
    match why {
        Unread::NotThere(_) => {
            Failure::own(Status::Refused, "no-reader", |words| say!(words, "error-picture-reader"))
        }
        Unread::TimedOut => {
            Failure::own(Status::Refused, "too-slow", |words| say!(words, "error-picture-slow"))
        }
        Unread::Died => died(),
        Unread::Refused(fault) => refused(*fault),
    }
}

fn died() -> Failure {
    Failure::own(Status::Refused, "reader-died", |words| say!(words, "error-picture-died"))
}

fn refused(fault: Fault) -> Failure {
    match fault {
        Fault::NoPicture => wrong("no-picture", |words| say!(words, "error-picture-empty")),
        Fault::NotAnImage => wrong("not-an-image", |words| say!(words, "error-picture-form")),
        Fault::TooLarge => wrong("too-large", |words| say!(words, "error-picture-large")),
        Fault::NoDisplay | Fault::NoScreen => {
            wrong("no-screen", |words| say!(words, "error-picture-screen"))
        }
        Fault::Usage | Fault::Inside => died(),
    }
}

impl Code {
    fn of(text: String) -> Code {
        let would = match Address::parse(&text) {
            Ok(Address::Bind { .. }) => Would::OpenQuestion,
            Ok(Address::Register { .. }) => Would::Register,
            Err(_) => Would::Nothing,
        };
        Code { kind: Kind::of(&text), would, text }
    }
}

/// What a person reads of a code: never a secret, and of the rest what counts.
fn sentence(words: &Words, text: &str) -> String {
    match (Address::parse(text), Kind::of(text)) {
        (Ok(Address::Bind { broker, .. }), _) => {
            say!(words, "scan-bind", host = host(&broker).as_str())
        }
        (Ok(Address::Register { broker, account }), _) => {
            let account = account.as_str();
            say!(words, "scan-register", account = account, host = host(&broker).as_str())
        }
        (Err(_), Kind::SaysoBind | Kind::SaysoRegister) => say!(words, "scan-damaged"),
        (Err(_), Kind::Otpauth | Kind::OtpauthMigration) => say!(words, "scan-secret"),
        (Err(_), Kind::Link) => match Url::parse(text).ok().as_ref().and_then(Url::host_str) {
            Some(host) => say!(words, "scan-link", host = Clean::<SHOWN>::new(host).as_str()),
            None => say!(words, "scan-text"),
        },
        (Err(_), Kind::Text) => say!(words, "scan-text"),
    }
}

/// A broker's host, with its port where it has one.
fn host(broker: &Origin) -> Clean<SHOWN> {
    let origin = broker.as_str();
    Clean::new(origin.split_once("://").map_or(origin, |(_, host)| host))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BIND: &str = "sayso:bind?broker=https://login.example\
        &request=018f2d7e-7e3b-7000-8000-000000000000&secret=AAAAAAAAAAAAAAAAAAAAAA";

    fn known(text: &str) -> (String, String) {
        let code = serde_json::to_value(Code::of(text.to_owned())).unwrap();
        assert_eq!(code["text"], text);
        let word = |name: &str| code[name].as_str().unwrap().to_owned();
        (word("kind"), word("would"))
    }

    #[test]
    fn each_code_has_a_kind_and_what_sayso_would_do() {
        for (text, kind, would) in [
            (BIND, "sayso-bind", "open-question"),
            ("sayso:bind?broker=https://login.example", "sayso-bind", "nothing"),
            (
                "sayso:register?broker=https://login.example&account=anna",
                "sayso-register",
                "register",
            ),
            ("sayso:register?account=anna&account=bo", "sayso-register", "nothing"),
            ("otpauth://totp/anna?secret=JBSWY3DP", "otpauth", "nothing"),
            ("otpauth-migration://offline?data=CjE", "otpauth-migration", "nothing"),
            ("https://bank.example/q/1", "link", "nothing"),
            ("WIFI:S:home;T:WPA;P:secret;;", "text", "nothing"),
        ] {
            assert_eq!(known(text), (kind.to_owned(), would.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_sentence_names_the_host_and_no_secret() {
        let words = Words::new(Language::English);
        assert_eq!(
            sentence(&words, BIND),
            "Login page of login.example. Sayso would ask its question."
        );
        assert_eq!(
            sentence(&words, "https://bank.example/q/1#k=secret"),
            "Web address at bank.example. Sayso would not open it."
        );
        for secret in [
            BIND,
            "sayso:bind?broker=https://b.example&secret=AAAAAAAAAAAAAAAAAAAAAA&secret=B",
            "otpauth://totp/anna?secret=AAAAAAAAAAAAAAAA",
            "otpauth-migration://offline?data=AAAAAAAA",
            "https://bank.example/AAAA",
            "https:///AAAA",
            "AAAA",
        ] {
            let said = sentence(&words, secret);
            assert!(!said.contains("AAAA") && said.split(". ").count() == 2, "{said}");
        }
    }

    #[test]
    fn a_host_of_any_length_is_shown_short() {
        let text = format!("https://{}/", "a.".repeat(2_000));
        assert!(sentence(&Words::new(Language::English), &text).len() < 120);
    }

    #[test]
    fn each_fault_of_the_reader_is_two_sentences() {
        let words = Words::new(Language::English);
        let faults = [
            Fault::Usage,
            Fault::NoPicture,
            Fault::NotAnImage,
            Fault::TooLarge,
            Fault::NoDisplay,
            Fault::NoScreen,
            Fault::Inside,
        ];
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        let others = [Unread::NotThere(missing), Unread::TimedOut, Unread::Died];
        for why in faults.map(Unread::Refused).into_iter().chain(others) {
            let said = unread(&why).sentences(&words);
            assert_eq!(said.split(". ").count(), 2, "{said}");
        }
    }
}
