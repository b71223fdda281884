/* judge.c - from bytes to verdicts; see judge.h. */
#include "app/judge.h"

#include "crawler/extract/image_look.h"

#include <stdlib.h>
#include <string.h>

#define FUSED_TOLD_MAX 8u

struct judge {
    struct bank_pack *pack;
    struct pattern_bank *bank;
    struct classifier *classifier;
    struct arena *arena;
    struct extract_rules *rules; /* of the last source, kept while its pages come */
    struct digest rules_digest;
    bool rules_known;
};

/* An invented lure in the plainest words: no bank may miss it. */
static const char CANARY[] =
    "<!doctype html><html><head><title>Lowongan admin slot Kamboja</title>"
    "<script type=\"application/ld+json\">{\"@context\":\"https://schema.org\",\"@type\":"
    "\"JobPosting\",\"title\":\"Admin slot online, kantor Kamboja\",\"description\":\"Dibutuhkan "
    "admin slot dan CS judi online penempatan Poipet, Kamboja. Gaji 800-1200 USD, tiket, paspor "
    "dan mess ditanggung kantor. Tanpa pengalaman, berangkat cepat. Hubungi telegram "
    "t.me/contoh_kantor\"}</script></head><body><h1>Admin slot</h1></body></html>";

int judge_create(struct slice bank_bytes, const struct classify_settings *settings,
                 struct judge **ret_judge, struct failure *reterr)
{
    struct judge *judge = calloc(1, sizeof *judge);
    if (judge == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    int rc = bank_pack_from(bank_bytes, &judge->pack, reterr);
    if (rc == OK)
        rc = pattern_bank_compile(judge->pack, &judge->bank, reterr);
    if (rc == OK)
        rc = classifier_create(judge->bank, settings, &judge->classifier, reterr);
    if (rc == OK) {
        rc = arena_create(JUDGE_ARENA_BYTES_MAX, &judge->arena);
        if (rc != OK)
            failure_set(reterr, rc, "out of memory");
    }
    if (rc != OK) {
        judge_free(judge);
        return rc;
    }
    *ret_judge = judge;
    return OK;
}

void judge_free(struct judge *judge)
{
    if (judge == NULL)
        return;
    extract_rules_free(judge->rules);
    arena_free(judge->arena);
    classifier_free(judge->classifier);
    pattern_bank_free(judge->bank);
    bank_pack_free(judge->pack);
    free(judge);
}

struct slice judge_bank(const struct judge *judge)
{
    return bank_version(judge->bank);
}

const struct pattern_bank *judge_pattern_bank(const struct judge *judge)
{
    return judge->bank;
}

struct matcher *judge_matcher(struct judge *judge)
{
    return classifier_matcher(judge->classifier);
}

const struct rule *judge_fused(const struct judge *judge, size_t nth)
{
    return matcher_fused(classifier_matcher(judge->classifier), nth);
}

int judge_posting(struct judge *judge, const struct posting *posting, struct arena *arena,
                  struct verdict *ret_verdict)
{
    return classify(judge->classifier, posting, arena, ret_verdict);
}

/* ---- one request ---- */

struct request {
    struct page_input input;
    bool classify; /* verdicts too */
    bool is_ad;    /* body is a scan input object */
    bool is_image; /* body is a picture whose look is wanted */
};

static enum page_hint hint_of(struct slice name)
{
    static const struct {
        const char *name;
        enum page_hint hint;
    } hints[] = {{"listing", PAGE_HINT_LISTING},
                 {"posting", PAGE_HINT_POSTING},
                 {"feed", PAGE_HINT_FEED},
                 {"sitemap", PAGE_HINT_SITEMAP}};
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++)
        if (slice_is(name, hints[i].name))
            return hints[i].hint;
    return PAGE_HINT_NONE;
}

/* Rules come with every page of a source: compile them once while they stay the same. */
static int rules_use(struct judge *judge, const struct json *node, struct failure *reterr)
{
    struct text_buf printed;
    text_buf_init(&printed, 1u << 20);
    text_buf_add_slice(&printed, json_get_string(node, "rules"));
    struct digest digest = digest_of(text_buf_slice(&printed));
    int rc = text_buf_status(&printed);
    if (rc == OK && judge->rules_known &&
        memcmp(&digest, &judge->rules_digest, sizeof digest) == 0) {
        text_buf_release(&printed);
        return OK;
    }
    extract_rules_free(judge->rules);
    judge->rules = NULL;
    judge->rules_known = false;
    struct json_doc *doc = NULL;
    if (rc == OK && printed.len > 0) {
        rc = json_parse(text_buf_slice(&printed), true, 16, &doc, reterr);
        if (rc == OK)
            rc = extract_rules_from_json(json_root(doc), &judge->rules, reterr);
    }
    if (rc == OK) {
        judge->rules_digest = digest;
        judge->rules_known = true;
    }
    json_free(doc);
    text_buf_release(&printed);
    return rc;
}

