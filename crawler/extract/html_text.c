/* html_text.c - the walk from tree to text; see html_text.h.
 *
 * One loop over the array; a stack remembers which open blocks still owe a line break. Breaks and
 * spaces are owed, not written, until a character comes: so none stands at either end. */
#include "crawler/extract/html_text.h"

#include "common/utf8.h"
#include "crawler/extract/charref.h"

#include <string.h>

#define FRAGMENT_TEXT_BYTES_MAX (2u << 20)
#define LABEL_BYTES_MAX         48u /* of a line that a list may stand under */

struct text_writer {
    struct text_buf *buf;
    size_t begun_at; /* length of buf before us */
    unsigned breaks; /* owed: 0, 1 or 2 */
    bool space;      /* owed */
    bool cell;       /* a tab is owed */
    bool after_item; /* nothing was written since an item ended */
    bool item;       /* "- " is owed */
    bool one_line;
    unsigned pre; /* open <pre> elements */
    unsigned lists;
};

static void owe_break(struct text_writer *writer, unsigned breaks)
{
    if (breaks > writer->breaks)
        writer->breaks = breaks;
    writer->space = false;
    writer->cell = false;
}

/* Writes what is owed before the next character. */
static void pay(struct text_writer *writer)
{
    struct text_buf *buf = writer->buf;
    bool begun = buf->len > writer->begun_at;
    if (begun && writer->one_line && (writer->breaks > 0 || writer->space || writer->cell))
        text_buf_add_char(buf, ' ');
    else if (begun && writer->breaks > 0)
        text_buf_add(buf, "\n\n", writer->breaks);
    else if (begun && writer->cell)
        text_buf_add_char(buf, '\t');
    else if (begun && writer->space)
        text_buf_add_char(buf, ' ');
    if (writer->item && !writer->one_line)
        text_buf_add(buf, "- ", 2);
    writer->breaks = 0;
    writer->space = writer->cell = writer->item = writer->after_item = false;
}

static void put(struct text_writer *writer, const char *bytes, size_t len)
{
    if (writer->breaks > 0 || writer->space || writer->cell || writer->item)
        pay(writer);
    text_buf_add(writer->buf, bytes, len);
}

static void put_space(struct text_writer *writer, char byte)
{
    if (writer->pre > 0 && !writer->one_line) {
        if (byte == '\n' && writer->breaks < 2)
            writer->breaks++;
        else if (byte != '\n' && byte != '\r')
            writer->space = true;
    } else {
        writer->space = true;
    }
}

/* Length of the run that needs no care. */
static size_t plain_run(struct slice text, size_t at)
{
    size_t from = at;
    while (at < text.len) {
        unsigned char byte = (unsigned char)text.at[at];
        if (byte <= ' ' || byte == '&' || byte == 0xC2 || byte == 0xE2)
            break;
        at++;
    }
    return at - from;
}

/* Bytes of the white space at the start of a character run: of ASCII, no-break space, next line,
 * line and paragraph separator; 0: another character. */
static size_t space_len(struct slice text)
{
    if (text.len == 0)
        return 0;
    if (html_is_space(text.at[0]) || text.at[0] == '\v')
        return 1;
    if (slice_starts(text, "\xC2\xA0") || slice_starts(text, "\xC2\x85"))
        return 2;
    return slice_starts(text, "\xE2\x80\xA8") || slice_starts(text, "\xE2\x80\xA9") ? 3 : 0;
}

/* The next character: itself, or what a reference stands for. Gives the bytes read. */
static size_t char_read(struct slice text, bool raw, char decoded[8], size_t *ret_len)
{
    size_t used = 0;
    if (text.at[0] == '&' && !raw) {
        *ret_len = charref_one(text, false, decoded, &used);
        if (used > 0)
            return used;
    }
    used = 1;
    while (used < 4 && used < text.len && ((unsigned char)text.at[used] & 0xC0) == 0x80)
        used++;
    memcpy(decoded, text.at, used);
    *ret_len = used;
    return used;
}

