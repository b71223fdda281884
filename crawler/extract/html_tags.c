/* html_tags.c - element names and their classes; see html_tags.h. */
#include "crawler/extract/html_tags.h"

#include <string.h>

#define NAME_BYTES_MAX 10u /* blockquote, figcaption */
#define NAME_BYTES     12u /* two words to compare, NUL behind the name */

enum {
    B = HTML_BLOCK,
    G = HTML_BLOCK | HTML_PARA,
    V = HTML_VOID,
    R = HTML_RAW,
    P = HTML_CLOSES_P,
    S = HTML_SPECIAL,
    U = HTML_UNSEEN,
    C = HTML_RCDATA
};

static const struct {
    char name[NAME_BYTES];
    uint8_t flags;
} TAGS[TAG_COUNT] = {[TAG_OTHER] = {"", 0},
#define HTML_TAG_ROW(name, flags) [TAG_##name] = {#name, (flags)},
                     HTML_TAGS(HTML_TAG_ROW)
#undef HTML_TAG_ROW
};

/* First tag of each letter; the next letter's first ends it. */
static const uint8_t FIRST[27] = {
    TAG_a,      TAG_b,   TAG_canvas, TAG_dd,    TAG_em,    TAG_fieldset, TAG_h1,
    TAG_h1,     TAG_i,   TAG_label,  TAG_label, TAG_label, TAG_main,     TAG_nav,
    TAG_object, TAG_p,   TAG_q,      TAG_s,     TAG_s,     TAG_table,    TAG_u,
    TAG_video,  TAG_wbr, TAG_xmp,    TAG_COUNT, TAG_COUNT, TAG_COUNT};

enum html_tag html_tag_of(struct slice name)
{
    char lower[NAME_BYTES] = "";
    if (name.len == 0 || name.len > NAME_BYTES_MAX)
        return TAG_OTHER;
    for (size_t i = 0; i < name.len; i++)
        lower[i] = (char)(name.at[i] >= 'A' && name.at[i] <= 'Z' ? name.at[i] | 0x20 : name.at[i]);
    if (lower[0] < 'a' || lower[0] > 'z')
        return TAG_OTHER;
    for (unsigned i = FIRST[lower[0] - 'a']; i < FIRST[lower[0] - 'a' + 1]; i++)
        if (memcmp(TAGS[i].name, lower, NAME_BYTES) == 0)
            return (enum html_tag)i;
    return TAG_OTHER;
}

unsigned html_tag_class(enum html_tag tag)
{
    return TAGS[tag].flags;
}
