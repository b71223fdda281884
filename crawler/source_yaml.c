/* source_yaml.c - the members of a source file, one reader for each; see source.h.
 *
 * Every complaint goes through yaml_fail(), so that it shows the file, the line and the place. */
#include "common/clock.h"
#include "crawler/address.h"
#include "crawler/source_inside.h"
#include "crawler/url.h"

#include <string.h>

#define DAY_MS INT64_C(86400000)

int source_no_memory(const struct source_reader *reader)
{
    return failure_set(reader->reterr, ERR_NOMEM, "%s: no memory, or the file is too large",
                       reader->parts->source.file);
}

int source_read_text(struct source_reader *reader, const struct yaml *node, const char **ret_text)
{
    struct slice text = yaml_text(node);
    if (yaml_kind_of(node) != YAML_SCALAR || text.len == 0)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr, "a text is wanted");
    const char *copy = arena_copy(reader->parts->arena, text.at, text.len);
    if (copy == NULL)
        return source_no_memory(reader);
    *ret_text = copy;
    return OK;
}

typedef int reader_fn(struct source_reader *reader, const struct yaml *node);

static int read_title(struct source_reader *reader, const struct yaml *node)
{
    return source_read_text(reader, node, &reader->parts->source.title);
}

/* The name, and that it is the file's. */
static int read_name(struct source_reader *reader, const struct yaml *node)
{
    struct slice name = yaml_text(node);
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && i > 0)))
            return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                             "a name is made of a-z, 0-9 and '-'");
    }
    const char *slash = strrchr(reader->parts->source.file, '/');
    struct slice base = slice_of(slash != NULL ? slash + 1 : reader->parts->source.file);
    if (slice_ends(base, ".yml"))
        base.len -= 4;
    if (name.len == 0 || name.len > 64 || !slice_equal(name, base))
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "the name must be the file's own, '%.*s', at most 64 characters",
                         (int)base.len, base.at);
    return source_read_text(reader, node, &reader->parts->source.name);
}

/* ---- permission ---- */

static int read_basis(struct source_reader *reader, const struct yaml *node)
{
    static const char *const known[] = {"terms-allow", "licence", "written-consent",
                                        "public-feed", "api",     "test"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (slice_is(yaml_text(node), known[i])) {
            reader->parts->source.basis = known[i];
            return OK;
        }
    return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                     "the basis is one of terms-allow, licence, written-consent, public-feed, "
                     "api, test");
}

static int read_until(struct source_reader *reader, const struct yaml *node)
{
    struct slice text = yaml_text(node);
    int64_t day = 0;
    if (text.len != 10 || clock_parse_iso(text, &day) != OK)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "a day is wanted, written YYYY-MM-DD");
    reader->parts->source.until_unix_ms = day + DAY_MS - 1;
    return OK;
}

static int read_permission(struct source_reader *reader, const struct yaml *node)
{
    static const char *const keys[] = {"basis", "note", "until", NULL};
    int rc = yaml_known_keys(reader->doc, node, keys, reader->reterr);
    const struct yaml *basis = yaml_get(node, "basis"), *note = yaml_get(node, "note");
    const struct yaml *until = yaml_get(node, "until");
    if (rc == OK && basis == NULL)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "permission needs a basis: terms-allow, licence, written-consent, "
                         "public-feed, api or test");
    if (rc == OK)
        rc = read_basis(reader, basis);
    if (rc == OK && note != NULL)
        rc = source_read_text(reader, note, &reader->parts->source.basis_note);
    if (rc == OK && until != NULL)
        rc = read_until(reader, until);
    return rc;
}

/* ---- start and hosts ---- */

static int add_host(struct source_reader *reader, struct slice name, bool below)
{
    struct source_parts *parts = reader->parts;
    if (parts->hosts == NULL)
        parts->hosts =
            arena_calloc(parts->arena, SOURCE_START_MAX + SOURCE_HOSTS_MAX, sizeof *parts->hosts);
    if (parts->hosts == NULL)
        return source_no_memory(reader);
    for (size_t i = 0; i < parts->hosts_count; i++)
        if (parts->hosts[i].below == below && slice_equal(parts->hosts[i].name, name))
            return OK;
    parts->hosts[parts->hosts_count++] = (struct source_host){name, below};
    return OK;
}

