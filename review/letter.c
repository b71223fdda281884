/* letter.c - templates filled; see letter.h.
 *
 *     words.yml, template -> fields -> line by line: a line whose fields are all empty goes
 *
 * A field may hold several lines (findings, quotes). Templates are small, so everything is read
 * anew for each letter: an editor's change shows at once. */
#include "review/letter.h"
#include "common/clock.h"
#include "common/utf8.h"
#include "common/yaml.h"
#include "review/letter_data.h"
#include "review/mail.h"
#include "review/reasons.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LETTER_BYTES_MAX  (512u << 10)
#define QUOTE_BYTES_MAX   300u
#define NO_MEMORY(reterr) failure_set((reterr), ERR_NOMEM, "out of memory")

/* ---- words of a language ---- */

struct words {
    struct yaml_doc *doc;
    const struct yaml *language, *english;
};

static int words_load(const char *folder, const char *language, struct words *ret_words,
                      struct failure *reterr)
{
    char path[LETTER_PATH_BYTES];
    struct text_buf text;
    struct words words = {NULL, NULL, NULL};
    text_buf_init(&text, LETTER_FILE_BYTES_MAX);
    int rc = letter_data_read(folder, "words.yml", &text, path, reterr);
    if (rc == OK)
        rc = yaml_parse(text_buf_slice(&text), path, &words.doc, reterr);
    text_buf_release(&text);
    if (rc != OK)
        return rc;
    const struct yaml *all = yaml_get(yaml_root(words.doc), "languages");
    words.english = yaml_get(all, "en");
    words.language = yaml_get(all, language);
    if (words.language == NULL)
        words.language = words.english;
    *ret_words = words;
    return OK;
}

static struct slice word_of(const struct words *words, const char *list, const char *name)
{
    struct slice word = yaml_get_text(yaml_get(words->language, list), name);
    return word.len > 0 ? word : yaml_get_text(yaml_get(words->english, list), name);
}

int letter_task_words(struct arena *arena, const struct letter_desk *desk, const char *language,
                      enum task task, const char **ret_words, struct failure *reterr)
{
    struct words words;
    int rc = words_load(desk->folder, language, &words, reterr);
    if (rc != OK)
        return rc;
    struct slice text = word_of(&words, "task", task_name(task));
    const char *copy = arena_copy(arena, text.at, text.len);
    yaml_free(words.doc);
    if (copy == NULL)
        return NO_MEMORY(reterr);
    *ret_words = copy;
    return OK;
}

/* ---- findings ---- */

static bool speaks(const struct finding *finding)
{
    return finding->points_tenths > 0 && finding->title.len > 0 &&
           (finding->kind == FINDING_RULE || finding->kind == FINDING_COMBO ||
            finding->kind == FINDING_FACT);
}

static bool stronger(const struct finding *a, const struct finding *b)
{
    if (a->points_tenths != b->points_tenths)
        return a->points_tenths > b->points_tenths;
    return a->quote.len > 0 && b->quote.len == 0;
}

const struct finding **letter_findings(struct arena *arena, const struct verdict *verdict,
                                       size_t max, size_t *ret_count)
{
    const struct finding **list = arena_calloc(arena, verdict->findings_count + 1, sizeof *list);
    size_t count = 0;
    for (size_t i = 0; list != NULL && i < verdict->findings_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        bool known = !speaks(finding);
        for (size_t at = 0; at < count && !known; at++)
            known = slice_equal(list[at]->title, finding->title);
        if (known)
            continue;
        size_t at = count++;
        for (; at > 0 && stronger(finding, list[at - 1]); at--)
            list[at] = list[at - 1];
        list[at] = finding;
    }
    *ret_count = count < max ? count : max;
    return list;
}

