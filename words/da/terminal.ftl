### Linjer fra `sayso` i en terminal. Det vigtigste står i de første 40 tegn; svar er sætningerne
### i spoken.ftl, fejl dem i errors.ftl.

## register: spørger, før noget sendes, og prøver så hver kanal.
register-host = { $host } bliver spurgt, om denne computer må svare for { $account }.
register-plain = Forbindelsen til { $host } bliver på denne computer.
register-ask = Send det til { $host }? Ja eller nej:
register-stopped = Intet blev sendt.
register-broker-name = Hvad kalder du { $host }? Navnet kommer først i alt, der siges om den. Enter beholder { $name }:
register-name = Computerens navn, eller Enter for { $name }:
register-speak-codes = Må Sayso sige koder højt, hvor andre kan høre dem? Ja eller nej:
register-code = Aktiveringskode, 14 cifre:
register-first = Er det kontoens første computer, vælger du nu, hvordan du godkender. Senere venter sådan en ændring en dag.
register-approve-with = Godkend med code, qr eller readout, eller Enter for code:
register-same-device = En knap på loginsider, der åbner Sayso her: on eller off, eller Enter for on:
register-value-wrong = Det er ingen af dem. Tast en af dem, eller tryk Enter.
register-language = Sprog, da eller en, eller Enter for { $language }:
register-language-wrong = Hverken da eller en. Tast et af dem, eller tryk Enter.
register-voices = Stemmer: { $count }. Tast et spørgsmålstegn for at få navnene.
register-voice = Stemme, eller Enter for den sædvanlige:
register-voice-wrong = Den stemme findes ikke. Tast hele navnet, eller tryk Enter.
register-rate = Fart fra -100 til 100, eller Enter for { $rate }:
register-rate-wrong = Det er ikke et tal fra -100 til 100. Tast et, eller tryk Enter.
register-try = Nu prøver Sayso hver måde at give dig besked på. Sig, hvad der når dig.
register-speech = Hørte du det? Ja eller nej:
register-speech-again = Vil du prøve en anden stemme eller fart? Ja eller nej:
register-notification = Der blev vist en notifikation. Læste du den? Ja eller nej:
register-attend = Skal Sayso give besked i en terminal, med sayso attend? Ja eller nej:
register-channel = { $channel ->
    [speech] Tale
    [notification] Notifikationer
   *[attend] Terminal
} { $state ->
    [on] til.
   *[off] fra.
}
register-no-channel = Intet når dig endnu. Sayso holder sig til terminalen: sayso attend.
register-next = Nu mangler en genvejstast til det næste skridt. Få den med: sayso keys install.

## accounts, requests, history. $what er en action-linje.
accounts-none = Ingen konto er tilmeldt her. Tilmeld med: sayso register ADRESSE KONTO.
broker-and-host = { $broker }, { $host }
broker-named = Udført. { $host } hedder { $name } fra nu af.
unregister-here-ask = Glem kontoen på denne computer alene? Dens broker har måske stadig computeren på sin liste. Ja eller nej:
unregistered-here = Udført. Denne computer svarer ikke for { $account } mere. Har { $broker } den stadig på sin liste, så fjern den på en anden computer, eller spørg dem, der driver { $broker }.
accounts-line = { $account } hos { $host }, { $state ->
    [blocked] spærret.
    [connected] forbundet.
    [keyless] uden sine nøgler.
    [offline] ikke forbundet.
   *[waits] ikke lukket ind endnu.
} Denne computer hedder { $name }.
next-step = { $service }: { $what }. { $left } tilbage. Konto { $account }.{ $by ->
    [page] {" "}Tryk på sidens første knap, eller skriv: sayso scan.
    [scan] {" "}Skriv: sayso scan.
    [button] {" "}Tryk på sidens første knap.
   *[here] {""}
}
choice = { $risk ->
    [place] Pas på: fra { $place }. { $service }: { $what }.
    [network] Pas på: fra et andet netværk. { $service }: { $what }.
   *[none] { $service }: { $what }.
} Konto { $account }.
requests-state = { $state ->
    [question] Spørgsmålet er åbent.
    [elsewhere] Det er åbent på en anden computer.
    [unconfirmed] Godkendt her. Gør det færdigt på siden.
   *[answered] Dit svar er på vej.
}
requests-id = Anmodning { $request }.
history-none = Historikken er tom.
history-line = { $date }, { $time }. { $event ->
    [approve] Godkendt
    [deny] Afvist
    [report] Afvist og anmeldt
    [expired] For sent
    [cancelled] Stoppet
    [taken] Modtaget
    [registered] Tilmeldt
    [removed] Fjernet
    [renewed] Ny nøgle
    [broker_key] Brokerens nye nøgle
    [set_back] Broker sat tilbage
    [agreed] Sagt ja
    [change_waiting] Ændring venter
    [change_ready] Ændring klar
    [change_done] Ændring udført
    [change_stopped] Ændring stoppet
    [change_dropped] Ændring faldet bort
    [code_wrong] Forkert kode
   *[request] Spurgt
}: { $subject }.
history-subject-request = { $service }, { $what }, konto { $account }
history-subject-account = konto { $account } hos { $host }
history-subject-change = { change-what }, konto { $account }
history-subject-computer = ny computer { $name }, konto { $account }
history-subject-removal = computeren { $name } fjernet, konto { $account }
history-subject-set-back = { $host }, fra { $kept } poster i dens revisionsspor til { $told }
history-subject-renewed = den gamle er tabt, og linjerne ovenfor kan ikke bevises
history-whole-since = Historikken er hel siden linje { $line }. Nøglen til linjerne før den er tabt.
history-whole = Historikken er hel: { $count ->
    [one] én linje.
   *[other] { $count } linjer.
}

