### Lines of `sayso` in a terminal. The key fact stands in the first 40 characters; results are
### the sentences of spoken.ftl, faults those of errors.ftl.

## register: asks before it sends anything, then tries each channel.
register-host = { $host } would be asked to let this computer answer for { $account }.
register-plain = The connection to { $host } stays on this computer.
register-ask = Send this to { $host }? Yes or no:
register-stopped = Nothing was sent.
register-broker-name = What do you call { $host }? Its name comes first in all that is said of it. Enter keeps { $name }:
register-name = Name of this computer, or Enter for { $name }:
register-speak-codes = May Sayso say codes aloud where others can hear them? Yes or no:
register-code = Activation code, 14 digits:
register-first = If this is the account's first computer, you choose now how you approve. Later, such a change waits for a day.
register-approve-with = Approve with code, qr or readout, or Enter for code:
register-same-device = A button on login pages that opens Sayso here: on or off, or Enter for on:
register-value-wrong = That is none of these. Type one of them, or press Enter.
register-language = Language, en or da, or Enter for { $language }:
register-language-wrong = Neither da nor en. Type one of them, or press Enter.
register-voices = Voices: { $count }. For their names, type a question mark.
register-voice = Voice, or Enter for the usual one:
register-voice-wrong = There is no such voice. Type its whole name, or press Enter.
register-rate = Speed from -100 to 100, or Enter for { $rate }:
register-rate-wrong = That is not a number from -100 to 100. Type one, or press Enter.
register-try = Now Sayso tries each way of telling you. Say what reaches you.
register-speech = Did you hear it? Yes or no:
register-speech-again = Try another voice or speed? Yes or no:
register-notification = A notification was shown. Did you read it? Yes or no:
register-attend = Shall Sayso tell you in a terminal, by sayso attend? Yes or no:
register-channel = { $channel ->
    [speech] Speech
    [notification] Notifications
   *[attend] Terminal
} { $state ->
    [on] on.
   *[off] off.
}
register-no-channel = Nothing reaches you yet. Sayso keeps to the terminal: sayso attend.
register-next = Next: a keyboard shortcut for each next step. To get it: sayso keys install.

## accounts, requests, history. $what is an action-... line.
accounts-none = No account is registered here. To register: sayso register ADDRESS ACCOUNT.
broker-and-host = { $broker }, { $host }
broker-named = Done. { $host } is called { $name } from now on.
unregister-here-ask = Forget the account on this computer alone? Its broker may go on listing this computer. Yes or no:
unregistered-here = Done. This computer answers for { $account } no longer. If { $broker } still lists it, remove it at another computer, or ask those who run { $broker }.
accounts-line = { $account } at { $host }, { $state ->
    [blocked] blocked.
    [connected] connected.
    [keyless] without its keys.
    [offline] not connected.
   *[waits] not let in yet.
} This computer is { $name }.
next-step = { $service }: { $what }. { $left } left. Account { $account }.{ $by ->
    [page] {" "}Press its page's first button, or type: sayso scan.
    [scan] {" "}Type: sayso scan.
    [button] {" "}Press its page's first button.
   *[here] {""}
}
choice = { $risk ->
    [place] Careful: from { $place }. { $service }: { $what }.
    [network] Careful: from another network. { $service }: { $what }.
   *[none] { $service }: { $what }.
} Account { $account }.
requests-state = { $state ->
    [question] The question is open.
    [elsewhere] It is open on another computer.
    [unconfirmed] Approved here. Finish it on its page.
   *[answered] Your answer is on its way.
}
requests-id = Request { $request }.
history-none = The history is empty.
history-line = { $date }, { $time }. { $event ->
    [approve] Approved
    [deny] Denied
    [report] Denied and reported
    [expired] Too late
    [cancelled] Stopped
    [taken] Taken by the broker
    [registered] Registered
    [removed] Removed
    [renewed] New key
    [broker_key] New key of the broker
    [set_back] Broker set back
    [agreed] Said yes
    [change_waiting] Change waiting
    [change_ready] Change ready
    [change_done] Change done
    [change_stopped] Change stopped
    [change_dropped] Change dropped
    [code_wrong] Wrong code
   *[request] Asked
}: { $subject }.
history-subject-request = { $service }, { $what }, account { $account }
history-subject-account = account { $account } at { $host }
history-subject-change = { change-what }, account { $account }
history-subject-computer = new computer { $name }, account { $account }
history-subject-removal = computer { $name } removed, account { $account }
history-subject-set-back = { $host }, from { $kept } entries in its audit to { $told }
history-subject-renewed = the old one is lost, and the lines above cannot be proved
history-whole-since = The history is whole since line { $line }. The key of the lines before it is lost.
history-whole = The history is whole: { $count ->
    [one] one line.
   *[other] { $count } lines.
}

## scan: looks at the screens, or says what stands in a picture and what would be done.
scan-begin = Switch to the login page. I look five times. The desktop may ask for permission.
scan-bind = Login page of { $host }. Sayso would ask its question.
scan-register = Invitation to register { $account } at { $host }. Sayso would ask you first.
scan-damaged = Damaged Sayso address. Sayso would do nothing with it.
scan-secret = Secret for one-time codes. Sayso would do nothing with it.
scan-link = Web address at { $host }. Sayso would not open it.
scan-text = Text of another kind. Sayso would do nothing with it.
scan-none = No QR code is in the picture.

## settings and approvers.
settings-account = { $account } at { $host }:
settings-approve-with = approve_with is { $value ->
    [code] code: login pages show one-time codes.
    [qr] qr: login pages show QR codes.
   *[readout] readout: Sayso reads out a code for the login page.
}
settings-same-device = same_device is { $value ->
    [on] on: login pages have a button that opens Sayso.
   *[off] off: login pages have no button that opens Sayso.
}
approvers-line = { $name }{ $which ->
    [here] , this computer
   *[other] {""}
}, registered { $when }.

