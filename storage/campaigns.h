/* storage/campaigns.h - which cases belong together: near-equal words, a contact they share, an
 * image they share.
 *
 * Every case is in one campaign, alone or with others; a campaign's number is that of a case in it.
 * What joins is an edge:
 *   text      near-equal ads of any script (common/sketch.h), CAMPAIGN_TEXT_PERCENT alike or more
 *   contact   the keyed hash of a number, handle or address
 *   image     a digest of its bytes, where somebody has it
 *   look      the family of pictures it looks like (common/look.h), where it has a look
 * An edge that meets too many employers (and, for words, too many contacts) joins strangers: a
 * bank's hotline, a template of the board. It is dropped for good, and the campaign it held
 * together is taken apart along the edges that are left. In a young store a hotline has met few;
 * firms that share a number and no words are taken for strangers sooner than a crew is, which posts
 * its texts under many names.
 * Incremental: one more case costs some dozens of indexed reads and writes however many there are;
 * joining two campaigns costs the smaller one. All inside the transaction that makes the case; the
 * audit row of that case lets one writer at a time in here. Errors: those of store.h. */
#ifndef LUREWATCH_CAMPAIGNS_H
#define LUREWATCH_CAMPAIGNS_H

#include "common/digest.h"
#include "storage/queue.h"

#define CAMPAIGN_TEXT_PERCENT  60
#define CAMPAIGN_EMPLOYERS_MAX 24  /* an edge may meet so many employers, */
#define CAMPAIGN_STRANGERS_MAX 12  /* so few where nearly each writes a text of its own, */
#define CAMPAIGN_CONTACTS_MAX  24  /* one of words together with so many contacts, */
#define CAMPAIGN_TEXTS_MAX     200 /* one of a contact so many different texts, */
#define CAMPAIGN_SHOWN_MAX     40  /* one of a picture so many: a board's banner, a stock photo */

/* Brings the case into its campaign, by its version, its posting's contacts. Safe to repeat. */
MUST_USE int campaign_join(struct store *store, int64_t case_id, int64_t now_unix_ms);
/* The case's ad shows an image with this digest; its look was put before (look_rows.h). */
MUST_USE int campaign_tie_image(struct store *store, int64_t case_id, const struct digest *image,
                                int64_t now_unix_ms);
#define CAMPAIGNS_FILL_MAX 20000u /* good measure: a second or two, some 60 MB */
/* Joins at most limit cases that no campaign has yet (of a store older than campaigns);
 * *ret_count: how many. Repeat until it is 0. */
MUST_USE int campaigns_fill(struct store *store, uint32_t limit, int64_t now_unix_ms,
                            uint32_t *ret_count);
/* The edge of a contact goes with all that hangs on it: a person asked. */
MUST_USE int campaign_forget_contact(struct store *store, const struct digest *contact);

struct campaign_row {
    int64_t id;
    uint32_t cases, open, confirmed, dismissed;
    uint32_t employers, sources; /* different ones, of its open cases */
    int64_t first_seen_unix_ms, last_seen_unix_ms;
    struct case_row strongest; /* of its open cases */
};
struct campaign_query {
    const char *source, *language; /* NULL: any */
    int64_t now_unix_ms;
    /* Order: logit of the strongest open case falling, then campaign id. To go on: the last row's;
     * after_id 0: begin. */
    int32_t after_logit_tenths;
    int64_t after_id;
    uint32_t limit; /* 1-500 */
};
/* Campaigns that have open cases. */
MUST_USE int campaign_list(struct store *store, struct arena *arena,
                           const struct campaign_query *query, struct campaign_row **ret_rows,
                           size_t *ret_count);

/* What became of the ads that were the same as this case's. */
struct campaign_past {
    uint32_t cases;            /* in its campaign, this one included */
    int64_t dismissed_case_id; /* the last one dismissed, 0: none */
    int64_t confirmed_case_id; /* the last one confirmed, 0: none */
    int64_t gone_case_id; /* one whose page had gone before this ad came: back again; 0: none */
    int64_t gone_unix_ms; /* when that was seen */
};
MUST_USE int campaign_past(struct store *store, int64_t case_id, struct campaign_past *ret_past);

/* One decision for all open cases of the case's campaign, each with an audit row and an undo of its
 * own. Those that others have claimed stay as they are, and those that wait for a second person who
 * must be somebody else (*ret_left); those that want a second person wait for one (*ret_waiting).
 * Errors: those of queue_decide(), but for claims; ERR_CONFLICT where none is open. */
MUST_USE int campaign_decide(struct store *store, int64_t case_id, enum case_state decision,
                             const struct queue_act *act, uint32_t *ret_decided,
                             uint32_t *ret_waiting, uint32_t *ret_left);

#endif
