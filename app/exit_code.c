/* exit_code.c - from an error to sysexits; see exit_code.h. */
#include "app/exit_code.h"

#include "common/log.h"

int exit_code_of(int err)
{
    static const int codes[ERR_COUNT] = {
        [OK] = EXIT_DONE,
        [ERR_NOMEM] = EXIT_INTERNAL,
        [ERR_SYNTAX] = EXIT_DATA,
        [ERR_LIMIT] = EXIT_DATA,
        [ERR_NOT_FOUND] = EXIT_DATA,
        [ERR_IO] = EXIT_IO,
        [ERR_FULL] = EXIT_IO,
        [ERR_NET] = EXIT_UNAVAILABLE,
        [ERR_TLS] = EXIT_UNAVAILABLE,
        [ERR_TIMEOUT] = EXIT_UNAVAILABLE,
        [ERR_DENIED] = EXIT_UNAVAILABLE,
        [ERR_CANCELLED] = EXIT_TRY_LATER,
        [ERR_CONFLICT] = EXIT_TRY_LATER,
        [ERR_STORE] = EXIT_IO,
        [ERR_VERSION] = EXIT_UNAVAILABLE,
        [ERR_BUSY] = EXIT_TRY_LATER,
        [ERR_UNSUPPORTED] = EXIT_UNAVAILABLE,
    };
    return err >= 0 && err < ERR_COUNT ? codes[err] : EXIT_INTERNAL;
}

int exit_with(const char *command, const struct failure *failure)
{
    log_error("%s: %s", command, failure->text);
    return exit_code_of(failure->code);
}
