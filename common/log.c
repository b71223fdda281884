/* log.c - stderr lines with a priority; see log.h. */
#include "common/log.h"

#include <stdio.h>
#include <unistd.h>

static void PRINTF_LIKE(2, 0) log_line(int priority, const char *format, va_list args)
{
    char text[FAILURE_TEXT_BYTES + 256];
    int len = vsnprintf(text, sizeof text, format, args);
    if (len < 0)
        return;
    for (char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 && *at != '\n')
            *at = ' ';
    if (isatty(STDERR_FILENO))
        fprintf(stderr, "lurewatch %s\n", text);
    else
        fprintf(stderr, "<%d>lurewatch %s\n", priority, text);
}

void log_error(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_line(3, format, args);
    va_end(args);
}

void log_warn(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_line(4, format, args);
    va_end(args);
}

void log_info(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_line(6, format, args);
    va_end(args);
}
