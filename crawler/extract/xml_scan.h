/* crawler/extract/xml_scan.h - a forgiving pull reader of XML for feeds, sitemaps and board
 * exports.
 *
 * Gives a well-nested stream whatever the input: elements left open are closed, stray end tags,
 * comments, processing instructions and DTDs are passed over. Nothing is allocated and no entity of
 * the document's own exists, so there is neither bomb nor external entity. A struct on the stack;
 * everything it gives is borrowed from the text. Linear in the text. Folder-private. */
#ifndef LUREWATCH_EXTRACT_XML_SCAN_H
#define LUREWATCH_EXTRACT_XML_SCAN_H

#include "common/arena.h"
#include "common/text.h"

#define XML_DEPTH_MAX  128u /* deeper elements are passed over, their text belongs to the last */
#define XML_SPACES_MAX 64u  /* namespace declarations in force at once; later ones go by prefix */

enum xml_token { XML_END, XML_OPEN, XML_CLOSE, XML_TEXT };

/* Vocabularies we tell apart; by URI, else by the customary prefix. */
enum xml_space {
    SPACE_NONE,
    SPACE_OTHER,
    SPACE_SITEMAP,
    SPACE_RSS,
    SPACE_RDF,
    SPACE_ATOM,
    SPACE_DC,
    SPACE_CONTENT,
    SPACE_MEDIA,
    SPACE_ITUNES,
    SPACE_XHTML
};

struct xml_scan {
    struct slice text;
    size_t at;
    bool broken; /* something was mended */
    /* the token */
    struct slice name;   /* without prefix, of XML_OPEN and XML_CLOSE */
    struct slice prefix; /* may be empty */
    enum xml_space space;
    unsigned depth; /* of the element opened or closed; the root's is 1; for text, of its parent */
    struct slice attrs; /* of XML_OPEN: between name and '>' */
    struct slice chars; /* of XML_TEXT: references not yet decoded */
    bool is_cdata;      /* then there are none */
    size_t token_start; /* where the token begins in text, and behind it is at */
    /* inside */
    unsigned closing; /* levels to close before going on */
    bool empty_tag, declared;
    unsigned too_deep;
    struct {
        struct slice qname;
    } stack[XML_DEPTH_MAX];
    unsigned open; /* of stack */
    struct {
        struct slice prefix;
        enum xml_space space;
        unsigned depth;
    } spaces[XML_SPACES_MAX];
    unsigned spaces_count;
};

/* Borrows text, valid UTF-8, as long as the scan is used. */
void xml_scan_init(struct xml_scan *ret_scan, struct slice text);
enum xml_token xml_next(struct xml_scan *scan);

/* Puts the XML_OPEN just given back: xml_next() gives it again. For readers that see an element where
 * the one they are in should have been closed. */
void xml_put_back(struct xml_scan *scan);
/* Closes everything open down to, and with, the element at depth: their XML_CLOSE come next. */
void xml_close_down(struct xml_scan *scan, unsigned depth);

/* Raw value of an attribute of the opened element, its name with or without prefix ("xml:base",
 * "href"); false when absent. */
bool xml_attr(const struct xml_scan *scan, const char *name, struct slice *ret_value);
/* As xml_attr(), references decoded and trimmed; empty when absent. Errors: ERR_NOMEM. */
MUST_USE int xml_attr_text(const struct xml_scan *scan, struct arena *arena, const char *name,
                           struct slice *ret_value);
/* Walks attributes: cuts the next off *attrs. */
bool xml_next_attr(struct slice *attrs, struct slice *ret_name, struct slice *ret_value);

/* All text in the element just opened, children's too, decoded, up to and with its XML_CLOSE; texts
 * of different children are parted by a space. Past bytes_max it is cut. Errors: ERR_NOMEM. */
MUST_USE int xml_inner_text(struct xml_scan *scan, struct arena *arena, size_t bytes_max,
                            struct slice *ret_text);

/* Text up to the next tag, whatever that is, decoded and trimmed: an element left open ends there
 * too. Errors: ERR_NOMEM. */
MUST_USE int xml_direct_text(struct xml_scan *scan, struct arena *arena, struct slice *ret_text);

/* Name of the document element without prefix, without moving; empty: text is no XML. */
struct slice xml_root_name(struct slice text);

#endif
