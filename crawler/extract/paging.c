/* paging.c - the address of a list's next page, by the source's `paging`; see rules.h.
 *
 * One link at most, and none where the page had no posting: an endless list ends by itself there,
 * and the sweep stops one whose pages bring nothing new. */
#include "crawler/extract/items.h"
#include "crawler/extract/page_inside.h"

#include <string.h>

struct paging {
    struct page_work *work;
    const struct rule_paging *rule;
    struct failure *reterr;
};

/* ---- the page's own number ---- */

/* The text between what stands before and behind "{page}"; false: url is none of the template. */
static bool template_number(const char *template_, struct slice url, int64_t *ret_number)
{
    struct slice text = slice_of(template_);
    size_t at = slice_find(text, SLICE("{page}"));
    struct slice before = slice_sub(text, 0, at), behind = slice_from(text, at + 6);
    if (url.len < before.len + behind.len || memcmp(url.at, before.at, before.len) != 0 ||
        memcmp(url.at + url.len - behind.len, behind.at, behind.len) != 0)
        return false;
    struct slice number = slice_sub(url, before.len, url.len - before.len - behind.len);
    return slice_to_int64(number, ret_number) == OK;
}

/* Cuts the next "name=value" off *rest. */
static bool next_member(struct slice *rest, struct slice *ret_member)
{
    if (rest->len == 0)
        return false;
    size_t end = slice_find_char(*rest, '&');
    *ret_member = slice_sub(*rest, 0, end);
    *rest = end == SIZE_MAX ? SLICE_EMPTY : slice_from(*rest, end + 1);
    return true;
}

static bool is_member(struct slice member, const char *name)
{
    size_t len = strlen(name);
    return member.len >= len && memcmp(member.at, name, len) == 0 &&
           (member.len == len || member.at[len] == '=');
}

static int64_t page_number(const struct paging *paging)
{
    const struct rule_paging *rule = paging->rule;
    const struct url *self = &paging->work->self;
    struct slice rest = self->query, member;
    int64_t number = rule->from;
    if (rule->template_ != NULL)
        return template_number(rule->template_, url_without_fragment(self), &number) ? number
                                                                                     : rule->from;
    while (next_member(&rest, &member))
        if (is_member(member, rule->parameter) &&
            slice_to_int64(slice_from(member, strlen(rule->parameter) + 1), &number) != OK)
            number = rule->from;
    return number;
}

/* ---- the next address ---- */

static int value_of(const struct paging *paging, const char *path, struct slice *ret_value)
{
    int rc = items_value(paging->work->arena, paging->work->data, path, ret_value, NULL);
    return rc == ERR_NOMEM ? rc : OK;
}

