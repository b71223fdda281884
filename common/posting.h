/* common/posting.h - one advertisement as seen. Built once by crawler/extract or from scan input,
 * then read-only. Lives in one arena with its text: free the arena, there is no posting_free(). */
#ifndef LUREWATCH_POSTING_H
#define LUREWATCH_POSTING_H

#include "common/arena.h"
#include "common/digest.h"
#include "common/json.h"

#define POSTING_FIELD_BYTES_MAX (1u << 20) /* longer text is cut at a character and marked */
#define POSTING_LIST_MAX        256u

/* The five texts that rules run on; also the values of `field:` in patterns/. */
enum posting_field {
    POSTING_TITLE,
    POSTING_TEXT,
    POSTING_PAY,
    POSTING_PLACE,
    POSTING_EMPLOYER,
    POSTING_FIELD_COUNT
};

/* What else a page says of its posting; plain text, empty when unknown. */
enum posting_attr {
    POSTING_ID,            /* the source's own id */
    POSTING_URL,           /* canonical */
    POSTING_LANG,          /* BCP 47 as claimed by the page or the input */
    POSTING_POSTED_AT,     /* as written, ISO 8601 when the page says so */
    POSTING_VALID_THROUGH, /* the same */
    POSTING_EMPLOYMENT,    /* FULL_TIME, CONTRACTOR, … as the page says */
    POSTING_SOURCE_TYPE,   /* json-ld | microdata | html | rss | atom | mapping | text | scan */
    POSTING_ATTR_COUNT
};

/* What the page was that the posting came from; an article is read as reporting, not offering. */
enum posting_origin { ORIGIN_UNKNOWN, ORIGIN_JOB_PAGE, ORIGIN_ARTICLE };

struct posting_link {
    struct slice url;  /* absolute where a base is known */
    struct slice text; /* anchor text, may be empty */
};

struct posting {
    struct slice field[POSTING_FIELD_COUNT]; /* valid UTF-8, never NULL */
    struct slice attr[POSTING_ATTR_COUNT];
    const struct posting_link *links; /* inside the posting: contact and apply links */
    size_t links_count;
    const struct slice *images;
    size_t images_count;
    enum posting_origin origin; /* not part of the JSON forms */
    struct slice hidden;        /* text within it that a reader is not shown; nor is this */
    bool cut;                   /* a field was longer than POSTING_FIELD_BYTES_MAX */
};

/* "title" … "employer": the names of DESIGN section 5. */
const char *posting_field_name(enum posting_field field);
/* False when name is none of them. */
bool posting_field_from_name(struct slice name, enum posting_field *ret_field);

/* Every field and attribute empty, no lists. */
void posting_init(struct posting *ret_posting);
/* Cleans (bad bytes to U+FFFD), trims and, past the limit, cuts text into *posting. Copies into
 * arena. Errors: ERR_NOMEM. */
MUST_USE int posting_set(struct posting *posting, struct arena *arena, enum posting_field field,
                         struct slice text);
MUST_USE int posting_set_attr(struct posting *posting, struct arena *arena, enum posting_attr attr,
                              struct slice text);
/* OK, or ERR_SYNTAX when there is neither title nor text. */
MUST_USE int posting_check(const struct posting *posting);

/* Reads the scan input object of DESIGN section 5 (also the extract form). Unknown members are
 * passed over. `html` is not read here: *ret_html borrows it from node (empty when absent), and
 * then title and text may be missing. Copies the rest into arena.
 * Errors: ERR_SYNTAX (not an object, a member of the wrong kind, none of title, text, html),
 * ERR_NOMEM. */
MUST_USE int posting_from_json(struct arena *arena, const struct json *node,
                               struct posting *ret_posting, struct slice *ret_html,
                               struct failure *reterr);
/* Prints the extract form: the scan input names plus source_type, employment, date_posted,
 * valid_through, images, links. */
void posting_to_json(const struct posting *posting, struct json_writer *writer);
/* The same members into an object that is open. */
void posting_to_json_members(const struct posting *posting, struct json_writer *writer);

/* SHA-256 over the five fields with ASCII case and white space folded: equal for plain reposts. */
struct digest posting_fingerprint(const struct posting *posting);

#endif
