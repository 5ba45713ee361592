### What `sayso doctor` finds: each in two sentences, what is wrong and what to do.

## The first line, and what stands before the notes.
doctor-well = Nothing is wrong that Sayso can find. If you hear nothing all the same, try: spd-say hello.
doctor-faults = { $count ->
    [one] One thing is wrong:
   *[other] { CAPITAL($count) } things are wrong:
}
doctor-notes = Good to know:

## The daemon, accounts and brokers.
doctor-version = Sayso is still running version { $version }, which is not this one. Start it anew: systemctl --user restart saysod.
doctor-locked = The screen is locked, so Sayso only says how many requests wait. Unlock it to hear more.
doctor-no-channel = Nothing of Sayso reaches you: no speech, no notification, no terminal. Stay at: sayso attend.
doctor-attend = Requests come only to your terminal. Stay at: sayso attend.
doctor-account = This computer cannot answer: { $account }. Ask those who run the broker, or let it in from another computer.
doctor-broker-away = { $host } cannot be reached. Check the network, and ask those who run the broker.
doctor-broker-refuses = { $host } is there, but Sayso is not connected to it. Check that the clock is right, and ask those who run the broker about its certificate.
doctor-clock = The computer's clock is not kept right, and a wrong clock can refuse logins. Turn it on: timedatectl set-ntp true.
doctor-store-read-only = Sayso cannot write to { $path }. Check who owns that folder, and that its disk can be written.
doctor-store-full = The disk of Sayso's store is full. Make room, or nothing can be signed.

## Speech and sound.
doctor-speech-off = Speech is off, as you chose. To hear Sayso: sayso preferences speech on.
doctor-speech-missing = Speech Dispatcher is not installed, so you hear nothing. Install speech-dispatcher and espeak-ng.
doctor-speech-stopped = Speech Dispatcher is not running. Start it: spd-say hello.
doctor-speech-silent = Speech Dispatcher hangs, so you hear nothing. Log in to the desktop anew, or end it with: pkill speech-dispatch.
doctor-speech-module = Speech Dispatcher has no voice that works. Install speech-dispatcher-espeak-ng, then start it anew: pkill speech-dispatch.
doctor-speech-dummy = Speech Dispatcher speaks by its dummy, which is silent. Choose another output module: spd-conf.
doctor-voice = There is no voice { $voice }. Choose the usual one: sayso preferences voice "".
doctor-voice-language = No voice speaks Sayso's language. Install one, such as espeak-ng, or choose a language: sayso preferences language en.
doctor-spare-voice = There is no spare voice for when Speech Dispatcher fails. Install espeak-ng.
doctor-sound-server = No sound server answers, so you hear nothing. Start it: systemctl --user start pipewire-pulse.
doctor-sound-device = There is no loudspeaker or headset to play on. Plug one in, or choose one in the desktop's sound settings.
doctor-sound-muted = The sound is muted, or at volume zero. Turn it up: pactl set-sink-mute @DEFAULT_SINK@ 0.

## The desktop.
doctor-bus = There is no session bus, so there are no notifications and no keyring. Log in to the desktop, or stay at: sayso attend.
doctor-bus-lost = Sayso has lost the session bus, so it shows no notifications. Start it anew: systemctl --user restart saysod.
doctor-quiet-hours = Quiet hours are { $hours }: then nothing is said, and all stands on the list. To have none: sayso preferences quiet_hours "".
doctor-notification-off = Notifications are off, as you chose. To read them: sayso preferences notification on.
doctor-notifications = There is no notification server. Start your desktop's, install one such as dunst, or use speech.
doctor-notifications-silent = The notification server hangs, so you read nothing. Log in to the desktop anew.
doctor-quiet = Do not disturb is on, so notifications are not shown. Turn it off in the desktop's settings.
doctor-buttons = Notifications have no buttons on this desktop. Answer by: sayso.
doctor-vanishing = Notifications may vanish on this desktop before you have read them. What waits stands in: sayso requests.
doctor-keyring-locked = The keyring is locked, so Sayso may not have its keys. Unlock it, or log in to the desktop anew.
doctor-keyring = There is no keyring, so the keys lie in a file. Keep other people away from your home folder.
doctor-screenshots = Sayso cannot look at the screen for QR codes. Install xdg-desktop-portal and your desktop's part of it, or use codes.
doctor-no-display = This is a text console, without notifications and dialogs. Stay at: sayso attend.
doctor-dialog = There is no dialog program, so a shortcut cannot ask you. Install zenity or kdialog.
doctor-clipboard = Sayso cannot read the clipboard. Install { $program }, or type the digits.
doctor-shortcuts = There are no shortcuts of Sayso. To add them: sayso keys install.
doctor-shortcuts-by-hand = Sayso does not know this desktop's shortcuts. Give the command sayso a shortcut by hand, in its keyboard settings.
doctor-shortcut-taken = { $keys } also does something else: { $by }. Choose other keys: sayso keys install --answer KEYS.
doctor-addresses = No program opens Sayso's addresses, so the login page's button does nothing. Install Sayso again, or use codes.
