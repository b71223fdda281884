/* verdict.c - names and arithmetic of a verdict; see verdict.h. The JSON is in verdict_json.c. */
#include "common/verdict.h"

#include <math.h>

static const char *const BANDS[BAND_COUNT] = {"clear", "watch", "review", "urgent"};
static const char *const TASKS[TASK_COUNT] = {
    "none", "gambling", "scam", "opaque-overseas", "person-trade", "other-fraud", "awareness"};
static const char *const FINDINGS[FINDING_KIND_COUNT] = {"rule", "combo", "fact", "cap", "prior"};
static const char *const PERIODS[PAY_PERIOD_COUNT] = {"month", "year", "week", "day", "hour"};
static const char *const ROLES[PLACE_ROLE_COUNT] = {"destination", "transit", "interview",
                                                    "employer-seat", "source"};
static const char *const CONTACTS[CONTACT_KIND_COUNT] = {"whatsapp", "telegram", "line",  "wechat",
                                                         "zalo",     "kakao",    "viber", "signal",
                                                         "phone",    "email",    "url"};

const char *band_name(enum band band)
{
    return BANDS[band];
}

const char *task_name(enum task task)
{
    return TASKS[task];
}

const char *finding_kind_name(enum finding_kind kind)
{
    return FINDINGS[kind];
}

const char *pay_period_name(enum pay_period period)
{
    return PERIODS[period];
}

const char *place_role_name(enum place_role role)
{
    return ROLES[role];
}

const char *contact_kind_name(enum contact_kind kind)
{
    return CONTACTS[kind];
}

static int name_index(struct slice name, const char *const *names, int count)
{
    for (int i = 0; i < count; i++)
        if (slice_is(name, names[i]))
            return i;
    return -1;
}

bool band_from_name(struct slice name, enum band *ret_band)
{
    int index = name_index(name, BANDS, BAND_COUNT);
    if (index >= 0)
        *ret_band = (enum band)index;
    return index >= 0;
}

bool task_from_name(struct slice name, enum task *ret_task)
{
    int index = name_index(name, TASKS, TASK_COUNT);
    if (index >= 0)
        *ret_task = (enum task)index;
    return index >= 0;
}

bool contact_kind_from_name(struct slice name, enum contact_kind *ret_kind)
{
    int index = name_index(name, CONTACTS, CONTACT_KIND_COUNT);
    if (index >= 0)
        *ret_kind = (enum contact_kind)index;
    return index >= 0;
}

bool finding_kind_from_name(struct slice name, enum finding_kind *ret_kind)
{
    int index = name_index(name, FINDINGS, FINDING_KIND_COUNT);
    if (index >= 0)
        *ret_kind = (enum finding_kind)index;
    return index >= 0;
}

bool pay_period_from_name(struct slice name, enum pay_period *ret_period)
{
    int index = name_index(name, PERIODS, PAY_PERIOD_COUNT);
    if (index >= 0)
        *ret_period = (enum pay_period)index;
    return index >= 0;
}

bool place_role_from_name(struct slice name, enum place_role *ret_role)
{
    int index = name_index(name, ROLES, PLACE_ROLE_COUNT);
    if (index >= 0)
        *ret_role = (enum place_role)index;
    return index >= 0;
}

int32_t verdict_probability_millionths(int32_t logit_tenths)
{
    double p = 1.0 / (1.0 + exp(-(double)logit_tenths / 10.0));
    return (int32_t)lround(p * 1e6);
}

int verdict_score(int32_t logit_tenths)
{
    double p = 1.0 / (1.0 + exp(-(double)logit_tenths / 10.0));
    return (int)lround(100.0 * p);
}

bool verdict_is_flagged(const struct verdict *verdict)
{
    return verdict->band == BAND_REVIEW || verdict->band == BAND_URGENT;
}

const char *pay_bound_name(enum pay_bound bound)
{
    static const char *const names[] = {"", "up-to", "from"};
    return names[bound];
}

const char *pay_tax_name(enum pay_tax tax)
{
    static const char *const names[] = {"", "net", "gross"};
    return names[tax];
}