static int request_read(struct judge *judge, const struct json *head, struct slice body,
                        struct request *ret_request, struct failure *reterr)
{
    struct arena *arena = judge->arena;
    struct slice want = json_get_string(head, "want");
    struct slice texts[3] = {json_get_string(head, "url"), json_get_string(head, "content_type"),
                             json_get_string(head, "content_encoding")};
    const char *copies[3];
    for (size_t i = 0; i < 3; i++) {
        copies[i] = arena_copy(arena, texts[i].at, texts[i].len);
        if (copies[i] == NULL)
            return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    /* a picture among a source's pages leaves its rules compiled */
    int rc = slice_is(want, "look") ? OK : rules_use(judge, head, reterr);
    if (rc != OK)
        return rc;
    *ret_request = (struct request){
        .input = {.body = body,
                  .url = copies[0],
                  .content_type = copies[1],
                  .content_encoding = copies[2],
                  .rules = judge->rules,
                  .hint = hint_of(json_get_string(head, "hint"))},
        .classify = !slice_is(want, "extract"),
        .is_ad = slice_is(want, "ad"),
        .is_image = slice_is(want, "look"),
    };
    return OK;
}

/* ---- the answer ---- */

static const char *status_name(int code)
{
    switch (code) {
    case OK:
        return "ok";
    case ERR_LIMIT:
        return "limit";
    case ERR_UNSUPPORTED:
        return "unsupported";
    case ERR_NOMEM:
        return "memory";
    default:
        return "syntax";
    }
}

static int ad_write(struct judge *judge, const struct posting *posting, bool with_verdict,
                    struct json_writer *writer)
{
    char hex[DIGEST_HEX_BYTES], sketch_text[SKETCH_HEX_BYTES];
    struct verdict verdict;
    struct digest fingerprint = posting_fingerprint(posting);
    json_open_object(writer);
    json_key(writer, "posting");
    posting_to_json(posting, writer);
    if (with_verdict) {
        int rc = classify(judge->classifier, posting, judge->arena, &verdict);
        if (rc != OK)
            return rc;
        json_key(writer, "verdict");
        verdict_to_json(&verdict, SLICE_EMPTY, writer);
        struct sketch sketch = sketch_of(posting->field[POSTING_TEXT]);
        json_put_member(writer, "fingerprint", slice_of(digest_hex(&fingerprint, hex)));
        json_put_member(writer, "sketch", slice_of(sketch_hex(&sketch, sketch_text)));
    }
    json_close_object(writer);
    return OK;
}

static void page_write(const struct page_output *page, struct json_writer *writer)
{
    json_put_member(writer, "type", slice_of(page_type_name(page->type)));
    json_put_member_if(writer, "charset", slice_of(page->charset));
    json_put_member_if(writer, "canonical", page->canonical);
    json_put_member_if(writer, "note", page->note);
    json_put_member_int(writer, "repairs", page->repairs);
    json_key(writer, "noindex");
    json_put_bool(writer, page->noindex);
    json_key(writer, "nofollow");
    json_put_bool(writer, page->nofollow);
    if (page->newest_first) {
        json_key(writer, "newest_first");
        json_put_bool(writer, true);
    }
    json_key(writer, "links");
    json_open_array(writer);
    for (size_t i = 0; i < page->links_count; i++) {
        json_open_object(writer);
        json_put_member(writer, "u", page->links[i].url);
        json_put_member(writer, "k", slice_of(link_kind_name(page->links[i].kind)));
        json_put_member_if(writer, "m", page->links[i].lastmod);
        json_close_object(writer);
    }
    json_close_array(writer);
}

/* Rules that reached their limits so often that this process runs them no more. */
static void fused_write(struct judge *judge, struct json_writer *writer)
{
    const struct rule *rule = NULL;
    if (judge_fused(judge, 0) == NULL)
        return;
    json_key(writer, "fused");
    json_open_array(writer);
    for (size_t i = 0; i < FUSED_TOLD_MAX; i++) {
        if ((rule = judge_fused(judge, i)) == NULL)
            break;
        json_put_string(writer, rule->id);
    }
    json_close_array(writer);
}

static int page_answer(struct judge *judge, const struct request *request, struct text_buf *reply,
                       struct failure *reterr)
{
    struct page_output page = {0};
    struct json_writer writer;
    int rc = extract_page(judge->arena, &request->input, &page, reterr);
    if (rc != OK)
        return rc;
    json_writer_init(&writer, reply);
    json_open_object(&writer);
    json_put_member(&writer, "status", SLICE("ok"));
    page_write(&page, &writer);
    json_key(&writer, "ads");
    json_open_array(&writer);
    for (size_t i = 0; rc == OK && i < page.postings_count; i++)
        rc = ad_write(judge, &page.postings[i], request->classify, &writer);
    if (rc != OK)
        return failure_set(reterr, rc, "the page needs more memory than a page may use");
    json_close_array(&writer);
    fused_write(judge, &writer);
    json_close_object(&writer);
    rc = text_buf_status(reply);
    return rc == OK ? OK
                    : failure_set(reterr, rc, "the answer is longer than %u bytes",
                                  JUDGE_REPLY_BYTES_MAX);
}

/* Members given win over what the page says. */
static void posting_overlay(struct posting *given, const struct posting *found)
{
    for (int i = 0; i < POSTING_FIELD_COUNT; i++)
        if (given->field[i].len == 0)
            given->field[i] = found->field[i];
    for (int i = 0; i < POSTING_ATTR_COUNT; i++)
        if (given->attr[i].len == 0)
            given->attr[i] = found->attr[i];
    if (given->links_count == 0) {
        given->links = found->links;
        given->links_count = found->links_count;
    }
    given->origin = found->origin;
}

static int ad_answer(struct judge *judge, const struct request *request, struct text_buf *reply,
                     struct failure *reterr)
{
    struct json_doc *doc = NULL;
    struct posting posting;
    struct slice html;
    struct page_output page = {0};
    struct json_writer writer;
    int rc = json_parse(request->input.body, true, 32, &doc, reterr);
    if (rc != OK)
        return rc;
    rc = posting_from_json(judge->arena, json_root(doc), &posting, &html, reterr);
    if (rc != OK)
        goto out;
    struct page_input input = {.body = html,
                               .url = "",
                               .content_type = "text/html; charset=utf-8",
                               .content_encoding = "",
                               .hint = PAGE_HINT_POSTING};
    struct slice url = posting.attr[POSTING_URL];
    if (url.len > 0 && (input.url = arena_copy(judge->arena, url.at, url.len)) == NULL) {
        rc = failure_set(reterr, ERR_NOMEM, "out of memory");
        goto out;
    }
    rc = extract_page(judge->arena, &input, &page, reterr);
    if (rc != OK)
        goto out;
    if (page.postings_count > 0)
        posting_overlay(&posting, &page.postings[0]);
    json_writer_init(&writer, reply);
    json_open_object(&writer);
    json_put_member(&writer, "status", SLICE("ok"));
    json_key(&writer, "ads");
    json_open_array(&writer);
    rc = ad_write(judge, &posting, request->classify, &writer);
    json_close_array(&writer);
    json_close_object(&writer);
    if (rc == OK)
        rc = text_buf_status(reply);
out:
    json_free(doc);
    return rc;
}

static int look_answer(const struct request *request, struct text_buf *reply,
                       struct failure *reterr)
{
    struct look look;
    struct json_writer writer;
    char hex[LOOK_HEX_BYTES];
    int rc = image_look(request->input.body, &look, reterr);
    if (rc != OK)
        return rc;
    json_writer_init(&writer, reply);
    json_open_object(&writer);
    json_put_member(&writer, "status", SLICE("ok"));
    json_put_member(&writer, "look", slice_of(look_hex(&look, hex)));
    json_close_object(&writer);
    return text_buf_status(reply);
}

static int request_answer(struct judge *judge, const struct request *request,
                          struct text_buf *reply, struct failure *reterr)
{
    if (request->is_image)
        return look_answer(request, reply, reterr);
    return request->is_ad ? ad_answer(judge, request, reply, reterr)
                          : page_answer(judge, request, reply, reterr);
}

int judge_answer(struct judge *judge, struct slice head, struct slice body, struct text_buf *reply)
{
    struct failure why = {.code = OK};
    struct json_doc *doc = NULL;
    struct request request;
    size_t before = reply->len;
    arena_reset(judge->arena);
    int rc = json_parse(head, true, 16, &doc, &why);
    if (rc == OK)
        rc = request_read(judge, json_root(doc), body, &request, &why);
    if (rc == OK)
        rc = request_answer(judge, &request, reply, &why);
    json_free(doc);
    if (rc == OK)
        return OK;
    struct json_writer writer;
    text_buf_truncate(reply, before);
    reply->status = OK;
    json_writer_init(&writer, reply);
    json_open_object(&writer);
    json_put_member(&writer, "status", slice_of(status_name(rc)));
    json_put_member(&writer, "why", slice_of(why.text));
    json_close_object(&writer);
    return text_buf_status(reply);
}

int judge_canary(struct judge *judge, struct failure *reterr)
{
    struct page_output page = {0};
    struct verdict verdict;
    struct page_input input = {.body = SLICE_EMPTY,
                               .url = "https://canary.example/job/1",
                               .content_type = "text/html; charset=utf-8",
                               .content_encoding = "",
                               .hint = PAGE_HINT_POSTING};
    input.body = slice_make(CANARY, sizeof CANARY - 1);
    arena_reset(judge->arena);
    int rc = extract_page(judge->arena, &input, &page, reterr);
    if (rc != OK)
        return rc;
    if (page.postings_count == 0)
        return failure_set(reterr, ERR_UNSUPPORTED,
                           "the canary page gave no posting: extraction is "
                           "broken; reinstall lurewatch");
    rc = classify(judge->classifier, &page.postings[0], judge->arena, &verdict);
    if (rc != OK)
        return failure_set(reterr, rc, "out of memory");
    if (!verdict_is_flagged(&verdict))
        return failure_set(reterr, ERR_UNSUPPORTED,
                           "the canary ad was not flagged (logit %d.%d): the pattern bank or its "
                           "thresholds are wrong; run `lurewatch patterns check`",
                           verdict.logit_tenths / 10, abs(verdict.logit_tenths % 10));
    return OK;
}
