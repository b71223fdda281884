/* classifiers/phone_shim.h - what libphonenumber says of a run of digits. Tables are compiled in: no
 * files are opened; they are set up at the first call (about 16 ms). Thread-safe. */
#ifndef LUREWATCH_PHONE_SHIM_H
#define LUREWATCH_PHONE_SHIM_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* digits: "+6281…" or a national number of region (ISO 3166). True: a valid number; its E.164 form
 * and country ("" for numbers of no country). */
bool phone_is_valid(const char *digits, const char *region, char ret_e164[20], char ret_country[3]);

#ifdef __cplusplus
}
#endif

#endif
