### What `sayso-broker` prints to the person who runs it.

## serve and dev.
admin-dev-store = This broker and its store are thrown away when it stops: { $path }.
admin-dev-register = To register this computer: sayso register { $address } { $account }

## service.
admin-service-added = Service { $service } is added. Its id: { $id }. Its API key, shown only now: { $key }
admin-service-removed = Service { $service } is removed. Its requests end now.
admin-service-page-own = Service { $service } may show the digits on its own page.
admin-service-page-brokers = Service { $service } uses the pages of this broker.
admin-service-line = { $service }, id { $id }, returns to { $addresses }.
admin-service-none = There is no service yet. Add one: sayso-broker service add NAME --return-url ADDRESS.
admin-webhook-line = Service { $service } is told what becomes of its requests at { $address }.
admin-webhook-gone = Service { $service } is told nothing any more: on { $date } the receiver at { $address } said that it is gone. To begin again, set the address anew.
admin-webhook-key = The public key by which it knows this broker: { $key }
admin-webhook-counts = To be delivered: { $waiting }. Given up: { $dead }. Forgotten undelivered, since there were too many: { $lost }.
admin-webhook-removed = Service { $service } is told nothing any more. What waited for it is forgotten.
admin-webhook-dead = Event { $id } of { $date }, request { $request }: { $why }
admin-webhook-dead-none = Nothing was given up for service { $service }.
admin-webhook-unreachable = nobody answered.
admin-webhook-certificate = nobody vouches for who answered.
admin-webhook-late = no answer within 15 seconds.
admin-webhook-said-gone = the receiver said that it is gone.
admin-webhook-status = the receiver answered with status { $status }.
admin-webhook-resent = { $count ->
    [0] Nothing was given up for service { $service }, so nothing is sent again.
    [one] One event is sent again to service { $service }.
   *[other] { $count } events are sent again to service { $service }.
}

## account.
admin-account-added = Account { $account } is added. Next: sayso-broker activation new { $account }.
admin-account-line = { $account }, called { $display }: { $count ->
    [0] no approver.
    [one] one approver.
   *[other] { $count } approvers.
}
admin-account-line-blocked = { $account }, called { $display }, blocked: { $count ->
    [0] no approver.
    [one] one approver.
   *[other] { $count } approvers.
}
admin-account-blocked = Account { $account } is blocked. Every request and every change that waited is called off, and its activation code is over. To let it answer again: sayso-broker account unblock { $account }.
admin-account-unblocked = Account { $account } answers again.
admin-account-none = There is no account yet. Add one: sayso-broker account add NAME.

## approver and activation.
admin-approver-line = { $name }, id { $id }, registered { $date }.
admin-approver-waits = { $name }, id { $id }, registered { $date }, waits to be let in.
admin-approver-none = Account { $account } has no approver. Give it a code: sayso-broker activation new { $account }.
admin-approver-removed = Approver { $name } of account { $account } is removed. To let another computer in: sayso-broker activation new { $account }.
admin-activation = Activation code for { $account }, good for { $minutes } minutes, once: { $code }
admin-activation-now = Activation code for { $account }, good for { $minutes } minutes, once. The computer that uses it is an approver at once, and the others are told. The code: { $code }

## keys.
admin-key-rotated = The broker has a new key, and the old one signed it: computers take it by themselves. Back up the store now, since no computer takes the old key again. The new key's id: { $key }

## audit.
admin-audit-whole = The audit is whole: { $count ->
    [one] one entry.
   *[other] { $count } entries.
}

