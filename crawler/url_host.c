/* url_host.c - hosts of URLs: IPv6 in brackets, IPv4 in any spelling, domains by UTS #46 (ICU).
 *
 * A host that is ASCII needs no tables: the URL Standard only lower-cases it, "xn--" labels
 * included. The rest goes through ICU with the standard's settings (non-transitional, no hyphen
 * rules, no DNS lengths, checks for right-to-left and joiners), behind a short table of what UTS
 * #46 maps since Unicode 16 and ICU 72 still refuses. */
#include "crawler/url_inside.h"

#include "common/utf8.h"
#include "crawler/address.h"

#include <pthread.h>
#include <string.h>

#include <unicode/uidna.h>

static UIDNA *idna;
static UErrorCode idna_status = U_ZERO_ERROR;
static pthread_once_t idna_once = PTHREAD_ONCE_INIT;

static void open_idna(void)
{
    idna = uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                               UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
                           &idna_status);
}

int url_prepare(void)
{
    struct url_out out = {.len = 0};
    const char *why = "";
    pthread_once(&idna_once, open_idna);
    if (idna == NULL || U_FAILURE(idna_status))
        return ERR_IO;
    return url_host_parse(SLICE("\xc3\xa4.example"), &out, &why) == OK ? OK : ERR_IO;
}

/* Forbidden domain code points (URL Standard 3.2) that are ASCII. */
static bool is_forbidden(unsigned char c)
{
    return c <= 0x20 || c == 0x7f || (c < 0x80 && strchr("#%/:<>?@[\\]^|", c) != NULL);
}

static bool is_ascii(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] >= 0x80)
            return false;
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* "xn--a-" spells plain ASCII and "xn--" nothing: neither is a label. */
static bool punycode_is_needless(struct slice host)
{
    for (size_t i = 0; i < host.len; i++) {
        if (i > 0 && host.at[i - 1] != '.')
            continue;
        struct slice label = slice_from(host, i);
        size_t dot = slice_find_char(label, '.');
        label = slice_sub(label, 0, dot == SIZE_MAX ? label.len : dot);
        if (slice_starts(label, "xn--") && (label.len == 4 || slice_ends(label, "-")))
            return true;
    }
    return false;
}

/* What the URL Standard does not hold against a name: empty labels, lengths, hyphens. */
#define IDNA_FORGIVEN                                                                              \
    (UIDNA_ERROR_EMPTY_LABEL | UIDNA_ERROR_LABEL_TOO_LONG | UIDNA_ERROR_DOMAIN_NAME_TOO_LONG |     \
     UIDNA_ERROR_LEADING_HYPHEN | UIDNA_ERROR_TRAILING_HYPHEN | UIDNA_ERROR_HYPHEN_3_4)

static int domain_by_icu(struct slice host, char *at, size_t *ret_len, const char **ret_why)
{
    pthread_once(&idna_once, open_idna);
    UErrorCode status = idna_status;
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    int32_t len = U_FAILURE(status)
                      ? 0
                      : uidna_nameToASCII_UTF8(idna, host.at, (int32_t)host.len, at,
                                               (int32_t)URL_BYTES_MAX, &info, &status);
    *ret_why = "the host is not a domain name (UTS #46)";
    if (status == U_BUFFER_OVERFLOW_ERROR)
        return ERR_LIMIT;
    if (U_FAILURE(status) || (info.errors & ~(uint32_t)IDNA_FORGIVEN) != 0)
        return ERR_SYNTAX;
    if (punycode_is_needless(slice_make(at, (size_t)len)))
        return ERR_SYNTAX;
    *ret_len = (size_t)len;
    return OK;
}

/* host, decoded, to lower-case ASCII in at (URL_BYTES_MAX bytes). */
static int domain_to_ascii(struct slice host, char *at, size_t *ret_len, const char **ret_why)
{
    size_t len = 0;
    if (is_ascii(host)) {
        for (len = 0; len < host.len; len++)
            at[len] = lower(host.at[len]);
    } else {
        int rc = domain_by_icu(host, at, &len, ret_why);
        if (rc != OK)
            return rc;
    }
    *ret_why = "the host is empty";
    if (len == 0)
        return ERR_SYNTAX;
    *ret_why = "the host has a character that no host may have";
    for (size_t i = 0; i < len; i++)
        if (is_forbidden((unsigned char)at[i]))
            return ERR_SYNTAX;
    *ret_len = len;
    return OK;
}

static int add_address(const struct address *address, struct url_out *out)
{
    char text[ADDRESS_TEXT_BYTES];
    address_text(address, text);
    if (address->family == 6)
        url_out_add(out, "[", 1);
    url_out_add(out, text, strlen(text));
    if (address->family == 6)
        url_out_add(out, "]", 1);
    return out->full ? ERR_LIMIT : OK;
}

