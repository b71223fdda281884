/* unit.h - what unit tests share: cmocka with what it needs before it, and texts compared. */
#ifndef LUREWATCH_TESTS_UNIT_H
#define LUREWATCH_TESTS_UNIT_H

#include "common/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* As a string that the test's failure can show. */
static inline void expect_text(struct slice found, const char *wanted)
{
    char *copy = strndup(found.at, found.len);
    assert_non_null(copy);
    assert_string_equal(copy, wanted);
    assert_int_equal(found.len, strlen(wanted));
    free(copy);
}

/* Does the sentence say so? */
static inline void expect_says(const struct failure *why, const char *part)
{
    if (strstr(why->text, part) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", part, why->text);
}

#endif
