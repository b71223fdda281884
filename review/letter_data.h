/* review/letter_data.h - the text files of review/letters: those built into the program, or an
 * editor's own in a folder, file by file. */
#ifndef LUREWATCH_LETTER_DATA_H
#define LUREWATCH_LETTER_DATA_H

#include "common/text.h"

#define LETTER_FILE_BYTES_MAX (256u << 10)

/* Appends the file called name ("request.en.txt"): the one in folder, else the built-in one; folder
 * NULL or "": the built-in one. *ret_path (NULL is allowed) is what a message calls it, in at most
 * LETTER_PATH_BYTES. Errors: ERR_NOT_FOUND (neither has it), those of file_read(). */
#define LETTER_PATH_BYTES 1280u
MUST_USE int letter_data_read(const char *folder, const char *name, struct text_buf *out,
                              char ret_path[LETTER_PATH_BYTES], struct failure *reterr);

#endif
