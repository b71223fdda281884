#!/bin/sh
# Calls that have a better one: unbounded copies, hidden state, shells, unchecked numbers.
set -u
cd "$(dirname "$0")/../.."
banned='strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atoll|atof|system|popen|tmpnam|mktemp|alloca|rand|srand|strncpy|strncat|asctime|ctime|gmtime|localtime|setlocale'
found=$(grep -nE "(^|[^A-Za-z0-9_>.])($banned) ?\(" common/*.[ch] crawler/*.[ch] crawler/extract/*.[ch] \
        classifiers/*.[ch] storage/*.[ch] review/*.[ch] app/*.[ch] tests/*.c tests/*/*.c 2>/dev/null |
        grep -vE ':[0-9]+: ?(\*|/\*|//)' || true)
[ -z "$found" ] || { printf '%s\n' "$found" | sed 's/^/banned call: /'; exit 1; }
# exit() and argv belong to app/ (and to test programs)
found=$(grep -nE '(^|[^A-Za-z0-9_])(exit|_exit|abort) ?\(' common/*.c crawler/*.c crawler/extract/*.c classifiers/*.c \
        storage/*.c review/*.c 2>/dev/null | grep -vE 'common/digest.c|:[0-9]+: ?\*' || true)
[ -z "$found" ] || { printf '%s\n' "$found" | sed 's/^/only app may end the process: /'; exit 1; }
