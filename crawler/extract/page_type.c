/* page_type.c - the kind of a page by its signs; see page_type.h.
 *
 * Order matters: an explicit word of the page (structured data, rules) beats what it looks like. */
#include "crawler/extract/page_type.h"

#include "crawler/extract/link_words.h"

#include "crawler/extract/html_links.h"
#include "crawler/extract/phrases.h"
#include "crawler/extract/rules_inside.h"

#define SHELL_TEXT_BYTES_MAX   600u
#define SHELL_SCRIPT_BYTES_MIN 2000u
#define EMPTY_TEXT_BYTES_MAX   20u
#define LIST_LINKS_MIN         5u
#define EXPIRED_TEXT_BYTES     6000u /* a mark stands near the top */
#define JOB_TEXT_BYTES         20000u
#define JOB_WORDS_ENOUGH       4u /* beyond doubt */
#define JOB_WORDS_MIN          2u

static const char *const EXPIRED[] = {
    /* whole phrases: a lone "expired" is in many pages' scripts and footers */
    "this job is no longer available",
    "this job has expired",
    "job has expired",
    "no longer accepting applications",
    "this position has been filled",
    "position is no longer available",
    "vacancy is no longer available",
    "this vacancy has expired",
    "this vacancy is closed",
    "this job is closed",
    "job is no longer active",
    "this posting has expired",
    "job listing has expired",
    "this ad has expired",
    "applications are closed",
    "this offer is no longer",
    "this job has been filled",
    "this vacancy has been filled",
    "this job has been closed",
    "this position is closed",
    "this position has been closed",
    "this position is no longer",
    "this vacancy is no longer",
    "this listing has expired",
    "this job posting has expired",
    "this advert has expired",
    "this advertisement has expired",
    "this job ad is no longer",
    "this ad is no longer",
    "this job has been removed",
    "no longer accepting applicants",
    "job you are looking for is no longer",
    "job you are looking for has",
    "job posting is no longer",
    "lowongan ini sudah ditutup",
    "lowongan ini telah ditutup",
    "lowongan sudah tidak tersedia",
    "lowongan ini sudah tidak",
    "lowongan telah berakhir",
    "lowongan ini telah berakhir",
    "lowongan sudah kedaluwarsa",
    "lowongan kadaluarsa",
    "lowongan sudah ditutup",
    "lowongan telah ditutup",
    "lowongan ini sudah kedaluwarsa",
    "lowongan ini telah kedaluwarsa",
    "lowongan ini kedaluwarsa",
    "lowongan telah kedaluwarsa",
    "lowongan ini sudah kadaluwarsa",
    "lowongan ini sudah kadaluarsa",
    "lowongan ini telah kadaluarsa",
    "lowongan sudah kadaluarsa",
    "lowongan ini sudah berakhir",
    "lowongan sudah berakhir",
    "lowongan ini tidak tersedia lagi",
    "lowongan ini tidak lagi",
    "lowongan tidak lagi tersedia",
    "lowongan ini telah dihapus",
    "lowongan ini sudah dihapus",
    "lowongan ini telah terisi",
    "pekerjaan ini sudah tidak tersedia",
    "pekerjaan ini tidak lagi tersedia",
    "tidak menerima lamaran lagi",
    "sudah tidak menerima lamaran",
    "tidak lagi menerima lamaran",
    "iklan ini sudah kedaluwarsa",
    "iklan ini telah kedaluwarsa",
    "iklan ini sudah berakhir",
    "iklan ini sudah tidak",
    "iklan ini telah dihapus",
    "iklan ini telah tamat",
    "jawatan ini telah ditutup",
    "jawatan kosong ini telah",
    "iklan jawatan ini telah tamat",
    "iklan ini telah dipadam",
    "jawatan ini tidak lagi",
    "jawatan kosong ini tidak lagi",
    "nabídka již není aktuální",
    "nabídka už není aktuální",
    "nabídka není aktuální",
    "tato nabídka již",
    "tato nabídka už",
    "pozice již není aktuální",
    "pozice byla již obsazena",
    "pozice je již obsazena",
    "inzerát již není",
    "inzerát není aktivní",
    "nabídka je pozastavena",
    "nabídka byla pozastavena",
    "nabídka byla ukončena",
    "nabídka skončila",
    "nabídka práce skončila",
    "nabídka vypršela",
    "tato nabídka není",
    "oferta wygasła",
    "oferta jest nieaktualna",
    "ogłoszenie wygasło",
    "oferta archiwalna",
    "oferta zakończona",
    "tin tuyển dụng đã hết hạn",
    "việc làm đã hết hạn",
    "công việc đã hết hạn",
    "tin này đã hết hạn",
    "đã hết hạn nộp hồ sơ",
    "đã hết hạn ứng tuyển",
    "ประกาศนี้หมดอายุ",
    "ปิดรับสมัครแล้ว",
    "งานนี้ปิดรับสมัคร",
    "หมดเขตรับสมัคร",
    "该职位已关闭",
    "该职位已下线",
    "职位已过期",
    "职位已下线",
    "该职位已停止招聘",
    "招聘已结束",
    "职位已关闭",
    "该职位已失效",
    "该职位不存在",
    "招聘信息已过期",
    "该信息已过期",
    "该信息已删除",
    "該職缺已關閉",
    "此職缺已關閉",
    "職缺已關閉",
    "この求人は掲載を終了",
    "掲載終了",
    "募集は終了",
    "この求人は終了",
    "募集終了",
    "마감된 채용",
    "채용이 마감",
    "마감된 공고",
    "채용공고가 마감",
    "접수가 마감",
    "вакансия закрыта",
    "вакансия в архиве",
    "вакансия неактивна",
    "вакансия снята",
    "esta oferta ha caducado",
    "oferta cerrada",
    "esta oferta ya no está",
    "la oferta ha expirado",
    "esta vacante ya no",
    "vaga encerrada",
    "vaga expirada",
    "esta vaga não está mais",
    "cette offre n'est plus disponible",
    "cette offre a expiré",
    "offre expirée",
    "offre n’est plus disponible",
    "diese stelle ist nicht mehr",
    "stellenanzeige ist nicht mehr",
    "anzeige ist abgelaufen",
    "vacature is gesloten",
    "vacature is niet meer"};

