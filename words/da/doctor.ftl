### Hvad `sayso doctor` finder: hver i to sætninger, hvad der er galt, og hvad man skal gøre.

## Den første linje, og hvad der står før bemærkningerne.
doctor-well = Intet er galt, som Sayso kan finde. Hører du alligevel ingenting, så prøv: spd-say hej.
doctor-faults = { $count ->
    [one] Én ting er gal:
   *[other] { CAPITAL($count) } ting er gale:
}
doctor-notes = Godt at vide:

## Dæmonen, konti og brokere.
doctor-version = Sayso kører stadig version { $version }, som ikke er denne. Start den igen: systemctl --user restart saysod.
doctor-locked = Skærmen er låst, så Sayso siger kun, hvor mange der venter. Lås op for at høre mere.
doctor-no-channel = Intet fra Sayso når dig: ingen tale, ingen notifikation, ingen terminal. Bliv ved: sayso attend.
doctor-attend = Anmodninger kommer kun i din terminal. Bliv ved: sayso attend.
doctor-account = Denne computer kan ikke svare: { $account }. Spørg dem, der driver brokeren, eller luk den ind fra en anden computer.
doctor-broker-away = { $host } kan ikke nås. Se efter, om der er net, og spørg dem, der driver brokeren.
doctor-broker-refuses = { $host } er der, men Sayso har ingen forbindelse. Se efter, at uret går rigtigt, og spørg dem, der driver brokeren, om dens certifikat.
doctor-clock = Computerens ur bliver ikke stillet, og et forkert ur kan hindre login. Slå det til: timedatectl set-ntp true.
doctor-store-read-only = Sayso kan ikke skrive i { $path }. Se efter, hvem der ejer mappen, og om disken kan skrives.
doctor-store-full = Disken med Saysos lager er fuld. Skaf plads, ellers kan intet underskrives.

## Tale og lyd.
doctor-speech-off = Talen er slået fra, som du valgte. For at høre Sayso: sayso preferences speech on.
doctor-speech-missing = Speech Dispatcher er ikke installeret, så du hører intet. Installer speech-dispatcher og espeak-ng.
doctor-speech-stopped = Speech Dispatcher kører ikke. Start den: spd-say hej.
doctor-speech-silent = Speech Dispatcher hænger, så du hører intet. Log ind på skrivebordet igen, eller stop den med: pkill speech-dispatch.
doctor-speech-module = Speech Dispatcher har ingen stemme, der virker. Installer speech-dispatcher-espeak-ng, og start den igen: pkill speech-dispatch.
doctor-speech-dummy = Speech Dispatcher taler med sin attrap, som er tavs. Vælg et andet modul: spd-conf.
doctor-voice = Stemmen { $voice } findes ikke. Vælg den sædvanlige: sayso preferences voice "".
doctor-voice-language = Ingen stemme taler Saysos sprog. Installer en, for eksempel espeak-ng, eller vælg et sprog: sayso preferences language en.
doctor-spare-voice = Der er ingen reservestemme, når Speech Dispatcher svigter. Installer espeak-ng.
doctor-sound-server = Ingen lydserver svarer, så du hører intet. Start den: systemctl --user start pipewire-pulse.
doctor-sound-device = Der er ingen højttaler og intet headset at spille på. Sæt et i, eller vælg et i skrivebordets lydindstillinger.
doctor-sound-muted = Lyden er slået fra eller skruet helt ned. Skru op: pactl set-sink-mute @DEFAULT_SINK@ 0.

## Skrivebordet.
doctor-bus = Der er ingen sessionsbus og dermed ingen notifikationer og ingen nøglering. Log ind på skrivebordet, eller bliv ved: sayso attend.
doctor-bus-lost = Sayso har mistet sessionsbussen, så den viser ingen notifikationer. Start den igen: systemctl --user restart saysod.
doctor-quiet-hours = De stille timer er { $hours }: da siges intet, og alt står på listen. For at have ingen: sayso preferences quiet_hours "".
doctor-notification-off = Notifikationer er slået fra, som du valgte. For at læse dem: sayso preferences notification on.
doctor-notifications = Der er ingen notifikationsserver. Start dit skrivebords, installer en som dunst, eller brug tale.
doctor-notifications-silent = Notifikationsserveren hænger, så du læser intet. Log ind på skrivebordet igen.
doctor-quiet = Forstyr ikke er slået til, så notifikationer vises ikke. Slå det fra i skrivebordets indstillinger.
doctor-buttons = Notifikationer har ingen knapper på dette skrivebord. Svar med: sayso.
doctor-vanishing = Notifikationer kan forsvinde her, før du har læst dem. Hvad der venter, står i: sayso requests.
doctor-keyring-locked = Nøgleringen er låst, så Sayso måske ikke har sine nøgler. Lås den op, eller log ind på skrivebordet igen.
doctor-keyring = Der er ingen nøglering, så nøglerne ligger i en fil. Hold andre væk fra din hjemmemappe.
doctor-screenshots = Sayso kan ikke se på skærmen efter QR-koder. Installer xdg-desktop-portal og dit skrivebords del af den, eller brug koder.
doctor-no-display = Dette er en tekstkonsol uden notifikationer og dialoger. Bliv ved: sayso attend.
doctor-dialog = Der er intet dialogprogram, så en genvej kan ikke spørge dig. Installer zenity eller kdialog.
doctor-clipboard = Sayso kan ikke læse udklipsholderen. Installer { $program }, eller tast cifrene.
doctor-shortcuts = Der er ingen genveje til Sayso. For at få dem: sayso keys install.
doctor-shortcuts-by-hand = Sayso kender ikke dette skrivebords genveje. Giv kommandoen sayso en genvej i dets tastaturindstillinger.
doctor-shortcut-taken = { $keys } gør også noget andet: { $by }. Vælg andre taster: sayso keys install --answer TASTER.
doctor-addresses = Intet program åbner Saysos adresser, så sidens knap gør ingenting. Installer Sayso igen, eller brug koder.
