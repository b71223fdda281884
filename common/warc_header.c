/* warc_header.c - the lines before a record's block, parsed and judged; see warc.h.
 *
 * Bad is what makes a record useless or doubtful: no version, no id, type, date or length, a field
 * that may stand once standing twice, a digest or segment number that cannot be one. Odd is what
 * the standard only recommends. */
#include "common/clock.h"
#include "common/utf8.h"
#include "common/warc_inside.h"

#include <stdio.h>
#include <string.h>

const char *warc_type_name(enum warc_type type)
{
    static const char *const names[WARC_TYPE_COUNT] = {"warcinfo",   "request",      "response",
                                                       "resource",   "metadata",     "revisit",
                                                       "conversion", "continuation", "other"};
    return type < WARC_TYPE_COUNT ? names[type] : "other";
}

static enum warc_type type_of(struct slice name)
{
    for (unsigned type = 0; type < WARC_OTHER; type++)
        if (slice_equal_nocase(name, slice_of(warc_type_name((enum warc_type)type))))
            return (enum warc_type)type;
    return WARC_OTHER;
}

struct slice warc_header_get(const struct warc_header *header, const char *name)
{
    for (size_t i = 0; i < header->count; i++)
        if (slice_equal_nocase(header->fields[i].name, slice_of(name)))
            return header->fields[i].value;
    return SLICE_EMPTY;
}

static bool bad(struct warc_header *header, const char *why, struct slice what)
{
    int shown = (int)(what.len < 60 ? what.len : 60);
    snprintf(header->why, sizeof header->why, "%s%s%.*s", why, shown > 0 ? ": " : "", shown,
             what.at);
    return false;
}

static void odd(struct warc_header *header, const char *what)
{
    if (header->odd[0] == '\0')
        snprintf(header->odd, sizeof header->odd, "%s", what);
}

static bool is_token(struct slice name)
{
    for (size_t i = 0; i < name.len; i++) {
        unsigned char byte = (unsigned char)name.at[i];
        if (byte <= ' ' || byte >= 0x7f || strchr("()<>@,;:\\\"/[]?={}", byte) != NULL)
            return false;
    }
    return name.len > 0;
}

/* Joins a folded line to the field before it: the text is ours, so the bytes can move. */
static void join(struct warc_field *field, struct slice more)
{
    more = slice_trim(more);
    if (more.len == 0)
        return;
    size_t offset = (size_t)(field->value.at - field->name.at);
    char *name = (char *)(uintptr_t)field->name.at;
    char *end = name + offset + field->value.len;
    if (field->value.len > 0)
        *end++ = ' ';
    memmove(end, more.at, more.len);
    field->value.len += more.len + (field->value.len > 0 ? 1 : 0);
}

static bool parse_fields(struct warc_header *header, struct slice rest)
{
    struct slice line;
    while (slice_next_line(&rest, &line)) {
        if (line.len == 0)
            break;
        if (line.at[0] == ' ' || line.at[0] == '\t') {
            if (header->count == 0)
                return bad(header, "a folded line with nothing before it", SLICE_EMPTY);
            join(&header->fields[header->count - 1], line);
            continue;
        }
        size_t colon = slice_find_char(line, ':');
        struct slice name = slice_sub(line, 0, colon == SIZE_MAX ? 0 : colon);
        if (!is_token(name))
            return bad(header, "a header line without a field name", line);
        if (header->count == WARC_FIELDS_MAX)
            return bad(header, "too many header fields", SLICE_EMPTY);
        /* The value begins behind the colon even when empty, so that join() knows its place. */
        struct slice value = slice_from(line, colon + 1);
        struct slice trimmed = slice_trim(value);
        header->fields[header->count++] = (struct warc_field){
            name, trimmed.len > 0 ? trimmed : slice_make(line.at + colon + 1, 0)};
    }
    return true;
}

static bool each_once(struct warc_header *header)
{
    for (size_t i = 0; i < header->count; i++) {
        struct slice name = header->fields[i].name;
        bool known = slice_starts_nocase(name, "warc-") ||
                     slice_equal_nocase(name, SLICE("content-length")) ||
                     slice_equal_nocase(name, SLICE("content-type"));
        if (!known || slice_equal_nocase(name, SLICE("warc-concurrent-to")) ||
            slice_equal_nocase(name, SLICE("warc-protocol")))
            continue;
        for (size_t j = 0; j < i; j++)
            if (slice_equal_nocase(name, header->fields[j].name))
                return bad(header, "a field stands twice", name);
    }
    return true;
}

static struct slice without_angles(struct slice value)
{
    if (value.len >= 2 && value.at[0] == '<' && value.at[value.len - 1] == '>')
        return slice_sub(value, 1, value.len - 2);
    return value;
}

