/* storage/machine_name.h - the name of this machine, where several share one store.
 *
 * Evidence lies in a folder of each machine, and a host is leased to one machine at a time: both go
 * by this name, so no two machines may have the same. It is the configuration's, else what the file
 * EVIDENCE.machine beside the evidence folder says, which is made from the host's name and random
 * letters, and moves with the folder. */
#ifndef LUREWATCH_MACHINE_NAME_H
#define LUREWATCH_MACHINE_NAME_H

#include "common/err.h"

#include <stdbool.h>

#define MACHINE_NAME_BYTES 41u

/* configured: "" for none. create: a missing file is made; else at is "" where there is none.
 * Letters other than a-z, 0-9, '.' and '-' are refused. Errors: ERR_SYNTAX, ERR_IO, ERR_FULL. */
MUST_USE int machine_name(const char *configured, const char *evidence_dir, bool create,
                          char at[MACHINE_NAME_BYTES], struct failure *reterr);

#endif