/* What would break the line or speak to a terminal. */
static bool is_control(uint32_t code)
{
    return code < ' ' || (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029;
}

/* Turns the order of all that follows it in the line, our own words too. Marks that only say which way
 * a word runs stay: Arabic and Hebrew want them. */
static bool is_turning(uint32_t code)
{
    return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

const char *letter_line(struct arena *arena, struct slice text)
{
    char *line = arena_alloc(arena, text.len + 1);
    size_t len = 0, bytes = 0;
    for (; line != NULL && text.len > 0; text = slice_from(text, bytes)) {
        uint32_t code = utf8_decode(text, &bytes);
        if (is_control(code))
            line[len++] = ' ';
        else if (!is_turning(code)) {
            memcpy(line + len, text.at, bytes);
            len += bytes;
        }
    }
    if (line == NULL)
        return NULL;
    struct slice trimmed = slice_trim(slice_make(line, len));
    memmove(line, trimmed.at, trimmed.len);
    line[trimmed.len] = '\0';
    return line;
}

static struct slice short_quote(struct slice quote)
{
    if (quote.len <= QUOTE_BYTES_MAX)
        return quote;
    size_t len = QUOTE_BYTES_MAX;
    while (len > 0 && ((unsigned char)quote.at[len] & 0xc0) == 0x80)
        len--;
    return slice_sub(quote, 0, len);
}

static const char *family_name(struct arena *arena, const struct finding *finding)
{
    const char *name = arena_copy(arena, finding->family.at, finding->family.len);
    return name != NULL ? name : "";
}

/* ---- fields ---- */

struct field {
    const char *name, *value;
};
#define FIELDS_MAX 32u

struct filling {
    struct arena *arena;
    const struct letter_desk *desk;
    const struct letter_about *about;
    struct words words;
    struct reasons *reasons; /* NULL: titles as the bank has them */
    struct field fields[FIELDS_MAX];
    size_t count;
    bool no_memory;
};

static void put(struct filling *filling, const char *name, const char *value)
{
    filling->no_memory |= value == NULL;
    filling->fields[filling->count++] = (struct field){name, value != NULL ? value : ""};
}

static void put_text(struct filling *filling, const char *name, const char *value)
{
    put(filling, name, letter_line(filling->arena, slice_of(value)));
}

static void put_slice(struct filling *filling, const char *name, struct slice value)
{
    put(filling, name, letter_line(filling->arena, short_quote(value)));
}

static void put_day(struct filling *filling, const char *name, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    put(filling, name,
        unix_ms == 0 ? "" : arena_copy(filling->arena, clock_rfc3339(unix_ms, at), 10));
}

static void put_time(struct filling *filling, const char *name, int64_t unix_ms)
{
    char at[CLOCK_RFC3339_BYTES];
    put(filling, name,
        unix_ms == 0 ? "" : arena_copy(filling->arena, clock_rfc3339(unix_ms, at), 20));
}

static const char *category(const struct filling *filling, enum task task)
{
    const char *name = task == TASK_GAMBLING ? "gambling" : task == TASK_SCAM ? "scam" : "other";
    struct slice word = word_of(&filling->words, "category", name);
    return arena_copy(filling->arena, word.at, word.len);
}

static struct slice title_of(const struct filling *filling, const struct finding *finding)
{
    struct reason said;
    return reasons_find(filling->reasons, filling->about->recipient->language, finding->id, &said)
               ? said.title
               : finding->title;
}

/* "- Family: title: "words of the ad" [rule]"; a family without a name stands as its title alone. */
static const char *findings_text(struct filling *filling)
{
    struct text_buf out;
    size_t count = 0;
    const struct finding **list = letter_findings(filling->arena, &filling->about->full->verdict,
                                                  LETTER_FINDINGS_MAX, &count);
    text_buf_init(&out, LETTER_BYTES_MAX);
    for (size_t i = 0; list != NULL && i < count; i++) {
        const struct finding *finding = list[i];
        struct slice family =
            word_of(&filling->words, "family", family_name(filling->arena, finding));
        text_buf_printf(&out, "%s- ", i > 0 ? "\n" : "");
        if (family.len > 0)
            text_buf_printf(&out, "%.*s: ", (int)family.len, family.at);
        text_buf_add_slice(&out, title_of(filling, finding));
        const char *quote = letter_line(filling->arena, short_quote(finding->quote));
        if (quote != NULL && quote[0] != '\0')
            text_buf_printf(&out, ": \"%s\"", quote);
        text_buf_printf(&out, " [%.*s]", (int)finding->id.len, finding->id.at);
    }
    const char *text = list != NULL && text_buf_status(&out) == OK
                           ? arena_copy(filling->arena, text_buf_cstr(&out), out.len)
                           : NULL;
    text_buf_release(&out);
    return text;
}

static const char *quotes_text(struct filling *filling)
{
    struct text_buf out;
    size_t count = 0, shown = 0;
    const struct finding **list = letter_findings(filling->arena, &filling->about->full->verdict,
                                                  LETTER_FINDINGS_MAX, &count);
    text_buf_init(&out, LETTER_BYTES_MAX);
    for (size_t i = 0; list != NULL && i < count && shown < LETTER_QUOTES_MAX; i++) {
        const char *quote = letter_line(filling->arena, short_quote(list[i]->quote));
        if (quote != NULL && quote[0] != '\0')
            text_buf_printf(&out, "%s> %s", shown++ > 0 ? "\n" : "", quote);
    }
    const char *text = list != NULL && text_buf_status(&out) == OK
                           ? arena_copy(filling->arena, text_buf_cstr(&out), out.len)
                           : NULL;
    text_buf_release(&out);
    return text;
}

size_t letter_pages(struct arena *arena, const struct citations *citations,
                    const struct verdict *verdict, size_t findings_max,
                    struct citation ret_pages[LETTER_SOURCES_MAX])
{
    struct text_buf list;
    size_t count = 0, pages = 0;
    const struct finding **findings = letter_findings(arena, verdict, findings_max, &count);
    text_buf_init(&list, LETTER_BYTES_MAX);
    for (size_t i = 0; findings != NULL && i < count; i++)
        citations_of_finding(citations, verdict, findings[i], &list);
    if (text_buf_status(&list) == OK)
        pages = citations_pages(citations, text_buf_slice(&list), ret_pages, LETTER_SOURCES_MAX);
    text_buf_release(&list);
    return pages;
}

/* Who published what the findings above rest on. What rests on our own reading names nobody. */
static void put_sources(struct filling *filling)
{
    struct text_buf out;
    struct citation pages[LETTER_SOURCES_MAX];
    size_t count = letter_pages(filling->arena, filling->desk->citations,
                                &filling->about->full->verdict, LETTER_FINDINGS_MAX, pages);
    text_buf_init(&out, LETTER_BYTES_MAX);
    for (size_t i = 0; i < count; i++) {
        text_buf_add_str(&out, i > 0 ? "\n- " : "- ");
        citation_print(&pages[i],
                       word_of(&filling->words, "source", citation_kind_name(pages[i].kind)), &out);
    }
    put(filling, "sources",
        text_buf_status(&out) == OK ? arena_copy(filling->arena, text_buf_cstr(&out), out.len)
                                    : NULL);
    put(filling, "sources_count", count > 0 ? arena_printf(filling->arena, "%zu", count) : "");
    text_buf_release(&out);
}

static void put_case(struct filling *filling)
{
    const struct case_full *full = filling->about->full;
    const struct case_row *row = &full->row;
    bool own_key = strcmp(row->source_key, row->url) != 0;
    struct slice task = word_of(&filling->words, "task", task_name(full->verdict.task));
    put(filling, "case", arena_printf(filling->arena, "%" PRId64, row->id));
    put_text(filling, "url", row->url);
    put_text(filling, "post", own_key ? row->source_key : "");
    put_slice(filling, "title", full->field[POSTING_TITLE]);
    put_slice(filling, "employer", full->field[POSTING_EMPLOYER]);
    put_slice(filling, "place", full->field[POSTING_PLACE]);
    put_slice(filling, "pay", full->field[POSTING_PAY]);
    put(filling, "task", arena_copy(filling->arena, task.at, task.len));
    put(filling, "category", category(filling, full->verdict.task));
    put(filling, "findings", findings_text(filling));
    put(filling, "quotes", quotes_text(filling));
    put_sources(filling);
    put_text(filling, "sha256", row->evidence_sha256);
    put_text(filling, "record", row->evidence_id);
    put_text(filling, "bank", row->bank);
}

static void put_all(struct filling *filling)
{
    const struct letter_about *about = filling->about;
    const struct recipient *to = about->recipient;
    put_case(filling);
    put_text(filling, "recipient", to->name);
    put_text(filling, "address", to->address[0] != '\0' ? to->address : to->form);
    put_text(filling, "operator", filling->desk->operator_name);
    put_text(filling, "contact", filling->desk->contact);
    put_text(filling, "request", about->request);
    put_text(filling, "reviewer", about->reviewer);
    put_text(filling, "capture", about->capture);
    put_text(filling, "picture", about->picture);
    put_text(filling, "reason", about->reason);
    put_day(filling, "date", about->date_unix_ms);
    put_day(filling, "sent", about->sent_unix_ms);
    put_time(filling, "captured", about->captured_unix_ms);
    put(filling, "version", LUREWATCH_VERSION);
}

/* ---- the template ---- */

struct template
{
    char path[LETTER_PATH_BYTES];
    struct text_buf text;
    unsigned line;
};

static const char *field_value(const struct filling *filling, struct slice name)
{
    for (size_t i = 0; i < filling->count; i++)
        if (slice_is(name, filling->fields[i].name))
            return filling->fields[i].value;
    return NULL;
}

/* One line into out; nothing of it when it has fields and all are empty. */
static int fill_line(const struct filling *filling, const struct template *template,
                     struct slice line, struct text_buf *out, struct failure *reterr)
{
    size_t began = out->len, open;
    bool has_fields = false, has_value = false;
    while ((open = slice_find(line, SLICE("{{"))) != SIZE_MAX) {
        struct slice rest = slice_from(line, open + 2);
        size_t close = slice_find(rest, SLICE("}}"));
        if (close == SIZE_MAX)
            return failure_set(reterr, ERR_SYNTAX, "%s:%u: '{{' without '}}'", template->path,
                               template->line);
        struct slice name = slice_trim(slice_sub(rest, 0, close));
        const char *value = field_value(filling, name);
        if (value == NULL)
            return failure_set(
                reterr, ERR_SYNTAX,
                "%s:%u: there is no field '%.*s'; review/letters/README.md lists them",
                template->path, template->line, (int)name.len, name.at);
        text_buf_add(out, line.at, open);
        text_buf_add_str(out, value);
        has_fields = true;
        has_value |= value[0] != '\0';
        line = slice_from(rest, close + 2);
    }
    if (has_fields && !has_value) {
        text_buf_truncate(out, began);
        return text_buf_status(out);
    }
    text_buf_add_slice(out, line);
    return text_buf_add_char(out, '\n');
}

/* No more than one empty line in a row: lines that went leave their neighbours. */
static const char *without_gaps(struct arena *arena, struct slice text)
{
    char *out = arena_alloc(arena, text.len + 1);
    size_t len = 0;
    unsigned ends = 2;
    for (size_t i = 0; out != NULL && i < text.len; i++) {
        ends = text.at[i] == '\n' ? ends + 1 : 0;
        if (ends <= 2)
            out[len++] = text.at[i];
    }
    while (out != NULL && len > 1 && out[len - 1] == '\n' && out[len - 2] == '\n')
        len--;
    if (out != NULL)
        out[len] = '\0';
    return out;
}

static int fill_template(const struct filling *filling, struct template *template,
                         struct letter *ret_letter, struct failure *reterr)
{
    struct text_buf subject, body;
    struct slice rest = text_buf_slice(&template->text), line;
    text_buf_init(&subject, 4096);
    text_buf_init(&body, LETTER_BYTES_MAX);
    int rc = OK;
    if (!utf8_is_valid(rest))
        rc = failure_set(reterr, ERR_SYNTAX, "%s: not UTF-8; save it as UTF-8", template->path);
    else if (!slice_next_line(&rest, &line) || !slice_starts(line, "Subject:"))
        rc = failure_set(reterr, ERR_SYNTAX, "%s:1: a letter begins with 'Subject: …'",
                         template->path);
    template->line = 1;
    if (rc == OK)
        rc = fill_line(filling, template, slice_trim(slice_from(line, 8)), &subject, reterr);
    while (rc == OK && slice_next_line(&rest, &line)) {
        template->line++;
        rc = fill_line(filling, template, line, &body, reterr);
    }
    if (rc == ERR_LIMIT)
        failure_set(reterr, rc, "%s: the letter would be too long", template->path);
    if (rc == OK) {
        *ret_letter = (struct letter){letter_line(filling->arena, text_buf_slice(&subject)),
                                      without_gaps(filling->arena, text_buf_slice(&body))};
        if (ret_letter->subject == NULL || ret_letter->body == NULL)
            rc = NO_MEMORY(reterr);
    }
    text_buf_release(&subject);
    text_buf_release(&body);
    return rc;
}

static int template_read(const struct filling *filling, struct template *template,
                         struct failure *reterr)
{
    char name[64];
    const struct letter_about *about = filling->about;
    const char *kind = letter_kind_name(about->kind);
    snprintf(name, sizeof name, "%s.%.16s.txt", kind, about->recipient->language);
    if (strchr(name, '/') != NULL)
        return failure_set(reterr, ERR_SYNTAX, "'%s' is no language", about->recipient->language);
    int rc = letter_data_read(filling->desk->folder, name, &template->text, template->path, NULL);
    if (rc != ERR_NOT_FOUND)
        return rc == OK ? OK : failure_set(reterr, rc, "cannot read %s", template->path);
    snprintf(name, sizeof name, "%s.en.txt", kind);
    return letter_data_read(filling->desk->folder, name, &template->text, template->path, reterr);
}

/* The first of the two who decided; "" where one did alone. */
static const char *first_of_two(const struct case_full *full)
{
    const char *first = "", *decided = "";
    for (size_t i = 0; i < full->history_count; i++) {
        const struct audit_entry *entry = &full->history[i];
        if (strcmp(entry->action, "first") == 0)
            first = entry->who;
        else if (strcmp(entry->action, "decide") == 0)
            decided = first;
        else if (strcmp(entry->action, "undo") == 0 || strcmp(entry->action, "reopen") == 0 ||
                 strcmp(entry->why, "another version of the ad") == 0)
            first = ""; /* what was decided before stands until it is decided anew */
    }
    return decided;
}

const char *letter_reviewers(struct arena *arena, const struct case_full *full,
                             const char *approved_by)
{
    const char *names[] = {first_of_two(full), full->row.decided_by,
                           approved_by != NULL ? approved_by : ""};
    const char *all = "";
    if (full->row.state != CASE_CONFIRMED)
        return all;
    for (size_t i = 0; all != NULL && i < sizeof names / sizeof names[0]; i++) {
        bool known = names[i][0] == '\0';
        for (size_t at = 0; at < i; at++)
            known |= strcmp(names[at], names[i]) == 0;
        if (!known)
            all = arena_printf(arena, "%s%s%s", all, all[0] != '\0' ? ", " : "", names[i]);
    }
    return all;
}

static int check_reasons(struct arena *arena, const struct letter_about *about,
                         struct failure *reterr)
{
    size_t count = 0;
    if (about->kind == LETTER_CORRECTION)
        return OK;
    if (letter_findings(arena, &about->full->verdict, 1, &count) == NULL)
        return NO_MEMORY(reterr);
    if (count > 0)
        return OK;
    return failure_set(reterr, ERR_CONFLICT,
                       "case %" PRId64 " has no findings (none were made, or retention took them): "
                       "a letter without reasons is not written",
                       about->full->row.id);
}

/* Article 16(2)(c) of the DSA: a notice without name and mail address may be put aside. */
static int check_notifier(const struct letter_desk *desk, struct failure *reterr)
{
    const char *name = desk->operator_name, *contact = desk->contact;
    if (name != NULL && name[0] != '\0' && contact != NULL && mail_address_is_sound(contact))
        return OK;
    return failure_set(reterr, ERR_SYNTAX,
                       "a notice under Article 16 DSA names who notifies and a mail address: set "
                       "'operator' and 'contact' in lurewatch.yml (contact is '%s')",
                       contact != NULL ? contact : "");
}

int letter_write(struct arena *arena, const struct letter_desk *desk,
                 const struct letter_about *about, struct letter *ret_letter,
                 struct failure *reterr)
{
    if (about->kind == LETTER_DSA16 && check_notifier(desk, reterr) != OK)
        return ERR_SYNTAX;
    int checked = check_reasons(arena, about, reterr);
    if (checked != OK)
        return checked;
    struct filling filling = {.arena = arena, .desk = desk, .about = about};
    struct template template = {.line = 0};
    text_buf_init(&template.text, LETTER_FILE_BYTES_MAX);
    int rc = words_load(desk->folder, about->recipient->language, &filling.words, reterr);
    if (rc == OK && desk->patterns != NULL)
        rc = reasons_load(desk->patterns, NULL, NULL, &filling.reasons, reterr);
    if (rc == OK) {
        put_all(&filling);
        rc = filling.no_memory ? NO_MEMORY(reterr) : template_read(&filling, &template, reterr);
    }
    if (rc == OK)
        rc = fill_template(&filling, &template, ret_letter, reterr);
    reasons_free(filling.reasons);
    yaml_free(filling.words.doc);
    text_buf_release(&template.text);
    return rc;
}
