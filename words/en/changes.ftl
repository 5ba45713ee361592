### Security settings, what waits to change them, and the computers of an account. Said at a
### priority that gives way to the screen reader, so these may be longer than those of spoken.ftl.
### What waits says what follows without an answer, and how to stop it.

## What a change sets, inside another sentence. $what is the value of a setting.
change-what = { $what ->
    [code] one-time codes
    [qr] QR codes
    [readout] codes read out
    [on] the button on the page
   *[off] no button on the page
}
change-kept = { $kept ->
    [code] You keep one-time codes.
    [qr] You keep QR codes.
    [readout] You keep codes read out.
    [on] You keep the button on the page.
   *[off] You still have no button on the page.
}
change-asked = { $who ->
    [here] You asked { $when }, here.
   *[there] Asked { $when }, at { $name }.
}

## Asking for a change. $when and $until are days with a time.
change-ask = { $what ->
    [on] Put the button on login pages for { $account }?
    [off] Take the button off login pages for { $account }?
   *[other] Use { change-what } for { $account }?
} { $from ->
    [later] Nothing changes before { $until }, when Sayso asks you to confirm.
   *[now] That takes effect at once.
} Yes or no.
change-ask-before = Without your yes nothing begins. With it, each of your computers hears of the change and can stop it.
change-ask-before-at-once = Without your yes nothing changes. With it each of your computers is told.
change-ask-replaces = It takes the place of the change that waits: { change-what }.
change-unchanged = Nothing was changed.

## A change in its life. $who is here (this computer asked or acted), there ($name did), or broker.
change-waiting = { $who ->
    [here] Change waiting: { change-what }.
   *[there] { $name } asked for { change-what }.
} Sayso asks you { $until }. Without a yes to that, nothing changes. { $who ->
    [here] Stop it:
   *[there] Not you? Stop it:
} sayso settings cancel.
change-ready = Change ready: { change-what }. { change-asked } To confirm it or to stop it, type sayso. Without your yes nothing changes.
change-confirm = Change ready: { change-what }, for { $account }. { change-asked } Confirm? Yes or no.
change-confirm-before = Your yes puts the change into force. Your no stops it. Without an answer nothing changes, and it is dropped { $until }.
done-change = { $what ->
    [code] Done. Your next login uses a one-time code.
    [qr] Done. Your next login uses a QR code.
    [readout] Done. At your next login Sayso reads out a code.
    [on] Done. Login pages have the button.
   *[off] Done. Login pages have no button.
}{ $who ->
    [here] {""}
    [there] {" "}That was confirmed at { $name }.
   *[broker] {" "}Those who run { $broker } did that.
}
change-stopped = { $who ->
    [here] Change stopped.
    [there] Change stopped at { $name }.
    [codes] Change stopped, after a hundred wrong codes.
   *[broker] Change stopped by those who run { $broker }.
} { change-kept }
change-lapsed = Change dropped, seven days without your yes. { change-kept }
change-replaced = Change dropped: { change-what }. A newer one took its place.
## Follows where this computer answers for several accounts.
change-account = Account { $account }.
change-none = No change is waiting.

## A further computer, as the others hear of it.
computer-waiting = A new computer, { $name }, may answer for { $account } from { $until }, if nobody stops it. Not yours? sayso settings cancel. Yours? To let it in now: sayso.
computer-let-in = Let the new computer { $name } answer for { $account } from now on? It asked { $when }. Yes or no.
computer-let-in-before = No keeps it out. Without an answer it may answer from { $until }.
done-computer-in = Done. The computer { $name } can now answer for { $account }.{ $who ->
    [here] {""}
    [there] {" "}That was confirmed at { $by }.
    [broker] {" "}Those who run { $broker } let it in.
   *[nobody] {" "}Nobody stopped it.
}
computer-kept-out = The computer { $name } is kept out. It cannot answer for { $account }.
done-computer-removed = Done. The computer { $name } was removed. It cannot answer for { $account } any more.
computer-removed = The computer { $name } was removed{ $who ->
    [there] {" "}at { $by }
    [codes] {" "}after a hundred wrong codes
   *[broker] {" "}by those who run { $broker }
}. It cannot answer for { $account } any more.
computer-remove = { $which ->
    [other] Remove the computer { $name }?
   *[here] Remove this computer, { $name }?
} It could not answer for { $account } any more, from now on. Yes or no.
computer-remove-last = It is the only one. After that you need a new activation code.

## This computer, where it is a further one.
registered-waits = Done, but this computer waits. It can answer for { $account } from { $until }, if nobody stops it.
computer-here-waits = This computer waits. It can answer for { $account } from { $until }, if nobody stops it.
computer-here-sooner = Sooner, if you say yes at another computer of yours: type sayso there. Not wanted? Keep it out there: sayso settings cancel.
done-computer-here = Done. This computer can now answer for { $account }.
computer-here-kept-out = This computer was kept out. It cannot answer for { $account }.

## An account that is blocked as a whole, and its end.
account-blocked = Account { $account } was blocked by those who run { $broker }. Nobody can log in with it. Ask them why.
account-unblocked = Account { $account } is no longer blocked. Sayso answers for it again.

## Screen locked.
locked-change = Sayso. A change of settings is waiting. Unlock to hear it.

## A day with a time, inside another sentence.
day-today = today at { $time }
day-tomorrow = tomorrow at { $time }
day-yesterday = yesterday at { $time }
day-week = on { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
} at { $time }
day-date = on { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} at { $time }
