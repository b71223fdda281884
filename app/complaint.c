/* complaint.c - see complaint.h. */
#include "app/complaint.h"
#include "app/command.h"
#include "common/json.h"
#include "common/log.h"

#include <inttypes.h>
#include <stdio.h>

#define LINE_BYTES_MAX (64u << 10)

const char *complaint_kind_of(int err)
{
    static const char *const kinds[ERR_COUNT] = {
        [ERR_LIMIT] = "large",    [ERR_IO] = "store",         [ERR_FULL] = "full",
        [ERR_NET] = "network",    [ERR_TLS] = "tls",          [ERR_TIMEOUT] = "timeout",
        [ERR_STORE] = "store",    [ERR_VERSION] = "store",    [ERR_BUSY] = "sweep",
        [ERR_DENIED] = "private", [ERR_SYNTAX] = "unreadable"};
    const char *kind = err >= 0 && err < ERR_COUNT ? kinds[err] : NULL;
    return kind != NULL ? kind : "other";
}

static void tell_programs(const struct complaint *complaint, const char *kind)
{
    struct json_writer writer;
    struct text_buf line;
    text_buf_init(&line, LINE_BYTES_MAX);
    json_writer_init(&writer, &line);
    json_open_object(&writer);
    json_put_member(&writer, complaint->is_note ? "note" : "error", slice_of(complaint->why));
    json_put_member(&writer, "kind", slice_of(kind));
    json_put_member_if(&writer, "what", slice_of(complaint->what));
    if (complaint->line > 0)
        json_put_member_int(&writer, "line", (int64_t)complaint->line);
    json_close_object(&writer);
    int rc = command_print_line(&line);
    (void)rc; /* standard error has it, and the end of the command finds a broken output */
    text_buf_release(&line);
}

void complaint_tell(const char *command, bool programs, const struct complaint *complaint)
{
    const char *kind =
        complaint->kind != NULL ? complaint->kind : complaint_kind_of(complaint->code);
    if (complaint->where == NULL)
        log_error("%s: %s", command, complaint->why);
    else if (complaint->line > 0)
        log_error("%s: %s: line %" PRIu64 ": %s", command, complaint->where, complaint->line,
                  complaint->why);
    else
        log_error("%s: %s: %s", command, complaint->where, complaint->why);
    if (programs)
        tell_programs(complaint, kind);
}
