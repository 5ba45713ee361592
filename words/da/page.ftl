### Loginsiden. Titler, navne og hjælp; tilstandene er statusbeskeder.

## Hele siden.
page-title = Log ind hos { $service } med Sayso
page-title-action = { $service } spørger, med Sayso
page-question-login = Log ind hos { $service } som { $account }?
page-question-payment = Betal { $amount } til { $payee } som { $account }?
page-question-other = { $service } spørger: { $summary }. Som { $account }?
page-question-practice = Øvelse: der sker ikke noget. Sayso spørger dig, og du svarer.
page-from = Anmodning fra { $place }.

## Knappen til samme computer, og hvad man gør, når den ikke gør noget.
page-here-heading = På denne computer
page-here-open = Godkend på denne computer
page-here-nothing = Åbner der ikke noget? Lad din browser åbne Sayso{ $chosen ->
    [link] {""}
   *[other] , eller fortsæt herunder
}.
page-here-default = Det gøres færdigt i din standardbrowser. Er det en anden? { $chosen ->
    [link] Begynd
   *[other] Fortsæt herunder, eller begynd
} forfra dér.

## Koden, for øjne og ører, og hvad man gør med den.
page-code-heading = Koden
page-code-spoken = Kode: { $code }
page-copy = Kopiér koden { $code }
page-copied = Kopieret. Åbn nu Sayso.
page-copy-failed = Koden kunne ikke kopieres. Tast den i Sayso.
page-qr-image = QR-kode, som Sayso læser på skærmen
page-enter-heading = Koden, som Sayso læser op
page-enter-label = Kode på seks cifre
page-enter-send = Videre
page-do-heading = { $chosen ->
    [code] Hvad du skal gøre med koden
    [qr] Hvad du skal gøre med QR-koden
   *[readout] Sådan får du en kode læst op
}
page-do-give = Giv koden til Sayso på din computer: tryk på din Sayso-genvej, eller skriv sayso i en terminal.
page-do-scan = Lad Sayso skanne skærmen: tryk på din genvej til det, eller skriv sayso scan i en terminal, og gå tilbage til denne side.
page-do-take = Gå til Sayso på din computer: tryk på din Sayso-genvej, eller skriv sayso i en terminal. Den stiller dig ét spørgsmål.
page-do-answer = Så stiller Sayso dig ét spørgsmål. Svar på det dér; denne side går videre af sig selv.
page-do-type = Når du har godkendt, læser Sayso seks cifre op for dig. Tast dem her: der kommer et felt til dem på siden.
page-do-unasked = Er du ikke selv begyndt? Så afbryd{ $chosen ->
    [code] , og giv ikke koden til nogen
    [qr] {""}
   *[readout] , og sig ikke cifrene til nogen
}.
page-no-script = Uden JavaScript ændrer siden sig ikke af sig selv. Når du har svaret i Sayso, så tryk på Se efter nu.
page-check = Se efter nu
page-cancel = Afbryd dette login
page-cancel-action = Afbryd denne anmodning
page-continue = Videre til { $service }
page-return = Tilbage til { $service }
page-time-left = { $left } tilbage.
page-more-time = Mere tid
page-more-time-why = Er der for lidt tid? Du kan få ti minutter i alt.
page-more-time-given = Du har fået mere tid. { $left }
page-more-time-none = Der er ikke mere tid at få. { $left }