/* What UTS #46 maps since Unicode 16 (revision 33) and ICU 72 refuses or folds otherwise; 0: the
 * character is dropped. */
static uint32_t since_unicode_16(uint32_t code)
{
    static const struct {
        uint32_t first, last, becomes;
    } changes[] = {
        {0x04C0, 0x04C0, 0x04CF},    {0x10A0, 0x10C5, 0x2D00},   {0x180E, 0x180E, 0},
        {0x1E9E, 0x1E9E, 0x00DF},    {0x206A, 0x206F, 0},        {0x2132, 0x2132, 0x214E},
        {0x2183, 0x2183, 0x2184},    {0x2F868, 0x2F868, 0x36FC}, {0x2F874, 0x2F874, 0x5F53},
        {0x2F91F, 0x2F91F, 0x243AB}, {0x2F95F, 0x2F95F, 0x7AEE}, {0x2F9BF, 0x2F9BF, 0x45D7},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        if (code >= changes[i].first && code <= changes[i].last)
            return changes[i].becomes == 0 ? 0 : changes[i].becomes + (code - changes[i].first);
    return code;
}

/* %XX decoded, then ill-formed UTF-8 replaced; at most URL_BYTES_MAX bytes, else ERR_LIMIT. */
static int decode(struct slice input, struct url_out *plain, struct url_out *ret)
{
    for (size_t i = 0; i < input.len; i++) {
        char c = input.at[i];
        if (c == '%' && i + 2 < input.len && hex_value(input.at[i + 1]) >= 0 &&
            hex_value(input.at[i + 2]) >= 0) {
            c = (char)(hex_value(input.at[i + 1]) * 16 + hex_value(input.at[i + 2]));
            i += 2;
        }
        url_out_add(plain, &c, 1);
    }
    struct slice rest = slice_make(plain->at, plain->len);
    while (rest.len > 0) {
        char coded[4];
        size_t taken = 0;
        uint32_t code = utf8_decode(rest, &taken);
        uint32_t mapped = since_unicode_16(code);
        if (mapped != 0 || code == 0)
            url_out_add(ret, coded, utf8_encode(mapped, coded));
        rest = slice_from(rest, taken);
    }
    return plain->full || ret->full ? ERR_LIMIT : OK;
}

static bool is_plain_ascii(struct slice host)
{
    for (size_t i = 0; i < host.len; i++)
        if ((unsigned char)host.at[i] >= 0x80 || host.at[i] == '%')
            return false;
    return true;
}

static int parse_domain(struct slice input, struct url_out *out, const char **ret_why)
{
    struct url_out plain, clean;
    char ascii[URL_BYTES_MAX + 1];
    size_t len = 0;
    if (!is_plain_ascii(input)) {
        plain.len = clean.len = 0;
        plain.full = clean.full = false;
        if (decode(input, &plain, &clean) != OK)
            return ERR_LIMIT;
        input = slice_make(clean.at, clean.len);
    }
    int rc = domain_to_ascii(input, ascii, &len, ret_why);
    if (rc != OK)
        return rc;
    struct address address;
    rc = address_parse_ipv4(slice_make(ascii, len), &address);
    if (rc == OK)
        return add_address(&address, out);
    *ret_why = "the host ends in a number but is no IPv4 address";
    if (rc != ERR_NOT_FOUND)
        return ERR_SYNTAX;
    url_out_add(out, ascii, len);
    return out->full ? ERR_LIMIT : OK;
}

int url_host_parse(struct slice input, struct url_out *out, const char **ret_why)
{
    *ret_why = "the host is too long";
    if (input.len > URL_BYTES_MAX)
        return ERR_LIMIT;
    if (!slice_starts(input, "["))
        return parse_domain(input, out, ret_why);
    struct address address;
    *ret_why = "the host in brackets is no IPv6 address";
    if (!slice_ends(input, "]") ||
        address_parse_ipv6(slice_sub(input, 1, input.len - 2), &address) != OK)
        return ERR_SYNTAX;
    return add_address(&address, out);
}

int url_host_to_ascii(struct arena *arena, struct slice input, struct slice *ret_host,
                      struct failure *reterr)
{
    struct url_out out;
    out.len = 0;
    out.full = false;
    const char *why = "";
    int rc = url_host_parse(input, &out, &why);
    if (rc != OK)
        return failure_set(reterr, rc, "'%.*s': %s", (int)(input.len < 200 ? input.len : 200),
                           input.at, why);
    char *copy = arena_copy(arena, out.at, out.len);
    if (copy == NULL)
        return failure_set(reterr, ERR_NOMEM, "no memory for a host");
    *ret_host = slice_make(copy, out.len);
    return OK;
}
