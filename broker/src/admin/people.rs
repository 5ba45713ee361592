//! The commands about accounts, their approvers and their activation codes.

use sayso_protocol::change::{Author, MOST_APPROVERS};
use sayso_protocol::enrolment::{AccountName, ActivationCode};
use sayso_protocol::spoken::Clean;
use sayso_protocol::time::UnixTime;
use sayso_words::{Words, say};
use std::time::Duration;

use super::{Account, Approver, Fault, Line};
use crate::clock::Clock;
use crate::store::Store;
use crate::store::accounts::{self, Admission};
use crate::store::approvers as registered;
use crate::{guard, random, roster};

pub(super) async fn account(
    command: Account,
    store: &Store,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    match command {
        Account::Add { name, display } => {
            let account = account_name(&name)?;
            let display = Clean::new(display.as_deref().unwrap_or(&name));
            let added = store.write({
                let account = account.clone();
                move |tx| tx.add_account(&account, &display)
            });
            if !added.await?.value {
                return Err(Fault::AccountExists(account));
            }
            line(&say!(words, "admin-account-added", account = account.as_str()));
        }
        Account::List => {
            let accounts = store.read(|db| db.accounts()).await?;
            if accounts.is_empty() {
                line(&say!(words, "admin-account-none"));
            }
            for account in accounts {
                line(&account_line(words, &account));
            }
        }
        Account::Block { name } => {
            let account = known_account(store, &name).await?;
            let of = account.clone();
            if !store.write(move |tx| roster::block(tx, &of)).await?.value {
                return Err(Fault::AccountBlocked(account));
            }
            line(&say!(words, "admin-account-blocked", account = account.as_str()));
        }
        Account::Unblock { name } => {
            let account = known_account(store, &name).await?;
            let of = account.clone();
            if !store.write(move |tx| tx.mark_unblocked(&of)).await?.value {
                return Err(Fault::AccountNotBlocked(account));
            }
            line(&say!(words, "admin-account-unblocked", account = account.as_str()));
        }
    }
    Ok(())
}

fn account_line(words: &Words, account: &accounts::Account) -> String {
    let (name, display) = (account.name.as_str(), account.display.as_str());
    let count = account.approvers;
    if account.blocked {
        say!(words, "admin-account-line-blocked", account = name, display = display, count = count)
    } else {
        say!(words, "admin-account-line", account = name, display = display, count = count)
    }
}

pub(super) async fn approver(
    command: Approver,
    store: &Store,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    let (Approver::List { account } | Approver::Remove { account, .. }) = &command;
    let account = known_account(store, account).await?;
    let of = account.clone();
    let approvers = store.read(move |db| db.registered(&of)).await?;
    match command {
        Approver::List { .. } => {
            if approvers.is_empty() {
                line(&say!(words, "admin-approver-none", account = account.as_str()));
            }
            for approver in approvers {
                let (name, id) = (approver.name.as_str(), approver.id.0.as_str());
                let date = date(approver.since);
                line(&if approver.waits.is_some() {
                    say!(words, "admin-approver-waits", name = name, id = id, date = &date)
                } else {
                    say!(words, "admin-approver-line", name = name, id = id, date = &date)
                });
            }
        }
        Approver::Remove { name, .. } => {
            let registered::Approver { id, name: called, .. } = named(&approvers, &account, &name)?;
            let by = Author::Administrator;
            let removed = store.write(move |tx| roster::remove(tx, &id, by, None)).await?;
            if removed.value.is_none() {
                return Err(Fault::ApproverUnknown(account, Clean::new(&name)));
            }
            let (name, account) = (called.as_str(), account.as_str());
            line(&say!(words, "admin-approver-removed", name = name, account = account));
        }
    }
    Ok(())
}

/// The approver of this id, or else the only one of this name: computers may be called alike.
fn named(
    approvers: &[registered::Approver],
    account: &AccountName,
    name: &str,
) -> Result<registered::Approver, Fault> {
    let by_id = |approver: &&registered::Approver| approver.id.0 == name;
    let by_name = |approver: &&registered::Approver| approver.name.as_str() == name;
    if let Some(one) = approvers.iter().find(by_id) {
        return Ok(one.clone());
    }
    let mut called = approvers.iter().filter(by_name);
    match (called.next(), called.next()) {
        (Some(one), None) => Ok(one.clone()),
        (None, _) => Err(Fault::ApproverUnknown(account.clone(), Clean::new(name))),
        (Some(_), Some(_)) => Err(Fault::ApproverSeveral(account.clone(), Clean::new(name))),
    }
}

pub(super) async fn activation(
    account: &str,
    admission: Admission,
    store: &Store,
    words: &Words,
    line: Line<'_>,
) -> Result<(), Fault> {
    let account = known_account(store, account).await?;
    let now = Clock::machine().now();
    let (code, lasts) = activation_for(store, &account, admission, now).await?;
    let (account, minutes, code) = (account.as_str(), lasts.as_secs() / 60, code.reveal());
    line(&match admission {
        Admission::Waits => {
            say!(words, "admin-activation", account = account, minutes = minutes, code = code)
        }
        Admission::AtOnce => {
            say!(words, "admin-activation-now", account = account, minutes = minutes, code = code)
        }
    });
    Ok(())
}

/// Makes an activation code for an account, and says how long it is good for.
///
/// # Errors
/// [`Fault::AccountUnknown`], [`Fault::AccountBlocked`], [`Fault::TooManyApprovers`].
pub async fn activation_for(
    store: &Store,
    account: &AccountName,
    admission: Admission,
    now: UnixTime,
) -> Result<(ActivationCode, Duration), Fault> {
    let of = account.clone();
    let found = store.read(move |db| Ok(db.account(&of)?.zip(Some(db.registered(&of)?)))).await?;
    let Some((found, registered)) = found else {
        return Err(Fault::AccountUnknown(account.clone()));
    };
    if found.blocked {
        return Err(Fault::AccountBlocked(account.clone()));
    }
    if registered.len() >= MOST_APPROVERS {
        return Err(Fault::TooManyApprovers(account.clone()));
    }
    let first = found.settings.is_none();
    let life = if first { guard::FIRST_ACTIVATION } else { guard::FURTHER_ACTIVATION };
    let code = ActivationCode::draw(&mut random());
    let sealed = guard::seal_activation(&code, admission, now.plus(life)).map_err(Fault::Inside)?;
    let of = account.clone();
    // Blocked meanwhile, it must not be left with a code.
    let kept = store.write(move |tx| {
        let blocked = tx.db().account(&of)?.is_none_or(|account| account.blocked);
        if !blocked {
            tx.keep_activation(&of, &sealed)?;
        }
        Ok(!blocked)
    });
    if kept.await?.value { Ok((code, life)) } else { Err(Fault::AccountBlocked(account.clone())) }
}

async fn known_account(store: &Store, name: &str) -> Result<AccountName, Fault> {
    let account = account_name(name)?;
    let wanted = account.clone();
    let found = store.read(move |db| db.account(&wanted)).await?;
    if found.is_some() { Ok(account) } else { Err(Fault::AccountUnknown(account)) }
}

fn account_name(name: &str) -> Result<AccountName, Fault> {
    AccountName::parse(name).map_err(|_| Fault::Name(name.to_owned()))
}

pub(super) fn date(moment: UnixTime) -> String {
    let moment = jiff::Timestamp::from_second(moment.0).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::system()).date().to_string()
}
