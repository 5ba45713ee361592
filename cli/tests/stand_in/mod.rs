//! A stand-in for the daemon's contract, in the commands' own tests.

#![allow(clippy::used_underscore_binding, reason = "zbus's own code hands them over")]

use std::sync::{Arc, Mutex};

use sayso_protocol::bus::{self, Place, Question, Step};
use tokio::net::UnixStream;
use zbus::connection::Builder;

/// What the daemon does, and what it was told.
#[derive(Clone, Default)]
pub(crate) struct Daemon {
    told: Arc<Mutex<Vec<String>>>,
}

impl Daemon {
    fn note(&self, line: String) {
        self.told.lock().unwrap().push(line);
    }

    pub(crate) fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    /// The request's id chooses how it goes.
    fn answered(&self, verdict: &str, id: &str, token: &str) -> Result<bus::Answer, bus::Error> {
        self.note(format!("{verdict} {id} {token}"));
        let result = match (verdict, id) {
            (_, "late") => return Err(bus::Error::Expired("Too late. Start again.".into())),
            (_, "locked") => return Err(bus::Error::Locked("Locked. Unlock.".into())),
            (_, "kept") => bus::Result::Kept,
            (_, "ended") => bus::Result::Ended,
            ("approve", "digits") => bus::Result::Readout,
            ("approve", _) => bus::Result::Approved,
            _ => bus::Result::Denied,
        };
        Ok(bus::Answer { id: id.into(), result, sentence: "Said.".into() })
    }
}

fn question(id: &str) -> Question {
    Question {
        id: id.into(),
        before: "Code correct. One question left.".into(),
        text: "Log in at Example Bank as Anna? Approve or deny?".into(),
        lang: "en".into(),
        token: "token".into(),
        expires_at: i64::MAX,
    }
}

struct Requests(Daemon);

#[zbus::interface(name = "org.sayso.Approver1.Requests")]
impl Requests {
    fn next(&self, place: Place) -> bus::Next {
        self.0.note(format!("next {place:?}"));
        bus::Next {
            step: Step::Code,
            sentence: "Example Bank asks you to log in.".into(),
            choices: vec![],
        }
    }

    fn enter(&self, code: &str, account: &str, _place: Place) -> Result<Question, bus::Error> {
        self.0.note(format!("enter {code} {account}"));
        match code {
            "111111" => Err(bus::Error::WrongCode("Wrong code. Read it again.".into())),
            "12345" => Err(bus::Error::NotACode("Five digits. It has six.".into())),
            "999999" => Err(bus::Error::Offline("No connection. Try again.".into())),
            _ => Ok(question("r1")),
        }
    }

    #[expect(clippy::unused_self, reason = "that is how an interface is written")]
    fn code_accounts(&self, _place: Place) -> Vec<bus::Choice> {
        Vec::new()
    }

    fn open(&self, address: &str, place: Place) -> Result<Question, bus::Error> {
        self.0.note(format!("open {address} {place:?}"));
        match address {
            "sayso:soon" => Err(bus::Error::TooSoon("Not looked at. Try again.".into())),
            "sayso:other" => Err(bus::Error::NotAnAddress("Not ours. Close its page.".into())),
            _ => Ok(question("r1")),
        }
    }

    fn take(&self, id: &str, place: Place) -> Question {
        self.0.note(format!("take {id} {place:?}"));
        question(id)
    }

    fn readout(&self, id: &str, place: Place) -> bus::Readout {
        self.0.note(format!("readout {id} {place:?}"));
        let code = if place == Place::Nowhere { "" } else { "482913" };
        bus::Readout {
            id: id.into(),
            code: code.into(),
            sentence: "Type on the page: 4 8 2, 9 1 3.".into(),
            expires_at: i64::MAX,
        }
    }

