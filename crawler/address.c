/* address.c - which Internet addresses are public; see address.h.
 *
 * Two tables of prefixes, the first that matches gives the reason; an IPv6 address that none names
 * must lie in 2000::/3, the only part the IANA has opened for the public. Sources: the IANA IPv4
 * and IPv6 special-purpose address registries; metadata services by their makers' documentation. */
#include "crawler/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

struct prefix {
    uint8_t bytes[16];
    unsigned bits;
    const char *reason;
};

static const struct prefix V4[] = {
    {{169, 254, 169, 254}, 32, "metadata"},
    {{169, 254, 170, 2}, 32, "metadata"},
    {{100, 100, 100, 200}, 32, "metadata"},
    {{168, 63, 129, 16}, 32, "metadata"},
    {{192, 0, 0, 192}, 32, "metadata"},
    {{0}, 8, "this network"},
    {{10}, 8, "private"},
    {{100, 64}, 10, "carrier nat"},
    {{127}, 8, "loopback"},
    {{169, 254}, 16, "link-local"},
    {{172, 16}, 12, "private"},
    {{192, 0, 0}, 24, "reserved"},
    {{192, 0, 2}, 24, "documentation"},
    {{192, 88, 99}, 24, "6to4 relay"},
    {{192, 168}, 16, "private"},
    {{198, 18}, 15, "benchmark"},
    {{198, 51, 100}, 24, "documentation"},
    {{203, 0, 113}, 24, "documentation"},
    {{224}, 4, "multicast"},
    {{255, 255, 255, 255}, 32, "broadcast"},
    {{240}, 4, "reserved"},
};

static const struct prefix V6[] = {
    {{0xfd, 0x00, 0x0e, 0xc2, [15] = 0}, 32, "metadata"},
    {{0xfd, 0x20, 0x00, 0xce, [15] = 0}, 32, "metadata"},
    {{[15] = 0}, 128, "unspecified"},
    {{[15] = 1}, 128, "loopback"},
    {{[10] = 0xff, [11] = 0xff}, 96, "v4-mapped"},
    {{0}, 96, "v4-compatible"},
    {{0x00, 0x64, 0xff, 0x9b}, 96, "nat64"},
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, "nat64"},
    {{0x01}, 64, "discard"},
    {{0x20, 0x01, 0x00, 0x00}, 32, "teredo"},
    {{0x20, 0x01, 0x00, 0x02}, 48, "benchmark"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "documentation"},
    {{0x20, 0x01}, 23, "reserved"},
    {{0x20, 0x02}, 16, "6to4"},
    {{0x3f, 0xff}, 20, "documentation"},
    {{0xfc}, 7, "unique-local"},
    {{0xfe, 0x80}, 10, "link-local"},
    {{0xfe, 0xc0}, 10, "site-local"},
    {{0xff}, 8, "multicast"},
};

static bool has_prefix(const uint8_t *bytes, const struct prefix *prefix)
{
    unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;
    if (memcmp(bytes, prefix->bytes, whole) != 0)
        return false;
    return rest == 0 || ((bytes[whole] ^ prefix->bytes[whole]) >> (8 - rest)) == 0;
}

static const char *look_up(const struct prefix *table, size_t count, const uint8_t *bytes)
{
    for (size_t i = 0; i < count; i++)
        if (has_prefix(bytes, &table[i]))
            return table[i].reason;
    return NULL;
}

