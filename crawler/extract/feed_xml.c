/* feed_xml.c - RSS of all versions and Atom, by one walk over the tags.
 *
 * Elements are known by local name and vocabulary, whatever the version says of itself: real feeds
 * mix RSS, Atom and Dublin Core freely. What is inside an entry and unknown is passed over whole,
 * so that the title of an image is not taken for the ad's. */
#include "common/utf8.h"
#include "crawler/extract/charref.h"
#include "crawler/extract/feed_inside.h"
#include "crawler/extract/xml_scan.h"

#include <string.h>

struct walk {
    struct feed_reader *reader;
    struct xml_scan scan;
    struct feed_entry entry;
    unsigned entry_depth;   /* 0: outside */
    unsigned channel_depth; /* of <channel> or <feed> */
};

/* ---- values ---- */

struct value {
    struct slice plain;  /* text of the element and its children, references decoded */
    struct slice markup; /* what stands between its tags, as written */
    bool has_children;
};

static bool is_entry(const struct xml_scan *scan)
{
    bool is_core = scan->space != SPACE_OTHER || scan->prefix.len == 0;
    return is_core &&
           (slice_equal_nocase(scan->name, SLICE("item")) || slice_is(scan->name, "entry"));
}

/* Was the element opened inside a value where it cannot be, so that the value's end is missing? HTML
 * may hold nearly anything, a title or a date none of a feed's own elements. */
static bool ends_value(const struct walk *walk, bool is_html)
{
    static const char *const names[] = {"link",    "description", "guid",    "pubDate",  "summary",
                                        "content", "encoded",     "updated", "published"};
    if (is_entry(&walk->scan) && (walk->entry_depth == 0 || !is_html))
        return true;
    for (size_t i = 0; !is_html && i < sizeof names / sizeof names[0]; i++)
        if (slice_is(walk->scan.name, names[i]) && walk->scan.space != SPACE_XHTML)
            return true;
    return is_html && slice_is(walk->scan.name, "item") && walk->scan.space != SPACE_OTHER;
}

/* In XML the names of references come from XHTML 1.0's DTD, which has &lang; and &rang; elsewhere than
 * HTML's later list, that charref.h knows. */
static int angles_decode(struct arena *arena, struct slice text, struct slice *ret_text)
{
    struct text_buf out;
    size_t from = 0, at = 0;
    *ret_text = text;
    if (slice_find(text, SLICE("ang;")) == SIZE_MAX)
        return OK;
    text_buf_init(&out, FEED_TEXT_BYTES_MAX);
    for (; at + strlen("&lang;") <= text.len; at++) {
        struct slice name = slice_sub(text, at, strlen("&lang;"));
        if (!slice_is(name, "&lang;") && !slice_is(name, "&rang;"))
            continue;
        text_buf_add_slice(&out, slice_sub(text, from, at - from));
        text_buf_add_slice(&out, name.at[1] == 'l' ? SLICE("\xE2\x8C\xA9") : SLICE("\xE2\x8C\xAA"));
        from = at + name.len;
    }
    text_buf_add_slice(&out, slice_from(text, from));
    const char *copy = arena_copy(arena, text_buf_cstr(&out), out.len);
    if (copy != NULL)
        *ret_text = slice_make(copy, out.len);
    text_buf_release(&out);
    return copy != NULL ? OK : ERR_NOMEM;
}

/* The usual value is one run of text, and then nothing is copied. */
struct runs {
    struct text_buf buf;
    struct slice first;
    unsigned count;
};

static int runs_add(struct runs *runs, const struct xml_scan *scan, struct arena *arena)
{
    struct slice text = scan->chars;
    int rc = scan->is_cdata ? OK : angles_decode(arena, text, &text);
    if (rc == OK && !scan->is_cdata)
        rc = charref_decode(arena, text, false, &text);
    if (runs->count == 1)
        text_buf_add_slice(&runs->buf, runs->first);
    if (runs->count++ == 0)
        runs->first = text;
    else
        text_buf_add_slice(&runs->buf, text);
    return rc;
}