static bool read_version(struct warc_header *header, struct slice line, int *ret_version)
{
    static const struct {
        const char *spelling;
        int version;
    } known[] = {{"WARC/1.1", 11}, {"WARC/1.0", 10}, {"WARC/0.18", 10}, {"WARC/0.17", 10}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (slice_equal_nocase(slice_trim(line), slice_of(known[i].spelling))) {
            *ret_version = known[i].version;
            return true;
        }
    return bad(header, "not a WARC record, or of a version we do not read", line);
}

static bool check_segment(struct warc_header *header, enum warc_type type)
{
    struct slice number = warc_header_get(header, "WARC-Segment-Number");
    int64_t value = 0;
    if (number.len == 0)
        return type != WARC_CONTINUATION
                   ? true
                   : bad(header, "a continuation without WARC-Segment-Number", SLICE_EMPTY);
    if (slice_to_int64(number, &value) != OK || value < 1)
        return bad(header, "WARC-Segment-Number is no number from 1", number);
    if (type == WARC_CONTINUATION ? value < 2 : value != 1)
        return bad(header, "WARC-Segment-Number does not fit the type", number);
    return true;
}

static bool check_target(struct warc_header *header, const struct warc_entry *entry)
{
    static const bool needs[WARC_TYPE_COUNT] = {
        [WARC_RESPONSE] = true, [WARC_REQUEST] = true,    [WARC_RESOURCE] = true,
        [WARC_REVISIT] = true,  [WARC_CONVERSION] = true, [WARC_CONTINUATION] = true};
    if (needs[entry->type] && entry->target_uri.len == 0)
        return bad(header, "no WARC-Target-URI", SLICE_EMPTY);
    if (entry->type == WARC_REVISIT && warc_header_get(header, "WARC-Profile").len == 0)
        return bad(header, "a revisit without WARC-Profile", SLICE_EMPTY);
    if (entry->type == WARC_WARCINFO &&
        (entry->target_uri.len > 0 || warc_header_get(header, "WARC-Concurrent-To").len > 0))
        odd(header, "a warcinfo record with a field it may not have");
    return true;
}

/* 2026-11-24T09:27:03Z, its letters in either case, fractions allowed. */
static bool is_date(struct slice date)
{
    char upper[40];
    int64_t when = 0;
    if (date.len >= sizeof upper)
        return false;
    for (size_t i = 0; i < date.len; i++)
        upper[i] = date.at[i] == 't' ? 'T' : date.at[i] == 'z' ? 'Z' : date.at[i];
    return clock_parse_iso(slice_make(upper, date.len), &when) == OK;
}

static bool check_needed(struct warc_header *header, struct warc_entry *entry)
{
    if (entry->type_name.len == 0)
        return bad(header, "no WARC-Type", SLICE_EMPTY);
    if (!header->length_known)
        return bad(header, "no usable Content-Length", warc_header_get(header, "Content-Length"));
    if (slice_find_char(entry->id, ':') == SIZE_MAX)
        return bad(header, "no usable WARC-Record-ID", entry->id);
    if (!is_date(entry->date))
        return bad(header, "no usable WARC-Date", entry->date);
    if (!check_target(header, entry))
        return false;
    return check_segment(header, entry->type);
}

static void look_for_odd(struct warc_header *header, const struct warc_entry *entry)
{
    if (header->length > 0 && entry->content_type.len == 0 && entry->type != WARC_CONTINUATION)
        odd(header, "no Content-Type");
    if (entry->type == WARC_WARCINFO &&
        !slice_starts_nocase(entry->content_type, "application/warc-fields"))
        odd(header, "warcinfo is not application/warc-fields");
    if (!utf8_is_valid(text_buf_slice(&header->text)) ||
        slice_find(text_buf_slice(&header->text), SLICE("=?")) != SIZE_MAX)
        odd(header, "a header that is not UTF-8, or encoded as mail is");
    if (entry->type == WARC_OTHER)
        odd(header, "a record type we do not know");
}

bool warc_header_parse(struct warc_header *header, struct warc_entry *ret_entry)
{
    struct slice rest = text_buf_slice(&header->text), line;
    struct warc_entry entry = {.fields = header->fields};
    int64_t length = 0;
    header->count = 0;
    header->length_known = false;
    header->why[0] = header->odd[0] = '\0';
    if (!slice_next_line(&rest, &line))
        line = SLICE_EMPTY;
    if (!read_version(header, line, &entry.version))
        return false;
    bool parsed = parse_fields(header, rest);
    struct slice number = warc_header_get(header, "Content-Length");
    if (number.len > 0 && slice_to_int64(number, &length) == OK && length >= 0) {
        header->length_known = true;
        header->length = (uint64_t)length;
    }
    entry.fields_count = header->count;
    entry.block_bytes = header->length_known ? header->length : 0;
    entry.type_name = warc_header_get(header, "WARC-Type");
    entry.type = type_of(entry.type_name);
    entry.id = without_angles(warc_header_get(header, "WARC-Record-ID"));
    entry.target_uri = without_angles(warc_header_get(header, "WARC-Target-URI"));
    entry.content_type = warc_header_get(header, "Content-Type");
    entry.date = warc_header_get(header, "WARC-Date");
    entry.block_digest = warc_header_get(header, "WARC-Block-Digest");
    entry.payload_digest = warc_header_get(header, "WARC-Payload-Digest");
    *ret_entry = entry;
    if (!parsed || !check_needed(header, ret_entry) || !each_once(header))
        return false;
    look_for_odd(header, ret_entry);
    return true;
}
