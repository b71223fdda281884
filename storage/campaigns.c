/* campaigns.c - a case finds its campaign; see campaigns.h. Reading is campaign_list.c.
 *
 *     edges     of the case: its contacts, its text's family, looked up or made
 *     ties      case - edge; a new tie may show that the edge joins too much: then it is dropped
 *     campaign  the biggest of those the edges lead to takes in the others and the case
 *
 * A family of texts has one edge and some sketches: an ad that is like a sketch is of its family,
 * and adds its own where it is not very like it, so that a text may drift. A band (sketch_bands())
 * that has BAND_SKETCHES_MAX sketches takes no more: what so many unlike texts share is no sign. */
#include "storage/campaigns.h"

#include "storage/campaign_bands.h"
#include "storage/campaign_split.h"
#include "storage/employer_rows.h"
#include "storage/look_rows.h"
#include "storage/store_inside.h"

#include <string.h>

#define EDGES_MAX           64u
#define BAND_SKETCHES_MAX   32
#define FAMILY_SKETCHES_MAX 64 /* a family drifts so far and no further */
#define VERY_LIKE_PERCENT   80

enum edge_kind { EDGE_CONTACT, EDGE_TEXT, EDGE_IMAGE, EDGE_LOOK };
enum met { MET_EMPLOYER, MET_OTHER }; /* other: a text's contacts, a contact's texts */

struct joining {
    struct store *store;
    struct db *db;
    struct bands_batch *batch; /* NULL: the case comes alone */
    int64_t case_id, posting_id, version_id, now_unix_ms;
    int64_t campaign; /* the case's; 0: none yet */
    int64_t employer; /* as a number; 0: the ad names none */
    struct digest fingerprint;
    struct sketch sketch;
    struct digest contacts[EDGES_MAX];
    size_t contacts_count;
    int64_t text_edge;
};

/* ---- the case ---- */

static int64_t number_of(const struct digest *digest)
{
    uint64_t number = 0;
    for (size_t i = 0; i < 8; i++)
        number = number << 8 | digest->bytes[i];
    return (int64_t)(number >> 1) + 1;
}

static int64_t employer_number(struct slice name)
{
    char folded[EMPLOYER_KEY_BYTES];
    size_t len = employer_key(name, folded);
    if (len == 0)
        return 0;
    struct digest digest = digest_of(slice_make(folded, len));
    return number_of(&digest);
}

static int load_case(struct joining *joining)
{
    struct db_rows *rows =
        db_query(joining->db,
                 "SELECT c.posting_id, c.version_id, c.campaign, v.employer, v.fingerprint,"
                 " v.sketch FROM cases c JOIN versions v ON v.id = c.version_id WHERE c.id = ?1",
                 DB_WITH(db_int(joining->case_id)));
    bool found = db_next(rows);
    if (found) {
        struct slice sketch = row_slice(rows, 5);
        joining->posting_id = row_int(rows, 0);
        joining->version_id = row_int(rows, 1);
        joining->campaign = row_int(rows, 2);
        joining->employer = employer_number(row_slice(rows, 3));
        row_digest(rows, 4, &joining->fingerprint);
        if (sketch.len == sizeof joining->sketch.bin)
            memcpy(joining->sketch.bin, sketch.at, sketch.len);
    }
    int rc = db_end(joining->db, rows);
    if (rc == OK && !found)
        return store_say(joining->store, ERR_NOT_FOUND, "there is no case %lld",
                         (long long)joining->case_id);
    return rc;
}

static int load_contacts(struct joining *joining)
{
    struct db_rows *rows = db_query(
        joining->db, "SELECT DISTINCT hash FROM contacts WHERE posting_id = ?1 ORDER BY hash",
        DB_WITH(db_int(joining->posting_id)));
    while (db_next(rows))
        if (joining->contacts_count < EDGES_MAX &&
            row_digest(rows, 0, &joining->contacts[joining->contacts_count]))
            joining->contacts_count++;
    return db_end(joining->db, rows);
}

/* ---- edges ---- */

struct edge {
    int64_t id;
    enum edge_kind kind;
    int64_t employers, others, dropped;
};

