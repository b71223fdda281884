/* content.c - from a tree to its main text; see content.h. */
#include "crawler/extract/content_inside.h"

#include "crawler/extract/html_text.h"

#include <string.h>

#define ATTEMPTS       4u
#define ENOUGH_CHARS   500u
#define LEAD_NODES     300u /* how far above the main text it may stand */
#define LEAD_CHARS_MIN 40u
#define LEAD_CHARS_MAX 1200u
#define LEAD_BYTES_MAX 8192u

static int text_of(struct arena *arena, const struct html_tree *tree, uint32_t node,
                   const struct html_text_options *options, size_t bytes_max,
                   struct slice *ret_text)
{
    struct text_buf buf;
    text_buf_init(&buf, bytes_max);
    html_text_append(tree, node, options, &buf);
    struct slice text = slice_trim(text_buf_slice(&buf));
    char *copy = buf.status == ERR_NOMEM ? NULL : arena_copy(arena, text.at, text.len);
    if (copy != NULL)
        *ret_text = slice_make(copy, text.len);
    text_buf_release(&buf);
    return copy == NULL ? ERR_NOMEM : OK;
}

/* What is hidden within the main element, but for what was dropped for another reason. */
static int hidden_of(struct arena *arena, struct content_work *work, struct slice *ret_text)
{
    const struct html_tree *tree = work->tree;
    struct html_text_options hidden = {.drop = work->drop, .hidden_only = true, .one_line = true};
    for (uint32_t i = work->root; i < tree->nodes[work->root].end; i++)
        if ((tree->nodes[i].flags & NODE_HIDDEN) != 0 &&
            (work->marks[i] & (MARK_NEVER | MARK_UNLIKELY)) == 0)
            work->drop[i] = 0;
    return text_of(arena, tree, work->root, &hidden, CONTENT_HIDDEN_BYTES_MAX, ret_text);
}

/* One attempt, with what work says is to be left out. */
static void attempt(struct content_work *work, unsigned nth)
{
    work->strip_unlikely = nth == 0;
    work->weigh_classes = nth <= 1;
    work->clean = nth <= 2;
    content_work_reset(work);
    content_choose(work);
    content_clean(work);
}

/* An ad that is a picture leaves a few words of the page's frame as "text": then its main element is
 * what there is. */
static void picture_take(struct content_work *work)
{
    uint32_t main = work->is_ad ? html_tree_find(work->tree, 1, work->tree->count, TAG_main) : 0;
    if (main == 0 || work->stats[work->root].text >= LEAD_CHARS_MIN ||
        (work->root >= main && work->root < work->tree->nodes[main].end))
        return;
    work->strip_unlikely = true;
    content_work_reset(work);
    content_drop_unlikely(work);
    work->root = main;
}

static void search(struct content_work *work)
{
    uint32_t most = 0;
    unsigned best = 0;
    for (unsigned nth = 0; nth < ATTEMPTS; nth++) {
        attempt(work, nth);
        uint32_t text = work->stats[work->root].text;
        if (text >= ENOUGH_CHARS)
            return;
        if (text > most) {
            most = text;
            best = nth;
        }
    }
    attempt(work, best);
    picture_take(work);
}

/* A paragraph set apart above the main text: the last one that is called so. */
static uint32_t lead_of(const struct content_work *work)
{
    uint32_t from = work->root > LEAD_NODES ? work->root - LEAD_NODES : 1, lead = 0;
    for (uint32_t i = from; i < work->root; i++) {
        const struct html_node *node = &work->tree->nodes[i];
        if ((work->marks[i] & MARK_LEAD) == 0 || node->end > work->root ||
            (node->flags & (NODE_HIDDEN | NODE_UNSEEN)) != 0)
            continue;
        struct node_stat stat = content_measure(work, i);
        if (stat.text >= LEAD_CHARS_MIN && stat.text <= LEAD_CHARS_MAX &&
            stat.linked * 4 <= stat.text)
            lead = i;
    }
    return lead;
}

int content_render(struct arena *arena, const struct html_tree *tree, struct content *content)
{
    struct html_text_options shown = {.drop = content->drop}, whole = {.drop = NULL};
    struct slice lead = SLICE_EMPTY;
    int rc = text_of(arena, tree, content->root, &shown, CONTENT_TEXT_BYTES_MAX, &content->text);
    if (rc == OK && content->lead != 0)
        rc = text_of(arena, tree, content->lead, &whole, LEAD_BYTES_MAX, &lead);
    if (rc != OK || lead.len == 0 || slice_find(content->text, lead) != SIZE_MAX)
        return rc;
    const char *both = arena_printf(arena, "%.*s\n\n%.*s", (int)lead.len, lead.at,
                                    (int)content->text.len, content->text.at);
    if (both == NULL)
        return ERR_NOMEM;
    content->text = slice_of(both);
    return OK;
}

int content_find(struct arena *arena, const struct html_tree *tree, const struct html_facts *facts,
                 bool is_ad, struct content *ret_content)
{
    struct content content = {.text = SLICE_EMPTY};
    struct content_work work;
    int rc = content_work_init(arena, tree, facts, &work);
    if (rc != OK)
        return rc;
    work.is_ad = is_ad;
    work.has_main = html_tree_find(tree, 1, tree->count, TAG_main) != 0;
    search(&work);
    content.root = work.root;
    content.lead = lead_of(&work);
    content.drop = work.drop;
    content.linked_percent = (uint32_t)(content_link_density(&work, work.root) * 100);
    rc = content_render(arena, tree, &content);
    if (rc == OK)
        rc = hidden_of(arena, &work, &content.hidden);
    if (rc == OK)
        *ret_content = content;
    return rc;
}

/* ---- title ---- */

/* " | ", " - ", " – ", " :: ": where a site's name begins or ends; SIZE_MAX: nowhere. */
static size_t separator_last(struct slice title, size_t *ret_len)
{
    static const char *const marks[] = {" | ", " - ", " – ", " — ", " :: ", " » ", " · ", " • "};
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        size_t from = 0, at;
        while ((at = slice_find(slice_from(title, from), slice_of(marks[i]))) != SIZE_MAX) {
            from += at;
            if (best == SIZE_MAX || from > best) {
                best = from;
                *ret_len = strlen(marks[i]);
            }
            from++;
        }
    }
    return best;
}

static struct slice title_cut(struct slice title, struct slice site)
{
    size_t len = 0, at = separator_last(title, &len);
    if (at == SIZE_MAX || at < 8)
        return title;
    struct slice tail = slice_trim(slice_from(title, at + len));
    bool is_site = site.len > 0 && slice_find_nocase(tail, site) != SIZE_MAX;
    return is_site || tail.len <= 30 ? slice_trim(slice_sub(title, 0, at)) : title;
}

int content_title(struct arena *arena, const struct html_facts *facts, struct slice *ret_title)
{
    struct slice title = facts->title.len > 0 ? facts->title : facts->og_title;
    (void)arena;
    if (facts->h1.len > 3 && facts->h1.len < 300 &&
        (title.len == 0 || slice_find_nocase(title, facts->h1) != SIZE_MAX || facts->h1.len > 15))
        *ret_title = facts->h1;
    else
        *ret_title = title_cut(title, facts->og_site_name);
    return OK;
}
