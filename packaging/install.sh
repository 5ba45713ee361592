#!/bin/sh
# Installs or removes what `make build` has built: install.sh install|uninstall TARGET DESTDIR PREFIX
set -eu
act=$1
target=$2
destdir=$3
prefix=$4
here=$(cd "$(dirname "$0")" && pwd)
share=$destdir$prefix/share

# One file: where it comes from, where it goes, its mode.
one() {
    case $act in
    install) install -D -m "$3" "$1" "$2" && echo "installed $2" ;;
    uninstall) rm -f "$2" && echo "removed $2" ;;
    *) echo "install.sh: '$act' is neither install nor uninstall." >&2; exit 2 ;;
    esac
}

# The same for a file that names the programs' folder.
one_with_prefix() {
    if [ "$act" = install ]; then
        copy=$(mktemp)
        sed "s|@bindir@|$prefix/bin|g" "$1" >"$copy"
        one "$copy" "$2" 644
        rm -f "$copy"
    else
        one "$1" "$2" 644
    fi
}

for program in sayso saysod sayso-scan sayso-broker; do
    one "$target/dist/$program" "$destdir$prefix/bin/$program" 755
done
one_with_prefix "$here/systemd/saysod.service" "$destdir$prefix/lib/systemd/user/saysod.service"
one_with_prefix "$here/dbus/org.sayso.Approver.service" \
    "$share/dbus-1/services/org.sayso.Approver.service"
for entry in "$here"/desktop/*.desktop; do
    one "$entry" "$share/applications/$(basename "$entry")" 644
done
for page in "$here"/man/*.1; do
    one "$page" "$share/man/man1/$(basename "$page")" 644
done
one "$here/completions/sayso.bash" "$share/bash-completion/completions/sayso" 644
one "$here/completions/_sayso" "$share/zsh/site-functions/_sayso" 644
one "$here/completions/sayso.fish" "$share/fish/vendor_completions.d/sayso.fish" 644

# The desktop learns of the sayso: addresses at once, where this is not a package's folder.
if [ -z "$destdir" ] && command -v update-desktop-database >/dev/null; then
    update-desktop-database -q "$share/applications" || true
fi