static int edge_by_key(struct joining *joining, enum edge_kind kind, const struct digest *key,
                       struct edge *ret_edge)
{
    struct db_rows *rows = db_query(joining->db,
                                    "SELECT id, employers, others, dropped FROM campaign_edges"
                                    " WHERE kind = ?1 AND key = ?2",
                                    DB_WITH(db_int(kind), db_digest(key)));
    bool found = db_next(rows);
    if (found)
        *ret_edge = (struct edge){row_int(rows, 0), kind, row_int(rows, 1), row_int(rows, 2),
                                  row_int(rows, 3)};
    int rc = db_end(joining->db, rows);
    return rc == OK && !found ? ERR_NOT_FOUND : rc;
}

static int edge_by_id(struct joining *joining, int64_t id, struct edge *ret_edge)
{
    struct db_rows *rows = db_query(
        joining->db, "SELECT kind, employers, others, dropped FROM campaign_edges WHERE id = ?1",
        DB_WITH(db_int(id)));
    bool found = db_next(rows);
    if (found)
        *ret_edge = (struct edge){id, (enum edge_kind)row_int(rows, 0), row_int(rows, 1),
                                  row_int(rows, 2), row_int(rows, 3)};
    int rc = db_end(joining->db, rows);
    if (rc == OK && !found)
        return store_say(joining->store, ERR_STORE, "%s: campaign edge %lld is missing",
                         store_path(joining->store), (long long)id);
    return rc;
}

static int edge_make(struct joining *joining, enum edge_kind kind, const struct digest *key,
                     struct edge *ret_edge)
{
    *ret_edge = (struct edge){.kind = kind};
    return db_number(joining->db, &ret_edge->id,
                     "INSERT INTO campaign_edges (kind, key, case_id) VALUES (?1, ?2, ?3)"
                     " RETURNING id",
                     DB_WITH(db_int(kind), db_digest(key), db_int(joining->case_id)));
}

static int edge_of(struct joining *joining, enum edge_kind kind, const struct digest *key,
                   struct edge *ret_edge)
{
    int rc = edge_by_key(joining, kind, key, ret_edge);
    return rc == ERR_NOT_FOUND ? edge_make(joining, kind, key, ret_edge) : rc;
}

/* ---- the family of a text ---- */

struct like {
    int64_t edge_id;
    int percent;
    unsigned full; /* bits of bands that take no more */
};

struct seeking {
    const struct joining *joining;
    unsigned counts[SKETCH_BANDS];
    struct like *like;
};

static void take_candidate(void *ctx, unsigned band, const struct band_sketch *found)
{
    struct seeking *seeking = ctx;
    struct like *like = seeking->like;
    if (++seeking->counts[band] >= BAND_SKETCHES_MAX)
        like->full |= 1u << band;
    int percent = sketch_similarity(&seeking->joining->sketch, &found->sketch);
    if (percent <= like->percent)
        return;
    like->percent = percent;
    like->edge_id = found->edge_id;
}

static int find_like(struct joining *joining, const int64_t bands[SKETCH_BANDS],
                     struct like *ret_like)
{
    struct seeking seeking = {.joining = joining, .like = ret_like};
    const struct band_taker taker = {take_candidate, &seeking};
    *ret_like = (struct like){.percent = CAMPAIGN_TEXT_PERCENT - 1};
    return bands_find(joining->store, joining->batch, bands, &taker);
}

static int add_sketch(struct joining *joining, int64_t edge_id, const int64_t bands[SKETCH_BANDS],
                      unsigned full)
{
    struct band_sketch added = {.edge_id = edge_id, .sketch = joining->sketch};
    struct slice bytes = slice_make((const char *)joining->sketch.bin, sizeof joining->sketch.bin);
    int rc = db_number(joining->db, &added.id,
                       "INSERT INTO campaign_sketches (edge_id, sketch) VALUES (?1, ?2)"
                       " RETURNING id",
                       DB_WITH(db_int(edge_id), db_bytes(bytes)));
    if (rc == OK)
        rc = bands_add(joining->store, joining->batch, bands, full, &added);
    if (rc == OK)
        rc = db_run(joining->db, "UPDATE campaign_edges SET sketches = sketches + 1 WHERE id = ?1",
                    DB_WITH(db_int(edge_id)));
    return rc;
}

static int may_drift(struct joining *joining, int64_t edge_id, bool *ret_may)
{
    int64_t sketches = 0;
    int rc = db_number(joining->db, &sketches, "SELECT sketches FROM campaign_edges WHERE id = ?1",
                       DB_WITH(db_int(edge_id)));
    *ret_may = sketches < FAMILY_SKETCHES_MAX;
    return rc;
}

