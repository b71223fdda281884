/* app/doctor.h - the checks of `lurewatch doctor`, each a line: what, how it stands, what to do. */
#ifndef LUREWATCH_DOCTOR_H
#define LUREWATCH_DOCTOR_H

#include "app/command.h"
#include "common/arena.h"
#include "common/text.h"
#include "storage/run_rows.h"

enum doctor_state {
    DOCTOR_OK,
    DOCTOR_NOTE, /* worth knowing, nothing is broken */
    DOCTOR_WRONG
};

#define DOCTOR_LINES_MAX 200u

struct doctor_line {
    enum doctor_state state;
    const char *what;   /* static: "store", "patterns", … */
    const char *detail; /* in the arena */
};

struct doctor {
    struct settings settings;
    struct arena *arena;
    struct store *store; /* NULL: none, or it does not open */
    int64_t now_unix_ms;
    struct doctor_line lines[DOCTOR_LINES_MAX];
    size_t lines_count;
    bool any_source_due; /* an enabled source whose time has come */
    int64_t next_due_unix_ms;
    size_t sources_on;
    struct source_health *health;
    size_t health_count;
};

void doctor_say(struct doctor *doctor, enum doctor_state state, const char *what,
                const char *format, ...) PRINTF_LIKE(4, 5);

/* Why a file cannot be made at path: NULL, or what is wrong with its folder, in the arena. */
const char *doctor_parent_trouble(struct doctor *doctor, const char *path);

/* Each looks at one thing and says a line or more. Order: as they stand. */
void doctor_settings(struct doctor *doctor); /* addresses, files and folders that keys name */
void doctor_patterns(struct doctor *doctor); /* bank, canary, worker, age of the data files */
void doctor_store(struct doctor *doctor);    /* opens doctor->store where it can */
void doctor_evidence(struct doctor *doctor); /* folder, contact key, free space */
void doctor_sources(struct doctor *doctor);
void doctor_alarms(struct doctor *doctor);   /* what sweeps noticed in the last week */
void doctor_rules(struct doctor *doctor);    /* rules that fired and do no more */
void doctor_fetching(struct doctor *doctor); /* why nothing is being fetched */

/* Name and version of the index-th library this program may run with, version "" where it does not;
 * false past the end. */
bool doctor_library(size_t index, const char **ret_name, char ret_version[64]);

#endif
