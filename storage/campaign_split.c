/* campaign_split.c - see campaign_split.h. Union-find over the campaign's cases: ties come sorted by
 * edge, so each joins its case to the one before it that has the same edge. */
#include "storage/campaign_split.h"
#include "storage/store_inside.h"

#define SPLIT_BYTES_MAX (512u << 20)

struct member {
    int64_t case_id;
    size_t parent; /* index; of a root: its own */
    size_t size;
};

struct splitting {
    struct store *store;
    struct db *db;
    int64_t campaign;
    struct row_list members; /* by case id */
};

static struct member *member_at(const struct splitting *splitting, size_t index)
{
    return (struct member *)(void *)splitting->members.at + index;
}

static int load_members(struct splitting *splitting)
{
    int rc = OK;
    struct db_rows *rows =
        db_query(splitting->db, "SELECT id FROM cases WHERE campaign = ?1 ORDER BY id",
                 DB_WITH(db_int(splitting->campaign)));
    while (rc == OK && db_next(rows)) {
        size_t index = splitting->members.count;
        struct member *member = row_list_add(&splitting->members);
        if (member == NULL)
            rc = store_no_memory(splitting->store);
        else
            *member = (struct member){row_int(rows, 0), index, 1};
    }
    int end = db_end(splitting->db, rows);
    return rc != OK ? rc : end;
}

static size_t index_of(const struct splitting *splitting, int64_t case_id)
{
    size_t low = 0, high = splitting->members.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (member_at(splitting, middle)->case_id < case_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t root_of(const struct splitting *splitting, size_t index)
{
    struct member *member = member_at(splitting, index);
    while (member->parent != index) {
        size_t above = member_at(splitting, member->parent)->parent;
        member->parent = above; /* halves the path */
        index = above;
        member = member_at(splitting, index);
    }
    return index;
}

/* The root is the one with the lower case id, so that a root is its component's first case. */
static void join(const struct splitting *splitting, size_t a, size_t b)
{
    a = root_of(splitting, a);
    b = root_of(splitting, b);
    if (a == b)
        return;
    size_t low = a < b ? a : b, high = a < b ? b : a;
    member_at(splitting, high)->parent = low;
    member_at(splitting, low)->size += member_at(splitting, high)->size;
}

static int join_tied(struct splitting *splitting)
{
    int64_t edge_before = 0;
    size_t before = 0;
    struct db_rows *rows = db_query(
        splitting->db,
        "SELECT t.edge_id, t.case_id FROM cases c JOIN campaign_ties t ON t.case_id = c.id"
        " JOIN campaign_edges e ON e.id = t.edge_id WHERE c.campaign = ?1 AND e.dropped = 0"
        " ORDER BY t.edge_id, t.case_id",
        DB_WITH(db_int(splitting->campaign)));
    while (db_next(rows)) {
        int64_t edge = row_int(rows, 0);
        size_t index = index_of(splitting, row_int(rows, 1));
        if (edge == edge_before)
            join(splitting, before, index);
        edge_before = edge;
        before = index;
    }
    return db_end(splitting->db, rows);
}

static int found_campaign(struct splitting *splitting, size_t root, size_t cases)
{
    return db_run(splitting->db, "INSERT INTO campaigns (id, cases) VALUES (?1, ?2)",
                  DB_WITH(db_int(member_at(splitting, root)->case_id), db_int((int64_t)cases)));
}

static int move_members(struct splitting *splitting, size_t stays, size_t *ret_left)
{
    int rc = OK;
    *ret_left = 0;
    for (size_t i = 0; i < splitting->members.count && rc == OK; i++) {
        size_t root = root_of(splitting, i);
        if (root == stays) {
            ++*ret_left;
            continue;
        }
        if (root == i)
            rc = found_campaign(splitting, i, member_at(splitting, i)->size);
        if (rc == OK)
            rc = db_run(splitting->db, "UPDATE cases SET campaign = ?2 WHERE id = ?1",
                        DB_WITH(db_int(member_at(splitting, i)->case_id),
                                db_int(member_at(splitting, root)->case_id)));
    }
    return rc;
}

static int split_inside(struct splitting *splitting)
{
    size_t left = 0;
    int rc = load_members(splitting);
    if (rc == OK)
        rc = join_tied(splitting);
    if (rc != OK || splitting->members.count == 0)
        return rc;
    size_t namesake = index_of(splitting, splitting->campaign);
    rc = move_members(splitting, root_of(splitting, namesake), &left);
    if (rc != OK)
        return rc;
    return db_run(splitting->db, "UPDATE campaigns SET cases = ?2 WHERE id = ?1",
                  DB_WITH(db_int(splitting->campaign), db_int((int64_t)left)));
}

int campaign_split(struct store *store, int64_t campaign)
{
    struct splitting splitting = {.store = store, .db = store_db(store), .campaign = campaign};
    struct arena *arena = NULL;
    if (arena_create(SPLIT_BYTES_MAX, &arena) != OK)
        return store_no_memory(store);
    row_list_init(&splitting.members, arena, sizeof(struct member));
    int rc = split_inside(&splitting);
    arena_free(arena);
    return rc;
}
