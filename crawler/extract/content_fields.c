/* content_fields.c - see content_fields.h.
 *
 * Labels first, since they are words for people: a line of the main text that is a label alone is
 * followed by its value, "label: value" and "label<tab>value" hold both. Then names of elements, in
 * the part of the page that begins at its heading. A value is short and is no label itself; pay has a
 * digit. What is doubtful stays empty: a missing employer is a sign that others rely on. */
#include "crawler/extract/content_fields.h"

#include "crawler/extract/html_text.h"

#include <string.h>

#define VALUE_BYTES_MAX   160u
#define PAY_BYTES_MAX     90u
#define LABEL_BYTES_MAX   60u
#define LINES_MAX         3000u
#define ELEMENTS_TRIED    4000u
#define ELEMENT_NODES_MAX 40u /* an element that holds more is no value */
#define HEAD_NODES        2000u
#define HEAD_NODES_BEFORE 40u
#define LONG_TEXT_BYTES   400u

struct labels {
    enum posting_field field;
    const char *const *words;
};

static const char *const EMPLOYER_LABELS[] = {"company",
                                              "company name",
                                              "employer",
                                              "hiring organization",
                                              "organization",
                                              "perusahaan",
                                              "nama perusahaan",
                                              "pemberi kerja",
                                              "syarikat",
                                              "nama syarikat",
                                              "majikan",
                                              "společnost",
                                              "zaměstnavatel",
                                              "firma",
                                              "công ty",
                                              "tên công ty",
                                              "nhà tuyển dụng",
                                              "บริษัท",
                                              "ชื่อบริษัท",
                                              "公司",
                                              "公司名称",
                                              "公司名稱",
                                              "雇主",
                                              "用人单位",
                                              "会社名",
                                              "企業名",
                                              "회사명",
                                              "기업명",
                                              "회사",
                                              "работодатель",
                                              "компания",
                                              "empresa",
                                              "empleador",
                                              "compañía",
                                              "entreprise",
                                              "employeur",
                                              "unternehmen",
                                              "arbeitgeber",
                                              "bedrijf",
                                              "werkgever",
                                              "pracodawca",
                                              "kumpanya",
                                              NULL};

static const char *const PLACE_LABELS[] = {"location",
                                           "job location",
                                           "work location",
                                           "workplace",
                                           "place of work",
                                           "lokasi",
                                           "lokasi kerja",
                                           "lokasi penempatan",
                                           "penempatan",
                                           "tempat kerja",
                                           "lokasi pekerjaan",
                                           "wilayah",
                                           "kota",
                                           "city",
                                           "místo pracoviště",
                                           "místo výkonu práce",
                                           "místo práce",
                                           "lokalita",
                                           "địa điểm",
                                           "địa điểm làm việc",
                                           "nơi làm việc",
                                           "สถานที่ทำงาน",
                                           "สถานที่ปฏิบัติงาน",
                                           "สถานที่",
                                           "工作地点",
                                           "工作地點",
                                           "地点",
                                           "地點",
                                           "勤務地",
                                           "근무지",
                                           "근무지역",
                                           "место работы",
                                           "город",
                                           "ubicación",
                                           "lugar de trabajo",
                                           "localidad",
                                           "localização",
                                           "local de trabalho",
                                           "lieu",
                                           "lieu de travail",
                                           "standort",
                                           "arbeitsort",
                                           "einsatzort",
                                           "miejsce pracy",
                                           "lokalizacja",
                                           "standplaats",
                                           "lokasyon",
                                           NULL};

static const char *const PAY_LABELS[] = {"salary",       "salary range",  "monthly salary",
                                         "base salary",  "pay",           "wage",
                                         "compensation", "gaji",          "gaji pokok",
                                         "kisaran gaji", "besaran gaji",  "upah",
                                         "penghasilan",  "gaji bulanan",  "mzda",
                                         "plat",         "mức lương",     "lương",
                                         "thu nhập",     "เงินเดือน",       "อัตราเงินเดือน",
                                         "ค่าตอบแทน",     "รายได้",         "薪资",
                                         "薪資",         "薪酬",          "月薪",
                                         "工资",         "工資",          "待遇",
                                         "薪资待遇",     "給与",          "月給",
                                         "年収",         "급여",          "연봉",
                                         "월급",         "зарплата",      "заработная плата",
                                         "salario",      "sueldo",        "salário",
                                         "remuneração",  "salaire",       "rémunération",
                                         "gehalt",       "wynagrodzenie", "salaris",
                                         "sahod",        "suweldo",       NULL};

