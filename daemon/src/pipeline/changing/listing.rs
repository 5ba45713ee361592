//! What is read of settings and computers, in lines.

use std::time::Instant;

use sayso_protocol::bus::{ApproverLine, ChangeLine, Choice, Error, Next, SettingsLine, Step};
use sayso_protocol::change::{
    AccountSettings, ApproverTold, ChangeTold, Changes as AllChanges, Proposal,
};
use sayso_protocol::enrolment::ApproverId;
use sayso_protocol::problem::ProblemType;
use sayso_words::say;

use super::Pipeline;
use crate::changes::typed::names;
use crate::changes::{News, is_confirmable};
use crate::source::Source;
use crate::wording::host;

impl Pipeline {
    /// What waits or is ready: known here, as long as the broker can tell.
    pub(super) fn pending(&self, account: &str, now: Instant) -> Result<Vec<ChangeLine>, Error> {
        self.registered()?;
        let one = if account.is_empty() { None } else { Some(self.approver_of(account)?) };
        let meant = |approver: &&ApproverId| one.as_ref().is_none_or(|one| one == *approver);
        let mut lines = Vec::new();
        for approver in self.sources.keys().filter(meant) {
            let pending = self.changing.known.pending(approver);
            lines.extend(pending.filter_map(|change| self.change_line(approver, change, now)));
        }
        let silent = |(id, source): &(&ApproverId, &Source)| meant(id) && !source.up;
        if let Some((id, source)) = self.sources.iter().find(silent).filter(|_| lines.is_empty()) {
            if source.blocked {
                let why = self.why_shut_out(id, ProblemType::AccountBlocked);
                return Err(Error::Refused(why.unwrap_or_default()));
            }
            let sentence =
                say!(self.announcer.words(), "error-offline", broker = self.broker_called(source));
            return Err(Error::Offline(sentence));
        }
        lines.sort_by(|a, b| (a.ready_at, &a.id).cmp(&(b.ready_at, &b.id)));
        Ok(lines)
    }

    fn change_line(
        &self,
        approver: &ApproverId,
        change: &ChangeTold,
        now: Instant,
    ) -> Option<ChangeLine> {
        let source = self.sources.get(approver)?;
        let (setting, value) = names(&change.proposal);
        self.wording(approver, now, |here| ChangeLine {
            id: change.id.to_string(),
            account: source.account.to_string(),
            broker: host(&source.broker).to_owned(),
            setting: setting.to_owned(),
            value: value.to_owned(),
            standing: change.standing,
            confirmable: is_confirmable(approver, change),
            ready_at: here.local(change.ready_at),
            sentence: here.told(change).sentence,
        })
    }

    /// What to do where no request waits: a change may be ready.
    pub(in crate::pipeline) fn next_change(&self, now: Instant) -> Next {
        let told = |News { approver, change }| {
            let told = self.wording(&approver, now, |here| here.told(&change))?;
            Some(Choice { id: change.id.to_string(), sentence: told.sentence })
        };
        let choices: Vec<_> =
            self.changing.known.confirmable().into_iter().filter_map(told).collect();
        let (step, sentence) = choices.first().map_or_else(
            || {
                let none = || {
                    let none = say!(self.announcer.words(), "waiting-none");
                    let mut told = self.unreached();
                    told.push(none);
                    told.join(" ")
                };
                (Step::Nothing, self.shut_out().unwrap_or_else(none))
            },
            |first| (Step::Change, first.sentence.clone()),
        );
        Next { step, sentence, choices }
    }

    pub(super) fn settings_line(
        &self,
        approver: &ApproverId,
        all: &AllChanges,
        now: Instant,
    ) -> Result<SettingsLine, Error> {
        let words = self.announcer.words();
        let source = self.sources.get(approver).ok_or_else(|| self.removed_error(approver))?;
        let AccountSettings { approve_with, same_device } = self.settings_of(all)?;
        let (with, device) =
            (Proposal::ApproveWith(approve_with), Proposal::SameDevice(same_device));
        let pending = self.changing.known.pending(approver);
        let changes: Vec<_> =
            pending.filter_map(|change| self.change_line(approver, change, now)).collect();
        let sentences = vec![
            say!(words, "settings-approve-with", value = names(&with).1),
            say!(words, "settings-same-device", value = names(&device).1),
        ];
        Ok(SettingsLine {
            account: source.account.to_string(),
            broker: host(&source.broker).to_owned(),
            approve_with,
            same_device,
            changes,
            sentences,
        })
    }

    pub(super) fn approver_line(
        &self,
        approver: &ApproverId,
        one: &ApproverTold,
        now: Instant,
    ) -> ApproverLine {
        let words = self.announcer.words();
        let here = one.computer.id == *approver;
        let (since, day) = self
            .wording(approver, now, |here| (here.local(one.since), here.day(one.since)))
            .unwrap_or_default();
        ApproverLine {
            id: one.computer.id.to_string(),
            name: one.computer.name.to_string(),
            since,
            here,
            sentence: say!(
                words,
                "approvers-line",
                name = one.computer.name.as_str(),
                which = if here { "here" } else { "other" },
                when = day.as_str()
            ),
        }
    }
}
