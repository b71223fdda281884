/* Feeds of every kind: fields, links, titles with markup, and feeds that are broken. */
#include "crawler/extract/feed.h"
#include "tests/unit/extract_fixture.h"

static struct feed read_at(struct arena *arena, const char *text, const char *url)
{
    struct feed feed = {0};
    struct failure why = {0};
    if (feed_read(arena, slice_of(text), url, &feed, &why) != OK)
        fail_msg("%s", why.text);
    return feed;
}

static const struct feed_entry *entry_of(const struct feed *feed, size_t i)
{
    assert_true(i < feed->entries_count);
    return &feed->entries[i];
}

static void rss2_with_job_fields(void **state)
{
    struct feed feed = read_at(
        *state,
        "<?xml version='1.0'?><rss version='2.0' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/' "
        "xmlns:job='urn:job'><channel><title>Board</title>"
        "<link>https://x.example/</link><image><title>Logo</title><link>https://x.example/logo</"
        "link>"
        "</image><item><title>Cook &amp;amp; <![CDATA[baker]]></title><link>/job/1</link>"
        "<guid isPermaLink='false'>k1</guid><description>&lt;p&gt;Short&lt;/p&gt;</description>"
        "<content:encoded><![CDATA[<p>Long</p>]]></content:encoded><pubDate>Mon, 05 Jan "
        "2026</pubDate>"
        "<dc:creator>Desk</dc:creator><job:company>Firm</job:company><job:location>Bavet</"
        "job:location>"
        "<job:salary>900 USD</job:salary></item></channel></rss>",
        "https://x.example/feed");
    const struct feed_entry *entry = entry_of(&feed, 0);
    assert_int_equal(feed.type, FEED_RSS);
    assert_false(feed.broken);
    assert_int_equal(feed.entries_count, 1);
    assert_slice(feed.title, "Board");
    assert_slice(feed.link, "https://x.example/");
    assert_slice(entry->title, "Cook & baker");
    assert_slice(entry->link, "https://x.example/job/1");
    assert_slice(entry->id, "k1");
    assert_slice(entry->summary, "<p>Short</p>");
    assert_slice(entry->content, "<p>Long</p>");
    assert_slice(entry->published, "Mon, 05 Jan 2026");
    assert_slice(entry->author, "Desk");
    assert_slice(entry->employer, "Firm");
    assert_slice(entry->place, "Bavet");
    assert_slice(entry->pay, "900 USD");
}

static void cdf_links_names_of_xml_and_inline_xhtml(void **state)
{
    struct feed cdf =
        read_at(*state,
                "<CHANNEL HREF='http://x.example/'><TITLE>a &lang;b&rang; &amp; c</TITLE>"
                "<ITEM HREF='/job/7'><TITLE>Cook</TITLE></ITEM></CHANNEL>",
                "http://x.example/channel.cdf");
    assert_slice(cdf.link, "http://x.example/");
    assert_slice(cdf.title, "a \xE2\x8C\xA9"
                            "b\xE2\x8C\xAA & c");
    assert_slice(entry_of(&cdf, 0)->link, "http://x.example/job/7");
    struct feed atom =
        read_at(*state,
                "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry><title "
                "type='application/xhtml+xml'><div xmlns=\"http://www.w3.org/1999/xhtml\">The "
                "<b xmlns=\"http://www.w3.org/1999/xhtml\">cook</b></div></title></entry></feed>",
                "");
    assert_slice(entry_of(&atom, 0)->title_html, "<div>The <b>cook</b></div>");
}

static void atom_bases_types_and_links(void **state)
{
    struct feed feed = read_at(
        *state,
        "<feed xmlns='http://www.w3.org/2005/Atom' xml:base='https://x.example/a/'>"
        "<title type='html'>A &lt;b&gt;board&lt;/b&gt; &amp;amp; more</title><link href='..'/>"
        "<entry xml:base='b/'><title type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>Driver "
        "<b>now</b></div></title><link rel='self' href='s'/><link rel='alternate' href='1'/>"
        "<id>urn:1</id><summary>a &lt; b</summary><content "
        "type='html'>&lt;p&gt;x&lt;/p&gt;</content>"
        "<author><name>Desk</name><email>d@x.example</email></author><updated>2026</updated></"
        "entry>"
        "<entry><title>AT&amp;T &lt;x&gt;</title><link href='2'/></entry></feed>",
        "");
    const struct feed_entry *entry = entry_of(&feed, 0);
    assert_slice(feed.title, "A board & more");
    assert_slice(feed.title_html, "A <b>board</b> &amp; more");
    assert_slice(feed.link, "https://x.example/");
    assert_slice(entry->title, "Driver now");
    assert_slice(entry->title_html, "Driver <b>now</b>");
    assert_slice(entry->link, "https://x.example/a/b/1");
    assert_slice(entry->summary, "a &lt; b");
    assert_slice(entry->content, "<p>x</p>");
    assert_slice(entry->author, "Desk");
    entry = entry_of(&feed, 1);
    assert_slice(entry->title, "AT&T <x>");
    assert_slice(entry->link, "https://x.example/a/2");
}

