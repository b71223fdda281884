#!/bin/bash
# Runs every test of the tree against what stands in $BUILD and ends with "N passed, N failed".
#
# Unit programs (cmocka, TAP), fuzz targets under their driver, `patterns check`, lint, scenario scripts
# (python3: a line "ok NAME" or "not ok NAME: why" a test). A program that dies or hangs counts as one
# failure. SUITES picks some; JOBS programs run at once (a core each).
set -u
cd "$(dirname "$0")/.."
BUILD=${BUILD:-build}
SUITES=${SUITES:-lint unit fuzz patterns scenario browser evasion chaos}
logs=$BUILD/logs
mkdir -p "$logs"
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

run() { # NAME SECONDS COMMAND…
    local name=$1 seconds=$2 log=$logs/$1.log status
    shift 2
    timeout --kill-after=10 "$seconds" "$@" >"$log" 2>&1 </dev/null
    status=$?
    take "$log" $status "$name"
}

# start NAME SECONDS COMMAND…: as run(), JOBS at once; collect() waits for all and counts in order.
JOBS=${JOBS:-$(nproc 2>/dev/null || echo 1)}
names=()
start() {
    local name=$1 seconds=$2 log=$logs/$1.log
    shift 2
    while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do wait -n; done
    names+=("$name")
    {
        timeout --kill-after=10 "$seconds" "$@" >"$log" 2>&1 </dev/null
        echo $? >"$log.status"
    } &
}

collect() {
    local name
    wait
    for name in "${names[@]}"; do
        take "$logs/$name.log" "$(cat "$logs/$name.log.status")" "$name"
    done
    names=()
}

# The same programs on a PostgreSQL server of our own, on a socket in a private folder.
on_postgres() {
    local dir url program
    dir=$(mktemp -d /tmp/lurewatch-postgres-XXXXXX)
    trap 'tests/postgres.sh stop "$dir"' EXIT
    if ! url=$(tests/postgres.sh start "$dir" 2>"$logs/postgres.log"); then
        take "$logs/postgres.log" 1 postgres
        return
    fi
    for program in "$@"; do
        CMOCKA_MESSAGE_OUTPUT=TAP LUREWATCH_TEST_POSTGRES=$url \
            run "$program-postgres" 120 "$BUILD/unit/$program"
    done
    tests/postgres.sh stop "$dir"
    trap - EXIT
}

for suite in $SUITES; do
    started=$SECONDS before=$passed
    case $suite in
    lint)
        if make -s lint >"$logs/lint.log" 2>&1; then echo "ok lint" >>"$logs/lint.log"; fi
        take "$logs/lint.log" $(grep -qE '^ok lint' "$logs/lint.log"; echo $?) lint ;;
    unit)
        for program in $(ls "$BUILD"/unit/* 2>/dev/null | grep -v '\.d$'); do
            CMOCKA_MESSAGE_OUTPUT=TAP start "$(basename "$program")" 120 "$program"
        done
        collect
        on_postgres storage_queue storage_employers storage_campaigns storage_evidence storage_sweep storage_postgres storage_purge storage_copy storage_words \
            review_export review_tally ;;
    fuzz)
        for source in tests/fuzz/fuzz_*.c; do
            name=$(basename "$source" .c)
            start "$name" 60 "$BUILD/fuzz/$name"
        done
        collect ;;
    patterns)
        if "$BUILD/lurewatch" patterns check >"$logs/patterns.log" 2>&1; then
            echo "ok patterns check" >>"$logs/patterns.log"
        fi
        take "$logs/patterns.log" $(grep -qE '^ok patterns' "$logs/patterns.log"; echo $?) patterns ;;
    scenario) # most wait for a server or a crawl delay: one more than there are cores
        JOBS=$((JOBS + 1))
        for script in tests/scenario/test_*.py; do
            [ -f "$script" ] || continue
            BUILD=$BUILD start "$(basename "$script" .py)" 300 python3 "$script"
        done
        collect
        JOBS=$((JOBS - 1)) ;;
    browser) # Debian's python3: python3-selenium is installed for no other
        BUILD=$BUILD run browser 400 /usr/bin/python3 tests/browser/test_page.py ;;
    evasion)
        BUILD=$BUILD run evasion 120 python3 tests/evasion/test_evasion.py ;;
    chaos)
        export BUILD
        start kill_sweep 400 python3 tests/chaos/kill_sweep.py --kills 20
        start kill_all 400 python3 tests/chaos/kill_all.py --kills 20 --postgres 6 --minutes 2
        start fault_all 300 python3 tests/chaos/fault_all.py --tries 4
        collect ;;
    esac
    echo "$suite: $((passed - before)) passed in $((SECONDS - started)) s"
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
