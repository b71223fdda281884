#!/bin/bash
# The sample board swept on loopback: what `make demo` shows. Ends by itself, in well under a minute.
#
# It writes samples/demo/ (or $DEMO): the board's files, a configuration, the store, evidence and an export, so that
# the commands printed at the end can be tried on it. The board server is ended by its own process id.
set -eu
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
demo=${DEMO:-samples/demo}
config=$demo/lurewatch.yml
lurewatch=$BUILD/lurewatch
board_pid=""

finish() {
    if [ -n "$board_pid" ]; then
        kill "$board_pid" 2>/dev/null || true
        wait "$board_pid" 2>/dev/null || true
    fi
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
if [ ! -t 1 ]; then # a pipe or a log: no bold, and tables may be wide
    say() { printf '\n%s\n' "$*"; }
    export COLUMNS=${COLUMNS:-160}
fi

start_board() {
    rm -f "$demo/port"
    "$BUILD/board" --root "$demo/site" --port-file "$demo/port" --log "$demo/access.log" >/dev/null &
    board_pid=$!
    for _ in $(seq 200); do
        [ -s "$demo/port" ] && return
        kill -0 "$board_pid" 2>/dev/null || break
        sleep 0.05
    done
    echo "demo: the board server did not start" >&2
    exit 1
}

write_config() {
    mkdir -p "$demo/sources"
    cp samples/sources/sample-board.yml "$demo/sources/"
    cat >"$config" <<END
operator: 'lurewatch demo'
contact: 'demo@lurewatch.example'
patterns: '$PWD/patterns'
delay_min: '0s'
END
}

rm -rf "$demo"
mkdir -p "$demo"
say "1. An invented job board, on loopback"
python3 samples/board/make_board.py "$demo/site"
write_config
start_board
echo "served by $BUILD/board on 127.0.0.1:$(cat "$demo/port") as http://loker-karya.example/"

say "2. One sweep, as cron would start it"
"$lurewatch" sweep --config "$config" --test-endpoint "127.0.0.1:$(cat "$demo/port")"

say "3. What a reviewer finds in the queue, strongest first"
"$lurewatch" queue list --all --config "$config"

say "4. One case explained: clean words, but the structure of a lure"
case=$(python3 samples/board/check_sweep.py pick "$demo" "$lurewatch" "$config")
"$lurewatch" queue show "$case" --config "$config"

say "5. Handed on"
"$lurewatch" export --config "$config" --state all --format csv -o "$demo/cases.csv"

say "6. Held against what was put into the board"
python3 samples/board/check_sweep.py tell "$demo" "$lurewatch" "$config"

say "All of it lies in $demo: store lurewatch.db, evidence/*.warc.gz, cases.csv, access.log"
cat <<END
try:  $lurewatch queue list --config $config
      $lurewatch queue claim --config $config
      head -n 1 samples/benign/id.jsonl | $lurewatch explain
END
