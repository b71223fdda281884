/* normalise_tables.c - look-alike letters and signs that stand for words; see normalise_tables.h.
 *
 * The look-alikes are the part of UTS #39's confusables that posters use: Cyrillic, Greek and Armenian
 * letters that read as Latin ones (folded only where a word mixes scripts), and small capitals and
 * phonetic letters (folded everywhere). Text is lower case by then. */
#include "classifiers/normalise_tables.h"

const struct lookalike LOOKALIKES[] = {
    {0x0131, 'i', 1}, {0x0185, 'b', 1}, {0x0237, 'j', 1}, {0x0251, 'a', 1}, {0x0253, 'b', 1},
    {0x0257, 'd', 1}, {0x0261, 'g', 1}, {0x0262, 'g', 1}, {0x0266, 'h', 1}, {0x0268, 'i', 1},
    {0x0269, 'i', 1}, {0x026A, 'i', 1}, {0x026F, 'w', 1}, {0x0274, 'n', 1}, {0x0280, 'r', 1},
    {0x0289, 'u', 1}, {0x028B, 'v', 1}, {0x028F, 'y', 1}, {0x0299, 'b', 1}, {0x029C, 'h', 1},
    {0x029F, 'l', 1}, {0x03B1, 'a', 0}, {0x03B2, 'b', 0}, {0x03B5, 'e', 0}, {0x03B7, 'n', 0},
    {0x03B9, 'i', 0}, {0x03BA, 'k', 0}, {0x03BD, 'n', 0}, {0x03BF, 'o', 0}, {0x03C1, 'p', 0},
    {0x03C4, 't', 0}, {0x03C5, 'u', 0}, {0x03C7, 'x', 0}, {0x03C9, 'w', 0}, {0x0430, 'a', 0},
    {0x0432, 'b', 0}, {0x0435, 'e', 0}, {0x043A, 'k', 0}, {0x043C, 'm', 0}, {0x043D, 'h', 0},
    {0x043E, 'o', 0}, {0x0440, 'p', 0}, {0x0441, 'c', 0}, {0x0442, 't', 0}, {0x0443, 'y', 0},
    {0x0445, 'x', 0}, {0x044C, 'b', 0}, {0x0455, 's', 0}, {0x0456, 'i', 0}, {0x0458, 'j', 0},
    {0x0461, 'w', 0}, {0x0475, 'v', 0}, {0x04AF, 'y', 0}, {0x04BB, 'h', 0}, {0x04CF, 'l', 0},
    {0x0501, 'd', 0}, {0x051B, 'q', 0}, {0x051D, 'w', 0}, {0x0566, 'q', 0}, {0x0570, 'h', 0},
    {0x0575, 'j', 0}, {0x0578, 'n', 0}, {0x057D, 'u', 0}, {0x0581, 'g', 0}, {0x0585, 'o', 0},
    {0x1D00, 'a', 1}, {0x1D04, 'c', 1}, {0x1D05, 'd', 1}, {0x1D07, 'e', 1}, {0x1D0A, 'j', 1},
    {0x1D0B, 'k', 1}, {0x1D0D, 'm', 1}, {0x1D0F, 'o', 1}, {0x1D18, 'p', 1}, {0x1D1B, 't', 1},
    {0x1D1C, 'u', 1}, {0x1D20, 'v', 1}, {0x1D21, 'w', 1}, {0x1D22, 'z', 1}, {0x2113, 'l', 1},
    {0xA730, 'f', 1}, {0xA731, 's', 1}, {0x1F150, 'a', 1}, {0x1F151, 'b', 1}, {0x1F152, 'c', 1},
    {0x1F153, 'd', 1}, {0x1F154, 'e', 1}, {0x1F155, 'f', 1}, {0x1F156, 'g', 1}, {0x1F157, 'h', 1},
    {0x1F158, 'i', 1}, {0x1F159, 'j', 1}, {0x1F15A, 'k', 1}, {0x1F15B, 'l', 1}, {0x1F15C, 'm', 1},
    {0x1F15D, 'n', 1}, {0x1F15E, 'o', 1}, {0x1F15F, 'p', 1}, {0x1F160, 'q', 1}, {0x1F161, 'r', 1},
    {0x1F162, 's', 1}, {0x1F163, 't', 1}, {0x1F164, 'u', 1}, {0x1F165, 'v', 1}, {0x1F166, 'w', 1},
    {0x1F167, 'x', 1}, {0x1F168, 'y', 1}, {0x1F169, 'z', 1}, {0x1F170, 'a', 1}, {0x1F171, 'b', 1},
    {0x1F172, 'c', 1}, {0x1F173, 'd', 1}, {0x1F174, 'e', 1}, {0x1F175, 'f', 1}, {0x1F176, 'g', 1},
    {0x1F177, 'h', 1}, {0x1F178, 'i', 1}, {0x1F179, 'j', 1}, {0x1F17A, 'k', 1}, {0x1F17B, 'l', 1},
    {0x1F17C, 'm', 1}, {0x1F17D, 'n', 1}, {0x1F17E, 'o', 1}, {0x1F17F, 'p', 1}, {0x1F180, 'q', 1},
    {0x1F181, 'r', 1}, {0x1F182, 's', 1}, {0x1F183, 't', 1}, {0x1F184, 'u', 1}, {0x1F185, 'v', 1},
    {0x1F186, 'w', 1}, {0x1F187, 'x', 1}, {0x1F188, 'y', 1}, {0x1F189, 'z', 1},
};
const size_t LOOKALIKES_COUNT = sizeof LOOKALIKES / sizeof LOOKALIKES[0];

