//! What a page offers to bind it by: the button for this computer, and the way that the account's
//! settings chose.

use sayso_protocol::address::{Address, Origin};
use sayso_protocol::binding::Code;
use sayso_protocol::life::Standing;
use sayso_protocol::secret::PageSecret;
use sayso_words::{Words, say};

use super::qr::{self, Drawing};
use super::state::{self, Entry};
use crate::offer::{Chosen, Offer};
use crate::store::requests::Kept;

/// The ways of a page that waits for one, and the field for what was read out.
pub(in crate::page) struct Ways {
    pub(in crate::page) here: Option<Here>,
    pub(in crate::page) code: Option<CodeShown>,
    pub(in crate::page) qr: Option<QrShown>,
    pub(in crate::page) todo: Option<ToDo>,
    pub(in crate::page) field: Option<Field>,
}

/// The button for this computer.
pub(in crate::page) struct Here {
    pub(in crate::page) heading: String,
    pub(in crate::page) address: String,
    pub(in crate::page) open: String,
    pub(in crate::page) notes: [String; 2],
}

/// The code, for eyes, for ears and for the clipboard.
pub(in crate::page) struct CodeShown {
    pub(in crate::page) heading: String,
    pub(in crate::page) eyes: String,
    pub(in crate::page) ears: String,
    pub(in crate::page) clipboard: String,
    pub(in crate::page) copy: String,
    pub(in crate::page) copied: String,
    pub(in crate::page) copy_failed: String,
}

/// The QR code.
pub(in crate::page) struct QrShown {
    pub(in crate::page) what_for: String,
    pub(in crate::page) drawing: Drawing,
}

/// What to do with what the settings chose.
pub(in crate::page) struct ToDo {
    pub(in crate::page) heading: String,
    pub(in crate::page) steps: Vec<String>,
}

/// The field for the digits that Sayso reads out.
pub(in crate::page) struct Field {
    pub(in crate::page) heading: String,
    pub(in crate::page) label: String,
    pub(in crate::page) send: String,
    /// Whether it is its turn.
    pub(in crate::page) open: bool,
    pub(in crate::page) fault: Option<Fault>,
}

/// What was wrong with the last entry.
pub(in crate::page) struct Fault {
    /// Where it stands on the page.
    pub(in crate::page) id: &'static str,
    pub(in crate::page) text: String,
}

/// The name of what the settings chose, as sentences choose by it.
pub(super) fn chosen(offer: &Offer) -> &'static str {
    match offer.chosen {
        None => "link",
        Some(Chosen::Code(_)) => "code",
        Some(Chosen::Qr(_)) => "qr",
        Some(Chosen::Readout) => "readout",
    }
}

impl Ways {
    /// Of a request at the broker of this origin, after this entry in the field.
    pub(super) fn of(words: &Words, kept: &Kept, origin: &str, entry: Entry) -> Self {
        let pending = kept.life.standing() == Standing::Pending;
        let offer = kept.offer.as_ref().filter(|_| pending);
        let address = |secret: &PageSecret| address(kept, origin, secret);
        Self {
            here: offer.and_then(|offer| {
                let address = address(offer.link.as_ref()?)?;
                Some(here(words, offer, address))
            }),
            code: offer.and_then(Offer::code).map(|code| code_shown(words, code)),
            qr: offer
                .and_then(|offer| match &offer.chosen {
                    Some(Chosen::Qr(secret)) => address(secret),
                    Some(Chosen::Code(_) | Chosen::Readout) | None => None,
                })
                .and_then(|address| qr::draw(&address))
                .map(|drawing| QrShown { what_for: say!(words, "page-qr-image"), drawing }),
            todo: offer.and_then(|offer| to_do(words, offer)),
            field: kept
                .offer
                .as_ref()
                .filter(|offer| offer.chosen == Some(Chosen::Readout))
                .map(|_| field(words, kept, entry)),
        }
    }
}

fn address(kept: &Kept, origin: &str, secret: &PageSecret) -> Option<String> {
    let broker = Origin::parse(origin)?;
    Some(Address::Bind { broker, request: kept.id, secret: secret.clone() }.reveal())
}

fn here(words: &Words, offer: &Offer, address: String) -> Here {
    let chosen = chosen(offer);
    Here {
        heading: say!(words, "page-here-heading"),
        address,
        open: say!(words, "page-here-open"),
        notes: [
            say!(words, "page-here-nothing", chosen = chosen),
            say!(words, "page-here-default", chosen = chosen),
        ],
    }
}

fn code_shown(words: &Words, code: &Code) -> CodeShown {
    let ears = words.code_spoken(code.reveal());
    CodeShown {
        heading: say!(words, "page-code-heading"),
        eyes: words.code_shown(code.reveal()),
        copy: say!(words, "page-copy", code = &ears),
        ears: say!(words, "page-code-spoken", code = &ears),
        clipboard: code.for_clipboard(),
        copied: say!(words, "page-copied"),
        copy_failed: say!(words, "page-copy-failed"),
    }
}

fn to_do(words: &Words, offer: &Offer) -> Option<ToDo> {
    let steps = match offer.chosen.as_ref()? {
        Chosen::Code(_) => vec![say!(words, "page-do-give"), say!(words, "page-do-answer")],
        Chosen::Qr(_) => vec![say!(words, "page-do-scan"), say!(words, "page-do-answer")],
        Chosen::Readout => vec![say!(words, "page-do-take"), say!(words, "page-do-type")],
    };
    let unasked = say!(words, "page-do-unasked", chosen = chosen(offer));
    Some(ToDo {
        heading: say!(words, "page-do-heading", chosen = chosen(offer)),
        steps: steps.into_iter().chain([unasked]).collect(),
    })
}

fn field(words: &Words, kept: &Kept, entry: Entry) -> Field {
    Field {
        heading: say!(words, "page-enter-heading"),
        label: say!(words, "page-enter-label"),
        send: say!(words, "page-enter-send"),
        open: state::waits_for_digits(kept).is_some(),
        fault: state::fault(words, kept, entry),
    }
}