static int runs_give(struct runs *runs, struct arena *arena, struct slice *ret_text)
{
    const char *copy = "";
    *ret_text = runs->first;
    if (runs->count > 1) {
        copy = arena_copy(arena, text_buf_cstr(&runs->buf), runs->buf.len);
        *ret_text = slice_make(copy == NULL ? "" : copy, copy == NULL ? 0 : runs->buf.len);
    }
    return copy == NULL || text_buf_status(&runs->buf) == ERR_NOMEM ? ERR_NOMEM : OK;
}

/* is_html: what the value may hold, see ends_value(). */
static int read_value(struct walk *walk, bool is_html, struct value *ret_value)
{
    struct xml_scan *scan = &walk->scan;
    struct runs runs = {.first = SLICE_EMPTY};
    struct value value = {SLICE_EMPTY, SLICE_EMPTY, false};
    unsigned depth = scan->depth;
    size_t start = scan->at;
    int rc = OK;
    text_buf_init(&runs.buf, FEED_TEXT_BYTES_MAX);
    while (rc == OK) {
        enum xml_token token = xml_next(scan);
        if (token == XML_END || (token == XML_CLOSE && scan->depth == depth))
            break;
        if (token == XML_OPEN && ends_value(walk, is_html)) {
            xml_put_back(scan);
            break;
        }
        value.has_children |= token == XML_OPEN;
        if (token == XML_TEXT)
            rc = runs_add(&runs, scan, walk->reader->arena);
    }
    if (rc == OK)
        rc = runs_give(&runs, walk->reader->arena, &value.plain);
    if (scan->token_start > start)
        value.markup = slice_sub(scan->text, start, scan->token_start - start);
    text_buf_release(&runs.buf);
    if (rc == OK)
        *ret_value = value;
    return rc;
}

enum form { FORM_GUESS, FORM_TEXT, FORM_HTML, FORM_MARKUP, FORM_DIV, FORM_PACKED };

static enum form form_of_type(struct slice type, bool inlined, bool atom)
{
    if (slice_find(type, SLICE("xhtml")) != SIZE_MAX || slice_ends(type, "xml"))
        return slice_is(type, "xhtml") ? FORM_DIV : FORM_MARKUP;
    if (slice_find(type, SLICE("html")) != SIZE_MAX)
        return inlined ? FORM_MARKUP : FORM_HTML;
    if (slice_starts(type, "text"))
        return FORM_TEXT;
    return atom && slice_find_char(type, '/') != SIZE_MAX ? FORM_PACKED : FORM_GUESS;
}

/* What Atom's type and, in 0.3, mode say of the element just opened; RSS says nothing. */
static enum form read_form(const struct walk *walk)
{
    struct slice type = SLICE_EMPTY, mode = SLICE_EMPTY;
    bool atom = walk->scan.space == SPACE_ATOM ||
                (walk->scan.space == SPACE_NONE && walk->reader->feed.type == FEED_ATOM);
    bool typed = xml_attr(&walk->scan, "type", &type);
    xml_attr(&walk->scan, "mode", &mode);
    if (slice_is(mode, "base64"))
        return FORM_PACKED;
    if (slice_is(mode, "escaped"))
        return slice_is(type, "text/plain") ? FORM_TEXT : FORM_HTML;
    if (!typed)
        return atom ? FORM_TEXT : FORM_GUESS;
    return form_of_type(type, slice_is(mode, "xml"), atom);
}

/* What is in the <div> that Atom's xhtml must have around it. */
static struct slice without_div(struct slice markup)
{
    struct slice trimmed = slice_trim(markup);
    size_t start = slice_find_char(trimmed, '>');
    if (!slice_starts(trimmed, "<div") || !slice_ends(trimmed, "</div>") || start == SIZE_MAX)
        return markup;
    struct slice inner =
        slice_from(slice_sub(trimmed, 0, trimmed.len - strlen("</div>")), start + 1);
    return slice_find(inner, SLICE("<div")) == SIZE_MAX ? inner : markup;
}

