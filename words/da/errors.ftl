### Hvad der gik galt: første sætning hvad der skete, anden sætning hvad man gør. Vises, og siges
### højt, hvor en kommando ikke har en terminal.

## Dæmonen og dens døre.
error-daemon-not-there = Sayso kører ikke. Start den: systemctl --user start saysod.
error-daemon-silent = Sayso svarer ikke. Start den igen: systemctl --user restart saysod.
error-already-running = Sayso kører allerede. Brug den, eller stop den: systemctl --user stop saysod.
error-runtime-folder = Sayso har ingen mappe til sin sokkel: { $path }. Log ind på computeren igen, eller sæt XDG_RUNTIME_DIR.
error-socket = Sayso kan ikke åbne sin sokkel { $path }. Se efter, hvem der ejer mappen, og start Sayso igen.
error-other-user = En anden bruger kaldte på Sayso og blev afvist. Kald den som den bruger, der er logget ind.
error-sandboxed = Et program i en sandkasse kaldte på Sayso og blev afvist. Brug et program uden for sandkassen.
error-locked = Skærmen er låst. Lås op, og prøv igen.
error-no-bus = Der er ingen sessionsbus. Sayso kører videre uden skrivebord og nøglering; log ind på skrivebordet for at få dem.

## Brokeren og forbindelsen til den.
error-offline = Ingen forbindelse til { $broker }, så intet blev sendt. Prøv igen, når netværket er tilbage.
error-broker-unreachable = { $broker } kan ikke nås. Se efter adressen og netværket, og prøv igen.
error-broker-silent = { $broker } svarede ikke inden for ti sekunder. Prøv igen om et minut.
error-broker-refused = { $broker } sagde nej: { $reason ->
    [malformed] den kunne ikke læse beskeden
    [too-large] beskeden var for stor
    [unauthorized] den kender ikke denne computer
    [signature] underskriften gælder ikke
    [clock] urene går forskelligt
    [known-key] den kender allerede nøglen
    [too-many] der venter for meget
    [unavailable] den kan ikke skrive i sit lager
   *[other] { $reason }
}. Prøv én gang til, og spørg så dem, der driver den.
error-broker-strange = { $broker } sendte noget, som Sayso ikke kan læse, så intet blev gjort. Sig det til dem, der driver den.
error-broker-insecure = { $address } er ikke en sikker adresse. Brug en, der begynder med https.
error-certificate = { $fault ->
    [expired] Certifikatet for { $broker } er for gammelt, så Sayso opretter ikke forbindelse til den. Se efter, om computerens ur går rigtigt; gør det det, så sig det til dem, der driver { $broker }.
    [early] Certifikatet for { $broker } gælder ikke endnu, så Sayso opretter ikke forbindelse til den. Se efter, om computerens ur går rigtigt; gør det det, så sig det til dem, der driver { $broker }.
    [issuer] Ingen, som denne computer stoler på, står inde for { $broker }, så Sayso opretter ikke forbindelse til den. På et fremmed netværk: prøv et andet; ellers spørg dem, der driver { $broker }.
    [name] Det, der svarer for { $broker }, har et certifikat til et andet navn, så Sayso opretter ikke forbindelse til den. På et fremmed netværk: prøv et andet; ellers spørg dem, der driver { $broker }.
   *[other] Certifikatet for { $broker } kan ikke bruges, så Sayso opretter ikke forbindelse til den. Sig det til dem, der driver { $broker }.
}
error-broker-key = Det, der svarer for { $broker }, underskriver med en nøgle, som denne computer ikke kender, så Sayso stoler ikke på det. Spørg dem, der driver { $broker }; er nøglen deres, så afmeld denne computer og tilmeld den igen.
error-address = { $address } er ikke adressen på en broker. Kopiér den igen fra din tjeneste.
error-clock-off = Computerens ur går { $off } forkert. Sayso går efter brokerens tid; stil uret, når du kan.
error-removed = Denne computer er fjernet: den kan ikke svare for { $account } mere. Bed dem, der driver { $broker }, om en ny aktiveringskode.
error-computer-forgotten = { $broker } kender ikke denne computer, måske fordi den er sat tilbage til en tidligere tilstand. Bed dem, der driver den, om en ny aktiveringskode; afmeld så denne computer, og tilmeld den igen.
error-broker-set-back = { $broker } er sat tilbage til en tidligere tilstand, så det, der siden er ændret dér, er tabt. Se på dine indstillinger og dine computere, og ret det, der er forkert.
error-key-copied = En anden computer bruger denne computers nøgler til konto { $account } hos { $broker }. Hvis du ikke selv har kopieret dem, så fjern denne computer fra kontoen, og tilmeld den igen.
error-account-blocked = Kontoen { $account } er spærret hos { $broker }. Spørg dem, der driver den.

