### Hvad `sayso-broker` skriver til den, der driver den.

## serve og dev.
admin-dev-store = Denne broker og dens lager smides væk, når den stopper: { $path }.
admin-dev-register = Tilmeld denne computer med: sayso register { $address } { $account }

## service.
admin-service-added = Tjenesten { $service } er tilføjet. Dens id: { $id }. Dens API-nøgle vises kun nu: { $key }
admin-service-removed = Tjenesten { $service } er fjernet. Dens anmodninger slutter nu.
admin-service-page-own = Tjenesten { $service } må vise cifrene på sin egen side.
admin-service-page-brokers = Tjenesten { $service } bruger denne brokers sider.
admin-service-line = { $service }, id { $id }, vender tilbage til { $addresses }.
admin-service-none = Der er ingen tjeneste endnu. Tilføj en: sayso-broker service add NAVN --return-url ADRESSE.
admin-webhook-line = Tjenesten { $service } får besked om sine anmodninger på { $address }.
admin-webhook-gone = Tjenesten { $service } får ikke længere besked: den { $date } sagde modtageren på { $address }, at den er væk. Sæt adressen på ny for at begynde igen.
admin-webhook-key = Den offentlige nøgle, som den kender denne broker på: { $key }
admin-webhook-counts = Skal leveres: { $waiting }. Opgivet: { $dead }. Glemt uden at være leveret, fordi der var for mange: { $lost }.
admin-webhook-removed = Tjenesten { $service } får ikke længere besked. Det, der ventede, er glemt.
admin-webhook-dead = Hændelse { $id } fra { $date }, anmodning { $request }: { $why }
admin-webhook-dead-none = Der er ikke opgivet noget for tjenesten { $service }.
admin-webhook-unreachable = ingen svarede.
admin-webhook-certificate = ingen står inde for den, der svarede.
admin-webhook-late = intet svar inden for 15 sekunder.
admin-webhook-said-gone = modtageren sagde, at den er væk.
admin-webhook-status = modtageren svarede med status { $status }.
admin-webhook-resent = { $count ->
    [0] Der er ikke opgivet noget for tjenesten { $service }, så intet sendes igen.
    [one] Én hændelse sendes igen til tjenesten { $service }.
   *[other] { $count } hændelser sendes igen til tjenesten { $service }.
}

## account.
admin-account-added = Kontoen { $account } er tilføjet. Nu: sayso-broker activation new { $account }.
admin-account-line = { $account }, kaldet { $display }: { $count ->
    [0] ingen godkender.
    [one] én godkender.
   *[other] { $count } godkendere.
}
admin-account-line-blocked = { $account }, kaldet { $display }, spærret: { $count ->
    [0] ingen godkender.
    [one] én godkender.
   *[other] { $count } godkendere.
}
admin-account-blocked = Kontoen { $account } er spærret. Hver anmodning og hver ændring, der ventede, er afblæst, og dens aktiveringskode gælder ikke mere. Lad den svare igen med: sayso-broker account unblock { $account }.
admin-account-unblocked = Kontoen { $account } svarer igen.
admin-account-none = Der er ingen konto endnu. Tilføj en: sayso-broker account add NAVN.

## approver og activation.
admin-approver-line = { $name }, id { $id }, tilmeldt { $date }.
admin-approver-waits = { $name }, id { $id }, tilmeldt { $date }, venter på at blive lukket ind.
admin-approver-none = Kontoen { $account } har ingen godkender. Giv den en kode: sayso-broker activation new { $account }.
admin-approver-removed = Godkenderen { $name } på kontoen { $account } er fjernet. Luk en anden computer ind med: sayso-broker activation new { $account }.
admin-activation = Aktiveringskode til { $account }, gælder { $minutes } minutter, én gang: { $code }
admin-activation-now = Aktiveringskode til { $account }, gælder { $minutes } minutter, én gang. Den computer, der bruger den, er godkender med det samme, og de andre får det at vide. Koden: { $code }

## keys.
admin-key-rotated = Brokeren har en ny nøgle, og den gamle har underskrevet den: computerne tager den af sig selv. Tag en sikkerhedskopi af lageret nu, for ingen computer tager den gamle nøgle igen. Den nye nøgles id: { $key }

## audit.
admin-audit-whole = Revisionssporet er helt: { $count ->
    [one] én post.
   *[other] { $count } poster.
}

