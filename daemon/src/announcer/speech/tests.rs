//! The address, and a server that answers nothing.

use super::*;

#[test]
fn only_a_unix_socket_is_an_address_and_only_the_default_one_may_be_started() {
    let chosen = |named, runtime| {
        Address::choose(named, runtime).map(|a| (a.path.to_string_lossy().into_owned(), a.default))
    };
    let default = "/run/user/7/speech-dispatcher/speechd.sock";
    assert_eq!(chosen(None, Some("/run/user/7")), Some((default.into(), true)));
    assert_eq!(chosen(Some(""), Some("/run/user/7")), Some((default.into(), true)));
    let named = format!("unix_socket:{default}");
    assert_eq!(chosen(Some(&named), Some("/run/user/7")), Some((default.into(), true)));
    assert_eq!(chosen(Some("unix_socket:/x"), None), Some(("/x".into(), false)));
    assert_eq!(chosen(Some("inet_socket:host:6560"), Some("/run/user/7")), None);
    assert_eq!(chosen(None, None), None);
}

#[test]
fn an_utterance_in_a_log_does_not_show_its_text() {
    let utterance = Utterance {
        id: UtteranceId(3),
        text: "4 8 2, 9 1 3".into(),
        priority: Priority::Message,
        language: "en".into(),
    };
    assert_eq!(format!("{utterance:?}"), "Utterance(3, Message, en)");
}
