/* bank_proof.c - `lurewatch patterns check`: the bank itself (classifiers/bank_check.h), and what lies
 * beside it and changes no verdict: reasons in further languages and the sources. */
#include "app/bank_bench.h"
#include "app/bank_reasons.h"
#include "app/bank_sources.h"
#include "app/command.h"
#include "classifiers/bank_check.h"
#include "common/json.h"

#include <inttypes.h>
#include <stdio.h>

#define MISSING_SHOWN_MAX 5u

struct proof {
    struct bank_bench *bench;
    bool json;
    struct json_writer writer; /* of --json: inside its array */
    struct bank_check_result result;
    struct pattern_bank *bank; /* NULL: it does not compile */
    struct reasons *reasons;
    struct bank_sources_count sources;
    bool has_sources; /* there is a file of them */
};

static void tell(void *ctx, enum bank_check_kind kind, const char *text)
{
    struct proof *proof = ctx;
    if (!proof->json) {
        fputs(kind == BANK_CHECK_WARNING ? "warning: " : "", stdout);
        print_safe(stdout, slice_of(text));
        fputc('\n', stdout);
        return;
    }
    json_open_object(&proof->writer);
    json_put_member(&proof->writer, "kind",
                    slice_of(kind == BANK_CHECK_WARNING ? "warning" : "complaint"));
    json_put_member(&proof->writer, "text", slice_of(text));
    json_close_object(&proof->writer);
}

/* ---- reasons ---- */

/* What a language of reasons has, and what it lacks. */
struct lacking {
    struct text_buf missing; /* ", one, two" */
    size_t there, all;
    struct json_writer *writer; /* NULL: for people */
};

static void note_reason(void *ctx, const char *id, bool there)
{
    struct lacking *lacking = ctx;
    lacking->all++;
    lacking->there += there;
    if (there)
        return;
    if (lacking->writer != NULL)
        json_put_string(lacking->writer, slice_of(id));
    else if (lacking->all - lacking->there <= MISSING_SHOWN_MAX)
        text_buf_printf(&lacking->missing, "%s %s", lacking->missing.len > 0 ? "," : "", id);
}

static void tell_language(struct proof *proof, const char *tag)
{
    struct lacking lacking = {.writer = proof->json ? &proof->writer : NULL};
    text_buf_init(&lacking.missing, 4096);
    if (lacking.writer != NULL) {
        json_open_object(lacking.writer);
        json_put_member(lacking.writer, "language", slice_of(tag));
        json_key(lacking.writer, "missing");
        json_open_array(lacking.writer);
    }
    bank_reasons_each(proof->bank, proof->reasons, tag, note_reason, &lacking);
    if (lacking.writer != NULL) {
        json_close_array(lacking.writer);
        json_put_member_int(lacking.writer, "there", (int64_t)lacking.there);
        json_close_object(lacking.writer);
    } else {
        size_t missing = lacking.all - lacking.there;
        printf("reasons in %s: %zu of %zu%s%s%s\n", tag, lacking.there, lacking.all,
               missing > 0 ? "; in English:" : "", text_buf_cstr(&lacking.missing),
               missing > MISSING_SHOWN_MAX ? ", …" : "");
    }
    text_buf_release(&lacking.missing);
}

/* Of a bank that compiles: titles and reasons in further languages. */
static void check_reasons(struct proof *proof)
{
    struct failure why = {.code = OK};
    const struct bank_pack *pack = proof->bench->pack;
    if (pattern_bank_compile(pack, &proof->bank, &why) != OK)
        return; /* told already */
    if (bank_reasons_load(proof->bank, bank_pack_origin(pack), &proof->reasons, &why) == OK)
        return;
    tell(proof, BANK_CHECK_COMPLAINT, why.text);
    proof->result.complaints++;
}

static void tell_reasons(struct proof *proof)
{
    size_t count = proof->reasons != NULL ? reasons_count(proof->reasons) : 0;
    for (size_t i = 0; i < count; i++)
        tell_language(proof, reasons_tag(proof->reasons, i));
    reasons_free(proof->reasons);
    pattern_bank_free(proof->bank);
}