static void text_put(struct text_writer *writer, struct slice text, bool raw)
{
    for (size_t at = 0; at < text.len;) {
        size_t run = plain_run(text, at), len;
        char decoded[8];
        if (run > 0) {
            put(writer, text.at + at, run);
            at += run;
            continue;
        }
        at += char_read(slice_from(text, at), raw, decoded, &len);
        size_t space = space_len(slice_make(decoded, len));
        if (space > 0)
            put_space(writer, space == 1 ? decoded[0] : ' ');
        else if (len > 1 || (unsigned char)decoded[0] >= ' ')
            put(writer, decoded, len);
    }
}

static bool is_control(enum html_tag tag)
{
    return tag == TAG_button || tag == TAG_select || tag == TAG_textarea || tag == TAG_option ||
           tag == TAG_optgroup;
}

/* Does the line above announce the list: "Duties:", or a few words that are no sentence? */
static bool announces_list(const struct text_writer *writer)
{
    struct slice written = slice_from(text_buf_slice(writer->buf), writer->begun_at);
    size_t start = written.len;
    if (slice_ends(written, ":") || slice_ends(written, "：") || written.len == 0)
        return true;
    while (start > 0 && written.at[start - 1] != '\n' && written.len - start <= LABEL_BYTES_MAX)
        start--;
    struct slice line = slice_from(written, start);
    return line.len <= LABEL_BYTES_MAX && !slice_starts(line, "- ") &&
           strchr(".!?,;)", written.at[written.len - 1]) == NULL && !slice_ends(line, "。") &&
           !slice_ends(line, "！");
}

static void list_open(struct text_writer *writer)
{
    owe_break(writer, writer->lists++ > 0 ? 1 : 2);
    if (announces_list(writer))
        writer->breaks = 1;
}

static void item_open(struct text_writer *writer)
{
    if (writer->after_item && writer->breaks > 1)
        writer->breaks = 1; /* a paragraph ended the item before */
    writer->after_item = false;
    writer->item = true;
}

static void line_break(struct text_writer *writer)
{
    if (writer->breaks < 2)
        writer->breaks++;
    writer->space = writer->cell = false;
}

static void element_open(struct text_writer *writer, enum html_tag tag)
{
    unsigned flags = html_tag_class(tag);
    if (tag == TAG_br) {
        line_break(writer);
        return;
    }
    if (tag == TAG_ul || tag == TAG_ol) {
        list_open(writer);
        return;
    }
    if (tag == TAG_td || tag == TAG_th)
        writer->cell = writer->breaks == 0;
    if (flags & HTML_BLOCK)
        owe_break(writer, (flags & HTML_PARA) && !writer->item ? 2 : 1);
    if (tag == TAG_li)
        item_open(writer);
    if (tag == TAG_pre)
        writer->pre++;
}

static void element_close(struct text_writer *writer, enum html_tag tag)
{
    unsigned flags = html_tag_class(tag);
    if (tag == TAG_ul || tag == TAG_ol) {
        owe_break(writer, --writer->lists > 0 ? 1 : 2);
        return;
    }
    if (tag == TAG_li) {
        writer->item = false;
        writer->after_item = true;
    }
    if (tag == TAG_pre)
        writer->pre--;
    if (flags & HTML_BLOCK)
        owe_break(writer, flags & HTML_PARA ? 2 : 1);
}

/* Is the subtree of this node left out? */
static bool is_left_out(const struct html_tree *tree, uint32_t i,
                        const struct html_text_options *options)
{
    const struct html_node *node = &tree->nodes[i];
    if (options->drop != NULL && options->drop[i] != 0)
        return true;
    if ((node->flags & NODE_TEXT) == 0 &&
        ((html_tag_class((enum html_tag)node->tag) & HTML_UNSEEN) ||
         (!options->keep_controls && is_control((enum html_tag)node->tag))))
        return true;
    return (node->flags & NODE_HIDDEN) != 0 && !options->hidden_only;
}