    fn say_readout(&self, id: &str, aloud: bus::Aloud, _at: Place) -> Result<(), bus::Error> {
        self.0.note(format!("say {id} {aloud:?}"));
        match aloud {
            bus::Aloud::AsSet => Err(bus::Error::Loud("No headphones. Yes or no.".into())),
            bus::Aloud::Here => Ok(()),
        }
    }

    fn how_it_ended(&self, id: &str) -> Result<bus::Answer, bus::Error> {
        self.0.note(format!("how {id} ended"));
        Err(bus::Error::NoRequest("It has not ended. Wait.".into()))
    }

    fn question(&self, id: &str, place: Place) -> Question {
        self.0.note(format!("question {id} {place:?}"));
        question(id)
    }

    fn approve(&self, id: &str, token: &str, _at: Place) -> Result<bus::Answer, bus::Error> {
        self.0.answered("approve", id, token)
    }

    fn deny(&self, id: &str, token: &str, _at: Place) -> Result<bus::Answer, bus::Error> {
        self.0.answered("deny", id, token)
    }

    fn report(&self, id: &str, token: &str, _at: Place) -> Result<bus::Answer, bus::Error> {
        self.0.answered("report", id, token)
    }

    async fn attend(&self, after: u64) -> (u64, Vec<bus::AttendLine>) {
        if after > 0 {
            std::future::pending::<()>().await;
        }
        let text = "Example Bank asks you to log in.".into();
        (1, vec![bus::AttendLine { id: "r1".into(), text, bell: true }])
    }

    fn attended(&self, after: u64) {
        self.0.note(format!("attended {after}"));
    }
}

/// No voice and no notification server; account `silent` has no preferences either.
struct Voice(Daemon);

#[allow(clippy::unused_self, reason = "methods of the contract")]
#[zbus::interface(name = "org.sayso.Approver1.Voice")]
impl Voice {
    fn preferences(&self) -> Result<bus::Preferences, bus::Error> {
        if self.0.told() == ["register silent"] {
            return Err(bus::Error::Store("The store is full. Make room.".into()));
        }
        Ok(bus::Preferences { language: "en".into(), ..bus::Preferences::default() })
    }

    fn voices(&self) -> Vec<String> {
        vec!["Storm".into()]
    }

    fn try_channel(&self, _channel: bus::Channel) -> bool {
        false
    }

    fn prefer(&self, _preferences: bus::Preferences) {}
}

struct Accounts(Daemon);

#[allow(clippy::unused_self, reason = "a method of the contract")]
#[zbus::interface(name = "org.sayso.Approver1.Accounts")]
impl Accounts {
    fn register(&self, registration: bus::Registration) -> String {
        let bus::Registration { account, .. } = registration;
        self.0.note(format!("register {account}"));
        "Done. You can answer for anna.".into()
    }

    fn list(&self, _place: bus::Place) -> Vec<bus::AccountLine> {
        Vec::new()
    }

    fn status(&self) -> bus::Status {
        bus::Status {
            waiting: 1,
            accounts: 1,
            connected: 1,
            speak_codes: "private".into(),
            locked: false,
            speech: true,
            notifications: true,
            language: "en".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            sentences: vec!["One request is waiting.".into()],
        }
    }

    fn verify_history(&self) -> bus::Verified {
        bus::Verified { whole: false, sentence: "It was changed. Tell them.".into() }
    }
}

/// The daemon at the other end of a command's connection. It lives as long as what comes back.
pub(crate) async fn serve(daemon: &Daemon, stream: UnixStream) -> zbus::Connection {
    Builder::unix_stream(stream)
        .server(zbus::Guid::generate())
        .unwrap()
        .p2p()
        .serve_at(bus::PATH, Requests(daemon.clone()))
        .unwrap()
        .serve_at(bus::PATH, Accounts(daemon.clone()))
        .unwrap()
        .serve_at(bus::PATH, Voice(daemon.clone()))
        .unwrap()
        .build()
        .await
        .unwrap()
}
