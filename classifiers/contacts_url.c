/* contacts_url.c - addresses of pages in text; see facts_parts.h. Hosts as in RFC 3986 and, in any
 * script, as people type them (RFC 5895 tells how a browser reads these). */
#include "classifiers/facts_parts.h"
#include "common/utf8.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

static const char *const BEGINS[] = {"https://", "http://", "www."};

/* Bytes of what stands before the host: "https://", "www." is a part of it. */
static size_t scheme_len(struct slice url)
{
    for (size_t i = 0; i < 2; i++)
        if (slice_starts_nocase(url, BEGINS[i]))
            return strlen(BEGINS[i]);
    return 0;
}

bool url_is_short(struct slice url)
{
    struct word_hit hit;
    for (size_t i = 0; i < sizeof BEGINS / sizeof BEGINS[0]; i++)
        if (slice_starts(url, BEGINS[i]))
            url = slice_from(url, strlen(BEGINS[i]));
    return word_at(words_of(WORDS_LINK), url, 0, &hit) && hit.tag == LINK_SHORT;
}

size_t url_host_end(struct slice url)
{
    size_t end = scheme_len(url);
    while (end < url.len && strchr("/?#", url.at[end]) == NULL)
        end++;
    return end;
}

/* ---- where it ends ---- */

static bool is_ascii_letter(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

/* Scripts that put no space between words: the address may go on as a sentence. */
static bool is_unspaced(uint32_t code)
{
    UErrorCode error = U_ZERO_ERROR;
    return uscript_breaksBetweenLetters(uscript_getScript((UChar32)code, &error));
}

/* One label in letters and digits of any script; its letters. */
static size_t label_end(struct slice text, size_t at, size_t *ret_letters)
{
    bool has_ascii = false;
    *ret_letters = 0;
    while (at < text.len) {
        size_t used = 1;
        uint32_t code = utf8_decode(slice_from(text, at), &used);
        bool is_part = code < 0x80 ? is_ascii_letter(code) || (code >= '0' && code <= '9')
                                   : u_isalnum((UChar32)code) ||
                                         u_charType((UChar32)code) == U_NON_SPACING_MARK;
        if ((!is_part && code != '-') || (code >= 0x80 && has_ascii && is_unspaced(code)))
            break;
        has_ascii = has_ascii || is_ascii_letter(code);
        *ret_letters += is_part ? 1 : 0;
        at += used;
    }
    return at;
}

/* A host that has a letter beyond ASCII in its first labels, and a last label of two letters at
 * least; at: where it is none. */
static size_t wide_host_end(struct slice text, size_t at)
{
    size_t end = at, labels = 0;
    for (size_t begin = at;; begin = end + 1) {
        size_t letters = 0, stop = label_end(text, begin, &letters);
        if (letters < (labels == 0 ? 1u : 2u))
            break;
        labels++;
        end = stop;
        if (end >= text.len || text.at[end] != '.')
            break;
    }
    return labels > 1 ? end : at;
}

static size_t ascii_end(struct slice text, size_t at)
{
    while (at < text.len && (unsigned char)text.at[at] > ' ' && (unsigned char)text.at[at] < 0x7F &&
           strchr("\"'<>()[]{},", text.at[at]) == NULL)
        at++;
    return at;
}

/* Is what was read up to a letter beyond ASCII no host yet, so that the letter belongs to it? */
static bool is_cut_host(struct slice read)
{
    struct slice host = slice_from(read, scheme_len(read));
    host = slice_from(host, slice_starts(host, "www.") ? 4 : 0);
    size_t dot = slice_find_char(host, '.');
    for (size_t i = 0; i < host.len; i++)
        if (strchr("/?#:@", host.at[i]) != NULL)
            return false;
    return dot == SIZE_MAX || dot + 1 == host.len;
}

size_t url_end(struct slice text, size_t at)
{
    size_t end = ascii_end(text, at);
    if (end < text.len && (unsigned char)text.at[end] >= 0x80 &&
        is_cut_host(slice_sub(text, at, end - at))) {
        size_t host = at + scheme_len(slice_from(text, at)), wide = wide_host_end(text, host);
        end = wide > host && wide > end ? ascii_end(text, wide) : end;
    }
    while (end > at && strchr(".,;:!?", text.at[end - 1]) != NULL)
        end--;
    return end;
}
