/* clock.c - time; see clock.h. Only the C library: timegm and, for HTTP dates, strptime of glibc, in
 * the C locale that lurewatch never leaves. */
#include "common/clock.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t clock_read_ms(clockid_t id)
{
    struct timespec now = {0};
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_unix_ms(void)
{
    return clock_read_ms(CLOCK_REALTIME);
}

int64_t clock_mono_ms(void)
{
    return clock_read_ms(CLOCK_MONOTONIC);
}

static int64_t read_us(clockid_t clock)
{
    struct timespec now = {0};
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_mono_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t clock_cpu_us(void)
{
    return read_us(CLOCK_THREAD_CPUTIME_ID);
}

char *clock_rfc3339(int64_t unix_ms, char *at)
{
    int64_t seconds = unix_ms / 1000 - (unix_ms % 1000 < 0 ? 1 : 0);
    time_t when = (time_t)seconds;
    struct tm parts = {0};
    if (gmtime_r(&when, &parts) == NULL || parts.tm_year < -1900 || parts.tm_year > 8099)
        parts = (struct tm){.tm_year = -1900, .tm_mon = -1};
    snprintf(at, CLOCK_RFC3339_BYTES, "%04u-%02u-%02uT%02u:%02u:%02uZ",
             (unsigned)(parts.tm_year + 1900) % 10000u, (unsigned)(parts.tm_mon + 1) % 100u,
             (unsigned)parts.tm_mday % 100u, (unsigned)parts.tm_hour % 100u,
             (unsigned)parts.tm_min % 100u, (unsigned)parts.tm_sec % 100u);
    return at;
}

/* Takes min to max digits off *rest. False: fewer stand there, or the number is out of its range. */
static bool take_number(struct slice *rest, size_t min, size_t max, int most, int *ret_number)
{
    size_t len = 0;
    int number = 0;
    for (; len < max && len < rest->len && rest->at[len] >= '0' && rest->at[len] <= '9'; len++)
        number = number * 10 + (rest->at[len] - '0');
    if (len < min || number > most)
        return false;
    *rest = slice_from(*rest, len);
    *ret_number = number;
    return true;
}

static bool take_mark(struct slice *rest, const char *marks)
{
    if (rest->len == 0 || rest->at[0] == '\0' || strchr(marks, rest->at[0]) == NULL)
        return false;
    *rest = slice_from(*rest, 1);
    return true;
}

/* "T09:27", "T09:27:03", "T09:27:03.5"; a fraction of a second is dropped. */
static bool take_time(struct slice *rest, struct tm *parts)
{
    int ignored = 0;
    if (!take_number(rest, 1, 2, 23, &parts->tm_hour) || !take_mark(rest, ":") ||
        !take_number(rest, 2, 2, 59, &parts->tm_min))
        return false;
    if (take_mark(rest, ":") && !take_number(rest, 2, 2, 60, &parts->tm_sec))
        return false;
    if (take_mark(rest, ".,"))
        while (take_number(rest, 1, 1, 9, &ignored))
            ;
    return true;
}

/* "", "Z", "+07:00", "+0700", "-07". */
static bool take_offset(struct slice *rest, int64_t *ret_seconds)
{
    int hours = 0, minutes = 0;
    *ret_seconds = 0;
    if (rest->len == 0 || take_mark(rest, "Zz"))
        return rest->len == 0;
    bool west = rest->at[0] == '-';
    if (!take_mark(rest, "+-") || !take_number(rest, 2, 2, 23, &hours))
        return false;
    bool colon = take_mark(rest, ":");
    if ((colon || rest->len > 0) && !take_number(rest, 2, 2, 59, &minutes))
        return false;
    *ret_seconds = (west ? -60 : 60) * ((int64_t)hours * 60 + minutes);
    return rest->len == 0;
}

/* The 30th of February is no day; timegm() would make it the 2nd of March. */
static bool date_to_seconds(struct tm *parts, int64_t *ret_seconds)
{
    int day = parts->tm_mday, month = parts->tm_mon;
    *ret_seconds = (int64_t)timegm(parts);
    return parts->tm_mday == day && parts->tm_mon == month;
}

int clock_parse_iso(struct slice text, int64_t *ret_unix_ms)
{
    struct tm parts = {0}, date;
    struct slice rest = slice_trim(text);
    int64_t midnight = 0, offset = 0;
    if (!take_number(&rest, 4, 4, 9999, &parts.tm_year) || !take_mark(&rest, "-") ||
        !take_number(&rest, 1, 2, 12, &parts.tm_mon) || !take_mark(&rest, "-") ||
        !take_number(&rest, 1, 2, 31, &parts.tm_mday) || parts.tm_mon == 0)
        return ERR_SYNTAX;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    date = parts;
    if (!date_to_seconds(&date, &midnight))
        return ERR_SYNTAX;
    if (take_mark(&rest, "Tt ") ? !take_time(&rest, &parts) || !take_offset(&rest, &offset)
                                : rest.len > 0)
        return ERR_SYNTAX;
    int64_t day_seconds = (int64_t)parts.tm_hour * 3600 + parts.tm_min * 60 + parts.tm_sec;
    *ret_unix_ms = (midnight + day_seconds - offset) * 1000;
    return OK;
}

int clock_parse_http(struct slice text, int64_t *ret_unix_ms)
{
    static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S", "%A, %d-%b-%y %H:%M:%S",
                                        "%a %b %d %H:%M:%S %Y"};
    char copy[64];
    text = slice_trim(text);
    if (text.len >= sizeof copy || slice_find_char(text, '\0') != SIZE_MAX)
        return ERR_SYNTAX;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct tm parts = {0};
        const char *rest = strptime(copy, forms[i], &parts);
        int64_t seconds = 0;
        if (rest != NULL && (*rest == '\0' || strcmp(rest, " GMT") == 0) &&
            date_to_seconds(&parts, &seconds)) {
            *ret_unix_ms = seconds * 1000;
            return OK;
        }
    }
    return ERR_SYNTAX;
}

int clock_parse_duration(struct slice text, int64_t *ret_ms)
{
    static const struct {
        const char *suffix;
        int64_t ms;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}};
    text = slice_trim(text);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        int64_t count = 0, ms = 0;
        if (!slice_ends(text, units[i].suffix))
            continue;
        int rc = slice_to_int64(slice_sub(text, 0, text.len - strlen(units[i].suffix)), &count);
        if (rc == ERR_LIMIT)
            return rc;
        if (rc != OK || count < 0)
            continue;
        if (__builtin_mul_overflow(count, units[i].ms, &ms))
            return ERR_LIMIT;
        *ret_ms = ms;
        return OK;
    }
    return ERR_SYNTAX;
}
