/* app/queue_campaign.h - campaigns on the command line, for `queue list --by-campaign`, `queue show`
 * and `queue decide --campaign`. */
#ifndef LUREWATCH_QUEUE_CAMPAIGN_H
#define LUREWATCH_QUEUE_CAMPAIGN_H

#include "common/json.h"
#include "storage/campaigns.h"

#include <stdio.h>

/* What a list of campaigns is asked with; all borrowed. */
struct campaign_listing {
    struct store *store;
    struct arena *arena;
    struct campaign_query query;
    bool json, all; /* all: every page */
};
/* Prints them; returns an exit code. */
int queue_campaign_list(struct campaign_listing *listing);

/* Its pictures and who else shows them, what became of the cases like this one, and up to a dozen of
 * them. Errors: those of store.h. */
MUST_USE int queue_campaign_print(struct store *store, struct arena *arena, int64_t case_id,
                                  int64_t now_unix_ms, FILE *out);
/* The same as members "looks", "same_pictures" and "mates" of the object that is open. */
MUST_USE int queue_campaign_json(struct store *store, struct arena *arena, int64_t case_id,
                                 int64_t now_unix_ms, struct json_writer *writer);

#endif
