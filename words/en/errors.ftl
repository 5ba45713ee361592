### What went wrong: sentence one what happened, sentence two what to do. Shown, and said aloud
### where a command has no terminal.

## The daemon and its doors.
error-daemon-not-there = Sayso is not running. Start it: systemctl --user start saysod.
error-daemon-silent = Sayso does not answer. Start it anew: systemctl --user restart saysod.
error-already-running = Sayso is running already. Use that one, or stop it: systemctl --user stop saysod.
error-runtime-folder = Sayso has no folder for its socket: { $path }. Log in to this computer anew, or set XDG_RUNTIME_DIR.
error-socket = Sayso cannot open its socket { $path }. Check who owns that folder, then start Sayso again.
error-other-user = Another user called Sayso and was refused. Call it as the user whose session this is.
error-sandboxed = A sandboxed program called Sayso and was refused. Use a program outside the sandbox.
error-locked = The screen is locked. Unlock it, then try again.
error-no-bus = There is no session bus. Sayso goes on without desktop and keyring; to have them, log in to the desktop.

## The broker and the connection to it.
error-offline = No connection to { $broker }, so nothing was sent. Try again when the network is back.
error-broker-unreachable = { $broker } cannot be reached. Check the address and the network, then try again.
error-broker-silent = { $broker } did not answer in ten seconds. Try again in a minute.
error-broker-refused = { $broker } refused: { $reason ->
    [malformed] it could not read the message
    [too-large] the message was too large
    [unauthorized] it does not know this computer
    [signature] the signature does not count
    [clock] the clocks differ
    [known-key] it knows this key already
    [too-many] too much is waiting
    [unavailable] it cannot write to its store
   *[other] { $reason }
}. Try once more, then ask those who run it.
error-broker-strange = { $broker } sent something that Sayso cannot read, so nothing was done. Tell those who run it.
error-broker-insecure = { $address } is not a secure address. Use one that begins with https.
error-certificate = { $fault ->
    [expired] The certificate of { $broker } is too old, so Sayso does not connect to it. Look whether this computer's clock is right; if it is, tell those who run { $broker }.
    [early] The certificate of { $broker } does not count yet, so Sayso does not connect to it. Look whether this computer's clock is right; if it is, tell those who run { $broker }.
    [issuer] Nobody whom this computer trusts vouches for { $broker }, so Sayso does not connect to it. On a foreign network try another one; else ask those who run { $broker }.
    [name] What answers for { $broker } has a certificate of another name, so Sayso does not connect to it. On a foreign network try another one; else ask those who run { $broker }.
   *[other] The certificate of { $broker } cannot be used, so Sayso does not connect to it. Tell those who run { $broker }.
}
error-broker-key = What answers for { $broker } signs with a key that this computer does not know, so Sayso does not believe it. Ask those who run { $broker }; if the key is theirs, unregister this computer, then register it again.
error-address = { $address } is not an address of a broker. Copy it again from your service.
error-clock-off = This computer's clock is { $off } off. Sayso goes by the broker's time; set the clock when you can.
error-removed = This computer was removed: it cannot answer for { $account } any more. Ask those who run { $broker } for a new activation code.
error-computer-forgotten = { $broker } does not know this computer, perhaps because it was set back to an earlier state. Ask those who run it for a new activation code, then unregister this computer and register it again.
error-broker-set-back = { $broker } was set back to an earlier state, so what was changed there since is lost. Look at your settings and your computers, and change again what is wrong.
error-key-copied = Another computer uses the keys of this one for account { $account } at { $broker }. If you did not copy them yourself, remove this computer from the account and register it again.
error-account-blocked = Account { $account } is blocked at { $broker }. Ask those who run it.

