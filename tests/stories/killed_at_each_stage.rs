//! `saysod` dies (`SIGKILL`) at each stage of a login. Started again, it goes on where things
//! stand: approved once at the broker and in the history, and what is heard then is what holds.

use std::time::Duration;

use rig::browser::PlainBrowser;
use rig::cli::{self, Terminal};
use rig::daemon::{self, Daemon};
use rig::desktop::Desktop;
use rig::service::Returned;
use rig::speech::Ending;
use rig::story::{Login, Story};

/// The daemon is dead by now: reaps it, starts it again, and waits until it knows what stands.
async fn start_again(story: &mut Story) {
    let snapshots = story.broker.proxy().passed_named("link snapshot").len();
    story.daemon.kill();
    story.act("saysod is killed, and started again");
    story.daemon.start_again(&story.desktop).await;
    story.broker.proxy().wait_for("link snapshot", snapshots + 1).await;
}

/// The notification of the notice.
const NOTICE: &str = "log in? Answer: code";

/// Anna begins to log in; the notice is said and shown.
async fn log_in(story: &mut Story) -> Login {
    let login = story.log_in("CODE-1").await;
    story.wait_for_shown(NOTICE, 1).await;
    login
}

/// The rest of a login from a page whose notice was heard.
async fn approve(story: &Story, login: &mut Login) {
    story.approve(login).await;
}

