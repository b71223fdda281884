/* app/export_case.h - `export --format letter|dossier`: one case for one recipient. */
#ifndef LUREWATCH_EXPORT_CASE_H
#define LUREWATCH_EXPORT_CASE_H

#include "app/page_picture.h"
#include "app/settings.h"
#include "review/letter.h"
#include "storage/store.h"

struct export_case { /* all borrowed */
    const struct settings *settings;
    int64_t case_id;
    const char *recipient; /* an id of recipients.yml; NULL: by the ad's host */
    const char *language;  /* of the letter; NULL: the recipient's */
    const char *who;
    bool unmask;
    struct camera *camera; /* of a dossier's page.png; NULL: none is wanted */
    int64_t now_unix_ms;
};

/* Folder, operator, contact and bank of the settings, which are borrowed. Gives *ret_citations, which the
 * desk borrows: free with citations_free() when it is done. Errors: those of bank_sources.h. */
MUST_USE int settings_desk(const struct settings *settings, struct letter_desk *ret_desk,
                           struct citations **ret_citations, struct failure *reterr);
/* The recipient named, or the one whose hosts fit url. With language, a copy that speaks it.
 * Errors: ERR_NOT_FOUND (nobody is known: the sentence says what to do), those of recipients.h. */
MUST_USE int export_recipient(const struct export_case *what, struct slice url, struct arena *arena,
                              const struct recipient **ret_recipient, struct failure *reterr);
/* Appends "Subject: …", an empty line and the letter. Errors: ERR_CONFLICT (the case is dismissed), those
 * of letter.h and above. */
MUST_USE int export_letter(const struct export_case *what, struct store *store,
                           struct text_buf *out, struct failure *reterr);
/* Appends the zip; a page that cannot be drawn leaves it without a picture, its README says why. Unmasked text adds a "read" row to the case's history first. Without a known
 * recipient there is no letter in it. Errors: those of dossier.h. */
MUST_USE int export_dossier(const struct export_case *what, struct store *store,
                            struct text_buf *out, struct failure *reterr);

#endif