## Faults: what happened, what to do.
admin-error-audit-broken = Audit entry { $entry } was changed after it was written. Compare it with a backup, and find out who can write to the store.
admin-error-audit-cut = The end of the audit is missing or not signed by this broker. Compare it with a backup, and find out who can write to the store.
admin-error-service-exists = There is a service { $service } already. Choose another name, or remove that one first.
admin-error-service-unknown = There is no service { $service }. To see them: sayso-broker service list.
admin-error-webhook-none = Service { $service } has no webhook. Set one: sayso-broker service webhook set NAME ADDRESS.
admin-error-webhook-address = { $address } cannot be a webhook. Use a whole address that begins with https, without a user name, a password or a fragment; http only for this computer.
admin-error-webhook-gone = The webhook of service { $service } said that it is gone. Set the address anew first: sayso-broker service webhook set NAME ADDRESS.
admin-error-event-unknown = No event { $id } was given up for service { $service }. To see them: sayso-broker service webhook dead NAME.
admin-error-account-exists = There is an account { $account } already. Choose another name.
admin-error-account-unknown = There is no account { $account }. To see them: sayso-broker account list.
admin-error-account-blocked = Account { $account } is blocked. To let it answer again: sayso-broker account unblock { $account }.
admin-error-account-not-blocked = Account { $account } is not blocked. To see the accounts: sayso-broker account list.
admin-error-approver-unknown = Account { $account } has no approver { $name }. To see them: sayso-broker approver list { $account }.
admin-error-approver-several = Several approvers of account { $account } are called { $name }. Name one by its id, which this shows: sayso-broker approver list { $account }.
admin-error-approvers = Account { $account } has as many approvers as it may have, those that wait included. Remove one first: sayso-broker approver remove { $account } NAME.
admin-error-name = { $name } cannot be the name of an account. Use 1 to 64 of a to z, 0 to 9, dot, underscore, dash, at sign and plus.
admin-error-service-name = A service needs a name. Give the one that people should hear.
admin-error-return-url = { $address } cannot be a return address. Use a whole address that begins with https; http only for this computer.
admin-error-origin = { $address } cannot be the address of this broker. Use https, or http on this computer only.
admin-error-settings = The settings file has a fault in line { $line }: { $path }. Correct it, then start again.
admin-error-settings-unreadable = The settings file cannot be read: { $path }. Check the path and who may read it.
admin-error-store-open = The store cannot be opened: { $path }. Check the path and who may write there.
admin-error-store-none = There is no store at { $path }. Start the broker once, or name its folder with --store.
admin-error-store-read-only = The store cannot be written: { $path }. Make it writable, then start again.
admin-error-store-full = The disk of the store is full: { $path }. Make room, then start again.
admin-error-store-corrupt = The store is damaged: { $path }. Put back a backup.
admin-error-store-newer = The store is from a newer Sayso: { $path }. Install that version again.
admin-error-listen = { $address } cannot be listened on. Stop what is using it, or choose another with --listen.
admin-error-metrics = { $address } cannot be listened on for metrics. Stop what is using it, or set another under metrics.
admin-error-not-loopback = { $address } is not on this computer, and plain http is for this computer only. Set a certificate under [tls], or the addresses of your proxy under [proxy].
admin-error-no-origin = The address by which others reach this broker is not set. Set origin, for instance https://login.example.
admin-error-not-https = { $address } does not begin with https, but a certificate is set. Set origin to the https address that the certificate is for.
admin-error-tls-unreadable = A file of the certificate cannot be read: { $path }. Check the path and who may read it.
admin-error-tls-certificate = There is no certificate in this file: { $path }. Put the broker's certificate there in PEM form, first, with those that lead to its root after it.
admin-error-tls-key = There is no usable private key in this file: { $path }. Put the certificate's key there in PEM form, without a passphrase.
admin-error-tls-pair = The key in this file is not the certificate's: { $path }. Put the key there that the certificate was made with.
admin-error-tls-host = The certificate in this file is not for { $host }: { $path }. Get one for that name, or correct origin.
admin-tls-kept = The broker keeps the certificate that it had.
admin-error-ready-file = The ready file cannot be written: { $path }. Choose another path.
admin-error-key = The key of the store cannot be used: { $path }. Make sayso-broker.key there readable for its owner alone.
admin-error-key-unwritable = The new key cannot be written: { $path }. The old one goes on: make room there, and make the folder writable for its owner.
admin-error-key-foreign = The key of the store is missing or another one: { $path }. Put back the sayso-broker.key that belongs to it.
admin-error-audit-decision = A signed answer that the audit names is missing or changed. Compare it with a backup, and find out who can write to the store.
admin-error-audit-unreadable = The audit cannot be read to its end. Put back a backup.
admin-error-inside = Something failed inside the broker. See its log on stderr.
