/* queue_sample.c - see queue_sample.h. */
#include "app/queue_sample.h"
#include "common/json.h"
#include "common/text.h"
#include "storage/sample_rows.h"

#include <inttypes.h>
#include <string.h>

static int line(const struct sampling *sampling)
{
    return command_print_line(sampling->out) == OK ? EXIT_DONE : EXIT_IO;
}

static int ad_json(const struct sampling *sampling, const struct sampled_ad *ad)
{
    struct json_writer writer;
    json_writer_init(&writer, sampling->out);
    json_open_object(&writer);
    json_put_member_int(&writer, "ad", ad->posting_id);
    json_put_member(&writer, "source", slice_of(ad->source));
    json_put_member(&writer, "url", slice_of(ad->url));
    json_put_member(&writer, "title", slice_of(ad->title));
    json_put_member(&writer, "text", slice_of(ad->text));
    json_put_member(&writer, "band", slice_of(band_name(ad->band)));
    json_close_object(&writer);
    return line(sampling);
}

static void ad_text(const struct sampled_ad *ad)
{
    printf("ad %" PRId64 "  ", ad->posting_id);
    print_words(stdout, slice_of(ad->title));
    printf("  (%s)\n", ad->source);
    print_words(stdout, slice_of(ad->url));
    putchar('\n');
    print_safe(stdout, slice_of(ad->text));
    fputs("\n\n", stdout);
}

static int list_ads(const struct sampling *sampling)
{
    struct sampled_ad *rows = NULL;
    size_t count = 0;
    int rc = sample_list(sampling->store, sampling->arena, sampling->limit, &rows, &count);
    if (rc != OK)
        return command_store_failure("queue", sampling->store, rc);
    int code = EXIT_DONE;
    for (size_t i = 0; code == EXIT_DONE && i < count; i++) {
        if (sampling->json)
            code = ad_json(sampling, &rows[i]);
        else
            ad_text(&rows[i]);
    }
    if (sampling->json)
        return code;
    if (count == 0)
        puts("no ad of the sample waits to be looked at");
    else
        puts("say of each: lurewatch queue audit AD lure, or lurewatch queue audit AD honest");
    return code;
}

int queue_sample_audit(const struct sampling *sampling, const char *id, const char *what)
{
    if (id == NULL)
        return list_ads(sampling);
    int64_t posting_id = 0;
    bool lure = what != NULL && strcmp(what, "lure") == 0;
    if (slice_to_int64(slice_of(id), &posting_id) != OK || what == NULL ||
        (!lure && strcmp(what, "honest") != 0)) {
        fputs("lurewatch queue: audit wants an ad's number and lure or honest: lurewatch queue "
              "audit 812 honest\n",
              stderr);
        return EXIT_USAGE;
    }
    int rc = sample_mark(sampling->store, posting_id, lure, &sampling->act);
    if (rc != OK)
        return command_store_failure("queue", sampling->store, rc);
    if (!sampling->json)
        printf("ad %" PRId64 ": %s\n", posting_id, lure ? "a lure that was missed" : "honest");
    return EXIT_DONE;
}

static void interval_json(struct json_writer *writer, const char *key, const struct interval *it)
{
    json_key(writer, key);
    json_open_object(writer);
    json_put_member_int(writer, "per_mille", (int64_t)(it->share * 1000 + 0.5));
    json_put_member_int(writer, "low_per_mille", (int64_t)(it->low * 1000 + 0.5));
    json_put_member_int(writer, "high_per_mille", (int64_t)(it->high * 1000 + 0.5));
    json_close_object(writer);
}

static int recall_json(const struct sampling *sampling, const struct recall_estimate *estimate)
{
    struct json_writer writer;
    json_writer_init(&writer, sampling->out);
    json_open_object(&writer);
    json_put_member_int(&writer, "looked_at", (int64_t)estimate->looked_at);
    json_put_member_int(&writer, "lures", (int64_t)estimate->lures);
    json_put_member_int(&writer, "unflagged", (int64_t)estimate->unflagged);
    json_put_member_int(&writer, "confirmed", (int64_t)estimate->confirmed);
    json_put_member_int(&writer, "dismissed", (int64_t)estimate->dismissed);
    json_put_member_int(&writer, "waiting", (int64_t)estimate->waiting);
    interval_json(&writer, "missed", &estimate->missed);
    interval_json(&writer, "precision", &estimate->precision);
    interval_json(&writer, "recall", &estimate->recall);
    json_close_object(&writer);
    return line(sampling);
}

int queue_sample_recall(const struct sampling *sampling)
{
    struct recall_estimate estimate;
    int rc = sample_estimate(sampling->store, &estimate);
    if (rc != OK)
        return command_store_failure("queue", sampling->store, rc);
    if (sampling->json)
        return recall_json(sampling, &estimate);
    printf("%" PRIu64 " of the %" PRIu64 " unflagged ads were looked at, %" PRIu64 " were lures\n",
           estimate.looked_at, estimate.unflagged, estimate.lures);
    printf("cases: %" PRIu64 " confirmed, %" PRIu64 " dismissed, %" PRIu64 " not decided\n",
           estimate.confirmed, estimate.dismissed, estimate.waiting);
    if (estimate.looked_at == 0 || estimate.confirmed + estimate.dismissed == 0) {
        puts("recall: not known before ads of the sample were looked at and cases decided");
        return EXIT_DONE;
    }
    printf("precision %.1f%% (95%%: %.1f to %.1f)\nrecall    %.1f%% (95%%: %.1f to %.1f)\n",
           estimate.precision.share * 100, estimate.precision.low * 100,
           estimate.precision.high * 100, estimate.recall.share * 100, estimate.recall.low * 100,
           estimate.recall.high * 100);
    return EXIT_DONE;
}

int queue_sample_promise(const struct sampling *sampling, int32_t logit_tenths_min, size_t count)
{
    struct interval precision;
    uint64_t decided = 0;
    int rc = queue_precision_from(sampling->store, logit_tenths_min, &precision, &decided);
    if (rc != OK)
        return command_store_failure("queue", sampling->store, rc);
    if (count > 0 && decided > 0)
        printf("%zu cases; of those as strong, people confirmed %.0f%% (95%%: %.0f to %.0f, from "
               "%" PRIu64 " decided)\n",
               count, precision.share * 100, precision.low * 100, precision.high * 100, decided);
    return EXIT_DONE;
}
