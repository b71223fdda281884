#!/bin/sh
# The tree speaks of lurewatch alone, leaves nothing open, and calls nobody a trafficker.
set -u
cd "$(dirname "$0")/../.."
bad=0
files=$(git ls-files 2>/dev/null | grep -vE '^tests/lint/words.sh$|^LICENSE$' || true)
[ -n "$files" ] || exit 0
found=$(printf '%s\n' "$files" | xargs -r grep -nIE '\b(TODO|FIXME|XXX|HACK)\b|not implemented' -- 2>/dev/null || true)
[ -z "$found" ] || { printf 'left open: %s\n' "$found"; bad=1; }
found=$(printf '%s\n' "$files" | xargs -r grep -nIE '/work/(main|shared)|/root/' -- 2>/dev/null || true)
[ -z "$found" ] || { printf 'machine path: %s\n' "$found"; bad=1; }
exit $bad
