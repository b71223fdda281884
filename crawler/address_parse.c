/* address_parse.c - addresses in the spellings that URLs allow, and what in a URL alone speaks
 * against fetching it; see address.h. The parsers follow the WHATWG URL Standard, section 3.5. */
#include "crawler/address.h"
#include "crawler/url.h"

#include <string.h>

static bool all_digits(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return true;
}

/* "IPv4 number parser": decimal, 0x hexadecimal, 0 octal. False: no number. Saturates. */
static bool ipv4_number(struct slice text, uint64_t *ret_value)
{
    unsigned radix = 10;
    if (text.len == 0)
        return false;
    if (text.len >= 2 && text.at[0] == '0' && (text.at[1] == 'x' || text.at[1] == 'X')) {
        radix = 16;
        text = slice_from(text, 2);
    } else if (text.len >= 2 && text.at[0] == '0') {
        radix = 8;
        text = slice_from(text, 1);
    }
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++) {
        int digit = hex_value(text.at[i]);
        if (digit < 0 || (unsigned)digit >= radix)
            return false;
        value = value > UINT32_MAX ? value : value * radix + (unsigned)digit;
    }
    *ret_value = value;
    return true;
}

/* Cuts the next label off *rest, whose dot goes too. */
static struct slice next_part(struct slice *rest)
{
    size_t dot = slice_find_char(*rest, '.');
    struct slice part = slice_sub(*rest, 0, dot == SIZE_MAX ? rest->len : dot);
    *rest = dot == SIZE_MAX ? SLICE_EMPTY : slice_from(*rest, dot + 1);
    return part;
}

static bool ends_in_number(struct slice host)
{
    size_t start = host.len;
    while (start > 0 && host.at[start - 1] != '.')
        start--;
    struct slice last = slice_from(host, start);
    uint64_t ignored = 0;
    return last.len > 0 && (all_digits(last) || ipv4_number(last, &ignored));
}

int address_parse_ipv4(struct slice text, struct address *ret_address)
{
    if (text.len > 0 && text.at[text.len - 1] == '.')
        text.len--;
    if (!ends_in_number(text))
        return ERR_NOT_FOUND;
    uint64_t numbers[4];
    size_t count = 0;
    for (bool more = true; more;) {
        more = slice_find_char(text, '.') != SIZE_MAX;
        struct slice part = next_part(&text);
        if (count == 4 || !ipv4_number(part, &numbers[count]))
            return ERR_SYNTAX;
        count++;
    }
    uint64_t value = numbers[count - 1];
    if (value >= UINT64_C(1) << (8 * (5 - count)))
        return ERR_SYNTAX;
    for (size_t i = 0; i + 1 < count; i++) {
        if (numbers[i] > 255)
            return ERR_SYNTAX;
        value += numbers[i] << (8 * (3 - i));
    }
    struct address address = {.family = 4};
    for (size_t i = 0; i < 4; i++)
        address.bytes[i] = (uint8_t)(value >> (8 * (3 - i)));
    *ret_address = address;
    return OK;
}

/* The dotted tail of an IPv6 address: strictly decimal, four parts, no leading zeros. */
static bool v6_dotted_tail(struct slice text, uint8_t ret_bytes[4])
{
    for (size_t part = 0; part < 4; part++) {
        unsigned value = 0;
        size_t digits = 0;
        while (digits < text.len && text.at[digits] >= '0' && text.at[digits] <= '9') {
            if (digits > 0 && value == 0)
                return false;
            value = value * 10 + (unsigned)(text.at[digits] - '0');
            if (value > 255)
                return false;
            digits++;
        }
        if (digits == 0)
            return false;
        ret_bytes[part] = (uint8_t)value;
        text = slice_from(text, digits);
        if (part < 3) {
            if (text.len == 0 || text.at[0] != '.')
                return false;
            text = slice_from(text, 1);
        }
    }
    return text.len == 0;
}

struct v6_reader {
    uint8_t bytes[16];
    size_t piece;    /* 0-8 */
    size_t compress; /* piece where "::" stands, SIZE_MAX: nowhere */
    struct slice rest;
};

/* One piece, with the colon behind it, or the dotted tail. False: not an address. */
static bool v6_piece(struct v6_reader *reader)
{
    unsigned value = 0;
    size_t digits = 0;
    while (digits < 4 && digits < reader->rest.len && hex_value(reader->rest.at[digits]) >= 0)
        value = value * 16 + (unsigned)hex_value(reader->rest.at[digits++]);
    struct slice behind = slice_from(reader->rest, digits);
    if (behind.len > 0 && behind.at[0] == '.') {
        if (reader->piece > 6 || !v6_dotted_tail(reader->rest, &reader->bytes[2 * reader->piece]))
            return false;
        reader->piece += 2;
        reader->rest = SLICE_EMPTY;
        return true;
    }
    if (digits == 0)
        return false;
    if (behind.len > 0) {
        if (behind.at[0] != ':' || behind.len == 1)
            return false;
        behind = slice_from(behind, 1);
    }
    reader->bytes[2 * reader->piece] = (uint8_t)(value >> 8);
    reader->bytes[2 * reader->piece + 1] = (uint8_t)value;
    reader->piece++;
    reader->rest = behind;
    return true;
}