/* Inline XHTML as HTML, which has no namespaces to declare. */
static int without_xmlns(struct arena *arena, struct slice markup, struct slice *ret_html)
{
    const struct slice said = SLICE(" xmlns=\"http://www.w3.org/1999/xhtml\"");
    size_t at = slice_find(markup, said);
    *ret_html = markup;
    if (at == SIZE_MAX)
        return OK;
    char *copy = arena_alloc(arena, markup.len);
    size_t len = 0;
    if (copy == NULL)
        return ERR_NOMEM;
    for (; at != SIZE_MAX; at = slice_find(markup, said)) {
        memcpy(copy + len, markup.at, at);
        len += at;
        markup = slice_from(markup, at + said.len);
    }
    memcpy(copy + len, markup.at, markup.len);
    *ret_html = slice_make(copy, len + markup.len);
    return OK;
}

static int sextet(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

/* Atom 0.3's mode="base64". */
static int decode_base64(struct arena *arena, struct slice text, struct slice *ret_text)
{
    char *bytes = arena_alloc(arena, text.len / 4 * 3 + 3);
    size_t len = 0;
    unsigned pending = 0, bits = 0;
    if (bytes == NULL)
        return ERR_NOMEM;
    for (size_t i = 0; i < text.len && text.at[i] != '='; i++) {
        int value = sextet(text.at[i]);
        if (value < 0)
            continue;
        pending = (pending << 6 | (unsigned)value) & 0xffff;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes[len++] = (char)(pending >> bits & 0xff);
        }
    }
    return utf8_clean(arena, slice_make(bytes, len), ret_text);
}

/* The element just opened, as its type and mode say it is to be read: HTML or plain text. */
static int read_typed(struct walk *walk, bool may_be_html, struct slice *ret_text,
                      bool *ret_is_html)
{
    struct value value;
    enum form form = read_form(walk);
    int rc = read_value(walk, may_be_html, &value);
    if (rc != OK)
        return rc;
    *ret_text = !value.has_children ? value.plain
                : form == FORM_DIV  ? without_div(value.markup)
                                    : value.markup;
    *ret_is_html =
        value.has_children || form == FORM_HTML || form == FORM_GUESS || form == FORM_PACKED;
    if (value.has_children)
        return without_xmlns(walk->reader->arena, *ret_text, ret_text);
    return form == FORM_PACKED ? decode_base64(walk->reader->arena, value.plain, ret_text) : OK;
}

/* The element just opened as plain text, unless *text stands already. *html, which may be NULL, is
 * what it was when there was markup in it. */
static int take_plain(struct walk *walk, struct slice *text, struct slice *html)
{
    struct slice found = SLICE_EMPTY;
    bool is_html = false;
    int rc = read_typed(walk, false, &found, &is_html);
    if (rc != OK || text->len > 0)
        return rc;
    if (!is_html || !feed_has_markup(found))
        return feed_squeeze(walk->reader->arena, found, text);
    if (html != NULL)
        *html = slice_trim(found);
    return feed_plain(walk->reader->arena, found, text);
}

/* The element just opened as HTML. Text that is not said to be HTML is, when it looks so. */
static int take_html(struct walk *walk, struct slice *html)
{
    struct slice found = SLICE_EMPTY;
    bool is_html = false;
    int rc = read_typed(walk, true, &found, &is_html);
    if (rc != OK || html->len > 0)
        return rc;
    if (!is_html && slice_find(found, SLICE("</")) == SIZE_MAX)
        rc = feed_escape(walk->reader->arena, found, &found);
    if (rc == OK)
        *html = slice_trim(found);
    return rc;
}

static int take_raw(struct walk *walk, struct slice *text)
{
    struct value value;
    int rc = read_value(walk, false, &value);
    if (rc == OK && text->len == 0)
        *text = slice_trim(value.plain);
    return rc;
}

