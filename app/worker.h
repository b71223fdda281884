/* app/worker.h - the worker process: `lurewatch worker`, started by the sweep and by scan.
 *
 * Descriptor 3 is the socketpair, descriptor 4 the sealed bank (memfd). The worker compiles the
 * bank, judges a canary, locks itself in, says FRAME_HELLO, then answers pages until 3 closes. */
#ifndef LUREWATCH_WORKER_H
#define LUREWATCH_WORKER_H

#include "classifiers/classify.h"

#define WORKER_SOCKET_FD 3
#define WORKER_BANK_FD   4

/* The command line that starts a worker; points into itself, do not copy. */
struct worker_command {
    char text[12][24];
    char *argv[13];
};
void worker_command_make(const struct classify_settings *model, int64_t memory_mib,
                         struct worker_command *ret_command);

/* Runs until the peer closes; returns the exit code. Arguments: as
 * worker_command_make() writes them; 0 or absent: the bank's own. */
int worker_main(int argc, char **argv);

struct judge;
/* What stands between a bank and the first page: compiles it, judges the canary, opens the
 * libraries' tables, locks in. Errors: those of judge_create(), judge_canary(), sandbox_enter(). */
MUST_USE int worker_lock_in(struct slice bank, const struct classify_settings *model,
                            int64_t memory_mib, struct judge **ret_judge, struct failure *reterr);

/* `lurewatch worker --selftest DIR [WHAT]`: locks in with the bank at DIR as any worker does and
 * tries to get out: prints "ok NAME" or "not ok NAME: why" a try. WHAT: cpu, wall, memory, crash:
 * overruns that limit instead, and dies of it. */
int worker_selftest(int argc, char **argv);

#endif