## scan: kigger på skærmene, eller siger, hvad der står på et billede, og hvad der ville ske.
scan-begin = Skift til loginsiden. Jeg kigger fem gange. Skrivebordet spørger måske om lov.
scan-bind = Loginside hos { $host }. Sayso ville stille dens spørgsmål.
scan-register = Indbydelse til at tilmelde { $account } hos { $host }. Sayso ville spørge dig først.
scan-damaged = Beskadiget Sayso-adresse. Sayso ville ikke gøre noget med den.
scan-secret = Hemmelighed til engangskoder. Sayso ville ikke gøre noget med den.
scan-link = Webadresse hos { $host }. Sayso ville ikke åbne den.
scan-text = Tekst af en anden slags. Sayso ville ikke gøre noget med den.
scan-none = Der er ingen QR-kode på billedet.

## settings og approvers.
settings-account = { $account } hos { $host }:
settings-approve-with = approve_with er { $value ->
    [code] code: loginsider viser engangskoder.
    [qr] qr: loginsider viser QR-koder.
   *[readout] readout: Sayso læser en kode op til loginsiden.
}
settings-same-device = same_device er { $value ->
    [on] on: loginsider har en knap, der åbner Sayso.
   *[off] off: loginsider har ingen knap, der åbner Sayso.
}
approvers-line = { $name }{ $which ->
    [here] , denne computer
   *[other] {""}
}, tilmeldt { $when }.

## Hvorfor anmodninger ikke siges.
quiet-now = { $why ->
    [unwanted] For mange anmodninger fik intet ja, så nye siges ikke.
    [hours] Stille timer: anmodninger siges ikke.
   *[away] Du er væk: anmodninger siges ikke.
} Det slutter { $when }.{ $why ->
    [hours] {" "}Ret det: sayso preferences.
   *[other] {" "}Slut det nu: sayso back.
}

## status: én kendsgerning pr. linje.
status-running = Sayso kører, version { $version }.
status-connected = Forbundet til { $broker } for { $account }.
status-offline = Ikke forbundet til { $broker }, så en anmodning når måske ikke frem. Sayso prøver igen.
status-speech = Tale { $state ->
    [on] virker.
    [off] er slået fra, som du valgte.
    [spare] virker med Saysos reservestemme. Prøv Speech Dispatcher med: spd-say hej.
   *[failed] virker ikke. Prøv den med: spd-say hej.
}
status-notification = Notifikationer { $state ->
    [on] virker.
    [off] er slået fra, som du valgte.
   *[failed] virker ikke. Brug tale, eller: sayso attend.
}
status-language = Sprog: { $language }.{ $choice ->
    [fallback] {" "}Sayso har kun engelsk og dansk.
   *[theirs] {""}
}
status-reader = En skærmlæser kører.
status-locked = Skærmen er låst.