/* RSS: the text; Atom: href of the alternate. */
static int take_link(struct walk *walk, struct slice *link)
{
    struct slice href = SLICE_EMPTY, rel = SLICE_EMPTY;
    struct xml_scan *scan = &walk->scan;
    bool other = xml_attr(scan, "rel", &rel) && rel.len > 0 && !slice_is(rel, "alternate");
    int rc = xml_attr_text(scan, walk->reader->arena, "href", &href);
    struct slice found = href, text = SLICE_EMPTY;
    if (rc == OK)
        rc = xml_direct_text(scan, walk->reader->arena, &text);
    if (rc != OK || other || link->len > 0)
        return rc;
    if (found.len == 0)
        found = text;
    return feed_resolve(walk->reader, found, link);
}

/* <author><name>…</name><email>…</email></author>, or just text. */
static int take_author(struct walk *walk, struct slice *author)
{
    struct xml_scan *scan = &walk->scan;
    struct slice name = SLICE_EMPTY, text = SLICE_EMPTY, found = SLICE_EMPTY;
    unsigned depth = scan->depth;
    bool closed = false;
    int rc = xml_direct_text(scan, walk->reader->arena, &text);
    while (rc == OK && !closed) {
        enum xml_token token = xml_next(scan);
        closed = token == XML_END || (token == XML_CLOSE && scan->depth == depth);
        if (token == XML_OPEN && slice_is(scan->name, "name"))
            rc = xml_direct_text(scan, walk->reader->arena, &name);
        else if (token == XML_OPEN && name.len == 0 && slice_is(scan->name, "email"))
            rc = xml_direct_text(scan, walk->reader->arena, &name);
    }
    if (rc == OK && author->len == 0)
        rc = feed_plain(walk->reader->arena, name.len > 0 ? name : text, &found);
    if (rc == OK && author->len == 0)
        *author = found;
    return rc;
}

static int take_guid(struct walk *walk)
{
    struct slice permanent = SLICE_EMPTY, text = SLICE_EMPTY;
    bool is_link = !xml_attr(&walk->scan, "isPermaLink", &permanent) ||
                   slice_equal_nocase(permanent, SLICE("true"));
    int rc = take_raw(walk, &text);
    if (walk->entry.id.len == 0)
        walk->entry.id = text;
    if (is_link && walk->entry.link.len == 0 &&
        (slice_starts_nocase(text, "http://") || slice_starts_nocase(text, "https://")))
        walk->entry.link = text;
    return rc;
}

/* Passes over the element just opened, but not over an entry in it. */
static void pass_over(struct walk *walk)
{
    unsigned depth = walk->scan.depth;
    for (enum xml_token token = XML_OPEN;
         token != XML_END && !(token == XML_CLOSE && walk->scan.depth == depth);) {
        token = xml_next(&walk->scan);
        if (token == XML_OPEN && is_entry(&walk->scan)) {
            xml_put_back(&walk->scan);
            return;
        }
    }
}

/* ---- elements ---- */

enum element {
    EL_UNKNOWN,
    EL_TITLE,
    EL_LINK,
    EL_GUID,
    EL_ID,
    EL_SUMMARY,
    EL_CONTENT,
    EL_PUBLISHED,
    EL_UPDATED,
    EL_AUTHOR,
    EL_EMPLOYER,
    EL_PLACE,
    EL_PAY
};

/* Which vocabularies a name counts in. */
enum reach { IN_CORE, IN_ANY };

