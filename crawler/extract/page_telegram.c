/* page_telegram.c - a public channel's preview page (t.me/s/NAME): each message a posting; see
 * page_inside.h.
 *
 * The form is that of the public widget: an element with data-post="NAME/NUMBER", in it the text
 * (class tgme_widget_message_text), a <time>, pictures as background images. Messages without text
 * are kept when they show a picture. Paging backwards is the link tme_messages_more. */
#include "crawler/extract/html_text.h"
#include "crawler/extract/page_inside.h"

#include <string.h>

#define TITLE_BYTES_MAX 120u
#define TEXT_BYTES_MAX  (64u << 10)
#define MESSAGE_IMAGES  16u
#define MESSAGE_LINKS   64u
#define POST_BYTES_MAX  200u

struct messages {
    struct page_work *work;
    const struct html_tree *tree;
};

bool page_is_telegram(struct slice page)
{
    return memmem(page.at, page.len, "tgme_widget_message", 19) != NULL &&
           memmem(page.at, page.len, "data-post=", 10) != NULL;
}

static bool has_class(const struct html_tree *tree, uint32_t node, const char *name)
{
    struct slice names;
    return html_node_attr(tree, node, "class", &names) &&
           slice_find(names, slice_of(name)) != SIZE_MAX;
}

/* The last element under node with that class, or 0: a forwarded text stands before one's own. */
static uint32_t class_find(const struct html_tree *tree, uint32_t node, const char *name)
{
    uint32_t found = 0;
    for (uint32_t i = node + 1; i < tree->nodes[node].end; i++)
        if (has_class(tree, i, name))
            found = i;
    return found;
}

static int text_read(const struct messages *messages, uint32_t node, struct posting *posting)
{
    struct text_buf buf;
    struct slice line = SLICE_EMPTY;
    uint32_t text = class_find(messages->tree, node, "tgme_widget_message_text");
    if (text == 0)
        return OK;
    text_buf_init(&buf, TEXT_BYTES_MAX);
    html_text_append(messages->tree, text, &(struct html_text_options){.keep_controls = true},
                     &buf);
    struct slice rest = slice_trim(text_buf_slice(&buf));
    int rc = posting_set(posting, messages->work->arena, POSTING_TEXT, rest);
    if (rc == OK && slice_next_line(&rest, &line) && line.len <= TITLE_BYTES_MAX)
        rc = posting_set(posting, messages->work->arena, POSTING_TITLE, line);
    text_buf_release(&buf);
    return rc;
}

/* url('…') of a style. */
static struct slice background_of(struct slice style)
{
    size_t at = slice_find(style, SLICE("url("));
    if (at == SIZE_MAX)
        return SLICE_EMPTY;
    struct slice rest = slice_from(style, at + 4);
    rest = slice_sub(rest, 0, slice_find_char(rest, ')'));
    while (rest.len > 0 && (rest.at[0] == '\'' || rest.at[0] == '"' || rest.at[0] == '&'))
        rest = rest.at[0] == '&' ? slice_from(rest, slice_find_char(rest, ';') + 1)
                                 : slice_from(rest, 1);
    while (rest.len > 0 && (rest.at[rest.len - 1] == '\'' || rest.at[rest.len - 1] == '"'))
        rest.len--;
    return rest;
}

/* A link of the message's own text. */
static int link_take(const struct messages *messages, uint32_t node, struct posting_link *links,
                     size_t *count)
{
    struct arena *arena = messages->work->arena;
    struct slice href;
    struct url url;
    if (messages->tree->nodes[node].tag != TAG_a || *count == MESSAGE_LINKS ||
        !html_node_attr(messages->tree, node, "href", &href))
        return OK;
    int rc = html_line(arena, href, true, &href);
    if (rc != OK)
        return rc;
    rc = url_parse(arena, href, &messages->work->base, &url, NULL);
    if (rc != OK)
        return rc == ERR_NOMEM ? rc : OK;
    links[*count].url = url.href;
    return html_text_line(arena, messages->tree, node, POST_BYTES_MAX, &links[(*count)++].text);
}

