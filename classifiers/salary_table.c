/* salary_table.c - wages.yml and rates.yml, dated data that ratios are taken against; see
 * facts_parts.h. Money in integers: cents of a dollar, ten-thousandths of a rate. */
#include "classifiers/facts_parts.h"
#include "common/yaml.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct wage {
    char country[3], currency[4];
    struct slice region, role;
    int64_t amount, year;
    unsigned line; /* of wages.yml */
};

struct rate {
    char currency[4];
    int64_t per_usd; /* ten-thousandths */
};

struct role_factor {
    int64_t hundredths;
    const struct word_list *words;
};

struct wage_table {
    struct arena *arena;
    struct wage *wages;
    struct rate *rates;
    struct role_factor *roles;
    size_t wages_count, rates_count, roles_count;
};

static struct slice keep(struct wage_table *table, struct slice text)
{
    char *copy = arena_copy(table->arena, text.at, text.len);
    return copy == NULL ? SLICE_EMPTY : slice_make(copy, text.len);
}

static int wage_read(struct wage_table *table, const struct yaml_doc *doc, const struct yaml *node,
                     struct failure *reterr)
{
    static const char *const keys[] = {"country",  "region", "role",   "amount",
                                       "currency", "year",   "source", NULL};
    struct wage *wage = &table->wages[table->wages_count];
    struct slice country = yaml_get_text(node, "country"),
                 currency = yaml_get_text(node, "currency");
    int rc = yaml_known_keys(doc, node, keys, reterr);
    for (size_t i = 0; rc == OK && keys[i] != NULL; i++)
        if (yaml_get(node, keys[i]) == NULL)
            rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "'%s' is missing", keys[i]);
    if (rc == OK && (country.len != 2 || currency.len != 3))
        rc = yaml_fail(doc, node, ERR_SYNTAX, reterr,
                       "country is two letters (ISO 3166), currency three (ISO 4217)");
    if (rc == OK)
        rc = yaml_int(doc, yaml_get(node, "amount"), 1, INT64_C(1000000000), &wage->amount, reterr);
    if (rc == OK)
        rc = yaml_int(doc, yaml_get(node, "year"), 2000, 2100, &wage->year, reterr);
    if (rc != OK)
        return rc;
    memcpy(wage->country, country.at, 2);
    memcpy(wage->currency, currency.at, 3);
    wage->region = keep(table, yaml_get_text(node, "region"));
    wage->role = keep(table, yaml_get_text(node, "role"));
    wage->line = yaml_line(node);
    table->wages_count++;
    return OK;
}

static int role_read(struct wage_table *table, const struct yaml_doc *doc, const struct yaml *node,
                     struct failure *reterr)
{
    static const char *const keys[] = {"factor", "words", NULL};
    struct role_factor *role = &table->roles[table->roles_count];
    int rc = yaml_known_keys(doc, node, keys, reterr);
    if (rc == OK && (yaml_get(node, "factor") == NULL || yaml_get(node, "words") == NULL))
        rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "a role needs factor and words");
    if (rc == OK)
        rc = yaml_decimal(doc, yaml_get(node, "factor"), 2, &role->hundredths, reterr);
    if (rc != OK)
        return rc;
    table->roles_count++;
    const struct word_row row = {keep(table, yaml_get_text(node, "words")).at, 0};
    return word_list_create(table->arena, &row, 1, &role->words);
}