static const char *const JOB_WORDS[] = {"job description",
                                        "requirements",
                                        "responsibilities",
                                        "qualifications",
                                        "salary",
                                        "apply now",
                                        "we are hiring",
                                        "we offer",
                                        "full-time",
                                        "full time",
                                        "experience",
                                        "employment type",
                                        "benefits",
                                        "kualifikasi",
                                        "persyaratan",
                                        "deskripsi pekerjaan",
                                        "tanggung jawab",
                                        "lowongan",
                                        "dibutuhkan",
                                        "gaji",
                                        "fasilitas",
                                        "pengalaman",
                                        "kirim lamaran",
                                        "lamar",
                                        "penempatan",
                                        "jawatan",
                                        "kelayakan",
                                        "kekosongan",
                                        "tuyển dụng",
                                        "mô tả công việc",
                                        "yêu cầu",
                                        "quyền lợi",
                                        "mức lương",
                                        "ứng tuyển",
                                        "รับสมัคร",
                                        "คุณสมบัติ",
                                        "เงินเดือน",
                                        "สวัสดิการ",
                                        "ลักษณะงาน",
                                        "岗位职责",
                                        "任职要求",
                                        "职位描述",
                                        "薪资",
                                        "招聘",
                                        "月薪",
                                        "應徵",
                                        "職缺",
                                        "工作内容",
                                        "工作內容",
                                        "要求",
                                        "仕事内容",
                                        "応募資格",
                                        "給与",
                                        "待遇",
                                        "담당업무",
                                        "자격요건",
                                        "우대사항",
                                        "근무조건",
                                        "급여",
                                        "требования",
                                        "обязанности",
                                        "условия",
                                        "зарплата",
                                        "вакансия",
                                        "requisitos",
                                        "funciones",
                                        "ofrecemos",
                                        "salario",
                                        "requisitos da vaga",
                                        "benefícios",
                                        "atribuições",
                                        "náplň práce",
                                        "požadujeme",
                                        "nabízíme",
                                        "požadavky",
                                        "co nabízíme",
                                        "koho hledáme",
                                        "pracovní poměr",
                                        "co tě čeká",
                                        "wymagania",
                                        "obowiązki",
                                        "oferujemy",
                                        "anforderungen",
                                        "aufgaben",
                                        "wir bieten",
                                        "ihr profil",
                                        "naghahanap",
                                        "sahod",
                                        "kwalipikasyon",
                                        "नौकरी",
                                        "वेतन",
                                        "whatsapp",
                                        "telegram",
                                        "interview",
                                        "walk-in",
                                        "hiring",
                                        "pracovní nabídka",
                                        "informace o pozici",
                                        "benefity",
                                        "zaměstnavatel",
                                        "životopis",
                                        "pracovního poměru",
                                        "smluvního vztahu",
                                        "nástup ihned",
                                        "lamaran",
                                        "karyawan",
                                        "pelamar",
                                        "kandidat",
                                        "calon pekerja",
                                        "permohonan",
                                        "hồ sơ ứng",
                                        "nhân viên",
                                        "kinh nghiệm",
                                        "ตำแหน่งงาน",
                                        "ส่งประวัติ",
                                        "วุฒิการศึกษา",
                                        "应聘",
                                        "岗位",
                                        "简历",
                                        "底薪",
                                        "求人",
                                        "雇用形態",
                                        "応募",
                                        "채용",
                                        "경력",
                                        "지원방법",
                                        "vacante",
                                        "postular",
                                        "jornada completa",
                                        "currículo",
                                        "candidatura",
                                        "stellenangebot",
                                        "bewerbung",
                                        "vollzeit",
                                        "candidature",
                                        "contrat de travail",
                                        "wynagrodzenie",
                                        "pełny etat",
                                        "опыт работы",
                                        "резюме",
                                        "график работы",
                                        "vacancy",
                                        "job type",
                                        "resume",
                                        "apply for this",
                                        "cover letter",
                                        "working hours",
                                        "days off",
                                        "per month",
                                        "job title"};

