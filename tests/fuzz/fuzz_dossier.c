/* fuzz_dossier.c - any bytes as a dossier's zip: read within the limits, or refused with a sentence;
 * names never lead out of it and never stand twice. */
#include "review/zip.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = NULL;
    struct packed_file *files = NULL;
    struct failure why = {0};
    size_t count = 0;
    if (arena_create(64u << 20, &arena) != OK)
        abort();
    int rc = zip_read(arena, slice_make((const char *)data, size), &files, &count, &why);
    if (rc != OK && why.text[0] == '\0')
        abort();
    for (size_t i = 0; rc == OK && i < count; i++) {
        if (files[i].name[0] == '/' || strstr(files[i].name, "..") != NULL)
            abort();
        for (size_t k = 0; k < i; k++)
            if (strcmp(files[i].name, files[k].name) == 0)
                abort();
    }
    arena_free(arena);
    return 0;
}
