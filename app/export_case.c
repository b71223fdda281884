/* export_case.c - one case out as a letter or a dossier; see export_case.h. */
#include "app/export_case.h"
#include "app/bank_sources.h"
#include "review/clear.h"
#include "review/dossier.h"
#include "review/letter_data.h"
#include "storage/evidence_copy.h"
#include "storage/queue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define ARENA_BYTES_MAX (64u << 20)

int settings_desk(const struct settings *settings, struct letter_desk *ret_desk,
                  struct citations **ret_citations, struct failure *reterr)
{
    int rc = bank_sources_load_dir(settings->patterns, ret_citations, reterr);
    if (rc == OK)
        *ret_desk =
            (struct letter_desk){settings->letters, settings->operator_name,
                                 settings->operator_contact, settings->patterns, *ret_citations};
    return rc;
}

/* ---- the recipient ---- */

/* A language asked for by name must have its letter: the English one would surprise. */
static int check_language(const struct export_case *what, enum letter_kind kind,
                          struct failure *reterr)
{
    char name[64], path[LETTER_PATH_BYTES];
    struct text_buf text;
    const char *kind_name = letter_kind_name(kind);
    snprintf(name, sizeof name, "%s.%.16s.txt", kind_name, what->language);
    text_buf_init(&text, LETTER_FILE_BYTES_MAX);
    int rc = strchr(name, '/') != NULL
                 ? ERR_NOT_FOUND
                 : letter_data_read(what->settings->letters, name, &text, path, NULL);
    text_buf_release(&text);
    return rc != ERR_NOT_FOUND
               ? OK
               : failure_set(reterr, ERR_SYNTAX,
                             "there is no letter %s in '%s': the built-in ones are en and id, "
                             "others go as %s.TAG.txt into the folder `letters` names",
                             kind_name, what->language, kind_name);
}

