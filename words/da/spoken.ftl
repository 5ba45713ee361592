### Det, som Sayso siger højt. Hver linje er en sætning til ører: se "Words" i designet og de
### tests, der holder det. En besked har et hoved (højst 6 s) og en hale; spørgsmål og svar 7 s.

## En besked: hovedet. $sayso er en af de to begyndelser; $risk er none, place (så nævner $place stedet)
## eller network. En betaling med en risiko siges kortere, så den holder sig inden for 6 s.
notice-login = { notice-opening } { $service } beder dig logge ind.
notice-payment = { $sayso } { $risk ->
    [place] Pas på: fra { $place }. { $service } vil have { $amount }.
    [network] Pas på: andet netværk. { $service } vil have { $amount }.
   *[none] { $service } beder dig betale { $amount }.
}
notice-other = { notice-opening } { $service } spørger: { $summary }.
notice-practice = { $sayso } Øvelse, som du bad om: der sker ikke noget.
notice-opening = { $sayso }{ $risk ->
    [place] {" "}Pas på: fra { $place }, ikke herfra.
    [network] {" "}Pas på: fra et andet netværk.
   *[none] {""}
}

## Dens begyndelser: hvor der er én broker, og hvor $broker er det, som man kalder en af flere.
notice-sayso = Sayso.
notice-sayso-broker = Sayso, { $broker }.

## Alt andet, som siges om en anmodning, hvor der er mere end én broker.
at-broker = { $broker }. { $sentence }

## En besked: halen. $near er same, place (så nævner $place stedet) eller unknown. $by er, hvordan
## loginsiden knyttes til svaret: code, page (en knap og en QR-kode), scan (kun en QR-kode), button
## eller readout (cifre, der følger efter svaret).
notice-tail = Konto { $account }{ $near ->
    [same] , dette netværk
    [place] , fra { $place }
   *[unknown] {""}
}. { $by ->
    [page] Brug sidens første knap, eller skan.
    [scan] Skan sidens QR-kode.
    [button] Brug sidens første knap.
    [readout] Svar her, så kommer en kode.
   *[code] Koden står på siden.
} { $left }.

## Hvad en anmodning beder om, inde i en anden sætning.
action-login = log ind
action-payment = betal { $amount }
action-other = { $summary }
action-practice = der sker ikke noget

## Koden fra loginsiden.
code-correct = Koden er rigtig. Ét spørgsmål tilbage.
code-wrong = Forkert kode. { $tries ->
    [one] Ét forsøg tilbage.
   *[other] { CAPITAL($tries) } forsøg tilbage.
} Læs siden igen.
code-wrong-blocked = Forkert kode, fem gange. Vent { $wait }, og tast igen.
code-wrong-again = Forkert kode. Vent { $wait }, og tast igen.
code-wrong-warning = Forkert kode. { $count ->
    [one] Én forkert kode til
   *[other] { CAPITAL($count) } forkerte koder til
}, så fjernes denne computer. Vent { $wait }, og læs siden igen.
code-not-yet = Ikke endnu. Vent { $wait }, og tast koden igen.
code-length = { $digits ->
    [0] Det var ikke en kode
    [one] Det var ét ciffer
   *[other] Det var { WORD($digits) } cifre
}. Koden har seks{ $digits ->
    [0] {" "}cifre
   *[other] {""}
}.

## De andre måder at knytte en loginside til svaret: siges før spørgsmålet.
bound-qr = QR-koden er læst. Ét spørgsmål tilbage.
bound-link = Åbnet fra en side. Ét spørgsmål tilbage.
bound-readout = Først ét spørgsmål, så en kode.

## Der kigges efter en QR-kode. $button er there, hvor hver side, der venter, har en, der åbner Sayso, ellers
## none: så er den første knap en anden.
scan-looking = Jeg kigger. Skrivebordet spørger måske først.
scan-nothing = { $at ->
    [screen] Ingen QR-kode set. Få siden frem{ $button ->
        [there] , eller tryk på dens første knap.
       *[none] {" "}og prøv igen.
    }
   *[picture] Ingen QR-kode er på det billede. Tag et af hele siden{ $button ->
        [there] , eller tryk på sidens første knap.
       *[none] {" "}og prøv igen.
    }
}
scan-foreign = { $at ->
    [screen] Ingen QR-kode fra en loginside med Sayso set. Få siden frem{ $button ->
        [there] , eller tryk på dens første knap.
       *[none] {" "}og prøv igen.
    }
   *[picture] Ingen QR-kode fra en loginside med Sayso er på det billede. Tag et af den rette side.
}

