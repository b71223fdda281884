/* app/sandbox.h - how a worker gives up what it does not need before it reads hostile bytes. */
#ifndef LUREWATCH_SANDBOX_H
#define LUREWATCH_SANDBOX_H

#include "common/err.h"

#include <stdint.h>

/* Limits for good: memory (not in sanitizer builds, which map terabytes), no core files, no new
 * files, no new privileges, not dumpable; then no files, no sockets and no programs any more: a
 * seccomp filter refuses openat, socket, execve, executable memory and all it does not list (not in
 * sanitizer builds).
 * Call after all files are read and all code is compiled. Errors: ERR_UNSUPPORTED. */
MUST_USE int sandbox_enter(int64_t memory_mib, struct failure *reterr);

#endif
