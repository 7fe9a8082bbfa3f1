#!/usr/bin/env bash
# Makes target/site of the pages in src/site/markdown: static files that a browser also reads from the
# disk. Needs python3, and pip's registry the first time: target/site-tools keeps MkDocs. Exit status 69:
# the tools are missing and could not be installed.
set -euo pipefail
cd "$(dirname "$0")/../.."

tools=target/site-tools
mkdir -p target
if ! cmp -s .ci/site.txt "$tools/installed.txt"; then
  rm -rf "$tools"
  python3 -m venv "$tools" || exit 69
  "$tools/bin/pip" install -q --no-deps --disable-pip-version-check --retries 1 -r .ci/site.txt || exit 69
  cp .ci/site.txt "$tools/installed.txt"
fi
# Without the variable, Material prints news of MkDocs 2.
NO_MKDOCS_2_WARNING=1 exec "$tools/bin/mkdocs" build --strict -f src/site/mkdocs.yml -d "$PWD/target/site"
