#!/usr/bin/env bash
# A real Redmine for the tests, from Debian's packages. Does nothing where it is already there.
set -euo pipefail

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }
ready() { [ -s /var/lib/dbconfig-common/sqlite3/redmine/instances/default/redmine_default ] && command -v puma >/dev/null; }

if ready; then
  echo "redmine is already here"
  exit 0
fi
for line in "dbconfig-install boolean true" "database-type select sqlite3"; do
  echo "redmine redmine/instances/default/$line" | as_root debconf-set-selections
done
as_root apt-get update -qq
# its own set-up fails the first time: see below
as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  redmine redmine-sqlite puma >/dev/null 2>&1 || true
# Debian's bundler takes a gem without a folder for one that was deleted
for folder in /usr/share/rubygems-integration/{all,3.1.0} /usr/lib/*/rubygems-integration/3.1.0; do
  for gem in "$folder"/specifications/*.gemspec; do
    if [ -e "$gem" ]; then as_root mkdir -p "$folder/gems/$(basename "$gem" .gemspec)"; fi
  done
done
as_root env DEBIAN_FRONTEND=noninteractive dpkg --configure -a >/dev/null
ready || { echo "Redmine could not be installed" >&2; exit 1; }
