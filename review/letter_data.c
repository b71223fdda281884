/* letter_data.c - review/letters as bytes of the program; see letter_data.h.
 *
 * The assembler takes the files in (.incbin), so they are read by people as they are and need no
 * folder to be found at run time. The Makefile names them as what this file is made from. */
#include "review/letter_data.h"
#include "common/file.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EMBED(symbol, name)                                                                        \
    __asm__(".section .rodata\n" #symbol ":\n.incbin \"review/letters/" name "\"\n" #symbol        \
            "_end:\n.byte 0\n.previous\n");                                                        \
    extern const char symbol[] __attribute__((visibility("hidden")));                              \
    extern const char symbol##_end[] __attribute__((visibility("hidden")))

EMBED(letter_recipients, "recipients.yml");
EMBED(letter_shared, "shared.yml");
EMBED(letter_words, "words.yml");
EMBED(letter_dsa16_en, "dsa16.en.txt");
EMBED(letter_dsa16_id, "dsa16.id.txt");
EMBED(letter_request_en, "request.en.txt");
EMBED(letter_request_id, "request.id.txt");
EMBED(letter_aduankonten_en, "aduankonten.en.txt");
EMBED(letter_aduankonten_id, "aduankonten.id.txt");
EMBED(letter_correction_en, "correction.en.txt");
EMBED(letter_correction_id, "correction.id.txt");

static const struct built_in {
    const char *name, *at, *end;
} built_in[] = {
    {"recipients.yml", letter_recipients, letter_recipients_end},
    {"shared.yml", letter_shared, letter_shared_end},
    {"words.yml", letter_words, letter_words_end},
    {"dsa16.en.txt", letter_dsa16_en, letter_dsa16_en_end},
    {"dsa16.id.txt", letter_dsa16_id, letter_dsa16_id_end},
    {"request.en.txt", letter_request_en, letter_request_en_end},
    {"request.id.txt", letter_request_id, letter_request_id_end},
    {"aduankonten.en.txt", letter_aduankonten_en, letter_aduankonten_en_end},
    {"aduankonten.id.txt", letter_aduankonten_id, letter_aduankonten_id_end},
    {"correction.en.txt", letter_correction_en, letter_correction_en_end},
    {"correction.id.txt", letter_correction_id, letter_correction_id_end},
};

int letter_data_read(const char *folder, const char *name, struct text_buf *out,
                     char ret_path[LETTER_PATH_BYTES], struct failure *reterr)
{
    char own[LETTER_PATH_BYTES], *path = ret_path != NULL ? ret_path : own;
    if (folder != NULL && folder[0] != '\0') {
        snprintf(path, LETTER_PATH_BYTES, "%s/%s", folder, name);
        if (access(path, F_OK) == 0)
            return file_read(path, out, reterr);
    }
    snprintf(path, LETTER_PATH_BYTES, "review/letters/%s", name);
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++)
        if (strcmp(built_in[i].name, name) == 0)
            return text_buf_add(out, built_in[i].at, (size_t)(built_in[i].end - built_in[i].at));
    return failure_set(reterr, ERR_NOT_FOUND,
                       "there is no letter %s: put one into the folder 'letters' names", name);
}
