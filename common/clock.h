/* common/clock.h - wall and monotonic time, and the date forms of the web. */
#ifndef LUREWATCH_CLOCK_H
#define LUREWATCH_CLOCK_H

#include "common/text.h"

#define CLOCK_RFC3339_BYTES 32u
#define CLOCK_HTTP_BYTES    32u

int64_t clock_unix_ms(void); /* UTC, may step; for what is recorded */
int64_t clock_mono_ms(void); /* never steps back; for waiting and measuring */
int64_t clock_mono_us(void); /* the same clock, finer */
int64_t clock_cpu_us(void);  /* what this thread has computed: a busy machine does not count */

/* "2026-11-24T09:27:03Z"; at needs CLOCK_RFC3339_BYTES. Outside the years 0 to 9999 it is
 * "0000-00-00T00:00:00Z". Returns at. */
char *clock_rfc3339(int64_t unix_ms, char *at);
/* Reads YYYY-MM-DD, or RFC 3339 with time and offset (a missing offset means UTC).
 * A fraction of a second is dropped; month and day may have one digit. Errors: ERR_SYNTAX (also a
 * day that is not in its month). */
MUST_USE int clock_parse_iso(struct slice text, int64_t *ret_unix_ms);
/* Reads the three HTTP date forms of RFC 9110 5.6.7. Errors: ERR_SYNTAX. */
MUST_USE int clock_parse_http(struct slice text, int64_t *ret_unix_ms);
/* Reads "90s", "15m", "6h", "2d" or "1500ms" as milliseconds. Errors: ERR_SYNTAX, ERR_LIMIT. */
MUST_USE int clock_parse_duration(struct slice text, int64_t *ret_ms);

#endif