/* ---- structured data ---- */

static bool has_thing(const struct things *things, const char *const *types)
{
    for (size_t i = 0; i < things->count; i++)
        for (size_t k = 0; types[k] != NULL; k++)
            if (thing_is(things->list[i], types[k]))
                return true;
    return false;
}

static bool is_article(const struct page_signs *signs)
{
    static const char *const types[] = {"NewsArticle",        "Article",
                                        "BlogPosting",        "ReportageNewsArticle",
                                        "OpinionNewsArticle", "AnalysisNewsArticle",
                                        "LiveBlogPosting",    NULL};
    return slice_equal_nocase(signs->facts->og_type, SLICE("article")) ||
           signs->facts->has_article_mark || has_thing(signs->things, types);
}

/* ---- words ---- */

static struct slice find_words(struct slice text, const char *const *words, size_t count)
{
    size_t found = phrases_find(text, words, count, NULL);
    return found < count ? slice_of(words[found]) : SLICE_EMPTY;
}

struct slice page_expired_words(const struct page_signs *signs)
{
    const struct slice *rules = NULL;
    size_t count = extract_rules_expired(signs->input->rules, &rules);
    struct slice head =
        slice_sub(signs->text.len > 0 ? signs->text : signs->facts->head, 0, EXPIRED_TEXT_BYTES);
    for (size_t i = 0; i < count; i++)
        if (slice_find_nocase(signs->text, rules[i]) != SIZE_MAX ||
            slice_find_nocase(signs->facts->title, rules[i]) != SIZE_MAX ||
            slice_find(signs->source, rules[i]) != SIZE_MAX)
            return rules[i];
    struct slice found = find_words(signs->facts->title, EXPIRED, sizeof EXPIRED / sizeof *EXPIRED);
    if (found.len == 0)
        found = find_words(head, EXPIRED, sizeof EXPIRED / sizeof *EXPIRED);
    return found;
}

static unsigned job_words(struct slice title, struct slice text)
{
    uint8_t seen[sizeof JOB_WORDS / sizeof *JOB_WORDS] = {0};
    unsigned count = 0;
    phrases_find(title, JOB_WORDS, sizeof seen, seen);
    phrases_find(slice_sub(text, 0, JOB_TEXT_BYTES), JOB_WORDS, sizeof seen, seen);
    for (size_t i = 0; i < sizeof seen; i++)
        count += seen[i];
    return count;
}

bool page_speaks_of_job(struct slice title, struct slice text)
{
    return job_words(title, text) >= JOB_WORDS_ENOUGH;
}

