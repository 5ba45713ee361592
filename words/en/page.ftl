### The login page. Titles, labels and help; the states are status messages.

## The whole page.
page-title = Log in at { $service } with Sayso
page-title-action = { $service } asks, with Sayso
page-question-login = Log in at { $service } as { $account }?
page-question-payment = Pay { $amount } to { $payee } as { $account }?
page-question-other = { $service } asks: { $summary }. As { $account }?
page-question-practice = Practice: nothing happens. Sayso asks you, and you answer.
page-from = Asked from { $place }.

## The code, for eyes and for ears, and what to do with it.
page-code-heading = The code
page-code-spoken = Code: { $code }
page-copy = Copy code { $code }
page-copied = Copied. Now open Sayso.
page-copy-failed = Copying did not work. Type the code into Sayso.
page-do-heading = What to do now
page-do-give = Give this code to Sayso on your computer: press your Sayso shortcut, or type sayso in a terminal.
page-do-answer = Then Sayso asks you one question. Answer it there; this page goes on by itself.
page-do-unasked = You did not start this? Cancel it, and give the code to nobody.
page-no-script = Without JavaScript this page does not change by itself. When you have answered in Sayso, press Check now.
page-check = Check now
page-cancel = Cancel this login
page-cancel-action = Cancel this request
page-continue = Go on to { $service }
page-return = Back to { $service }
page-time-left = { $left } left.

## States, each one a status message.
page-state-waiting = Waiting for your code in Sayso.
page-state-bound = Code correct. Go back to Sayso: one question left.
page-state-unconfirmed = Approved on your computer. One step is left here.
page-state-approved = Approved. You are on your way to { $service }.
page-state-done = Done. { $service } has your answer.
page-state-denied = Denied. Nobody was logged in.
page-state-denied-action = Denied. Nothing was done.
page-state-expired = Too late. This request has ended: start again at { $service }.
page-state-cancelled = Stopped. This request has ended, and nobody was logged in.
page-state-cancelled-action = Stopped. This request has ended, and nothing was done.
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
