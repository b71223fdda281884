/* link_words.c - word lists of job boards' addresses; see link_words.h.
 *
 * Words are compared as whole parts of a path segment, split at anything but letters and digits, so
 * that "/jobs/" counts and "/jobsworth/" does not. */
#include "crawler/extract/link_words.h"

#include <string.h>

/* One part of an address: "lowongan" in "/lowongan-kerja/". */
static bool part_in(struct slice part, const char *const *words)
{
    if (part.len == 0)
        return false;
    char first = (char)(part.at[0] | 0x20);
    for (size_t i = 0; words[i] != NULL; i++)
        if ((words[i][0] | 0x20) == first && slice_equal_nocase(part, slice_of(words[i])))
            return true;
    return false;
}

static const char *const JOB[] = {
    "job",       "jobs",        "vacancy",   "vacancies", "career",    "careers",    "lowongan",
    "loker",     "karir",       "karier",    "kerja",     "jawatan",   "kekosongan", "trabaho",
    "hiring",    "opening",     "openings",  "position",  "positions", "vaga",       "vagas",
    "emprego",   "empregos",    "empleo",    "empleos",   "trabajo",   "trabajos",   "oferta",
    "ofertas",   "vieclam",     "tuyendung", "emploi",    "emplois",   "offre",      "offres",
    "stelle",    "stellen",     "praca",     "prace",     "nabidka",   "pozice",     "rpd",
    "rabota",    "vakansii",    "vacature",  "vacatures", "zhaopin",   "gongzuo",    "viewjob",
    "jobdetail", "jobposting",  "posting",   "postings",  "jobad",     "offer",      "offers",
    "recruit",   "recruitment", "kyujin",    "naukri",    "tuyen",     "viec",       "ngan",
    "work",      "gigs",        "project",   "iklan",     NULL};

static const char *const ACCOUNT[] = {
    "login",     "signin",     "signup",     "register", "masuk",    "daftar",  "logout", "account",
    "prihlasit", "registrace", "password",   "apply",    "share",    "privacy", "terms",  "policy",
    "cookie",    "cookies",    "contact",    "kontakt",  "about",    "help",    "faq",    "sharer",
    "intent",    "subscribe",  "newsletter", "cart",     "wp-login", "oauth",   "auth",   "print",
    "report",    "alert",      "alerts",     "lamar",    "gdpr",     "jof",     NULL};

static const char *const ARTICLE[] = {"blog",     "news",    "berita",  "artikel",  "article",
                                      "articles", "advice",  "poradna", "magazine", "tips",
                                      "story",    "stories", "press",   "guide",    NULL};

static const char *const LISTING[] = {"search", "category", "categories", "kategori", "tag",
                                      "tags",   "location", "cari",       "browse",   "filter",
                                      "page",   "label",    NULL};

static const char *const PAGE_KEYS[] = {"page",    "p",       "pg",    "paged",   "start",
                                        "offset",  "strana",  "hal",   "halaman", "pagina",
                                        "pageno",  "pn",      "seite", "trang",   "currentpage",
                                        "pagenum", "stranka", "from",  NULL};

static const char *const ID_KEYS[] = {"id",        "jk",  "jobid", "job_id", "job",    "vid",
                                      "vacancyid", "pid", "aid",   "adid",   "postid", "p",
                                      "gh_jid",    "oid", "no",    "jid",    NULL};

static bool is_word_byte(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9');
}

/* Cuts the next part off *rest. */
static bool part_next(struct slice *rest, struct slice *ret_part)
{
    size_t at = 0;
    while (at < rest->len && !is_word_byte(rest->at[at]))
        at++;
    size_t from = at;
    while (at < rest->len && is_word_byte(rest->at[at]))
        at++;
    *ret_part = slice_sub(*rest, from, at - from);
    *rest = slice_from(*rest, at);
    return ret_part->len > 0;
}

static bool is_all_digits(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.len > 0;
}

/* A segment that names one thing: a number of three digits, or a slug of three words. */
static bool is_name(struct slice segment)
{
    size_t digits = 0, hyphens = 0;
    for (size_t i = 0; i < segment.len; i++) {
        digits += segment.at[i] >= '0' && segment.at[i] <= '9';
        hyphens += segment.at[i] == '-' || segment.at[i] == '_';
    }
    return digits >= 3 || hyphens >= 2;
}

