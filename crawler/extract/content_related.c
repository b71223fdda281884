/* content_related.c - "Similar jobs", "Baca juga", "Mehr zum Thema" and what stands under them; see
 * content_inside.h.
 *
 * Pages often give such lists no telling name, but always a heading for people. A short line that
 * begins with one of these phrases goes, with the siblings behind it that are mostly links; so does
 * a paragraph that begins so and is largely a link. */
#include "crawler/extract/content_inside.h"

#define HEADING_CHARS_MAX   70u
#define PARAGRAPH_CHARS_MAX 260u
#define AD_MORE_BYTES       12u
#define LINKED_MIN          0.3

static const char *const PHRASES[] = {"similar jobs",
                                      "related jobs",
                                      "other jobs",
                                      "more jobs",
                                      "recommended jobs",
                                      "jobs you may",
                                      "people also viewed",
                                      "you may also",
                                      "you might also",
                                      "related articles",
                                      "related posts",
                                      "related stories",
                                      "related content",
                                      "read also",
                                      "also read",
                                      "read more",
                                      "read next",
                                      "see also",
                                      "more from",
                                      "recommended for you",
                                      "share this",
                                      "leave a comment",
                                      "leave a reply",
                                      "post a comment",
                                      "lowongan serupa",
                                      "lowongan lain",
                                      "lowongan terkait",
                                      "loker serupa",
                                      "loker lain",
                                      "loker terkait",
                                      "pekerjaan serupa",
                                      "baca juga",
                                      "baca selengkapnya",
                                      "lihat juga",
                                      "artikel terkait",
                                      "artikel lain",
                                      "berita terkait",
                                      "rekomendasi",
                                      "bagikan",
                                      "tinggalkan balasan",
                                      "tulis komentar",
                                      "jawatan berkaitan",
                                      "jawatan lain",
                                      "kerja kosong lain",
                                      "việc làm tương tự",
                                      "việc làm liên quan",
                                      "việc làm khác",
                                      "tin liên quan",
                                      "bài viết liên quan",
                                      "xem thêm",
                                      "งานที่คล้ายกัน",
                                      "งานอื่น",
                                      "งานที่เกี่ยวข้อง",
                                      "บทความที่เกี่ยวข้อง",
                                      "相似职位",
                                      "推荐职位",
                                      "相关职位",
                                      "猜你喜欢",
                                      "相关阅读",
                                      "相關職缺",
                                      "推薦職缺",
                                      "延伸閱讀",
                                      "似た求人",
                                      "関連記事",
                                      "おすすめの求人",
                                      "비슷한 채용",
                                      "추천 채용",
                                      "관련 기사",
                                      "похожие вакансии",
                                      "читайте также",
                                      "смотрите также",
                                      "mehr zum thema",
                                      "auch interessant",
                                      "das könnte",
                                      "lesen sie",
                                      "lesen sie auch",
                                      "weitere artikel",
                                      "weiterlesen",
                                      "weitere informationen",
                                      "ähnliche",
                                      "empfohlene",
                                      "kommentare",
                                      "kommentieren",
                                      "kommentar verfassen",
                                      "articles les plus lus",
                                      "lire aussi",
                                      "à lire aussi",
                                      "sur le même sujet",
                                      "offres similaires",
                                      "lee también",
                                      "le puede interesar",
                                      "te puede interesar",
                                      "ofertas similares",
                                      "empleos similares",
                                      "artículos relacionados",
                                      "vagas semelhantes",
                                      "leia também",
                                      "leia mais",
                                      "veja também",
                                      "podobné nabídky",
                                      "podobné pozice",
                                      "další nabídky",
                                      "čtěte také",
                                      "czytaj też",
                                      "czytaj także",
                                      "zobacz też",
                                      "zobacz także",
                                      "podobne oferty",
                                      "leggi anche",
                                      "lees ook",
                                      "läs också",
                                      "anzeige",
                                      "advertisement",
                                      "reklama",
                                      "iklan",
                                      "externer inhalt"};

/* The first text of the subtree that is no white space. */
static struct slice first_text(const struct content_work *work, uint32_t node)
{
    for (uint32_t i = node; i < work->tree->nodes[node].end; i++) {
        struct slice text = slice_trim(html_node_text(work->tree, i));
        if (text.len > 0 && work->drop[i] == 0)
            return text;
    }
    return SLICE_EMPTY;
}

/* Does it begin with a phrase, and go on for at most `more` bytes? */
static bool begins_so(struct slice text, size_t more)
{
    while (text.len > 0 && (text.at[0] == '-' || text.at[0] == '[' || text.at[0] == ' '))
        text = slice_from(text, 1);
    for (size_t i = 0; i < sizeof PHRASES / sizeof *PHRASES; i++)
        if ((text.at[0] | 0x20) == (PHRASES[i][0] | 0x20) &&
            slice_starts_nocase(text, PHRASES[i]) && text.len <= slice_of(PHRASES[i]).len + more)
            return true;
    return false;
}

static bool may_announce(enum html_tag tag)
{
    return (tag >= TAG_h1 && tag <= TAG_h6) || tag == TAG_p || tag == TAG_div || tag == TAG_li ||
           tag == TAG_section || tag == TAG_strong || tag == TAG_blockquote || tag == TAG_center;
}

static bool is_heading(const struct content_work *work, uint32_t node)
{
    enum html_tag tag = (enum html_tag)work->tree->nodes[node].tag;
    return (work->tree->nodes[node].flags & NODE_TEXT) == 0 && tag >= TAG_h1 && tag <= TAG_h6;
}

/* Drops the siblings behind node that are lists of links. */
static void list_drop(struct content_work *work, uint32_t node)
{
    uint32_t end = work->tree->nodes[work->tree->nodes[node].parent].end;
    for (uint32_t i = content_next(work, node); i < end; i = content_next(work, i)) {
        if (work->stats[i].text == 0)
            continue;
        if (is_heading(work, i) || content_link_density(work, i) < LINKED_MIN)
            return;
        content_drop(work, i);
    }
}

void content_drop_related(struct content_work *work)
{
    const struct html_tree *tree = work->tree;
    for (uint32_t i = work->root + 1; i < tree->nodes[work->root].end;) {
        const struct html_node *node = &tree->nodes[i];
        uint32_t text = work->stats[i].text;
        if (work->drop[i] != 0) {
            i = node->end;
            continue;
        }
        bool announces = (node->flags & NODE_TEXT) == 0 && may_announce((enum html_tag)node->tag) &&
                         text > 3 && text <= PARAGRAPH_CHARS_MAX &&
                         (text <= HEADING_CHARS_MAX || content_link_density(work, i) > LINKED_MIN);
        /* in an ad a line that only begins so may be part of it */
        size_t more = work->is_ad && work->stats[i].linked == 0 ? AD_MORE_BYTES : SIZE_MAX / 2;
        if (announces && begins_so(first_text(work, i), more)) {
            content_drop(work, i);
            list_drop(work, i);
        }
        i++;
    }
}
