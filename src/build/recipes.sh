#!/bin/sh
# Fills the recipes of package managers with the version, the URL and the SHA-256 of the archives of
# a release; publishes nothing:
#   sh src/build/recipes.sh ARCHIVES URL TARGET
# The folder ARCHIVES has, for each archive that a recipe names, the file with its SHA-256. URL is
# where the archives will lie.
set -eu
archives=$1 url=${2%/} target=$3
here=$(dirname "$0")
version=$(sed -n 's/^version=//p' "$here/install.sh")

set -- -e "s|@VERSION@|$version|g" -e "s|@URL@|$url|g"
systems=$(sed -n 's/.*@SHA256 \([^@]*\)@.*/\1/p' "$here"/recipes/* | sort -u)
for system in $systems; do
  sum=$archives/torc-$version-$system.tar.gz.sha256
  [ -r "$sum" ] || { echo "recipes.sh: $sum is missing; build that archive, and put both here" >&2; exit 1; }
  read -r digest _ <"$sum"
  set -- "$@" -e "s|@SHA256 $system@|$digest|g"
done
mkdir -p "$target"
for recipe in "$here"/recipes/*; do
  sed "$@" "$recipe" >"$target/${recipe##*/}"
done