static void rdf_and_old_rss(void **state)
{
    struct feed rdf = read_at(
        *state,
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
        "xmlns='http://purl.org/rss/1.0/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='https://x.example/'>"
        "<title>Board</title></channel><item rdf:about='https://x.example/1'><title>Cook</title>"
        "<dc:title>other</dc:title><dc:date>2026-01-01</dc:date></item></rdf:RDF>",
        "");
    struct feed old = read_at(*state,
                              "<rss version='0.91'><channel><title>B</title><item><title>T</title>"
                              "<link>https://x.example/1</link></item></channel></rss>",
                              "");
    assert_int_equal(rdf.type, FEED_RDF);
    assert_slice(rdf.title, "Board");
    assert_slice(entry_of(&rdf, 0)->title, "Cook");
    assert_slice(entry_of(&rdf, 0)->link, "https://x.example/1");
    assert_slice(entry_of(&rdf, 0)->published, "2026-01-01");
    assert_slice(entry_of(&old, 0)->link, "https://x.example/1");
}

static void atom03_modes(void **state)
{
    struct feed feed = read_at(*state,
                               "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry>"
                               "<title type='text/html' mode='escaped'>A &lt;i>cook&lt;/i></title>"
                               "<content mode='base64'>PGI+eDwvYj4=</content></entry></feed>",
                               "");
    assert_slice(entry_of(&feed, 0)->title, "A cook");
    assert_slice(entry_of(&feed, 0)->content, "<b>x</b>");
}

static void json_feed(void **state)
{
    struct feed feed = read_at(
        *state,
        "{\"version\":\"https://jsonfeed.org/version/1.1\",\"title\":\"Board\","
        "\"home_page_url\":\"https://x.example/\",\"items\":[{\"id\":7,\"url\":\"/1\","
        "\"title\":\" Cook  now\",\"content_text\":\"a<b\",\"authors\":[{\"name\":\"D\"}]},"
        "{\"id\":\"https://x.example/2\",\"content_html\":\"<p>x\",\"date_published\":\"d\"}]}",
        "https://x.example/feed.json");
    assert_int_equal(feed.type, FEED_JSON);
    assert_slice(feed.link, "https://x.example/");
    assert_slice(entry_of(&feed, 0)->id, "7");
    assert_slice(entry_of(&feed, 0)->link, "https://x.example/1");
    assert_slice(entry_of(&feed, 0)->title, "Cook now");
    assert_slice(entry_of(&feed, 0)->content, "a&lt;b");
    assert_slice(entry_of(&feed, 0)->author, "D");
    assert_slice(entry_of(&feed, 1)->link, "https://x.example/2");
    assert_slice(entry_of(&feed, 1)->content, "<p>x");
}

static void broken_feeds_keep_their_ads(void **state)
{
    struct feed feed = read_at(
        *state,
        "<rss><channel><title>R & D<item><title>One & two</title><description><p>open <br> text"
        "</description><link>https://x.example/1</item><item><title>Gaji &nbsp;5 &euro</title>"
        "<link>https://x.example/2</link><title2 a=\"x>y</title2><guid>k</guid></item>"
        "<item><title>cut he",
        "");
    assert_true(feed.broken);
    assert_int_equal(feed.entries_count, 3);
    assert_slice(entry_of(&feed, 0)->title, "One & two");
    assert_slice(entry_of(&feed, 0)->summary, "<p>open <br> text");
    assert_slice(entry_of(&feed, 0)->link, "https://x.example/1");
    assert_slice(entry_of(&feed, 1)->title, "Gaji \xC2\xA0"
                                            "5 &euro");
    assert_slice(entry_of(&feed, 1)->id, "k");
    assert_slice(entry_of(&feed, 2)->title, "cut he");
}

static void a_row_of_open_items_is_read_to_its_end(void **state)
{
    struct text_buf body;
    text_buf_init(&body, 1u << 20);
    text_buf_add_str(&body, "<rss><channel>");
    for (int i = 0; i < 200; i++)
        text_buf_printf(&body, "<item><title>t%d</title><link>https://x.example/%d", i, i);
    struct feed feed = read_at(*state, text_buf_cstr(&body), "");
    assert_int_equal(feed.entries_count, 200);
    assert_slice(entry_of(&feed, 199)->title, "t199");
    assert_slice(entry_of(&feed, 199)->link, "https://x.example/199");
    text_buf_release(&body);
}

static void what_is_none_is_said(void **state)
{
    struct feed feed = {0};
    struct failure why = {0};
    assert_int_equal(feed_read(*state, SLICE("<html/>"), "", &feed, &why), ERR_SYNTAX);
    assert_int_equal(feed_read(*state, SLICE("{\"items\":[]}"), "", &feed, &why), ERR_SYNTAX);
    assert_true(feed_detect(SLICE(" <?xml version='1.0'?><!-- x --><rss>")) == FEED_RSS);
    assert_true(feed_detect(SLICE("words")) == FEED_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {WITH_ARENA(rss2_with_job_fields),
                                       WITH_ARENA(cdf_links_names_of_xml_and_inline_xhtml),
                                       WITH_ARENA(atom_bases_types_and_links),
                                       WITH_ARENA(rdf_and_old_rss),
                                       WITH_ARENA(atom03_modes),
                                       WITH_ARENA(json_feed),
                                       WITH_ARENA(broken_feeds_keep_their_ads),
                                       WITH_ARENA(a_row_of_open_items_is_read_to_its_end),
                                       WITH_ARENA(what_is_none_is_said)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
