/* app/http_message.h - an HTTP/1 response as a WARC record keeps it: head and body taken apart.
 * Pure; nothing is inflated here, that is the worker's business. */
#ifndef LUREWATCH_HTTP_MESSAGE_H
#define LUREWATCH_HTTP_MESSAGE_H

#include "common/text.h"

struct http_message { /* borrows the message, and chunks where the body came in chunks */
    int status;
    struct slice content_type, content_encoding, location; /* empty when not given */
    struct slice body;
    bool cut; /* the chunks end before their last one: body is what came */
};

/* Takes message apart. chunks gets the joined body of a chunked message (it is emptied first);
 * a message that says it is chunked and is not, as some archives keep it, gives its body as it
 * stands. Errors: ERR_SYNTAX (no status line, no end of the head; the sentence says which),
 * ERR_LIMIT (chunks), ERR_NOMEM. */
MUST_USE int http_message_split(struct slice message, struct text_buf *chunks,
                                struct http_message *ret_message, struct failure *reterr);

#endif