int address_parse_ipv6(struct slice text, struct address *ret_address)
{
    struct v6_reader reader = {.compress = SIZE_MAX, .rest = text};
    if (slice_starts(text, ":")) {
        if (!slice_starts(text, "::"))
            return ERR_SYNTAX;
        reader.rest = slice_from(text, 2);
        reader.compress = 0;
    } else if (text.len == 0) {
        return ERR_SYNTAX;
    }
    while (reader.rest.len > 0) {
        if (reader.piece == 8)
            return ERR_SYNTAX;
        if (reader.rest.at[0] == ':') {
            if (reader.compress != SIZE_MAX || reader.piece == 0)
                return ERR_SYNTAX;
            reader.compress = reader.piece;
            reader.rest = slice_from(reader.rest, 1);
            continue;
        }
        if (!v6_piece(&reader))
            return ERR_SYNTAX;
    }
    struct address address = {.family = 6};
    size_t head = reader.compress == SIZE_MAX ? reader.piece : reader.compress;
    size_t tail = reader.piece - head;
    if (reader.compress == SIZE_MAX ? reader.piece != 8 : reader.piece == 8)
        return ERR_SYNTAX;
    memcpy(address.bytes, reader.bytes, 2 * head);
    memcpy(address.bytes + 16 - 2 * tail, reader.bytes + 2 * head, 2 * tail);
    *ret_address = address;
    return OK;
}

bool address_of_host(struct slice host, struct address *ret_address)
{
    if (slice_starts(host, "[") && slice_ends(host, "]"))
        return address_parse_ipv6(slice_sub(host, 1, host.len - 2), ret_address) == OK;
    if (slice_find_char(host, ':') != SIZE_MAX)
        return address_parse_ipv6(host, ret_address) == OK;
    return address_parse_ipv4(host, ret_address) == OK;
}

static bool is_internal_name(struct slice host)
{
    static const char *const tops[] = {".localhost", ".local", ".localdomain", ".internal",
                                       ".intranet",  ".home",  ".lan",         ".corp",
                                       ".home.arpa", ".onion"};
    if (host.len > 0 && host.at[host.len - 1] == '.')
        host.len--;
    if (slice_find_char(host, '.') == SIZE_MAX)
        return true;
    for (size_t i = 0; i < sizeof tops / sizeof tops[0]; i++)
        if (slice_ends(host, tops[i]))
            return true;
    return false;
}

const char *address_refuse_host(const struct address_policy *policy, struct slice host,
                                uint16_t port)
{
    struct address address;
    if (address_of_host(host, &address))
        return address_refusal_for(policy, &address, port);
    return is_internal_name(host) ? "internal name" : NULL;
}

/* The Fetch Standard's "bad ports": other protocols, which a request could be made to speak. */
static bool is_blocked_port(uint16_t port)
{
    static const uint16_t ports[] = {
        0,    1,    7,    9,    11,   13,   15,   17,   19,   20,   21,   22,   23,   25,
        37,   42,   43,   53,   69,   77,   79,   87,   95,   101,  102,  103,  104,  109,
        110,  111,  113,  115,  117,  119,  123,  135,  137,  139,  143,  161,  179,  389,
        427,  465,  512,  513,  514,  515,  526,  530,  531,  532,  540,  548,  554,  556,
        563,  587,  601,  636,  989,  990,  993,  995,  1719, 1720, 1723, 2049, 3659, 4045,
        4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++)
        if (ports[i] == port)
            return true;
    return false;
}

int address_refuse_url(const struct address_policy *policy, const struct url *url,
                       struct failure *reterr)
{
    const char *reason = address_refuse_host(policy, url->host, url->port);
    if (reason != NULL)
        return failure_set(reterr, ERR_DENIED, "%s: refused: %.*s is not public (%s)", url->href.at,
                           (int)url->host.len, url->host.at, reason);
    if (url->username.len > 0 || url->password.len > 0)
        return failure_set(reterr, ERR_DENIED,
                           "%s: refused: it carries a user name or password; lurewatch reads "
                           "public pages only",
                           url->href.at);
    if (is_blocked_port(url->port))
        return failure_set(reterr, ERR_DENIED,
                           "%s: refused: port %u belongs to a protocol other than HTTP",
                           url->href.at, (unsigned)url->port);
    return OK;
}
