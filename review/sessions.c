/* sessions.c - sessions and tries to log in; see sessions.h. Both tables are small arrays that are
 * walked: 512 rows cost less than a millisecond and cannot grow. */
#include "review/sessions.h"
#include "common/digest.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLOCK_SLACK_MS (60LL * 1000)
#define TRIES_MAX      256u
#define TRIES_OF_ONE_MAX                                                                           \
    8u /* browsers of an account that are counted: its many free none of others */
#define TRIES_FORGET_MS   (15LL * 60 * 1000)
#define TRIES_FREE        3u
#define TRIES_FREE_ALL    30u
#define TRIES_WAIT_MS     1000LL
#define TRIES_WAIT_MS_MAX (5LL * 60 * 1000)

struct row {
    bool used;
    struct digest token;
    struct session session;
    int64_t seen_unix_ms; /* used by its person */
    int64_t undo[SESSION_UNDO_MAX];
    size_t undo_count;
};

struct tries {
    struct digest of;   /* a name or a device; the first row is all names together */
    struct digest name; /* whose */
    uint32_t failed;
    int64_t last_unix_ms;
};

struct sessions {
    pthread_mutex_t lock;
    struct row rows[SESSIONS_MAX];
    struct tries tries[TRIES_MAX];   /* of strangers */
    struct tries devices[TRIES_MAX]; /* of browsers that are known: no stranger takes a row here */
};

int sessions_create(struct sessions **ret_sessions)
{
    struct sessions *sessions = calloc(1, sizeof *sessions);
    if (sessions == NULL)
        return ERR_NOMEM;
    if (pthread_mutex_init(&sessions->lock, NULL) != 0) {
        free(sessions);
        return ERR_NOMEM;
    }
    *ret_sessions = sessions;
    return OK;
}

void sessions_free(struct sessions *sessions)
{
    if (sessions == NULL)
        return;
    pthread_mutex_destroy(&sessions->lock);
    explicit_bzero(sessions, sizeof *sessions);
    free(sessions);
}

static void random_hex(char at[SESSION_TOKEN_BYTES])
{
    struct digest random;
    digest_random(random.bytes, sizeof random.bytes);
    digest_hex(&random, at);
}

/* A request knows the time of its beginning, so others' sessions may be some seconds younger than
 * it; by more, the clock was set back. */
static bool has_ended(const struct row *row, int64_t now)
{
    return now - row->seen_unix_ms > SESSION_IDLE_MS ||
           row->session.started_unix_ms - now > CLOCK_SLACK_MS ||
           now - row->session.started_unix_ms > SESSION_LIFE_MS;
}

/* The row of the account idle longest where it has many; else a free row, one that has ended, or the
 * one idle longest of all. */
static struct row *make_room(struct sessions *sessions, const char *name, int64_t now)
{
    struct row *oldest = &sessions->rows[0], *own = NULL, *free_row = NULL;
    unsigned own_count = 0;
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        struct row *row = &sessions->rows[i];
        if (!row->used || has_ended(row, now)) {
            free_row = row;
            continue;
        }
        if (row->seen_unix_ms < oldest->seen_unix_ms)
            oldest = row;
        if (strcmp(row->session.name, name) != 0)
            continue;
        own_count++;
        if (own == NULL || row->seen_unix_ms < own->seen_unix_ms)
            own = row;
    }
    if (own_count >= SESSIONS_OF_ONE_MAX)
        return own;
    return free_row != NULL ? free_row : oldest;
}

void sessions_begin(struct sessions *sessions, const char *name, int64_t now_unix_ms,
                    char ret_token[SESSION_TOKEN_BYTES])
{
    random_hex(ret_token);
    pthread_mutex_lock(&sessions->lock);
    struct row *row = make_room(sessions, name, now_unix_ms);
    memset(row, 0, sizeof *row);
    row->used = true;
    row->token = digest_of(slice_of(ret_token));
    row->seen_unix_ms = now_unix_ms;
    row->session.started_unix_ms = row->session.works_since_unix_ms = now_unix_ms;
    snprintf(row->session.name, sizeof row->session.name, "%s", name);
    random_hex(row->session.csrf);
    pthread_mutex_unlock(&sessions->lock);
}

