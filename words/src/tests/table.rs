//! The sentences that stories are told with, word for word as they were found and measured.

use std::time::Duration;

use crate::languages::Language;
use crate::say;
use crate::sentences::Words;

fn both(say: impl Fn(&Words) -> String) -> [String; 2] {
    Language::ALL.map(|language| say(&Words::new(language)))
}

fn clock(words: &Words) -> String {
    words.clock(jiff::civil::time(14, 5, 0, 0))
}

#[test]
fn a_notice_says_who_asks_for_what_then_the_rest() {
    let login = |risk| {
        both(move |words| {
            say!(
                words,
                "notice-login",
                sayso = "Sayso.",
                service = "Example Bank",
                risk = risk,
                place = "Berlin"
            )
        })
    };
    assert_eq!(
        login("none"),
        ["Sayso. Example Bank asks you to log in.", "Sayso. Example Bank beder dig logge ind."]
    );
    assert_eq!(
        login("place"),
        [
            "Sayso. Careful: from Berlin, not here. Example Bank asks you to log in.",
            "Sayso. Pas på: fra Berlin, ikke herfra. Example Bank beder dig logge ind."
        ]
    );
    assert_eq!(
        login("network")[0],
        "Sayso. Careful: from another network. Example Bank asks you to log in."
    );
    let payment = |words: &Words| {
        let amount = words.amount(150_000, "DKK");
        say!(
            words,
            "notice-payment",
            sayso = "Sayso.",
            service = "Nordic Rail",
            amount = amount,
            risk = "none"
        )
    };
    assert_eq!(
        both(payment),
        [
            "Sayso. Nordic Rail asks you to pay 1500 kroner.",
            "Sayso. Nordic Rail beder dig betale 1500 kroner."
        ]
    );
    let tail = |words: &Words| {
        let left = words.time_left(Duration::from_mins(5));
        say!(words, "notice-tail", account = "Anna", near = "same", left = left)
    };
    assert_eq!(
        both(tail),
        [
            "Account Anna, this network. The code is on the page. Five minutes.",
            "Konto Anna, dette netværk. Koden står på siden. Fem minutter."
        ]
    );
}

#[test]
fn a_question_ends_in_its_two_answers() {
    let login =
        |words: &Words| say!(words, "question-login", service = "Example Bank", account = "Anna");
    assert_eq!(
        both(login),
        [
            "Log in at Example Bank as Anna? Approve or deny?",
            "Log ind hos Example Bank som Anna? Godkend eller afvis?"
        ]
    );
    let payment = |words: &Words| {
        let amount = words.amount(150_000, "DKK");
        let digits = words.amount_digits(150_000, "DKK");
        say!(words, "question-payment", amount = amount, digits = digits, payee = "Nordic Rail")
    };
    assert_eq!(
        both(payment),
        [
            "Pay 1500 kroner to Nordic Rail? Digits: 1 5 0 0. Approve or deny?",
            "Betal 1500 kroner til Nordic Rail? Cifre: 1 5 0 0. Godkend eller afvis?"
        ]
    );
}

#[test]
fn a_code_is_right_wrong_or_not_a_code() {
    assert_eq!(
        both(|words| say!(words, "code-correct")),
        ["Code correct. One question left.", "Koden er rigtig. Ét spørgsmål tilbage."]
    );
    assert_eq!(
        both(|words| say!(words, "code-wrong", tries = 4)),
        [
            "Wrong code. Four tries left. Read the page again.",
            "Forkert kode. Fire forsøg tilbage. Læs siden igen."
        ]
    );
    assert_eq!(
        both(|words| say!(words, "code-wrong", tries = 1))[0],
        "Wrong code. One try left. Read the page again."
    );
    let blocked = |words: &Words| {
        say!(words, "code-wrong-blocked", wait = words.wait(Duration::from_secs(30)))
    };
    assert_eq!(
        both(blocked),
        [
            "Wrong code, five times. Wait half a minute, then type it again.",
            "Forkert kode, fem gange. Vent et halvt minut, og tast igen."
        ]
    );
    assert_eq!(
        both(|words| say!(words, "code-length", digits = 5)),
        ["That was five digits. The code has six.", "Det var fem cifre. Koden har seks."]
    );
    assert_eq!(
        both(|words| say!(words, "code-length", digits = 0)),
        [
            "That was no code. The code has six digits.",
            "Det var ikke en kode. Koden har seks cifre."
        ]
    );
}

#[test]
fn a_result_begins_with_its_own_word() {
    let with = |id: &'static str| both(move |words| say!(words, id, service = "Example Bank"));
    assert_eq!(
        with("approved-login"),
        [
            "Approved. You are logged in at Example Bank.",
            "Godkendt. Du er logget ind hos Example Bank."
        ]
    );
    assert_eq!(
        with("approved-not-fetched"),
        [
            "Approved. Example Bank has not fetched it yet. Look at the page.",
            "Godkendt. Example Bank har ikke hentet svaret endnu. Se på siden."
        ]
    );
    assert_eq!(
        with("denied-login"),
        ["Denied. Nobody was logged in.", "Afvist. Ingen blev logget ind."]
    );
    assert_eq!(
        with("reported-login"),
        ["Denied and reported. Nobody was logged in.", "Afvist og anmeldt. Ingen blev logget ind."]
    );
    assert_eq!(
        with("too-late"),
        [
            "Too late. Example Bank's request has ended. Start again on its page.",
            "For sent. Example Banks anmodning er slut. Begynd forfra på siden."
        ]
    );
    assert_eq!(
        both(|words| say!(words, "not-sent", until = clock(words))),
        [
            "Not sent yet: no connection. Sayso keeps trying until 14:05.",
            "Ikke sendt endnu: ingen forbindelse. Sayso prøver igen til klokken 14.05."
        ]
    );
}

#[test]
fn what_waits_is_said_in_one_breath() {
    assert_eq!(
        both(|words| say!(words, "one-more", service = "Nordic Rail", open = "Example Bank")),
        [
            "One more waiting: Nordic Rail. First answer Example Bank.",
            "Én til venter: Nordic Rail. Svar først Example Bank."
        ]
    );
    let left = |words: &Words| {
        let left = words.time_left(Duration::from_mins(1));
        say!(words, "time-left-for", left = left, service = "Example Bank")
    };
    assert_eq!(
        both(left),
        ["One minute left for Example Bank.", "Ét minut tilbage til Example Bank."]
    );
    assert_eq!(
        both(|words| say!(words, "locked-waiting", count = 1)),
        [
            "Sayso. One request is waiting. Unlock to hear it.",
            "Sayso. Én anmodning venter. Lås op for at høre den."
        ]
    );
}

#[test]
fn speech_says_when_it_goes_and_when_it_is_back() {
    assert_eq!(
        both(|words| say!(words, "speech-gone")),
        [
            "Sayso cannot speak. It writes here instead.",
            "Sayso kan ikke tale. Den skriver her i stedet."
        ]
    );
    let back = |words: &Words| {
        let left = words.time_left(Duration::from_mins(2));
        let what = say!(words, "action-login");
        say!(words, "speech-back", count = 1, service = "Example Bank", what = what, left = left)
    };
    assert_eq!(
        both(back),
        [
            "Speech is back. One waiting: Example Bank, log in. Two minutes.",
            "Talen er tilbage. Én venter: Example Bank, log ind. To minutter."
        ]
    );
}
