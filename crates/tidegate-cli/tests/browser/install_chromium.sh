#!/bin/sh
# Makes sure that Chromium is there: the package of Debian and Ubuntu, if this user may install it.
set -eu

chromium=${CHROMIUM:-/usr/bin/chromium}
[ -x "$chromium" ] && exit 0

missing="The browser tests need Chromium. Install the package chromium, or give its path: make test-browser CHROMIUM=/path/to/it"
command -v apt-get > /dev/null || { echo "$missing" >&2; exit 1; }
if [ "$(id -u)" = 0 ]; then
  as_root=
elif sudo -n true 2> /dev/null; then
  as_root="sudo -n"
else
  echo "$missing" >&2
  exit 1
fi
$as_root apt-get update --quiet --quiet
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install --quiet --yes --no-install-recommends chromium
[ -x "$chromium" ] || { echo "$missing" >&2; exit 1; }