## Fejl: hvad der skete, hvad man gør.
admin-error-audit-broken = Post { $entry } i revisionssporet er ændret, efter at den blev skrevet. Sammenlign med en sikkerhedskopi, og find ud af, hvem der kan skrive i lageret.
admin-error-audit-cut = Slutningen af revisionssporet mangler eller er ikke underskrevet af denne broker. Sammenlign med en sikkerhedskopi, og find ud af, hvem der kan skrive i lageret.
admin-error-service-exists = Der er allerede en tjeneste { $service }. Vælg et andet navn, eller fjern den først.
admin-error-service-unknown = Der er ingen tjeneste { $service }. Se dem med: sayso-broker service list.
admin-error-webhook-none = Tjenesten { $service } har ingen webhook. Sæt en: sayso-broker service webhook set NAVN ADRESSE.
admin-error-webhook-address = { $address } kan ikke være en webhook. Brug en hel adresse, der begynder med https, uden brugernavn, adgangskode eller fragment; http kun for denne computer.
admin-error-webhook-gone = Webhooken for tjenesten { $service } sagde, at den er væk. Sæt først adressen på ny: sayso-broker service webhook set NAVN ADRESSE.
admin-error-event-unknown = Ingen hændelse { $id } er opgivet for tjenesten { $service }. Se dem: sayso-broker service webhook dead NAVN.
admin-error-account-exists = Der er allerede en konto { $account }. Vælg et andet navn.
admin-error-account-unknown = Der er ingen konto { $account }. Se dem med: sayso-broker account list.
admin-error-account-blocked = Kontoen { $account } er spærret. Lad den svare igen med: sayso-broker account unblock { $account }.
admin-error-account-not-blocked = Kontoen { $account } er ikke spærret. Se kontiene med: sayso-broker account list.
admin-error-approver-unknown = Kontoen { $account } har ingen godkender { $name }. Se dem med: sayso-broker approver list { $account }.
admin-error-approver-several = Flere godkendere på kontoen { $account } hedder { $name }. Nævn en ved dens id, som denne viser: sayso-broker approver list { $account }.
admin-error-approvers = Kontoen { $account } har så mange godkendere, som den må have, også dem, der venter. Fjern en først: sayso-broker approver remove { $account } NAVN.
admin-error-name = { $name } kan ikke være en kontos navn. Brug 1 til 64 af a til z, 0 til 9, punktum, understreg, bindestreg, snabel-a og plus.
admin-error-service-name = En tjeneste skal have et navn. Giv den det, som folk skal høre.
admin-error-return-url = { $address } kan ikke være en returadresse. Brug en hel adresse, der begynder med https; http kun til denne computer.
admin-error-origin = { $address } kan ikke være denne brokers adresse. Brug https, eller http kun på denne computer.
admin-error-settings = Der er en fejl i indstillingsfilen i linje { $line }: { $path }. Ret den, og start igen.
admin-error-settings-unreadable = Indstillingsfilen kan ikke læses: { $path }. Se efter stien, og hvem der må læse den.
admin-error-store-open = Lageret kan ikke åbnes: { $path }. Se efter stien, og hvem der må skrive dér.
admin-error-store-none = Der er intet lager i { $path }. Start brokeren én gang, eller nævn dens mappe med --store.
admin-error-store-read-only = Der kan ikke skrives i lageret: { $path }. Gør det skrivbart, og start igen.
admin-error-store-full = Lagerets disk er fuld: { $path }. Gør plads, og start igen.
admin-error-store-corrupt = Lageret er beskadiget: { $path }. Læg en sikkerhedskopi tilbage.
admin-error-store-newer = Lageret er fra en nyere Sayso: { $path }. Installér den udgave igen.
admin-error-listen = Der kan ikke lyttes på { $address }. Stop det, der bruger den, eller vælg en anden med --listen.
admin-error-metrics = Der kan ikke lyttes på { $address } til målinger. Stop det, der bruger den, eller sæt en anden under metrics.
admin-error-not-loopback = { $address } er ikke på denne computer, og ren http er kun til denne computer. Angiv et certifikat under [tls], eller din proxys adresser under [proxy].
admin-error-no-origin = Den adresse, som andre når denne broker på, er ikke angivet. Angiv origin, for eksempel https://login.example.
admin-error-not-https = { $address } begynder ikke med https, men der er angivet et certifikat. Sæt origin til den https-adresse, som certifikatet gælder for.
admin-error-tls-unreadable = En af certifikatets filer kan ikke læses: { $path }. Kontrollér stien, og hvem der må læse den.
admin-error-tls-certificate = Der er intet certifikat i denne fil: { $path }. Læg brokerens certifikat der i PEM-form, først, og efter det dem, der fører til dets rod.
admin-error-tls-key = Der er ingen brugbar privat nøgle i denne fil: { $path }. Læg certifikatets nøgle der i PEM-form, uden adgangskode.
admin-error-tls-pair = Nøglen i denne fil er ikke certifikatets: { $path }. Læg den nøgle der, som certifikatet er lavet med.
admin-error-tls-host = Certifikatet i denne fil gælder ikke for { $host }: { $path }. Få et til det navn, eller ret origin.
admin-tls-kept = Brokeren beholder det certifikat, den havde.
admin-error-ready-file = Klarfilen kan ikke skrives: { $path }. Vælg en anden sti.
admin-error-key = Lagerets nøgle kan ikke bruges: { $path }. Gør sayso-broker.key dér læsbar for ejeren alene.
admin-error-key-unwritable = Den nye nøgle kan ikke skrives: { $path }. Den gamle gælder stadig: skaf plads dér, og gør mappen skrivbar for ejeren.
admin-error-key-foreign = Lagerets nøgle mangler eller er en anden: { $path }. Læg den sayso-broker.key tilbage, der hører til.
admin-error-audit-decision = Et underskrevet svar, som revisionssporet nævner, mangler eller er ændret. Sammenlign med en sikkerhedskopi, og find ud af, hvem der kan skrive i lageret.
admin-error-audit-unreadable = Revisionssporet kan ikke læses til ende. Læg en sikkerhedskopi tilbage.
admin-error-inside = Noget gik galt inde i brokeren. Se dens log på stderr.
