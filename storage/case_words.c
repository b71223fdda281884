/* case_words.c - see case_words.h.
 *
 * Cost: a pass over the text a case, some twenty microseconds. A word is cut at WORD_CODES letters,
 * a text at TEXT_BYTES: who searches for more than that searches for its start. */
#include "storage/case_words.h"

#include "common/utf8.h"
#include "storage/store_inside.h"

#include <stdio.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#define TEXT_BYTES  (64u << 10)
#define WORD_CODES  40u
#define QUERY_WORDS 16u
#define ARENA_BYTES (16u << 20)

enum letter { NO_LETTER, SPACED, UNSPACED };

/* ---- folding ---- */

static bool is_accent(UChar code)
{
    return code >= 0x300 && code <= 0x36F;
}

/* Folds text into a list of UTF-16 units in arena; NULL: no memory. */
static UChar *fold(struct arena *arena, struct slice text, int32_t *ret_len)
{
    UErrorCode status = U_ZERO_ERROR;
    text = utf8_cut(text, TEXT_BYTES);
    const int32_t room = 4 * (int32_t)text.len + 64;
    UChar *in = arena_alloc(arena, (size_t)room * sizeof *in);
    UChar *out = arena_alloc(arena, (size_t)room * sizeof *out);
    int32_t len = 0, kept = 0;
    if (in == NULL || out == NULL)
        return NULL;
    u_strFromUTF8WithSub(in, room, &len, text.at, (int32_t)text.len, 0xFFFD, NULL, &status);
    len = unorm2_normalize(unorm2_getNFKCCasefoldInstance(&status), in, len, out, room, &status);
    len = unorm2_normalize(unorm2_getNFDInstance(&status), out, len, in, room, &status);
    if (U_FAILURE(status)) /* a text that unfolds into more than there is room for: no words */
        len = 0;
    for (int32_t i = 0; i < len; i++)
        if (!is_accent(in[i]))
            in[kept++] = in[i] == 0x111 ? 'd' : in[i]; /* a d with a stroke has no accent to lose */
    status = U_ZERO_ERROR;
    *ret_len = unorm2_normalize(unorm2_getNFCInstance(&status), in, kept, out, room, &status);
    if (U_FAILURE(status))
        *ret_len = 0;
    return out;
}

static enum letter letter_of(uint32_t letter)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar32 code = (UChar32)letter;
    int8_t type = u_charType(code);
    bool is_mark = type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
    if (!u_isalnum(code) && !is_mark)
        return NO_LETTER;
    if (code < 0x0E00)
        return SPACED;
    static const UScriptCode unspaced[] = {USCRIPT_HAN,    USCRIPT_HIRAGANA, USCRIPT_KATAKANA,
                                           USCRIPT_THAI,   USCRIPT_LAO,      USCRIPT_KHMER,
                                           USCRIPT_MYANMAR};
    UScriptCode script = uscript_getScript(code, &status);
    for (size_t i = 0; i < sizeof unspaced / sizeof unspaced[0]; i++)
        if (script == unspaced[i])
            return UNSPACED;
    return SPACED;
}

/* ---- cutting ---- */

/* A whole word; two letters of a run; the run's last letter, which no pair begins with. */
enum word_kind { WORD_WHOLE, WORD_PAIR, WORD_LAST };
typedef void word_fn(void *ctx, struct slice word, enum word_kind kind);

struct cutting {
    word_fn *word;
    void *ctx;
    char bytes[WORD_CODES * 4];
    size_t len, last_len; /* of the word, and of its last letter */
    unsigned letters;
    enum letter kind;
};

static void end_word(struct cutting *cutting)
{
    struct slice all = slice_make(cutting->bytes, cutting->len);
    if (cutting->letters == 1 || (cutting->letters > 0 && cutting->kind == SPACED))
        cutting->word(cutting->ctx, all, WORD_WHOLE);
    else if (cutting->letters > 0)
        cutting->word(cutting->ctx, slice_from(all, all.len - cutting->last_len), WORD_LAST);
    cutting->letters = 0;
    cutting->len = 0;
}