struct path_words {
    bool job, account, article, listing, paging;
    bool name_behind; /* a name stands in or behind the segment with the job word */
    size_t segments;
};

static void segment_read(struct path_words *words, struct slice segment, bool *after_page)
{
    struct slice rest = segment, part;
    bool job_here = false;
    if (*after_page && is_all_digits(segment))
        words->paging = true;
    *after_page =
        slice_equal_nocase(segment, SLICE("page")) || slice_equal_nocase(segment, SLICE("halaman"));
    while (part_next(&rest, &part)) {
        job_here = job_here || part_in(part, JOB);
        words->account = words->account || part_in(part, ACCOUNT);
        words->article = words->article || part_in(part, ARTICLE);
        words->listing = words->listing || (words->segments > 0 && part_in(part, LISTING));
    }
    if (is_name(segment) && (words->job || (job_here && segment.len > 16)))
        words->name_behind = true;
    words->job = words->job || job_here;
    words->segments++;
}

static bool query_has(struct slice query, const char *const *keys, bool digits_only)
{
    while (query.len > 0) {
        size_t end = slice_find_char(query, '&');
        struct slice member = slice_sub(query, 0, end);
        size_t equals = slice_find_char(member, '=');
        if (equals != SIZE_MAX && part_in(slice_sub(member, 0, equals), keys) &&
            (!digits_only || is_all_digits(slice_from(member, equals + 1))))
            return true;
        if (end == SIZE_MAX)
            return false;
        query = slice_from(query, end + 1);
    }
    return false;
}

static void path_read(const struct url *url, struct path_words *words)
{
    struct slice path = url->path;
    bool after_page = false;
    while (path.len > 1) {
        path = slice_from(path, 1);
        size_t end = slice_find_char(path, '/');
        segment_read(words, slice_sub(path, 0, end), &after_page);
        path = end == SIZE_MAX ? SLICE_EMPTY : slice_from(path, end);
    }
    words->paging = words->paging || query_has(url->query, PAGE_KEYS, true);
}

bool link_has_paging(const struct url *url)
{
    struct path_words words = {0};
    path_read(url, &words);
    return words.paging;
}

bool link_key_is_id(struct slice key)
{
    return part_in(key, ID_KEYS);
}

unsigned link_words(const struct url *url)
{
    struct path_words words = {0};
    unsigned flags = 0;
    path_read(url, &words);
    if (words.account)
        return WORD_ACCOUNT;
    if (words.article)
        flags |= WORD_ARTICLE;
    if (words.paging)
        flags |= WORD_PAGING;
    else if (words.job && !words.article &&
             (words.name_behind || query_has(url->query, ID_KEYS, true)))
        return flags | (words.listing ? WORD_LISTING : WORD_POSTING);
    if (words.job || words.listing)
        flags |= WORD_LISTING;
    return flags;
}

bool link_text_is_next(struct slice text)
{
    static const char *const words[] = {"next",      "next page",  "next »",      "next >",
                                        "next ›",    "›",          "»",           ">",
                                        ">>",        "→",          "selanjutnya", "berikutnya",
                                        "lanjut",    "seterusnya", "další",       "další stránka",
                                        "siguiente", "próxima",    "próximo",     "suivant",
                                        "weiter",    "nächste",    "dalej",       "następna",
                                        "далее",     "следующая",  "tiếp",        "tiếp theo",
                                        "sau",       "trang sau",  "ถัดไป",        "下一页",
                                        "下一頁",    "次へ",       "次のページ",  "다음",
                                        "susunod",   "load more",  "older posts", "muat lainnya",
                                        NULL};
    return part_in(slice_trim(text), words);
}

static struct slice site_of(struct slice host)
{
    size_t at = host.len;
    unsigned dots = 0;
    while (at > 0) {
        if (host.at[at - 1] == '.' && ++dots == 2)
            break;
        at--;
    }
    return slice_from(host, at);
}

bool url_same_site(const struct url *a, const struct url *b)
{
    return slice_equal(site_of(a->host), site_of(b->host));
}