const struct emoji_word EMOJI_WORDS[] = {
    {0x203C, ""}, {0x260E, "emoji:phone"}, {0x2611, ""},
    {0x2660, "emoji:cards"}, {0x2663, "emoji:cards"}, {0x26A0, "emoji:warning"},
    {0x2705, ""}, {0x2708, "emoji:plane"}, {0x2709, "emoji:mail"},
    {0x2714, ""}, {0x2728, ""}, {0x274C, "emoji:no"},
    {0x2764, ""}, {0x27A1, ""}, {0x2B50, ""},
    {0x1F0CF, "emoji:cards"}, {0x1F30D, "emoji:world"}, {0x1F30E, "emoji:world"},
    {0x1F30F, "emoji:world"}, {0x1F31F, ""}, {0x1F35A, "emoji:food"},
    {0x1F35B, "emoji:food"}, {0x1F35C, "emoji:food"}, {0x1F371, "emoji:food"},
    {0x1F372, "emoji:food"}, {0x1F374, "emoji:food"}, {0x1F37D, "emoji:food"},
    {0x1F3B0, "emoji:slot"}, {0x1F3B2, "emoji:dice"}, {0x1F3D8, "emoji:house"},
    {0x1F3E0, "emoji:house"}, {0x1F3E1, "emoji:house"}, {0x1F3E2, "emoji:office"},
    {0x1F447, ""}, {0x1F449, ""}, {0x1F44D, ""},
    {0x1F4A5, ""}, {0x1F4AC, "emoji:chat"}, {0x1F4B0, "emoji:money"},
    {0x1F4B2, "emoji:money"}, {0x1F4B4, "emoji:money"}, {0x1F4B5, "emoji:money"},
    {0x1F4B6, "emoji:money"}, {0x1F4B8, "emoji:money"}, {0x1F4CC, ""},
    {0x1F4CD, "emoji:pin"}, {0x1F4D4, "emoji:passport"}, {0x1F4D8, "emoji:passport"},
    {0x1F4DE, "emoji:phone"}, {0x1F4E2, ""}, {0x1F4E3, ""},
    {0x1F4E7, "emoji:mail"}, {0x1F4E8, "emoji:mail"}, {0x1F4E9, "emoji:mail"},
    {0x1F4F1, "emoji:phone"}, {0x1F4F2, "emoji:phone"}, {0x1F525, ""},
    {0x1F64F, ""}, {0x1F6A8, "emoji:warning"}, {0x1F6AB, "emoji:no"},
    {0x1F6C2, "emoji:passport"}, {0x1F6CC, "emoji:house"}, {0x1F6CF, "emoji:house"},
    {0x1F6E9, "emoji:plane"}, {0x1F6EB, "emoji:plane"}, {0x1F6EC, "emoji:plane"},
    {0x1F911, "emoji:money"},
};
const size_t EMOJI_WORDS_COUNT = sizeof EMOJI_WORDS / sizeof EMOJI_WORDS[0];
