/* content_marks.c - see content_marks.h. The words are those that Readability (Mozilla) and
 * trafilatura found to matter on news pages, and those of job boards. Found as parts of a name,
 * since "post-body-inner" counts; tried by the first letter, so a name costs one look a byte. */
#include "crawler/extract/content_marks.h"

#include <string.h>

struct mark_word {
    const char *word;
    uint8_t len;
    uint16_t marks;
};

#define WORD(word, marks)                                                                          \
    {                                                                                              \
        word, sizeof(word) - 1, (marks)                                                            \
    }

enum {
    U = MARK_UNLIKELY,
    M = MARK_MAYBE,
    P = MARK_POSITIVE,
    N = MARK_NEGATIVE,
    S = MARK_SHARE,
    L = MARK_BYLINE,
    X = MARK_NEVER,
    D = MARK_LEAD,
    C = MARK_CAPTION
};

static const struct mark_word WORDS[] = {
    WORD("-ad-", U | N),
    WORD("about-author", X),
    WORD("ad-break", U),
    WORD("adbox", U | N),
    WORD("advert", U | N),
    WORD("agegate", U),
    WORD("ai2html", U),
    WORD("article", M | P),
    WORD("article-teaser", D),
    WORD("author", L),
    WORD("author-bio", X),
    WORD("author-box", X),
    WORD("author-info", X),
    WORD("authorbox", X),
    WORD("banner", U | N),
    WORD("bildunterschrift", C),
    WORD("blog", P),
    WORD("body", M | P),
    WORD("breadcrumb", U | X),
    WORD("byline", L),
    WORD("caption", C),
    WORD("chapo", D),
    WORD("column", M),
    WORD("combx", U | N),
    WORD("comment", U | N),
    WORD("comment-list", X),
    WORD("comment-respond", X),
    WORD("commentlist", X),
    WORD("comments-area", X),
    WORD("community", U),
    WORD("consent", X),
    WORD("content", M | P),
    WORD("cookie", X),
    WORD("copyright", C),
    WORD("cover-wrap", U),
    WORD("dateline", L),
    WORD("dek", D),
    WORD("disqus", U),
    WORD("entry", P),
    WORD("entry-author-info", X),
    WORD("excerpt", D),
    WORD("extra", U),
    WORD("footer", U | N),
    WORD("gdpr", U | N | X),
    WORD("header", U),
    WORD("hentry", P),
    WORD("hidden", N),
    WORD("image-credit", C),
    WORD("image-source", C),
    WORD("imagedescription", C),
    WORD("intro", D),
    WORD("job-description", P),
    WORD("job-detail", P),
    WORD("jobdescription", P),
    WORD("kicker-text", D),
    WORD("lead", D),
    WORD("legends", U),
    WORD("lowongan-lain", X),
    WORD("main", M | P),
    WORD("masthead", N),
    WORD("media", N),
    WORD("menu", U),
    WORD("meta", N),
    WORD("more-jobs", X),
    WORD("navbar", U | X),
    WORD("newsletter", X),
    WORD("nextstory", X),
    WORD("other-jobs", X),
    WORD("outbrain", N | X),
    WORD("page", P),
    WORD("pager", U),
    WORD("pagination", U),
    WORD("paywall", X),
    WORD("photo-credit", C),
    WORD("popup", U),
    WORD("post", P),
    WORD("post-ratings", X),
    WORD("postmetadata", X),
    WORD("product-suggestion", X),
    WORD("promo", N),
    WORD("rec-posts", X),
    WORD("recommend", X),
    WORD("related", U | N),
    WORD("related-jobs", X),
    WORD("related-posts", X),
    WORD("relatedposts", X),
    WORD("remark", U),
    WORD("replies", U),
    WORD("reply-title", X),
    WORD("rss", U),
    WORD("scroll", N),
    WORD("shadow", M),
    WORD("share", N | S),
    WORD("sharedaddy", S | X),
    WORD("shopping", N),
    WORD("shoutbox", U | N),
    WORD("sidebar", U | N),
    WORD("similar", X),
    WORD("skyscraper", U | N),
    WORD("social", U),
    WORD("sponsor", U | N),
    WORD("standfirst", D),
    WORD("story", P),
    WORD("subheadline", D),
    WORD("subtitle", D),
    WORD("summary", D),
    WORD("supplemental", U),
    WORD("taboola", X),
    WORD("tag-links", X),
    WORD("tag-list", X),
    WORD("taglist", X),
    WORD("tags", N),
    WORD("teaser-list", X),
    WORD("teaser-text", D),
    WORD("terkait", X),
    WORD("text", P),
    WORD("vacancy-description", P),
    WORD("vorspann", D),
    WORD("widget", N),
    WORD("writtenby", L),
    WORD("yom-remote", U),
};

/* First word of each letter: an index built from the order of the table above. */
static size_t first_of(unsigned char letter)
{
    size_t low = 0, high = sizeof WORDS / sizeof WORDS[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((unsigned char)WORDS[middle].word[0] < letter)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Letters that some word begins with, as bits from 'a'. */
#define BEGINS(letter) (UINT32_C(1) << ((letter) - 'a'))
static const uint32_t BEGIN_LETTERS =
    BEGINS('a') | BEGINS('b') | BEGINS('c') | BEGINS('d') | BEGINS('e') | BEGINS('f') |
    BEGINS('g') | BEGINS('h') | BEGINS('i') | BEGINS('j') | BEGINS('k') | BEGINS('l') |
    BEGINS('m') | BEGINS('n') | BEGINS('o') | BEGINS('p') | BEGINS('r') | BEGINS('s') |
    BEGINS('t') | BEGINS('v') | BEGINS('w') | BEGINS('y');

static unsigned marks_at(struct slice rest, unsigned char letter)
{
    unsigned marks = 0;
    for (size_t i = first_of(letter); i < sizeof WORDS / sizeof WORDS[0]; i++) {
        if ((unsigned char)WORDS[i].word[0] != letter)
            break;
        if (WORDS[i].len <= rest.len && (rest.at[1] | 0x20) == (WORDS[i].word[1] | 0x20) &&
            slice_equal_nocase(slice_make(rest.at, WORDS[i].len),
                               slice_make(WORDS[i].word, WORDS[i].len)))
            marks |= WORDS[i].marks;
    }
    return marks;
}

unsigned content_marks(struct slice names)
{
    unsigned marks = 0;
    for (size_t i = 0; i < names.len; i++) {
        unsigned char letter = (unsigned char)(names.at[i] | 0x20);
        bool begins = letter >= 'a' && letter <= 'z' ? (BEGIN_LETTERS >> (letter - 'a') & 1) != 0
                                                     : names.at[i] == '-';
        if (begins)
            marks |= marks_at(slice_from(names, i), names.at[i] == '-' ? '-' : letter);
    }
    return marks;
}

bool content_role_is_chrome(struct slice role)
{
    static const char *const roles[] = {"menu",       "menubar",     "complementary",
                                        "navigation", "alert",       "alertdialog",
                                        "dialog",     "contentinfo", "search"};
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
        if (slice_equal_nocase(role, slice_of(roles[i])))
            return true;
    return false;
}
