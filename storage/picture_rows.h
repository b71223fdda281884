/* storage/picture_rows.h - pictures of flagged ads: which a case shows, and where they are kept.
 *
 * A picture is fetched as any page is, so its address is a row of the frontier's urls with their
 * crash rule. It is a row of its own, marked by a fragment no canonical URL has: an ad that names
 * another ad's page as its picture takes nothing from the sweep. One picture may be shown by
 * several cases. Errors: those of store.h, and what a call adds. */
#ifndef LUREWATCH_PICTURE_ROWS_H
#define LUREWATCH_PICTURE_ROWS_H

#include "common/digest.h"
#include "storage/sweep_rows.h"

#define PICTURE_MARK           "#picture"
#define PICTURE_BYTES_MAX      (4u << 20) /* of one that is fetched */
#define PICTURE_SENT_BYTES_MAX (8u << 20) /* of one that a person sends in */
#define PICTURES_AD_MAX        4u         /* of one version of an ad */
#define PICTURES_CASE_MAX      12u        /* of all its versions */

/* Does the frontier's URL stand for a picture? Then *ret_bytes of it are the picture's own URL. */
bool picture_is_marked(const char *url, size_t *ret_bytes);

/* The case shows the picture at link->url, which is marked. One that is kept already is tied to the
 * case at once; else its URL waits to be fetched, and *ret_waits says so. Safe to repeat; past
 * PICTURES_CASE_MAX nothing is added. In the transaction that makes the case. */
MUST_USE int picture_add(struct store *store, const char *source, int64_t case_id,
                         const struct url_link *link, bool *ret_waits);
/* It was fetched: record_id is the metadata record of its evidence. Its cases join the campaigns
 * that show the same bytes. */
MUST_USE int picture_keep(struct store *store, int64_t url_id, const struct digest *digest,
                          const char *record_id, int64_t now_unix_ms);
/* The evidence of an ad that shows it, in arena; "" where there is none. */
MUST_USE int picture_ad_record(struct store *store, struct arena *arena, int64_t url_id,
                               const char **ret_record_id);

/* A picture that a person sent in with its words: it is fetched from nowhere. */
struct picture_sent {            /* borrowed for the call */
    const char *source, *record; /* whose name the case bears; the record of the picture's bytes */
    const char *record_id;       /* the metadata record of its evidence */
    struct digest digest;
    int64_t at_unix_ms;
};
/* The case shows it, and joins those that show the same bytes. One that the case has already is not
 * added again, nor any past PICTURES_CASE_MAX. In the transaction that makes the case. */
MUST_USE int picture_put(struct store *store, int64_t case_id, const struct picture_sent *sent);

struct picture_row {
    const char *url;       /* its own; of one that was sent in: the record of its bytes */
    const char *record_id; /* metadata record; "": not kept */
    const char *why;       /* it is not kept */
    enum url_state state;
    bool purged; /* by retention */
    struct digest digest;
};
/* Pictures of the case, in the order they were found. */
MUST_USE int pictures_of_case(struct store *store, struct arena *arena, int64_t case_id,
                              struct picture_row **ret_rows, size_t *ret_count);

#endif
