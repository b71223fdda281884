#!/bin/sh
# Includes go down, never sideways or up: common <- {crawler | classifiers | storage} <- review <- app.
set -u
cd "$(dirname "$0")/../.."
bad=0
check() { # room, then the rooms it may include
    room=$1
    shift
    for file in "$room"/*.c "$room"/*.h "$room"/extract/*.c "$room"/extract/*.h "$room"/*.cc; do
        [ -f "$file" ] || continue
        for include in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file"); do
            ok=no
            for may in "$room" "$@"; do
                case $include in "$may"/*) ok=yes ;; esac
            done
            if [ $ok = no ]; then
                echo "$file: includes \"$include\"; $room/ may include only: $room $*"
                bad=1
            fi
        done
    done
}
check common
check crawler common
check classifiers common
check storage common
check review common storage
check app common crawler classifiers storage review
exit $bad