static int read_start_item(struct source_reader *reader, const struct yaml *node,
                           struct source_start *start)
{
    struct url url;
    struct failure why = {0};
    const struct yaml *address = yaml_get(node, "url"), *as = yaml_get(node, "as");
    if (address == NULL || as == NULL)
        return yaml_fail(
            reader->doc, node, ERR_SYNTAX, reader->reterr,
            "an item of start is {url: 'https://…', as: listing}, or {path: 'folder'}");
    if (!source_kind_from_name(yaml_text(as), &start->kind))
        return yaml_fail(reader->doc, as, ERR_SYNTAX, reader->reterr,
                         "as is one of listing, sitemap, feed, posting");
    int rc = url_parse(reader->parts->arena, yaml_text(address), NULL, &url, &why);
    if (rc == OK && url.username.len + url.password.len > 0)
        rc = failure_set(&why, ERR_SYNTAX, "the URL carries a user name or password");
    if (rc == OK)
        rc = url_canonical(reader->parts->arena, &url, &url);
    if (rc == ERR_NOMEM)
        return source_no_memory(reader);
    if (rc != OK)
        return yaml_fail(reader->doc, address, ERR_SYNTAX, reader->reterr, "%s", why.text);
    start->url = url.href.at;
    start->host_port = arena_copy(reader->parts->arena, url.host_port.at, url.host_port.len);
    if (start->host_port == NULL)
        return source_no_memory(reader);
    return add_host(reader, slice_of(start->host_port), false);
}

/* A path stands beside the source's file, if it is not absolute. */
static int read_path(struct source_reader *reader, const struct yaml *node, const char **ret_path)
{
    const char *file = reader->parts->source.file, *slash = strrchr(file, '/');
    struct slice text = yaml_text(node);
    if (yaml_kind_of(node) != YAML_SCALAR || text.len == 0 || text.len > SOURCE_PATH_BYTES_MAX)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "a path is a folder, a saved page or a WARC file, of at most %u bytes",
                         SOURCE_PATH_BYTES_MAX);
    bool beside = text.at[0] != '/' && slash != NULL;
    *ret_path = arena_printf(reader->parts->arena, "%.*s%.*s", beside ? (int)(slash - file + 1) : 0,
                             file, (int)text.len, text.at);
    return *ret_path != NULL ? OK : source_no_memory(reader);
}

static int read_start(struct source_reader *reader, const struct yaml *node)
{
    static const char *const keys[] = {"url", "as", "path", NULL};
    size_t count = yaml_count(node);
    if (yaml_kind_of(node) != YAML_SEQUENCE || count == 0 || count > SOURCE_START_MAX)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "start is a list of 1 to %u items {url: …, as: …}", SOURCE_START_MAX);
    struct source *source = &reader->parts->source;
    struct source_start *list = arena_calloc(reader->parts->arena, count, sizeof *list);
    const char **paths = arena_calloc(reader->parts->arena, count, sizeof(const char *));
    if (list == NULL || paths == NULL)
        return source_no_memory(reader);
    source->start = list;
    source->paths = paths;
    for (size_t i = 0; i < count; i++) {
        const struct yaml *item = yaml_at(node, i), *path = yaml_get(item, "path");
        int rc = yaml_known_keys(reader->doc, item, keys, reader->reterr);
        if (rc == OK && path != NULL && yaml_count(item) > 1)
            rc = yaml_fail(reader->doc, path, ERR_SYNTAX, reader->reterr,
                           "an item of start has a url and its as, or a path alone");
        else if (rc == OK && path != NULL)
            rc = read_path(reader, path, &paths[source->paths_count++]);
        else if (rc == OK)
            rc = read_start_item(reader, item, &list[source->start_count++]);
        if (rc != OK)
            return rc;
    }
    return OK;
}

