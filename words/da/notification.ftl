### Før en linje, hvor der er mere end én broker.
line-at-broker = { $broker }:

## Notifikationens linje, også til punktskrift: 40 celler med eksemplernes navne.

## Anmodninger. $risk, $near og $by som i spoken.ftl; $amount og $left de korte.
line-login = { $risk ->
    [place] IKKE HER, { $place }. { $service }: log ind?
    [network] ANDET NETVÆRK. { $service }: log ind?
   *[none] { $service }: log ind? { line-answer }
}
line-payment = { $risk ->
    [place] IKKE HER, { $place }. { $service }: { $amount }?
    [network] ANDET NETVÆRK. { $service }: { $amount }?
   *[none] { $service }: betal { $amount }? { line-answer }
}
line-other = { $risk ->
    [place] IKKE HER, { $place }. { $service } spørger
    [network] ANDET NETVÆRK. { $service } spørger
   *[none] { $service } spørger. { line-answer }
}
line-answer = { $by ->
    [page] Svar: side
    [scan] Svar: skan
    [button] Svar: side
    [readout] Svar: sayso
   *[code] Svar: kode
}
line-practice = Øvelse: der sker ikke noget
line-tail = { $account }{ $near ->
    [same] , dette netværk
    [place] , { $place }
   *[unknown] {""}
}, { $left }
line-waiting = Sayso: { $count } venter
line-locked = { $count ->
    [one] 1 anmodning. Lås op for at læse den.
   *[other] { $count } anmodninger. Lås op og læs dem.
}
line-one-more = +1 { $service }. Først: { $open }

## Koden og spørgsmålet.
line-question-login = Log ind, { $service }, { $account }? ja/nej
line-question-payment = Betal { $amount }, { $payee }? ja/nej
line-question-other = { $service }, { $account }? godkend/afvis
line-question-practice = Øvelse: der sker intet. godkend/afvis

line-readout = Koden er klar. Læs den: sayso

## Svar.
line-approved-unfinished = Godkendt her. Færdig i: { $service }
line-approved-login = Godkendt. Logget ind: { $service }
line-approved-payment = Godkendt. { $amount }, { $payee }
line-approved-other = Godkendt. { $service } har svaret.
line-approved-practice = Godkendt. Det var en øvelse.
line-approved-not-fetched = Godkendt. { $service } er ikke klar
line-done-fetched = Udført. { $service } har svaret nu.
line-denied-login = Afvist. Ingen blev logget ind.
line-denied-payment = Afvist. Intet blev betalt.
line-denied-other = Afvist. { $service } får et nej.
line-denied-practice = Afvist. Det var en øvelse.
line-reported-login = Afvist, anmeldt. Ingen logget ind.
line-reported-payment = Afvist, anmeldt. Intet betalt.
line-reported-other = Afvist, anmeldt: { $service }
line-reported-late = Udført. Anmeldt: { $service }
line-not-sent = Ikke sendt endnu. Prøver til { $until }
line-too-late = For sent. Begynd forfra på siden.
line-too-late-practice = For sent. Igen: sayso practise
line-cancelled = { $reason ->
    [service] Stoppet af { $service }.
    [page] Stoppet på siden: { $service }
    [readout_failed] Tre forkerte koder: { $service }
    [other_browser] Anden browser: { $service }
    [replaced] Stoppet. Ny anmodning: { $service }
    [approver_removed] Computer fjernet: { $service }
   *[other] Stoppet: { $service }
}
line-cancelled-practice = Stoppet. Det var en øvelse.
line-time-left = { $left }: { $service }

## Ændringer af sikkerhedsindstillinger, og computere. $what som i changes.ftl.
line-change = { $state ->
    [waiting] Ændring venter
    [ready] Ændring klar
    [done] Udført
    [stopped] Ændring stoppet
   *[dropped] Ændring faldt bort
}: { change-what }
line-computer = { $state ->
    [waiting] Ny computer: { $name }
    [in] Computer lukket ind: { $name }
    [out] Computer holdt ude: { $name }
   *[removed] Computer fjernet: { $name }
}
line-computer-here = { $state ->
    [waiting] Denne computer venter.
    [in] Denne computer kan svare nu.
   *[out] Denne computer blev holdt ude.
}
line-locked-change = Indstillinger. Lås op for at læse.
line-quiet-unwanted = En anden prøver måske at logge ind.

## Tale.
line-speech-spare = Reservestemme: Speech Dispatcher nede.
line-speech-gone = Sayso kan ikke tale. Den skriver her.
line-speech-back = Talen er her. { $count } venter: { $service }
line-speech-back-none = Talen er tilbage. Intet venter.
line-try = Det er Sayso. Læste du det?

## En notifikations knapper.
button-answer = Svar
button-deny = Afvis
button-repeat = Gentag

## Dele af en linje.
time-left-minutes-short = { $minutes } min
time-left-seconds-short = { $seconds } s
amount-short = { $figure } { $currency ->
    [DKK] kr
   *[other] { $currency }
}
