#!/usr/bin/env bash
# Makes the tests' real servers and subscribers ready, from the distribution's packages: Dovecot,
# PostgreSQL and libical are installed (as root); Cyrus, whose packages conflict with Dovecot's, and
# nginx, whose package would start it, are only unpacked into build/. ical.js comes from npm, into
# build/ too. With the word `bench` also what the benchmarks alone need.
# Repeatable, and quick when nothing is missing. What can't be had is named, and ends in failure
# only where CI is set; elsewhere the tests that need it are skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
export DEBIAN_FRONTEND=noninteractive
ical_js=2.2.1
missing=()

on_path() { PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null; }
unpacked() { [ -e "build/$1/complete" ]; }

have_dovecot() { [ -x /usr/sbin/dovecot ] && [ -x /usr/lib/dovecot/imap ]; }
have_postgres() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
have_libical() { PATH=$PATH:/usr/sbin:/sbin ldconfig -p | grep -F 'libical.so.3 ' >/dev/null; }
have_ical_js() { grep -qsF "\"version\": \"$ical_js\"" build/icaljs/node_modules/ical.js/package.json; }

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

# unpack NAME PACKAGE...: these, with those of their libraries that aren't installed, and theirs,
# into the tree build/NAME.
unpack() {
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
    [ "$(id -u)" != 0 ] || update_once
    local tree=build/$1 wanted=("${@:2}") seen=" " name file
    rm -rf "$tree" && mkdir -p "$tree/packages"
    while [ ${#wanted[@]} -gt 0 ]; do
        name=${wanted[0]} wanted=("${wanted[@]:1}")
        case $seen in *" $name "*) continue ;; esac
        seen+="$name "
        (cd "$tree/packages" && apt-get -qq -o APT::Sandbox::User=root download "$name") || return 1
        file=$(compgen -G "$tree/packages/${name}_*.deb")
        dpkg-deb -x "$file" "$tree/root"
        while read -r name; do
            case $name in lib*) installed "$name" || wanted+=("$name") ;; esac
        done < <(depends "$file")
    done
    touch "$tree/complete"
}

fetch_ical_js() {
    on_path node && on_path npm || install_packages nodejs npm || return 1
    mkdir -p build/icaljs
    # One package of an exact version; it has no dependencies.
    npm install --prefix build/icaljs --no-save --no-package-lock --no-audit --no-fund \
        --ignore-scripts --loglevel error "ical.js@$ical_js" >&2
}

have_dovecot || install_packages dovecot-imapd || missing+=("dovecot-imapd")
have_postgres || install_packages postgresql || missing+=("postgresql")
have_libical || install_packages libical3 || missing+=("libical3")
unpacked cyrus || unpack cyrus cyrus-imapd cyrus-common || missing+=("cyrus-imapd (unpacked)")
on_path nginx || unpacked nginx || unpack nginx nginx || missing+=("nginx (unpacked)")
{ on_path node && have_ical_js; } || fetch_ical_js || missing+=("nodejs, and ical.js $ical_js from npm")
if [ "${1:-}" = bench ]; then
    on_path wrk || install_packages wrk || missing+=("wrk")
fi

[ ${#missing[@]} -eq 0 ] && exit 0
printf 'missing: %s\n' "${missing[@]}" >&2
if [ -n "${CI:-}" ]; then
    echo "in CI nothing may be missing" >&2
    exit 1
fi
echo "the tests that need it are skipped; as root on Debian: make servers" >&2