/* ---- shells ---- */

static bool asks_for_script(const struct html_facts *facts)
{
    static const char *const words[] = {"enable javascript",         "javascript is required",
                                        "need to enable javascript", "requires javascript",
                                        "aktifkan javascript",       "povolte javascript",
                                        "zapněte javascript",        "javascript"};
    return find_words(facts->noscript, words, sizeof words / sizeof *words).len > 0;
}

bool page_is_shell(const struct html_facts *facts)
{
    if (facts->scripts == 0 || facts->text_bytes > SHELL_TEXT_BYTES_MAX)
        return false;
    return facts->app_root || asks_for_script(facts) ||
           (facts->script_bytes >= SHELL_SCRIPT_BYTES_MIN &&
            facts->script_bytes > facts->text_bytes * 10) ||
           (facts->text_bytes <= EMPTY_TEXT_BYTES_MAX && facts->scripts > 0);
}

/* ---- the decision ---- */

static bool names_posting(const struct page_input *input, struct arena *arena)
{
    struct url url;
    return url_parse(arena, slice_of(input->url), NULL, &url, NULL) == OK &&
           (extract_rules_follow(input->rules, url.href) == 'p' || url_looks_like_posting(&url));
}

/* "/blog/…", "/berita/…": where no posting is expected, its address calls the page an article. */
static bool address_says_article(const struct page_signs *signs, struct arena *arena)
{
    struct url url;
    return signs->input->hint != PAGE_HINT_POSTING &&
           url_parse(arena, slice_of(signs->input->url), NULL, &url, NULL) == OK &&
           (link_words(&url) & WORD_ARTICLE) != 0;
}

static bool is_list(const struct page_signs *signs, bool named_posting)
{
    if (signs->posting_links < LIST_LINKS_MIN || signs->jobs_found == 1)
        return false;
    if (signs->input->hint == PAGE_HINT_LISTING)
        return true;
    if (named_posting || signs->input->hint == PAGE_HINT_POSTING)
        return signs->posting_links >= 15 && signs->linked_percent > 50;
    return signs->posting_links >= 8 || signs->linked_percent > 40;
}

/* A page that has text and no JobPosting: a list, a report, an ad, or none of these. */
static enum page_type type_by_text(const struct page_signs *signs, struct arena *arena, bool named)
{
    enum page_hint hint = signs->input->hint;
    if (is_list(signs, named) || (hint == PAGE_HINT_LISTING && !named))
        return PAGE_LISTING;
    bool article = is_article(signs) || (!named && address_says_article(signs, arena));
    if (article && !named)
        return PAGE_ARTICLE;
    if ((signs->text.len > 0 || signs->has_picture) &&
        (named || hint == PAGE_HINT_POSTING ||
         job_words(signs->title, signs->text) >= JOB_WORDS_MIN))
        return PAGE_JOB;
    return article ? PAGE_ARTICLE : PAGE_UNKNOWN;
}

enum page_type page_type_of(struct arena *arena, const struct page_signs *signs,
                            struct slice *ret_note)
{
    const struct html_facts *facts = signs->facts;
    bool named = names_posting(signs->input, arena);
    *ret_note = SLICE_EMPTY;
    struct slice over = page_expired_words(signs);
    if (over.len > 0 && !is_list(signs, named)) {
        const char *note =
            arena_printf(arena, "the page says that it is over: %.*s", (int)over.len, over.at);
        *ret_note = slice_of(note);
        return PAGE_EXPIRED;
    }
    if (signs->jobs_found > 0)
        return PAGE_JOB;
    if (signs->state != NULL && signs->state->posting.field[POSTING_TITLE].len > 0) {
        if (signs->state->is_over)
            *ret_note = SLICE("the page's data say that the posting is over");
        return signs->state->is_over ? PAGE_EXPIRED : PAGE_JOB;
    }
    if (page_is_shell(facts)) {
        *ret_note = SLICE("the page is filled by a script: it needs a browser");
        return PAGE_SHELL;
    }
    if (facts->text_bytes <= EMPTY_TEXT_BYTES_MAX) {
        *ret_note = SLICE("there is no text on the page");
        return PAGE_EMPTY;
    }
    return type_by_text(signs, arena, named);
}
