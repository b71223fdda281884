/* May we connect there? Every special range by both its ends, in every spelling a page may try. The
 * addresses are strings and bytes here: nothing connects. */
#include "crawler/address.h"
#include "crawler/url.h"
#include "tests/unit/unit.h"

#include <arpa/inet.h>

static struct address address_read(const char *text)
{
    struct address address = {0};
    int rc = strchr(text, ':') != NULL ? address_parse_ipv6(slice_of(text), &address)
                                       : address_parse_ipv4(slice_of(text), &address);
    if (rc != OK)
        fail_msg("%s was not read", text);
    return address;
}

static void expect_refusal(const char *text, bool refused)
{
    struct address address = address_read(text);
    const char *why = address_refusal(&address);
    if ((why != NULL) != refused)
        fail_msg("%s: %s", text, why == NULL ? "public" : why);
}

static void special_ranges_are_refused_to_their_ends(void **state)
{
    /* IANA special-purpose registries: first, last, and the neighbours that are public */
    static const char *const refused[] = {"0.0.0.0",
                                          "0.255.255.255",
                                          "10.0.0.0",
                                          "10.255.255.255",
                                          "100.64.0.0",
                                          "100.127.255.255",
                                          "127.0.0.0",
                                          "127.255.255.255",
                                          "169.254.0.0",
                                          "169.254.169.254",
                                          "169.254.255.255",
                                          "172.16.0.0",
                                          "172.31.255.255",
                                          "192.0.0.0",
                                          "192.0.0.170",
                                          "192.0.2.1",
                                          "192.88.99.1",
                                          "192.168.0.0",
                                          "192.168.255.255",
                                          "198.18.0.0",
                                          "198.19.255.255",
                                          "198.51.100.1",
                                          "203.0.113.255",
                                          "224.0.0.1",
                                          "239.255.255.255",
                                          "240.0.0.1",
                                          "255.255.255.255",
                                          "::",
                                          "::1",
                                          "::7f00:1",
                                          "::ffff:7f00:1",
                                          "::ffff:808:808",
                                          "64:ff9b::a00:1",
                                          "64:ff9b::808:808",
                                          "64:ff9b:1::1",
                                          "100::1",
                                          "2001::1",
                                          "2001:db8::1",
                                          "2002:7f00:1::",
                                          "2002:808:808::1",
                                          "3fff::1",
                                          "5f00::1",
                                          "fc00::1",
                                          "fdff:ffff::1",
                                          "fe80::1",
                                          "febf::1",
                                          "fec0::1",
                                          "ff02::1",
                                          "4000::1",
                                          "2600::200:5efe:a00:1",
                                          "fd00:ec2::254"};
    static const char *const public[] = {
        "1.1.1.1",         "9.255.255.255",   "11.0.0.0",        "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.0",       "169.253.255.255", "169.255.0.0",    "172.15.255.255",
        "172.32.0.0",      "192.167.255.255", "192.169.0.0",     "198.17.255.255", "198.20.0.0",
        "223.255.255.255", "2600::1",         "2a00:1450::1"};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        expect_refusal(refused[i], true);
    for (size_t i = 0; i < sizeof public / sizeof public[0]; i++)
        expect_refusal(public[i], false);
    struct address none = {0};
    assert_string_equal(address_refusal(&none), "no address");
}

static void spellings_of_one_address_are_one(void **state)
{
    static const char *const rows[] = {"127.0.0.1",  "127.1",      "0x7f.1",       "0177.0.0.1",
                                       "2130706433", "0x7f000001", "017700000001", "127.0.0.1."};
    struct address wanted = {4, {127, 0, 0, 1}}, found;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (!address_of_host(slice_of(rows[i]), &found) || !address_equal(&wanted, &found))
            fail_msg("%s", rows[i]);
        assert_non_null(address_refuse_host(NULL, slice_of(rows[i]), 80));
    }
    assert_true(address_of_host(SLICE("[::ffff:7f00:1]"), &found));
    assert_true(address_of_host(SLICE("::ffff:127.0.0.1"), &found));
}

static void what_is_no_address_is_none(void **state)
{
    struct address found;
    (void)state;
    assert_false(address_of_host(SLICE("board.test"), &found));
    assert_false(address_of_host(SLICE("256.1.1.1"), &found));
    assert_false(address_of_host(SLICE("1.2.3.4.5"), &found));
    assert_int_equal(address_parse_ipv4(SLICE("board.test"), &found), ERR_NOT_FOUND);
    assert_int_equal(address_parse_ipv4(SLICE("1.2.3.256"), &found), ERR_SYNTAX);
    assert_int_equal(address_parse_ipv4(SLICE("0x.09"), &found), ERR_SYNTAX);
    static const char *const bad6[] = {
        "",   ":",        ":::",     "1::2::3",      "1:2:3:4:5:6:7:8:9",    "g::",
        "1:", "::1%eth0", "12345::", "::127.0.0.01", "1:2:3:4:5:6:7:1.2.3.4"};
    for (size_t i = 0; i < sizeof bad6 / sizeof bad6[0]; i++)
        if (address_parse_ipv6(slice_of(bad6[i]), &found) != ERR_SYNTAX)
            fail_msg("%s", bad6[i]);
}

