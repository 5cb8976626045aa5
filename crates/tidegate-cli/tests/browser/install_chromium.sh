#!/bin/sh
# Writes the path of Chromium, after installing it with a Korean font where there is none: the packages of Debian, if this
# user may install them. A browser that CHROMIUM names is taken or refused, and nothing is installed.
set -eu

advice="Install the package chromium (Debian) or a browser of Google's, or give its path: make test-browser CHROMIUM=/path/to/it"

fail() {
  echo "$1 $advice" >&2
  exit 1
}

# Ubuntu's chromium-browser may be a script that only says how to install another package.
found() {
  for name in chromium chromium-browser google-chrome; do
    path=$(command -v "$name") && "$path" --version > /dev/null 2>&1 && echo "$path" && return
  done
  return 1
}

if [ -n "${CHROMIUM:-}" ]; then
  path=$(command -v "$CHROMIUM") && [ -f "$path" ] && [ -x "$path" ] || fail "CHROMIUM is $CHROMIUM, and there is no such program."
  echo "$path"
  exit
fi
found && exit

missing="The browser tests need Chromium."
command -v apt-get > /dev/null || fail "$missing"
if [ "$(id -u)" = 0 ]; then
  as_root=
elif sudo -n true 2> /dev/null; then
  as_root="sudo -n"
else
  fail "$missing"
fi
{
  $as_root apt-get update --quiet --quiet &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends chromium fonts-nanum
} >&2 || fail "apt-get cannot install chromium; Ubuntu has no Debian package of it."
found || fail "$missing"
