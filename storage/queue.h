/* storage/queue.h - cases: flagged ads that wait for a person.
 *
 *            claim              decide
 *     new ----------> claimed ---------> confirmed | dismissed | unsure
 *      ^  <----------    |                       |
 *      |  release, lease over                    |
 *      +------- undo, or a new version in a higher band than the one decided on
 *
 * One case a posting. Every change is one row of audit.h in the same transaction. A claim is a
 * lease: when it is over, the case counts as new for everybody, in lists too. The case shows the
 * last version that was flagged: an ad that is made harmless afterwards keeps its case. Text lives
 * in the arena given and is never NULL. Errors: those of store.h, and what a call adds. */
#ifndef LUREWATCH_QUEUE_H
#define LUREWATCH_QUEUE_H

#include "common/verdict.h"
#include "storage/audit.h"
#include "storage/store.h"

#define QUEUE_NOTE_BYTES_MAX 4096u

enum case_state {
    CASE_NEW,
    CASE_CLAIMED,
    CASE_CONFIRMED,
    CASE_DISMISSED,
    CASE_UNSURE,
    CASE_STATE_COUNT
};
const char *case_state_name(enum case_state state);
bool case_state_from_name(struct slice name, enum case_state *ret_state);

struct case_row {
    int64_t id;
    enum case_state state; /* as of the time asked with: a lease that is over reads CASE_NEW */
    enum band band;
    enum band band_now; /* of the posting's newest version, flagged or not */
    int32_t logit_tenths;
    enum task task;
    int indicator_level;
    const char *language, *source, *url, *source_key; /* source_key: the source's own id, or url */
    const char *title, *employer, *place, *pay;       /* contacts masked */
    int64_t usd_month_cents_min, usd_month_cents_max; /* 0: not known */
    const char *strongest; /* the words with most points, contacts masked, "; " between */
    const char *reasons;   /* titles of the findings for it, most points first, a line each */
    int64_t first_seen_unix_ms, last_seen_unix_ms;
    int64_t created_unix_ms, updated_unix_ms;
    const char *claimed_by, *first_by; /* first of two people, waits for a second; or "" */
    int64_t lease_ends_unix_ms;
    const char *decided_by, *note;
    int64_t decided_unix_ms;
    uint32_t versions;
    const char *evidence_file, *evidence_id, *evidence_sha256; /* metadata record; hex */
    const char *bank;
    int64_t campaign;        /* campaigns.h; 0: none yet */
    uint32_t campaign_cases; /* in it */
    const char *checked_by;  /* the employer, so it is ranked last (employer_rows.h); "": nobody */
    int64_t checked_until_unix_ms;
    int32_t verdict_logit_tenths; /* the findings' sum; logit_tenths is the rank */
};

struct case_list {
    struct case_row *rows;
    size_t count;
};
struct case_contact {
    enum contact_kind kind;
    const char *country, *tail;
    uint32_t cases; /* that name the same contact, this one included; STORE_PAGE_MAX: or more */
};

struct case_full {
    struct case_row row;
    struct slice field[POSTING_FIELD_COUNT]; /* contacts masked; offsets of findings hold */
    struct verdict verdict;                  /* where the text is gone: what the row keeps of it */
    const char *text_gone; /* "retention" or "request" took text and findings; "": they are there */
    const struct case_contact *contacts;
    size_t contacts_count;
    const struct audit_entry *history; /* oldest first, at most STORE_PAGE_MAX */
    size_t history_count;
    const char *fingerprint;            /* hex */
    const struct picture_row *pictures; /* picture_rows.h */
    size_t pictures_count;
};

struct case_query {
    unsigned states;               /* bits 1u << enum case_state; 0: new and claimed */
    bool waits_second;             /* only those where one of two people has decided */
    const char *source, *language; /* NULL: any; so below */
    int task;                      /* enum task, or -1 */
    int band;                      /* enum band, or -1 */
    const char *place;             /* starts of words that the ad's place has, */
    const char *search;            /* or title, text, employer, place or URL (case_words.h) */
    int64_t since_unix_ms;         /* updated at or after */
    int64_t now_unix_ms;           /* for leases */
    /* Order: logit falling, then id. To go on, the last row's logit and id; after_id 0: begin. */
    int32_t after_logit_tenths;
    int64_t after_id;
    uint32_t limit; /* 1-500 */
};

/* A page of cases. A page shorter than limit is the last. */
MUST_USE int queue_list(struct store *store, struct arena *arena, const struct case_query *query,
                        struct case_row **ret_rows, size_t *ret_count);
/* One case as a list has it. ERR_NOT_FOUND. */
MUST_USE int queue_get(struct store *store, struct arena *arena, int64_t case_id,
                       int64_t now_unix_ms, struct case_row *ret_row);
/* The cases whose ad names a contact (contact_key_hash()); at most STORE_PAGE_MAX. */
MUST_USE int queue_find_contact(struct store *store, struct arena *arena,
                                const struct digest *contact, int64_t now_unix_ms,
                                struct case_list *ret_list);
/* Other cases of its campaign; decided ones first, the newest before. At most limit (1-500). */
MUST_USE int queue_mates(struct store *store, struct arena *arena, int64_t case_id,
                         int64_t now_unix_ms, uint32_t limit, struct case_list *ret_list);
/* All of one case. ERR_NOT_FOUND. */
MUST_USE int queue_show(struct store *store, struct arena *arena, int64_t case_id,
                        int64_t now_unix_ms, struct case_full *ret_case);

/* Who does it, why, and when. why may be NULL. */
struct queue_act {
    const char *who, *why;
    int64_t now_unix_ms;
};

/* Claims the case for lease_ms, or prolongs the claim `who` has. case_id 0: the new case with the
 * highest logit. *ret_case_id is the case.
 * Errors: ERR_NOT_FOUND (no such case; none left), ERR_CONFLICT (another's, or decided). */
MUST_USE int queue_claim(struct store *store, int64_t case_id, const struct queue_act *act,
                         int64_t lease_ms, int64_t *ret_case_id);
/* Gives a claim back. Errors: ERR_NOT_FOUND, ERR_CONFLICT (not claimed by who). */
MUST_USE int queue_release(struct store *store, int64_t case_id, const struct queue_act *act);
/* decision: confirmed, dismissed or unsure; why is the note. A case needs no claim first, but
 * another's lease is respected. Errors: ERR_NOT_FOUND, ERR_CONFLICT (another's; already decided:
 * undo first), ERR_SYNTAX (not a decision), ERR_LIMIT (note over QUEUE_NOTE_BYTES_MAX). */
MUST_USE int queue_decide(struct store *store, int64_t case_id, enum case_state decision,
                          const struct queue_act *act);
/* Takes the last decision back: the case is new; or one's own first of two that waits for a second.
 * Errors: ERR_NOT_FOUND, ERR_CONFLICT (undecided) */
MUST_USE int queue_undo(struct store *store, int64_t case_id, const struct queue_act *act);
/* Adds a note to the history. Errors: ERR_NOT_FOUND, ERR_LIMIT, ERR_SYNTAX (empty). */
MUST_USE int queue_note(struct store *store, int64_t case_id, const struct queue_act *act);
/* Writes down that the case left the house; why says how ("csv to desk"). ERR_NOT_FOUND. */
MUST_USE int queue_exported(struct store *store, int64_t case_id, const struct queue_act *act);

#endif