static void text_is_that_of_the_rfc(void **state)
{
    static const char *const rows[][2] = {{"2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
                                          {"0:0:0:0:0:0:0:0", "::"},
                                          {"1:0:0:0:0:0:0:0", "1::"},
                                          {"1:2:3:4:5:6:0:8", "1:2:3:4:5:6:0:8"},
                                          {"::ffff:192.0.2.1", "::ffff:c000:201"}};
    char at[ADDRESS_TEXT_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct address address = address_read(rows[i][0]);
        assert_string_equal(address_text(&address, at), rows[i][1]);
    }
}

static void internal_names_are_not_looked_up(void **state)
{
    static const char *const refused[] = {"localhost", "LOCALHOST", "localhost.",  "a.localhost",
                                          "printer",   "nas.local", "db.internal", "x.home.arpa",
                                          "y.corp",    "abc.onion", "router.lan"};
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (address_refuse_host(NULL, slice_of(refused[i]), 80) == NULL)
            fail_msg("%s", refused[i]);
    assert_null(address_refuse_host(NULL, SLICE("board.example"), 80));
    assert_null(address_refuse_host(NULL, SLICE("local.board.example"), 80));
}

static void urls_are_refused_with_a_sentence(void **state)
{
    static const char *const refused[] = {
        "http://127.0.0.1/",          "http://[::1]/",
        "http://2130706433/",         "http://user@board.example/",
        "http://:pw@board.example/",  "http://board.example:22/",
        "http://board.example:6667/", "http://169.254.169.254/latest/",
        "http://localhost/"};
    struct arena *arena = NULL;
    struct url url;
    (void)state;
    assert_int_equal(arena_create(1u << 20, &arena), OK);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct failure why = {0};
        assert_int_equal(url_parse(arena, slice_of(refused[i]), NULL, &url, &why), OK);
        if (address_refuse_url(NULL, &url, &why) != ERR_DENIED)
            fail_msg("%s", refused[i]);
        assert_true(why.text[0] != '\0');
    }
    assert_int_equal(url_parse(arena, SLICE("https://board.example:8443/x"), NULL, &url, NULL), OK);
    assert_int_equal(address_refuse_url(NULL, &url, NULL), OK);
    arena_free(arena);
}

static void a_test_endpoint_is_that_one_alone(void **state)
{
    struct address_policy policy = {0};
    struct failure why = {0};
    struct address other = {4, {127, 0, 0, 2}}, mapped = address_read("::ffff:127.0.0.1");
    (void)state;
    assert_int_equal(address_parse_endpoint(SLICE("127.0.0.1:8080"), &policy, &why), OK);
    assert_null(address_refusal_for(&policy, &policy.test_address, 8080));
    assert_non_null(address_refusal_for(&policy, &policy.test_address, 8081));
    assert_non_null(address_refusal_for(&policy, &other, 8080));
    assert_non_null(address_refusal_for(&policy, &mapped, 8080));
    assert_null(address_refuse_host(&policy, SLICE("127.0.0.1"), 8080));
    assert_non_null(address_refuse_host(&policy, SLICE("localhost"), 8080));
    static const char *const bad[] = {
        "",        "127.0.0.1", "127.0.0.1:0",  "127.0.0.1:65536", ":80", "board.test:80",
        "::1:80x", "[::1]",     "127.0.0.1:80 "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (address_parse_endpoint(slice_of(bad[i]), &policy, &why) != ERR_SYNTAX)
            fail_msg("%s", bad[i]);
        expect_says(&why, "127.0.0.1:8080");
    }
}

static void sockets_addresses_are_read(void **state)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct sockaddr other = {.sa_family = AF_UNIX};
    struct address address;
    uint16_t port = 0;
    char at[ADDRESS_TEXT_BYTES];
    (void)state;
    inet_pton(AF_INET, "198.51.100.7", &in.sin_addr);
    assert_true(address_from_sockaddr((struct sockaddr *)&in, &address, &port));
    assert_string_equal(address_text(&address, at), "198.51.100.7");
    assert_int_equal(port, 80);
    inet_pton(AF_INET6, "fe80::1", &in6.sin6_addr);
    assert_true(address_from_sockaddr((struct sockaddr *)&in6, &address, NULL));
    assert_string_equal(address_refusal(&address), "link-local");
    assert_false(address_from_sockaddr(&other, &address, &port));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(special_ranges_are_refused_to_their_ends),
        cmocka_unit_test(spellings_of_one_address_are_one),
        cmocka_unit_test(what_is_no_address_is_none),
        cmocka_unit_test(text_is_that_of_the_rfc),
        cmocka_unit_test(internal_names_are_not_looked_up),
        cmocka_unit_test(urls_are_refused_with_a_sentence),
        cmocka_unit_test(a_test_endpoint_is_that_one_alone),
        cmocka_unit_test(sockets_addresses_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
