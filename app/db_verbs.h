/* app/db_verbs.h - the verbs of `lurewatch db`, for cmd_db.c and db_*.c alone. */
#ifndef LUREWATCH_DB_VERBS_H
#define LUREWATCH_DB_VERBS_H

#include "app/command.h"
#include "common/text.h"

struct dbing {
    struct common_options common;
    struct settings settings;
    const char *verb, *path, *path2;
    const char *contact, *kind, *as, *why; /* forget, purge */
    bool dry_run;
    struct store *store;
    struct text_buf out;
};

/* A sentence, or {"done":…} for programs. */
int db_say(struct dbing *dbing, const char *format, ...) PRINTF_LIKE(2, 3);
int db_failed(const struct failure *why);
/* A file that should be made and cannot: its folder, its permission, its name. */
int db_cannot_create(const struct failure *why);

int db_verb_copy(struct dbing *dbing);    /* db_whole.c */
int db_backup_whole(struct dbing *dbing); /* the path ends in '/' */
int db_verb_restore(struct dbing *dbing); /* loads the settings itself */
int db_verb_purge(struct dbing *dbing);   /* db_purge.c */
int db_verb_forget(struct dbing *dbing);

#endif
