/* err.c - names of codes and the sentence of a failure; see err.h. */
#include "common/err.h"

#include <stdio.h>
#include <string.h>

const char *err_name(int code)
{
    static const char *const names[ERR_COUNT] = {
        [OK] = "ok",
        [ERR_NOMEM] = "out of memory",
        [ERR_SYNTAX] = "syntax",
        [ERR_LIMIT] = "limit",
        [ERR_NOT_FOUND] = "not found",
        [ERR_IO] = "input/output",
        [ERR_FULL] = "disk full",
        [ERR_NET] = "network",
        [ERR_TLS] = "tls",
        [ERR_TIMEOUT] = "timeout",
        [ERR_DENIED] = "denied",
        [ERR_CANCELLED] = "cancelled",
        [ERR_CONFLICT] = "conflict",
        [ERR_STORE] = "store",
        [ERR_VERSION] = "version",
        [ERR_BUSY] = "busy",
        [ERR_UNSUPPORTED] = "unsupported",
    };
    return code >= 0 && code < ERR_COUNT ? names[code] : "unknown";
}

int failure_set_v(struct failure *reterr, int code, const char *format, va_list args)
{
    if (reterr != NULL) {
        reterr->code = code;
        vsnprintf(reterr->text, sizeof reterr->text, format, args);
    }
    return code;
}

int failure_set(struct failure *reterr, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    failure_set_v(reterr, code, format, args);
    va_end(args);
    return code;
}

int failure_prefix(struct failure *reterr, const char *format, ...)
{
    if (reterr == NULL)
        return OK;
    char rest[FAILURE_TEXT_BYTES];
    memcpy(rest, reterr->text, sizeof rest);
    va_list args;
    va_start(args, format);
    int used = vsnprintf(reterr->text, sizeof reterr->text, format, args);
    va_end(args);
    if (used < 0 || (size_t)used + 3 > sizeof reterr->text)
        return reterr->code;
    size_t room = sizeof reterr->text - (size_t)used - 3, len = strnlen(rest, room);
    char *at = reterr->text + used;
    memcpy(at, ": ", 2);
    memcpy(at + 2, rest, len);
    at[2 + len] = '\0';
    return reterr->code;
}
