/* robots.c - reads robots.txt for one agent; see robots.h. Questions are answered in
 * robots_match.c.
 *
 * One pass over the lines. A group is a run of User-agent lines and the rules below it; only an
 * Allow or Disallow ends the run, so that Sitemap, Crawl-delay and unknown lines disturb nothing
 * (RFC 9309 2.2.4). Rules for "*" are kept until it is clear that no group names us. */
#include "crawler/robots_inside.h"

#include "common/utf8.h"
#include "crawler/extract/inflate.h"

#include <stdlib.h>
#include <string.h>

enum key { KEY_UNKNOWN, KEY_AGENT, KEY_ALLOW, KEY_DISALLOW, KEY_DELAY, KEY_SITEMAP };

struct reader {
    struct robots *robots;
    struct slice agent; /* our product token */
    uint32_t line;
    bool group_has_rules;     /* the next User-agent line begins a new group */
    bool names_us, names_all; /* the group that is open */
    bool ever_named_us;
    uint32_t delay_ours_ms, delay_all_ms;
};

struct slice robots_product_token(struct slice user_agent)
{
    size_t len = 0;
    while (len < user_agent.len) {
        char c = user_agent.at[len];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!word && c != '-' && c != '_')
            break;
        len++;
    }
    return slice_sub(user_agent, 0, len);
}