## Registering.
error-activation-wrong = { $broker } did not take the activation code. Check account and code; after three wrong ones ask for a new code.
error-activation-form = That is not an activation code. It has 14 digits: type all of them again.
error-registered-already = This computer is registered already, for { $account }. To see it: sayso accounts.
error-too-many-approvers = { $account } has as many computers as { $broker } allows. Remove one of them first, then register this one.
error-enrolment-unknown = { $broker } did not answer, so nobody knows yet whether this computer is registered. Sayso tells you when it is; or try again with the same code.
error-not-registered = No account is registered here. Begin with: sayso register ADDRESS ACCOUNT.
error-starting = Sayso is still opening your keys. Try again in a moment.
error-account-unknown = There is no account { $account } here. To see yours: sayso accounts.
error-account-several = Several accounts are registered here: { $accounts }. Say which with --account.
error-broker-unknown = There is no broker { $broker } here. To see yours: sayso accounts.
error-broker-name = That cannot be a broker's name. Give it one of at most twenty letters.
error-broker-name-taken = Another broker is called { $name }. Choose another name.
error-account-name = That cannot be an account's name. Copy it again from your service.

## Requests and answers.
error-no-request = Nothing is waiting. Start on the service's page, then try again.
error-request-unknown = There is no request { $request }. To see what waits: sayso requests.
error-request-several = Several requests are waiting. Say which one: sayso requests lists them.
error-no-question = No question is open. Begin with the next step: sayso.
error-not-announced = The question was not yet told to its end. Hear it first: sayso repeat.
error-not-bound = The code was not given on this computer. Give it here, or answer where it was given.
error-clipboard-empty = No code was found on the clipboard. Press the page's copy button, or type the six digits.
error-clipboard-tool = The clipboard cannot be read here. Type the six digits.
error-code-used = This code was used already. Take the new one from the page.
error-code-foreign = No request of yours has this code. Read the page again.
error-no-code-wanted = No waiting login takes a code from its page. For the next step: sayso.
error-code-account = Several accounts have a request waiting: { $accounts }. Say which: sayso enter --account NAME.
error-away = { $text } is not a time to be away. Write it like this: sayso away 7d.
error-answered = This request was answered already. To see how: sayso history.
error-question-open = Another question is open: { $service }. Answer that one first.
error-practise-waiting = A real request is waiting: { $service }. Answer it first, then practise again.
error-no-prompt = There is no terminal and no dialog program. Install zenity or kdialog, or use a terminal.

## Pictures with QR codes.
error-picture-file = { $path } cannot be opened. Check the file's name.
error-picture-clipboard = No picture was found on the clipboard. Copy one, or name a file: sayso scan --image FILE.
error-picture-clipboard-tool = The clipboard cannot be read here. Save the picture, and name the file: sayso scan --image FILE.
error-picture-empty = The picture is empty. Take it once more.
error-picture-form = That is not a PNG picture, or a damaged one. Save it as PNG once more.
error-picture-large = The picture is too large. Cut out the part with the code, then try again.
error-picture-slow = The picture took too long. Cut out the part with the code, then try again.
error-picture-died = The picture could not be read. Take it once more.
error-picture-screen = The screen cannot be read here. Save a picture of it, and name the file: sayso scan --image FILE.
error-picture-reader = The program sayso-scan is missing. Install Sayso again.

## Looking at the screens. $button as in scan-nothing.
error-screen-none = Sayso cannot look at the screen on this desktop. Save a picture of it, and name the file: sayso scan --image FILE.
error-screen-cancelled = The picture of the screen was not allowed, so nothing was looked at. Try again, and say yes when the desktop asks.
error-screen-refused = The desktop does not let Sayso look at the screen. Allow it in the desktop's settings{ $button ->
    [there] , or press the page's first button.
   *[none] {" "}and try again.
}
error-screen-late = The desktop handed over no picture of the screen within a minute. Try again{ $button ->
    [there] , or press the page's first button.
   *[none] , or name a picture: sayso scan --image FILE.
}
error-screen-large = The picture of the screen is too large. { $button ->
    [there] Press the page's first button, or name
   *[none] Name
} a smaller picture: sayso scan --image FILE.
error-screen-unread = The picture of the screen cannot be read. Try again{ $button ->
    [there] , or press the page's first button.
   *[none] , or name a picture: sayso scan --image FILE.
}