static int edge_of_like_text(struct joining *joining, const int64_t bands[SKETCH_BANDS],
                             struct edge *ret_edge)
{
    struct like like;
    bool add = true;
    int rc = find_like(joining, bands, &like);
    if (rc != OK)
        return rc;
    if (like.edge_id == 0)
        rc = edge_make(joining, EDGE_TEXT, &joining->fingerprint, ret_edge);
    else
        rc = edge_by_id(joining, like.edge_id, ret_edge);
    if (rc == OK && like.edge_id != 0) {
        add = like.percent < VERY_LIKE_PERCENT;
        if (add)
            rc = may_drift(joining, ret_edge->id, &add);
    }
    return rc == OK && add ? add_sketch(joining, ret_edge->id, bands, like.full) : rc;
}

/* Words too few for a sketch belong together only where they are the same. */
static int edge_of_text(struct joining *joining, struct edge *ret_edge)
{
    int64_t bands[SKETCH_BANDS];
    int rc = edge_by_key(joining, EDGE_TEXT, &joining->fingerprint, ret_edge);
    if (rc != ERR_NOT_FOUND)
        return rc;
    if (!sketch_bands(&joining->sketch, bands))
        return edge_make(joining, EDGE_TEXT, &joining->fingerprint, ret_edge);
    return edge_of_like_text(joining, bands, ret_edge);
}

/* ---- ties, and edges that join too much ---- */

/* How many contacts (an edge of words) or texts (any other) it may meet. */
static int64_t others_max(const struct edge *edge)
{
    return edge->kind == EDGE_TEXT      ? CAMPAIGN_CONTACTS_MAX
           : edge->kind == EDGE_CONTACT ? CAMPAIGN_TEXTS_MAX
                                        : CAMPAIGN_SHOWN_MAX;
}

static int note_met(struct joining *joining, struct edge *edge, enum met what, int64_t met)
{
    int64_t max = what == MET_EMPLOYER ? CAMPAIGN_EMPLOYERS_MAX : others_max(edge);
    int64_t *count = what == MET_EMPLOYER ? &edge->employers : &edge->others;
    if (met == 0 || *count > max)
        return OK;
    int rc = db_run(joining->db,
                    "INSERT INTO campaign_meets (edge_id, what, met) VALUES (?1, ?2, ?3)"
                    " ON CONFLICT (edge_id, what, met) DO NOTHING",
                    DB_WITH(db_int(edge->id), db_int(what), db_int(met)));
    if (rc != OK || db_changes(joining->db) == 0)
        return rc;
    ++*count;
    return db_run(joining->db,
                  "UPDATE campaign_edges SET employers = ?2, others = ?3 WHERE id = ?1",
                  DB_WITH(db_int(edge->id), db_int(edge->employers), db_int(edge->others)));
}

static bool joins_too_much(const struct edge *edge)
{
    if (edge->kind == EDGE_TEXT)
        return edge->employers > CAMPAIGN_EMPLOYERS_MAX && edge->others > CAMPAIGN_CONTACTS_MAX;
    /* firms that each write words of their own, and have a number in common: strangers */
    bool strangers =
        edge->employers > CAMPAIGN_STRANGERS_MAX && edge->others * 8 >= edge->employers * 7;
    return strangers || edge->employers > CAMPAIGN_EMPLOYERS_MAX || edge->others > others_max(edge);
}

static int note_all_met(struct joining *joining, struct edge *edge)
{
    int rc = note_met(joining, edge, MET_EMPLOYER, joining->employer);
    if (edge->kind != EDGE_TEXT)
        return rc == OK ? note_met(joining, edge, MET_OTHER, joining->text_edge) : rc;
    for (size_t i = 0; i < joining->contacts_count && rc == OK; i++)
        rc = note_met(joining, edge, MET_OTHER, number_of(&joining->contacts[i]));
    return rc;
}

static int campaign_of(struct joining *joining, int64_t edge_id, int64_t *ret_campaign)
{
    return db_number(joining->db, ret_campaign,
                     "SELECT c.campaign FROM campaign_edges e JOIN cases c ON c.id = e.case_id"
                     " WHERE e.id = ?1",
                     DB_WITH(db_int(edge_id)));
}