static int recipient_speaks(const struct export_case *what, struct arena *arena,
                            const struct recipient **recipient, struct failure *reterr)
{
    int rc = check_language(what, (*recipient)->kind, reterr);
    if (rc != OK)
        return rc;
    struct recipient *copy = arena_alloc(arena, sizeof *copy);
    if (copy == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    *copy = **recipient;
    copy->language = what->language;
    *recipient = copy;
    return OK;
}

int export_recipient(const struct export_case *what, struct slice url, struct arena *arena,
                     const struct recipient **ret_recipient, struct failure *reterr)
{
    struct recipients all;
    struct slice host = url_host_of(url);
    int rc = recipients_load(arena, what->settings->letters, &all, reterr);
    if (rc != OK)
        return rc;
    const struct recipient *found = what->recipient != NULL ? recipient_by_id(&all, what->recipient)
                                                            : recipient_for_url(&all, url);
    if (found == NULL && what->recipient != NULL)
        return failure_set(reterr, ERR_NOT_FOUND,
                           "there is no recipient '%s'; `lurewatch request recipients` lists them",
                           what->recipient);
    if (found == NULL)
        return failure_set(reterr, ERR_NOT_FOUND,
                           "no recipient is known for %.*s: name one by --recipient ('site' is "
                           "whoever runs it), or add the host to recipients.yml",
                           (int)host.len, host.at);
    if (what->language != NULL)
        rc = recipient_speaks(what, arena, &found, reterr);
    if (rc == OK)
        *ret_recipient = found;
    return rc;
}

/* The recipient 'site', or none where the directory has no such entry: a dossier without a letter. */
static int whoever_runs_it(const struct export_case *what, struct arena *arena,
                           const struct recipient **ret_recipient, struct failure *reterr)
{
    struct recipients all;
    int rc = recipients_load(arena, what->settings->letters, &all, reterr);
    const struct recipient *found = rc == OK ? recipient_by_id(&all, "site") : NULL;
    if (found != NULL && what->language != NULL)
        rc = recipient_speaks(what, arena, &found, reterr);
    if (rc == OK)
        *ret_recipient = found;
    return rc;
}

/* ---- letter ---- */

static int show(const struct export_case *what, struct store *store, struct arena *arena,
                struct case_full *ret_full, struct failure *reterr)
{
    int rc = queue_show(store, arena, what->case_id, what->now_unix_ms, ret_full);
    if (rc == ERR_NOT_FOUND)
        return failure_set(reterr, rc, "there is no case %" PRId64, what->case_id);
    return rc == OK ? OK : store_failed(store, rc, reterr);
}

/* When the page was fetched; 0 where its evidence is gone. */
static int64_t captured(struct store *store, struct arena *arena, const struct case_row *row)
{
    struct evidence_record records[EVIDENCE_GROUP_MAX];
    size_t count = 0;
    int rc = evidence_records(store, arena, row->evidence_id, records, &count);
    return rc == OK && count > 0 ? records[0].at_unix_ms : 0;
}

static int letter_of(const struct export_case *what, const struct letter_desk *desk,
                     struct store *store, struct arena *arena, struct letter *ret_letter,
                     struct failure *reterr)
{
    struct case_full full;
    char name[40];
    struct letter_about about = {.full = &full, .date_unix_ms = what->now_unix_ms};
    int rc = show(what, store, arena, &full, reterr);
    if (rc == OK && full.row.state == CASE_DISMISSED)
        rc = failure_set(reterr, ERR_CONFLICT,
                         "case %" PRId64 " is dismissed: no letter asks anything about it",
                         what->case_id);
    if (rc == OK)
        rc = export_recipient(what, slice_of(full.row.url), arena, &about.recipient, reterr);
    if (rc != OK)
        return rc;
    about.kind = about.recipient->kind;
    about.reviewer = letter_reviewers(arena, &full, NULL);
    about.capture = dossier_name(what->case_id, name);
    about.captured_unix_ms = captured(store, arena, &full.row);
    return letter_write(arena, desk, &about, ret_letter, reterr);
}

int export_letter(const struct export_case *what, struct store *store, struct text_buf *out,
                  struct failure *reterr)
{
    struct arena *arena = NULL;
    struct letter letter;
    struct letter_desk desk;
    struct citations *citations = NULL;
    int rc = arena_create(ARENA_BYTES_MAX, &arena);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    rc = settings_desk(what->settings, &desk, &citations, reterr);
    if (rc == OK)
        rc = letter_of(what, &desk, store, arena, &letter, reterr);
    if (rc == OK) {
        text_buf_printf(out, "Subject: %s\n\n", letter.subject);
        rc = text_buf_add_str(out, letter.body);
        if (rc != OK)
            failure_set(reterr, rc, "the letter is too long");
    }
    citations_free(citations);
    arena_free(arena);
    return rc;
}

/* ---- dossier ---- */

int export_dossier(const struct export_case *what, struct store *store, struct text_buf *out,
                   struct failure *reterr)
{
    struct arena *arena = NULL;
    struct case_full full;
    struct letter_desk desk;
    struct dossier_about about = {.case_id = what->case_id,
                                  .desk = &desk,
                                  .evidence_dir = what->settings->evidence,
                                  .unmask = what->unmask,
                                  .now_unix_ms = what->now_unix_ms};
    int rc = arena_create(ARENA_BYTES_MAX, &arena);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    rc = show(what, store, arena, &full, reterr);
    if (rc == OK) {
        rc = export_recipient(what, slice_of(full.row.url), arena, &about.recipient, reterr);
        if (rc == ERR_NOT_FOUND && what->recipient == NULL) /* nobody is known for the host */
            rc = whoever_runs_it(what, arena, &about.recipient, reterr);
    }
    struct citations *citations = NULL;
    if (rc == OK)
        rc = settings_desk(what->settings, &desk, &citations, reterr);
    const struct queue_act act = {what->who, "text in clear for a dossier", what->now_unix_ms};
    if (rc == OK && what->unmask)
        rc = clear_note(store, what->case_id, &act, reterr);
    if (rc == OK && what->camera != NULL)
        camera_take(what->camera, store, full.row.evidence_id, &about.picture);
    if (rc == OK)
        rc = dossier_write(store, &about, out, reterr);
    citations_free(citations);
    arena_free(arena);
    return rc;
}
