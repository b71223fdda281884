/* conform_extract.c - answers suites of charset labels and sniffing, character references,
 * sitemaps and feeds. */
#include "crawler/extract/charref.h"
#include "crawler/extract/charset.h"
#include "tests/conform.h"

void conform_label(const struct json *in, struct arena *arena, struct json_writer *out)
{
    const char *name = charset_from_label(json_get_string(in, "label"));
    (void)arena;
    json_put_member(out, "encoding", slice_of(name));
}

void conform_charset(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct slice bytes = conform_bytes(in, "input_b64", arena);
    json_put_member(out, "encoding", slice_of(charset_sniff(bytes, "")));
}

void conform_charref(const struct json *in, struct arena *arena, struct json_writer *out)
{
    struct slice text = SLICE_EMPTY;
    if (charref_decode(arena, json_get_string(in, "input"), false, &text) == OK)
        json_put_member(out, "text", text);
    else
        json_put_member(out, "error", SLICE("no memory"));
}