const char *address_refusal(const struct address *address)
{
    const uint8_t *bytes = address->bytes;
    if (address->family == 4)
        return look_up(V4, sizeof V4 / sizeof V4[0], bytes);
    if (address->family != 6)
        return "no address";
    const char *reason = look_up(V6, sizeof V6 / sizeof V6[0], bytes);
    if (reason != NULL)
        return reason;
    if ((bytes[0] & 0xe0) != 0x20)
        return "reserved";
    bool isatap = (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
    return isatap ? "isatap" : NULL;
}

bool address_equal(const struct address *a, const struct address *b)
{
    return a->family == b->family && memcmp(a->bytes, b->bytes, a->family == 4 ? 4 : 16) == 0;
}

const char *address_refusal_for(const struct address_policy *policy, const struct address *address,
                                uint16_t port)
{
    if (policy != NULL && policy->allow_test_endpoint && port == policy->test_port &&
        address_equal(address, &policy->test_address))
        return NULL;
    return address_refusal(address);
}

bool address_from_sockaddr(const struct sockaddr *sockaddr, struct address *ret_address,
                           uint16_t *ret_port)
{
    struct address address = {0};
    uint16_t port = 0;
    if (sockaddr->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, sockaddr, sizeof in);
        address.family = 4;
        memcpy(address.bytes, &in.sin_addr, 4);
        port = ntohs(in.sin_port);
    } else if (sockaddr->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, sockaddr, sizeof in);
        address.family = 6;
        memcpy(address.bytes, &in.sin6_addr, 16);
        port = ntohs(in.sin6_port);
    } else {
        return false;
    }
    *ret_address = address;
    if (ret_port != NULL)
        *ret_port = port;
    return true;
}

/* The first longest run of zero pieces, which "::" stands for; length under 2: none. */
static unsigned longest_zero_run(const uint16_t pieces[8], unsigned *ret_start)
{
    unsigned best = 0, best_start = 8, run = 0;
    for (unsigned i = 0; i < 8; i++) {
        run = pieces[i] == 0 ? run + 1 : 0;
        if (run > best) {
            best = run;
            best_start = i + 1 - run;
        }
    }
    *ret_start = best < 2 ? 8 : best_start;
    return best < 2 ? 0 : best;
}

static void text_of_v6(const uint8_t bytes[16], char at[ADDRESS_TEXT_BYTES])
{
    uint16_t pieces[8];
    for (size_t i = 0; i < 8; i++)
        pieces[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    unsigned zero_start = 8;
    unsigned zero_run = longest_zero_run(pieces, &zero_start);
    size_t len = 0;
    for (unsigned i = 0; i < 8; i++) {
        if (i == zero_start) {
            len += (size_t)snprintf(at + len, ADDRESS_TEXT_BYTES - len, i == 0 ? "::" : ":");
            i += zero_run - 1;
            continue;
        }
        len += (size_t)snprintf(at + len, ADDRESS_TEXT_BYTES - len, "%x%s", (unsigned)pieces[i],
                                i < 7 ? ":" : "");
    }
}

char *address_text(const struct address *address, char at[ADDRESS_TEXT_BYTES])
{
    const uint8_t *b = address->bytes;
    if (address->family == 4)
        snprintf(at, ADDRESS_TEXT_BYTES, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
    else if (address->family == 6)
        text_of_v6(b, at);
    else
        snprintf(at, ADDRESS_TEXT_BYTES, "none");
    return at;
}

int address_parse_endpoint(struct slice text, struct address_policy *ret_policy,
                           struct failure *reterr)
{
    struct address_policy policy = {.allow_test_endpoint = true};
    policy.test_tls = slice_starts(text, "tls:");
    if (policy.test_tls)
        text = slice_from(text, 4);
    size_t colon = SIZE_MAX;
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == ':')
            colon = i;
    int64_t port = 0;
    bool good = colon != SIZE_MAX && slice_to_int64(slice_from(text, colon + 1), &port) == OK &&
                port > 0 && port <= UINT16_MAX;
    if (good) {
        struct slice host = slice_sub(text, 0, colon);
        if (slice_starts(host, "[") && slice_ends(host, "]"))
            good = address_parse_ipv6(slice_sub(host, 1, host.len - 2), &policy.test_address) == OK;
        else
            good = address_parse_ipv4(host, &policy.test_address) == OK;
    }
    if (!good)
        return failure_set(reterr, ERR_SYNTAX,
                           "'%.*s' is not an address with its port: write 127.0.0.1:8080 or "
                           "[::1]:8080",
                           (int)(text.len < 80 ? text.len : 80), text.at);
    policy.test_port = (uint16_t)port;
    *ret_policy = policy;
    return OK;
}
