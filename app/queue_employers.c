/* queue_employers.c - see queue_employers.h. */
#include "app/queue_employers.h"

#include "app/table.h"
#include "common/clock.h"
#include "common/json.h"

#include <inttypes.h>
#include <string.h>

static int failed(const struct employing *employing, int rc)
{
    return command_store_failure("queue", employing->store, rc);
}

static int line(const struct employing *employing)
{
    return command_print(employing->out, employing->json) == OK ? EXIT_DONE : EXIT_IO;
}

/* ---- the list ---- */

static int row_json(const struct employing *employing, const struct employer_row *row)
{
    struct json_writer writer;
    char when[CLOCK_RFC3339_BYTES];
    json_writer_init(&writer, employing->out);
    json_open_object(&writer);
    json_put_member(&writer, "employer", slice_of(row->name));
    json_put_member(&writer, "checked_by", slice_of(row->who));
    json_put_member(&writer, "checked", slice_of(clock_rfc3339(row->since_unix_ms, when)));
    json_put_member(&writer, "until", slice_of(clock_rfc3339(row->until_unix_ms, when)));
    json_put_member(&writer, "note", slice_of(row->why));
    json_put_member_int(&writer, "cases", row->cases);
    json_close_object(&writer);
    return line(employing);
}

static int list(const struct employing *employing)
{
    static const struct table_column columns[] = {{"employer", 12, false}, {"checked by", 8, false},
                                                  {"on", 0, false},        {"until", 0, false},
                                                  {"cases", 0, true},      {"how", 9, false}};
    struct employer_row *rows = NULL;
    struct table *table = NULL;
    size_t count = 0;
    char when[CLOCK_RFC3339_BYTES];
    int rc = employer_list(employing->store, employing->arena, employing->act.now_unix_ms, &rows,
                           &count);
    if (rc != OK)
        return failed(employing, rc);
    int code = EXIT_DONE;
    for (size_t i = 0; employing->json && code == EXIT_DONE && i < count; i++)
        code = row_json(employing, &rows[i]);
    if (employing->json)
        return code;
    if (count == 0) {
        puts("no employer was checked; for example: lurewatch queue employers add 'PT Contoh' "
             "--note 'register number 12, called'");
        return EXIT_DONE;
    }
    if (table_create(employing->arena, columns, sizeof columns / sizeof columns[0], &table) != OK)
        return EXIT_INTERNAL;
    for (size_t i = 0; i < count; i++) {
        table_add(table, slice_of(rows[i].name));
        table_add(table, slice_of(rows[i].who));
        table_addf(table, "%.10s", clock_rfc3339(rows[i].since_unix_ms, when));
        table_addf(table, "%.10s", clock_rfc3339(rows[i].until_unix_ms, when));
        table_addf(table, "%u", rows[i].cases);
        table_add(table, slice_of(rows[i].why));
    }
    table_print(table, stdout, 0);
    return EXIT_DONE;
}

/* ---- add and remove ---- */

/* A day, or a length from now. */
static bool read_until(const struct employing *employing, int64_t *ret_until)
{
    int64_t length = EMPLOYER_CHECKED_MS_DEFAULT;
    if (employing->until != NULL && clock_parse_iso(slice_of(employing->until), ret_until) == OK)
        return true;
    if (employing->until != NULL && clock_parse_duration(slice_of(employing->until), &length) != OK)
        return false;
    *ret_until = employing->act.now_unix_ms + length;
    return true;
}

static int tell(const struct employing *employing, const char *name, const char *what,
                uint32_t cases)
{
    struct json_writer writer;
    if (employing->json) {
        json_writer_init(&writer, employing->out);
        json_open_object(&writer);
        json_put_member(&writer, "employer", slice_of(name));
        json_put_member(&writer, "done", slice_of(what));
        json_put_member_int(&writer, "cases", cases);
        json_close_object(&writer);
    } else {
        text_buf_printf(employing->out, "%s: %s; %u open case%s %s", name, what, cases,
                        cases == 1 ? "" : "s", cases == 1 ? "is ranked anew" : "are ranked anew");
    }
    return line(employing);
}

static int add(const struct employing *employing, const char *name)
{
    char what[64], when[CLOCK_RFC3339_BYTES];
    int64_t until = 0;
    uint32_t cases = 0;
    if (!read_until(employing, &until)) {
        fputs("lurewatch queue: --until is a day (2027-06-30) or a length such as 180d\n", stderr);
        return EXIT_USAGE;
    }
    int rc = employer_check(employing->store, name, until, &employing->act, &cases);
    if (rc != OK)
        return failed(employing, rc);
    snprintf(what, sizeof what, "checked until %.10s", clock_rfc3339(until, when));
    return tell(employing, name, what, cases);
}

static int take_back(const struct employing *employing, const char *name)
{
    uint32_t cases = 0;
    int rc = employer_uncheck(employing->store, name, &employing->act, &cases);
    return rc == OK ? tell(employing, name, "no longer on the list", cases) : failed(employing, rc);
}

int queue_employers(const struct employing *employing, const char *verb, const char *name)
{
    uint32_t ended = 0;
    if (verb != NULL && name != NULL && strcmp(verb, "add") == 0)
        return add(employing, name);
    if (verb != NULL && name != NULL && strcmp(verb, "remove") == 0)
        return take_back(employing, name);
    if (verb != NULL) {
        fputs(
            "lurewatch queue: employers wants add or remove and a name: lurewatch queue employers "
            "add 'PT Contoh' --note 'register number 12, called'\n",
            stderr);
        return EXIT_USAGE;
    }
    int rc = employers_settle(employing->store, employing->act.now_unix_ms, &ended);
    return rc == OK ? list(employing) : failed(employing, rc);
}
