/* assets.c - files that are part of the program; see assets.h. The assembler copies them in as they
 * are (.incbin); the Makefile knows that this file depends on them. */
#include "review/assets.h"

#define ASSET(name, file)                                                                          \
    __asm__(".pushsection .rodata\n"                                                               \
            ".global lurewatch_asset_" #name "\n"                                                  \
            ".global lurewatch_asset_" #name "_end\n"                                              \
            "lurewatch_asset_" #name ":\n"                                                         \
            ".incbin \"" file "\"\n"                                                               \
            "lurewatch_asset_" #name "_end:\n"                                                     \
            ".byte 0\n"                                                                            \
            ".popsection\n");                                                                      \
    extern const char lurewatch_asset_##name[], lurewatch_asset_##name##_end[];                    \
    struct slice asset_##name(void)                                                                \
    {                                                                                              \
        return slice_make(lurewatch_asset_##name,                                                  \
                          (size_t)(lurewatch_asset_##name##_end - lurewatch_asset_##name));        \
    }

ASSET(script, "review/assets/review.js")
ASSET(style, "review/assets/review.css")
ASSET(icon, "review/assets/icon.svg")
ASSET(english, "review/messages/en.txt")
ASSET(indonesian, "review/messages/id.txt")