## Tilstande, hver en statusbesked.
page-state-waiting = { $chosen ->
    [link] Venter på, at du åbner Sayso.
    [code] Venter på din kode i Sayso.
    [qr] Venter på, at Sayso læser QR-koden.
   *[readout] Venter på dit svar i Sayso.
}
page-state-bound = { $method ->
    [code] Koden er rigtig. Gå tilbage til Sayso: ét spørgsmål tilbage.
    [qr] QR-koden er læst. Gå tilbage til Sayso: ét spørgsmål tilbage.
    [link] Åbnet i Sayso. Ét spørgsmål tilbage dér.
   *[readout] Taget i Sayso. Ét spørgsmål tilbage dér, så læser den en kode op.
}
page-state-readout = Godkendt i Sayso. Tast den kode her, som den læser op.
page-state-wrong = Forkert kode. { $tries ->
    [one] Ét forsøg tilbage.
   *[other] { CAPITAL($tries) } forsøg tilbage.
} Lad Sayso gentage koden.
page-state-finish = Godkendt i Sayso. Det fortsætter i et nyt faneblad i denne browser.
page-state-other-tab = Færdig i det andet faneblad. Du kan lukke dette.
page-state-approved = Godkendt. Du er på vej til { $service }.
page-state-done = Færdig. { $service } har dit svar.
page-state-denied = Afvist. Ingen blev logget ind.
page-state-denied-action = Afvist. Intet blev gjort.
page-state-expired = For sent. Anmodningen er slut: begynd forfra hos { $service }.
page-state-cancelled = Stoppet. Anmodningen er slut, og ingen blev logget ind.
page-state-cancelled-action = Stoppet. Anmodningen er slut, og intet blev gjort.
page-state-replaced = Stoppet. En nyere anmodning har taget dens plads: denne er slut, og { $what ->
    [login] ingen er logget ind
   *[action] der er ikke sket noget
}.
page-state-readout-failed = Stoppet. Koden var forkert tre gange: anmodningen er slut, og { $what ->
    [login] ingen blev logget ind
   *[action] intet blev gjort
}.
page-state-other-browser = Stoppet. Sayso åbnede en anden browser end denne: anmodningen er slut, og { $what ->
    [login] ingen blev logget ind
   *[action] intet blev gjort
}.
page-state-connection = Ingen forbindelse lige nu. Siden prøver igen.

## Sider uden en anmodning.
page-practice-name = Øvelse
page-practice-done = { $result ->
    [approved] Færdig. Det var en øvelse: der skete ikke noget.
    [denied] Afvist. Det var en øvelse: der skete ikke noget.
   *[over] Øvelsen er slut, og der skete ikke noget. Begynd forfra i en terminal: sayso practise.
}
page-elsewhere-title = Åben i en anden browser
page-elsewhere = Dette login er åbent i en anden browser. Fortsæt dér, eller begynd forfra hos din tjeneste.
page-other-browser-title = Begyndt i en anden browser
page-other-browser = Loginsiden er åben i en anden browser. Derfor er anmodningen slut, og intet blev gjort. Begynd forfra i denne browser, eller gør den anden til din standardbrowser.
page-not-from-sayso-title = Åbnet et andet sted fra
page-not-from-sayso = Kun Sayso åbner denne adresse, og denne gang gjorde en anden side det. Gå tilbage til loginsiden.
page-not-found-title = Intet login her
page-not-found = Der er intet login på denne adresse, eller det er slut. Begynd forfra hos din tjeneste.
page-error-title = Noget gik galt
page-error = Siden kan ikke vises lige nu. Begynd forfra hos din tjeneste.
page-no-help-title = Ingen sådan side
page-no-help = Der er ingen side i hjælpen på denne adresse. Tryk på Hjælp for at se dem alle.

## Hjælp.
page-help-title = { $topic }: hjælp til Sayso
page-help-link = Hjælp

## Siges én gang til den, der ikke læser nogen af sprogene.
page-language-missing = Siden findes ikke på dit sprog. Den findes på engelsk og dansk.
page-language-read = Læs den på dansk

## Demotjenesten i sayso-broker dev.
demo-title = Sayso-demotjeneste
demo-text = En lille tjeneste til at prøve Sayso med. Log ind her, og svar så i Sayso.
demo-account = Konto
demo-log-in = Log ind
demo-in = Logget ind som { $account }
demo-in-text = Tjenesten har hentet det underskrevne svar og kontrolleret det.
demo-out = Ikke logget ind
demo-out-text = Ingen blev logget ind. Begynd forfra på den første side.
demo-again = Begynd forfra