## Addresses of login pages and QR codes. Nothing was sent anywhere.
error-not-sayso-address = That is not a Sayso address. Copy the whole address, beginning with sayso.
error-address-form = { $fault ->
    [verb] This Sayso address asks for something unknown
    [long] This Sayso address is too long
    [extra] This Sayso address has a part too many
    [missing] A part of this Sayso address is missing
    [doubled] A part of this Sayso address is there twice
   *[unreadable] A part of this Sayso address cannot be read
}, so nothing was sent. Start again on the service's page.
error-address-broker = This address is of a service that this computer is not registered for, so nothing was sent. If you did not ask for it, close its page.
error-address-request = The login of this address is not waiting here, so nothing was sent. Start again on its page, or close it if it is not yours.
error-address-late = The time of this address is over. Start again on the service's page.
error-address-answered = This login was answered already. To see how: sayso history.
error-address-method = This login is not opened in this way. Use what its page offers.
error-address-secret = This is not the address that the login page shows now. Go back to the page and use that one.
error-address-too-soon = Another address was opened a moment ago, so this one was not looked at. Try again in five seconds.
error-address-register = This address asks to register this computer at { $broker }. If you want that, type in a terminal: sayso register { $broker } { $account }.
error-bound-elsewhere = This login is open on another computer. Answer it there.

## Digits that are read out.
error-copy-tool = The clipboard cannot be written here. Type the digits, or have them said.
error-no-readout = No login page waits for a code of Sayso. For the next step: sayso.
error-no-browser = No browser could be opened, so the login is not finished. Start again on the page, and do not use its first button.

## Settings and computers.
error-setting-unknown = There is no setting { $text }. To see them: sayso settings.
error-setting-value = That setting cannot be { $text }. Choose one of: { $values }.
error-setting-already = The setting has that value already. To see yours: sayso settings.
error-setting-already-waits = The setting has that value already, but a change of it waits. To stop that: sayso settings cancel.
error-setting-waits = That change waits already. To see it: sayso settings pending.
error-change-none = No change is waiting. To see your settings: sayso settings.
error-change-several = Several changes wait, and none was chosen. To see them: sayso settings pending.
error-change-unknown = That change is not there any more. To see what waits: sayso settings pending.
error-change-ended = { $state ->
    [done] That change took effect already.
    [stopped] That change was stopped already.
   *[dropped] That change was dropped already.
} To see your settings: sayso settings.
error-change-not-ready = The change is not ready. Sayso asks you { $until }.
error-change-unanswered = No answer from { $broker }, so nobody knows whether it was done. To see your settings: sayso settings.
error-change-question = That question is not open any more, so nothing was changed. Begin again.
error-computer-unknown = There is no computer { $name } for this account. Without a name, the command lists them.
error-computer-several = Several computers are called { $name }. Name one by its id, which --json shows.
error-computer-waits = This computer is not let in yet. Let it in at another computer of yours, or wait.

## What Sayso keeps.
error-store-open = Sayso cannot open its store { $path }. Check who owns that folder, then start Sayso again.
error-store-read-only = Sayso's store cannot be written: { $path }. Make it writable, then start Sayso again.
error-store-full = The disk is full, so nothing was signed. Make room, then try again.
error-store-corrupt = Sayso's store is damaged: { $path }. Move it away, and ask those who run your broker for a new activation code.
error-store-no-room = The disk of Sayso's store is full: { $path }. Make room, then start Sayso again.
error-store-newer = Sayso's store is from a newer Sayso: { $path }. Install that version again.
error-store-busy = Another program holds Sayso's store: { $path }. Close that program, then try again.
error-keyring-none = There is no keyring, so Sayso keeps its keys in a file: { $path }. Keep other people away from that file.
error-keyring-locked = The keyring is locked. Unlock it, then try again.
error-keyring-silent = The keyring does not answer. Log in to the desktop anew, then try again.
error-keys-exposed = Other people can read Sayso's keys: { $path }. Take that right away, then start Sayso again.
error-keys-missing = The keys for { $account } at { $broker } are missing. Unlock the keyring; if they are lost, register again.
keys-back = The keys for { $account } at { $broker } are here now. Sayso connects.
keys-open = The keys are open now.
error-history-key-lost = The key of your history is lost, so its old lines prove nothing. Go on as before: Sayso has made a new key.
error-store-lost = Sayso's store is lost, but its keys are here. Its settings are the strictest now; register this computer again.
error-keys-unreadable = Sayso cannot read its keys. Unlock the keyring, or ask those who run your broker for a new activation code.
error-history-broken = The history was changed after it was written, at line { $line }. Tell those who run your broker.
error-history-cut = The end of the history is missing. Tell those who run your broker.
error-preferences = The preferences have a fault in line { $line }, so the old ones stay. Correct it: { $path }.
error-preference-refused = That is no preference Sayso knows. To see yours: sayso preferences.
error-preference-value = { $name } cannot be that. What it can be: { $meaning }.
error-preferences-unreadable = Sayso cannot read its preferences: { $path }. Check who owns that file.
error-preferences-unwritable = Sayso cannot write its preferences: { $path }. Make room, or check who owns that file.

