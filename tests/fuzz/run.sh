#!/bin/bash
# run.sh BUILD SECONDS [NAME…]: each fuzz target under libFuzzer, one line each. The corpus grows in
# BUILD/corpus/NAME from tests/fuzz/seeds/NAME; findings stay in BUILD/findings, named after the target.
set -u
cd "$(dirname "$0")/../.."
build=$1 seconds=$2
shift 2
[ $# -gt 0 ] || set -- $(ls tests/fuzz/fuzz_*.c | sed 's,.*/fuzz_,,; s,\.c$,,')
mkdir -p "$build/findings" "$build/logs"
export LSAN_OPTIONS=${LSAN_OPTIONS:-suppressions=$PWD/tests/lsan.txt:print_suppressions=0}
bad=0
for name in "$@"; do
    log=$build/logs/fuzz_$name.log
    corpus=$build/corpus/$name
    mkdir -p "$corpus"
    seeds=tests/fuzz/seeds/$name
    [ -d "$seeds" ] || seeds=
    dict=tests/fuzz/$name.dict
    [ -f "$dict" ] && dict=-dict=$dict || dict=
    timeout --kill-after=10 $((seconds + 120)) "$build/fuzz/fuzz_$name" $dict \
        -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3072 -max_len=20000 -print_final_stats=1 \
        -artifact_prefix="$build/findings/$name-" "$corpus" $seeds >"$log" 2>&1
    status=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    cover=$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1)
    if [ $status = 0 ]; then
        echo "ok fuzz_$name: ${runs:-?} inputs, ${cover:-cov: ?}"
    else
        bad=1
        echo "not ok fuzz_$name: ended with status $status after ${runs:-?} inputs"
        grep -nE 'broken promise|ERROR: |runtime error|SUMMARY|Test unit written' "$log" | tail -n 6
    fi
done
exit $bad
