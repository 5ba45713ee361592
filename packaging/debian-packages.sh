#!/bin/sh
# Installs the Debian packages that a Makefile target needs and this machine misses:
#   packaging/debian-packages.sh build test
# It says which and why, removes none, and does nothing when all are there. Without apt it says what
# is needed and goes on: another system has the same things under other names.
set -eu

# One package a line: the list, the package, why.
wanted() {
    cat <<'END'
build gcc            links the programs and compiles the embedded SQLite
build libc6-dev      headers and start-up code for gcc
fuzz g++             compiles libFuzzer
speech dbus-daemon   a private session bus
speech speech-dispatcher                the speech server that Sayso talks to
speech speech-dispatcher-espeak-ng      its module for espeak-ng
speech speech-dispatcher-audio-plugins  its ways to a sound device, or to a file
speech espeak-ng     the voice
browser chromium         opens the login page as a person does
browser chromium-driver  presses its keys
browser xvfb             a display without a screen
pdf chromium             prints the guide
pdf poppler-utils        looks whether it is tagged
demo zenity          asks the question when a shortcut starts sayso
demo xclip           reads the code that the page's button copied
demo-auto dunst             a notification server for a session that has none
demo-auto gnome-keyring     a keyring for a session that has none
demo-auto python3-dbusmock  a screen lock for a session that has none
demo-auto python3-gi        what that screen lock runs on
demo-auto sox               measures that the recording holds speech
test sway              a Wayland desktop without a screen
test grim              takes pictures of that screen, for the portal too
test wtype             presses keys there
test wl-clipboard      the clipboard there
test xdg-desktop-portal      what programs ask for a picture of the screen
test xdg-desktop-portal-wlr  takes it on Wayland
test pipewire          what that does not start without
test firefox-esr       the other browser that opens the login page
test xdg-utils         opens an address with the person's default program
test dbus-bin          speaks to buses from scripts
test libglib2.0-bin    gdbus, the same
test dunst             a notification server
test gnome-keyring     a keyring
test libsecret-tools   looks into that keyring
test python3-dbusmock  plays logind and the screen savers
test python3-gi        what those run on
test python3-dbus      the same
test nginx             stands before a broker as docs/hosting.md sets it up
test python3-cryptography  verifies an outcome in the site of docs/services
test faketime          moves the clock of one process
test procps            looks at processes
test xdotool           presses keys on the display
test x11-utils         looks at windows
test openbox           a window manager that gives the focus to a new window
test xclip             the clipboard
test zenity            the answer dialog
test sox               writes what the voice said into a file
test pulseaudio        a sound server, whose sinks play into nothing
test pulseaudio-utils  changes its sinks
test pipewire          the other sound server
test wireplumber       chooses its default sink
test pipewire-pulse    lets it answer as PulseAudio does
test gnome-settings-daemon-common  where GNOME keeps keyboard shortcuts
test mate-control-center-common    where MATE keeps them
test mate-settings-daemon-common   keys that MATE itself takes
test xfconf            where Xfce keeps them
test libxfconf-0-3     what its command line runs on
test at-spi2-core      the accessibility bus
test orca              a screen reader
test python3-pyatspi   what the screen reader runs on
test bubblewrap        a sandboxed caller at the doors
test iproute2          takes a computer's address away and gives it back
test util-linux        a caller of another uid at the doors
test uidmap            the same for who is not root
bench mosquitto      a server that holds idle links
bench nats-server    another one
bench libeatmydata1  a broker that does not wait for the disk
bench dunst          a notification server, beside the daemon
bench libglib2.0-bin gdbus, beside the command line
bench npm            fetches oidc-provider, beside the broker
test npm               fetches axe-core, which looks at the pages
END
}

# A list may stand on others.
lists() {
    for target in "$@"; do
        case $target in
        build) echo build ;;
        fuzz) echo build fuzz ;;
        demo) echo build speech demo ;;
        demo-auto) echo build speech browser demo-auto ;;
        bench) echo build speech browser pdf test bench ;;
        test) echo build speech browser pdf test ;;
        guide-pdf) echo build pdf ;;
        *) echo "debian-packages.sh: there is no list for '$target'." >&2; exit 2 ;;
        esac
    done
}

installed() {
    # Node.js from elsewhere brings npm along.
    if [ "$1" = npm ] && command -v npm >/dev/null; then return; fi
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif [ -t 0 ]; then
        sudo "$@"
    else
        sudo -n "$@"
    fi
}

# No package starts a server of its own: tests start theirs, on loopback.
install_packages() {
    as_root env DEBIAN_FRONTEND=noninteractive SYSTEMD_OFFLINE=1 \
        apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends --no-remove "$@" \
        </dev/null
}

chosen=$(lists "$@")
lines=$(for list in $chosen; do wanted | sed -n "s/^$list //p"; done | sort -u -k1,1)
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "This is not Debian. What is needed, by its names there:"
    echo "$lines"
    exit 0
fi

missing=
reasons=
while read -r package why; do
    if ! installed "$package"; then
        missing="$missing $package"
        reasons="$reasons
$package: $why."
    fi
done <<END
$lines
END
[ -n "$missing" ] || exit 0

echo "Debian packages are missing for: $*.$reasons"
if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
    echo "Only root can install them, and there is no sudo. As root: apt-get install$missing"
    exit 0
fi
echo "Installing them with apt-get$([ "$(id -u)" -eq 0 ] || echo ", as root by sudo")."
# shellcheck disable=SC2086 # a list of words
install_packages $missing || {
    echo "That failed. Once more, with fresh package lists."
    as_root dpkg --configure -a </dev/null || true
    as_root apt-get -o DPkg::Lock::Timeout=300 update -q </dev/null || true
    # shellcheck disable=SC2086 # a list of words
    install_packages $missing || {
        echo "The packages cannot be installed. By hand: apt-get install$missing" >&2
        exit 1
    }
}
# Nor does one start with the computer.
for server in nginx mosquitto nats-server; do
    case " $missing " in *" $server "*)
        if command -v systemctl >/dev/null; then
            as_root env SYSTEMD_OFFLINE=1 systemctl --quiet disable "$server" </dev/null || true
        fi
        ;;
    esac
done
if [ -d /run/systemd/system ]; then as_root systemctl daemon-reload </dev/null || true; fi
