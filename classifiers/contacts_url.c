/* contacts_url.c - addresses of pages in text; see facts_parts.h. Hosts as in RFC 3986 and, in any
 * script, as people type them (RFC 5895 tells how a browser reads these). */
#include "classifiers/facts_parts.h"
#include "common/utf8.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#define HOST_UNITS_MAX 1024 /* in UTF-16; a longer one is no host */

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

/* Scripts that put no space between words: the address may go on as a sentence. */
static bool is_unspaced(uint32_t code)
{
    UErrorCode error = U_ZERO_ERROR;
    return uscript_breaksBetweenLetters(uscript_getScript((UChar32)code, &error));
}

/* A vowel sign, a tone, an accent: a part of the letter before it, in the scripts of India and
 * South-East Asia one with a width of its own. */
static bool is_mark(uint32_t code)
{
    return (U_GET_GC_MASK((UChar32)code) & U_GC_M_MASK) != 0;
}

static bool is_host_letter(uint32_t code)
{
    return code < 0x80 ? ascii_is_letter((char)code) || (code >= '0' && code <= '9')
                       : u_isalnum((UChar32)code) || is_mark(code);
}

/* One label in letters and digits of any script; its letters. */
static size_t label_end(struct slice text, size_t at, size_t *ret_letters)
{
    bool has_ascii = false;
    *ret_letters = 0;
    while (at < text.len) {
        size_t used = 1;
        uint32_t code = utf8_decode(slice_from(text, at), &used);
        bool is_part = is_host_letter(code);
        if ((!is_part && code != '-' && code != '_') ||
            (code >= 0x80 && has_ascii && is_unspaced(code)))
            break;
        has_ascii = has_ascii || (code < 0x80 && ascii_is_letter((char)code));
        *ret_letters += is_part ? 1 : 0;
        at += used;
    }
    return at;
}

/* Bytes of the dot at text[at]: "." or, as a Chinese keyboard has it, the full stop of a sentence,
 * which is one before plain letters alone. */
static size_t dot_len(struct slice text, size_t at)
{
    if (at < text.len && text.at[at] == '.')
        return 1;
    bool wide = slice_starts(slice_from(text, at), "\xe3\x80\x82");
    return wide && at + 3 < text.len && ascii_is_letter(text.at[at + 3]) ? 3 : 0;
}

/* A host that has a letter beyond ASCII in its first labels, and a last label of two letters at
 * least; at: where it is none. */
