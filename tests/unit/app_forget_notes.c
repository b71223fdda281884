/* Notes that name a contact, in the spellings people use; and notes that do not. */
#include "app/forget_notes.h"
#include "tests/unit/unit.h"

static void notes_name_a_contact_in_any_spelling(void **state)
{
    static const struct {
        const char *note, *contact;
        bool names;
    } cases[] = {
        {"call 0812-3456-7890 back", "+62 812 3456 7890", true},
        {"(0812) 3456 7890", "081234567890", true},
        {"call 0812-3456-7891 back", "+62 812 3456 7890", false},
        {"0812 3456 78901", "+62 812 3456 7890", false},
        {"case 3456, of 7890", "+62 812 3456 7890", false},
        {"wrote to @Contoh_Kantor", "t.me/contoh_kantor", true},
        {"wrote to contoh_kantor", "telegram @contoh_kantor", true},
        {"mail of A.Contoh@example.org", "a.contoh@example.org", true},
        {"see https://t.me/CONTOH_KANTOR", "https://t.me/contoh_kantor/", true},
        {"nothing of them", "t.me/contoh_kantor", false},
        {"", "t.me/contoh_kantor", false},
        {"any words", "", false},
        {"any words", "@", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (forget_note_names(slice_of(cases[i].note), slice_of(cases[i].contact)) !=
            cases[i].names)
            fail_msg("\"%s\" of \"%s\"", cases[i].note, cases[i].contact);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(notes_name_a_contact_in_any_spelling)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
