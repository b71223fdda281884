/* classifiers/bank_pack.h - the folder patterns/ as one run of bytes.
 *
 * The sweep packs the folder once and hands the bytes to every worker, sealed; the SHA-256 of the
 * bytes is what a verdict calls `bank`. The form: each .yml file and each .txt file of lists, sorted
 * by path: "path\0" + length as 8 bytes big-endian + the bytes. Files that change no verdict stay
 * out: those of reasons/, and sources.yml. */
#ifndef LUREWATCH_BANK_PACK_H
#define LUREWATCH_BANK_PACK_H

#include "common/digest.h"

#define BANK_PACK_BYTES_MAX    (64u << 20)
#define BANK_PACK_WORDS_FOLDER "reasons" /* of patterns/: titles and reasons in further languages */
#define BANK_PACK_SOURCES_FILE "sources.yml" /* of patterns/: what keys of sources stand for */

struct bank_pack;
struct bank_file {
    struct slice path; /* "gambling/admin-slot.yml", relative, '/' between */
    struct slice bytes;
};

/* Reads every file below dir (regular files only). Gives *ret_pack, free with bank_pack_free().
 * Errors: ERR_NOT_FOUND (no such folder, or nothing in it), ERR_IO, ERR_LIMIT, ERR_NOMEM. */
MUST_USE int bank_pack_load(const char *dir, struct bank_pack **ret_pack, struct failure *reterr);
/* Reads bytes that bank_pack_bytes() gave; copies them. Errors: ERR_SYNTAX, ERR_LIMIT, ERR_NOMEM.
 */
MUST_USE int bank_pack_from(struct slice bytes, struct bank_pack **ret_pack,
                            struct failure *reterr);
/* A copy of pack in which the file at path holds bytes, or that has it besides. Gives *ret_pack. */
MUST_USE int bank_pack_with(const struct bank_pack *pack, const char *path, struct slice bytes,
                            struct bank_pack **ret_pack, struct failure *reterr);
void bank_pack_free(struct bank_pack *pack);                /* NULL is allowed */
struct slice bank_pack_bytes(const struct bank_pack *pack); /* borrowed */
size_t bank_pack_count(const struct bank_pack *pack);
struct bank_file bank_pack_at(const struct bank_pack *pack, size_t index);
/* The file at path, or false. */
bool bank_pack_find(const struct bank_pack *pack, const char *path, struct slice *ret_bytes);
struct digest bank_pack_digest(const struct bank_pack *pack);
/* What messages call the files: "patterns" or the folder given; never NULL. */
const char *bank_pack_origin(const struct bank_pack *pack);

#endif
