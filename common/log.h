/* common/log.h - lines on stderr, for app/ only: low floors return failures instead.
 *
 * In systemd's journal each line begins with "<N>", the priority it reads (sd-daemon(3)); on a
 * terminal, in a file and in cron's mail it does not. Text from outside is made harmless: control
 * characters come out as blanks. */
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