static int wages_read(struct wage_table *table, const struct yaml_doc *doc, struct failure *reterr)
{
    static const char *const keys[] = {"date", "wages", "roles", NULL};
    const struct yaml *root = yaml_root(doc);
    const struct yaml *wages = yaml_get(root, "wages"), *roles = yaml_get(root, "roles");
    int rc = yaml_known_keys(doc, root, keys, reterr);
    table->wages = arena_calloc(table->arena, yaml_count(wages) + 1, sizeof *table->wages);
    table->roles = arena_calloc(table->arena, yaml_count(roles) + 1, sizeof *table->roles);
    if (table->wages == NULL || table->roles == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    for (size_t i = 0; rc == OK && i < yaml_count(wages); i++)
        rc = wage_read(table, doc, yaml_at(wages, i), reterr);
    for (size_t i = 0; rc == OK && i < yaml_count(roles); i++)
        rc = role_read(table, doc, yaml_at(roles, i), reterr);
    return rc;
}

static int rates_read(struct wage_table *table, const struct yaml_doc *doc, struct failure *reterr)
{
    static const char *const keys[] = {"date", "rates", NULL};
    static const char *const row_keys[] = {"currency", "per_usd", NULL};
    const struct yaml *list = yaml_get(yaml_root(doc), "rates");
    int rc = yaml_known_keys(doc, yaml_root(doc), keys, reterr);
    table->rates = arena_calloc(table->arena, yaml_count(list) + 1, sizeof *table->rates);
    if (table->rates == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    for (size_t i = 0; rc == OK && i < yaml_count(list); i++) {
        const struct yaml *node = yaml_at(list, i);
        struct rate *rate = &table->rates[i];
        rc = yaml_known_keys(doc, node, row_keys, reterr);
        if (rc == OK &&
            (yaml_get_text(node, "currency").len != 3 || yaml_get(node, "per_usd") == NULL))
            rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "a rate needs currency and per_usd");
        if (rc == OK)
            rc = yaml_decimal(doc, yaml_get(node, "per_usd"), 4, &rate->per_usd, reterr);
        if (rc == OK && rate->per_usd <= 0)
            rc = yaml_fail(doc, node, ERR_SYNTAX, reterr, "a rate is above 0");
        if (rc == OK)
            memcpy(rate->currency, yaml_get_text(node, "currency").at, 3);
        table->rates_count = i + 1;
    }
    return rc;
}

typedef int data_read_fn(struct wage_table *table, const struct yaml_doc *doc,
                         struct failure *reterr);

static int file_take(struct wage_table *table, const struct bank_pack *pack, const char *path,
                     data_read_fn *read, struct failure *reterr)
{
    struct slice bytes;
    struct yaml_doc *doc = NULL;
    const char *name = arena_printf(table->arena, "%s/%s", bank_pack_origin(pack), path);
    if (name == NULL)
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    if (!bank_pack_find(pack, path, &bytes))
        return failure_set(reterr, ERR_NOT_FOUND, "%s is missing", name);
    int rc = yaml_parse(bytes, name, &doc, reterr);
    if (rc == OK)
        rc = read(table, doc, reterr);
    yaml_free(doc);
    return rc;
}

/* A wage that cannot be brought to dollars would be left out without a word. */
static int currencies_check(const struct wage_table *table, const struct bank_pack *pack,
                            struct failure *reterr)
{
    for (size_t i = 0; i < table->wages_count; i++) {
        const struct wage *wage = &table->wages[i];
        if (wage_rate(table, wage->currency) == 0)
            return failure_set(reterr, ERR_SYNTAX,
                               "%s/wages.yml:%u: '%s' has no rate in rates.yml: add its row there, "
                               "or correct the currency",
                               bank_pack_origin(pack), wage->line, wage->currency);
    }
    return OK;
}

int wage_table_create(const struct bank_pack *pack, struct wage_table **ret_table,
                      struct failure *reterr)
{
    struct wage_table *table = calloc(1, sizeof *table);
    if (table == NULL || arena_create(4u << 20, &table->arena) != OK) {
        free(table);
        return failure_set(reterr, ERR_NOMEM, "out of memory");
    }
    int rc = file_take(table, pack, "wages.yml", wages_read, reterr);
    if (rc == OK)
        rc = file_take(table, pack, "rates.yml", rates_read, reterr);
    if (rc == OK)
        rc = currencies_check(table, pack, reterr);
    if (rc != OK) {
        wage_table_free(table);
        return rc;
    }
    *ret_table = table;
    return OK;
}

void wage_table_free(struct wage_table *table)
{
    if (table == NULL)
        return;
    arena_free(table->arena);
    free(table);
}

int64_t wage_rate(const struct wage_table *table, const char *currency)
{
    for (size_t i = 0; i < table->rates_count; i++)
        if (strcmp(table->rates[i].currency, currency) == 0)
            return table->rates[i].per_usd;
    return 0;
}

static int64_t usd_cents(const struct wage_table *table, const struct wage *wage)
{
    int64_t rate = wage_rate(table, wage->currency);
    return rate == 0 ? 0 : wage->amount * 1000000 / rate;
}

/* The higher of floor and office pay: a ratio should err on the side of the employer. */
int64_t wage_ordinary(const struct wage_table *table, const char *country, struct arena *arena,
                      struct slice *ret_words)
{
    int64_t best = 0;
    *ret_words = SLICE_EMPTY;
    for (size_t i = 0; i < table->wages_count; i++) {
        const struct wage *wage = &table->wages[i];
        int64_t cents = strcmp(wage->country, country) == 0 ? usd_cents(table, wage) : 0;
        if (cents <= best)
            continue;
        const char *role = slice_is(wage->role, "minimum") ? "minimum wage" : "office work";
        char *words = arena_printf(arena, "%s%s%.*s %s %s %" PRId64 " %" PRId64, country,
                                   wage->region.len > 0 ? " " : "", (int)wage->region.len,
                                   wage->region.at, role, wage->currency, wage->amount, wage->year);
        if (words == NULL)
            continue;
        best = cents;
        *ret_words = slice_of(words);
    }
    return best;
}

int64_t wage_role_factor(const struct wage_table *table, struct slice folded_title)
{
    int64_t most = 100;
    for (size_t i = 0; i < table->roles_count; i++)
        if (table->roles[i].hundredths > most && word_has(table->roles[i].words, folded_title))
            most = table->roles[i].hundredths;
    return most;
}
