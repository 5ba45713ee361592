### The login page. Titles, labels and help; the states are status messages.

## The whole page.
page-title = Log in at { $service } with Sayso
page-title-action = { $service } asks, with Sayso
page-question-login = Log in at { $service } as { $account }?
page-question-payment = Pay { $amount } to { $payee } as { $account }?
page-question-other = { $service } asks: { $summary }. As { $account }?
page-question-practice = Practice: nothing happens. Sayso asks you, and you answer.
page-from = Asked from { $place }.

## The button for the same computer, and what to do when it does nothing.
page-here-heading = On this computer
page-here-open = Approve on this computer
page-here-nothing = Nothing opens? Let your browser open Sayso{ $chosen ->
    [link] {""}
   *[other] , or go on below
}.
page-here-default = It is finished in your default browser. Is that another one? { $chosen ->
    [link] Start
   *[other] Go on below, or start
} again there.

## The code, for eyes and for ears, and what to do with it.
page-code-heading = The code
page-code-spoken = Code: { $code }
page-copy = Copy code { $code }
page-copied = Copied. Now open Sayso.
page-copy-failed = Copying did not work. Type the code into Sayso.
page-qr-image = QR code, for Sayso to read off this screen
page-enter-heading = The code that Sayso reads out
page-enter-label = Code of six digits
page-enter-send = Go on
page-do-heading = { $chosen ->
    [code] What to do with the code
    [qr] What to do with the QR code
   *[readout] How to have a code read out
}
page-do-give = Give this code to Sayso on your computer: press your Sayso shortcut, or type sayso in a terminal.
page-do-scan = Let Sayso scan this screen: press your shortcut for it, or type sayso scan in a terminal and come back to this page.
page-do-take = Go to Sayso on your computer: press your Sayso shortcut, or type sayso in a terminal. It asks you one question.
page-do-answer = Then Sayso asks you one question. Answer it there; this page goes on by itself.
page-do-type = When you have approved, Sayso reads six digits to you. Type them here: a field for them appears on this page.
page-do-unasked = You did not start this? Cancel it{ $chosen ->
    [code] , and give the code to nobody
    [qr] {""}
   *[readout] , and tell the digits to nobody
}.
page-no-script = Without JavaScript this page does not change by itself. When you have answered in Sayso, press Check now.
page-check = Check now
page-cancel = Cancel this login
page-cancel-action = Cancel this request
page-continue = Go on to { $service }
page-return = Back to { $service }
page-time-left = { $left } left.
page-more-time = More time
page-more-time-why = Not enough time? You can have ten minutes in all.
page-more-time-given = You have more time. { $left }
page-more-time-none = This is all the time there is. { $left }

## States, each one a status message.
page-state-waiting = { $chosen ->
    [link] Waiting for you to open Sayso.
    [code] Waiting for your code in Sayso.
    [qr] Waiting for Sayso to read the QR code.
   *[readout] Waiting for your answer in Sayso.
}
page-state-bound = { $method ->
    [code] Code correct. Go back to Sayso: one question left.
    [qr] QR code read. Go back to Sayso: one question left.
    [link] Opened in Sayso. One question left there.
   *[readout] Taken in Sayso. One question left there, then it reads out a code.
}
page-state-readout = Approved in Sayso. Type the code here that it reads out.
page-state-wrong = Wrong code. { $tries ->
    [one] One try left.
   *[other] { CAPITAL($tries) } tries left.
} Let Sayso repeat the code.
page-state-finish = Approved in Sayso. It goes on in a new tab of this browser.
page-state-other-tab = Done in the other tab. You can close this one.
page-state-approved = Approved. You are on your way to { $service }.
page-state-done = Done. { $service } has your answer.
page-state-denied = Denied. Nobody was logged in.
page-state-denied-action = Denied. Nothing was done.
page-state-expired = Too late. This request has ended: start again at { $service }.
page-state-cancelled = Stopped. This request has ended, and nobody was logged in.
page-state-cancelled-action = Stopped. This request has ended, and nothing was done.
page-state-replaced = Stopped. A newer request took its place: this one has ended, and { $what ->
    [login] nobody was logged in
   *[action] nothing was done
}.
page-state-readout-failed = Stopped. The code was wrong three times: this request has ended, and { $what ->
    [login] nobody was logged in
   *[action] nothing was done
}.
page-state-other-browser = Stopped. Sayso opened another browser than this one: this request has ended, and { $what ->
    [login] nobody was logged in
   *[action] nothing was done
}.
page-state-connection = No connection just now. This page keeps trying.

## Pages without a request.
page-practice-name = Practice
page-practice-done = { $result ->
    [approved] Done. That was practice: nothing happened.
    [denied] Denied. That was practice: nothing happened.
   *[over] This practice is over, and nothing happened. To begin again, type in a terminal: sayso practise.
}
page-elsewhere-title = Open in another browser
page-elsewhere = This login is open in another browser. Go on there, or start again at your service.
page-other-browser-title = Begun in another browser
page-other-browser = The login page is open in another browser. So this request has ended, and nothing was done. Start again in this browser, or make the other one your default browser.
page-not-from-sayso-title = Opened from elsewhere
page-not-from-sayso = Only Sayso opens this address, and this time another page did. Go back to the login page.
page-not-found-title = No such login
page-not-found = There is no login at this address, or it is over. Start again at your service.
page-error-title = Something failed
page-error = This page cannot be shown just now. Start again at your service.
page-no-help-title = No such page
page-no-help = There is no page of the help at this address. Press Help to see them all.

## Help.
page-help-title = { $topic }: help with Sayso
page-help-link = Help

## Told once to who reads neither language.
page-language-missing = This page is not available in your language. It is available in English and Danish.
page-language-read = Read it in English

## The demo service of sayso-broker dev.
demo-title = Sayso demo service
demo-text = A small service to try Sayso with. Log in here, then answer in Sayso.
demo-account = Account
demo-log-in = Log in
demo-in = Logged in as { $account }
demo-in-text = This service has fetched the signed outcome and checked it.
demo-out = Not logged in
demo-out-text = Nobody was logged in. Start again on the first page.
demo-again = Start again
