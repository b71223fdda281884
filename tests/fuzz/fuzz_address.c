/* fuzz_address.c - any bytes as a host, an endpoint, an address: what is read is written back to the
 * same address, and an IPv4 address never gets through in IPv6 clothes. */
#include "crawler/address.h"
#include "crawler/url.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

static void check_address(const struct address *address)
{
    char text[ADDRESS_TEXT_BYTES];
    struct address again = {0};
    PROMISE(address->family == 4 || address->family == 6);
    address_text(address, text);
    int rc = address->family == 4 ? address_parse_ipv4(slice_of(text), &again)
                                  : address_parse_ipv6(slice_of(text), &again);
    PROMISE(rc == OK && address_equal(address, &again));
    if (address->family == 4) {
        struct address mapped = {.family = 6, .bytes = {[10] = 0xFF, [11] = 0xFF}};
        memcpy(mapped.bytes + 12, address->bytes, 4);
        PROMISE(address_refusal(&mapped) != NULL);
        PROMISE((address->bytes[0] != 127 && address->bytes[0] != 10 && address->bytes[0] != 0 &&
                 address->bytes[0] < 224) ||
                address_refusal(address) != NULL);
    } else {
        PROMISE((address->bytes[0] & 0xE0) == 0x20 || address_refusal(address) != NULL);
    }
}

/* The gate on the URL and the gate on the address must not contradict each other. */
static void check_host(struct slice host)
{
    struct address address = {0};
    struct arena *arena = NULL;
    struct slice ascii;
    if (address_of_host(host, &address)) {
        check_address(&address);
        PROMISE(address_refusal(&address) == NULL || address_refuse_host(NULL, host, 80) != NULL);
    }
    if (arena_create(1u << 20, &arena) != OK)
        return;
    if (url_host_to_ascii(arena, host, &ascii, NULL) == OK && address_of_host(ascii, &address) &&
        address_refusal(&address) != NULL)
        PROMISE(address_refuse_host(NULL, ascii, 80) != NULL);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = fuzz_slice(data, size);
    struct address address = {0};
    struct address_policy policy = {0};
    struct failure why = {0};
    if (size == 4 || size == 16) {
        address.family = size == 4 ? 4 : 6;
        memcpy(address.bytes, data, size);
        check_address(&address);
    }
    if (address_parse_ipv4(text, &address) == OK)
        check_address(&address);
    if (address_parse_ipv6(text, &address) == OK)
        check_address(&address);
    int rc = address_parse_endpoint(text, &policy, &why);
    PROMISE(rc == OK || why.text[0] != '\0');
    if (rc == OK)
        PROMISE(address_refusal_for(&policy, &policy.test_address, policy.test_port) == NULL);
    if (size <= 512)
        check_host(text);
    return 0;
}
