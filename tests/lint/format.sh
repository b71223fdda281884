#!/bin/sh
# Every C file of ours is as clang-format leaves it; generated tables (*_table.c, *_tables.c) aside.
set -u
cd "$(dirname "$0")/../.."
bad=0
for file in common/*.[ch] crawler/*.[ch] crawler/extract/*.[ch] classifiers/*.[ch] storage/*.[ch] review/*.[ch] \
            app/*.[ch] tests/*.c tests/*/*.c; do
    [ -f "$file" ] || continue
    case $file in *_table.c|*_tables.c) continue ;; esac
    if ! clang-format --dry-run --Werror "$file" >/dev/null 2>&1; then
        echo "$file: not as clang-format leaves it; run make format"
        bad=1
    fi
done
exit $bad
