/* review/assets.h - files that are part of the program: script, style, texts. Static. */
#ifndef LUREWATCH_ASSETS_H
#define LUREWATCH_ASSETS_H

#include "common/text.h"

struct slice asset_script(void);
struct slice asset_style(void);
struct slice asset_icon(void);
struct slice asset_english(void);
struct slice asset_indonesian(void);

#endif
