/* common/verdict.h - what the classifiers say of one posting: plain data, read-only once built.
 *
 * Points are natural log-odds in tenths, as integers, so that the findings sum to the logit
 * exactly. Text is borrowed from the arena the verdict was built in, from the bank, or static. */
#ifndef LUREWATCH_VERDICT_H
#define LUREWATCH_VERDICT_H

#include "common/conditions.h"
#include "common/pay.h"
#include "common/posting.h"

enum band { BAND_CLEAR, BAND_WATCH, BAND_REVIEW, BAND_URGENT, BAND_COUNT };

enum task {
    TASK_NONE,
    TASK_GAMBLING,
    TASK_SCAM,
    TASK_OPAQUE_OVERSEAS,
    TASK_PERSON_TRADE,
    TASK_OTHER_FRAUD,
    TASK_AWARENESS,
    TASK_COUNT
};

enum finding_kind {
    FINDING_RULE,
    FINDING_COMBO,
    FINDING_FACT,
    FINDING_CAP,
    FINDING_PRIOR,
    FINDING_KIND_COUNT
};

#define FINDING_NO_FIELD (-1)

struct finding {
    enum finding_kind kind;
    struct slice id, family, title;
    int32_t points_tenths;
    int field;                       /* enum posting_field, or FINDING_NO_FIELD */
    uint32_t start_bytes, end_bytes; /* in the field as extracted; only where field is set */
    struct slice quote;              /* those words; empty where no field */
};

enum place_role {
    PLACE_DESTINATION,
    PLACE_TRANSIT,
    PLACE_INTERVIEW,
    PLACE_EMPLOYER_SEAT,
    PLACE_SOURCE,
    PLACE_ROLE_COUNT
};

struct place_found {
    struct slice id; /* gazetteer id: KH, KH-BAV */
    enum place_role role;
    bool bait; /* a place that is named while another is meant: Thailand, Dubai */
    char risk; /* 'A', 'B', 'C', or '-' for an ordinary place */
    struct slice quote;
    int field;
    uint32_t start_bytes, end_bytes;
};

enum contact_kind {
    CONTACT_WHATSAPP,
    CONTACT_TELEGRAM,
    CONTACT_LINE,
    CONTACT_WECHAT,
    CONTACT_ZALO,
    CONTACT_KAKAO,
    CONTACT_VIBER,
    CONTACT_SIGNAL,
    CONTACT_PHONE,
    CONTACT_EMAIL,
    CONTACT_URL,
    CONTACT_KIND_COUNT
};

struct contact_found {
    enum contact_kind kind;
    struct slice value; /* canonical: E.164, lower-case handle or address; in clear */
    char country[3];    /* ISO 3166, "" when not known */
    int field;          /* FINDING_NO_FIELD: it came from a link */
    uint32_t start_bytes, end_bytes;
};

struct verdict {
    enum band band;
    enum task task;
    int indicator_level; /* 0-3 */
    int32_t logit_tenths;
    struct slice language; /* BCP 47, "und" when not told */
    const struct finding *findings;
    size_t findings_count;
    struct salary salary;
    const struct place_found *places;
    size_t places_count;
    const struct contact_found *contacts;
    size_t contacts_count;
    uint32_t items_missing; /* bits of common/items.h */
    struct slice employer;  /* its name as written, "" when none is named */
    struct slice licences;  /* in words; "" when none is named */
    struct slice voice;     /* "applicant", "reports", "warns" …; "" when not told */
    struct conditions conditions;
    struct language_parts languages;
    uint32_t rules_cut_count; /* patterns that reached a limit: the score is a lower bound */
    struct slice bank;        /* "<version>-<sha256 prefix>" */
};

const char *band_name(enum band band);
const char *task_name(enum task task);
const char *finding_kind_name(enum finding_kind kind);
const char *place_role_name(enum place_role role);
const char *contact_kind_name(enum contact_kind kind);
/* Each false when name is none of them. */
bool band_from_name(struct slice name, enum band *ret_band);
bool task_from_name(struct slice name, enum task *ret_task);
bool contact_kind_from_name(struct slice name, enum contact_kind *ret_kind);
bool finding_kind_from_name(struct slice name, enum finding_kind *ret_kind);
bool place_role_from_name(struct slice name, enum place_role *ret_role);

/* 1 / (1 + e^-logit), in millionths: 0-1000000. */
int32_t verdict_probability_millionths(int32_t logit_tenths);
int verdict_score(int32_t logit_tenths); /* round(100 p), 0-100 */
/* Flagged means review or urgent: these become cases. */
bool verdict_is_flagged(const struct verdict *verdict);

/* Prints the scan output object of DESIGN section 5; id first (empty: left out). Places, contacts
 * and findings carry field, start and end where they are words. */
void verdict_to_json(const struct verdict *verdict, struct slice id, struct json_writer *writer);
/* Reads what verdict_to_json() printed. Everything is checked: kinds, ranges, start <= end. Copies
 * into arena. Errors: ERR_SYNTAX, ERR_LIMIT (over 4096 findings), ERR_NOMEM. */
MUST_USE int verdict_from_json(struct arena *arena, const struct json *node,
                               struct verdict *ret_verdict, struct failure *reterr);

#endif