void html_text_append(const struct html_tree *tree, uint32_t node,
                      const struct html_text_options *options, struct text_buf *buf)
{
    struct text_writer writer = {.buf = buf, .begun_at = buf->len, .one_line = options->one_line};
    uint32_t open[HTML_DEPTH_MAX + 2];
    uint32_t depth = 0, end = tree->nodes[node].end;
    for (uint32_t i = node; i < end && buf->status == OK;) {
        const struct html_node *at = &tree->nodes[i];
        while (depth > 0 && tree->nodes[open[depth - 1]].end <= i)
            element_close(&writer, (enum html_tag)tree->nodes[open[--depth]].tag);
        if (i != node && is_left_out(tree, i, options)) {
            i = at->end;
            continue;
        }
        if (at->flags & NODE_TEXT) {
            if (!options->hidden_only || (at->flags & NODE_HIDDEN))
                text_put(&writer, slice_sub(tree->page, at->at, at->len),
                         (at->flags & NODE_RAW) != 0);
        } else {
            element_open(&writer, (enum html_tag)at->tag);
            if (at->end > i + 1 && depth < HTML_DEPTH_MAX + 2)
                open[depth++] = i;
            else
                element_close(&writer, (enum html_tag)at->tag);
        }
        i++;
    }
}

/* ---- text of other places ---- */

static int text_keep(struct arena *arena, struct text_buf *buf, struct slice *ret_text)
{
    struct slice text = slice_trim(text_buf_slice(buf));
    int rc = buf->status == ERR_NOMEM ? ERR_NOMEM : OK;
    char *copy = rc == OK ? arena_copy(arena, text.at, text.len) : NULL;
    if (copy == NULL)
        rc = ERR_NOMEM;
    else
        *ret_text = slice_make(copy, text.len);
    text_buf_release(buf);
    return rc;
}

int html_text_line(struct arena *arena, const struct html_tree *tree, uint32_t node,
                   size_t bytes_max, struct slice *ret_text)
{
    struct text_buf buf;
    text_buf_init(&buf, bytes_max);
    html_text_append(tree, node, &(struct html_text_options){.one_line = true}, &buf);
    return text_keep(arena, &buf, ret_text);
}

int html_line(struct arena *arena, struct slice text, bool decode, struct slice *ret_text)
{
    struct text_buf buf;
    text_buf_init(&buf, FRAGMENT_TEXT_BYTES_MAX);
    struct text_writer writer = {.buf = &buf, .one_line = true};
    text_put(&writer, text, !decode);
    return text_keep(arena, &buf, ret_text);
}

/* Is there anything that looks like a tag of ours? */
static bool has_tags(struct slice text)
{
    struct html_scan scan;
    struct html_token token;
    html_scan_init(&scan, text);
    while (html_scan_next(&scan, &token))
        if (token.kind != HTML_TEXT && (token.tag != TAG_OTHER || token.kind == HTML_COMMENT))
            return true;
    return false;
}

/* Plain text that keeps its own lines. */
static int plain_text(struct arena *arena, struct slice text, struct slice *ret_text)
{
    struct text_buf buf;
    text_buf_init(&buf, FRAGMENT_TEXT_BYTES_MAX);
    struct text_writer writer = {.buf = &buf, .pre = 1};
    text_put(&writer, text, false);
    return text_keep(arena, &buf, ret_text);
}

int html_fragment_text(struct arena *arena, struct slice html, struct slice *ret_text)
{
    struct html_tree tree;
    struct text_buf buf;
    struct slice once = html;
    int rc = OK;
    if (!has_tags(html)) {
        rc = charref_decode(arena, html, false, &once);
        if (rc == OK && !has_tags(once))
            return plain_text(arena, html, ret_text);
    }
    if (rc == OK)
        rc = html_tree_build(arena, once, &tree);
    if (rc == OK)
        rc = html_hidden_mark(arena, &tree);
    if (rc != OK)
        return rc;
    text_buf_init(&buf, FRAGMENT_TEXT_BYTES_MAX);
    html_text_append(&tree, 0, &(struct html_text_options){.keep_controls = true}, &buf);
    return text_keep(arena, &buf, ret_text);
}