static const struct labels LABELS[] = {
    {POSTING_EMPLOYER, EMPLOYER_LABELS}, {POSTING_PLACE, PLACE_LABELS}, {POSTING_PAY, PAY_LABELS}};

/* Parts of element names, by field; a name that has a `not` part is something else. */
static const struct {
    enum posting_field field;
    const char *words[8];
    const char *not_words[8];
} NAMES[] = {
    {POSTING_EMPLOYER,
     {"company-name", "companyname", "company_name", "employer", "hiringorganization", "company",
      "perusahaan", NULL},
     {"logo", "about", "description", "profile", "review", "size", "link", NULL}},
    {POSTING_PLACE,
     {"job-location", "joblocation", "job_location", "location", "lokasi", "addresslocality", NULL},
     {"search", "select", "filter", "input", "icon", "label", "dropdown", NULL}},
    {POSTING_PAY,
     {"salary", "gaji", "basesalary", "compensation", "wage", NULL},
     {"search", "filter", "input", "icon", "label", "calculator", NULL}},
};

/* ---- values ---- */

static bool has_digit(struct slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] >= '0' && text.at[i] <= '9')
            return true;
    return false;
}

static struct slice strip(struct slice line)
{
    if (slice_starts(line, "- "))
        line = slice_from(line, 2);
    return slice_trim(line);
}

static bool is_label(struct slice text, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        if (slice_equal_nocase(text, slice_of(words[i])))
            return true;
    return false;
}

static bool is_any_label(struct slice text)
{
    for (size_t i = 0; i < sizeof LABELS / sizeof LABELS[0]; i++)
        if (is_label(text, LABELS[i].words))
            return true;
    return false;
}

static bool is_value(enum posting_field field, struct slice text)
{
    if (text.len < 2 || text.len > VALUE_BYTES_MAX || is_any_label(text) ||
        text.at[text.len - 1] == ':')
        return false;
    return field != POSTING_PAY || (has_digit(text) && text.len <= PAY_BYTES_MAX);
}

static int value_set(struct arena *arena, struct posting *posting, enum posting_field field,
                     struct slice text)
{
    if (posting->field[field].len > 0 || !is_value(field, text))
        return OK;
    return posting_set(posting, arena, field, text);
}

/* ---- labels in lines ---- */

/* "label: value", "label<tab>value", "label：value"; false: the line is no such pair. */
static bool pair_split(struct slice line, struct slice *ret_label, struct slice *ret_value)
{
    static const char *const marks[] = {":", "\t", "：", NULL};
    size_t best = SIZE_MAX, len = 0;
    for (size_t i = 0; marks[i] != NULL; i++) {
        size_t at = slice_find(slice_sub(line, 0, LABEL_BYTES_MAX), slice_of(marks[i]));
        if (at < best) {
            best = at;
            len = strlen(marks[i]);
        }
    }
    if (best == SIZE_MAX)
        return false;
    *ret_label = slice_trim(slice_sub(line, 0, best));
    *ret_value = slice_trim(slice_from(line, best + len));
    if (ret_value->len > 0 && ret_value->at[0] == ':')
        *ret_value = slice_trim(slice_from(*ret_value, 1));
    return true;
}

static bool next_line(struct slice *rest, struct slice *ret_line)
{
    struct slice line;
    while (slice_next_line(rest, &line)) {
        line = strip(line);
        if (line.len > 0) {
            *ret_line = line;
            return true;
        }
    }
    return false;
}

static int line_read(struct arena *arena, struct slice line, struct slice rest,
                     struct posting *posting)
{
    struct slice label = line, value = SLICE_EMPTY;
    int rc = OK;
    if (line.len > VALUE_BYTES_MAX + LABEL_BYTES_MAX)
        return OK;
    if (!pair_split(line, &label, &value))
        label = line;
    for (size_t i = 0; rc == OK && i < sizeof LABELS / sizeof LABELS[0]; i++) {
        if (posting->field[LABELS[i].field].len > 0 || !is_label(label, LABELS[i].words))
            continue;
        if (value.len == 0 && !next_line(&rest, &value))
            return OK;
        rc = value_set(arena, posting, LABELS[i].field, value);
    }
    return rc;
}

static int labels_read(struct arena *arena, struct slice text, struct posting *posting)
{
    struct slice line;
    int rc = OK;
    for (unsigned count = 0; rc == OK && count < LINES_MAX && next_line(&text, &line); count++)
        rc = line_read(arena, line, text, posting);
    return rc;
}