## Why requests are not told.
quiet-now = { $why ->
    [unwanted] Too many requests had no yes, so new ones are not told.
    [hours] Quiet hours: requests are not told.
   *[away] You are away: requests are not told.
} That ends { $when }.{ $why ->
    [hours] {" "}To change it: sayso preferences.
   *[other] {" "}To end it now: sayso back.
}

## status: one fact a line.
status-running = Sayso is running, version { $version }.
status-connected = Connected to { $broker } for { $account }.
status-offline = Not connected to { $broker }, so a request may not come through. Sayso keeps trying.
status-speech = Speech { $state ->
    [on] works.
    [off] is off, as you chose.
    [spare] works by Sayso's spare voice. Check Speech Dispatcher with: spd-say hello.
   *[failed] does not work. Check it with: spd-say hello.
}
status-notification = Notifications { $state ->
    [on] work.
    [off] are off, as you chose.
   *[failed] do not work. Use speech, or: sayso attend.
}
status-language = Language: { $language }.{ $choice ->
    [fallback] {" "}Sayso has only English and Danish.
   *[theirs] {""}
}
status-reader = A screen reader is running.
status-locked = The screen is locked.

## keys: the desktop's keyboard shortcuts. $keys is written like Super+Alt+A.
keys-add = { $count ->
    [one] One new shortcut
   *[other] { CAPITAL($count) } new shortcuts
} for { $desktop }; all others stay:
keys-remove = { $count ->
    [one] One shortcut goes
   *[other] { CAPITAL($count) } shortcuts go
} from { $desktop }; all others stay:
keys-line = { $keys }: { $act ->
    [answer] the next step
    [repeat] the last thing again
   *[hush] quiet
}, by { $command }.
keys-add-ask = Add this? Yes or no:
keys-remove-ask = Take this away? Yes or no:
keys-stopped = Nothing was changed.
keys-there = The shortcuts are there already:
keys-none = There are no shortcuts of Sayso. To add them: sayso keys install.
keys-added = Done. To take the shortcuts away again: sayso keys undo.
keys-removed = Done. The shortcuts are gone. To add them again: sayso keys install.
keys-name = Sayso: { $act ->
    [answer] the next step
    [repeat] the last thing again
   *[hush] quiet
}

## practise: a whole approval with nothing at stake. $way is code, qr, link or readout.
practise-ask = Practise with { $way ->
    [code] a one-time code
    [qr] a QR code
    [link] the button for this computer
   *[readout] a code read out
}? Yes or no:
practise-what = { $way ->
    [code] A one-time code: a login page shows six digits, and you give them to Sayso.
    [qr] A QR code: a login page shows it, and Sayso reads it off the screen.
    [link] The button: it stands first on a login page, and opens Sayso on this computer.
   *[readout] A code read out: Sayso tells you six digits, and you type them on a login page.
} Nothing is at stake.
practise-begin = Press Enter to begin. A page opens in your browser{ $way ->
    [link] {""}
   *[other] ; come back here from it
}:
practise-page = Your browser opens the practice page. If it does not, open it yourself: { $address }
practise-there = { $way ->
    [code] Read the six digits there, or press its copy button. Then press Enter here:
    [qr] See that the page is in front when Sayso looks. Press Enter here:
    [link] Press the page's first button there. Sayso opens and asks you; answer it there.
   *[readout] Leave the page open: you come back to it. Press Enter here:
}
practise-learnt = { $way ->
    [code] That was a one-time code. With a real login, type: sayso. It asks for the code, then its question.
    [qr] That was a QR code. With a real login, type: sayso scan. It looks for the code, then asks its question.
    [link] That was the button. With a real login, press the same one.
   *[readout] That was a code read out. With a real login, type: sayso. It asks its question, then has the code.
}
practise-stopped = Stopped practising. Nothing happened.

## attend: stay here, each request a line and a bell.
attend-begin = Waiting for requests. A line and a bell tell you. To stop: Ctrl+C.
attend-prompt = Code, next, deny or report:
attend-end = No longer waiting here.

## The answer prompt in a terminal.
prompt-code = Code from the page:
prompt-answer = Answer:
prompt-answer-again = Type approve or deny.
prompt-digits = Copy or say, or Enter to close:
prompt-digits-again = Type copy or say, or press Enter.
prompt-choose = Number, 1 to { $most }:
prompt-choose-again = Type a number from 1 to { $most }.
choice-account = { $services }. Account { $account }.
choice-line = { $number }: { $choice }
readout-copied = Copied. Paste it on the page within a minute; then it is taken off the clipboard.
prompt-yes-no-again = Type yes or no.
prompt-nothing-sent = No answer was given, and nothing was sent.

## Short answers of commands.
hushed = Quiet now.
sending = Sending.

## preferences. $meaning is a comment of preferences.toml.
preferences-line = { $name } is { $value }. { $meaning }
preferences-empty = empty

## The comments in preferences.toml.
preferences-speech = Whether you hear Sayso: true or false.
preferences-notification = Whether you read notifications: true or false.
preferences-attend = Whether you stay at sayso attend: true or false.
preferences-voice = A voice of the speech service; empty is its own choice.
preferences-rate = The speed, from -100 to 100; 0 is the speech service's own.
preferences-language = The language, en or da; empty is that of your session.
preferences-quiet-hours = Quiet hours, like 22:00-07:00, in which no request is told; empty is none.
preferences-more-time = Who asks for more time: asked, which is you; or auto, once you have begun and time gets short.
