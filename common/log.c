/* log.c - stderr lines with a priority; see log.h. */
#include "common/log.h"

#include "common/clock.h"
#include "common/json.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static bool as_json;

void log_set_json(bool on)
{
    as_json = on;
}

static void print_json(int priority, const char *text)
{
    struct text_buf line;
    struct json_writer writer;
    char when[CLOCK_RFC3339_BYTES];
    text_buf_init(&line, 16u << 10);
    json_writer_init(&writer, &line);
    json_open_object(&writer);
    json_put_member(&writer, "at", slice_of(clock_rfc3339(clock_unix_ms(), when)));
    json_put_member(&writer, "level",
                    priority <= 3   ? SLICE("error")
                    : priority == 4 ? SLICE("warning")
                                    : SLICE("info"));
    json_put_member(&writer, "text", slice_of(text));
    json_close_object(&writer);
    fprintf(stderr, "%s\n", text_buf_cstr(&line));
    text_buf_release(&line);
}

/* Whether stderr is the journal's own: systemd tells its device and inode (systemd.exec(5)). */
static bool in_journal(void)
{
    struct stat at;
    uintmax_t device = 0, inode = 0;
    const char *stream = getenv("JOURNAL_STREAM");
    return stream != NULL && sscanf(stream, "%" SCNuMAX ":%" SCNuMAX, &device, &inode) == 2 &&
           fstat(fileno(stderr), &at) == 0 && at.st_dev == device && at.st_ino == inode;
}

static void PRINTF_LIKE(2, 0) log_line(int priority, const char *format, va_list args)
{
    char text[FAILURE_TEXT_BYTES + 256];
    int len = vsnprintf(text, sizeof text, format, args);
    if (len < 0)
        return;
    for (char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < 0x20 && *at != '\n')
            *at = ' ';
    if (as_json)
        print_json(priority, text);
    else if (in_journal())
        fprintf(stderr, "<%d>lurewatch %s\n", priority, text);
    else
        fprintf(stderr, "lurewatch %s\n", text);
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
