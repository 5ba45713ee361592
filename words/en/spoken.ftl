### What Sayso says aloud. Every line is a sentence for ears: see "Words" in the design, and the
### tests that hold it. A notice has a head (at most 6 s) and a tail; questions and results 7 s.

## A notice: the head. $sayso is one of the two openings; $risk is none, place (then $place names it), or
## network. A payment with a risk is said shorter, so that it stays within 6 s.
notice-login = { notice-opening } { $service } asks you to log in.
notice-payment = { $sayso } { $risk ->
    [place] Careful: from { $place }. { $service } wants { $amount }.
    [network] Careful: other network. { $service } wants { $amount }.
   *[none] { $service } asks you to pay { $amount }.
}
notice-other = { notice-opening } { $service } asks: { $summary }.
notice-practice = { $sayso } Practice, as you asked: nothing happens.
notice-opening = { $sayso }{ $risk ->
    [place] {" "}Careful: from { $place }, not here.
    [network] {" "}Careful: from another network.
   *[none] {""}
}

## Its openings: where there is one broker, and where $broker is what the person calls one of several.
notice-sayso = Sayso.
notice-sayso-broker = Sayso, { $broker }.

## Everything else that is said of a request, where there is more than one broker.
at-broker = { $broker }. { $sentence }

## A notice: the tail. $near is same, place (then $place names it), or unknown. $by is how the
## login page is tied to the answer: code, page (a button and a QR code), scan (a QR code alone),
## button, or readout (digits that follow the answer).
notice-tail = Account { $account }{ $near ->
    [same] , this network
    [place] , from { $place }
   *[unknown] {""}
}. { $by ->
    [page] Use the page's first button, or scan.
    [scan] Scan the page's QR code.
    [button] Use the page's first button.
    [readout] Answer here, then comes a code.
   *[code] The code is on the page.
} { $left }.

## What a request asks, inside another sentence.
action-login = log in
action-payment = pay { $amount }
action-other = { $summary }
action-practice = nothing happens

## The code from the login page.
code-correct = Code correct. One question left.
code-wrong = Wrong code. { $tries ->
    [one] One try left.
   *[other] { CAPITAL($tries) } tries left.
} Read the page again.
code-wrong-blocked = Wrong code, five times. Wait { $wait }, then type it again.
code-wrong-again = Wrong code. Wait { $wait }, then type it again.
code-wrong-warning = Wrong code. { $count ->
    [one] One more wrong code removes
   *[other] { CAPITAL($count) } more wrong codes remove
} this computer. Wait { $wait }, then read the page again.
code-not-yet = Not yet. Wait { $wait }, then type the code again.
code-length = That was { $digits ->
    [0] no code
    [one] one digit
   *[other] { WORD($digits) } digits
}. The code has six{ $digits ->
    [0] {" "}digits
   *[other] {""}
}.

## The other ways to tie a login page to the answer: said before the question.
bound-qr = QR code read. One question left.
bound-link = Opened from a page. One question left.
bound-readout = One question first, then a code.

## Looking for a QR code. $button is there where each page that waits has one that opens Sayso, else
## none: then the first button is another one.
scan-looking = Looking. Your desktop may ask you first.
scan-nothing = { $at ->
    [screen] No QR code seen. Uncover the page{ $button ->
        [there] , or press its first button.
       *[none] {" "}and try again.
    }
   *[picture] No QR code is in that picture. Take one of the whole page{ $button ->
        [there] , or press the page's first button.
       *[none] {" "}and try again.
    }
}
scan-foreign = { $at ->
    [screen] No QR code of a Sayso login page seen. Uncover the page{ $button ->
        [there] , or press its first button.
       *[none] {" "}and try again.
    }
   *[picture] No QR code of a Sayso login page is in that picture. Take one of the right page.
}

## The code that is read out after the answer. $code is digit by digit.
readout = Type on the page: { $code }.
readout-twice = Type on the page: { $code }. Again: { $code }.
readout-ready = Code ready. To read it: sayso.
readout-not-said = Code ready, not said: no headphones. To read it: sayso.
readout-in-dialog = Code ready, not said: no headphones. It stands in the dialog.
readout-not-shown = Code ready, not shown: your screen reader would say it aloud. Copy it, or have it said.
readout-ask = Code ready, not said: no headphones. Say it aloud here? Yes or no.

## The question, after the code.
question-login = Log in at { $service } as { $account }? Approve or deny?
question-payment = Pay { $amount } to { $payee }? Digits: { $digits }. Approve or deny?
question-other = { $service } asks: { $summary }. As { $account }? Approve or deny?
question-practice = Practice: nothing happens. Approve or deny?

## Results: what happened to the request.
approved-login = Approved. You are logged in at { $service }.
approved-payment = Approved. { $amount } to { $payee }.
approved-other = Approved. { $service } has your answer.
approved-practice = Approved. That was practice: nothing happened.
approved-not-fetched = Approved. { $service } has not fetched it yet. Look at the page.
approved-unfinished = Approved here. Your browser is to finish it. Look at the page.
approved-readout = Approved here. Now a code for the page.
approved-end = Approved, but { $service } never fetched it. Start again on its page.
done-fetched = Done. { $service } has your answer now.
denied-login = Denied. Nobody was logged in.
denied-payment = Denied. Nothing was paid.
denied-other = Denied. { $service } is told no.
denied-practice = Denied. That was practice: nothing happened.
reported-login = Denied and reported. Nobody was logged in.
reported-payment = Denied and reported. Nothing was paid.
reported-other = Denied and reported. { $service } is told no.
reported-late = Done. Reported. { $service } already has your yes: ask it to undo that.
not-sent = Not sent yet: no connection. Sayso keeps trying until { $until }.
too-late = Too late. { $service }'s request has ended. Start again on its page.
too-late-practice = Too late. This practice is over. To begin again: sayso practise.
too-late-answered = Too late. { $service } already has another answer. See: sayso history.

