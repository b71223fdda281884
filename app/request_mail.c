/* request_mail.c - requests as letters and mails; see request_mail.h.
 *
 * A request is noted as sent after the server took it. If the machine dies in between, it is mailed
 * again with the same Message-ID, which mail programs show once: better than a request that nobody
 * got. */
#include "app/request_mail.h"
#include "app/command.h"
#include "app/export_case.h"
#include "review/dossier.h"
#include "review/mail.h"
#include "storage/evidence_copy.h"

#include <inttypes.h>
#include <string.h>

#define ARENA_BYTES_MAX (64u << 20)
#define SEND_ROWS       100u

char *request_name(int64_t id, char at[REQUEST_NAME_BYTES])
{
    snprintf(at, REQUEST_NAME_BYTES, "R-%" PRId64, id);
    return at;
}

/* ---- draft ---- */

int request_draft_for(const struct request_desk *desk, int64_t case_id, const char *recipient,
                      const char *language, int64_t *ret_id, struct failure *reterr)
{
    struct arena *arena = NULL;
    struct case_row row;
    const struct recipient *to = NULL;
    const struct export_case what = {
        .settings = desk->settings, .recipient = recipient, .language = language};
    int rc = arena_create(ARENA_BYTES_MAX, &arena);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    rc = queue_get(desk->store, arena, case_id, desk->now_unix_ms, &row);
    if (rc != OK)
        store_failed(desk->store, rc, reterr);
    else
        rc = export_recipient(&what, slice_of(row.url), arena, &to, reterr);
    if (rc == OK) {
        const struct request_draft draft = {
            case_id,      to->id,      to->name, letter_kind_name(to->kind),
            to->language, to->address, to->form};
        const struct queue_act act = {desk->who, "", desk->now_unix_ms};
        rc = request_draft(desk->store, &draft, &act, ret_id);
        if (rc != OK)
            store_failed(desk->store, rc, reterr);
    }
    arena_free(arena);
    return rc;
}

/* ---- letter ---- */

static struct recipient recipient_of(const struct request_row *row)
{
    struct recipient to = {.id = row->recipient,
                           .name = row->name,
                           .language = row->language,
                           .address = row->address,
                           .form = row->form,
                           .source = "",
                           .date = "",
                           .kind = LETTER_REQUEST};
    (void)letter_kind_from_name(slice_of(row->kind), &to.kind);
    return to;
}

static int letter_with(const struct request_desk *desk, const struct request_row *row,
                       struct arena *arena, const char *picture, struct letter *ret_letter,
                       struct failure *reterr)
{
    struct case_full full;
    struct evidence_record records[EVIDENCE_GROUP_MAX];
    size_t count = 0;
    char name[40], number[REQUEST_NAME_BYTES];
    const struct recipient to = recipient_of(row);
    struct letter_desk words;
    struct citations *citations = NULL;
    bool withdrawn = row->state == REQUEST_WITHDRAWN;
    int rc = queue_show(desk->store, arena, row->case_id, desk->now_unix_ms, &full);
    if (rc != OK)
        return store_failed(desk->store, rc, reterr);
    if (evidence_records(desk->store, arena, full.row.evidence_id, records, &count) != OK)
        count = 0; /* taken out by retention: the letter goes without its time */
    const struct letter_about about = {
        .full = &full,
        .recipient = &to,
        .kind = withdrawn ? LETTER_CORRECTION : to.kind,
        .request = request_name(row->id, number),
        .reviewer = letter_reviewers(arena, &full, row->approved_by),
        .capture = dossier_name(row->case_id, name),
        .picture = picture,
        .reason = withdrawn ? row->why : "",
        .date_unix_ms = withdrawn ? row->changed_unix_ms : row->drafted_unix_ms,
        .captured_unix_ms = count > 0 ? records[0].at_unix_ms : 0,
        .sent_unix_ms = row->sent_unix_ms != 0 ? row->sent_unix_ms : row->mailing_unix_ms};
    rc = settings_desk(desk->settings, &words, &citations, reterr);
    if (rc == OK)
        rc = letter_write(arena, &words, &about, ret_letter, reterr);
    citations_free(citations);
    return rc;
}

