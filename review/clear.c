/* clear.c - a case's text out of its evidence; see clear.h. */
#include "review/clear.h"
#include "common/json.h"
#include "storage/audit.h"
#include "storage/evidence.h"

#include <inttypes.h>

#define METADATA_BYTES_MAX (64u << 20)
#define METADATA_DEPTH     64

static int ad_find(struct arena *arena, const struct case_full *full, const struct json *ads,
                   struct clear_ad *ret_ad, struct failure *reterr)
{
    for (size_t i = 0; i < json_count(ads); i++) {
        struct slice html;
        const struct json *ad = json_at(ads, i);
        if (!slice_is(json_get_string(ad, "fingerprint"), full->fingerprint))
            continue;
        int rc = posting_from_json(arena, json_get(ad, "posting"), &ret_ad->posting, &html, reterr);
        return rc != OK
                   ? rc
                   : verdict_from_json(arena, json_get(ad, "verdict"), &ret_ad->verdict, reterr);
    }
    return failure_set(reterr, ERR_NOT_FOUND,
                       "the evidence of case %" PRId64 " does not hold its text", full->row.id);
}

int clear_read(struct store *store, const char *evidence_dir, struct arena *arena,
               const struct case_full *full, struct clear_ad *ret_ad, struct failure *reterr)
{
    struct text_buf block;
    struct json_doc *doc = NULL;
    text_buf_init(&block, METADATA_BYTES_MAX);
    int rc = evidence_read(store, evidence_dir, full->row.evidence_id, &block, reterr);
    if (rc == OK)
        rc = json_parse(text_buf_slice(&block), true, METADATA_DEPTH, &doc, reterr);
    if (rc == OK)
        rc = ad_find(arena, full, json_get(json_root(doc), "ads"), ret_ad, reterr);
    json_free(doc);
    text_buf_release(&block);
    return rc;
}

int clear_note(struct store *store, int64_t case_id, const struct queue_act *act,
               struct failure *reterr)
{
    const struct audit_entry entry = {.at_unix_ms = act->now_unix_ms,
                                      .who = act->who,
                                      .action = "read",
                                      .object = "case",
                                      .object_id = case_id,
                                      .why = act->why};
    bool own = !store_in_transaction(store);
    int rc = own ? store_begin(store) : OK;
    if (rc == OK)
        rc = audit_add(store, &entry);
    if (rc == OK && own)
        rc = store_commit(store);
    if (rc != OK) {
        store_failed(store, rc, reterr);
        if (own)
            store_rollback(store);
    }
    return rc;
}
