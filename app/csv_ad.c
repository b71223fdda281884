/* csv_ad.c - see csv_ad.h. */
#include "app/csv_ad.h"

/* Column heads as people write them. */
static const struct {
    const char *head;
    int field, attr; /* -1: not that */
} HEADS[] = {{"title", POSTING_TITLE, -1},
             {"position", POSTING_TITLE, -1},
             {"text", POSTING_TEXT, -1},
             {"description", POSTING_TEXT, -1},
             {"content", POSTING_TEXT, -1},
             {"salary", POSTING_PAY, -1},
             {"pay", POSTING_PAY, -1},
             {"location", POSTING_PLACE, -1},
             {"place", POSTING_PLACE, -1},
             {"company", POSTING_EMPLOYER, -1},
             {"employer", POSTING_EMPLOYER, -1},
             {"url", -1, POSTING_URL},
             {"link", -1, POSTING_URL},
             {"id", -1, POSTING_ID},
             {"posted_at", -1, POSTING_POSTED_AT}};
#define HEADS_COUNT (sizeof HEADS / sizeof HEADS[0])

static int head_of(struct slice name)
{
    for (size_t i = 0; i < HEADS_COUNT; i++)
        if (slice_equal_nocase(name, slice_of(HEADS[i].head)))
            return (int)i;
    return -1;
}

int csv_ad(struct arena *arena, const struct csv_row *heads, const struct csv_row *row,
           struct posting *posting)
{
    int rc = OK;
    posting_init(posting);
    for (size_t i = 0; rc == OK && i < row->count && i < heads->count; i++) {
        int head = head_of(heads->cell[i]);
        if (head < 0 || row->cell[i].len == 0)
            continue;
        rc = HEADS[head].field >= 0
                 ? posting_set(posting, arena, (enum posting_field)HEADS[head].field, row->cell[i])
                 : posting_set_attr(posting, arena, (enum posting_attr)HEADS[head].attr,
                                    row->cell[i]);
    }
    return rc;
}

bool csv_heads_known(const struct csv_row *heads)
{
    for (size_t i = 0; i < heads->count; i++) {
        int head = head_of(heads->cell[i]);
        if (head >= 0 && (HEADS[head].field == POSTING_TITLE || HEADS[head].field == POSTING_TEXT))
            return true;
    }
    return false;
}
