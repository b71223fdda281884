/* glob.c - see glob.h. The stretches between two stars are looked for from left to right, each
 * behind the last: leftmost is enough, so nothing is ever tried twice. */
#include "crawler/glob.h"

#include <string.h>

bool glob_matches(struct slice pattern, bool to_end, struct slice text)
{
    for (bool first = true;; first = false) {
        size_t star = slice_find_char(pattern, '*');
        struct slice part = slice_sub(pattern, 0, star == SIZE_MAX ? pattern.len : star);
        if (part.len > text.len)
            return false;
        if (star == SIZE_MAX && to_end) {
            if (first && part.len != text.len)
                return false;
            return memcmp(text.at + text.len - part.len, part.at, part.len) == 0;
        }
        size_t at = 0;
        if (first && memcmp(text.at, part.at, part.len) != 0)
            return false;
        if (!first && part.len > 0) {
            const char *found = memmem(text.at, text.len, part.at, part.len);
            if (found == NULL)
                return false;
            at = (size_t)(found - text.at);
        }
        if (star == SIZE_MAX)
            return true;
        text = slice_from(text, at + part.len);
        pattern = slice_from(pattern, star + 1);
    }
}
