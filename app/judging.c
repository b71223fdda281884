/* judging.c - bank, judge, worker child and arena for the commands that read ads; see judging.h. */
#include "app/judging.h"

#include "app/sent_text.h"
#include "app/worker_client.h"
#include "classifiers/bank_pack.h"
#include "common/look.h"

#include <errno.h>
#include <string.h>

#define ARENA_BYTES_MAX (256u << 20)

int judging_open(const char *command, const struct common_options *common,
                 struct judging *ret_judging)
{
    struct settings settings;
    struct classify_settings model;
    struct bank_pack *pack = NULL;
    struct failure why = {.code = OK};
    *ret_judging = (struct judging){.judge = NULL};
    int code = command_settings(command, common, &settings);
    if (code == EXIT_DONE)
        code = command_bank(command, &settings, &pack);
    if (code != EXIT_DONE)
        return code;
    command_model(&settings, &model);
    const struct worker_client_settings client = {.bank = bank_pack_bytes(pack),
                                                  .model = model,
                                                  .memory_mib = settings.worker_memory_mib,
                                                  .page_ms = settings.page_ms};
    if (judge_create(bank_pack_bytes(pack), &model, &ret_judging->judge, &why) != OK)
        code = command_config_failure(command, &why);
    else if (arena_create(ARENA_BYTES_MAX, &ret_judging->arena) != OK)
        code = exit_with(command, (failure_set(&why, ERR_NOMEM, "out of memory"), &why));
    else if (worker_client_create(&client, &ret_judging->client, &why) != OK)
        code = exit_with(command, &why);
    bank_pack_free(pack);
    return code;
}

void judging_close(struct judging *judging)
{
    worker_client_free(judging->client);
    judge_free(judging->judge);
    arena_free(judging->arena);
    *judging = (struct judging){.judge = NULL};
}

static int give_ad(struct judging *judging, const struct json *ad, judging_ad_fn *each, void *ctx,
                   struct failure *reterr)
{
    struct posting posting;
    struct verdict verdict;
    struct slice html;
    const struct json *judged = json_get(ad, "verdict");
    int rc = posting_from_json(judging->arena, json_get(ad, "posting"), &posting, &html, reterr);
    if (rc == OK && judged != NULL)
        rc = verdict_from_json(judging->arena, judged, &verdict, reterr);
    if (rc == OK)
        each(ctx, &posting, judged != NULL ? &verdict : NULL);
    return rc;
}

/* ---- rules left out ---- */

static void note_fused(struct judging *judging, const struct json *list)
{
    for (size_t i = 0; i < json_count(list); i++) {
        struct slice id = json_string(json_at(list, i));
        size_t k = 0;
        while (k < judging->fused_count && !slice_is(id, judging->fused[k]))
            k++;
        if (k == judging->fused_count && k < JUDGING_FUSED_MAX && id.len < sizeof judging->fused[k])
            snprintf(judging->fused[judging->fused_count++], sizeof judging->fused[k], "%.*s",
                     (int)id.len, id.at);
    }
}

static void tell_fused(const char *command, struct slice id)
{
    fprintf(stderr,
            "lurewatch %s: rule %.*s reached its limits on ad after ad and was left out of the "
            "rest: make its pattern simpler (`lurewatch patterns check`)\n",
            command, (int)id.len, id.at);
}

void judge_tell_fused(const char *command, const struct judge *judge)
{
    const struct rule *rule = NULL;
    for (size_t i = 0; (rule = judge_fused(judge, i)) != NULL && i < JUDGING_FUSED_MAX; i++)
        tell_fused(command, rule->id);
}

void judging_tell_fused(const char *command, const struct judging *judging)
{
    const struct rule *rule = NULL;
    judge_tell_fused(command, judging->judge);
    for (size_t k = 0; k < judging->fused_count; k++) {
        bool told = false;
        for (size_t i = 0; (rule = judge_fused(judging->judge, i)) != NULL; i++)
            told = told || slice_is(rule->id, judging->fused[k]);
        if (!told)
            tell_fused(command, slice_of(judging->fused[k]));
    }
}

