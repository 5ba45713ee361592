//! The connection is cut right before and right after each named message, on its way to Sayso and to the
//! broker. Each login is announced once, answered once and stored once, and its service has its outcome.

use rig::cli::Terminal;
use rig::desktop::Desktop;
use rig::processes::wait_until;
use rig::service::Returned;
use rig::story::{ACCOUNT, Story};
use rusqlite::Connection;
use serde_json::Value;

const LINK: &str = "\
The link is cut before and after each message that the broker says on it, in a login each.";

const CALLS: &str = "\
Each call of Sayso is cut on its way to the broker, at the broker, and on its way back, in a login each.";

/// On which side of a message the connection ends.
#[derive(Debug, Clone, Copy)]
enum Side {
    /// It is lost.
    Before,
    /// It is the last one.
    After,
}

/// The types of all messages on the link, as the description of the interface lists them, which
/// another test holds to the code.
fn link_messages() -> Vec<String> {
    let described = include_str!("../../docs/openapi.json");
    let described: Value = serde_json::from_str(described).expect("JSON");
    let kinds = described["components"]["schemas"]["FromBroker"]["oneOf"].as_array();
    let kind = |one: &Value| one["properties"]["type"]["const"].as_str().map(str::to_owned);
    let names: Vec<_> = kinds.into_iter().flatten().filter_map(kind).collect();
    assert!(names.len() > 5, "{names:?}");
    names
}

fn cut(story: &Story, name: &str, side: Side) {
    story.act(&format!("the connection is cut: {side:?} {name}"));
    match side {
        Side::Before => story.broker.proxy().cut(name),
        Side::After => story.broker.proxy().cut_after(name),
    }
}

/// Anna changes a setting, so that a message tells of it.
async fn change(story: &Story, side: Side) {
    let value = match side {
        Side::Before => "off",
        Side::After => "on",
    };
    let mut terminal = Terminal::sayso(&story.desktop, &["settings", "same_device", value]);
    terminal.read_until("Answer:").await;
    terminal.type_line("yes");
    assert_eq!(terminal.wait_for_end().await.0, 0, "{}", terminal.screen());
}

/// Anna logs in for the `count`th time, and gives her code as often as it takes.
async fn log_in(story: &mut Story, entering: &[i32], count: usize) {
    let mut login = story.log_in(&format!("CODE-{count}")).await;
    for status in entering {
        let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
        assert_eq!(terminal.wait_for_end().await.0, *status, "{}", terminal.screen());
    }
    let mut terminal = Terminal::sayso(&story.desktop, &["enter", &login.code]);
    terminal.read_until("Answer:").await;
    terminal.type_line("approve");
    login.go_on("Approved", story.transcript()).await;
    // Where the answer was lost, Sayso says so and goes on sending.
    let (status, rest) = terminal.wait_for_end().await;
    assert!([0, 4].contains(&status), "{status}: {rest}");
    let returned = story.service.wait_for_nth_return(count).await;
    assert!(matches!(returned, Returned::Outcome(_)), "{returned:?}");
}

/// Sayso starts anew: a link that is cut again and again is given up for calls that wait.
async fn start_anew(story: &mut Story) {
    story.daemon.stop().await;
    let links = story.broker.proxy().passed_named("link snapshot").len();
    story.daemon.start_again(&story.desktop).await;
    story.broker.proxy().wait_for("link snapshot", links + 1).await;
    story.wait_for_connected(ACCOUNT).await;
}

/// The cut that this login was for has happened.
async fn is_cut(story: &Story, name: &str) {
    let passed = || {
        let names = story.broker.proxy().passed().into_iter().map(|one| one.name);
        format!("passed so far: {:#?}", names.collect::<Vec<_>>())
    };
    wait_until(name, passed, || story.broker.proxy().is_done().then_some(())).await;
}

/// Whatever was cut: all is there once.
async fn once_each(mut story: Story, count: usize) {
    story.wait_for_answers().await;
    let said = story.desktop.speech().said();
    let announced = said.iter().filter(|one| one.text.contains("asks you to log in")).count();
    assert_eq!(announced, count, "{said:#?}");
    assert_eq!(story.service.returned().len(), count);
    story.wait_for_in_history("Approved: Example Bank, log in, account anna.", count).await;
    story.broker.stop().await;
    let store = Connection::open(story.broker.database()).expect("a store");
    for query in [
        "SELECT COUNT(*) FROM decisions",
        "SELECT COUNT(*) FROM requests WHERE collected_at IS NOT NULL",
        "SELECT COUNT(*) FROM requests",
    ] {
        let kept: i64 = store.query_row(query, [], |row| row.get(0)).expect("a count");
        assert_eq!(usize::try_from(kept), Ok(count), "{query}");
    }
    story.broker.must(&["audit", "verify"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_is_cut_at_each_message() {
    let mut story = Story::begin(Desktop::builder(LINK)).await;
    let mut count = 0;
    for kind in link_messages() {
        for side in [Side::Before, Side::After] {
            count += 1;
            start_anew(&mut story).await;
            let name = format!("link {kind}");
            cut(&story, &name, side);
            match &*kind {
                "snapshot" => {
                    story.broker.proxy().network_down();
                    story.broker.proxy().network_up();
                }
                "change" => change(&story, side).await,
                "request" | "request_changed" | "request_ended" | "collected" => {}
                other => panic!("nothing is told of a link that is cut at {other}"),
            }
            log_in(&mut story, &[], count).await;
            is_cut(&story, &name).await;
        }
    }
    once_each(story, count).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calls_are_cut_on_their_way_and_back() {
    let mut story = Story::begin(Desktop::builder(CALLS)).await;
    let (time, bind) = ("GET /v1/time", "POST /v1/bindings");
    let decide = "POST /v1/requests/*/decision";
    let cuts: [(String, Side, &[i32]); 8] = [
        (time.into(), Side::Before, &[4]),
        (format!("answer to {time}"), Side::After, &[4]),
        (bind.into(), Side::Before, &[4]),
        (bind.into(), Side::After, &[4]),
        (format!("answer to {bind}"), Side::After, &[]),
        (decide.into(), Side::Before, &[]),
        (decide.into(), Side::After, &[]),
        (format!("answer to {decide}"), Side::After, &[]),
    ];
    let count = cuts.len();
    for ((name, side, entering), count) in cuts.into_iter().zip(1..) {
        cut(&story, &name, side);
        log_in(&mut story, entering, count).await;
        is_cut(&story, &name).await;
    }
    once_each(story, count).await;
}
