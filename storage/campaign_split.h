/* storage/campaign_split.h - a campaign taken apart; for campaigns.c. */
#ifndef LUREWATCH_CAMPAIGN_SPLIT_H
#define LUREWATCH_CAMPAIGN_SPLIT_H

#include "storage/store.h"

/* Cases of the campaign that no edge in force holds together become campaigns of their own, named
 * by their first case; those with the case whose number the campaign bears keep it. Inside the
 * caller's transaction. Cost: that campaign's cases and ties, once for each edge dropped. */
MUST_USE int campaign_split(struct store *store, int64_t campaign);

#endif