## Tilmelding.
error-activation-wrong = { $broker } tog ikke imod aktiveringskoden. Se efter konto og kode; efter tre forkerte skal du bede om en ny kode.
error-activation-form = Det er ikke en aktiveringskode. Den har 14 cifre: tast dem alle igen.
error-registered-already = Computeren er allerede tilmeldt, for { $account }. Se det med: sayso accounts.
error-too-many-approvers = { $account } har så mange computere, som { $broker } tillader. Fjern først en af dem, og tilmeld så denne.
error-enrolment-unknown = { $broker } svarede ikke, så ingen ved endnu, om denne computer er tilmeldt. Sayso siger til, når den er; eller prøv igen med den samme kode.
error-not-registered = Ingen konto er tilmeldt her. Begynd med: sayso register ADRESSE KONTO.
error-starting = Sayso er ved at åbne dine nøgler. Prøv igen om lidt.
error-account-unknown = Der er ingen konto { $account } her. Se dine med: sayso accounts.
error-account-several = Flere konti er tilmeldt her: { $accounts }. Sig hvilken med --account.
error-broker-unknown = Der er ingen broker { $broker } her. Se dine med: sayso accounts.
error-broker-name = Det kan ikke være en brokers navn. Giv den et på højst tyve bogstaver.
error-broker-name-taken = En anden broker hedder { $name }. Vælg et andet navn.
error-account-name = Det kan ikke være et kontonavn. Kopiér det igen fra din tjeneste.

## Anmodninger og svar.
error-no-request = Intet venter. Begynd på tjenestens side, og prøv igen.
error-request-unknown = Der er ingen anmodning { $request }. Se, hvad der venter: sayso requests.
error-request-several = Flere anmodninger venter. Sig hvilken: sayso requests viser dem.
error-no-question = Intet spørgsmål er åbent. Begynd med næste trin: sayso.
error-not-announced = Spørgsmålet er ikke sagt til ende endnu. Hør det først: sayso repeat.
error-not-bound = Koden blev ikke givet på denne computer. Giv den her, eller svar dér, hvor den blev givet.
error-clipboard-empty = Der var ingen kode på udklipsholderen. Tryk på sidens kopiknap, eller tast de seks cifre.
error-clipboard-tool = Udklipsholderen kan ikke læses her. Tast de seks cifre.
error-code-used = Koden er allerede brugt. Tag den nye fra siden.
error-code-foreign = Ingen af dine anmodninger har den kode. Læs siden igen.
error-no-code-wanted = Intet login, der venter, tager en kode fra sin side. Næste trin: sayso.
error-code-account = Flere konti har en anmodning, der venter: { $accounts }. Sig hvilken: sayso enter --account NAVN.
error-away = { $text } er ikke en tid at være væk. Skriv den sådan: sayso away 7d.
error-answered = Anmodningen er allerede besvaret. Se hvordan: sayso history.
error-question-open = Et andet spørgsmål er åbent: { $service }. Svar på det først.
error-practise-waiting = En rigtig anmodning venter: { $service }. Svar først på den, og øv dig så igen.
error-no-prompt = Der er ingen terminal og intet dialogprogram. Installér zenity eller kdialog, eller brug en terminal.

## Billeder med QR-koder.
error-picture-file = { $path } kan ikke åbnes. Se efter filens navn.
error-picture-clipboard = Der var intet billede på udklipsholderen. Kopiér et, eller nævn en fil: sayso scan --image FIL.
error-picture-clipboard-tool = Udklipsholderen kan ikke læses her. Gem billedet, og nævn filen: sayso scan --image FIL.
error-picture-empty = Billedet er tomt. Tag det én gang til.
error-picture-form = Det er ikke et PNG-billede, eller det er beskadiget. Gem det som PNG én gang til.
error-picture-large = Billedet er for stort. Klip stykket med koden ud, og prøv igen.
error-picture-slow = Billedet tog for lang tid. Klip stykket med koden ud, og prøv igen.
error-picture-died = Billedet kunne ikke læses. Tag det én gang til.
error-picture-screen = Skærmen kan ikke læses her. Gem et billede af den, og nævn filen: sayso scan --image FIL.
error-picture-reader = Programmet sayso-scan mangler. Installér Sayso igen.

