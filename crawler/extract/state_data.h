/* crawler/extract/state_data.h - the posting in the data that a script page carries for its script.
 *
 * Pages built by Next.js and Nuxt hold what they show as JSON in a script element, also where the
 * HTML itself is an empty shell. Nuxt's form numbers every value and refers by number. */
#ifndef LUREWATCH_STATE_DATA_H
#define LUREWATCH_STATE_DATA_H

#include "common/posting.h"
#include "common/text.h"

#define STATE_JSON_BYTES_MAX (4u << 20)
#define STATE_NODES_MAX      200000u

struct state_posting {
    struct posting posting; /* empty title: none was found */
    bool is_over;           /* its own status says expired, closed, paused … */
    struct slice status;
};

/* json: body of the script; lang: the page's language, to choose among translations ("" for the
 * first). Nothing found or not JSON: OK, an empty posting. In arena. Errors: ERR_NOMEM. */
MUST_USE int state_data_read(struct arena *arena, struct slice json, struct slice lang,
                             struct state_posting *ret_found);

#endif
