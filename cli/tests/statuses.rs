//! What a command prints, asks and ends with for each answer of the daemon. The daemon here is a
//! stand-in for its contract; `tests/stories` has the real one.

#[cfg(test)]
mod stand_in;

#[cfg(test)]
mod tests {
    use sayso::command_line::{Enter, History, Which};
    use sayso::commands::{answer, attend, decide, enter, history};
    use sayso::door::Door;
    use sayso::exit::Status;
    use sayso::output::Output;
    use sayso::prompt::Prompt;
    use sayso::prompt::terminal::Terminal;
    use sayso::session::Session;
    use tokio::net::UnixStream;

    use super::stand_in::{self, Daemon};

    /// A command's session with this daemon. The daemon lives as long as its connection.
    async fn session(daemon: &Daemon) -> (Session, zbus::Connection) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let (connection, door) = tokio::join!(stand_in::serve(daemon, theirs), Door::greet(ours));
        (Session::new(door.unwrap(), Output::plain()), connection)
    }

    fn typing(text: &'static str) -> Prompt {
        Prompt::Terminal(Terminal::reading(text.as_bytes(), Output::plain()))
    }

    fn nowhere() -> Prompt {
        Prompt::Nowhere(Output::plain())
    }

    fn code(digits: &str) -> Enter {
        Enter { code: vec![digits.to_owned()], account: None, clipboard: false }
    }

    #[tokio::test]
    async fn a_wrong_code_is_asked_again_and_the_question_answered_with_its_token() {
        let daemon = Daemon::default();
        let (session, _daemon) = session(&daemon).await;
        let mut prompt = typing("12345\n482 913\n\nmaybe\nyes\n");
        let status = enter::run(&session, &mut prompt, code("111111")).await.unwrap();
        assert_eq!(status, Status::Done);
        assert_eq!(
            daemon.told(),
            ["enter 111111 ", "enter 12345 ", "enter 482 913 ", "approve r1 token"]
        );
    }

    #[tokio::test]
    async fn no_answer_sends_nothing() {
        let daemon = Daemon::default();
        let (session, _daemon) = session(&daemon).await;
        let status = enter::run(&session, &mut typing("\n"), code("482913")).await.unwrap();
        assert_eq!(status, Status::WrongUse);
        assert_eq!(daemon.told(), ["enter 482913 "]);
    }

    #[tokio::test]
    async fn the_next_step_goes_from_the_code_to_the_answer() {
        let daemon = Daemon::default();
        let (session, _daemon) = session(&daemon).await;
        let status = answer::run(&session, &mut typing("482913\nanmeld\n")).await.unwrap();
        assert_eq!(status, Status::Denied);
        assert_eq!(daemon.told(), ["next Terminal", "enter 482913 ", "report r1 token"]);
    }

    #[tokio::test]
    async fn without_a_prompt_the_question_is_left_open() {
        let daemon = Daemon::default();
        let (session, _daemon) = session(&daemon).await;
        let mut nowhere = Prompt::Nowhere(Output::plain());
        let status = enter::run(&session, &mut nowhere, code("482913")).await.unwrap();
        assert_eq!(status, Status::Done);
        let failure = enter::run(&session, &mut nowhere, code("111111")).await.unwrap_err();
        assert_eq!((failure.status, failure.name), (Status::Refused, "wrong-code"));
        assert_eq!(daemon.told(), ["enter 482913 ", "enter 111111 "]);
    }

    #[tokio::test]
    async fn an_unreachable_broker_is_no_wrong_code() {
        let daemon = Daemon::default();
        let (session, _daemon) = session(&daemon).await;
        let mut prompt = typing("482913\nyes\n");
        let failure = enter::run(&session, &mut prompt, code("999999")).await.unwrap_err();
        assert_eq!((failure.status, failure.name), (Status::Refused, "offline"));
        assert_eq!(daemon.told(), ["enter 999999 "]);
    }

    #[tokio::test]
    async fn each_way_a_request_can_go_has_its_exit_status() {
        let daemon = Daemon::default();
        let (session, _daemon) = session(&daemon).await;
        let which = |id: &str| Which { id: Some(id.to_owned()) };
        for (id, number) in [("r1", 0), ("kept", 4), ("ended", 5)] {
            let status = decide::approve(&session, &mut nowhere(), which(id)).await.unwrap();
            assert_eq!(status.number(), number, "{id}");
        }
        for (id, number) in [("late", 5), ("locked", 4)] {
            let failure = decide::approve(&session, &mut nowhere(), which(id)).await.unwrap_err();
            assert_eq!(failure.status.number(), number, "{id}");
        }
        assert_eq!(
            decide::deny(&session, &mut nowhere(), Which { id: None }).await.unwrap(),
            Status::Denied
        );
        assert_eq!(
            decide::report(&session, &mut nowhere(), which("r1")).await.unwrap(),
            Status::Denied
        );
    }

    #[tokio::test]
    async fn a_broken_history_is_not_zero() {
        let (session, _daemon) = session(&Daemon::default()).await;
        let verify = History { verify: true, count: 20 };
        assert_eq!(history::run(&session, verify).await.unwrap(), Status::Denied);
    }

    #[tokio::test]
    async fn an_attending_terminal_takes_a_code_and_an_answer() {
        let daemon = Daemon::default();
        let (session, _daemon) = session(&daemon).await;
        let mut prompt = typing("482913\n\nj\n");
        let status = attend::run(&session, &mut prompt).await.unwrap();
        assert_eq!(status, Status::Done);
        let told = daemon.told();
        let acts: Vec<&str> =
            told.iter().map(String::as_str).filter(|line| !line.starts_with("attended")).collect();
        assert_eq!(acts, ["enter 482913 ", "approve r1 token"]);
        assert_eq!(told.len(), 5, "each typed line is a sign of life: {told:?}");
    }

    #[tokio::test]
    async fn a_daemon_that_goes_away_is_not_there() {
        let daemon = Daemon::default();
        let (session, connection) = session(&daemon).await;
        connection.close().await.unwrap();
        let failure = decide::deny(&session, &mut nowhere(), Which { id: None }).await.unwrap_err();
        assert_eq!(failure.status, Status::NotThere);
    }

    #[tokio::test]
    async fn digits_follow_an_approval_and_are_said_aloud_only_after_a_yes() {
        for (typed, said) in
            [("", 0), ("\n", 0), ("what\n", 0), ("say\nno\n\n", 1), ("sig\nja\n", 2)]
        {
            let daemon = Daemon::default();
            let (session, _daemon) = session(&daemon).await;
            let which = Which { id: Some("digits".to_owned()) };
            let mut prompt = typing(typed);
            let status = decide::approve(&session, &mut prompt, which).await.unwrap();
            assert_eq!(status, Status::Done);
            let told = daemon.told();
            assert_eq!(told[..2], ["approve digits ", "readout digits Terminal"]);
            let expected = ["say digits AsSet", "say digits Here"];
            let aloud: Vec<_> = told.iter().filter(|line| line.starts_with("say")).collect();
            assert_eq!(aloud, expected.iter().take(said).collect::<Vec<_>>(), "{typed:?}");
        }
    }
}
