/* store_pool.c - store handles for the threads of a server; see store_pool.h. */
#include "review/store_pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct handle {
    struct store *store; /* NULL: not open */
    dev_t device;
    ino_t inode;
    bool is_file, is_out;
};

struct store_pool {
    char *url;
    pthread_mutex_t lock;
    struct handle *handles;
    unsigned count;
    enum queue_second second;
};

int store_pool_create(const char *url, unsigned handles, enum queue_second second,
                      struct store_pool **ret_pool)
{
    struct store_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return ERR_NOMEM;
    pool->url = strdup(url);
    pool->handles = calloc(handles, sizeof *pool->handles);
    pool->count = handles;
    pool->second = second;
    if (pool->url == NULL || pool->handles == NULL || pthread_mutex_init(&pool->lock, NULL) != 0) {
        free(pool->url);
        free(pool->handles);
        free(pool);
        return ERR_NOMEM;
    }
    *ret_pool = pool;
    return OK;
}

void store_pool_free(struct store_pool *pool)
{
    if (pool == NULL)
        return;
    for (unsigned i = 0; i < pool->count; i++)
        store_close(pool->handles[i].store);
    pthread_mutex_destroy(&pool->lock);
    free(pool->handles);
    free(pool->url);
    free(pool);
}

static bool is_still_there(const struct handle *handle)
{
    struct stat now;
    if (!handle->is_file)
        return true;
    return stat(store_path(handle->store), &now) == 0 && now.st_dev == handle->device &&
           now.st_ino == handle->inode;
}

/* Others look for theirs among all that are out; closes the one before. */
static void set_store(struct store_pool *pool, struct handle *handle, struct store *store)
{
    pthread_mutex_lock(&pool->lock);
    struct store *before = handle->store;
    handle->store = store;
    pthread_mutex_unlock(&pool->lock);
    store_close(before);
}

static int open_handle(struct store_pool *pool, struct handle *handle, struct failure *reterr)
{
    struct stat now = {0};
    struct store *made = NULL;
    int rc = store_open(pool->url, STORE_AT_ONCE, &made, reterr);
    if (rc != OK)
        return rc;
    queue_second_set(made, pool->second);
    handle->is_file = store_is_file(made);
    if (handle->is_file && stat(store_path(made), &now) != 0) {
        store_close(made);
        return failure_set(reterr, ERR_NOT_FOUND, "the store %s is not there", pool->url);
    }
    handle->device = now.st_dev;
    handle->inode = now.st_ino;
    set_store(pool, handle, made);
    return OK;
}

/* A handle that is not out, an open one if there is. */
static struct handle *pick(struct store_pool *pool)
{
    struct handle *found = NULL;
    pthread_mutex_lock(&pool->lock);
    for (unsigned i = 0; i < pool->count; i++) {
        struct handle *handle = &pool->handles[i];
        if (!handle->is_out && (found == NULL || (found->store == NULL && handle->store != NULL)))
            found = handle;
    }
    if (found != NULL)
        found->is_out = true;
    pthread_mutex_unlock(&pool->lock);
    return found;
}

static void put_back(struct store_pool *pool, struct handle *handle)
{
    pthread_mutex_lock(&pool->lock);
    handle->is_out = false;
    pthread_mutex_unlock(&pool->lock);
}

int store_pool_take(struct store_pool *pool, struct store **ret_store, struct failure *reterr)
{
    struct handle *handle = pick(pool);
    int rc = OK;
    if (handle == NULL)
        return failure_set(reterr, ERR_BUSY, "every handle of the store is in use; try again");
    if (handle->store != NULL && !is_still_there(handle))
        set_store(pool, handle, NULL);
    if (handle->store == NULL)
        rc = open_handle(pool, handle, reterr);
    if (rc != OK) {
        put_back(pool, handle);
        return rc;
    }
    *ret_store = handle->store;
    return OK;
}

static struct handle *handle_of(struct store_pool *pool, const struct store *store)
{
    for (unsigned i = 0; i < pool->count; i++)
        if (pool->handles[i].is_out && pool->handles[i].store == store)
            return &pool->handles[i];
    return NULL;
}

bool store_pool_holds(struct store_pool *pool, const struct store *store)
{
    pthread_mutex_lock(&pool->lock);
    struct handle *handle = handle_of(pool, store);
    pthread_mutex_unlock(&pool->lock);
    return handle != NULL && is_still_there(handle);
}

void store_pool_give(struct store_pool *pool, struct store *store, bool sound)
{
    pthread_mutex_lock(&pool->lock);
    struct handle *handle = handle_of(pool, store);
    pthread_mutex_unlock(&pool->lock);
    if (handle == NULL)
        return;
    if (!sound)
        set_store(pool, handle, NULL);
    put_back(pool, handle);
}