static size_t wide_host_end(struct slice text, size_t at)
{
    size_t end = at, labels = 0, dot = 0;
    for (size_t begin = at;; begin = end + dot) {
        size_t letters = 0, stop = label_end(text, begin, &letters);
        if (letters < (labels == 0 ? 1u : 2u))
            break;
        labels++;
        end = stop;
        if ((dot = dot_len(text, end)) == 0)
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

/* Where a path goes on in letters of a script that has spaces, up to one. */
static size_t path_end(struct slice text, size_t at)
{
    while (at < text.len && (unsigned char)text.at[at] >= 0x80) {
        size_t used = 1;
        uint32_t code = utf8_decode(slice_from(text, at), &used);
        if (!is_host_letter(code) || is_unspaced(code))
            break;
        at = ascii_end(text, at + used);
    }
    return at;
}

/* Behind "https://" and "name:password@", where the host begins. */
static size_t host_start(struct slice read)
{
    size_t start = scheme_len(read), at = slice_find_char(read, '@');
    return at != SIZE_MAX && at >= start && at < url_host_end(read) ? at + 1 : start;
}

/* Is what was read up to that letter beyond ASCII no host yet, so that the letter belongs to it? A
 * letter of a script that has spaces does wherever it stands. */
static bool is_cut_host(struct slice read, uint32_t code)
{
    struct slice host = slice_from(read, host_start(read));
    host = slice_from(host, slice_starts(host, "www.") ? 4 : 0);
    size_t dot = slice_find_char(host, '.');
    for (size_t i = 0; i < host.len; i++)
        if (strchr("/?#:", host.at[i]) != NULL)
            return false;
    return dot == SIZE_MAX || dot + 1 == host.len || (is_host_letter(code) && !is_unspaced(code));
}

size_t url_end(struct slice text, size_t at)
{
    size_t end = ascii_end(text, at), used = 1;
    struct slice read = slice_sub(text, at, end - at);
    uint32_t code = end < text.len ? utf8_decode(slice_from(text, end), &used) : 0;
    if (code >= 0x80 && is_cut_host(read, code)) {
        size_t host = at + host_start(read), wide = wide_host_end(text, host);
        end = wide > host && wide > end ? ascii_end(text, wide) : end;
    }
    if (url_host_end(slice_sub(text, at, end - at)) < end - at)
        end = path_end(text, end);
    while (end > at && strchr(".,;:!?", text.at[end - 1]) != NULL)
        end--;
    return end;
}

/* ---- what it is ---- */

/* Has no sign that folding takes away as white space, and no label of two scripts: such a one is to be
 * read as the other script that it looks like. */
static bool is_of_one_script(struct slice host)
{
    UScriptCode of = USCRIPT_COMMON;
    bool is_wide = false;
    for (size_t at = 0, used = 1; at < host.len; at += used) {
        UErrorCode error = U_ZERO_ERROR;
        uint32_t code = utf8_decode(slice_from(host, at), &used);
        UScriptCode script = uscript_getScript((UChar32)code, &error);
        if (u_isspace((UChar32)code) || U_FAILURE(error))
            return false;
        is_wide = is_wide || code >= 0x80;
        if (dot_len(host, at) > 0 || code == '/' || code == '@')
            of = USCRIPT_COMMON;
        else if (script == USCRIPT_COMMON || script == USCRIPT_INHERITED)
            continue;
        else if (of != USCRIPT_COMMON && of != script &&
                 (of == USCRIPT_LATIN || script == USCRIPT_LATIN))
            return false;
        else
            of = script;
    }
    return is_wide;
}

/* One letter as a browser reads it in a host; 0: nothing. */
static UChar32 host_letter(uint32_t code)
{
    if (code == 0x3002 || code == 0xFF0E || code == 0xFF61)
        return '.';
    if (code >= 0xFF01 && code <= 0xFF5E)
        code -= 0xFEE0;
    return u_charType((UChar32)code) == U_FORMAT_CHAR ? 0 : u_tolower((UChar32)code);
}

/* The host in small letters, composed; empty: it is too long, or there is no memory. */
static struct slice small_host(struct slice host, struct arena *arena)
{
    UErrorCode error = U_ZERO_ERROR;
    UChar units[HOST_UNITS_MAX], composed[HOST_UNITS_MAX];
    int32_t len = 0, bytes = 0;
    for (size_t at = 0, used = 1; at < host.len; at += used) {
        UChar32 code = host_letter(utf8_decode(slice_from(host, at), &used));
        if (len + 2 > HOST_UNITS_MAX)
            return SLICE_EMPTY;
        if (code != 0)
            U16_APPEND_UNSAFE(units, len, code);
    }
    const UNormalizer2 *nfc = unorm2_getNFCInstance(&error);
    len = unorm2_normalize(nfc, units, len, composed, HOST_UNITS_MAX, &error);
    char *small = U_SUCCESS(error) ? arena_alloc(arena, 3u * HOST_UNITS_MAX) : NULL;
    if (small == NULL)
        return SLICE_EMPTY;
    u_strToUTF8(small, 3 * HOST_UNITS_MAX, &bytes, composed, len, &error);
    return U_SUCCESS(error) ? slice_make(small, (size_t)bytes) : SLICE_EMPTY;
}

struct slice url_host_read(struct slice written, struct slice folded, struct arena *arena)
{
    struct slice small = is_of_one_script(written) ? small_host(written, arena) : SLICE_EMPTY;
    if (small.len > 0)
        return small;
    char *copy = arena_copy(arena, folded.at, folded.len);
    if (copy == NULL)
        return SLICE_EMPTY;
    ascii_small(copy, folded);
    return slice_make(copy, folded.len);
}
