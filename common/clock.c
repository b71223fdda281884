/* clock.c - time; see clock.h. Only the C library: timegm and strptime of glibc, in the C locale
 * that lurewatch never leaves. */
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

int64_t clock_mono_us(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

char *clock_rfc3339(int64_t unix_ms, char *at)
{
    int64_t seconds = unix_ms >= 0 ? unix_ms / 1000 : (unix_ms - 999) / 1000;
    time_t when = (time_t)seconds;
    struct tm parts = {0};
    gmtime_r(&when, &parts);
    if (strftime(at, CLOCK_RFC3339_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        snprintf(at, CLOCK_RFC3339_BYTES, "0000-00-00T00:00:00Z");
    return at;
}

static int parse_offset(const char *at, int64_t *ret_seconds)
{
    int hours = 0, minutes = 0, used = 0;
    if (*at == '\0' || strcmp(at, "Z") == 0 || strcmp(at, "z") == 0) {
        *ret_seconds = 0;
        return OK;
    }
    if ((*at != '+' && *at != '-') ||
        (sscanf(at + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2 &&
         sscanf(at + 1, "%2d%2d%n", &hours, &minutes, &used) != 2) ||
        at[1 + used] != '\0')
        return ERR_SYNTAX;
    int64_t seconds = (int64_t)hours * 3600 + (int64_t)minutes * 60;
    *ret_seconds = *at == '-' ? -seconds : seconds;
    return OK;
}

int clock_parse_iso(struct slice text, int64_t *ret_unix_ms)
{
    char copy[64];
    struct tm parts = {0};
    text = slice_trim(text);
    if (text.len >= sizeof copy)
        return ERR_SYNTAX;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    const char *rest = strptime(copy, "%Y-%m-%d", &parts);
    if (rest == NULL)
        return ERR_SYNTAX;
    int64_t offset = 0;
    if (*rest == 'T' || *rest == ' ') {
        const char *minutes = strptime(rest + 1, "%H:%M", &parts);
        if (minutes == NULL)
            return ERR_SYNTAX;
        rest = minutes;
        if (*rest == ':') {
            rest = strptime(rest + 1, "%S", &parts);
            if (rest == NULL)
                return ERR_SYNTAX;
        }
        if (*rest == '.')
            rest += 1 + strspn(rest + 1, "0123456789");
    }
    if (parse_offset(rest, &offset) != OK)
        return ERR_SYNTAX;
    *ret_unix_ms = ((int64_t)timegm(&parts) - offset) * 1000;
    return OK;
}

int clock_parse_http(struct slice text, int64_t *ret_unix_ms)
{
    static const char *const forms[] = {"%a, %d %b %Y %H:%M:%S", "%A, %d-%b-%y %H:%M:%S",
                                        "%a %b %d %H:%M:%S %Y"};
    char copy[64];
    text = slice_trim(text);
    if (text.len >= sizeof copy)
        return ERR_SYNTAX;
    memcpy(copy, text.at, text.len);
    copy[text.len] = '\0';
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        struct tm parts = {0};
        const char *rest = strptime(copy, forms[i], &parts);
        if (rest != NULL && (*rest == '\0' || strcmp(rest, " GMT") == 0)) {
            *ret_unix_ms = (int64_t)timegm(&parts) * 1000;
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
        int64_t count = 0;
        if (!slice_ends(text, units[i].suffix))
            continue;
        int rc = slice_to_int64(slice_sub(text, 0, text.len - strlen(units[i].suffix)), &count);
        if (rc == ERR_LIMIT)
            return rc;
        if (rc != OK || count < 0)
            continue;
        return __builtin_mul_overflow(count, units[i].ms, ret_ms) ? ERR_LIMIT : OK;
    }
    return ERR_SYNTAX;
}
