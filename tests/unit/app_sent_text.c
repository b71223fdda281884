/* What spreadsheets and editors write: encodings that say what they are, those that do not, and what is
 * no text at all. */
#include "app/sent_table.h"
#include "tests/unit/unit.h"

static struct arena *arena;

static int open_arena(void **state)
{
    (void)state;
    return arena_create(8u << 20, &arena);
}

static int close_arena(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

/* ASCII, U+2028 for each '~'. */
static struct slice utf16(const char *text, bool big, bool marked)
{
    size_t count = strlen(text) + (marked ? 1 : 0), at = 0;
    char *bytes = arena_alloc(arena, 2 * count);
    assert_non_null(bytes);
    for (size_t i = 0; i < count; i++) {
        char c = '\0';
        unsigned unit = 0xFEFF;
        if (i > 0 || !marked)
            c = text[i - (marked ? 1 : 0)];
        if (c != '\0')
            unit = c == '~' ? 0x2028u : (unsigned char)c;
        bytes[at++] = (char)(big ? unit >> 8 : unit & 0xFF);
        bytes[at++] = (char)(big ? unit & 0xFF : unit >> 8);
    }
    return slice_make(bytes, at);
}

static void encodings_are_read(void **state)
{
    const struct {
        struct slice bytes;
        const char *charset, *text;
        bool is_guess;
    } cases[] = {
        {SLICE("title;text\ncaf\xC3\xA9;x\n"), "UTF-8", "title;text\ncaf\xC3\xA9;x\n", false},
        {SLICE("\xEF\xBB\xBFtitle\nx"), "UTF-8", "title\nx", false},
        {SLICE(""), "UTF-8", "", false},
        {SLICE("title;text\r\ncaf\xE9 \x93toko\x94;800 \x80\r\n"), "windows-1252",
         "title;text\r\ncaf\xC3\xA9 \xE2\x80\x9Ctoko\xE2\x80\x9D;800 \xE2\x82\xAC\r\n", true},
        {SLICE("title;text\n\xD5\xD0\xC6\xB8\xBF\xCD\xB7\xFE;"
               "\xD4\xC2\xD0\xBD\xD2\xBB\xCD\xF2,\xB0\xFC\xB3\xD4\xD7\xA1\n"),
         "gb18030",
         "title;text\n\xE6\x8B\x9B\xE8\x81\x98\xE5\xAE\xA2\xE6\x9C\x8D;"
         "\xE6\x9C\x88\xE8\x96\xAA\xE4\xB8\x80\xE4\xB8\x87,\xE5\x8C\x85\xE5\x90\x83\xE4\xBD\x8F\n",
         true},
        {utf16("title\ttext\r\na~\tb\r\n", false, true), "UTF-16LE",
         "title\ttext\r\na\xE2\x80\xA8\tb\r\n", false},
        {utf16("title\ttext\na~\tb", true, true), "UTF-16BE", "title\ttext\na\xE2\x80\xA8\tb",
         false},
        {utf16("title,text\na,b", false, false), "UTF-16LE", "title,text\na,b", false},
        {utf16("title,text\na,b", true, false), "UTF-16BE", "title,text\na,b", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sent_text text;
        struct complaint wrong, note;
        assert_true(sent_text_read(arena, cases[i].bytes, &text, &wrong));
        assert_string_equal(text.charset, cases[i].charset);
        assert_true(slice_is(text.text, cases[i].text));
        assert_int_equal(text.is_guess, cases[i].is_guess);
        assert_int_equal(sent_text_note(&text, arena, &note), cases[i].is_guess);
        assert_true(!cases[i].is_guess || strcmp(note.what, cases[i].charset) == 0);
    }
}

static void what_cannot_be_read_is_named(void **state)
{
    const struct {
        struct slice bytes;
        const char *kind, *what;
    } cases[] = {
        {SLICE("\xFF\xFE\0\0t\0\0\0"), "encoding", "UTF-32"},
        {SLICE("\0\0\xFE\xFF\0\0\0t"), "encoding", "UTF-32"},
        {SLICE("PK\x03\x04\x14\0[Content_Types].xml\0xl/workbook.xml"), "workbook", NULL},
        {SLICE("PK\x03\x04\x14\0[Content_Types].xml\0word/document.xml"), "document", NULL},
        {SLICE("PK\x03\x04\x14\0mimetypeapplication/vnd.oasis.opendocument.text"), "document",
         NULL},
        {SLICE("PK\x03\x04\x14\0photos/1.jpg"), "archive", NULL},
        {SLICE("\x1F\x8B\x08\0\0\0"), "archive", NULL},
        {SLICE("{\\rtf1\\ansi Dicari admin}"), "document", NULL},
        {SLICE("%PDF-1.4\n1 0 obj <</Type/Catalog>> endobj"), "pdf", NULL},
        {SLICE("\xEF\xBB\xBF\r\n%PDF-1.7\n"), "pdf", NULL},
        {SLICE("\x89PNG\r\n\x1a\n\0\0"), "picture", NULL},
        {SLICE("From: a@example.org\r\nSubject: loker\r\nMIME-Version: 1.0\r\n"
               "Content-Type: text/plain;\r\n charset=utf-8\r\n"
               "Content-Transfer-Encoding: Base64\r\n\r\nTG93b25nYW4=\r\n"),
         "mail", NULL},
        {SLICE("From: a@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\n"
               "Content-Transfer-Encoding: quoted-printable\n\nGaji =3D 900\n--x--\n"),
         "mail", NULL},
        {SLICE("\xD0\xCF\x11\xE0\xA1\xB1"), "workbook", NULL},
        {SLICE("\x01\xFF\0\x80xyz"), "no-text", NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sent_table table;
        struct complaint wrong;
        assert_false(sent_table_begin(&table, arena, cases[i].bytes, &wrong));
        assert_string_equal(wrong.kind, cases[i].kind);
        assert_true(wrong.what == cases[i].what || strcmp(wrong.what, cases[i].what) == 0);
    }
}

static void words_stay_words(void **state)
{
    const struct slice texts[] = {
        SLICE("Subject: loker\nFrom: a@example.org\n\nDicari admin, gaji 900 USD\n"),
        SLICE("Posisi: admin\nGaji: 900 USD\n\nSend it with Content-Transfer-Encoding: base64\n"),
        SLICE("save the PDF as %PDF and send it"),
        SLICE("one\x1A"),
        SLICE("page one\x0Cpage two\x0C"),
        SLICE("word/ and xl/ are folders")};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sent_text text;
        struct complaint wrong;
        assert_true(sent_text_words(arena, texts[i], &text, &wrong));
        assert_true(slice_equal(text.text, texts[i]));
    }
}

static void a_program_is_no_words(void **state)
{
    const struct slice programs[] = {SLICE("\x7F"
                                           "ELF\x02\x01\x01 plain \x03\x04\x05"),
                                     SLICE("\x01\x02\x03\x04\xE9\xE8\xFF words \x05\x06\x07")};
    (void)state;
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        struct sent_text text;
        struct complaint wrong;
        assert_false(sent_text_words(arena, programs[i], &text, &wrong));
        assert_string_equal(wrong.kind, "no-text");
    }
}

static void a_row_keeps_the_bytes_it_came_in(void **state)
{
    static const char *const rows[] = {"~a\t\"one\ntwo\"\n", "\nb\tthree~\n", "c\tfour"};
    struct slice parts[3];
    (void)state;
    for (unsigned big = 0; big < 2; big++) {
        struct sent_table table;
        struct complaint wrong;
        struct slice rest = SLICE_EMPTY;
        uint64_t line = 0;
        const struct slice all =
            utf16("sep=\t\ntitle\ttext\n~a\t\"one\ntwo\"\n\nb\tthree~\nc\tfour", big == 1, true);
        for (size_t i = 0; i < 3; i++)
            parts[i] = utf16(rows[i], big == 1, false);
        assert_true(sent_table_begin(&table, arena, all, &wrong));
        for (size_t i = 0; i < 3; i++) {
            assert_true(sent_table_next(&table, &wrong));
            assert_true(slice_equal(table.raw, parts[i]));
        }
        assert_false(sent_table_next(&table, &wrong));
        assert_int_equal(sent_table_rest(arena, all, 3, &line, &rest), OK);
        assert_int_equal(line, 6);
        assert_true(slice_is(rest, "sep=\t\ntitle\ttext\n\nb\tthree\xE2\x80\xA8\nc\tfour"));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_arena, close_arena)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(encodings_are_read),    TEST(what_cannot_be_read_is_named),     TEST(words_stay_words),
        TEST(a_program_is_no_words), TEST(a_row_keeps_the_bytes_it_came_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