## Et kig på skærmene. $button som i scan-nothing.
error-screen-none = Sayso kan ikke kigge på skærmen på dette skrivebord. Gem et billede af den, og nævn filen: sayso scan --image FIL.
error-screen-cancelled = Billedet af skærmen blev ikke tilladt, så der blev ikke kigget. Prøv igen, og sig ja, når skrivebordet spørger.
error-screen-refused = Skrivebordet lader ikke Sayso kigge på skærmen. Tillad det i skrivebordets indstillinger{ $button ->
    [there] , eller tryk på sidens første knap.
   *[none] {" "}og prøv igen.
}
error-screen-late = Skrivebordet gav ikke noget billede af skærmen inden et minut. Prøv igen{ $button ->
    [there] , eller tryk på sidens første knap.
   *[none] , eller nævn et billede: sayso scan --image FIL.
}
error-screen-large = Billedet af skærmen er for stort. { $button ->
    [there] Tryk på sidens første knap, eller nævn
   *[none] Nævn
} et mindre billede: sayso scan --image FIL.
error-screen-unread = Billedet af skærmen kan ikke læses. Prøv igen{ $button ->
    [there] , eller tryk på sidens første knap.
   *[none] , eller nævn et billede: sayso scan --image FIL.
}

## Adresser fra loginsider og QR-koder. Intet blev sendt nogen steder hen.
error-not-sayso-address = Det er ikke en Sayso-adresse. Kopiér hele adressen, fra og med sayso.
error-address-form = { $fault ->
    [verb] Denne Sayso-adresse beder om noget ukendt
    [long] Denne Sayso-adresse er for lang
    [extra] Denne Sayso-adresse har en del for meget
    [missing] Der mangler en del af denne Sayso-adresse
    [doubled] En del af denne Sayso-adresse står der to gange
   *[unreadable] En del af denne Sayso-adresse kan ikke læses
}, så intet blev sendt. Begynd forfra på tjenestens side.
error-address-broker = Denne adresse hører til en tjeneste, som denne computer ikke er tilmeldt, så intet blev sendt. Luk siden, hvis du ikke bad om det.
error-address-request = Det login, som adressen gælder, venter ikke her, så intet blev sendt. Begynd forfra på siden, eller luk den, hvis den ikke er din.
error-address-late = Tiden for denne adresse er gået. Begynd forfra på tjenestens side.
error-address-answered = Dette login er allerede besvaret. Se hvordan: sayso history.
error-address-method = Dette login åbnes ikke på den måde. Brug det, som siden tilbyder.
error-address-secret = Det er ikke den adresse, som loginsiden viser nu. Gå tilbage til siden, og brug den.
error-address-too-soon = En anden adresse blev åbnet for et øjeblik siden, så denne blev ikke set på. Prøv igen om fem sekunder.
error-address-register = Denne adresse beder om at tilmelde denne computer hos { $broker }. Vil du det, så skriv i en terminal: sayso register { $broker } { $account }.
error-bound-elsewhere = Dette login er åbent på en anden computer. Svar på den.

## Cifre, der læses op.
error-copy-tool = Der kan ikke skrives på udklipsholderen her. Tast cifrene, eller få dem sagt.
error-no-readout = Ingen loginside venter på en kode fra Sayso. Næste trin: sayso.
error-no-browser = Ingen browser kunne åbnes, så login er ikke færdigt. Begynd forfra på siden, uden at bruge dens første knap.

