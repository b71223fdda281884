/* tests/conform.h - the kinds that build/conform answers.
 *
 * A new kind is a line in CONFORM_KINDS and a function conform_KIND() in a file tests/conform_*.c.
 * It reads its members from `in`, writes the members of one open object to `out`, and takes memory
 * from arena, which is reset after each line. */
#ifndef LUREWATCH_TESTS_CONFORM_H
#define LUREWATCH_TESTS_CONFORM_H

#include "common/arena.h"
#include "common/json.h"

#define CONFORM_KINDS(KIND)                                                                        \
    KIND(robots)                                                                                   \
    KIND(url)                                                                                      \
    KIND(address)                                                                                  \
    KIND(label)                                                                                    \
    KIND(charset)                                                                                  \
    KIND(charref)                                                                                  \
    KIND(sitemap)                                                                                  \
    KIND(feed)                                                                                     \
    KIND(content)                                                                                  \
    KIND(language)                                                                                 \
    KIND(posting)

#define CONFORM_DECLARE(kind)                                                                      \
    void conform_##kind(const struct json *in, struct arena *arena, struct json_writer *out);
CONFORM_KINDS(CONFORM_DECLARE)
#undef CONFORM_DECLARE

/* The bytes of a member in base64; empty when it is absent or broken. In arena. */
struct slice conform_bytes(const struct json *in, const char *key, struct arena *arena);

#endif
