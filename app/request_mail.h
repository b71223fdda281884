/* app/request_mail.h - requests in words, and on their way by mail. */
#ifndef LUREWATCH_REQUEST_MAIL_H
#define LUREWATCH_REQUEST_MAIL_H

#include "app/page_picture.h"
#include "app/settings.h"
#include "review/letter.h"
#include "storage/request_rows.h"

struct request_desk { /* borrowed */
    const struct settings *settings;
    struct store *store;
    const char *who;
    int64_t now_unix_ms;
    struct camera *camera; /* for the dossiers that are mailed; NULL: none */
};

/* "R-12". Returns at. */
#define REQUEST_NAME_BYTES 24u
char *request_name(int64_t id, char at[REQUEST_NAME_BYTES]);
/* Drafts a request about the case to the recipient named (NULL: by the ad's host).
 * Errors: those of request_draft() and export_recipient(). */
MUST_USE int request_draft_for(const struct request_desk *desk, int64_t case_id,
                               const char *recipient, const char *language, int64_t *ret_id,
                               struct failure *reterr);
/* The letter of the request; of a withdrawn one the correction. Errors: those of letter.h. */
MUST_USE int request_letter(const struct request_desk *desk, const struct request_row *row,
                            struct arena *arena, struct letter *ret_letter, struct failure *reterr);
/* Mails it to the recipient's address, with the dossier unless it is a correction; changes no row.
 * Errors: ERR_SYNTAX (no mail server or sender configured; a recipient with a form alone), those of
 * dossier.h and mail.h. */
MUST_USE int request_mail(const struct request_desk *desk, const struct request_row *row,
                          struct failure *reterr);
/* Mails what is approved and not sent (case_id 0: of all cases), notes each as sent, and prints a
 * line for each. One that fails does not stop the others. Returns an exit code. */
int requests_send(const struct request_desk *desk, int64_t case_id);

#endif