## Indstillinger og computere.
error-setting-unknown = Der er ingen indstilling { $text }. Se dem med: sayso settings.
error-setting-value = Den indstilling kan ikke være { $text }. Vælg en af: { $values }.
error-setting-already = Indstillingen har den værdi i forvejen. Se dine med: sayso settings.
error-setting-already-waits = Indstillingen har den værdi i forvejen, men en ændring af den venter. Stop den: sayso settings cancel.
error-setting-waits = Den ændring venter i forvejen. Se den med: sayso settings pending.
error-change-none = Ingen ændring venter. Se dine indstillinger med: sayso settings.
error-change-several = Flere ændringer venter, og ingen blev valgt. Se dem med: sayso settings pending.
error-change-unknown = Den ændring er der ikke mere. Se, hvad der venter: sayso settings pending.
error-change-ended = { $state ->
    [done] Den ændring er allerede trådt i kraft.
    [stopped] Den ændring er allerede stoppet.
   *[dropped] Den ændring er allerede faldet bort.
} Se dine indstillinger med: sayso settings.
error-change-not-ready = Ændringen er ikke klar. Sayso spørger dig { $until }.
error-change-unanswered = Intet svar fra { $broker }, så det er uvist, om det blev gjort. Se dine indstillinger med: sayso settings.
error-change-question = Det spørgsmål er ikke åbent mere, så intet blev ændret. Begynd forfra.
error-computer-unknown = Der er ingen computer { $name } på denne konto. Uden et navn viser kommandoen dem.
error-computer-several = Flere computere hedder { $name }. Nævn en ved dens id, som --json viser.
error-computer-waits = Denne computer er ikke lukket ind endnu. Luk den ind på en anden af dine computere, eller vent.

## Hvad Sayso gemmer.
error-store-open = Sayso kan ikke åbne sit lager { $path }. Se efter, hvem der ejer mappen, og start Sayso igen.
error-store-read-only = Der kan ikke skrives i Saysos lager: { $path }. Gør det skrivbart, og start Sayso igen.
error-store-full = Disken er fuld, så intet blev underskrevet. Gør plads, og prøv igen.
error-store-corrupt = Saysos lager er beskadiget: { $path }. Flyt det væk, og bed dem, der driver din broker, om en ny aktiveringskode.
error-store-no-room = Disken med Saysos lager er fuld: { $path }. Gør plads, og start så Sayso igen.
error-store-newer = Saysos lager er fra en nyere Sayso: { $path }. Installér den udgave igen.
error-store-busy = Et andet program holder Saysos lager: { $path }. Luk det program, og prøv igen.
error-keyring-none = Der er ingen nøglering, så Sayso gemmer sine nøgler i en fil: { $path }. Hold andre væk fra den fil.
error-keyring-locked = Nøgleringen er låst. Lås den op, og prøv igen.
error-keyring-silent = Nøgleringen svarer ikke. Log ind på skrivebordet på ny, og prøv igen.
error-keys-exposed = Andre kan læse Saysos nøgler: { $path }. Fjern den adgang, og start Sayso igen.
error-keys-missing = Nøglerne til { $account } hos { $broker } mangler. Lås nøgleringen op; er de tabt, så tilmeld igen.
keys-back = Nøglerne til { $account } hos { $broker } er her nu. Sayso forbinder.
keys-open = Nøglerne er åbne nu.
error-history-key-lost = Nøglen til din historik er tabt, så dens gamle linjer beviser intet. Fortsæt som før: Sayso har lavet en ny nøgle.
error-store-lost = Saysos lager er tabt, men nøglerne er her. Indstillingerne er nu de strengeste; tilmeld computeren igen.
error-keys-unreadable = Sayso kan ikke læse sine nøgler. Lås nøgleringen op, eller bed dem, der driver din broker, om en ny aktiveringskode.
error-history-broken = Historikken er ændret, efter at den blev skrevet, i linje { $line }. Sig det til dem, der driver din broker.
error-history-cut = Slutningen af historikken mangler. Sig det til dem, der driver din broker.
error-preferences = Der er en fejl i indstillingerne i linje { $line }, så de gamle gælder. Ret den: { $path }.
error-preference-refused = Den indstilling kender Sayso ikke. Se dine: sayso preferences.
error-preference-value = { $name } kan ikke være det. Det kan den være: { $meaning }.
error-preferences-unreadable = Sayso kan ikke læse sine indstillinger: { $path }. Se efter, hvem der ejer den fil.
error-preferences-unwritable = Sayso kan ikke skrive sine indstillinger: { $path }. Skaf plads, eller se efter, hvem der ejer den fil.

## Kanaler.
error-no-speech = Sayso kan ikke tale: Speech Dispatcher svarer ikke. Prøv den med: spd-say hej.
error-no-notifications = Der kan ikke vises notifikationer her. Brug tale, eller: sayso attend.