## A request that ended without the person. $reason as the broker gives it.
cancelled = { $reason ->
    [service] Stopped. { $service } took its request back. You need do nothing.
    [page] Stopped on the page: { $service }. You need do nothing.
    [replaced] Stopped. A newer request from { $service } took its place.
    [readout_failed] Stopped. Three wrong codes were typed on { $service }'s page. Start again there.
    [other_browser] Stopped. { $service }'s page is not in your default browser. Start again in that one.
    [approver_removed] Stopped. The computer that had { $service }'s page was removed. Nothing was done.
   *[other] Stopped. { $service }'s request has ended. You need do nothing.
}
cancelled-practice = Stopped. This practice is over: nothing happened.

## Several requests, and time left.
one-more = One more waiting: { $service }. First answer { $open }.
waiting-none = Nothing is waiting.
waiting = { $count ->
    [one] One request is waiting.
   *[other] { CAPITAL($count) } requests are waiting.
}
time-left-for = { $left } left for { $service }.
time-more = More time. { $left } left for { $service }.
time-last = { $left } left for { $service }. There can be no more.

## Speech lost and found. $what is an action-... line, $left a time.
speech-spare = This is Sayso's spare voice. Speech Dispatcher cannot be heard.
speech-gone = Sayso cannot speak. It writes here instead.
speech-back-none = Speech is back. Nothing is waiting.
speech-back-alone = Speech is back.
speech-back = Speech is back. { $count ->
    [one] One waiting:
   *[other] { CAPITAL($count) } waiting, first
} { $service }, { $what }. { $left }.
speech-back-at = { $broker }, { $service }

## A language that Sayso does not have: said once, in each that it has.
language-missing = Sayso does not have your language. It speaks English and Danish.

## Screen locked.
locked-waiting = Sayso. { $count ->
    [one] One request is waiting. Unlock to hear it.
   *[other] { CAPITAL($count) } requests are waiting. Unlock to hear them.
}

## Requests that are not told: too many that nobody wanted, quiet hours, a person who is away. $came
## is how many came meanwhile, $waiting how many of them wait still.
quiet-unwanted = Somebody else may be signing in. New requests are not told. That ends { $when }.
quiet-unwanted-more = Nobody gets in without your yes. Not you? Tell the service. You? Type: sayso back.
quiet-away = You are away. That ends { $when }. Codes still work. To end it: sayso back.
quiet-back = Requests are told again.{ $came ->
    [0] {""}
   *[other] {" "}{ quiet-meanwhile }
}
quiet-back-hours = Quiet hours still hold. That ends { $when }.
quiet-back-already = Sayso tells you of each request already.
quiet-over = { $why ->
    [hours] Quiet hours are over.
   *[away] Your time away is over.
}{ $came ->
    [0] {""}
   *[other] {" "}{ quiet-meanwhile }
}
quiet-came = { $came ->
    [one] One request came that was not told.
   *[other] { CAPITAL($came) } requests came that were not told.
}{ $waiting ->
    [0] {""}
    [one] {" "}One waits. To see it: sayso requests.
   *[other] {" "}{ CAPITAL($waiting) } wait. To see them: sayso requests.
}
quiet-meanwhile = { $came ->
    [one] You missed one request.
   *[other] You missed { WORD($came) } requests.
}{ $waiting ->
    [0] {""}
    [one] {" "}One waits. To see it: sayso requests.
   *[other] {" "}{ CAPITAL($waiting) } wait. To see them: sayso requests.
}

## Registering, and trying out speech.
try-speech = This is Sayso, speaking. Did you hear it?
registered = Done. Sayso answers for { $account } on this computer.

## Times and amounts, used inside other sentences.
time-left-minutes = { $minutes ->
    [one] One minute
   *[other] { CAPITAL($minutes) } minutes
}
time-left-seconds = { CAPITAL($seconds) } seconds
time-left-almost = Less than ten seconds
wait-seconds = { WORD($seconds) } seconds
wait-half-minute = half a minute
wait-minutes = { $minutes ->
    [one] one minute
   *[other] { WORD($minutes) } minutes
}
wait-hours = { $hours ->
    [one] one hour
   *[other] { WORD($hours) } hours
}
wait-days = { $days ->
    [one] one day
   *[other] { WORD($days) } days
}
clock = { $hour }:{ $minute }
amount = { $figure } { $currency ->
    [DKK] { $count ->
        [one] krone
       *[many] kroner
    }
    [NOK] Norwegian { $count ->
        [one] krone
       *[many] kroner
    }
    [SEK] Swedish { $count ->
        [one] krona
       *[many] kronor
    }
    [ISK] Icelandic { $count ->
        [one] króna
       *[many] krónur
    }
    [EUR] { $count ->
        [one] euro
       *[many] euros
    }
    [GBP] { $count ->
        [one] pound
       *[many] pounds
    }
    [USD] { $count ->
        [one] US dollar
       *[many] US dollars
    }
    [CHF] Swiss { $count ->
        [one] franc
       *[many] francs
    }
    [JPY] yen
   *[other] { $currency }
}
amount-figure = { $whole }.{ $parts }
amount-digits = { $whole } point { $parts }