static void add_letter(struct cutting *cutting, uint32_t code, enum letter kind)
{
    if (cutting->letters > 0 && cutting->kind != kind)
        end_word(cutting);
    cutting->kind = kind;
    if (kind == SPACED && cutting->letters == WORD_CODES)
        return;
    if (kind == UNSPACED &&
        cutting->letters >= 2) { /* the pair before goes, its last letter stays */
        memmove(cutting->bytes, cutting->bytes + cutting->len - cutting->last_len,
                cutting->last_len);
        cutting->len = cutting->last_len;
    }
    cutting->last_len = utf8_encode(code, cutting->bytes + cutting->len);
    cutting->len += cutting->last_len;
    cutting->letters++;
    if (kind == UNSPACED && cutting->letters >= 2)
        cutting->word(cutting->ctx, slice_make(cutting->bytes, cutting->len), WORD_PAIR);
}

/* False: no memory. */
static bool cut(struct arena *arena, struct slice text, word_fn *word, void *ctx)
{
    struct cutting cutting = {.word = word, .ctx = ctx};
    int32_t len = 0;
    const UChar *folded = fold(arena, text, &len);
    if (folded == NULL)
        return false;
    for (int32_t i = 0; i < len;) {
        uint32_t unit = folded[i++], code = unit;
        if (unit >= 0xD800 && unit <= 0xDBFF && i < len)
            code = 0x10000u + ((unit - 0xD800u) << 10) + (folded[i++] - 0xDC00u);
        enum letter kind = letter_of(code);
        if (kind == NO_LETTER)
            end_word(&cutting);
        else
            add_letter(&cutting, code, kind);
    }
    end_word(&cutting);
    return true;
}

/* ---- into the index ---- */

/* Before a word of the place, which stands in the index twice: of any field, and with this. A letter
 * to the index, and nobody's: of the private use area. */
#define PLACE_MARK   "\xee\x80\x80"
#define PLACE_COLUMN 2

static void add_to_text(void *ctx, struct slice word, enum word_kind kind)
{
    struct text_buf *out = ctx;
    (void)kind;
    if (out->len > 0)
        text_buf_add_char(out, ' ');
    text_buf_add_slice(out, word);
}

static void add_to_places(void *ctx, struct slice word, enum word_kind kind)
{
    struct text_buf *out = ctx;
    add_to_text(ctx, SLICE(PLACE_MARK), kind);
    text_buf_add_slice(out, word);
}

/* Ends rows. The words of its first row's texts; ERR_NOT_FOUND: there is none, or its text is gone. */
static int words_of(struct store *store, struct arena *arena, struct db_rows *rows, int columns,
                    struct text_buf *out)
{
    bool found = db_next(rows), well = true;
    for (int column = 0; found && well && column < columns; column++)
        well = cut(arena, row_slice(rows, column), add_to_text, out);
    if (found && well)
        well = cut(arena, row_slice(rows, PLACE_COLUMN), add_to_places, out);
    int rc = db_end(store_db(store), rows);
    if (rc == OK && (!well || text_buf_status(out) != OK))
        rc = store_no_memory(store);
    return rc == OK && !found ? ERR_NOT_FOUND : rc;
}

static int put_words(struct store *store, int64_t case_id, struct slice words)
{
    struct db *db = store_db(store);
    int rc = db_run(db, "DELETE FROM case_words WHERE rowid = ?1", DB_WITH(db_int(case_id)));
    if (rc == OK && words.len > 0)
        rc = db_run(db, "INSERT INTO case_words (rowid, words) VALUES (?1, ?2)",
                    DB_WITH(db_int(case_id), db_slice(words)));
    if (rc == OK)
        rc = db_run(db, "UPDATE cases SET worded = ?2 WHERE id = ?1",
                    DB_WITH(db_int(case_id), db_int(words.len > 0 ? 1 : 2)));
    return rc;
}

static int put_case(struct store *store, struct arena *arena, int64_t case_id)
{
    struct text_buf words;
    text_buf_init(&words, 16 * TEXT_BYTES);
    arena_reset(arena);
    int rc = words_of(store, arena,
                      db_query(store_db(store),
                               "SELECT v.title, v.text, v.place, v.employer, p.url FROM cases c"
                               " JOIN versions v ON v.id = c.version_id"
                               " JOIN postings p ON p.id = c.posting_id"
                               " WHERE c.id = ?1 AND v.verdict IS NOT NULL",
                               DB_WITH(db_int(case_id))),
                      5, &words);
    if (rc == OK || rc == ERR_NOT_FOUND)
        rc = put_words(store, case_id, text_buf_slice(&words));
    text_buf_release(&words);
    return rc;
}