/* Misspellings that site owners make and mean: a rule is obeyed rather than missed. */
static enum key key_of(struct slice word)
{
    static const struct {
        const char *name;
        enum key key;
    } keys[] = {
        {"user-agent", KEY_AGENT},  {"useragent", KEY_AGENT},    {"user agent", KEY_AGENT},
        {"allow", KEY_ALLOW},       {"disallow", KEY_DISALLOW},  {"dissallow", KEY_DISALLOW},
        {"dissalow", KEY_DISALLOW}, {"disalow", KEY_DISALLOW},   {"diasllow", KEY_DISALLOW},
        {"disallaw", KEY_DISALLOW}, {"disallows", KEY_DISALLOW}, {"crawl-delay", KEY_DELAY},
        {"crawldelay", KEY_DELAY},  {"crawl delay", KEY_DELAY},  {"sitemap", KEY_SITEMAP},
        {"site-map", KEY_SITEMAP},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (slice_equal_nocase(word, slice_of(keys[i].name)))
            return keys[i].key;
    return KEY_UNKNOWN;
}

/* A file that was saved as a web page ends its lines with "<BR>". */
static struct slice without_br(struct slice line)
{
    static const char *const ends[] = {"<br>", "<br/>", "<br />"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t len = strlen(ends[i]);
        if (line.len >= len &&
            slice_equal_nocase(slice_from(line, line.len - len), slice_make(ends[i], len)))
            return slice_trim(slice_sub(line, 0, line.len - len));
    }
    return line;
}

/* Cuts "key: value" apart, the comment off. Without a colon two words may stand for it. */
static enum key split_line(struct slice line, struct slice *ret_value)
{
    line = without_br(slice_trim(slice_sub(line, 0, slice_find_char(line, '#'))));
    size_t colon = slice_find_char(line, ':');
    if (colon != SIZE_MAX) {
        *ret_value = slice_trim(slice_from(line, colon + 1));
        return key_of(slice_trim(slice_sub(line, 0, colon)));
    }
    size_t space = 0;
    while (space < line.len && line.at[space] != ' ' && line.at[space] != '\t')
        space++;
    *ret_value = slice_trim(slice_from(line, space));
    if (slice_find_char(*ret_value, ' ') != SIZE_MAX ||
        slice_find_char(*ret_value, '\t') != SIZE_MAX)
        return KEY_UNKNOWN;
    return ret_value->len == 0 ? KEY_UNKNOWN : key_of(slice_sub(line, 0, space));
}

static void take_agent(struct reader *reader, struct slice value)
{
    if (reader->group_has_rules)
        reader->names_us = reader->names_all = reader->group_has_rules = false;
    if (slice_starts(value, "*") && (value.len == 1 || value.at[1] == ' ' || value.at[1] == '\t')) {
        reader->names_all = true;
        return;
    }
    struct slice token = robots_product_token(value);
    if (token.len > 0 && slice_equal_nocase(token, reader->agent))
        reader->names_us = reader->ever_named_us = true;
}

/* As the line reads, where people can read it; else as it is compared. */
static int keep_words(struct robots *robots, struct robots_rule *rule, struct slice line)
{
    bool readable = line.len <= ROBOTS_WORDS_MAX && utf8_is_valid(line);
    for (size_t i = 0; i < line.len && readable; i++)
        readable = (unsigned char)line.at[i] >= 0x20 || line.at[i] == '\t';
    rule->words_at = robots->text.len;
    if (readable) {
        text_buf_add_slice(&robots->text, line);
    } else {
        struct slice pattern = slice_make(robots->text.at + rule->pattern_at, rule->pattern_len);
        char copy[ROBOTS_WORDS_MAX];
        size_t len = pattern.len < sizeof copy ? pattern.len : sizeof copy;
        memcpy(copy, pattern.at, len);
        text_buf_add_str(&robots->text, rule->allow ? "Allow: " : "Disallow: ");
        text_buf_add(&robots->text, copy, len);
    }
    rule->words_len = robots->text.len - rule->words_at;
    return text_buf_status(&robots->text);
}

/* A new rule of the open group, its pattern evened out; NULL: no memory. */
static struct robots_rule *add_rule(struct reader *reader, bool allow, struct slice pattern)
{
    struct robots *robots = reader->robots;
    if (robots->count == robots->capacity) {
        size_t capacity = robots->capacity == 0 ? 32 : 2 * robots->capacity;
        struct robots_rule *more = realloc(robots->rules, capacity * sizeof *more);
        if (more == NULL)
            return NULL;
        robots->rules = more;
        robots->capacity = capacity;
    }
    struct robots_rule *rule = &robots->rules[robots->count++];
    *rule = (struct robots_rule){.line = reader->line,
                                 .allow = allow,
                                 .to_end = slice_ends(pattern, "$"),
                                 .for_us = reader->names_us,
                                 .for_all = reader->names_all,
                                 .pattern_at = robots->text.len};
    if (rule->to_end)
        pattern.len--;
    robots_even(pattern, true, &robots->text);
    rule->pattern_len = robots->text.len - rule->pattern_at;
    return rule;
}

static int take_rule(struct reader *reader, bool allow, struct slice value, struct slice line)
{
    struct robots *robots = reader->robots;
    reader->group_has_rules = reader->group_has_rules || reader->names_us || reader->names_all;
    if ((!reader->names_us && !reader->names_all) || value.len == 0)
        return OK;
    struct robots_rule *rule = add_rule(reader, allow, value);
    if (rule == NULL)
        return ERR_NOMEM;
    int rc = keep_words(robots, rule, line);
    /* Who allows a folder's index page by name allows the folder: they are one page. */
    static const char *const index_pages[] = {"/index.html", "/index.htm"};
    for (size_t i = 0; rc == OK && allow && i < 2; i++) {
        if (!slice_ends(value, index_pages[i]))
            continue;
        size_t words_at = rule->words_at, words_len = rule->words_len;
        struct slice folder = slice_sub(value, 0, value.len - strlen(index_pages[i]) + 1);
        rule = add_rule(reader, true, folder);
        if (rule == NULL)
            return ERR_NOMEM;
        rule->to_end = true;
        rule->words_at = words_at;
        rule->words_len = words_len;
        break;
    }
    return rc;
}

/* Seconds with a fraction, whatever stands behind, as milliseconds, at most a day; 0: no number. */
static uint32_t delay_of(struct slice value)
{
    uint64_t ms = 0, scale = 1000;
    bool fraction = false;
    for (size_t i = 0; i < value.len; i++) {
        char c = value.at[i];
        if (c == '.' && !fraction) {
            fraction = true;
            continue;
        }
        if (c < '0' || c > '9')
            break;
        if (fraction)
            scale /= 10;
        ms = fraction ? ms + scale * (uint64_t)(c - '0') : ms * 10 + 1000 * (uint64_t)(c - '0');
        if (ms > ROBOTS_DELAY_MS_MAX)
            ms = ROBOTS_DELAY_MS_MAX;
    }
    return (uint32_t)ms;
}

static void take_delay(struct reader *reader, struct slice value)
{
    uint32_t delay_ms = delay_of(value);
    if (reader->names_us && delay_ms > reader->delay_ours_ms)
        reader->delay_ours_ms = delay_ms;
    if (reader->names_all && delay_ms > reader->delay_all_ms)
        reader->delay_all_ms = delay_ms;
}

static int take_sitemap(struct robots *robots, struct slice value)
{
    if (value.len == 0 || robots->sitemaps_count == ROBOTS_SITEMAPS_MAX)
        return OK;
    if (robots->sitemaps == NULL)
        robots->sitemaps = calloc(ROBOTS_SITEMAPS_MAX, sizeof *robots->sitemaps);
    if (robots->sitemaps == NULL)
        return ERR_NOMEM;
    robots->sitemaps[robots->sitemaps_count++] = robots->text.len;
    text_buf_add_slice(&robots->text, value);
    return text_buf_add_char(&robots->text, '\0');
}

static int take_line(struct reader *reader, struct slice line)
{
    struct slice value;
    switch (split_line(line, &value)) {
    case KEY_AGENT:
        take_agent(reader, value);
        return OK;
    case KEY_ALLOW:
        return take_rule(reader, true, value, slice_trim(line));
    case KEY_DISALLOW:
        return take_rule(reader, false, value, slice_trim(line));
    case KEY_DELAY:
        take_delay(reader, value);
        return OK;
    case KEY_SITEMAP:
        return take_sitemap(reader->robots, value);
    case KEY_UNKNOWN:
        break;
    }
    return OK;
}

/* Line ends are \n, \r\n and \r. */
static struct slice next_line(struct slice *rest)
{
    size_t len = 0;
    while (len < rest->len && rest->at[len] != '\n' && rest->at[len] != '\r')
        len++;
    struct slice line = slice_sub(*rest, 0, len);
    bool pair = len + 1 < rest->len && rest->at[len] == '\r' && rest->at[len + 1] == '\n';
    *rest = slice_from(*rest, len + (pair ? 2 : 1));
    return line;
}

static struct slice without_bom(struct slice body)
{
    static const char bom[3] = {'\xef', '\xbb', '\xbf'};
    size_t len = 0;
    while (len < sizeof bom && len < body.len && body.at[len] == bom[len])
        len++;
    return slice_from(body, len);
}

/* The rule that decides comes first: the longest, and of equals the Allow. */
static int by_weight(const void *a, const void *b)
{
    const struct robots_rule *left = a, *right = b;
    size_t left_len = left->pattern_len + left->to_end,
           right_len = right->pattern_len + right->to_end;
    if (left_len != right_len)
        return left_len > right_len ? -1 : 1;
    if (left->allow != right->allow)
        return left->allow ? -1 : 1;
    return left->line < right->line ? -1 : 1;
}

static void finish(struct reader *reader)
{
    struct robots *robots = reader->robots;
    size_t kept = 0;
    for (size_t i = 0; i < robots->count; i++)
        if (reader->ever_named_us ? robots->rules[i].for_us : robots->rules[i].for_all)
            robots->rules[kept++] = robots->rules[i];
    robots->count = kept;
    robots->crawl_delay_ms = reader->ever_named_us ? reader->delay_ours_ms : reader->delay_all_ms;
    if (kept > 0)
        qsort(robots->rules, kept, sizeof *robots->rules, by_weight);
}

static int create(enum robots_state state, int http_status, struct robots **ret_robots)
{
    struct robots *robots = calloc(1, sizeof *robots);
    if (robots == NULL)
        return ERR_NOMEM;
    robots->state = state;
    robots->http_status = http_status;
    text_buf_init(&robots->text, ROBOTS_TEXT_BYTES_MAX);
    *ret_robots = robots;
    return OK;
}

int robots_parse(struct slice body, struct slice agent, struct robots **ret_robots)
{
    struct reader reader = {.agent = robots_product_token(agent)};
    int rc = create(ROBOTS_RULES, 200, &reader.robots);
    struct slice rest = without_bom(slice_sub(body, 0, ROBOTS_BYTES_MAX));
    while (rc == OK && rest.len > 0) {
        reader.line++;
        rc = take_line(&reader, next_line(&rest));
    }
    if (rc != OK) {
        robots_free(reader.robots);
        return ERR_NOMEM;
    }
    finish(&reader);
    *ret_robots = reader.robots;
    return OK;
}

int robots_from_answer(int http_status, struct slice body, struct slice agent,
                       struct robots **ret_robots)
{
    if (http_status >= 200 && http_status < 300)
        return robots_parse(body, agent, ret_robots);
    bool unreachable = http_status < 300 || http_status == 429 || http_status >= 500;
    return create(unreachable ? ROBOTS_DISALLOW_ALL : ROBOTS_ALLOW_ALL, http_status, ret_robots);
}

int robots_unpack(struct arena *arena, struct slice body, const char *content_encoding,
                  struct slice *ret_file, struct failure *reterr)
{
    struct slice file;
    int rc = inflate_body(arena, body, content_encoding, ROBOTS_UNPACKED_MAX, &file, reterr);
    if (rc == OK)
        *ret_file = slice_sub(file, 0, ROBOTS_BYTES_MAX);
    return rc;
}

void robots_free(struct robots *robots)
{
    if (robots == NULL)
        return;
    text_buf_release(&robots->text);
    free(robots->rules);
    free(robots->sitemaps);
    free(robots);
}

enum robots_state robots_state(const struct robots *robots)
{
    return robots->state;
}

int64_t robots_fresh_ms(const struct robots *robots)
{
    return robots->state == ROBOTS_DISALLOW_ALL ? ROBOTS_RETRY_MS : ROBOTS_FRESH_MS_MAX;
}

uint32_t robots_crawl_delay_ms(const struct robots *robots)
{
    return robots->crawl_delay_ms;
}

const char *robots_sitemap(const struct robots *robots, size_t index)
{
    return index < robots->sitemaps_count ? robots->text.at + robots->sitemaps[index] : NULL;
}