## Koden, der læses op efter svaret. $code er ciffer for ciffer.
readout = Tast på siden: { $code }.
readout-twice = Tast på siden: { $code }. Igen: { $code }.
readout-ready = Koden er klar. Læs den: sayso.
readout-not-said = Koden er klar, men siges ikke: ingen hovedtelefoner. Læs den: sayso.
readout-in-dialog = Koden er klar, men siges ikke: ingen hovedtelefoner. Den står i dialogen.
readout-not-shown = Koden er klar, men vises ikke: din skærmlæser ville sige den højt. Kopiér den, eller få den sagt.
readout-ask = Koden er klar, men siges ikke: ingen hovedtelefoner. Sig den højt her? Ja eller nej.

## Spørgsmålet efter koden.
question-login = Log ind hos { $service } som { $account }? Godkend eller afvis?
question-payment = Betal { $amount } til { $payee }? Cifre: { $digits }. Godkend eller afvis?
question-other = { $service } spørger: { $summary }. Som { $account }? Godkend eller afvis?
question-practice = Øvelse: der sker ikke noget. Godkend eller afvis?

## Svar: hvad der skete med anmodningen.
approved-login = Godkendt. Du er logget ind hos { $service }.
approved-payment = Godkendt. { $amount } til { $payee }.
approved-other = Godkendt. { $service } har fået dit svar.
approved-practice = Godkendt. Det var en øvelse: der skete ikke noget.
approved-not-fetched = Godkendt. { $service } har ikke hentet svaret endnu. Se på siden.
approved-unfinished = Godkendt her. Din browser skal gøre det færdigt. Se på siden.
approved-readout = Godkendt her. Nu en kode til siden.
approved-end = Godkendt, men { $service } hentede aldrig svaret. Begynd forfra på siden.
done-fetched = Udført. { $service } har fået dit svar nu.
denied-login = Afvist. Ingen blev logget ind.
denied-payment = Afvist. Intet blev betalt.
denied-other = Afvist. { $service } får et nej.
denied-practice = Afvist. Det var en øvelse: der skete ikke noget.
reported-login = Afvist og anmeldt. Ingen blev logget ind.
reported-payment = Afvist og anmeldt. Intet blev betalt.
reported-other = Afvist og anmeldt. { $service } får et nej.
reported-late = Udført. Anmeldt. { $service } har allerede dit ja: bed dem gøre det om.
not-sent = Ikke sendt endnu: ingen forbindelse. Sayso prøver igen til klokken { $until }.
too-late = For sent. { GENITIVE($service) } anmodning er slut. Begynd forfra på siden.
too-late-practice = For sent. Øvelsen er slut. Begynd forfra med: sayso practise.
too-late-answered = For sent. { $service } har allerede et andet svar. Se: sayso history.

## En anmodning, der sluttede uden personen. $reason, som brokeren giver den.
cancelled = { $reason ->
    [service] Stoppet. { $service } har trukket sin anmodning tilbage. Du skal ikke gøre noget.
    [page] Stoppet på siden: { $service }. Du skal ikke gøre noget.
    [replaced] Stoppet. En nyere anmodning fra { $service } kom i stedet.
    [readout_failed] Stoppet. Der er skrevet tre forkerte koder på { GENITIVE($service) } side. Begynd forfra der.
    [other_browser] Stoppet. { GENITIVE($service) } side er ikke i din standardbrowser. Begynd forfra i den.
    [approver_removed] Stoppet. Computeren, der havde { GENITIVE($service) } side, er fjernet. Der skete ikke noget.
   *[other] Stoppet. { GENITIVE($service) } anmodning er slut. Du skal ikke gøre noget.
}
cancelled-practice = Stoppet. Øvelsen er slut: der skete ikke noget.

## Flere anmodninger, og tid tilbage.
one-more = Én til venter: { $service }. Svar først { $open }.
waiting-none = Intet venter.
waiting = { $count ->
    [one] Én anmodning venter.
   *[other] { CAPITAL($count) } anmodninger venter.
}
time-left-for = { $left } tilbage til { $service }.
time-more = Mere tid. { $left } tilbage til { $service }.
time-last = { $left } tilbage til { $service }. Mere kan der ikke blive.

