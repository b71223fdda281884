/* db_purge.c - `db purge` and `db forget`: text and evidence whose time is over, or of a person who
 * asked. What went is printed record by record, with the digest that the tombstone keeps. */
#include "app/contact_words.h"
#include "app/db_verbs.h"
#include "app/forget_notes.h"
#include "common/clock.h"
#include "common/json.h"
#include "storage/employer_rows.h"
#include "storage/purge.h"

#include <inttypes.h>
#include <string.h>

#define NOTES_ARENA_BYTES (64u << 20)

static struct purge_rules rules_of(const struct settings *settings)
{
    return (struct purge_rules){.dismissed_ms = settings->keep_dismissed_ms,
                                .pending_ms = settings->keep_pending_ms,
                                .exported_ms = settings->keep_exported_ms,
                                .watch_ms = settings->keep_watch_ms,
                                .sample_ms = settings->keep_sample_ms};
}

struct telling {
    struct dbing *dbing;
    struct json_writer writer;
    struct forget_notes notes; /* forget: that name the contact, and stay */
};

static void tell(void *ctx, const struct purged_record *record)
{
    struct telling *telling = ctx;
    char hex[DIGEST_HEX_BYTES];
    digest_hex(&record->member, hex);
    if (!telling->dbing->common.json) {
        printf("%s  sha256 %s  %s\n", record->record_id, hex, record->why);
        return;
    }
    json_open_object(&telling->writer);
    json_put_member(&telling->writer, "record", slice_of(record->record_id));
    json_put_member(&telling->writer, "sha256", slice_of(hex));
    json_put_member(&telling->writer, "why", slice_of(record->why));
    json_close_object(&telling->writer);
}

static int act_make(struct dbing *dbing, char machine[MACHINE_NAME_BYTES],
                    struct purge_act *ret_act)
{
    struct failure why = {.code = OK};
    const struct settings *settings = &dbing->settings;
    if (machine_name(settings->machine, settings->evidence, false, machine, &why) != OK)
        return db_failed(&why);
    *ret_act = (struct purge_act){.who = command_who(dbing->as),
                                  .why = dbing->why,
                                  .now_unix_ms = clock_unix_ms(),
                                  .evidence_dir = settings->evidence,
                                  .machine = machine};
    return command_store("db", settings, 0, &dbing->store);
}