## Channels.
error-no-speech = Sayso cannot speak: Speech Dispatcher does not answer. Check it with: spd-say hello.
error-no-notifications = Notifications cannot be shown here. Use speech, or: sayso attend.

## Keyboard shortcuts.
error-keys-desktop = Sayso cannot set shortcuts on this desktop. In its keyboard settings, give one to each command: { $commands }.
error-keys-form = { $text } is not a combination of keys that Sayso can take. Write it like this: super+alt+a.
error-keys-taken = { $keys } is taken already: { $by }. Choose other keys: sayso keys install --{ $act } KEYS.
error-keys-settings = The shortcuts of { $desktop } are out of reach: { $program } does not work here. Install it, or start the desktop, then try again.

## Anything else.
error-usage = Sayso did not understand that. For help: sayso --help.
error-usage-unknown = Sayso does not know { $text }. For help: sayso --help.
error-usage-missing = { $text } is missing. For help: sayso --help.
error-not-number = { $text } is not a number. Type digits only.
error-inside = Something failed inside Sayso, and nothing was signed. See the log: journalctl --user -u saysod.

## Refusals of the broker over HTTP, for who reads a log or a trace: title, then what to do.
problem-malformed = The call cannot be read. Compare its body and arguments with the documentation.
problem-too-large = The call is too large. Send less.
problem-unauthorized = The caller is not known. Send a proof that counts in the Authorization header.
problem-not-found = There is no such thing here. Check the address and whose it is.
problem-return-url = The return address is not registered. Send one that is, byte for byte.
problem-signature = The signed message does not count. Check its key, issuer, audience and form.
problem-clock = The signed message is too old or from the future. Ask for the time and sign again.
problem-wrong-code = No waiting request has this code. Read the page again.
problem-code-blocked = Codes are not taken just now. Try again at the given time.
problem-approver-removed = The computer was removed. Register it again with a new activation code.
problem-activation = The activation did not work. Check account and code, or ask for a new code.
problem-too-many-approvers = The account has as many computers as it may have. Remove one first.
problem-approver-waits = This computer is not let in yet. Confirm it at another computer, or wait until its waiting time is over.
problem-replaced = Another computer that has the same key has connected since. If nobody meant that, remove this computer and register it anew.
problem-account-blocked = The account is blocked. Ask the administrator of the broker.
problem-wrong-secret = No waiting request has this secret. Take the one that the login page shows now.
problem-method = The request cannot be bound in this way. Use what the login page offers.
problem-not-ready = The change is not ready. Confirm it when its waiting time is over.
problem-change-ended = The change has ended. Queue it again if it is still wanted.
problem-no-change = The setting has this value already, or a change to it waits. Nothing was changed.
problem-known-key = The key is known already. Register with a fresh key.
problem-not-bound = The request is not bound by this computer. Send the code first.
problem-page-needed = This account takes no digits of a service. Ask again for a page of the broker.
problem-own-page = This service may not show the digits itself. Ask the administrator to allow it.
problem-ended = The request has ended. The state says how.
problem-ticket = The ticket does not count. Send the browser to its login page again.
problem-network-reported = The account has reported a login from this network. For a day nobody is asked about logins from there: use another network, or wait.
problem-idempotency-key = This idempotency key came with another body before. Send what was sent then, or take a new key.
problem-too-many = Too many requests wait for this account. Try again when some have ended.
problem-unavailable = The broker cannot do it just now, and nothing was changed. Try again in a minute.