int request_letter(const struct request_desk *desk, const struct request_row *row,
                   struct arena *arena, struct letter *ret_letter, struct failure *reterr)
{
    return letter_with(desk, row, arena, "", ret_letter, reterr);
}

/* ---- mail ---- */

/* Of the page the request is about; a correction goes without its dossier. */
static void draw(const struct request_desk *desk, const struct request_row *row,
                 struct arena *arena, struct dossier_picture *ret_picture)
{
    struct case_row about;
    if (desk->camera != NULL && row->state != REQUEST_WITHDRAWN &&
        queue_get(desk->store, arena, row->case_id, desk->now_unix_ms, &about) == OK)
        camera_take(desk->camera, desk->store, about.evidence_id, ret_picture);
}

static int check_mail(const struct settings *settings, const struct request_row *row,
                      struct failure *reterr)
{
    const char *file = settings->file[0] != '\0' ? settings->file : "lurewatch.yml";
    if (row->address[0] == '\0')
        return failure_set(reterr, ERR_SYNTAX,
                           "%s takes requests by a form (%s): `lurewatch request show %" PRId64
                           "` prints the letter, `lurewatch request sent %" PRId64
                           "` notes that you sent it",
                           row->name, row->form, row->id, row->id);
    if (settings->smtp_url[0] == '\0' || settings->mail_from[0] == '\0')
        return failure_set(reterr, ERR_SYNTAX, "%s: '%s' is missing: without it nothing is mailed",
                           file, settings->smtp_url[0] == '\0' ? "smtp_url" : "mail_from");
    return OK;
}

static int attach(const struct request_desk *desk, const struct request_row *row,
                  const struct dossier_picture *picture, struct text_buf *zip,
                  struct failure *reterr)
{
    char number[REQUEST_NAME_BYTES];
    const struct recipient to = recipient_of(row);
    struct letter_desk words;
    struct citations *citations = NULL;
    int rc = settings_desk(desk->settings, &words, &citations, reterr);
    if (rc != OK)
        return rc;
    const struct dossier_about about = {.case_id = row->case_id,
                                        .desk = &words,
                                        .evidence_dir = desk->settings->evidence,
                                        .recipient = &to,
                                        .request = request_name(row->id, number),
                                        .approved_by = row->approved_by,
                                        .picture = *picture,
                                        .now_unix_ms = desk->now_unix_ms};
    rc = dossier_write(desk->store, &about, zip, reterr);
    citations_free(citations);
    return rc;
}

/* A request is noted as being mailed first; where it surely was not, that is taken back. */
static int mail_noted(const struct request_desk *desk, const struct request_row *row,
                      const struct mail *mail, struct failure *reterr)
{
    const struct settings *settings = desk->settings;
    const struct mail_server server = {settings->smtp_url, settings->smtp_user,
                                       settings->smtp_password};
    const struct queue_act begins = {desk->who, mail->to, desk->now_unix_ms};
    const struct queue_act fails = {desk->who, "was not mailed", desk->now_unix_ms};
    bool noted = row->state == REQUEST_DRAFTED, in_doubt = false;
    int rc = noted ? request_begin_mail(desk->store, row->id, &begins) : OK;
    if (rc != OK)
        return store_failed(desk->store, rc, reterr);
    rc = mail_send(&server, mail, &in_doubt, reterr);
    if (rc != OK && in_doubt)
        failure_prefix(reterr, "the server had the letter and did not say whether it took it");
    else if (rc != OK && noted && request_end_mail(desk->store, row->id, &fails) != OK)
        failure_prefix(reterr, "was not mailed, and that could not be noted");
    return rc;
}

static int mail_letter(const struct request_desk *desk, const struct request_row *row,
                       const struct letter *letter, const struct dossier_picture *picture,
                       struct failure *reterr)
{
    char name[40], id[64];
    struct text_buf zip;
    const struct settings *settings = desk->settings;
    bool withdrawn = row->state == REQUEST_WITHDRAWN;
    snprintf(id, sizeof id, "%s-%" PRId64 "-%" PRId64, withdrawn ? "correction" : "request",
             row->id, row->drafted_unix_ms);
    text_buf_init(&zip, DOSSIER_BYTES_MAX);
    int rc = withdrawn ? OK : attach(desk, row, picture, &zip, reterr);
    const struct mail mail = {.from = settings->mail_from,
                              .to = row->address,
                              .subject = letter->subject,
                              .body = letter->body,
                              .id = id,
                              .attachment_name = dossier_name(row->case_id, name),
                              .attachment_type = "application/zip",
                              .attachment = text_buf_slice(&zip),
                              .date_unix_ms = desk->now_unix_ms};
    if (rc == OK)
        rc = mail_noted(desk, row, &mail, reterr);
    text_buf_release(&zip);
    return rc;
}

