#!/bin/sh
# Each third-party library is known to a few .c files only, and to no header of ours (fences.txt).
set -u
cd "$(dirname "$0")/../.."
bad=0
while read -r library allowed; do
    case $library in ''|'#'*) continue ;; esac
    for file in $(grep -rlE "^#include [<\"]$library" --include='*.c' --include='*.h' --include='*.cc' \
                  common crawler classifiers storage review app tests 2>/dev/null); do
        ok=no
        set -f
        for glob in $allowed; do
            # shellcheck disable=SC2254
            case $file in $glob) ok=yes ;; esac
        done
        set +f
        case $file in tests/*) ;; *.h) ok=no ;; esac
        if [ $ok = no ]; then
            echo "$file: includes <$library…>, which only these may: $allowed (tests/lint/fences.txt)"
            bad=1
        fi
    done
done <tests/lint/fences.txt
exit $bad