static int lists_read(const struct messages *messages, uint32_t node, struct posting *posting)
{
    const struct html_tree *tree = messages->tree;
    struct slice *images = arena_calloc(messages->work->arena, MESSAGE_IMAGES, sizeof *images);
    struct posting_link *links = arena_calloc(messages->work->arena, MESSAGE_LINKS, sizeof *links);
    uint32_t text = class_find(tree, node, "tgme_widget_message_text");
    uint32_t text_end = text == 0 ? 0 : tree->nodes[text].end;
    struct slice style;
    int rc = OK;
    if (images == NULL || links == NULL)
        return ERR_NOMEM;
    for (uint32_t i = node + 1; rc == OK && i < tree->nodes[node].end; i++) {
        if (i > text && i < text_end)
            rc = link_take(messages, i, links, &posting->links_count);
        else if (posting->images_count < MESSAGE_IMAGES &&
                 has_class(tree, i, "tgme_widget_message_photo_wrap") &&
                 html_node_attr(tree, i, "style", &style) && background_of(style).len > 0)
            images[posting->images_count++] = background_of(style);
    }
    posting->images = images;
    posting->links = links;
    return rc;
}

static int message_read(const struct messages *messages, uint32_t node, struct slice post)
{
    struct arena *arena = messages->work->arena;
    struct posting posting;
    struct slice when;
    posting_init(&posting);
    int rc = text_read(messages, node, &posting);
    if (rc == OK)
        rc = lists_read(messages, node, &posting);
    uint32_t time = html_tree_find(messages->tree, node, messages->tree->nodes[node].end, TAG_time);
    if (rc == OK && time != 0 && html_node_attr(messages->tree, time, "datetime", &when))
        rc = posting_set_attr(&posting, arena, POSTING_POSTED_AT, when);
    if (rc == OK)
        rc = posting_set_attr(&posting, arena, POSTING_ID, post);
    if (rc != OK)
        return rc;
    const char *url = arena_printf(arena, "https://t.me/%.*s", (int)post.len, post.at);
    if (url == NULL)
        return ERR_NOMEM;
    posting.attr[POSTING_URL] = slice_of(url);
    posting.attr[POSTING_SOURCE_TYPE] = SLICE("telegram");
    if (posting_check(&posting) != OK && posting.images_count > 0)
        rc = posting_set(&posting, arena, POSTING_TITLE, SLICE("(picture)"));
    return rc == OK && posting_check(&posting) == OK ? page_add(messages->work, &posting) : rc;
}

/* NAME/NUMBER of letters, digits and "_". */
static bool is_post(struct slice post)
{
    size_t slashes = 0;
    for (size_t i = 0; i < post.len; i++) {
        char byte = post.at[i];
        bool word = (byte >= '0' && byte <= '9') ||
                    ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') || byte == '_' || byte == '-';
        slashes += byte == '/';
        if (!word && byte != '/')
            return false;
    }
    return slashes == 1 && post.len >= 3 && post.len <= POST_BYTES_MAX;
}

/* The link to the posts before these, by which a sweep goes back to the last it has seen. */
static int older_add(const struct messages *messages)
{
    const struct html_tree *tree = messages->tree;
    struct slice href, number;
    for (uint32_t i = 1; i < tree->count; i++) {
        if (!has_class(tree, i, "tme_messages_more") ||
            !html_node_attr(tree, i, "data-before", &number) ||
            !html_node_attr(tree, i, "href", &href))
            continue;
        int rc = html_line(messages->work->arena, href, true, &href);
        return rc == OK && messages->work->count > 0 ? page_next_add(messages->work, href) : rc;
    }
    return OK;
}

int page_telegram_read(struct page_work *work, const struct html_tree *tree)
{
    struct messages messages = {.work = work, .tree = tree};
    struct slice post;
    int rc = OK;
    for (uint32_t i = 1; rc == OK && i < tree->count;) {
        bool message = (tree->nodes[i].flags & NODE_TEXT) == 0 &&
                       html_node_attr(tree, i, "data-post", &post) && is_post(post);
        if (message)
            rc = message_read(&messages, i, post);
        i = message ? tree->nodes[i].end : i + 1;
    }
    work->output->type = PAGE_FEED;
    work->output->newest_first = true;
    return rc == OK ? older_add(&messages) : rc;
}
