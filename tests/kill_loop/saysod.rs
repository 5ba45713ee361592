//! The daemon is killed while its person logs in, who goes on as a person does: by `sayso`, until it
//! says how it ended. One login is answered with yes, the next with no.

use std::process::ExitCode;
use std::time::Duration;

use rig::cli::{self, Terminal};
use rig::clock;
use rig::daemon::Daemon;
use rig::desktop::Desktop;
use rig::service::{Returned, Service};
use rig::story::{ACCOUNT, Login, Story};
use sayso_protocol::decision::Verdict;
use serde_json::json;

use crate::ledger::{Ledger, Told};
use crate::login::path_of;
use crate::{report, tell};

const HEADING: &str = "A daemon that is killed again and again.";
/// The daemon lives so long at most, once the login has begun.
const LIFE: Duration = Duration::from_millis(1500);
/// A person who has tried so often gives up, and that is a fault.
const TRIES: usize = 100;
/// What a person never hears of a login that they answer in time.
const WRONG: [&str; 6] =
    ["Too late", "Wrong code", "Another computer", "edited", "Careful", "not reach"];

/// Kills it so often; whether all is as everybody was told.
pub async fn run(kills: u32) -> ExitCode {
    let mut story = Story::begin(Desktop::builder(HEADING)).await;
    let (mut told, mut faults) = (Vec::new(), Vec::new());
    let begun = clock::start();
    for number in 1..=kills {
        let verdict = if number % 2 == 1 { Verdict::Approve } else { Verdict::Deny };
        let before = story.desktop.speech().said().len();
        let known = faults.len();
        let Story { daemon, desktop, service, .. } = &mut story;
        let (_, ended) =
            tokio::join!(kill(daemon, desktop), log_in(desktop, service, verdict, number));
        match ended {
            Ok((one, screens)) => {
                let heard = heard(&mut story.desktop, before, &screens, verdict).await;
                faults.extend(heard.err().map(|fault| format!("{}: {fault}", one.id)));
                told.push(one);
            }
            Err(fault) => faults.push(fault),
        }
        for fault in &faults[known..] {
            tell(&format!("fault after {number} kills: {fault}"));
        }
        if number % 100 == 0 {
            tell(&format!("killed {number} times in {:.0?}", begun.elapsed()));
        }
    }
    let history = cli::run_silently(cli::sayso(&story.desktop, &["history", "--verify"]), "").await;
    if history.status != 0 {
        faults.push(format!("the history is not whole: {}{}", history.out, history.err));
    }
    story.daemon.stop().await;
    let verified = story.broker.administer(&["audit", "verify"]).await;
    story.broker.stop().await;
    let ledger = Ledger::read(&story.broker);
    faults.extend(ledger.faults(&told));
    report(kills, &told, &faults, &verified.out, verified.status)
}

/// Kills it at some moment of the login, and starts it again.
async fn kill(daemon: &mut Daemon, desktop: &Desktop) {
    clock::pass(LIFE.mul_f64(rand::random())).await;
    daemon.kill();
    daemon.start_again(desktop).await;
}

/// One login: what was told of it, and what the person's terminals showed; or what is wrong.
async fn log_in(
    desktop: &Desktop,
    service: &Service,
    verdict: Verdict,
    number: u32,
) -> Result<(Told, String), String> {
    let mut login = Login::open(&service.login_address(ACCOUNT), "en").await;
    let id = service.last().ok_or("nothing was asked")?.id;
    let (word, [end, _]) = (word(verdict), ends(verdict));
    let (mut screens, mut over) = (String::new(), false);
    for _ in 0..TRIES {
        let mut terminal = Terminal::open_silently(desktop, &cli::sayso(desktop, &[]));
        screens += &go_through(&mut terminal, &login.code, word).await;
        over = is_over(&mut login, end).await;
        if over {
            break;
        }
    }
    if !over {
        return Err(format!("lost: {id}: {}\n{screens}", login.page().text()));
    }
    let outcome = match verdict {
        Verdict::Approve => fetch(service, &mut login, number).await,
        Verdict::Deny | Verdict::Report => service.call("GET", &path_of(&id), None).await.1,
    };
    let outcome = outcome["outcome"].as_str().ok_or_else(|| format!("no outcome: {outcome}"))?;
    let told = Some((word.to_owned(), outcome.to_owned()));
    Ok((Told { id, decision: Some(verdict), verdict: told }, screens))
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Approve => "approve",
        Verdict::Deny | Verdict::Report => "deny",
    }
}

/// The word that tells its end, and the one that would tell another.
fn ends(verdict: Verdict) -> [&'static str; 2] {
    match verdict {
        Verdict::Approve => ["Approved", "Denied"],
        Verdict::Deny | Verdict::Report => ["Denied", "Approved"],
    }
}

/// Whether the page tells the end, or has led on to the service.
async fn is_over(login: &mut Login, end: &str) -> bool {
    let opened = login.address().to_owned();
    let page = login.look().await;
    page.text().contains(end) || !opened.starts_with(&page.address.origin().ascii_serialization())
}

/// Types at each prompt what it asks for, until the program has ended; all that it printed.
async fn go_through(terminal: &mut Terminal, code: &str, word: &str) -> String {
    let mut answered = 0;
    while terminal.process().is_running() {
        let screen = terminal.screen();
        let (codes, answers) = (screen.matches("from the page:"), screen.matches("Answer:"));
        let (codes, answers) = (codes.count(), answers.count());
        if codes + answers > answered {
            answered = codes + answers;
            terminal.type_secretly(if answers == 0 { code } else { word });
        }
        clock::moment().await;
    }
    terminal.wait_for_end().await;
    terminal.screen()
}

/// The browser carries the ticket, and the service shows it once more.
async fn fetch(service: &Service, login: &mut Login, number: u32) -> serde_json::Value {
    if login.page().address.as_str().starts_with(login.address()) {
        login.follow().await;
    }
    let count = usize::try_from(number.div_ceil(2)).unwrap_or(usize::MAX);
    match service.wait_for_nth_return(count).await {
        Returned::Outcome(_) => {}
        Returned::Refused(why) => return json!({ "refused": why }),
    }
    let (id, ticket) = (service.last().map(|asked| asked.id), service.last_ticket());
    let path = format!("{}/outcome", path_of(&id.unwrap_or_default()));
    service.call("POST", &path, Some(json!({ "ticket": ticket }))).await.1
}

/// The person has heard or read how it ended, once or, after the daemon's death, once more; and
/// nothing that is not so. What comes first may be the end of the login before this one, which was
/// answered otherwise, and whose telling the death cut off.
async fn heard(
    desktop: &mut Desktop,
    before: usize,
    screens: &str,
    verdict: Verdict,
) -> Result<(), String> {
    let [end, other] = ends(verdict);
    let begun = clock::start();
    loop {
        let said = desktop.speech().said().split_off(before);
        let said = said.into_iter().map(|one| one.text);
        let said: Vec<_> = said.skip_while(|text| text.starts_with(other)).collect();
        let all = [said.join("\n"), screens.to_owned()].join("\n");
        if let Some(wrong) = WRONG.iter().chain([&other]).find(|wrong| all.contains(**wrong)) {
            return Err(format!("heard wrongly, {wrong}:\n{all}"));
        }
        match all.matches(&format!("{end}.")).count() {
            0 if begun.elapsed() > LIFE * 10 => return Err(format!("not heard:\n{all}")),
            0 => clock::moment().await,
            1 | 2 => return Ok(()),
            _ => return Err(format!("heard again and again:\n{all}")),
        }
    }
}