/* The edge ends: its campaign is taken apart along what is left. */
static int drop_edge(struct joining *joining, const struct edge *edge)
{
    int64_t campaign = 0;
    int rc = campaign_of(joining, edge->id, &campaign);
    if (rc == OK)
        rc = db_run(joining->db, "UPDATE campaign_edges SET dropped = ?2 WHERE id = ?1",
                    DB_WITH(db_int(edge->id), db_int(joining->now_unix_ms)));
    if (rc == OK)
        rc = db_run(joining->db, "DELETE FROM campaign_meets WHERE edge_id = ?1",
                    DB_WITH(db_int(edge->id)));
    if (rc == OK && campaign != 0)
        rc = campaign_split(joining->store, campaign);
    if (rc == OK)
        rc = db_number(joining->db, &joining->campaign, "SELECT campaign FROM cases WHERE id = ?1",
                       DB_WITH(db_int(joining->case_id)));
    return rc;
}

/* ---- campaigns ---- */

static int merge(struct joining *joining, int64_t into, int64_t from, int64_t from_cases)
{
    int rc = db_run(joining->db, "UPDATE cases SET campaign = ?1 WHERE campaign = ?2",
                    DB_WITH(db_int(into), db_int(from)));
    if (rc == OK)
        rc = db_run(joining->db, "UPDATE campaigns SET cases = cases + ?2 WHERE id = ?1",
                    DB_WITH(db_int(into), db_int(from_cases)));
    if (rc == OK)
        rc = db_run(joining->db, "DELETE FROM campaigns WHERE id = ?1", DB_WITH(db_int(from)));
    return rc;
}

static int size_of(struct joining *joining, int64_t campaign, int64_t *ret_cases)
{
    int rc = db_number(joining->db, ret_cases, "SELECT cases FROM campaigns WHERE id = ?1",
                       DB_WITH(db_int(campaign)));
    if (rc == ERR_NOT_FOUND)
        return store_say(joining->store, ERR_STORE, "%s: campaign %lld is missing",
                         store_path(joining->store), (long long)campaign);
    return rc;
}

/* The case is in a campaign; now that and the edge's become one. */
static int meet(struct joining *joining, int64_t other)
{
    int64_t own_cases = 0, other_cases = 0;
    if (other == 0 || other == joining->campaign)
        return OK;
    int rc = size_of(joining, joining->campaign, &own_cases);
    if (rc == OK)
        rc = size_of(joining, other, &other_cases);
    if (rc != OK)
        return rc;
    if (own_cases > other_cases || (own_cases == other_cases && joining->campaign < other))
        return merge(joining, joining->campaign, other, other_cases);
    rc = merge(joining, other, joining->campaign, own_cases);
    joining->campaign = other;
    return rc;
}

static int begin_alone(struct joining *joining)
{
    int rc = OK;
    if (joining->campaign != 0)
        return OK;
    joining->campaign = joining->case_id;
    rc = db_run(joining->db, "INSERT INTO campaigns (id, cases) VALUES (?1, 1)",
                DB_WITH(db_int(joining->case_id)));
    if (rc == OK)
        rc = db_run(joining->db, "UPDATE cases SET campaign = ?1 WHERE id = ?1",
                    DB_WITH(db_int(joining->case_id)));
    return rc;
}

static int tie(struct joining *joining, struct edge *edge)
{
    int64_t campaign = 0;
    if (edge->dropped != 0)
        return OK;
    int rc = db_run(joining->db,
                    "INSERT INTO campaign_ties (case_id, edge_id) VALUES (?1, ?2)"
                    " ON CONFLICT (case_id, edge_id) DO NOTHING",
                    DB_WITH(db_int(joining->case_id), db_int(edge->id)));
    if (rc != OK || db_changes(joining->db) == 0)
        return rc;
    rc = note_all_met(joining, edge);
    if (rc == OK && joins_too_much(edge))
        return drop_edge(joining, edge);
    if (rc == OK)
        rc = campaign_of(joining, edge->id, &campaign);
    return rc == OK ? meet(joining, campaign) : rc;
}

