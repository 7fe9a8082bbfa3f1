#!/bin/sh
# Installs torc with a JDK of its own: the folder lib/torc and the link bin/torc below ~/.local.
#   TORC_URL=URL sh install.sh
# TORC_URL is the URL or path of an archive, torc-VERSION-SYSTEM.tar.gz, or of the folder that has
# it for this system; the file with its SHA-256 lies beside it. PREFIX names another place than
# ~/.local. The braces make a shell that reads this from a pipe read all of it before it starts.
{
set -eu
version=0.1.0

fail() {
  printf 'install.sh: %s\n' "$1" >&2
  exit 1
}

# get URL FILE: copies what a URL or path leads to; fails without a word.
get() {
  case $1 in
    file://*) cp "${1#file://}" "$2" ;;
    *://*) if command -v curl >/dev/null; then curl -fsSL -o "$2" "$1"; else wget -qO "$2" "$1"; fi ;;
    *) cp "$1" "$2" ;;
  esac 2>/dev/null
}

case $(uname -s) in
  Linux) system=linux ;;
  Darwin) system=macos ;;
  *) fail "torc runs on Linux and macOS, not on $(uname -s)" ;;
esac
system=$system-$(uname -m | sed 's/^amd64$/x86_64/; s/^arm64$/aarch64/')
case $(ldd --version 2>&1 || true) in *musl*) system=$system-musl ;; esac

url=${TORC_URL-}
[ -n "$url" ] || fail "set TORC_URL to the URL or path of the archive, or of the folder that has it"
case $url in *.tar.gz) ;; *) url=${url%/}/torc-$version-$system.tar.gz ;; esac
prefix=${PREFIX:-${HOME:?}/.local}
[ ! -e "$prefix/lib/torc" ] || [ -x "$prefix/lib/torc/bin/torc" ] || fail "$prefix/lib/torc is not torc; move it"
[ ! -e "$prefix/bin/torc" ] || [ "$(readlink "$prefix/bin/torc")" = ../lib/torc/bin/torc ] ||
  fail "$prefix/bin/torc is another torc; remove it, or set PREFIX"

mkdir -p "$prefix/bin" "$prefix/lib"
work=$(mktemp -d "$prefix/lib/torc.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
get "$url" "$work/archive" || fail "cannot get $url; is there an archive for $system?"
get "$url.sha256" "$work/sum" || fail "cannot get $url.sha256"
read -r expected _ <"$work/sum"
found=$({ sha256sum "$work/archive" 2>/dev/null || shasum -a 256 "$work/archive"; } | cut -d ' ' -f 1)
[ "$found" = "$expected" ] || fail "$url is damaged: its SHA-256 is $found, not $expected"
tar -xzf "$work/archive" -C "$work"
set -- "$work"/torc-*
"$1/bin/torc" --version || fail "$url does not start here; this system is $system"

[ ! -e "$prefix/lib/torc" ] || mv "$prefix/lib/torc" "$work/old"
mv "$1" "$prefix/lib/torc"
ln -sf ../lib/torc/bin/torc "$prefix/bin/torc"
echo "installed: $prefix/bin/torc, a link into $prefix/lib/torc"
echo "to undo this: rm -r '$prefix/bin/torc' '$prefix/lib/torc'"
case :$PATH: in *:"$prefix/bin":*) ;; *) echo "$prefix/bin is not on the PATH: add it" ;; esac
}
