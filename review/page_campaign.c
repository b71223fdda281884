/* page_campaign.c - one decision for all cases that belong together, and one key that takes it
 * back; see view.h.
 *
 * The cases of one act bear the same name and the same time: that is how the act is found again.
 * A case that somebody else took back or decided meanwhile stays as it is. */
#include "review/view.h"
#include "storage/campaigns.h"

#include <string.h>

void view_whole_choice(struct view *view, const struct case_row *row)
{
    struct html *html = &view->html;
    if (row->campaign_cases < 2)
        return;
    html_open(html, "label");
    html_void(html, "input");
    html_put_attr(html, "type", "checkbox");
    html_put_attr(html, "name", "whole");
    html_put_attr(html, "value", "1");
    html_put_attr(html, "id", "whole");
    html_str(html, " ");
    say_with(view, "act.whole", view_format(view, "%u", row->campaign_cases - 1), SLICE_EMPTY);
    html_close(html);
}

int view_decide_whole(struct view *view, const struct case_row *row, enum case_state decision,
                      const char *note, uint32_t *ret_decided)
{
    const struct queue_act act = view_act(view, note);
    uint32_t waiting = 0, left = 0;
    bool anothers = row->state == CASE_CLAIMED && strcmp(row->claimed_by, view->session.name) != 0;
    if (anothers || (row->state != CASE_NEW && row->state != CASE_CLAIMED))
        return ERR_CONFLICT;
    return campaign_decide(view->store, row->id, decision, &act, ret_decided, &waiting, &left);
}

/* Who decided and when: the decision, or the first of two. */
static const char *decider(const struct case_row *row, int64_t *ret_unix_ms)
{
    bool decided = row->state != CASE_NEW && row->state != CASE_CLAIMED;
    *ret_unix_ms = decided ? row->decided_unix_ms : row->updated_unix_ms;
    return decided ? row->decided_by : row->first_by;
}

static bool is_of_the_act(const struct case_row *one, const struct case_row *row)
{
    int64_t at = 0, their_at = 0;
    const char *who = decider(row, &at), *they = decider(one, &their_at);
    return their_at == at && they[0] != '\0' && strcmp(they, who) == 0;
}

/* Takes back the mates of the act in the list; how many there were. Those that are decided no more
 * are passed over. */
static int undo_listed(struct view *view, const struct case_row *row, const struct queue_act *act,
                       const struct case_list *mates, size_t *ret_undone)
{
    int rc = OK;
    for (size_t i = 0; rc == OK && i < mates->count; i++) {
        if (!is_of_the_act(&mates->rows[i], row))
            continue;
        rc = queue_undo(view->store, mates->rows[i].id, act);
        *ret_undone += rc == OK;
        if (rc == ERR_CONFLICT)
            rc = OK;
    }
    return rc;
}

/* Mates are listed with the decided ones first, so each round finds those that are left. */
static int undo_mates(struct view *view, const struct case_row *row, const struct queue_act *act)
{
    size_t undone = 1;
    int rc = OK;
    while (rc == OK && undone > 0) {
        struct case_list mates = {NULL, 0};
        undone = 0;
        rc = queue_mates(view->store, view->arena, row->id, view->now_unix_ms, STORE_PAGE_MAX,
                         &mates);
        if (rc == OK)
            rc = undo_listed(view, row, act, &mates, &undone);
    }
    return rc;
}

int view_undo_act(struct view *view, const struct case_row *row, const char *note)
{
    const struct queue_act act = view_act(view, note);
    int rc = queue_undo(view->store, row->id, &act);
    return rc == OK && row->campaign_cases > 1 ? undo_mates(view, row, &act) : rc;
}
