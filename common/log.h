/* common/log.h - lines on stderr, for app/ only: low floors return failures instead.
 *
 * Off a terminal each line begins with "<N>", the priority that journald and syslog read. Text from
 * outside is made harmless: control characters come out as blanks. */
#ifndef LUREWATCH_LOG_H
#define LUREWATCH_LOG_H

#include "common/err.h"

#include <stdbool.h>

/* From now on each line is {"at":…,"level":"info","text":…}. */
void log_set_json(bool on);

void log_error(const char *format, ...) PRINTF_LIKE(1, 2);
void log_warn(const char *format, ...) PRINTF_LIKE(1, 2);
void log_info(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
