#!/usr/bin/env bash
# Makes the tests' real servers ready, from the distribution's packages: Dovecot and PostgreSQL are
# installed (as root), Cyrus is only unpacked into build/, since its packages conflict with Dovecot's.
# Repeatable, and quick when nothing is missing. What can't be had is named, and ends in failure
# only where CI is set; elsewhere the tests that need it are skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DEBIAN_FRONTEND=noninteractive
unpacked=build/cyrus
missing=()

have_dovecot() { [ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/imap ]; }
have_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_cyrus() { [ -e "$unpacked/complete" ]; }

updated=
update_once() {
    [ -n "$updated" ] || apt-get update -qq
    updated=yes
}

# The packages' own services aren't used; whether they may start here (policy-rc.d) doesn't matter.
install_packages() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
    update_once && apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2
}

depends() { dpkg-deb -f "$1" Depends | tr ',|' '\n\n' | sed 's/^ *//; s/[ (:].*//; /^$/d'; }

installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# Cyrus with those of its libraries that aren't installed, and theirs, into one tree.
unpack_cyrus() {
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
    [ "$(id -u)" != 0 ] || update_once
    rm -rf "$unpacked" && mkdir -p "$unpacked/packages"
    local wanted=(cyrus-imapd cyrus-common) seen=" " name file
    while [ ${#wanted[@]} -gt 0 ]; do
        name=${wanted[0]} wanted=("${wanted[@]:1}")
        case $seen in *" $name "*) continue ;; esac
        seen+="$name "
        (cd "$unpacked/packages" && apt-get -qq -o APT::Sandbox::User=root download "$name") || return 1
        file=$(compgen -G "$unpacked/packages/${name}_*.deb")
        dpkg-deb -x "$file" "$unpacked/root"
        while read -r name; do
            case $name in lib*) installed "$name" || wanted+=("$name") ;; esac
        done < <(depends "$file")
    done
    touch "$unpacked/complete"
}

have_dovecot || install_packages dovecot-imapd || missing+=("dovecot-imapd")
have_postgres || install_packages postgresql || missing+=("postgresql")
have_cyrus || unpack_cyrus || missing+=("cyrus-imapd (unpacked from its packages)")

[ ${#missing[@]} -eq 0 ] && exit 0
printf 'missing: %s\n' "${missing[@]}" >&2
if [ -n "${CI:-}" ]; then
    echo "in CI nothing may be missing" >&2
    exit 1
fi
echo "the tests that need it are skipped; as root on Debian: make servers" >&2