/* "board.example", "board.example:8080", "*.board.example" */
static int read_host(struct source_reader *reader, const struct yaml *node)
{
    struct arena *arena = reader->parts->arena;
    struct slice text = yaml_text(node);
    struct url url;
    struct failure why = {0};
    bool below = slice_starts(text, "*.");
    if (below)
        text = slice_from(text, 2);
    const char *asked = arena_printf(arena, "http://%.*s/", (int)text.len, text.at);
    if (asked == NULL)
        return source_no_memory(reader);
    bool good = text.len > 0 && slice_find_char(text, '/') == SIZE_MAX &&
                slice_find_char(text, '@') == SIZE_MAX && slice_find_char(text, '*') == SIZE_MAX &&
                url_parse(arena, slice_of(asked), NULL, &url, &why) == OK && url.path.len == 1;
    struct address address;
    if (good && below)
        good = slice_find_char(url.host, '.') != SIZE_MAX && !address_of_host(url.host, &address) &&
               url.host_port.len == url.host.len;
    if (!good)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "a host is wanted: board.example, board.example:8080, or "
                         "*.board.example for every name below");
    return add_host(reader, url.host_port, below);
}

static int read_hosts(struct source_reader *reader, const struct yaml *node)
{
    size_t count = yaml_count(node);
    if (yaml_kind_of(node) != YAML_SEQUENCE || count > SOURCE_HOSTS_MAX)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "hosts is a list of at most %u hosts", SOURCE_HOSTS_MAX);
    for (size_t i = 0; i < count; i++) {
        int rc = read_host(reader, yaml_at(node, i));
        if (rc != OK)
            return rc;
    }
    return OK;
}

/* ---- numbers, words, switches ---- */

static int read_duration(struct source_reader *reader, const struct yaml *node, int64_t min_ms,
                         int64_t max_ms, int64_t *ret_ms)
{
    int64_t ms = 0;
    if (clock_parse_duration(yaml_text(node), &ms) != OK)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "a time is wanted, such as 500ms, 2s, 15m, 6h or 1d");
    if (ms < min_ms || ms > max_ms)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "this time is outside %lld s to %lld s", (long long)(min_ms / 1000),
                         (long long)(max_ms / 1000));
    *ret_ms = ms;
    return OK;
}

static int read_every(struct source_reader *reader, const struct yaml *node)
{
    return read_duration(reader, node, 0, 365 * DAY_MS, &reader->parts->source.every_ms);
}

static int read_delay(struct source_reader *reader, const struct yaml *node)
{
    int64_t ms = 0;
    int rc = read_duration(reader, node, 0, DAY_MS, &ms);
    if (rc == OK)
        reader->parts->source.delay_ms = (uint32_t)ms;
    return rc;
}

static int read_number(struct source_reader *reader, const struct yaml *node, int64_t min,
                       int64_t max, uint32_t *ret_value)
{
    int64_t value = 0;
    int rc = yaml_int(reader->doc, node, min, max, &value, reader->reterr);
    if (rc == OK)
        *ret_value = (uint32_t)value;
    return rc;
}

static int read_pages_max(struct source_reader *reader, const struct yaml *node)
{
    return read_number(reader, node, 1, 10000000, &reader->parts->source.pages_max);
}

static int read_pages_day(struct source_reader *reader, const struct yaml *node)
{
    return read_number(reader, node, 1, 10000000, &reader->parts->source.pages_day);
}

/* Cuts "HH:MM" off the start of *rest; false: it is none. */
static bool take_minute(struct slice *rest, int64_t *ret_minute)
{
    int64_t hour = 0, minute = 0;
    if (rest->len < 5 || rest->at[2] != ':' ||
        slice_to_int64(slice_sub(*rest, 0, 2), &hour) != OK ||
        slice_to_int64(slice_sub(*rest, 3, 2), &minute) != OK || hour < 0 || hour > 24 ||
        minute < 0 || minute > 59)
        return false;
    *rest = slice_from(*rest, 5);
    *ret_minute = hour * 60 + minute;
    return true;
}

/* "22:00-05:00", "22:00-05:00 +07:00" */
static int read_hours(struct source_reader *reader, const struct yaml *node)
{
    struct slice rest = yaml_text(node);
    int64_t opens = 0, closes = 0, zone = 0;
    bool good = take_minute(&rest, &opens) && slice_starts(rest, "-");
    rest = slice_from(rest, 1);
    good = good && take_minute(&rest, &closes);
    rest = slice_trim(rest);
    if (good && rest.len > 0) {
        int64_t sign = rest.at[0] == '-' ? -1 : 1;
        good = rest.at[0] == '+' || rest.at[0] == '-';
        rest = slice_from(rest, 1);
        good = good && take_minute(&rest, &zone) && rest.len == 0;
        zone *= sign;
    }
    if (!good)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "hours are written '22:00-05:00', with a zone '22:00-05:00 +07:00'");
    const int64_t day = 1440;
    reader->parts->source.opens_minute = (uint32_t)((opens - zone + 2 * day) % day);
    reader->parts->source.closes_minute = (uint32_t)((closes - zone + 2 * day) % day);
    return OK;
}