/* ---- pages ---- */

int judging_ask(struct judging *judging, struct slice head, struct slice body, judging_ad_fn *each,
                void *ctx, struct judging_page *ret_page, struct failure *reterr)
{
    struct slice reply;
    struct judging_page page = {.doc = NULL};
    int rc = worker_client_ask(judging->client, head, body, &reply, reterr);
    if (rc == OK)
        rc = json_parse(reply, true, 32, &page.doc, reterr);
    const struct json *root = rc == OK ? json_root(page.doc) : NULL;
    const struct json *ads = json_get(root, "ads");
    page.ads = json_count(ads);
    note_fused(judging, json_get(root, "fused"));
    if (rc == OK && !slice_is(json_get_string(root, "status"), "ok")) {
        struct slice why = json_get_string(root, "why");
        rc = failure_set(reterr, ERR_SYNTAX, "%.*s", (int)why.len, why.at);
    }
    for (size_t i = 0; rc == OK && i < page.ads; i++)
        rc = give_ad(judging, json_at(ads, i), each, ctx, reterr);
    if (ret_page != NULL)
        *ret_page = page;
    else
        json_free(page.doc);
    return rc;
}

int judging_look(struct judging *judging, struct slice bytes, struct look *ret_look,
                 struct failure *reterr)
{
    struct slice reply;
    struct json_doc *doc = NULL;
    int rc =
        worker_client_ask(judging->client, SLICE("{\"want\":\"look\"}"), bytes, &reply, reterr);
    if (rc == OK)
        rc = json_parse(reply, true, 32, &doc, reterr);
    const struct json *root = rc == OK ? json_root(doc) : NULL;
    if (rc == OK && !look_from_hex(json_get_string(root, "look"), ret_look)) {
        struct slice why = json_get_string(root, "why");
        rc = failure_set(reterr, ERR_NOT_FOUND, "%.*s", (int)why.len, why.at);
    }
    json_free(doc);
    return rc;
}

int judging_text(struct judging *judging, const struct posting *posting,
                 struct verdict *ret_verdict, struct failure *reterr)
{
    int rc = judge_posting(judging->judge, posting, judging->arena, ret_verdict);
    return rc == OK ? OK : failure_set(reterr, rc, "the ad needs more memory than an ad may use");
}

int judging_read_all(struct line_reader *reader, struct text_buf *out, struct failure *reterr)
{
    struct slice part;
    while ((part = line_reader_peek(reader)).len > 0) {
        if (text_buf_add_slice(out, part) != OK)
            return failure_set(reterr, ERR_LIMIT, "the input is longer than %zu bytes", out->limit);
        reader->chunk_at += part.len;
    }
    return reader->failed ? failure_set(reterr, ERR_IO, "cannot read: %s", strerror(errno)) : OK;
}

int judging_posting_of_text(struct judging *judging, struct slice text, struct posting *ret_posting,
                            struct failure *reterr)
{
    struct posting posting;
    posting_init(&posting);
    int rc = posting_set(&posting, judging->arena, POSTING_TEXT, text);
    if (rc == OK)
        rc = posting_set_attr(&posting, judging->arena, POSTING_SOURCE_TYPE, SLICE("text"));
    if (rc != OK)
        return failure_set(reterr, rc, "the ad needs more memory than an ad may use");
    if (posting_check(&posting) != OK)
        return failure_set(reterr, ERR_SYNTAX, "the input is empty; the text of an ad is wanted");
    *ret_posting = posting;
    return OK;
}

int judging_posting_of_file(struct judging *judging, const char *command, struct slice bytes,
                            struct posting *ret_posting, struct failure *reterr)
{
    struct sent_text words;
    struct complaint said;
    if (!sent_text_words(judging->arena, bytes, &words, &said))
        return failure_set(reterr, ERR_SYNTAX, "%s", said.why);
    if (sent_text_note(&words, judging->arena, &said))
        complaint_tell(command, false, &said);
    return judging_posting_of_text(judging, words.text, ret_posting, reterr);
}
