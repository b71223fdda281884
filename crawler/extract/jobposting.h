/* crawler/extract/jobposting.h - schema.org JobPosting things to postings. */
#ifndef LUREWATCH_JOBPOSTING_H
#define LUREWATCH_JOBPOSTING_H

#include "common/posting.h"
#include "crawler/extract/thing.h"
#include "crawler/url.h"

/* Is it a job posting, by its type? */
bool thing_is_job(const struct thing *thing);
/* Fills *ret_posting from the thing; what it does not say stays empty. base: of relative links,
 * NULL is allowed. All in arena. Errors: ERR_NOMEM. */
MUST_USE int jobposting_read(struct arena *arena, const struct things *things,
                             const struct thing *job, const struct url *base,
                             struct posting *ret_posting);
/* Fills what *into lacks from `from`, and notes its source type. */
MUST_USE int posting_join(struct arena *arena, struct posting *into, const struct posting *from);

#endif
