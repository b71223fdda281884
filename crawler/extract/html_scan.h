/* crawler/extract/html_scan.h - one pass over an HTML page: tags, text, comments, in order.
 *
 * Our own tokenizer, after the HTML standard's tokenisation as far as a reader of pages can tell:
 * quoted attributes, comments and their odd ends, bogus comments, raw text (script, style, …) with
 * the escaped script states. It allocates nothing and looks at each byte once: about 1 GB/s where
 * there is text. Character references stay as they are: charref.h decodes what is wanted.
 *
 * Order: html_scan_init(), then html_scan_next() until it says false. */
#ifndef LUREWATCH_HTML_SCAN_H
#define LUREWATCH_HTML_SCAN_H

#include "common/text.h"
#include "crawler/extract/html_tags.h"

#define HTML_ATTRS_BYTES_MAX (64u << 10) /* of one tag; what stands behind it is not looked at */

enum html_token_kind { HTML_TEXT, HTML_START, HTML_CLOSE, HTML_COMMENT };

struct html_token { /* all borrowed from the page */
    enum html_token_kind kind;
    enum html_tag tag;  /* of START and CLOSE; TAG_OTHER: a name we have no use for */
    bool self_closing;  /* "<x/>" */
    bool raw;           /* text of script, style and the like: no references in it */
    struct slice name;  /* as written */
    struct slice attrs; /* behind the name, to, without, the ">" */
    struct slice text;  /* of TEXT, undecoded, and COMMENT */
};

struct html_scan {
    struct slice page;
    size_t at;
    enum html_tag raw; /* inside this raw text element, TAG_OTHER: none */
    struct slice raw_name;
    bool attrs_cut; /* a tag was longer than HTML_ATTRS_BYTES_MAX */
};

void html_scan_init(struct html_scan *scan, struct slice page);
/* False at the end of the page. */
bool html_scan_next(struct html_scan *scan, struct html_token *ret_token);

/* The next attribute of a tag; false: no more. *ret_value is undecoded; empty for a bare name. */
bool html_attr_next(struct slice *rest, struct slice *ret_name, struct slice *ret_value);
/* The first attribute of that lower-case name, as browsers take it. False: absent; *ret_value is
 * then empty. */
bool html_attr(struct slice attrs, const char *name, struct slice *ret_value);
/* White space of HTML: space, tab, line feed, form feed, carriage return. */
static inline bool html_is_space(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t' || byte == '\r' || byte == '\f';
}

#endif
