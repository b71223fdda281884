/* classifiers/bank_parts.h - the inside of a bank, for bank*.c and matcher.c only. */
#ifndef LUREWATCH_BANK_PARTS_H
#define LUREWATCH_BANK_PARTS_H

#include "classifiers/bank.h"
#include "classifiers/needles.h"
#include "common/yaml.h"

struct pcre2_real_code_8; /* <pcre2.h> stays in the .c files */

/* An example of a rule, in the words of the file. */
struct example {
    uint32_t rule;
    uint32_t line;
    bool must_match;
    struct slice text;
};

/* An example of a combo: a whole ad's text. */
struct combo_example {
    uint32_t combo;
    uint32_t line;
    bool must_match;
    struct slice file, text;
};

/* A literal of the bank's search: a match of the rule begins at most back bytes before it
 * (needles.h). */
struct needle_use {
    uint32_t rule, back;  /* back NEEDLE_BACK_NONE: anywhere */
    unsigned char clause; /* the rule's alternative it is of */
    bool also;            /* needed beside another: says nothing of where a match begins */
};

/* How a match of a rule begins: where the first bytes of a place are none of these, none does. */
#define LEAD_BITS      512u
#define LEAD_BYTES_MAX 4u
struct lead {
    unsigned char
        lengths;        /* bit n: some begin with n known bytes, 1 to LEAD_BYTES_MAX; 0: unknown */
    bool word;          /* not behind an ASCII letter */
    uint32_t also;      /* bit n: alternative n needs another literal beside its needle */
    bool whole;         /* once it may match, only a run over all of the text does right */
    uint64_t inner[4];  /* the bytes that begin one which may stand within a word */
    uint64_t firsts[4]; /* the bytes that begin one */
    uint64_t bits[LEAD_BITS / 64];
};
uint32_t lead_hash(const char *at, size_t bytes);

struct pattern_bank {
    const struct bank_pack *pack; /* borrowed */
    struct arena *arena;          /* all text and tables */
    struct model model;
    struct slice version; /* with the digest */
    struct family *families;
    struct signal *signals;
    struct rule *rules;
    struct combo *combos;
    struct example *examples;
    struct combo_example *combo_examples;
    struct bank_programs *programs; /* bank_programs.c: one a rule that runs */
    struct literals *literals;      /* what rules cannot match without; tags: rule indexes */
    bool *always;                   /* one a rule: it has no literal and runs everywhere */
    struct needle_use *needles;     /* by the tag of a literal */
    struct lead *leads;             /* one a rule */
    size_t needles_count, needles_room;
    size_t families_count, signals_count, rules_count, combos_count, examples_count;
    size_t combo_examples_count;
    size_t rules_room, examples_room, combos_room, combo_examples_room;
};

/* Complaints: the first is kept whole, all are counted; each may go to a listener. */
struct complaints {
    struct failure *first;
    size_t count;
    void (*each)(const struct failure *complaint, void *ctx);
    void *ctx;
};
void complain_with(struct complaints *complaints, const struct failure *complaint);

/* Each reads its files into bank and reports all that is wrong with them. ERR_NOMEM alone is
 * returned; complaints are counted. */
int bank_read_model(struct pattern_bank *bank, struct complaints *complaints);
int bank_read_rules(struct pattern_bank *bank, struct complaints *complaints);
int bank_read_weights(struct pattern_bank *bank, struct complaints *complaints);
int bank_read_combos(struct pattern_bank *bank, struct complaints *complaints);
/* Compiles every rule that runs, and those that only have examples. */
int bank_compile_rules(struct pattern_bank *bank, struct complaints *complaints);

/* ---- bank_programs.c ---- */

int bank_programs_create(size_t rules, struct bank_programs **ret_programs); /* ERR_NOMEM */
void bank_programs_free(struct bank_programs *programs);                     /* NULL is allowed */
/* Takes code, the program of a rule. Only before the bank is sealed. */
void bank_program_put(struct bank_programs *programs, size_t rule, struct pcre2_real_code_8 *code);
bool bank_program_is(const struct pattern_bank *bank, size_t rule); /* it compiled */
/* Borrowed, as machine code, made at the first call for a rule; from any thread. NULL: the rule has
 * none, or the system allows no more executable memory. */
const struct pcre2_real_code_8 *bank_program(const struct pattern_bank *bank, size_t rule);
/* Does this system let us make machine code at all? The first program is tried. ERR_UNSUPPORTED. */
MUST_USE int bank_programs_try(const struct pattern_bank *bank, struct failure *reterr);

/* A file of the pack as YAML; messages call it "patterns/…". */
int bank_yaml(const struct pattern_bank *bank, struct slice path, struct slice bytes,
              struct yaml_doc **ret_doc, struct failure *reterr);
struct slice bank_keep(struct pattern_bank *bank, struct slice text); /* at NULL: out of memory */
/* Reads "none", "B1" … "B3". */
int bank_level(const struct yaml_doc *doc, const struct yaml *node, int *ret_level,
               struct failure *reterr);
int bank_weight(const struct yaml_doc *doc, const struct yaml *node, int32_t *ret_tenths,
                struct failure *reterr);
int bank_status(const struct yaml_doc *doc, const struct yaml *node, enum rule_status *ret_status,
                struct failure *reterr);
/* Index of the family, or a complaint at node. */
int bank_family_index(const struct pattern_bank *bank, const struct yaml_doc *doc,
                      const struct yaml *node, uint32_t *ret_family, struct failure *reterr);
/* Makes room for one more item of a table; false: out of memory. */
bool bank_room(void **items, size_t count, size_t *room, size_t item_bytes);

/* As pattern_bank_compile(), with every complaint told. The bank is given only without complaints,
 * unless keep_bad, when it holds what could be read. */
int bank_compile_listening(const struct bank_pack *pack, struct complaints *complaints,
                           bool keep_bad, struct pattern_bank **ret_bank);

#endif