static void put_notes(const struct forget_notes *notes, struct json_writer *writer)
{
    char at[CLOCK_RFC3339_BYTES];
    if (notes->count == 0)
        return;
    json_key(writer, "notes_kept");
    json_open_array(writer);
    for (size_t i = 0; i < notes->count; i++) {
        const struct forget_note *note = &notes->list[i];
        json_open_object(writer);
        json_put_member(writer, "object", slice_of(note->object));
        json_put_member_int(writer, "id", note->object_id);
        json_put_member(writer, "who", slice_of(note->who));
        json_put_member(writer, "at", slice_of(clock_rfc3339(note->at_unix_ms, at)));
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void print_notes(const struct forget_notes *notes)
{
    char when[WHEN_BYTES];
    for (size_t i = 0; i < notes->count; i++) {
        const struct forget_note *note = &notes->list[i];
        printf("%s %" PRId64 ": what ", note->object, note->object_id);
        print_words(stdout, slice_of(note->who));
        printf(" wrote there on %.10s names the contact, too\n", when_text(note->at_unix_ms, when));
    }
    if (notes->count > 0)
        puts("that is part of the history, which is chained so that no change goes unseen: it "
             "stays there, so say it in your answer");
}

static int end_purge(struct dbing *dbing, struct telling *telling,
                     const struct purge_result *result)
{
    struct json_writer *writer = &telling->writer;
    if (dbing->common.json) {
        json_close_array(writer);
        json_put_member_int(writer, "dismissed", (int64_t)result->dismissed);
        json_put_member_int(writer, "pending", (int64_t)result->pending);
        json_put_member_int(writer, "exported", (int64_t)result->exported);
        json_put_member_int(writer, "texts", (int64_t)result->versions);
        json_put_member_int(writer, "records_marked", (int64_t)result->marked);
        json_put_member_int(writer, "records_gone", (int64_t)result->records);
        json_put_member_int(writer, "bytes_gone", (int64_t)result->bytes);
        json_put_member_int(writer, "segments_held", (int64_t)result->segments_held);
        put_notes(&telling->notes, writer);
        json_close_object(writer);
        return command_print_line(&dbing->out) == OK ? EXIT_DONE : EXIT_IO;
    }
    printf("%s%" PRIu64 " texts (cases: %" PRIu64 " dismissed, %" PRIu64 " never decided, %" PRIu64
           " exported), %" PRIu64 " evidence records to go\n",
           dbing->dry_run ? "would go: " : "gone: ", result->versions, result->dismissed,
           result->pending, result->exported, result->marked);
    if (!dbing->dry_run)
        printf("%" PRIu64 " records (%" PRIu64 " bytes) taken out of %" PRIu64
               " files; their tombstones stay\n",
               result->records, result->bytes, result->segments);
    if (result->segments_held > 0)
        printf("%" PRIu64 " files are being written by a sweep: run `lurewatch db purge` again "
               "when it has ended\n",
               result->segments_held);
    return EXIT_DONE;
}

static void begin_telling(struct telling *telling)
{
    json_writer_init(&telling->writer, &telling->dbing->out);
    if (!telling->dbing->common.json)
        return;
    json_open_object(&telling->writer);
    json_key(&telling->writer, "gone");
    json_open_array(&telling->writer);
}

int db_verb_purge(struct dbing *dbing)
{
    char machine[MACHINE_NAME_BYTES];
    struct purge_act act;
    struct purge_result result = {0};
    struct telling telling = {.dbing = dbing};
    const struct purge_rules rules = rules_of(&dbing->settings);
    int code = act_make(dbing, machine, &act);
    if (code != EXIT_DONE)
        return code;
    begin_telling(&telling);
    uint32_t ended = 0;
    int rc = dbing->dry_run ? OK : employers_settle(dbing->store, act.now_unix_ms, &ended);
    if (rc == OK)
        rc = purge_rows(dbing->store, &rules, &act, !dbing->dry_run, &result);
    if (rc == OK && !dbing->dry_run)
        rc = purge_segments(dbing->store, &act, tell, &telling, &result);
    return rc == OK ? end_purge(dbing, &telling, &result)
                    : command_store_failure("db", dbing->store, rc);
}

/* ---- forget ---- */

static int forget(struct dbing *dbing, const struct purge_act *act,
                  const struct contact_words *hashes, struct arena *arena)
{
    struct forget_result one = {0};
    struct purge_result result = {0};
    struct telling telling = {.dbing = dbing};
    uint64_t postings = 0;
    begin_telling(&telling);
    int rc = OK;
    for (size_t i = 0; rc == OK && i < hashes->count; i++) {
        rc = purge_contact(dbing->store, &hashes->at[i], act, &one);
        postings += rc == OK ? one.postings : 0;
        result.versions += rc == OK ? one.versions : 0;
        result.marked += rc == OK ? one.marked : 0;
    }
    if (rc == OK)
        rc = purge_segments(dbing->store, act, tell, &telling, &result);
    if (rc == OK)
        rc = forget_notes(dbing->store, arena, dbing->contact, &telling.notes);
    if (rc != OK)
        return command_store_failure("db", dbing->store, rc);
    if (!dbing->common.json) {
        printf("%" PRIu64 " ads named the contact\n", postings);
        print_notes(&telling.notes);
    }
    return end_purge(dbing, &telling, &result);
}

int db_verb_forget(struct dbing *dbing)
{
    char machine[MACHINE_NAME_BYTES];
    struct purge_act act;
    struct contact_words hashes;
    if (dbing->contact == NULL) {
        fputs("lurewatch db: forget wants --contact, such as: lurewatch db forget "
              "--contact t.me/NAME --why 'request of 2026-11-24'\n",
              stderr);
        return EXIT_USAGE;
    }
    int code = contact_words_read("db", &dbing->common, &dbing->settings, dbing->kind,
                                  dbing->contact, &hashes);
    if (code == EXIT_DONE)
        code = act_make(dbing, machine, &act);
    if (code != EXIT_DONE)
        return code;
    struct arena *arena = NULL;
    if (arena_create(NOTES_ARENA_BYTES, &arena) != OK)
        return EXIT_INTERNAL;
    code = forget(dbing, &act, &hashes, arena);
    arena_free(arena);
    return code;
}
