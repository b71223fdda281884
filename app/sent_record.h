/* app/sent_record.h - the metadata record of an ad that somebody sent in: what it says, how it was
 * judged, who added it and when. */
#ifndef LUREWATCH_SENT_RECORD_H
#define LUREWATCH_SENT_RECORD_H

#include "common/digest.h"
#include "common/verdict.h"

struct sent_record {                 /* borrowed */
    const char *source, *note, *who; /* note: NULL is allowed */
    int64_t at_unix_ms;
};

/* Appends the JSON of the record to out. Errors: those of out. */
MUST_USE int sent_record_write(const struct sent_record *record, const struct posting *posting,
                               const struct verdict *verdict, const struct digest *fingerprint,
                               struct text_buf *out);

#endif
