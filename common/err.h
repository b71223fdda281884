/* common/err.h - what a function answers, and the sentence that goes with a failure.
 *
 * Every function that can fail returns one of these codes; a `struct failure` carries the sentence
 * for a person: what, where, and what to do. Low floors neither log nor exit: they return. */
#ifndef LUREWATCH_ERR_H
#define LUREWATCH_ERR_H

#include <stdarg.h>
#include <stddef.h>

#define MUST_USE                __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))

enum err {
    OK = 0,
    ERR_NOMEM,       /* memory ran out */
    ERR_SYNTAX,      /* input is not what it should be */
    ERR_LIMIT,       /* a stated limit was reached */
    ERR_NOT_FOUND,   /* no such thing */
    ERR_IO,          /* reading or writing failed */
    ERR_FULL,        /* no space left on the device */
    ERR_NET,         /* the network or the peer failed */
    ERR_TLS,         /* the peer's certificate or handshake failed */
    ERR_TIMEOUT,     /* it took longer than allowed */
    ERR_DENIED,      /* policy forbids it: robots, address, permission */
    ERR_CANCELLED,   /* we stopped it ourselves */
    ERR_CONFLICT,    /* somebody else holds or changed it */
    ERR_STORE,       /* the database refused */
    ERR_VERSION,     /* made by a newer lurewatch */
    ERR_BUSY,        /* held by another process: try later */
    ERR_UNSUPPORTED, /* a form we do not read */
    ERR_COUNT
};

#define FAILURE_TEXT_BYTES 2048u

/* A failure in words. `text` is always NUL-terminated; cut at FAILURE_TEXT_BYTES. */
struct failure {
    int code;
    char text[FAILURE_TEXT_BYTES];
};

/* Short English name of a code, e.g. "limit". Never NULL; static. */
const char *err_name(int code);

/* Fills *reterr (NULL is allowed) and returns code, so that callers write
 * `return failure_set(reterr, ERR_SYNTAX, ...)`. */
int failure_set(struct failure *reterr, int code, const char *format, ...) PRINTF_LIKE(3, 4);
int failure_set_v(struct failure *reterr, int code, const char *format, va_list args)
    PRINTF_LIKE(3, 0);

/* Puts "prefix: " before the text that is there. NULL is allowed. Returns reterr's code. */
int failure_prefix(struct failure *reterr, const char *format, ...) PRINTF_LIKE(2, 3);

#endif