## Talen væk og tilbage. $what er en action-linje, $left en tid.
speech-spare = Det er Saysos reservestemme. Speech Dispatcher kan ikke høres.
speech-gone = Sayso kan ikke tale. Den skriver her i stedet.
speech-back-none = Talen er tilbage. Intet venter.
speech-back-alone = Talen er tilbage.
speech-back = Talen er tilbage. { $count ->
    [one] Én venter:
   *[other] { CAPITAL($count) } venter, først
} { $service }, { $what }. { $left }.
speech-back-at = { $broker }, { $service }

## Et sprog, som Sayso ikke har: siges én gang, på hvert, som den har.
language-missing = Sayso har ikke dit sprog. Den taler engelsk og dansk.

## Låst skærm.
locked-waiting = Sayso. { $count ->
    [one] Én anmodning venter. Lås op for at høre den.
   *[other] { CAPITAL($count) } anmodninger venter. Lås op for at høre dem.
}

## Anmodninger, der ikke siges: for mange, som ingen ville have, stille timer, en person, der er væk.
## $came er, hvor mange der kom imens, $waiting hvor mange af dem der stadig venter.
quiet-unwanted = En anden prøver måske at logge ind. Nye anmodninger siges ikke. Det slutter { $when }.
quiet-unwanted-more = Ingen kommer ind uden dit ja. Ikke dig? Sig det til tjenesten. Dig? Skriv: sayso back.
quiet-away = Du er væk. Det slutter { $when }. Koder virker. Slut det: sayso back.
quiet-back = Anmodninger siges igen.{ $came ->
    [0] {""}
   *[other] {" "}{ quiet-meanwhile }
}
quiet-back-hours = De stille timer gælder stadig. Det slutter { $when }.
quiet-back-already = Sayso siger dig allerede hver anmodning.
quiet-over = { $why ->
    [hours] De stille timer er slut.
   *[away] Din tid væk er slut.
}{ $came ->
    [0] {""}
   *[other] {" "}{ quiet-meanwhile }
}
quiet-came = { $came ->
    [one] Der kom én anmodning, som ikke blev sagt.
   *[other] Der kom { WORD($came) } anmodninger, som ikke blev sagt.
}{ $waiting ->
    [0] {""}
    [one] {" "}Én venter. Se den: sayso requests.
   *[other] {" "}{ CAPITAL($waiting) } venter. Se dem: sayso requests.
}
quiet-meanwhile = { $came ->
    [one] Du gik glip af én anmodning.
   *[other] Du gik glip af { WORD($came) } anmodninger.
}{ $waiting ->
    [0] {""}
    [one] {" "}Én venter. Se den: sayso requests.
   *[other] {" "}{ CAPITAL($waiting) } venter. Se dem: sayso requests.
}

## Tilmelding og prøve af tale.
try-speech = Det er Sayso, der taler. Hørte du det?
registered = Udført. Sayso svarer for { $account } på denne computer.

## Tider og beløb, brugt inde i andre sætninger.
time-left-minutes = { $minutes ->
    [one] Ét minut
   *[other] { CAPITAL($minutes) } minutter
}
time-left-seconds = { CAPITAL($seconds) } sekunder
time-left-almost = Under ti sekunder
wait-seconds = { WORD($seconds) } sekunder
wait-half-minute = et halvt minut
wait-minutes = { $minutes ->
    [one] ét minut
   *[other] { WORD($minutes) } minutter
}
wait-hours = { $hours ->
    [one] én time
   *[other] { WORD($hours) } timer
}
wait-days = { $days ->
    [one] ét døgn
   *[other] { WORD($days) } døgn
}
clock = { $hour }.{ $minute }
amount = { $figure } { $currency ->
    [DKK] { $count ->
        [one] krone
       *[many] kroner
    }
    [NOK] { $count ->
        [one] norsk krone
       *[many] norske kroner
    }
    [SEK] { $count ->
        [one] svensk krone
       *[many] svenske kroner
    }
    [ISK] { $count ->
        [one] islandsk krone
       *[many] islandske kroner
    }
    [EUR] euro
    [GBP] pund
    [USD] dollar
    [CHF] schweizerfranc
    [JPY] yen
   *[other] { $currency }
}
amount-figure = { $whole },{ $parts }
amount-digits = { $whole } komma { $parts }