/* ---- sources ---- */

static void tell_key(void *ctx, const char *text)
{
    struct proof *proof = ctx;
    if (!proof->has_sources)
        return; /* said once, below */
    tell(proof, BANK_CHECK_COMPLAINT, text);
    proof->result.complaints++;
}

static int check_sources(struct proof *proof, struct failure *reterr)
{
    char text[512];
    struct failure why = {.code = OK};
    struct citations *citations = NULL;
    const struct bank_pack *pack = proof->bench->pack;
    if (citations_load(bank_pack_origin(pack), &citations, &why) != OK) {
        tell(proof, BANK_CHECK_COMPLAINT, why.text);
        proof->result.complaints++;
        return OK;
    }
    proof->has_sources = citations_count(citations) > 0;
    int rc = bank_sources_check(pack, citations, tell_key, proof, &proof->sources, reterr);
    citations_free(citations);
    if (rc == OK && !proof->has_sources && proof->sources.keys > 0) {
        snprintf(text, sizeof text,
                 "%.300s/" CITATIONS_FILE " is missing or empty: people see bare keys instead of "
                 "publishers; copy the one that came with lurewatch",
                 bank_pack_origin(pack));
        tell(proof, BANK_CHECK_WARNING, text);
        proof->result.warnings++;
    }
    return rc;
}

/* ---- the result ---- */

static void put_result(struct proof *proof)
{
    struct json_writer *writer = &proof->writer;
    const struct bank_check_result *result = &proof->result;
    json_close_array(writer);
    json_put_member_int(writer, "files", (int64_t)result->files);
    json_put_member_int(writer, "rules", (int64_t)result->rules);
    json_put_member_int(writer, "combos", (int64_t)result->combos);
    json_put_member_int(writer, "signals", (int64_t)result->signals);
    json_put_member_int(writer, "examples", (int64_t)result->examples);
    json_put_member_int(writer, "complaints", (int64_t)result->complaints);
    json_put_member_int(writer, "warnings", (int64_t)result->warnings);
    json_put_member_int(writer, "slowest_us", result->slowest_us);
    json_put_member(writer, "slowest_rule", slice_of(result->slowest));
    json_put_member_int(writer, "source_keys", (int64_t)proof->sources.keys);
    json_put_member_int(writer, "source_keys_known", (int64_t)proof->sources.known);
    json_key(writer, "reasons");
    json_open_array(writer);
    tell_reasons(proof);
    json_close_array(writer);
    json_close_object(writer);
}

static void print_result(struct proof *proof)
{
    const struct bank_check_result *result = &proof->result;
    printf("%s: %zu rules, %zu combos, %zu signals in %zu files; %zu examples run: "
           "%zu complaint%s, %zu warning%s\n",
           bank_pack_origin(proof->bench->pack), result->rules, result->combos, result->signals,
           result->files, result->examples, result->complaints, result->complaints == 1 ? "" : "s",
           result->warnings, result->warnings == 1 ? "" : "s");
    if (result->slowest[0] != '\0')
        printf("slowest on hostile text: %s, %" PRId64 " µs for 16 KiB\n", result->slowest,
               result->slowest_us);
    printf("sources: %zu of %zu keys known\n", proof->sources.known, proof->sources.keys);
    tell_reasons(proof);
}

int bench_check(struct bank_bench *bench)
{
    struct proof proof = {.bench = bench, .json = bench->common->json};
    struct failure why = {.code = OK};
    json_writer_init(&proof.writer, bench->out);
    json_open_object(&proof.writer);
    json_key(&proof.writer, "findings");
    json_open_array(&proof.writer);
    if (bank_check(bench->pack, tell, &proof, &proof.result, &why) != OK ||
        check_sources(&proof, &why) != OK)
        return exit_with("patterns", &why);
    check_reasons(&proof);
    if (!proof.json)
        print_result(&proof);
    else
        put_result(&proof);
    if (proof.json && command_print_line(bench->out) != OK)
        return EXIT_IO;
    return proof.result.complaints > 0 ? EXIT_DATA : EXIT_DONE;
}