/* With the lock held. */
static struct row *find(struct sessions *sessions, struct slice token)
{
    if (token.len != SESSION_TOKEN_BYTES - 1)
        return NULL;
    struct digest wanted = digest_of(token);
    for (size_t i = 0; i < SESSIONS_MAX; i++) {
        struct row *row = &sessions->rows[i];
        if (row->used && memcmp(row->token.bytes, wanted.bytes, sizeof wanted.bytes) == 0)
            return row;
    }
    return NULL;
}

void sessions_mark(struct sessions *sessions, struct slice token, const struct digest *mark)
{
    pthread_mutex_lock(&sessions->lock);
    struct row *row = find(sessions, token);
    if (row != NULL)
        row->session.mark = *mark;
    pthread_mutex_unlock(&sessions->lock);
}

static void forget(struct row *row)
{
    explicit_bzero(row, sizeof *row);
}

bool sessions_find(struct sessions *sessions, struct slice token, int64_t now_unix_ms,
                   bool by_person, struct session *ret_session)
{
    pthread_mutex_lock(&sessions->lock);
    struct row *row = find(sessions, token);
    if (row != NULL && has_ended(row, now_unix_ms)) {
        forget(row);
        row = NULL;
    }
    if (row != NULL) {
        if (by_person && now_unix_ms - row->seen_unix_ms > SESSION_REST_MS)
            row->session.works_since_unix_ms = now_unix_ms;
        if (by_person)
            row->seen_unix_ms = now_unix_ms;
        *ret_session = row->session;
    }
    pthread_mutex_unlock(&sessions->lock);
    return row != NULL;
}

void sessions_end(struct sessions *sessions, struct slice token)
{
    pthread_mutex_lock(&sessions->lock);
    struct row *row = find(sessions, token);
    if (row != NULL)
        forget(row);
    pthread_mutex_unlock(&sessions->lock);
}

void sessions_end_all(struct sessions *sessions, const char *name)
{
    pthread_mutex_lock(&sessions->lock);
    for (size_t i = 0; i < SESSIONS_MAX; i++)
        if (sessions->rows[i].used && strcmp(sessions->rows[i].session.name, name) == 0)
            forget(&sessions->rows[i]);
    pthread_mutex_unlock(&sessions->lock);
}

bool session_csrf_is(const struct session *session, struct slice csrf)
{
    unsigned differs = csrf.len != SESSION_TOKEN_BYTES - 1;
    for (size_t i = 0; i < csrf.len && i < SESSION_TOKEN_BYTES - 1; i++)
        differs |= (unsigned char)csrf.at[i] ^ (unsigned char)session->csrf[i];
    return differs == 0;
}

static void put_undo(struct sessions *sessions, struct slice token, int64_t case_id, bool is_new)
{
    pthread_mutex_lock(&sessions->lock);
    struct row *row = find(sessions, token);
    if (row != NULL) {
        if (row->undo_count == SESSION_UNDO_MAX)
            memmove(row->undo, row->undo + 1, --row->undo_count * sizeof row->undo[0]);
        row->undo[row->undo_count++] = case_id;
        row->session.decisions += is_new;
    }
    pthread_mutex_unlock(&sessions->lock);
}

void sessions_decided(struct sessions *sessions, struct slice token, int64_t case_id)
{
    put_undo(sessions, token, case_id, true);
}

void sessions_undo_failed(struct sessions *sessions, struct slice token, int64_t case_id)
{
    put_undo(sessions, token, case_id, false);
}

int64_t sessions_undo(struct sessions *sessions, struct slice token)
{
    pthread_mutex_lock(&sessions->lock);
    struct row *row = find(sessions, token);
    int64_t case_id = row != NULL && row->undo_count > 0 ? row->undo[--row->undo_count] : 0;
    pthread_mutex_unlock(&sessions->lock);
    return case_id;
}

