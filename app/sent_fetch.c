/* sent_fetch.c - see sent_fetch.h. */
#include "app/sent_fetch.h"
#include "crawler/url.h"

#define DELAY_MS 1000u

static int not_found(const struct visitor_answer *answer, struct arena *arena,
                     struct complaint *ret_complaint, struct failure *reterr)
{
    ret_complaint->kind = "status";
    ret_complaint->what = arena_printf(arena, "%d", answer->http_status);
    return failure_set(reterr, ERR_NET, "%s answered %d", answer->url, answer->http_status);
}

int sent_fetch(const struct sent_address *sent, struct arena *arena,
               struct visitor_answer *ret_answer, struct complaint *ret_complaint,
               struct failure *reterr)
{
    struct visitor *visitor = NULL;
    struct visitor_answer answer;
    struct url url;
    *ret_complaint = (struct complaint){.kind = "no-address"};
    int rc = url_read_canonical(arena, slice_of(sent->address), &url, reterr);
    if (rc == OK) {
        ret_complaint->kind = NULL;
        rc = visitor_open(sent->settings, sent->policy, &visitor, reterr);
    }
    if (rc == OK) {
        const struct visitor_ask ask = {.url = arena_copy(arena, url.href.at, url.href.len),
                                        .source = sent->source,
                                        .kind = "posting",
                                        .delay_ms = DELAY_MS};
        rc = ask.url == NULL ? failure_set(reterr, ERR_NOMEM, "out of memory")
                             : visitor_get(visitor, arena, &ask, &answer, reterr);
        ret_complaint->kind = visitor_trouble(visitor);
    }
    visitor_close(visitor);
    if (rc == OK && (answer.http_status < 200 || answer.http_status > 299))
        rc = not_found(&answer, arena, ret_complaint, reterr);
    ret_complaint->code = rc;
    ret_complaint->why = reterr->text;
    if (rc == OK)
        *ret_answer = answer;
    return rc;
}