int case_words_put(struct store *store, int64_t case_id)
{
    struct arena *arena = NULL;
    if (arena_create(ARENA_BYTES, &arena) != OK)
        return store_no_memory(store);
    int rc = put_case(store, arena, case_id);
    arena_free(arena);
    return rc;
}

static bool read_id(struct db_rows *rows, struct arena *arena, void *item)
{
    int64_t *id = item;
    (void)arena;
    *id = row_int(rows, 0);
    return true;
}

static int fill_inside(struct store *store, struct arena *ids, uint32_t limit, uint32_t *ret_count)
{
    struct row_list list;
    row_list_init(&list, ids, sizeof(int64_t));
    int rc = row_list_read(store,
                           db_query(store_db(store),
                                    "SELECT id FROM cases WHERE worded = 0 ORDER BY id LIMIT ?1",
                                    DB_WITH(db_int(store_page(limit)))),
                           &list, read_id);
    const int64_t *id = (const int64_t *)(void *)list.at;
    for (size_t i = 0; rc == OK && i < list.count; i++)
        rc = case_words_put(store, id[i]);
    *ret_count = (uint32_t)list.count;
    return rc;
}

int case_words_fill(struct store *store, uint32_t limit, uint32_t *ret_count)
{
    struct arena *ids = NULL;
    int64_t left = 0;
    bool own = false;
    *ret_count = 0;
    int rc =
        db_number(store_db(store), &left, "SELECT id FROM cases WHERE worded = 0 LIMIT 1", DB_NONE);
    if (rc != OK)
        return rc == ERR_NOT_FOUND ? OK : rc;
    if (arena_create(ARENA_BYTES, &ids) != OK)
        return store_no_memory(store);
    rc = store_enter(store, &own);
    if (rc == OK)
        rc = store_leave(store, own, fill_inside(store, ids, limit, ret_count));
    arena_free(ids);
    return rc;
}

#define TEXT_IS_GONE                                                                               \
    "worded = 1 AND EXISTS (SELECT 1 FROM versions v WHERE v.id = cases.version_id"                \
    " AND v.verdict IS NULL)"

int case_words_purge(struct store *store)
{
    struct db *db = store_db(store);
    int rc = db_run(
        db, "DELETE FROM case_words WHERE rowid IN (SELECT id FROM cases WHERE " TEXT_IS_GONE ")",
        DB_NONE);
    int64_t gone = db_changes(db);
    if (rc == OK)
        rc = db_run(db, "UPDATE cases SET worded = 2 WHERE " TEXT_IS_GONE, DB_NONE);
    return rc == OK && gone > 0 ? db_words_tidy(db) : rc;
}

/* ---- the pattern ---- */

struct asking {
    struct db *db;
    struct text_buf pattern;
    const char *mark; /* before each word */
    unsigned words;
};

static void add_to_pattern(void *ctx, struct slice word, enum word_kind kind)
{
    struct asking *asking = ctx;
    char marked[sizeof PLACE_MARK + WORD_CODES * 4];
    if (kind == WORD_LAST || asking->words++ >= QUERY_WORDS)
        return;
    /* One letter or digit begins half of all words, but a pair of letters, or a syllable, few. */
    bool starts = kind == WORD_WHOLE && (word.len > 1 || (unsigned char)word.at[0] >= 0x80);
    int len = snprintf(marked, sizeof marked, "%s%.*s", asking->mark, (int)word.len, word.at);
    db_words_pattern(asking->db, slice_make(marked, (size_t)len), starts, &asking->pattern);
}

static bool add_all(struct asking *asking, struct arena *work, const char *words, const char *mark)
{
    asking->mark = mark;
    return cut(work, utf8_cut(slice_of(words), 1024), add_to_pattern, asking);
}

const char *case_words_pattern(struct store *store, struct arena *arena, const char *words,
                               const char *place)
{
    struct asking asking = {.db = store_db(store)};
    struct arena *work = NULL;
    if (arena_create(ARENA_BYTES, &work) != OK)
        return NULL;
    text_buf_init(&asking.pattern, QUERY_WORDS * WORD_CODES * 8);
    bool well = add_all(&asking, work, words, "") && add_all(&asking, work, place, PLACE_MARK) &&
                text_buf_status(&asking.pattern) == OK;
    struct slice pattern = text_buf_slice(&asking.pattern);
    const char *copy = well ? arena_copy(arena, pattern.at, pattern.len) : NULL;
    text_buf_release(&asking.pattern);
    arena_free(work);
    return copy;
}