static enum element element_of(const struct xml_scan *scan)
{
    static const struct {
        const char *name;
        enum element element;
        enum reach reach;
    } rows[] = {{"title", EL_TITLE, IN_CORE},
                {"link", EL_LINK, IN_CORE},
                {"guid", EL_GUID, IN_CORE},
                {"id", EL_ID, IN_CORE},
                {"identifier", EL_ID, IN_CORE},
                {"description", EL_SUMMARY, IN_CORE},
                {"summary", EL_SUMMARY, IN_CORE},
                {"content", EL_CONTENT, IN_CORE},
                {"encoded", EL_CONTENT, IN_ANY},
                {"body", EL_CONTENT, IN_CORE},
                {"fullitem", EL_CONTENT, IN_CORE},
                {"pubDate", EL_PUBLISHED, IN_CORE},
                {"published", EL_PUBLISHED, IN_CORE},
                {"issued", EL_PUBLISHED, IN_CORE},
                {"created", EL_PUBLISHED, IN_CORE},
                {"date", EL_PUBLISHED, IN_CORE},
                {"updated", EL_UPDATED, IN_CORE},
                {"modified", EL_UPDATED, IN_CORE},
                {"author", EL_AUTHOR, IN_CORE},
                {"creator", EL_AUTHOR, IN_CORE},
                {"company", EL_EMPLOYER, IN_ANY},
                {"company_name", EL_EMPLOYER, IN_ANY},
                {"companyname", EL_EMPLOYER, IN_ANY},
                {"employer", EL_EMPLOYER, IN_ANY},
                {"employer_name", EL_EMPLOYER, IN_ANY},
                {"hiringOrganization", EL_EMPLOYER, IN_ANY},
                {"location", EL_PLACE, IN_ANY},
                {"job_location", EL_PLACE, IN_ANY},
                {"joblocation", EL_PLACE, IN_ANY},
                {"city", EL_PLACE, IN_ANY},
                {"salary", EL_PAY, IN_ANY},
                {"job_salary", EL_PAY, IN_ANY},
                {"compensation", EL_PAY, IN_ANY},
                {"baseSalary", EL_PAY, IN_ANY}};
    bool core = scan->space != SPACE_OTHER && scan->space != SPACE_MEDIA &&
                scan->space != SPACE_ITUNES && scan->space != SPACE_SITEMAP;
    bool ours = scan->prefix.len == 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if ((core || ours || rows[i].reach == IN_ANY) &&
            slice_equal_nocase(scan->name, slice_of(rows[i].name)))
            return rows[i].element;
    return EL_UNKNOWN;
}

/* Dublin Core speaks where the feed's own elements do not. */
static int take_title(struct walk *walk, struct slice *title, struct slice *html)
{
    bool is_dc = walk->scan.space == SPACE_DC;
    struct slice found = is_dc ? *title : SLICE_EMPTY, found_html = SLICE_EMPTY;
    int rc = take_plain(walk, &found, &found_html);
    if (rc == OK && found.len > 0 && !(is_dc && title->len > 0)) {
        *title = found;
        *html = found_html;
    }
    return rc;
}

static int entry_field(struct walk *walk)
{
    struct feed_entry *entry = &walk->entry;
    enum element element = element_of(&walk->scan);
    struct slice *const plain[] = {
        [EL_EMPLOYER] = &entry->employer, [EL_PLACE] = &entry->place, [EL_PAY] = &entry->pay};
    struct slice *const raw[] = {
        [EL_ID] = &entry->id, [EL_PUBLISHED] = &entry->published, [EL_UPDATED] = &entry->updated};
    switch (element) {
    case EL_TITLE:
        return take_title(walk, &entry->title, &entry->title_html);
    case EL_LINK:
        return take_link(walk, &entry->link);
    case EL_GUID:
        return take_guid(walk);
    case EL_SUMMARY:
        return take_html(walk, &entry->summary);
    case EL_CONTENT:
        return take_html(walk, &entry->content);
    case EL_AUTHOR:
        return take_author(walk, &entry->author);
    case EL_ID:
    case EL_PUBLISHED:
    case EL_UPDATED:
        return take_raw(walk, raw[element]);
    case EL_EMPLOYER:
    case EL_PLACE:
    case EL_PAY:
        return take_plain(walk, plain[element], NULL);
    case EL_UNKNOWN:
    default:
        pass_over(walk);
        return OK;
    }
}