/// Approved once: at the broker (which the transcript shows), for the service, in the history.
async fn end(story: Story, name: &str) {
    assert!(matches!(story.service.wait_for_return().await, Returned::Outcome(_)));
    assert_eq!(story.service.returned().len(), 1);
    story.wait_for_in_history("Approved: Example Bank, log in, account anna.", 1).await;
    story.end(name).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_notice_has_ended() {
    let heading = "\
Killed in the middle of a notice. The request is here, Sayso has begun to say so, and dies. Started
again, it gives the whole notice, and the login goes on as if nothing had happened.";
    let mut story = Story::begin(Desktop::builder(heading)).await;
    story.desktop.speech().take_per_message(Duration::from_secs(2));
    let mut login = story.open_login_page("CODE-1").await;
    story.desktop.speech().wait_for_begin("asks you to log in").await;
    story.desktop.session_bus().wait_for_notification(NOTICE).await;
    daemon::kill(story.daemon.id());
    story.desktop.speech().take_per_message(Duration::from_millis(20));
    story.desktop.speech().wait_for("asks you to log in").await;
    start_again(&mut story).await;
    story.desktop.speech().wait_for("The code is on the page").await;
    story.wait_for_shown(NOTICE, 2).await;
    approve(&story, &mut login).await;
    end(story, "killed-before-the-notice-ended").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_notice() {
    let heading = "\
Killed after the notice. Sayso has told Anna of the login, and dies. Started again, it tells her
once more, because it still waits, and she approves.";
    let mut story = Story::begin(Desktop::builder(heading)).await;
    let mut login = log_in(&mut story).await;
    start_again(&mut story).await;
    let again = story.desktop.speech().wait_for_nth("The code is on the page", 2).await;
    assert_eq!(again.ending, Ending::Whole);
    story.wait_for_shown(NOTICE, 2).await;
    approve(&story, &mut login).await;
    end(story, "killed-after-the-notice").await;
}

/// Anna answers the question that the started daemon asks by voice.
async fn answer_by_command(story: &mut Story, login: &mut Login) {
    let question = story.desktop.speech().wait_for("Approve or deny?").await;
    assert_eq!(question.ending, Ending::Whole);
    story.desktop.session_bus().wait_for_notification("Approve or deny").await;
    let mut terminal = Terminal::sayso(&story.desktop, &["approve"]);
    login.go_on("Approved", story.transcript()).await;
    terminal.wait_for_status(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn between_the_code_and_its_answer() {
    let heading = "\
Killed after the code was sent. The broker has taken it; the answer never reaches Sayso. Started
again, Sayso knows that the code was right, and asks the question.";
    let mut story = Story::begin(Desktop::builder(heading)).await;
    let mut login = log_in(&mut story).await;
    let mut held = story.broker.proxy().hold("answer to POST /v1/bindings");
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    held.arrived().await;
    daemon::kill(story.daemon.id());
    held.lose();
    terminal.wait_for_status(3).await;
    start_again(&mut story).await;
    answer_by_command(&mut story, &mut login).await;
    end(story, "killed-after-the-code").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_question_is_open() {
    let heading = "\
Killed while the question is open. Anna sees it in her terminal and answers a Sayso that is dead:
nothing is approved. Started again, Sayso asks anew, and takes her answer.";
    let mut story = Story::begin(Desktop::builder(heading)).await;
    let mut login = log_in(&mut story).await;
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    story.act("saysod is killed");
    story.daemon.kill();
    terminal.type_line("approve");
    terminal.wait_for_status(3).await;
    start_again(&mut story).await;
    answer_by_command(&mut story, &mut login).await;
    end(story, "killed-at-the-question").await;
}

/// Anna approves; the daemon dies when the message of this name is on its way, which is lost.
async fn approve_and_die(story: &mut Story, login: &Login, message: &str) {
    let mut held = story.broker.proxy().hold(message);
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    held.arrived().await;
    daemon::kill(story.daemon.id());
    held.lose();
    terminal.wait_for_status(3).await;
    start_again(story).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_decision_is_sent() {
    let heading = "\
Killed before the decision is sent. Anna has approved, Sayso has written it down, and dies. Started
again, it sends what she decided; she need not answer twice, and hears how it ended.";
    let mut story = Story::begin(Desktop::builder(heading)).await;
    let mut login = log_in(&mut story).await;
    approve_and_die(&mut story, &login, "POST /v1/requests/*/decision").await;
    login.go_on("Approved", story.transcript()).await;
    story.desktop.speech().wait_for("Approved. You are logged in at Example Bank.").await;
    end(story, "killed-before-sending").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_decision_is_answered() {
    let heading = "\
Killed before the broker's answer. The broker has the approval; Sayso dies before it knows. Started
again, it sends the same bytes once more, which count once, and Anna hears how it ended.";
    let mut story = Story::begin(Desktop::builder(heading)).await;
    let mut login = log_in(&mut story).await;
    approve_and_die(&mut story, &login, "answer to POST /v1/requests/*/decision").await;
    let sent = story.broker.proxy().wait_for("POST /v1/requests/*/decision", 2).await;
    let first = story.broker.proxy().passed_named("POST /v1/requests/*/decision").remove(0);
    assert!(sent.body == first.body, "the same bytes are sent again");
    login.go_on("Approved", story.transcript()).await;
    story.desktop.speech().wait_for("Approved. You are logged in at Example Bank.").await;
    end(story, "killed-before-the-answer").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_result_is_told() {
    let heading = "\
Killed before the result is told. The broker has answered, the service has fetched the approval, and
Sayso dies before it can say so. Started again, it says so; started once more, it says nothing.";
    let mut story = Story::begin(Desktop::builder(heading)).await;
    let mut login = log_in(&mut story).await;
    let mut held = story.broker.proxy().hold("link collected");
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    story.wait_for_question(&mut terminal).await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    held.arrived().await;
    story.wait_for_answers().await;
    daemon::kill(story.daemon.id());
    held.lose();
    terminal.wait_for_status(3).await;
    start_again(&mut story).await;
    story.desktop.speech().wait_for("Approved. You are logged in at Example Bank.").await;
    nothing_more_is_said(&mut story).await;
    end(story, "killed-before-telling").await;
}

/// Started once more, the daemon has nothing to tell: a new login is the next thing that is heard.
async fn nothing_more_is_said(story: &mut Story) {
    let snapshots = story.broker.proxy().passed_named("link snapshot").len();
    story.act("saysod is ended, and started again");
    story.daemon.stop().await;
    story.daemon.start_again(&story.desktop).await;
    story.broker.proxy().wait_for("link snapshot", snapshots + 1).await;
    let said = story.desktop.speech().said().len();
    // The daemon answers after it has taken the snapshot in.
    let status = cli::run_silently(cli::sayso(&story.desktop, &["requests"]), "").await;
    assert_eq!(status.status, 0, "{}", status.err);
    story.act("in another browser: Anna begins to log in again");
    let mut browser = PlainBrowser::new("en");
    let page = browser.go(&story.service.login_address(rig::story::ACCOUNT)).await;
    story.transcript().name_code(&page.code().expect("a code"), "CODE-2");
    story.desktop.speech().wait_for_nth("The code is on the page", 2).await;
    story.wait_for_shown(NOTICE, 2).await;
    let next = story.desktop.speech().said().remove(said);
    assert!(next.text.contains("asks you to log in"), "{next:?}\n{}", Daemon::log(&story.desktop));
    let ran = cli::run(&story.desktop, &["deny"]).await;
    assert_eq!(ran.status, 1, "{}", ran.err);
    story.desktop.speech().wait_for("Denied. Nobody was logged in.").await;
}