## Genvejstaster.
error-keys-desktop = Sayso kan ikke lave genvejstaster på dette skrivebord. Giv i dets tastaturindstillinger hver kommando en: { $commands }.
error-keys-form = { $text } er ikke en tastekombination, som Sayso kan bruge. Skriv den sådan: super+alt+a.
error-keys-taken = { $keys } er optaget: { $by }. Vælg andre taster: sayso keys install --{ $act } TASTER.
error-keys-settings = { $desktop }s genvejstaster er uden for rækkevidde: { $program } virker ikke her. Installer det, eller start skrivebordet, og prøv igen.

## Alt andet.
error-usage = Det forstod Sayso ikke. Få hjælp: sayso --help.
error-usage-unknown = Sayso kender ikke { $text }. Få hjælp: sayso --help.
error-usage-missing = { $text } mangler. Få hjælp: sayso --help.
error-not-number = { $text } er ikke et tal. Tast kun cifre.
error-inside = Noget gik galt inde i Sayso, og intet blev underskrevet. Se loggen: journalctl --user -u saysod.

## Brokerens afslag over HTTP, for den der læser en log: titel, og så hvad man gør.
problem-malformed = Kaldet kan ikke læses. Sammenlign dets indhold og argumenter med dokumentationen.
problem-too-large = Kaldet er for stort. Send mindre.
problem-unauthorized = Den, der kalder, er ikke kendt. Send et bevis, der gælder, i feltet Authorization.
problem-not-found = Det findes ikke her. Se efter adressen, og hvem den hører til.
problem-return-url = Returadressen er ikke registreret. Send en, der er det, tegn for tegn.
problem-signature = Den underskrevne besked gælder ikke. Se efter nøgle, udsteder, modtager og form.
problem-clock = Den underskrevne besked er for gammel eller fra fremtiden. Spørg om tiden, og underskriv igen.
problem-wrong-code = Ingen ventende anmodning har den kode. Læs siden igen.
problem-code-blocked = Koder tages ikke imod lige nu. Prøv igen på det givne tidspunkt.
problem-approver-removed = Computeren er fjernet. Tilmeld den igen med en ny aktiveringskode.
problem-activation = Aktiveringen lykkedes ikke. Se efter konto og kode, eller bed om en ny kode.
problem-too-many-approvers = Kontoen har så mange computere, som den må have. Fjern en først.
problem-approver-waits = Denne computer er ikke lukket ind endnu. Bekræft den på en anden computer, eller vent, til ventetiden er gået.
problem-replaced = En anden computer med den samme nøgle har oprettet forbindelse siden. Hvis ingen mente det, så fjern denne computer og tilmeld den på ny.
problem-account-blocked = Kontoen er spærret. Spørg administratoren af brokeren.
problem-wrong-secret = Ingen ventende anmodning har denne hemmelighed. Brug den, som loginsiden viser nu.
problem-method = Anmodningen kan ikke bindes på denne måde. Brug det, som loginsiden tilbyder.
problem-not-ready = Ændringen er ikke klar. Bekræft den, når ventetiden er gået.
problem-change-ended = Ændringen er slut. Bed om den igen, hvis den stadig ønskes.
problem-no-change = Indstillingen har allerede denne værdi, eller en ændring til den venter. Intet blev ændret.
problem-known-key = Nøglen er kendt i forvejen. Tilmeld med en ny nøgle.
problem-not-bound = Anmodningen er ikke bundet af denne computer. Send koden først.
problem-page-needed = Denne konto tager ikke imod cifre fra en tjeneste. Spørg igen med en side hos brokeren.
problem-own-page = Denne tjeneste må ikke selv vise cifrene. Bed administratoren om at tillade det.
problem-ended = Anmodningen er slut. Tilstanden siger hvordan.
problem-ticket = Billetten gælder ikke. Send browseren til sin loginside igen.
problem-network-reported = Kontoen har meldt et login fra dette netværk. I et døgn bliver ingen spurgt om login derfra: brug et andet netværk, eller vent.
problem-idempotency-key = Denne idempotensnøgle kom før med et andet indhold. Send det samme som før, eller brug en ny nøgle.
problem-too-many = For mange anmodninger venter på denne konto. Prøv igen, når nogle er slut.
problem-unavailable = Brokeren kan ikke lige nu, og intet er ændret. Prøv igen om et minut.