static int channel_field(struct walk *walk)
{
    struct feed *feed = &walk->reader->feed;
    enum element element = element_of(&walk->scan);
    if (element == EL_TITLE)
        return take_title(walk, &feed->title, &feed->title_html);
    if (element == EL_LINK)
        return take_link(walk, &feed->link);
    return OK;
}

/* ---- the walk ---- */

/* CDF of 1997 has its links so: <CHANNEL HREF="…">, <ITEM HREF="…">. */
static int take_href(struct walk *walk, struct slice *link)
{
    struct slice href = SLICE_EMPTY;
    int rc = xml_attr_text(&walk->scan, walk->reader->arena, "HREF", &href);
    return rc == OK && href.len > 0 && link->len == 0 ? feed_resolve(walk->reader, href, link) : rc;
}

static int entry_begin(struct walk *walk)
{
    struct feed_entry *entry = &walk->entry;
    feed_entry_init(entry);
    walk->entry_depth = walk->scan.depth;
    struct slice about = SLICE_EMPTY;
    if (xml_attr(&walk->scan, "about", &about))
        entry->id = slice_trim(about);
    return take_href(walk, &entry->link);
}

static int entry_end(struct walk *walk)
{
    struct feed_entry *entry = &walk->entry;
    bool had = walk->entry_depth > 0;
    walk->entry_depth = 0;
    if (!had)
        return OK;
    if (entry->link.len == 0 && slice_starts_nocase(entry->id, "http"))
        entry->link = entry->id;
    return feed_add(walk->reader, entry);
}

/* Things of a feed that have titles and links of their own. */
static bool is_aside(struct slice name)
{
    static const char *const names[] = {"image",       "textinput", "cloud", "source", "author",
                                        "contributor", "owner",     "group", "logo"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (slice_equal_nocase(name, slice_of(names[i])))
            return true;
    return false;
}

static int note_base(struct walk *walk)
{
    struct feed_reader *reader = walk->reader;
    struct slice base = SLICE_EMPTY;
    while (reader->bases_count > 0 &&
           reader->bases[reader->bases_count - 1].depth >= walk->scan.depth)
        reader->bases_count--;
    if (walk->scan.attrs.len < strlen("xml:base=''"))
        return OK;
    int rc = xml_attr_text(&walk->scan, reader->arena, "xml:base", &base);
    return rc == OK ? feed_push_base(reader, base, walk->scan.depth) : rc;
}

static int on_open(struct walk *walk)
{
    struct slice name = walk->scan.name;
    int rc = note_base(walk);
    if (rc != OK)
        return rc;
    if (is_entry(&walk->scan) && walk->entry_depth > 0) { /* the one before was not closed */
        xml_put_back(&walk->scan);
        xml_close_down(&walk->scan, walk->entry_depth);
        return OK;
    }
    if (is_entry(&walk->scan))
        return entry_begin(walk);
    if (walk->entry_depth > 0)
        return entry_field(walk);
    if (slice_equal_nocase(name, SLICE("channel")) ||
        (walk->scan.depth == 1 && slice_is(name, "feed"))) {
        walk->channel_depth = walk->scan.depth;
        rc = take_href(walk, &walk->reader->feed.link);
    } else if (is_aside(name))
        pass_over(walk);
    else if (walk->channel_depth > 0 && walk->scan.depth == walk->channel_depth + 1)
        rc = channel_field(walk);
    return rc;
}

int feed_read_xml(struct feed_reader *reader, struct slice text)
{
    struct walk walk = {.reader = reader};
    int rc = OK;
    xml_scan_init(&walk.scan, text);
    while (rc == OK && !reader->feed.cut) {
        enum xml_token token = xml_next(&walk.scan);
        if (token == XML_END)
            break;
        if (token == XML_OPEN)
            rc = on_open(&walk);
        else if (token == XML_CLOSE && walk.entry_depth > 0 && walk.scan.depth <= walk.entry_depth)
            rc = entry_end(&walk);
    }
    if (rc == OK)
        rc = entry_end(&walk);
    reader->feed.broken = walk.scan.broken;
    return rc;
}
