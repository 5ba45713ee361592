//! The words of the command, one file each. Every one of them asks the daemon and shows what it
//! answers.

pub mod accounts;
pub mod answer;
pub mod approvers;
pub mod attend;
pub mod away;
pub mod decide;
pub mod doctor;
pub mod enter;
pub mod history;
pub mod hush;
pub mod keys;
pub mod open;
pub mod practise;
pub mod preferences;
mod readout;
pub mod register;
pub mod repeat;
pub mod requests;
pub mod scan;
pub mod settings;
pub mod status;
pub mod time;
pub mod unregister;

use sayso_words::{Language, Words};

use crate::command_line::Word;
use crate::door::Door;
use crate::exit::{Failure, Status};
use crate::output::Output;
use crate::prompt::Prompt;
use crate::session::Session;

/// What a command ends with.
pub type Ending = Result<Status, Failure>;

/// Does what a command line says, and tells the person if it failed.
pub async fn run(word: Option<Word>, output: Output) -> Status {
    let mut prompt = prompt(word.as_ref(), output);
    // Shortcuts are the desktop's: the daemon is not asked.
    if let Some(Word::Keys(wished)) = word {
        let done = keys::run(&mut prompt, output, wished).await;
        return ended(done, None, &mut prompt, output).await;
    }
    // What is wrong can be found without a daemon.
    if let Some(Word::Doctor) = word {
        return ended(doctor::run(output).await, None, &mut prompt, output).await;
    }
    // A dry run needs no daemon.
    if let Some(Word::Scan(wished)) = &word
        && wished.dry_run
    {
        let done = scan::dry_run(wished, output).await;
        return ended(done, None, &mut prompt, output).await;
    }
    // Nothing is asked of the daemon for a broker's address that cannot be one.
    let task = match Task::of(word) {
        Ok(task) => task,
        Err(failure) => return failed(&failure, None, &mut prompt, output).await,
    };
    let session = match Door::open().await {
        Ok(door) => Session::new(door, output),
        Err(failure) => return failed(&failure, None, &mut prompt, output).await,
    };
    let done = task.run(&session, &mut prompt).await;
    ended(done, Some(&session), &mut prompt, output).await
}

/// Where this command asks and is told. A command that asks nothing opens no dialog.
fn prompt(word: Option<&Word>, output: Output) -> Prompt {
    match word {
        Some(Word::Scan(wished)) if wished.dry_run => Prompt::Nowhere(output),
        None
        | Some(
            Word::Enter(_)
            | Word::Scan(_)
            | Word::Open { .. }
            | Word::Settings(_)
            | Word::Approvers(_)
            | Word::Unregister { .. },
        ) => Prompt::here(output),
        Some(Word::Register(_) | Word::Attend | Word::Keys(_) | Word::Practise(_)) => {
            Prompt::of_lines(output)
        }
        Some(Word::Approve(_) | Word::Deny(_) | Word::Report(_)) => Prompt::at_terminal(output),
        Some(
            Word::Accounts(_)
            | Word::Requests
            | Word::Away { .. }
            | Word::Back
            | Word::Preferences(_)
            | Word::Repeat
            | Word::Hush
            | Word::Time
            | Word::MoreTime(_)
            | Word::Status
            | Word::Doctor
            | Word::History(_),
        ) => Prompt::Nowhere(output),
    }
}

/// A command that can be understood.
enum Task {
    Answer,
    Register(register::Wishes),
    Word(Word),
}

impl Task {
    fn of(word: Option<Word>) -> Result<Task, Failure> {
        match word {
            None => Ok(Task::Answer),
            Some(Word::Register(typed)) => register::Wishes::typed(typed).map(Task::Register),
            Some(word) => Ok(Task::Word(word)),
        }
    }

    async fn run(self, session: &Session, prompt: &mut Prompt) -> Ending {
        match self {
            Task::Answer => answer::run(session, prompt).await,
            Task::Register(wishes) => register::run(session, prompt, wishes).await,
            Task::Word(word) => say(session, prompt, word).await,
        }
    }
}

async fn say(session: &Session, prompt: &mut Prompt, word: Word) -> Ending {
    match word {
        Word::Attend => attend::run(session, prompt).await,
        Word::Accounts(typed) => accounts::run(session, typed).await,
        Word::Settings(typed) => settings::run(session, prompt, typed).await,
        Word::Approvers(typed) => approvers::run(session, prompt, typed).await,
        Word::Unregister { account } => unregister::run(session, prompt, account).await,
        Word::Requests => requests::run(session).await,
        Word::Enter(typed) => enter::run(session, prompt, typed).await,
        Word::Scan(wished) => scan::run(session, prompt, &wished).await,
        Word::Practise(wished) => practise::run(session, prompt, wished).await,
        Word::Open { address } => open::run(session, prompt, &address).await,
        Word::Approve(which) => decide::approve(session, prompt, which).await,
        Word::Deny(which) => decide::deny(session, prompt, which).await,
        Word::Report(which) => decide::report(session, prompt, which).await,
        Word::Away { time } => away::run(session, &time).await,
        Word::Back => away::back(session).await,
        Word::Preferences(typed) => preferences::run(session, typed).await,
        Word::Repeat => repeat::run(session).await,
        Word::Hush => hush::run(session).await,
        Word::Time => time::run(session).await,
        Word::MoreTime(which) => time::more(session, which).await,
        Word::Status => status::run(session).await,
        Word::History(wished) => history::run(session, wished).await,
        // These are read before the daemon is asked for anything.
        Word::Register(_) | Word::Keys(_) | Word::Doctor => Ok(Status::WrongUse),
    }
}

async fn ended(
    done: Ending,
    session: Option<&Session>,
    prompt: &mut Prompt,
    output: Output,
) -> Status {
    match done {
        Ok(status) => status,
        Err(failure) => failed(&failure, session, prompt, output).await,
    }
}

/// Tells why a command failed: printed always, and shown where the person is at a dialog.
async fn failed(
    failure: &Failure,
    session: Option<&Session>,
    prompt: &mut Prompt,
    output: Output,
) -> Status {
    let words = match session {
        Some(session) => session.words().await.clone(),
        None => Words::new(Language::of_person()),
    };
    output.failure(failure, &words);
    if let Prompt::Dialog(_) = prompt
        && !failure.is_quiet()
    {
        prompt.tell(&words, &failure.sentences(&words)).await;
    }
    failure.status
}