static int read_depth_max(struct source_reader *reader, const struct yaml *node)
{
    return read_number(reader, node, 0, 100, &reader->parts->source.depth_max);
}

static int read_country(struct source_reader *reader, const struct yaml *node)
{
    struct slice text = yaml_text(node);
    bool good = text.len == 2;
    for (size_t i = 0; i < text.len && good; i++)
        good = text.at[i] >= 'A' && text.at[i] <= 'Z';
    if (!good)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "a country is wanted, two capital letters of ISO 3166: ID");
    return source_read_text(reader, node, &reader->parts->source.country);
}

static int read_language(struct source_reader *reader, const struct yaml *node)
{
    struct slice text = yaml_text(node);
    bool good = text.len >= 2 && text.len <= 35;
    for (size_t i = 0; i < text.len && good; i++) {
        char c = text.at[i];
        good = (c >= 'a' && c <= 'z') ||
               (i > 1 && ((c >= 'A' && c <= 'Z') || c == '-' || (c >= '0' && c <= '9')));
    }
    if (!good)
        return yaml_fail(reader->doc, node, ERR_SYNTAX, reader->reterr,
                         "a language tag is wanted (BCP 47), such as id, en or zh-Hans");
    return source_read_text(reader, node, &reader->parts->source.language);
}

static int read_render(struct source_reader *reader, const struct yaml *node)
{
    return yaml_bool(reader->doc, node, &reader->parts->source.render, reader->reterr);
}

static int read_canary(struct source_reader *reader, const struct yaml *node)
{
    return yaml_bool(reader->doc, node, &reader->parts->source.canary, reader->reterr);
}

static int read_enabled(struct source_reader *reader, const struct yaml *node)
{
    return yaml_bool(reader->doc, node, &reader->parts->source.enabled, reader->reterr);
}

/* ---- the whole ---- */

static const struct {
    const char *key;
    reader_fn *read;
    bool needed;
} MEMBERS[] = {
    {"name", read_name, true},
    {"title", read_title, false},
    {"permission", read_permission, false},
    {"start", read_start, true},
    {"hosts", read_hosts, false},
    {"every", read_every, false},
    {"delay", read_delay, false},
    {"pages_max", read_pages_max, false},
    {"pages_day", read_pages_day, false},
    {"hours", read_hours, false},
    {"depth_max", read_depth_max, false},
    {"country", read_country, false},
    {"language", read_language, false},
    {"render", read_render, false},
    {"canary", read_canary, false},
    {"enabled", read_enabled, false},
    {"extract", source_read_extract, false},
};
#define MEMBERS_COUNT (sizeof MEMBERS / sizeof MEMBERS[0])

int source_read_root(struct source_reader *reader, const struct yaml *root)
{
    const char *keys[MEMBERS_COUNT + 1] = {NULL};
    for (size_t i = 0; i < MEMBERS_COUNT; i++)
        keys[i] = MEMBERS[i].key;
    if (yaml_kind_of(root) != YAML_MAPPING)
        return yaml_fail(reader->doc, root, ERR_SYNTAX, reader->reterr,
                         "a source file is a mapping: name, permission, start, …");
    int rc = yaml_known_keys(reader->doc, root, keys, reader->reterr);
    for (size_t i = 0; i < MEMBERS_COUNT && rc == OK; i++) {
        const struct yaml *node = yaml_get(root, MEMBERS[i].key);
        if (node != NULL)
            rc = MEMBERS[i].read(reader, node);
        else if (MEMBERS[i].needed)
            rc = yaml_fail(reader->doc, root, ERR_SYNTAX, reader->reterr, "'%s' is missing",
                           MEMBERS[i].key);
    }
    return rc;
}
