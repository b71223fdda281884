/* crawler/address.h - may we connect there? Internet addresses, and which of them are nobody's
 * business of ours: the guard against requests that a page turns on our own network.
 *
 * Asked three times for each fetch: of the URL before it is queued, of the address before the
 * socket opens, of the peer before the request is written (a connection may be an old one).
 * What is refused follows the IANA special-purpose registries (RFC 6890 and its updates); an IPv6
 * address that carries an IPv4 one inside (mapped, compatible, NAT64, 6to4, Teredo, ISATAP) is
 * never connected to. Pure; no memory is taken. */
#ifndef LUREWATCH_ADDRESS_H
#define LUREWATCH_ADDRESS_H

#include "common/text.h"

struct sockaddr;
struct url;

#define ADDRESS_TEXT_BYTES 46u

struct address {
    uint8_t family;    /* 4 or 6; 0: none */
    uint8_t bytes[16]; /* network order; the first 4 for family 4 */
};

/* For tests alone: one endpoint that may be reached although it is refused to all others, so that
 * a board on loopback can be swept. Exact: that address with that port. {0} allows nothing. */
struct address_policy {
    bool allow_test_endpoint;
    struct address test_address;
    uint16_t test_port;
    bool test_tls; /* it speaks TLS for every name; else plain http */
};

/* Why address may not be connected to: one or two words ("loopback", "private", "link-local",
 * "metadata", "carrier nat", …); NULL: it is public. Static. family 0 gives "no address". */
const char *address_refusal(const struct address *address);
/* address_refusal() with the policy's exception. policy NULL: none. */
const char *address_refusal_for(const struct address_policy *policy, const struct address *address,
                                uint16_t port);

/* From a socket's address. False: neither IPv4 nor IPv6. ret_port may be NULL. */
bool address_from_sockaddr(const struct sockaddr *sockaddr, struct address *ret_address,
                           uint16_t *ret_port);
/* As text, IPv6 as URLs write it (RFC 5952, hexadecimal to the end), without brackets. Returns at,
 * which needs ADDRESS_TEXT_BYTES. */
char *address_text(const struct address *address, char at[ADDRESS_TEXT_BYTES]);
bool address_equal(const struct address *a, const struct address *b);

/* The address a host's spelling means, without asking anybody: "127.0.0.1", "0x7f.1",
 * "2130706433", "0177.0.0.1", "[::1]", "::ffff:7f00:1". False: the spelling is a name, or an
 * address that is not one ("256.1.1.1", "1.2.3.4.5"). */
bool address_of_host(struct slice host, struct address *ret_address);
/* The WHATWG parsers behind it. Errors: ERR_NOT_FOUND (does not end in a number: a name),
 * ERR_SYNTAX (ends in a number and is no address). */
MUST_USE int address_parse_ipv4(struct slice text, struct address *ret_address);
/* Without brackets and zone. Errors: ERR_SYNTAX. */
MUST_USE int address_parse_ipv6(struct slice text, struct address *ret_address);
/* Exactly "a.b.c.d:port" or "[ipv6]:port": a test endpoint. Errors: ERR_SYNTAX. */
MUST_USE int address_parse_endpoint(struct slice text, struct address_policy *ret_policy,
                                    struct failure *reterr);

/* Why a host's name may not even be looked up: "internal name" for localhost, single labels, and
 * the top labels local, localhost, internal, home, lan, corp, intranet, home.arpa, onion; the
 * reason of address_refusal_for() where it spells an address; else NULL. host as in a url. */
const char *address_refuse_host(const struct address_policy *policy, struct slice host,
                                uint16_t port);
/* OK: nothing in url itself speaks against fetching it (its name may still lead to a refused
 * address). Else ERR_DENIED, and *reterr says: refused address or name, credentials in the URL, a
 * port that belongs to another protocol (the Fetch Standard's list of blocked ports). */
MUST_USE int address_refuse_url(const struct address_policy *policy, const struct url *url,
                                struct failure *reterr);

#endif
