/* app/exit_code.h - how commands end: the sysexits of DESIGN section 4; an error's way there. */
#ifndef LUREWATCH_EXIT_CODE_H
#define LUREWATCH_EXIT_CODE_H

#include "common/err.h"

enum exit_code {
    EXIT_DONE = 0,
    EXIT_USAGE = 64,       /* the command line is wrong */
    EXIT_DATA = 65,        /* input is wrong */
    EXIT_UNAVAILABLE = 69, /* something needed is missing or refused */
    EXIT_INTERNAL = 70,    /* out of memory, or a mistake of ours */
    EXIT_CANNOT_CREATE = 73,
    EXIT_IO = 74,
    EXIT_TRY_LATER = 75, /* somebody else holds it */
    EXIT_CONFIG = 78
};

/* The exit code an enum err ends a command with. */
int exit_code_of(int err);
/* "lurewatch COMMAND: sentence" on stderr; returns exit_code_of(failure->code). */
int exit_with(const char *command, const struct failure *failure);

#endif
