/* review/mail.h - one message as RFC 5322 and MIME want it, and its way out by SMTP; a POST to a
 * webhook. Nothing is sent that was not asked for by name. libcurl stays in mail_send.c. */
#ifndef LUREWATCH_MAIL_H
#define LUREWATCH_MAIL_H

#include "common/text.h"

#define MAIL_BYTES_MAX (64u << 20)

struct mail {              /* borrowed; attachment may be empty */
    const char *from, *to; /* bare addresses */
    const char *subject;   /* UTF-8; any length */
    const char *body;      /* lines end in \n */
    const char *id;        /* left of the @ of the Message-ID: the same for the same message */
    const char *attachment_name, *attachment_type;
    struct slice attachment;
    int64_t date_unix_ms;
};

/* Appends the message, lines end in CRLF. Subject as RFC 2047 where it is not ASCII, folded; text
 * and attachment in base64, so no line is long and no byte is lost.
 * Errors: ERR_SYNTAX (an address or id that is none: the sentence names it), ERR_LIMIT, ERR_NOMEM. */
MUST_USE int mail_compose(const struct mail *mail, struct text_buf *out, struct failure *reterr);
/* A bare address without blanks, quotes, brackets or control characters, with one @. */
bool mail_address_is_sound(const char *address);
void mail_add_base64(struct text_buf *out, struct slice bytes, size_t line_len); /* 0: one line */

struct mail_server {           /* borrowed */
    const char *url;           /* smtp://host:587 or smtps://host:465 */
    const char *user;          /* "": no login */
    const char *password_file; /* its first line */
};
/* Hands the message over. smtp:// must become TLS (STARTTLS) unless the host is this machine.
 * *ret_in_doubt (NULL is allowed), on failure: the server had the whole message and never answered, so
 * it may have been taken. False: it was not.
 * Errors: ERR_NET (refused, unreachable: the sentence has the server's words), ERR_TLS, ERR_TIMEOUT,
 * ERR_SYNTAX (no such kind of URL), ERR_IO (the password's file). */
MUST_USE int mail_send(const struct mail_server *server, const struct mail *mail,
                       bool *ret_in_doubt, struct failure *reterr);
/* Posts JSON to an http or https URL; any answer 2xx is well. Follows no redirect. Errors: as above. */
MUST_USE int webhook_post(const char *url, struct slice json, struct failure *reterr);

#endif