int request_mail(const struct request_desk *desk, const struct request_row *row,
                 struct failure *reterr)
{
    struct arena *arena = NULL;
    struct letter letter;
    struct dossier_picture picture = {.png = SLICE_EMPTY};
    int rc = check_mail(desk->settings, row, reterr);
    if (rc != OK)
        return rc;
    rc = arena_create(ARENA_BYTES_MAX, &arena);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    draw(desk, row, arena, &picture);
    rc = letter_with(desk, row, arena, picture.png.len > 0 ? DOSSIER_PICTURE : "", &letter, reterr);
    if (rc == OK)
        rc = mail_letter(desk, row, &letter, &picture, reterr);
    arena_free(arena);
    return rc;
}

/* ---- all that is approved ---- */

/* Of a request that goes by mail: without a server none does, and that is the configuration's. */
static bool lacks_server(const struct settings *settings, const struct request_row *row)
{
    return row->address[0] != '\0' &&
           (settings->smtp_url[0] == '\0' || settings->mail_from[0] == '\0');
}

static int send_one(const struct request_desk *desk, const struct request_row *row)
{
    struct failure why = {.code = OK};
    char about[600];
    const struct queue_act act = {desk->who, about, desk->now_unix_ms};
    snprintf(about, sizeof about, "mailed to %.254s", row->address);
    int rc = row->case_state == CASE_CONFIRMED
                 ? request_mail(desk, row, &why)
                 : failure_set(&why, ERR_CONFLICT, "case %" PRId64 " is not confirmed any more",
                               row->case_id);
    if (rc == OK) {
        rc = request_change(desk->store, row->id, REQUEST_SENT, &act);
        if (rc != OK) {
            store_failed(desk->store, rc, &why);
            failure_prefix(&why, "was mailed, but could not be noted as sent");
        }
    }
    if (rc != OK) {
        failure_prefix(&why, "request R-%" PRId64, row->id);
        int code = exit_with("export", &why);
        return lacks_server(desk->settings, row) && row->case_state == CASE_CONFIRMED ? EXIT_CONFIG
                                                                                      : code;
    }
    printf("R-%" PRId64 " mailed to %s <%s>\n", row->id, row->name, row->address);
    return EXIT_DONE;
}

int requests_send(const struct request_desk *desk, int64_t case_id)
{
    struct arena *arena = NULL;
    struct request_query query = {.states = 1u << REQUEST_DRAFTED,
                                  .case_id = case_id,
                                  .only_approved = true,
                                  .limit = SEND_ROWS};
    int code = EXIT_DONE;
    size_t count = SEND_ROWS, total = 0;
    if (arena_create(ARENA_BYTES_MAX, &arena) != OK)
        return EXIT_INTERNAL;
    struct case_row named;
    int found =
        case_id == 0 ? OK : queue_get(desk->store, arena, case_id, desk->now_unix_ms, &named);
    if (found != OK) {
        arena_free(arena);
        return command_store_failure("export", desk->store, found);
    }
    while (count == SEND_ROWS) {
        struct request_row *rows = NULL;
        arena_reset(arena);
        int rc = request_list(desk->store, arena, &query, &rows, &count);
        if (rc != OK) {
            code = command_store_failure("export", desk->store, rc);
            break;
        }
        for (size_t i = 0; i < count; i++) {
            int sent = send_one(desk, &rows[i]);
            code = sent != EXIT_DONE ? sent : code;
            query.after_id = rows[i].id;
        }
        total += count;
    }
    if (total == 0 && code == EXIT_DONE)
        puts(case_id == 0 ? "nothing is approved and waits to be sent"
                          : "nothing of this case is approved and waits to be sent");
    arena_free(arena);
    return code;
}
