#!/bin/sh
# Asks apt for the packages of docs/dependencies.md that are missing, and says what each is for.
# Silent and offline when nothing is missing.
#
#   deps.sh [--list] [--fuzz | --bench | --man | --package]
#
# Without a table's name: what is needed to build, run and test. --list only prints the packages.
set -eu
cd "$(dirname "$0")/.."

list=no
tables="To build|To test"
for option in "$@"; do
    case $option in
    --list) list=yes ;;
    --fuzz) tables="To fuzz" ;;
    --bench) tables="To measure" ;;
    --man) tables="To make the man pages" ;;
    --package) tables="To make the man pages|To package" ;;
    *) echo "deps.sh: unknown option $option (known: --list, --fuzz, --bench, --man, --package)" >&2; exit 64 ;;
    esac
done

# "package<TAB>what for" of every row of the tables
rows() {
    awk -F'|' -v tables="^## ($tables)" '
        /^## / { wanted = $0 ~ tables }
        wanted && /^\| [a-z0-9]/ { gsub(/^ +| +$/, "", $2); gsub(/^ +| +$/, "", $4)
                                   if ($2 != "package") print $2 "\t" $4 }' docs/dependencies.md
}

if [ $list = yes ]; then
    rows | cut -f1
    exit 0
fi
if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "make deps: this is no Debian system; install the packages of docs/dependencies.md by hand" >&2
    exit 0
fi

installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | sed -n 's/^installed //p')
missing=""
tab=$(printf '\t')
while IFS="$tab" read -r package why; do
    if ! printf '%s\n' "$installed" | grep -qxF "$package"; then
        missing="$missing $package"
        printf 'make deps: %s is missing: %s\n' "$package" "$why"
    fi
done <<EOF
$(rows)
EOF
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null 2>&1; then
        echo "make deps: run as root or install sudo, then: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "make deps: asking apt for:$missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086
if ! { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive \
       apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "make deps: apt failed; is there a network? then: apt-get install$missing" >&2
    exit 1
fi
echo "make deps: done"
