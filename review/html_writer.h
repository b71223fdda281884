/* review/html_writer.h - HTML that is well formed and safe by construction. Pure.
 *
 * There is no call that adds markup as given: names of elements and attributes are literals of ours,
 * everything else is text and is escaped. So an ad, a URL or a note can never become markup. In
 * text, bytes that are not UTF-8 and control characters become U+FFFD, and characters that turn the
 * reading direction of what follows (U+202A-202E, U+2066-2069) are shown by name: they cannot
 * reorder the page.
 *
 *     html_open(html, "p");
 *     html_put_attr(html, "class", "note");
 *     html_text(html, slice);
 *     html_close(html);
 *
 * Errors show in text_buf_status() of the buffer. */
#ifndef LUREWATCH_HTML_WRITER_H
#define LUREWATCH_HTML_WRITER_H

#include "common/text.h"

#define HTML_DEPTH_MAX 32u

struct html {
    struct text_buf *buf; /* borrowed */
    const char *open[HTML_DEPTH_MAX];
    unsigned depth;
    bool in_tag;
};

/* Borrows buf. */
void html_init(struct html *html, struct text_buf *buf);
/* <!DOCTYPE html> */
void html_doctype(struct html *html);

/* Opens an element. name: a literal. Attributes may follow until the next other call. */
void html_open(struct html *html, const char *name);
/* An element without content: br, input, meta, link, img, hr. */
void html_void(struct html *html, const char *name);
/* Closes the innermost open element. */
void html_close(struct html *html);
/* Closes elements until depth of them are open. */
void html_close_to(struct html *html, unsigned depth);

/* Attributes of the element just opened. name is a literal, and none that the browser runs or
 * follows (on…, style, href, src, action, formaction: asserted). */
void html_put_attr(struct html *html, const char *name, const char *value);
void html_put_attr_slice(struct html *html, const char *name, struct slice value);
void html_put_attr_int(struct html *html, const char *name, int64_t value);
/* An attribute without a value, when wanted. */
void html_flag(struct html *html, const char *name, bool wanted);
/* href, src, action or formaction: our own paths ("/…"), http(s) URLs and "#name"; else "#". */
void html_link(struct html *html, const char *name, struct slice url);

void html_text(struct html *html, struct slice text);
void html_str(struct html *html, const char *text);
void html_int(struct html *html, int64_t number);
void html_printf(struct html *html, const char *format, ...) PRINTF_LIKE(2, 3);

/* <name class="class">text</name>; class NULL: none. */
void html_leaf(struct html *html, const char *name, const char *class_name, struct slice text);
void html_leaf_str(struct html *html, const char *name, const char *class_name, const char *text);

#endif