static void add_escaped(struct text_buf *text, struct slice value)
{
    for (size_t i = 0; i < value.len; i++) {
        unsigned char byte = (unsigned char)value.at[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' || byte == '_' ||
                     byte == '~';
        if (plain)
            text_buf_add_char(text, (char)byte);
        else
            text_buf_printf(text, "%%%02X", byte);
    }
}

/* The page's address with the parameter set, its value written for a query. */
static int with_parameter(const struct paging *paging, struct slice value, struct slice *ret_text)
{
    const struct url *self = &paging->work->self;
    struct slice rest = self->query, member;
    struct slice path = slice_sub(url_without_fragment(self), 0, SIZE_MAX);
    struct text_buf text;
    text_buf_init(&text, URL_BYTES_MAX);
    text_buf_add_slice(&text, slice_sub(path, 0, slice_find_char(path, '?')));
    text_buf_add_char(&text, '?');
    while (next_member(&rest, &member))
        if (!is_member(member, paging->rule->parameter)) {
            text_buf_add_slice(&text, member);
            text_buf_add_char(&text, '&');
        }
    text_buf_add_str(&text, paging->rule->parameter);
    text_buf_add_char(&text, '=');
    add_escaped(&text, value);
    int rc = text_buf_status(&text);
    const char *copy = rc == OK ? arena_copy(paging->work->arena, text.at, text.len) : NULL;
    if (copy != NULL)
        *ret_text = slice_make(copy, text.len);
    text_buf_release(&text);
    return rc == ERR_LIMIT || copy != NULL ? OK : ERR_NOMEM;
}

static int with_number(const struct paging *paging, int64_t number, struct slice *ret_text)
{
    const struct rule_paging *rule = paging->rule;
    struct arena *arena = paging->work->arena;
    const char *text = arena_printf(arena, "%lld", (long long)number);
    if (text != NULL && rule->template_ != NULL) {
        size_t at = slice_find(slice_of(rule->template_), SLICE("{page}"));
        text = arena_printf(arena, "%.*s%s%s", (int)at, rule->template_, text,
                            rule->template_ + at + 6);
        *ret_text = slice_of(text);
    }
    if (text == NULL)
        return ERR_NOMEM;
    return rule->template_ != NULL ? OK : with_parameter(paging, slice_of(text), ret_text);
}

static int counted_next(const struct paging *paging, struct slice *ret_text)
{
    const struct rule_paging *rule = paging->rule;
    int64_t number = page_number(paging), next = number + rule->step, total = 0;
    struct slice value = SLICE_EMPTY;
    if (number < rule->from || number > INT32_MAX)
        return OK;
    if ((next - rule->from) / rule->step >= rule->pages_max)
        return page_note(paging->work, "the list goes on past `pages_max` of paging");
    int rc = rule->total != NULL ? value_of(paging, rule->total, &value) : OK;
    if (rc == OK && slice_to_int64(value, &total) == OK && next - rule->from >= total)
        return OK;
    return rc == OK ? with_number(paging, next, ret_text) : rc;
}

static bool says_no(struct slice value)
{
    return value.len == 0 || slice_is(value, "false") || slice_is(value, "0") ||
           slice_is(value, "null");
}

/* Empty: there is no next page. */
static int next_address(const struct paging *paging, struct slice *ret_text)
{
    const struct rule_paging *rule = paging->rule;
    struct slice value = SLICE_EMPTY;
    int rc = rule->more != NULL ? value_of(paging, rule->more, &value) : OK;
    if (rc != OK || (rule->more != NULL && says_no(value)))
        return rc;
    if (rule->url != NULL)
        return value_of(paging, rule->url, ret_text);
    if (rule->token == NULL)
        return counted_next(paging, ret_text);
    rc = value_of(paging, rule->token, &value);
    return rc == OK && !says_no(value) ? with_parameter(paging, value, ret_text) : rc;
}

/* ---- the link ---- */

static bool has_postings(const struct page_work *work)
{
    for (size_t i = 0; i < work->output->links_count; i++)
        if (work->output->links[i].kind == LINK_POSTING)
            return true;
    return work->count > 0;
}

int page_next_add(struct page_work *work, struct slice address)
{
    struct page_output *output = work->output;
    struct url url;
    int rc = url_parse(work->arena, address, work->base_known ? &work->base : NULL, &url, NULL);
    if (rc != OK)
        return rc == ERR_NOMEM ? rc : OK;
    struct page_link *links = arena_calloc(work->arena, output->links_count + 1, sizeof *links);
    if (links == NULL)
        return ERR_NOMEM;
    if (output->links_count > 0)
        memcpy(links, output->links, output->links_count * sizeof *links);
    size_t at = output->links_count < PAGE_LINKS_MAX ? output->links_count++ : PAGE_LINKS_MAX - 1;
    links[at] = (struct page_link){
        .url = url_without_fragment(&url), .kind = LINK_NEXT, .lastmod = SLICE_EMPTY};
    output->links = links;
    return OK;
}

int page_paging_read(struct page_work *work)
{
    struct paging paging = {.work = work, .rule = extract_rules_paging(work->input->rules)};
    struct slice address = SLICE_EMPTY;
    if (paging.rule == NULL || work->input->hint == PAGE_HINT_POSTING || !work->self_known ||
        !has_postings(work))
        return OK;
    work->output->newest_first = paging.rule->newest_first;
    int rc = next_address(&paging, &address);
    return rc == OK && address.len > 0 ? page_next_add(work, address) : rc;
}
