### Before a line, where there is more than one broker.
line-at-broker = { $broker }:

## The notification's line, also for braille: 40 cells with the names of the examples.

## Requests. $risk, $near and $by as in spoken.ftl; $amount and $left the short ones.
line-login = { $risk ->
    [place] NOT HERE, { $place }. { $service }: log in?
    [network] OTHER NETWORK. { $service }: log in?
   *[none] { $service }: log in? { line-answer }
}
line-payment = { $risk ->
    [place] NOT HERE, { $place }. { $service }: { $amount }?
    [network] OTHER NETWORK. { $service }: { $amount }?
   *[none] { $service }: pay { $amount }? { line-answer }
}
line-other = { $risk ->
    [place] NOT HERE, { $place }. { $service } asks
    [network] OTHER NETWORK. { $service } asks
   *[none] { $service } asks. { line-answer }
}
line-answer = { $by ->
    [page] Answer: page
    [scan] Answer: scan
    [button] Answer: page
    [readout] Answer: sayso
   *[code] Answer: code
}
line-practice = Practice: nothing happens
line-tail = { $account }{ $near ->
    [same] , this network
    [place] , { $place }
   *[unknown] {""}
}, { $left }
line-waiting = Sayso: { $count } waiting
line-locked = { $count ->
    [one] 1 request. Unlock to read it.
   *[other] { $count } requests. Unlock to read them.
}
line-one-more = +1 { $service }. First: { $open }

## The code and the question.
line-question-login = Log in, { $service }, { $account }? approve/deny
line-question-payment = Pay { $amount }, { $payee }? approve/deny
line-question-other = { $service }, { $account }? approve/deny
line-question-practice = Practice: nothing happens. approve/deny

line-readout = Code ready. To read it: sayso

## Results.
line-approved-unfinished = Approved here. Finish: { $service }
line-approved-login = Approved. Logged in: { $service }
line-approved-payment = Approved. { $amount }, { $payee }
line-approved-other = Approved. { $service } has it.
line-approved-practice = Approved. That was practice.
line-approved-not-fetched = Approved. { $service } not done yet
line-done-fetched = Done. { $service } has it now.
line-denied-login = Denied. Nobody was logged in.
line-denied-payment = Denied. Nothing was paid.
line-denied-other = Denied. { $service } is told no.
line-denied-practice = Denied. That was practice.
line-reported-login = Denied, reported. Nobody logged in.
line-reported-payment = Denied, reported. Nothing paid.
line-reported-other = Denied, reported: { $service }
line-reported-late = Done. Reported: { $service }
line-not-sent = Not sent yet. Trying until { $until }
line-too-late = Too late. Start again on the page.
line-too-late-practice = Too late. Again: sayso practise
line-cancelled = { $reason ->
    [service] Stopped by { $service }.
    [page] Stopped on the page: { $service }
    [readout_failed] Three wrong codes: { $service }
    [other_browser] Other browser: { $service }
    [replaced] Stopped. Newer request: { $service }
    [approver_removed] Computer removed: { $service }
   *[other] Stopped: { $service }
}
line-cancelled-practice = Stopped. That was practice.
line-time-left = { $left }: { $service }

## Changes of security settings, and computers. $what as in changes.ftl.
line-change = { $state ->
    [waiting] Change waiting
    [ready] Change ready
    [done] Done
    [stopped] Change stopped
   *[dropped] Change dropped
}: { change-what }
line-computer = { $state ->
    [waiting] New computer: { $name }
    [in] Computer let in: { $name }
    [out] Computer kept out: { $name }
   *[removed] Computer removed: { $name }
}
line-computer-here = { $state ->
    [waiting] This computer waits.
    [in] This computer can answer now.
   *[out] This computer was kept out.
}
line-locked-change = Settings. Unlock to read it.
line-quiet-unwanted = Somebody else may be signing in.

## Speech.
line-speech-spare = Spare voice: Speech Dispatcher is down.
line-speech-gone = Sayso cannot speak. It writes here.
line-speech-back = Speech back. { $count } waiting: { $service }
line-speech-back-none = Speech back. Nothing waiting.
line-try = This is Sayso. Did you read it?

## Buttons of a notification.
button-answer = Answer
button-deny = Deny
button-repeat = Repeat

## Parts of a line.
time-left-minutes-short = { $minutes } min
time-left-seconds-short = { $seconds } s
amount-short = { $figure } { $currency ->
    [DKK] kr
   *[other] { $currency }
}