## keys: skrivebordets genvejstaster. $keys skrives som Super+Alt+A.
keys-add = { $count ->
    [one] Én ny genvejstast
   *[other] { CAPITAL($count) } nye genvejstaster
} til { $desktop }; alle andre bliver:
keys-remove = { $count ->
    [one] Én genvejstast
   *[other] { CAPITAL($count) } genvejstaster
} fjernes fra { $desktop }; alle andre bliver:
keys-line = { $keys }: { $act ->
    [answer] næste skridt
    [repeat] det seneste en gang til
   *[hush] stille
}, med { $command }.
keys-add-ask = Tilføj? Ja eller nej:
keys-remove-ask = Fjern? Ja eller nej:
keys-stopped = Intet blev ændret.
keys-there = Genvejstasterne er der allerede:
keys-none = Sayso har ingen genvejstaster her. Tilføj dem med: sayso keys install.
keys-added = Udført. Fjern genvejstasterne igen med: sayso keys undo.
keys-removed = Udført. Genvejstasterne er væk. Tilføj dem igen med: sayso keys install.
keys-name = Sayso: { $act ->
    [answer] næste skridt
    [repeat] det seneste en gang til
   *[hush] stille
}

## practise: en hel godkendelse, hvor intet står på spil. $way er code, qr, link eller readout.
practise-ask = Øv dig med { $way ->
    [code] en engangskode
    [qr] en QR-kode
    [link] knappen til denne computer
   *[readout] en oplæst kode
}? Ja eller nej:
practise-what = { $way ->
    [code] En engangskode: en loginside viser seks cifre, og du giver dem til Sayso.
    [qr] En QR-kode: en loginside viser den, og Sayso læser den på skærmen.
    [link] Knappen: den står først på en loginside og åbner Sayso på denne computer.
   *[readout] En oplæst kode: Sayso siger seks cifre, og du taster dem på en loginside.
} Intet står på spil.
practise-begin = Tryk Enter for at begynde. En side åbner i din browser{ $way ->
    [link] {""}
   *[other] ; kom så tilbage hertil
}:
practise-page = Din browser åbner øvelsens side. Gør den ikke det, så åbn den selv: { $address }
practise-there = { $way ->
    [code] Læs de seks cifre der, eller tryk på kopiknappen. Tryk så Enter her:
    [qr] Sørg for, at siden er forrest, når Sayso ser efter. Tryk Enter her:
    [link] Tryk på sidens første knap. Sayso åbner og spørger dig; svar der.
   *[readout] Lad siden være åben: du kommer tilbage til den. Tryk Enter her:
}
practise-learnt = { $way ->
    [code] Det var en engangskode. Ved et rigtigt login skriver du: sayso. Den spørger om koden, så sit spørgsmål.
    [qr] Det var en QR-kode. Ved et rigtigt login skriver du: sayso scan. Den finder koden og stiller sit spørgsmål.
    [link] Det var knappen. Ved et rigtigt login trykker du på den samme.
   *[readout] Det var en oplæst kode. Ved et rigtigt login skriver du: sayso. Den stiller sit spørgsmål og har så koden.
}
practise-stopped = Øvelsen er stoppet. Der skete ikke noget.

## attend: bliv her, hver anmodning er en linje og et bip.
attend-begin = Venter på anmodninger. Du får en linje og et bip. Stop med Ctrl+C.
attend-prompt = Kode, næste, afvis eller anmeld:
attend-end = Venter ikke længere her.

## Svarprompten i en terminal.
prompt-code = Koden fra siden:
prompt-answer = Svar:
prompt-answer-again = Skriv godkend eller afvis.
prompt-digits = Kopiér eller sig, eller Enter for at lukke:
prompt-digits-again = Skriv kopier eller sig, eller tryk Enter.
prompt-choose = Tal, 1 til { $most }:
prompt-choose-again = Skriv et tal fra 1 til { $most }.
choice-account = { $services }. Konto { $account }.
choice-line = { $number }: { $choice }
readout-copied = Kopieret. Sæt den ind på siden inden et minut; så tages den af udklipsholderen.
prompt-yes-no-again = Skriv ja eller nej.
prompt-nothing-sent = Der kom intet svar, og intet blev sendt.

## Kommandoers korte svar.
hushed = Nu er der stille.
sending = Sender.

## preferences. $meaning er en kommentar i preferences.toml.
preferences-line = { $name } er { $value }. { $meaning }
preferences-empty = tom

## The comments in preferences.toml.
preferences-speech = Om du hører Sayso: true eller false.
preferences-notification = Om du læser beskeder på skærmen: true eller false.
preferences-attend = Om du bliver ved sayso attend: true eller false.
preferences-voice = En stemme fra taletjenesten; tom er dens eget valg.
preferences-rate = Hastigheden, fra -100 til 100; 0 er taletjenestens egen.
preferences-language = Sproget, en eller da; tom er det, din session har.
preferences-quiet-hours = Stille timer, som 22:00-07:00, hvor ingen anmodning siges; tom er ingen.
preferences-more-time = Hvem der beder om mere tid: asked, som er dig; eller auto, når du er begyndt, og tiden bliver knap.
