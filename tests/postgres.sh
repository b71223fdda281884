#!/bin/bash
# postgres.sh start DIR | stop DIR: a PostgreSQL of our own, Debian's package, for tests.
#
# Data and socket lie in DIR; it listens on no network address. As root it runs as the user postgres
# (initdb refuses root). start prints the URL for LUREWATCH_TEST_POSTGRES and ends when it answers.
set -eu
verb=${1:?start or stop}
dir=${2:?a folder}
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1)
[ -n "$bin" ] || { echo "postgres.sh: no PostgreSQL server is installed (package postgresql)" >&2; exit 69; }

as_server() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid postgres --regid postgres --clear-groups env -i PATH="$PATH" LC_ALL=C.UTF-8 "$@"
    else
        env LC_ALL=C.UTF-8 "$@"
    fi
}

case $verb in
start)
    mkdir -p "$dir"
    chmod 711 "$dir"
    [ "$(id -u)" != 0 ] || chown postgres "$dir"
    cd "$dir"
    as_server "$bin/initdb" -D "$dir/data" -U postgres -A trust --data-checksums >"$dir/initdb.log" 2>&1 ||
        { cat "$dir/initdb.log" >&2; exit 74; }
    as_server "$bin/pg_ctl" -D "$dir/data" -w -t 60 -l "$dir/data/log" \
        -o "-c listen_addresses='' -c unix_socket_directories='$dir' -c max_connections=60 -c shared_buffers=64MB" \
        start >"$dir/start.log" 2>&1 || { cat "$dir/start.log" "$dir/data/log" >&2; exit 74; }
    echo "postgresql:///postgres?host=$dir&user=postgres"
    ;;
stop)
    [ -d "$dir/data" ] || exit 0
    cd "$dir"
    as_server "$bin/pg_ctl" -D "$dir/data" -m fast -w -t 30 stop >/dev/null 2>&1 || true
    cd /
    rm -rf "$dir"
    ;;
*) echo "postgres.sh: start or stop, not $verb" >&2; exit 64 ;;
esac