/* ---- names of elements ---- */

static bool has_part(struct slice names, const char *const *words)
{
    for (size_t at = 0; at < names.len; at++)
        for (size_t i = 0; words[i] != NULL; i++) {
            if ((words[i][0] | 0x20) != (names.at[at] | 0x20))
                continue;
            struct slice word = slice_of(words[i]);
            if (word.len <= names.len - at &&
                slice_equal_nocase(slice_make(names.at + at, word.len), word))
                return true;
        }
    return false;
}

/* A link to a map is about a place. */
static bool leads_to_map(const struct html_tree *tree, uint32_t node)
{
    static const char *const marks[] = {"mapy.cz/?q=", "google.com/maps", "//maps.google.",
                                        "goo.gl/maps", "maps.app.goo.gl", NULL};
    struct slice href;
    return tree->nodes[node].tag == TAG_a && html_node_attr(tree, node, "href", &href) &&
           has_part(href, marks);
}

/* Which field do the names of this element mean? POSTING_FIELD_COUNT: none. */
static enum posting_field field_named(const struct html_tree *tree, uint32_t node,
                                      const struct posting *posting)
{
    static const char *const attrs[] = {"class",   "id",      "data-test",       "data-testid",
                                        "data-qa", "data-cy", "data-automation", "itemprop"};
    struct slice rest = html_node_attrs(tree, node), name, value;
    if (posting->field[POSTING_PLACE].len == 0 && leads_to_map(tree, node))
        return POSTING_PLACE;
    while (rest.len > 0 && html_attr_next(&rest, &name, &value))
        for (size_t i = 0; i < sizeof attrs / sizeof attrs[0]; i++) {
            if (!slice_equal_nocase(name, slice_of(attrs[i])) || value.len > 200)
                continue;
            for (size_t k = 0; k < sizeof NAMES / sizeof NAMES[0]; k++)
                if (posting->field[NAMES[k].field].len == 0 && has_part(value, NAMES[k].words) &&
                    !has_part(value, NAMES[k].not_words))
                    return NAMES[k].field;
        }
    return POSTING_FIELD_COUNT;
}

/* "Lokasi: Jakarta" in an element of its own: the value alone. */
static struct slice unlabel(struct slice text)
{
    struct slice label, value;
    if (pair_split(text, &label, &value) && is_any_label(label))
        return value;
    return text;
}

static int names_read(struct arena *arena, const struct html_tree *tree, uint32_t from,
                      uint32_t end, struct posting *posting)
{
    struct slice text;
    unsigned tried = 0;
    for (uint32_t i = from; i < end && tried < ELEMENTS_TRIED; i++) {
        const struct html_node *node = &tree->nodes[i];
        if ((node->flags & (NODE_TEXT | NODE_HIDDEN | NODE_UNSEEN)) != 0 ||
            node->end - i > ELEMENT_NODES_MAX || node->end == i + 1)
            continue;
        tried++;
        enum posting_field field = field_named(tree, i, posting);
        if (field == POSTING_FIELD_COUNT)
            continue;
        int rc = html_text_line(arena, tree, i, VALUE_BYTES_MAX + LABEL_BYTES_MAX, &text);
        if (rc == OK)
            rc = value_set(arena, posting, field, unlabel(text));
        if (rc != OK)
            return rc;
    }
    return OK;
}

/* ---- elements that are a field and nothing else ---- */

/* Class names that alone say what stands in the element. */
static const struct {
    const char *name;
    int field, attr; /* one of them, the other -1 */
} EXACT[] = {{"employer", POSTING_EMPLOYER, -1},
             {"company", POSTING_EMPLOYER, -1},
             {"company-name", POSTING_EMPLOYER, -1},
             {"perusahaan", POSTING_EMPLOYER, -1},
             {"place", POSTING_PLACE, -1},
             {"location", POSTING_PLACE, -1},
             {"job-location", POSTING_PLACE, -1},
             {"lokasi", POSTING_PLACE, -1},
             {"city", POSTING_PLACE, -1},
             {"pay", POSTING_PAY, -1},
             {"salary", POSTING_PAY, -1},
             {"job-salary", POSTING_PAY, -1},
             {"gaji", POSTING_PAY, -1},
             {"wage", POSTING_PAY, -1},
             {"posted", -1, POSTING_POSTED_AT},
             {"date-posted", -1, POSTING_POSTED_AT},
             {"posted-date", -1, POSTING_POSTED_AT}};

