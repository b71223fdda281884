/* content_marks.c - see content_marks.h. The words are those that Readability (Mozilla) and
 * trafilatura found to matter on news pages, and those of job boards. Found as parts of a name,
 * since "post-body-inner" counts; tried by the first letter, so a name costs one look a byte. */
#include "crawler/extract/content_marks.h"

#include <string.h>

struct mark_word {
    const char *word;
    unsigned marks;
};

enum {
    U = MARK_UNLIKELY,
    M = MARK_MAYBE,
    P = MARK_POSITIVE,
    N = MARK_NEGATIVE,
    S = MARK_SHARE,
    L = MARK_BYLINE,
    X = MARK_NEVER,
    B = MARK_BODY
};

static const struct mark_word WORDS[] = {
    {"-ad-", U | N},
    {"ad-break", U},
    {"adbox", U | N},
    {"advert", U | N},
    {"agegate", U},
    {"ai2html", U},
    {"article", M | P},
    {"article-body", B},
    {"article-content", B},
    {"article__body", B},
    {"article_body", B},
    {"articlebody", B},
    {"author", L},
    {"banner", U | N},
    {"blog", P},
    {"body", M | P},
    {"breadcrumb", U | X},
    {"byline", L},
    {"column", M},
    {"combx", U | N},
    {"comment", U | N},
    {"community", U},
    {"consent", X},
    {"content", M | P},
    {"cookie", X},
    {"cover-wrap", U},
    {"dateline", L},
    {"disqus", U},
    {"entry", P},
    {"entry-content", B},
    {"extra", U},
    {"footer", U | N},
    {"gdpr", U | N | X},
    {"header", U},
    {"hentry", P},
    {"hidden", N},
    {"job-description", P | B},
    {"job-detail", P},
    {"jobdescription", P | B},
    {"legends", U},
    {"lowongan-lain", X},
    {"main", M | P},
    {"masthead", N},
    {"media", N},
    {"menu", U},
    {"meta", N},
    {"more-jobs", X},
    {"navbar", U | X},
    {"newsletter", X},
    {"other-jobs", X},
    {"outbrain", N | X},
    {"page", P},
    {"pager", U},
    {"pagination", U},
    {"popup", U},
    {"post", P},
    {"post-body", B},
    {"post-content", B},
    {"postcontent", B},
    {"postbody", B},
    {"promo", N},
    {"recommend", X},
    {"related", U | N},
    {"related-posts", X},
    {"related-jobs", X},
    {"relatedposts", X},
    {"remark", U},
    {"replies", U},
    {"rss", U},
    {"scroll", N},
    {"shadow", M},
    {"share", N | S},
    {"sharedaddy", S | X},
    {"shopping", N},
    {"shoutbox", U | N},
    {"sidebar", U | N},
    {"similar", X},
    {"skyscraper", U | N},
    {"social", U},
    {"sponsor", U | N},
    {"story", P},
    {"story-body", B},
    {"supplemental", U},
    {"taboola", X},
    {"tags", N},
    {"terkait", X},
    {"text", P},
    {"vacancy-description", P | B},
    {"widget", N},
    {"writtenby", L},
    {"yom-remote", U},
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
static const uint32_t BEGIN_LETTERS = BEGINS('a') | BEGINS('b') | BEGINS('c') | BEGINS('d') |
                                      BEGINS('e') | BEGINS('f') | BEGINS('g') | BEGINS('h') |
                                      BEGINS('j') | BEGINS('l') | BEGINS('m') | BEGINS('n') |
                                      BEGINS('o') | BEGINS('p') | BEGINS('r') | BEGINS('s') |
                                      BEGINS('t') | BEGINS('v') | BEGINS('w') | BEGINS('y');

static unsigned marks_at(struct slice rest, unsigned char letter)
{
    unsigned marks = 0;
    for (size_t i = first_of(letter); i < sizeof WORDS / sizeof WORDS[0]; i++) {
        struct slice word = slice_of(WORDS[i].word);
        if ((unsigned char)word.at[0] != letter)
            break;
        if (word.len <= rest.len && slice_equal_nocase(slice_sub(rest, 0, word.len), word))
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
