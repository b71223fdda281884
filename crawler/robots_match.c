/* robots_match.c - which rule decides for a path; see robots.h.
 *
 * The rules stand in the order of their weight, so the first that matches decides; a rule costs one
 * walk over the path however many stars it has (glob.h), since strangers wrote both. */
#include "crawler/glob.h"
#include "crawler/robots_inside.h"

#include <string.h>

static bool is_unreserved(int c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static bool is_reserved(int c)
{
    return c > 0 && c < 128 && strchr(":/?#[]@!&'()+,;=", c) != NULL;
}

void robots_even(struct slice text, bool is_pattern, struct text_buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        int byte = (unsigned char)text.at[i];
        int low = byte == '%' && i + 2 < text.len ? hex_value(text.at[i + 2]) : -1;
        int high = low >= 0 ? hex_value(text.at[i + 1]) : -1;
        bool coded = high >= 0;
        if (coded) {
            byte = high * 16 + low;
            i += 2;
        }
        bool plain = is_unreserved(byte) || (!coded && is_reserved(byte)) ||
                     (!coded && is_pattern && byte == '*');
        char digits[3] = {'%', "0123456789ABCDEF"[byte >> 4], "0123456789ABCDEF"[byte & 15]};
        char single = (char)byte;
        text_buf_add(out, plain ? &single : digits, plain ? 1 : 3);
    }
}

static bool answer(struct robots_answer *ret_answer, bool allowed, uint32_t line, struct slice rule)
{
    if (ret_answer != NULL)
        *ret_answer = (struct robots_answer){.allowed = allowed, .line = line, .rule = rule};
    return allowed;
}

static bool answer_by_rules(const struct robots *robots, struct slice path,
                            struct robots_answer *ret_answer)
{
    for (size_t i = 0; i < robots->count; i++) {
        const struct robots_rule *rule = &robots->rules[i];
        struct slice pattern = slice_make(robots->text.at + rule->pattern_at, rule->pattern_len);
        if (glob_matches(pattern, rule->to_end, path))
            return answer(ret_answer, rule->allow, rule->line,
                          slice_make(robots->text.at + rule->words_at, rule->words_len));
    }
    return answer(ret_answer, true, 0, SLICE("no rule"));
}

static struct slice words_of_state(const struct robots *robots)
{
    if (robots->http_status == 429)
        return SLICE("robots.txt answered 429: wait and ask again");
    if (robots->http_status >= 500)
        return SLICE("robots.txt answered with a server error");
    if (robots->http_status >= 400)
        return SLICE("no robots.txt");
    if (robots->http_status >= 300)
        return SLICE("robots.txt only redirects");
    return SLICE("robots.txt could not be reached");
}

bool robots_allows(const struct robots *robots, struct slice path_query,
                   struct robots_answer *ret_answer)
{
    if (slice_is(path_query, "/robots.txt"))
        return answer(ret_answer, true, 0, SLICE("robots.txt itself"));
    if (robots->state != ROBOTS_RULES)
        return answer(ret_answer, robots->state == ROBOTS_ALLOW_ALL, 0, words_of_state(robots));
    struct text_buf even;
    text_buf_init(&even, ROBOTS_PATH_BYTES_MAX);
    robots_even(path_query, false, &even);
    bool allowed = text_buf_status(&even) == OK
                       ? answer_by_rules(robots, text_buf_slice(&even), ret_answer)
                       : answer(ret_answer, false, 0, SLICE("the URL is too long to check"));
    text_buf_release(&even);
    return allowed;
}
