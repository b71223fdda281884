#!/bin/bash
# Runs every test of the tree against what stands in $BUILD and ends with "N passed, N failed".
#
# Unit programs (cmocka, TAP), fuzz targets under their driver, `patterns check`, lint, scenario scripts
# (python3: a line "ok NAME" or "not ok NAME: why" a test). A program that dies or hangs counts as one
# failure. SUITES picks some of lint, unit, fuzz, patterns, evasion, browser, chaos and scenario. JOBS
# programs of the quick suites run at once (a core each), then WAITS of those that mostly wait for a
# server, a browser or a crawl delay.
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
SUITES=${SUITES:-lint unit fuzz patterns scenario browser evasion chaos}
JOBS=${JOBS:-$(nproc 2>/dev/null || echo 1)}
WAITS=${WAITS:-$((2 * JOBS + 1))}
logs=$BUILD/logs
mkdir -p "$logs"
export BUILD
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$PWD/tests/lsan.txt:print_suppressions=0}
passed=0
failed=0

# take LOG STATUS NAME: counts "ok" and "not ok" lines; shows what failed
take() {
    local ok bad
    ok=$(grep -cE '^ok ' "$1")
    bad=$(grep -cE '^not ok ' "$1")
    if [ "$2" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
        echo "FAILED $3: ended with status $2"
        tail -n 25 "$1"
    elif [ "$bad" != 0 ]; then
        echo "FAILED $3:"
        grep -vE '^(ok |1\.\.|TAP)' "$1" | tail -n 40
    elif [ "$ok" = 0 ]; then
        bad=1
        echo "FAILED $3: ran no test"
    fi
    passed=$((passed + ok))
    failed=$((failed + bad))
}

# one NAME SECONDS COMMAND…: its output in $logs/NAME.log, its status and seconds in NAME.log.status
one() {
    local log=$logs/$1.log seconds=$2 began=$SECONDS status
    shift 2
    timeout --kill-after=10 "$seconds" "$@" >"$log" 2>&1 </dev/null
    status=$?
    echo "$status $((SECONDS - began))" >"$log.status"
}

# start NAME SECONDS COMMAND…: as one(), $at_once of them; finish() counts those that began for the
# suite, in order.
names=()
suite_of=()
start() {
    while [ "$(jobs -rp | wc -l)" -ge "$at_once" ]; do wait -n; done
    rm -f "$logs/$1.log.status"
    names+=("$1")
    suite_of+=("$suite")
    one "$@" &
}

finish() {
    local i name status seconds sum=0 longest=0 which="" before=$passed
    for i in "${!names[@]}"; do
        [ "${suite_of[i]}" = "$suite" ] || continue
        name=${names[i]}
        read -r status seconds <"$logs/$name.log.status"
        take "$logs/$name.log" "$status" "$name"
        seconds=${seconds:-0}
        sum=$((sum + seconds))
        [ "$seconds" -lt "$longest" ] || longest=$seconds which=$name
    done
    if [ -z "$which" ]; then
        failed=$((failed + 1))
        echo "FAILED $suite: has no program in $BUILD; run make check"
        return
    fi
    echo "$suite: $((passed - before)) passed, $sum s, at most $longest s ($which)"
}

# The same programs on a PostgreSQL server of our own, on a socket in a private folder.
on_postgres() {
    local dir url program
    dir=$(mktemp -d /tmp/lurewatch-postgres-XXXXXX)
    trap 'tests/postgres.sh stop "$dir"' EXIT
    if ! url=$(tests/postgres.sh start "$dir" 2>"$logs/postgres.log"); then
        echo 1 0 >"$logs/postgres.log.status"
        names+=(postgres)
        suite_of+=("$suite")
        return
    fi
    export CMOCKA_MESSAGE_OUTPUT=TAP
    for program in "$@"; do
        names+=("$program-postgres")
        suite_of+=("$suite")
        LUREWATCH_TEST_POSTGRES=$url one "$program-postgres" 120 "$BUILD/unit/$program"
    done
    tests/postgres.sh stop "$dir"
    trap - EXIT
}

lint() { make -s lint && echo "ok lint"; }
patterns() { "$BUILD/lurewatch" patterns check && echo "ok patterns check"; }
export -f lint patterns

# Those that take longest begin first, so that none is left running alone.
scenarios() {
    local long="bad_servers store polite stops bad_input fresh" name
    for name in $long; do echo "test_sweep_$name"; done
    for name in review_hostile machines patterns requests review review_more; do echo "test_$name"; done
    (cd tests/scenario && ls test_*.py | sed 's/\.py$//')
}

start_suite() {
    case $suite in
    lint) start lint 600 bash -c lint ;;
    unit)
        export CMOCKA_MESSAGE_OUTPUT=TAP
        for program in "$BUILD"/unit/*; do
            [ -x "$program" ] || continue
            start "$(basename "$program")" 120 "$program"
        done
        wait
        on_postgres storage_queue storage_employers storage_campaigns storage_evidence storage_sweep \
            storage_postgres storage_purge storage_copy storage_words review_export review_tally ;;
    fuzz)
        for source in tests/fuzz/fuzz_*.c; do
            name=$(basename "$source" .c)
            start "$name" 60 "$BUILD/fuzz/$name"
        done ;;
    patterns) start patterns 300 bash -c patterns ;;
    scenario)
        for name in $(scenarios | awk '!seen[$0]++'); do
            start "$name" 400 python3 "tests/scenario/$name.py"
        done ;;
    browser) # Debian's python3: python3-selenium is installed for no other
        start browser 600 /usr/bin/python3 tests/browser/test_page.py ;;
    evasion) start evasion 120 python3 tests/evasion/test_evasion.py ;;
    chaos)
        start kill_sweep 400 python3 tests/chaos/kill_sweep.py --kills 20
        start kill_all 400 python3 tests/chaos/kill_all.py --kills 20 --postgres 6 --minutes 2
        start fault_all 400 python3 tests/chaos/fault_all.py --tries 4 ;;
    esac
}

# run SUITE…: of those that are asked for, side by side
run() {
    local asked=() suite
    for suite in "$@"; do
        case " $SUITES " in *" $suite "*) asked+=("$suite") ;; esac
    done
    for suite in "${asked[@]}"; do start_suite; done
    wait
    for suite in "${asked[@]}"; do finish; done
}

for suite in $SUITES; do
    case " lint unit fuzz patterns evasion browser chaos scenario " in
    *" $suite "*) ;;
    *) echo "SUITES: there is no suite '$suite'; the head of $0 names them" >&2 && exit 2 ;;
    esac
done
at_once=$JOBS
run lint unit fuzz patterns evasion
at_once=$WAITS
run browser chaos scenario
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
