#!/usr/bin/env bash
# Installs PostgreSQL's programs, which only tests need, where that can be done; where it cannot,
# the tests that need them are skipped and say so.
set -euo pipefail
cd "$(dirname "$0")/.."
. tools/apt.sh

has_postgres() {
    command -v postgres >/dev/null || compgen -G "/usr/lib/postgresql/*/bin/postgres" >/dev/null
}

has_postgres && exit
# Only the programs: the tests start a server of their own, so Debian need not start another.
if [ "$(id -u)" -eq 0 ] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    mkdir -p /etc/postgresql-common
    echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
fi
apt_install postgresql ||
    echo "PostgreSQL is not installed: its tests will be skipped" >&2