static int join_inside(struct joining *joining)
{
    struct edge edge;
    int rc = load_case(joining);
    if (rc == OK)
        rc = load_contacts(joining);
    if (rc == OK)
        rc = begin_alone(joining);
    if (rc == OK)
        rc = edge_of_text(joining, &edge);
    if (rc != OK)
        return rc;
    joining->text_edge = edge.id;
    rc = tie(joining, &edge);
    for (size_t i = 0; i < joining->contacts_count && rc == OK; i++) {
        rc = edge_of(joining, EDGE_CONTACT, &joining->contacts[i], &edge);
        if (rc == OK)
            rc = tie(joining, &edge);
    }
    return rc;
}

int campaign_join(struct store *store, int64_t case_id, int64_t now_unix_ms)
{
    struct joining joining = {
        .store = store, .db = store_db(store), .case_id = case_id, .now_unix_ms = now_unix_ms};
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = join_inside(&joining);
    return store_leave(store, own, rc);
}

/* The family that the picture looks like. */
static int edge_of_look(struct joining *joining, const struct image_row *image,
                        struct edge *ret_edge)
{
    struct look_place place;
    struct digest key;
    if (image->edge_id != 0)
        return edge_by_id(joining, image->edge_id, ret_edge);
    int rc = look_find(joining->store, &image->look, &place);
    if (rc != OK)
        return rc;
    bool is_first = place.edge_id == 0;
    memcpy(key.bytes, image->look.bytes, sizeof key.bytes);
    rc = is_first ? edge_of(joining, EDGE_LOOK, &key, ret_edge)
                  : edge_by_id(joining, place.edge_id, ret_edge);
    if (rc != OK)
        return rc;
    place.edge_id = ret_edge->id;
    return look_join(joining->store, image, &place, is_first);
}

static int tie_image_inside(struct joining *joining, const struct digest *digest)
{
    struct edge edge;
    struct image_row image;
    int rc = join_inside(joining);
    if (rc == OK)
        rc = image_show(joining->store, joining->case_id, digest, &image);
    if (rc == OK)
        rc = edge_of(joining, EDGE_IMAGE, digest, &edge);
    if (rc == OK)
        rc = tie(joining, &edge);
    if (rc != OK || !image.has_look)
        return rc;
    rc = edge_of_look(joining, &image, &edge);
    return rc == OK ? tie(joining, &edge) : rc;
}

int campaign_tie_image(struct store *store, int64_t case_id, const struct digest *image,
                       int64_t now_unix_ms)
{
    struct joining joining = {
        .store = store, .db = store_db(store), .case_id = case_id, .now_unix_ms = now_unix_ms};
    bool own = false;
    int rc = store_enter(store, &own);
    if (rc == OK)
        rc = tie_image_inside(&joining, image);
    return store_leave(store, own, rc);
}

/* ---- cases that have none ---- */

static int next_without(struct store *store, int64_t *ret_id)
{
    return db_number(store_db(store), ret_id,
                     "SELECT id FROM cases WHERE campaign = 0 ORDER BY id LIMIT 1", DB_NONE);
}

static int fill_inside(struct store *store, struct bands_batch *batch, uint32_t limit,
                       int64_t now_unix_ms, uint32_t *ret_count)
{
    int64_t id = 0;
    int rc = OK;
    for (*ret_count = 0; *ret_count < limit && (rc = next_without(store, &id)) == OK;
         ++*ret_count) {
        struct joining joining = {.store = store,
                                  .db = store_db(store),
                                  .batch = batch,
                                  .case_id = id,
                                  .now_unix_ms = now_unix_ms};
        rc = join_inside(&joining);
        if (rc != OK)
            return rc;
    }
    return rc == OK || rc == ERR_NOT_FOUND ? bands_put(store, batch) : rc;
}

int campaigns_fill(struct store *store, uint32_t limit, int64_t now_unix_ms, uint32_t *ret_count)
{
    struct bands_batch *batch = NULL;
    bool own = false;
    uint32_t count = 0;
    int64_t id = 0;
    *ret_count = 0;
    int rc = next_without(store, &id); /* without the write lock, where there is nothing to do */
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? OK : rc;
    rc = store_enter(store, &own);
    if (rc == OK)
        rc = bands_gather(store, limit, &batch);
    if (rc == ERR_LIMIT) { /* slower, and a few at a time */
        limit = store_page(limit);
        rc = OK;
    }
    if (rc == OK)
        rc = fill_inside(store, batch, limit, now_unix_ms, &count);
    bands_free(batch);
    rc = store_leave(store, own, rc);
    if (rc == OK)
        *ret_count = count;
    return rc;
}