/* Index of the row that one of the names stands in, or the count of rows. */
static size_t exact_row(struct slice names)
{
    while (names.len > 0) {
        size_t end = 0;
        while (end < names.len && !html_is_space(names.at[end]))
            end++;
        struct slice one = slice_sub(names, 0, end);
        for (size_t i = 0; i < sizeof EXACT / sizeof EXACT[0]; i++)
            if (slice_equal_nocase(one, slice_of(EXACT[i].name)))
                return i;
        names = slice_from(names, end + 1);
    }
    return sizeof EXACT / sizeof EXACT[0];
}

/* The datetime of a <time> in the subtree, else its text. */
static int date_of(struct arena *arena, const struct html_tree *tree, uint32_t node,
                   struct slice *ret_text)
{
    struct slice value;
    uint32_t time = html_tree_find(tree, node, tree->nodes[node].end, TAG_time);
    if (time != 0 && html_node_attr(tree, time, "datetime", &value) && value.len > 0)
        return html_line(arena, value, true, ret_text);
    return html_text_line(arena, tree, node, VALUE_BYTES_MAX, ret_text);
}

/* Takes the element for its field and out of the text. */
static int exact_take(struct arena *arena, const struct html_tree *tree, uint32_t node, size_t row,
                      struct posting *posting, uint8_t *drop)
{
    struct slice text;
    int rc = EXACT[row].attr >= 0
                 ? date_of(arena, tree, node, &text)
                 : html_text_line(arena, tree, node, VALUE_BYTES_MAX + LABEL_BYTES_MAX, &text);
    if (rc != OK || text.len == 0)
        return rc;
    text = unlabel(text);
    if (EXACT[row].attr >= 0) {
        drop[node] = 1;
        enum posting_attr attr = (enum posting_attr)EXACT[row].attr;
        return posting->attr[attr].len > 0 ? OK : posting_set_attr(posting, arena, attr, text);
    }
    enum posting_field field = (enum posting_field)EXACT[row].field;
    if (text.len > VALUE_BYTES_MAX || is_any_label(text))
        return OK;
    if (posting->field[field].len == 0)
        rc = posting_set(posting, arena, field, text);
    if (rc == OK && slice_equal(posting->field[field], slice_trim(text)))
        drop[node] = 1;
    return rc;
}

/* Fields and the heading, where they stand in the main text before its first long paragraph. */
static int exact_read(struct arena *arena, const struct html_tree *tree, struct content *content,
                      struct posting *posting, bool *ret_dropped)
{
    struct slice names;
    bool heading = false;
    int rc = OK;
    *ret_dropped = false;
    for (uint32_t i = content->root + 1; rc == OK && i < tree->nodes[content->root].end;) {
        const struct html_node *node = &tree->nodes[i];
        if (content->drop[i] != 0 || (node->flags & (NODE_HIDDEN | NODE_UNSEEN)) != 0) {
            i = node->end;
            continue;
        }
        if ((node->flags & NODE_TEXT) != 0 && node->len > LONG_TEXT_BYTES)
            break;
        if (node->tag == TAG_h1 && !heading) {
            heading = true;
            content->drop[i] = 1;
        } else if ((node->flags & NODE_TEXT) == 0 && node->end - i <= ELEMENT_NODES_MAX &&
                   html_node_attr(tree, i, "class", &names)) {
            size_t row = exact_row(names);
            if (row < sizeof EXACT / sizeof EXACT[0])
                rc = exact_take(arena, tree, i, row, posting, content->drop);
        }
        *ret_dropped = *ret_dropped || content->drop[i] != 0;
        i = content->drop[i] != 0 ? node->end : i + 1;
    }
    return rc;
}

int content_fields_read(struct arena *arena, const struct html_tree *tree, struct content *content,
                        struct posting *posting)
{
    uint32_t from = html_tree_find(tree, 1, tree->count, TAG_h1);
    uint32_t end = tree->nodes[content->root].end;
    bool dropped = false;
    int rc = exact_read(arena, tree, content, posting, &dropped);
    if (rc == OK && dropped)
        rc = content_render(arena, tree, content);
    if (rc == OK)
        rc = labels_read(arena, content->text, posting);
    if (rc != OK)
        return rc;
    if (from == 0 || from > content->root)
        from = content->root;
    else if (content->root - from < HEAD_NODES) /* what stands beside the heading */
        from = from > HEAD_NODES_BEFORE ? from - HEAD_NODES_BEFORE : 1;
    return names_read(arena, tree, from, end, posting);
}
