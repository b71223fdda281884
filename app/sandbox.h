/* app/sandbox.h - how a worker gives up what it does not need before it reads hostile bytes. */
#ifndef LUREWATCH_SANDBOX_H
#define LUREWATCH_SANDBOX_H

#include "common/err.h"

#include <stdint.h>

/* A page that takes longer than this ends its worker, whoever watches it from outside. */
#define SANDBOX_PAGE_CPU_MS  INT64_C(60000)
#define SANDBOX_PAGE_WALL_MS INT64_C(300000)

/* Limits for good: memory (not in sanitizer builds, which map terabytes), no core files, no new
 * files, no descriptors beyond those that are open, no new privileges, not dumpable. Then no files,
 * no sockets and no programs any more, twice over: a Landlock domain without rules where the kernel
 * has one, and a seccomp filter that refuses openat, socket, clone, execve, executable memory and
 * all it does not list (neither in sanitizer builds).
 * Call after all files are read and all code is compiled. Errors: ERR_UNSUPPORTED. */
MUST_USE int sandbox_enter(int64_t memory_mib, struct failure *reterr);

/* Starts the clocks of one page, 0 stops them: past either the process is killed by a signal. */
void sandbox_page_clocks(int64_t cpu_ms, int64_t wall_ms);

#endif
