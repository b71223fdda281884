/* app/csv_ad.h - a line of a table as an ad, by the heads of its columns as people write them. */
#ifndef LUREWATCH_CSV_AD_H
#define LUREWATCH_CSV_AD_H

#include "app/csv.h"
#include "common/posting.h"

/* Is a title or a text among them? */
bool csv_heads_known(const struct csv_row *heads);
/* Other columns are passed over. Texts are copied to arena. Errors: those of posting_set(). */
MUST_USE int csv_ad(struct arena *arena, const struct csv_row *heads, const struct csv_row *row,
                    struct posting *posting);

#endif