void sessions_rested(struct sessions *sessions, struct slice token, int64_t now_unix_ms)
{
    pthread_mutex_lock(&sessions->lock);
    struct row *row = find(sessions, token);
    if (row != NULL)
        row->session.works_since_unix_ms = now_unix_ms;
    pthread_mutex_unlock(&sessions->lock);
}

/* ---- tries ---- */

static bool is_known(const struct login_from *from)
{
    return from->device.len > 0;
}

static struct digest key_of(const struct login_from *from)
{
    return digest_of(is_known(from) ? from->device : slice_of(from->name));
}

/* The row unused longest: of the account where it has many, else of all. */
static struct tries *tries_room(struct tries *table, const struct digest *name)
{
    struct tries *oldest = &table[1], *own = NULL;
    unsigned own_count = 0;
    for (size_t i = 1; i < TRIES_MAX; i++) {
        struct tries *tries = &table[i];
        if (tries->last_unix_ms < oldest->last_unix_ms)
            oldest = tries;
        if (tries->failed == 0 || memcmp(tries->name.bytes, name->bytes, sizeof name->bytes) != 0)
            continue;
        own_count++;
        if (own == NULL || tries->last_unix_ms < own->last_unix_ms)
            own = tries;
    }
    return own_count >= TRIES_OF_ONE_MAX ? own : oldest;
}

/* The row of who tries; when none: NULL, or one that is made where make is set. */
static struct tries *tries_of(struct sessions *sessions, const struct login_from *from, bool make)
{
    struct tries *table = is_known(from) ? sessions->devices : sessions->tries;
    const struct digest key = key_of(from), name = digest_of(slice_of(from->name));
    for (size_t i = 1; i < TRIES_MAX; i++)
        if (table[i].failed > 0 && memcmp(table[i].of.bytes, key.bytes, sizeof key.bytes) == 0)
            return &table[i];
    if (!make)
        return NULL;
    struct tries *room = tries_room(table, &name);
    *room = (struct tries){.of = key, .name = name};
    return room;
}

static int64_t wait_of(const struct tries *tries, uint32_t free_tries, int64_t now)
{
    if (tries == NULL || tries->failed < free_tries || now - tries->last_unix_ms > TRIES_FORGET_MS)
        return 0;
    uint32_t doublings = tries->failed - free_tries;
    int64_t wait = doublings >= 9 ? TRIES_WAIT_MS_MAX : TRIES_WAIT_MS << doublings;
    int64_t left = tries->last_unix_ms + wait - now;
    return left > 0 ? left : 0;
}

int64_t login_wait_ms(struct sessions *sessions, const struct login_from *from, int64_t now_unix_ms)
{
    pthread_mutex_lock(&sessions->lock);
    int64_t own = wait_of(tries_of(sessions, from, false), TRIES_FREE, now_unix_ms);
    int64_t all = is_known(from) ? 0 : wait_of(&sessions->tries[0], TRIES_FREE_ALL, now_unix_ms);
    pthread_mutex_unlock(&sessions->lock);
    return own > all ? own : all;
}

static void count_failure(struct tries *tries, int64_t now)
{
    if (now - tries->last_unix_ms > TRIES_FORGET_MS)
        tries->failed = 0;
    tries->failed++;
    tries->last_unix_ms = now;
}

void login_note(struct sessions *sessions, const struct login_from *from, bool well,
                int64_t now_unix_ms)
{
    pthread_mutex_lock(&sessions->lock);
    struct tries *tries = tries_of(sessions, from, !well), *all = &sessions->tries[0];
    if (well && tries != NULL)
        tries->failed = 0;
    /* one who logs in takes back the try that was counted before, and no other's: else whoever has an
     * account gives strangers' names new tries with it */
    if (well && !is_known(from) && all->failed > 0)
        all->failed--;
    if (!well)
        count_failure(tries, now_unix_ms);
    if (!well && !is_known(from))
        count_failure(all, now_unix_ms);
    pthread_mutex_unlock(&sessions->lock);
}
