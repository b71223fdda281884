/* page_pictures.c - the pictures of a case: behind a blur until somebody wants to see one, from the
 * evidence alone, never from the board; see view.h.
 *
 * Nothing is fetched until a picture is opened (`loading=lazy` in a closed details), so what is
 * written down as read was looked at. */
#include "common/image_kind.h"
#include "review/view_fail.h"
#include "storage/audit.h"
#include "storage/evidence.h"
#include "storage/look_rows.h"
#include "storage/picture_rows.h"

#include <inttypes.h>

#define LIKES_SHOWN 12u

static bool is_kept(const struct picture_row *row)
{
    return row->record_id[0] != '\0' && !row->purged;
}

static void picture(struct view *view, int64_t case_id, const struct picture_row *row, size_t index)
{
    struct html *html = &view->html;
    char hex[DIGEST_HEX_BYTES];
    html_open(html, "details");
    html_put_attr(html, "class", "picture");
    html_open(html, "summary");
    say_with(view, "picture.open", view_format(view, "%zu", index + 1),
             slice_of(digest_hex(&row->digest, hex)));
    html_close(html);
    html_void(html, "img");
    html_put_attr(html, "loading", "lazy");
    html_put_attr(html, "tabindex", "0");
    html_put_attr_slice(html, "alt", said(view, "picture.alt"));
    html_link(html, "src",
              view_format(view, "/case/%" PRId64 "/picture?n=%zu", case_id, index + 1));
    html_close(html);
}

void view_pictures(struct view *view, const struct case_full *full)
{
    struct html *html = &view->html;
    if (full->pictures_count == 0)
        return;
    say_leaf(view, "h2", NULL, "case.pictures");
    say_leaf(view, "p", "quiet",
             view_may(view, ROLE_REVIEWER) ? "picture.blurred" : "picture.role");
    for (size_t i = 0; i < full->pictures_count; i++) {
        const struct picture_row *row = &full->pictures[i];
        if (is_kept(row) && view_may(view, ROLE_REVIEWER)) {
            picture(view, full->row.id, row, i);
            continue;
        }
        html_open(html, "p");
        html_printf(html, "%zu: ", i + 1);
        if (!is_kept(row))
            html_leaf_str(html, "bdi", NULL, row->why);
        html_close(html);
    }
}

int view_same_pictures(struct view *view, int64_t case_id)
{
    struct html *html = &view->html;
    struct picture_like *likes = NULL;
    size_t count = 0;
    int rc = pictures_like(view->store, view->arena, case_id, &likes, &count);
    if (rc != OK || count == 0)
        return rc;
    say_leaf(view, "h2", NULL, "case.same-pictures");
    html_open(html, "ul");
    for (size_t i = 0; i < count && i < LIKES_SHOWN; i++) {
        html_open(html, "li");
        html_open(html, "a");
        html_link(html, "href", view_format(view, "/case/%" PRId64, likes[i].case_id));
        html_int(html, likes[i].case_id);
        html_close(html);
        html_str(html, ": ");
        if (likes[i].bits < 0)
            html_text(html, said(view, "picture.same"));
        else
            say_with(view, "picture.like", view_format(view, "%d", likes[i].bits),
                     view_format(view, "%u", LOOK_BITS));
        html_close(html);
    }
    html_close(html);
    return OK;
}

/* The picture: what was sent in, or the body of an HTTP answer, as it was recorded; empty: it is
 * none. */
static struct slice body_of(struct slice block)
{
    size_t end = slice_find(block, SLICE("\r\n\r\n"));
    struct slice body = image_kind(block) != NULL ? block
                        : end == SIZE_MAX         ? SLICE_EMPTY
                                                  : slice_from(block, end + 4);
    return image_kind(body) != NULL && body.len <= PICTURE_SENT_BYTES_MAX ? body : SLICE_EMPTY;
}

static int send_picture(struct view *view, int64_t case_id, const char *record_id,
                        struct failure *reterr)
{
    struct evidence_ref ref;
    struct text_buf block;
    const struct audit_entry entry = {.at_unix_ms = view->now_unix_ms,
                                      .object_id = case_id,
                                      .who = view->session.name,
                                      .action = "read",
                                      .object = "case",
                                      .why = record_id};
    int rc = evidence_group(view->store, record_id, &ref);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    text_buf_init(&block, WARC_BLOCK_BYTES_MAX);
    rc = evidence_read(view->store, view->settings->evidence, ref.response_id, &block, reterr);
    struct slice body = rc == OK ? body_of(text_buf_slice(&block)) : SLICE_EMPTY;
    if (rc == OK && body.len == 0)
        rc = view_fail(view, ERR_NOT_FOUND, "picture.none", reterr);
    if (rc == OK) {
        rc = audit_add(view->store, &entry);
        if (rc != OK)
            store_failed(view->store, rc, reterr);
    }
    if (rc == OK) {
        view->response->type = image_kind(body);
        text_buf_add_slice(&view->response->body, body);
        rc = text_buf_status(&view->response->body);
    }
    text_buf_release(&block);
    return rc;
}

int page_picture(struct view *view, int64_t id, struct failure *reterr)
{
    struct picture_row *rows = NULL;
    size_t count = 0;
    int64_t number = 0;
    int rc = pictures_of_case(view->store, view->arena, id, &rows, &count);
    if (rc != OK)
        return store_failed(view->store, rc, reterr);
    if (slice_to_int64(form_get(&view->query, "n"), &number) != OK || number < 1 ||
        (uint64_t)number > count || !is_kept(&rows[number - 1]))
        return view_fail(view, ERR_NOT_FOUND, "picture.none", reterr);
    return send_picture(view, id, rows[number - 1].record_id, reterr);
}
