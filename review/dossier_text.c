/* dossier_text.c - the files of a dossier that are words; see dossier.h. Plain text for people with
 * no tool of ours, in the order they would ask: what is this, what was found, why, who says so. */
#include "common/clock.h"
#include "review/dossier_inside.h"

#include <inttypes.h>
#include <string.h>

static void add_tenths(struct text_buf *out, int32_t tenths)
{
    text_buf_printf(out, "%+d.%d", tenths / 10, tenths < 0 ? -tenths % 10 : tenths % 10);
}

/* ---- findings ---- */

/* What findings.txt says around the findings. */
struct finding_words {
    const char *intro, *source, *sum, *score, *band, *matches, *level, *language, *bank, *pay, *to,
        *a_month, *at_home, *at_work, *place, *prior, *combos;
};

static const struct finding_words ENGLISH = {
    .intro =
        "What the advertisement matches, and how much each part weighs. Points are natural\n"
        "log-odds; those above 0 speak for a harmful offer, those below for a genuine job.\n"
        "They are added up; nothing else enters the score. The findings judge the text, not a\n"
        "person.\n\n",
    .source = "      source: ",
    .sum = "sum: probability 1/(1+e^-sum) = ",
    .score = ", score ",
    .band = " of 100, band ",
    .matches = "Matches",
    .level = "Indicator level",
    .language = "Language",
    .bank = "Pattern bank",
    .pay = "Pay: about",
    .to = "to",
    .a_month = "US dollars a month",
    .at_home = "times the norm where the ad was placed",
    .at_work = "times the norm at the place of work",
    .place = "Place",
    .prior = NULL,
    .combos = NULL};
static const struct finding_words INDONESIAN = {
    .intro =
        "Yang cocok dengan iklan ini, dan bobot tiap bagiannya. Poin adalah log-odds natural; "
        "yang\n"
        "di atas 0 menunjuk ke tawaran yang merugikan, yang di bawah 0 ke lowongan sungguhan.\n"
        "Poin dijumlahkan; tidak ada hal lain yang masuk ke skor. Yang dinilai adalah teksnya,\n"
        "bukan orangnya.\n\n",
    .source = "      sumber: ",
    .sum = "jumlah: peluang 1/(1+e^-jumlah) = ",
    .score = ", skor ",
    .band = " dari 100, tingkat ",
    .matches = "Cocok dengan",
    .level = "Tingkat indikator",
    .language = "Bahasa",
    .bank = "Bank pola",
    .pay = "Upah: sekitar",
    .to = "sampai",
    .a_month = "dolar AS sebulan",
    .at_home = "kali patokan di tempat iklan dipasang",
    .at_work = "kali patokan di tempat kerja",
    .place = "Tempat",
    .prior = "seberapa jarang jebakan di papan lowongan",
    .combos = "semua gabungan tanda bersama-sama"};

const char *dossier_language(const struct dossier *dossier)
{
    const struct recipient *recipient = dossier->about->recipient;
    return recipient != NULL ? recipient->language : "en";
}

bool dossier_is_indonesian(const struct dossier *dossier)
{
    return strcmp(dossier_language(dossier), "id") == 0;
}

static const struct finding_words *finding_words(const struct dossier *dossier)
{
    return dossier_is_indonesian(dossier) ? &INDONESIAN : &ENGLISH;
}

/* In the language of the letter where there are words for it, else as the bank has them. */
static struct reason said_of(const struct dossier *dossier, const struct finding *finding)
{
    const struct finding_words *words = finding_words(dossier);
    const struct citations *citations = dossier->about->desk->citations;
    struct reason said = {.title = finding->title, .reason = SLICE_EMPTY};
    bool is_cap = finding->kind == FINDING_CAP, is_prior = finding->kind == FINDING_PRIOR;
    const char *ours = is_prior                                   ? words->prior
                       : is_cap && slice_is(finding->id, "combo") ? words->combos
                                                                  : NULL;
    const char *family =
        arena_printf(dossier->arena, "family:%.*s", (int)finding->id.len, finding->id.at);
    if (ours != NULL)
        said.title = slice_of(ours);
    else if (words != &ENGLISH &&
             reasons_find(dossier->reasons, dossier_language(dossier),
                          is_cap && family != NULL ? slice_of(family) : finding->id, &said))
        said.reason = is_cap ? SLICE_EMPTY : said.reason;
    else if (finding->kind == FINDING_RULE || finding->kind == FINDING_COMBO)
        said.reason = citations_reason(citations, finding->id);
    return said;
}

static void add_finding(const struct dossier *dossier, const struct finding *finding,
                        struct text_buf *out)
{
    struct reason said = said_of(dossier, finding);
    struct text_buf sources;
    add_tenths(out, finding->points_tenths);
    text_buf_printf(out, "  %.*s [%s %.*s]\n", (int)said.title.len, said.title.at,
                    finding_kind_name(finding->kind), (int)finding->id.len, finding->id.at);
    const char *quote = letter_line(dossier->arena, finding->quote);
    if (quote != NULL && quote[0] != '\0')
        text_buf_printf(out, "      \"%s\"\n", quote);
    const char *reason = letter_line(dossier->arena, said.reason);
    if (reason != NULL && reason[0] != '\0')
        text_buf_printf(out, "      %s\n", reason);
    text_buf_init(&sources, 4096);
    citations_of_finding(dossier->about->desk->citations, &dossier->full.verdict, finding,
                         &sources);
    citations_print(dossier->about->desk->citations, text_buf_slice(&sources),
                    finding_words(dossier)->source, out);
    text_buf_release(&sources);
}

static void add_ratio(int32_t hundredths, const char *of_what, struct text_buf *out)
{
    if (hundredths > 0)
        text_buf_printf(out, "; %d.%02d %s", hundredths / 100, hundredths % 100, of_what);
}

static void add_pay(const struct finding_words *words, const struct salary *salary,
                    struct text_buf *out)
{
    if (salary->currency[0] == '\0' || salary->usd_month_cents_max == 0)
        return;
    text_buf_printf(out, "\n%s %" PRId64 " %s %" PRId64 " %s", words->pay,
                    salary->usd_month_cents_min / 100, words->to, salary->usd_month_cents_max / 100,
                    words->a_month);
    add_ratio(salary->ratio_source_hundredths, words->at_home, out);
    add_ratio(salary->ratio_destination_hundredths, words->at_work, out);
    text_buf_printf(out, "\n  %.*s\n", (int)salary->baseline.len, salary->baseline.at);
}

void dossier_findings(const struct dossier *dossier, struct text_buf *out)
{
    const struct verdict *verdict = &dossier->full.verdict;
    int32_t millionths = verdict_probability_millionths(verdict->logit_tenths);
    const struct finding_words *words = finding_words(dossier);
    text_buf_add_str(out, words->intro);
    for (size_t i = 0; i < verdict->findings_count; i++)
        add_finding(dossier, &verdict->findings[i], out);
    text_buf_add_str(out, "----\n");
    add_tenths(out, verdict->logit_tenths);
    text_buf_printf(out, "  %s%d.%06d", words->sum, millionths / 1000000, millionths % 1000000);
    text_buf_printf(out, "%s%d%s%s\n\n", words->score, verdict_score(verdict->logit_tenths),
                    words->band, band_name(verdict->band));
    text_buf_printf(out, "%s: %s [%s]\n%s: B%d\n", words->matches, dossier->task_words,
                    task_name(verdict->task), words->level, verdict->indicator_level);
    dossier_line(dossier, out, words->language, verdict->language);
    dossier_line(dossier, out, words->bank, verdict->bank);
    add_pay(words, &verdict->salary, out);
    for (size_t i = 0; i < verdict->places_count; i++) {
        const struct place_found *place = &verdict->places[i];
        const char *quote = letter_line(dossier->arena, place->quote);
        text_buf_printf(out, "%s: %.*s (%s)%s%s%s\n", words->place, (int)place->id.len,
                        place->id.at, place_role_name(place->role),
                        quote != NULL && quote[0] != '\0' ? " \"" : "", quote != NULL ? quote : "",
                        quote != NULL && quote[0] != '\0' ? "\"" : "");
    }
}

/* ---- JSON ---- */

void dossier_case_json(const struct dossier *dossier, struct text_buf *out)
{
    struct json_writer writer;
    char when[CLOCK_RFC3339_BYTES];
    const struct case_row *row = &dossier->full.row;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_put_member(&writer, "format", SLICE(DOSSIER_FORMAT));
    json_put_member(&writer, "software", SLICE("lurewatch " LUREWATCH_VERSION));
    json_put_member_int(&writer, "case", row->id);
    json_put_member(&writer, "state", slice_of(case_state_name(row->state)));
    json_put_member(&writer, "url", slice_of(row->url));
    json_put_member(&writer, "source", slice_of(row->source));
    json_put_member(&writer, "captured_at",
                    slice_of(dossier_time(dossier->captured_unix_ms, when)));
    json_put_member(&writer, "first_seen", slice_of(dossier_time(row->first_seen_unix_ms, when)));
    json_put_member(&writer, "fingerprint", slice_of(dossier->full.fingerprint));
    json_put_member(&writer, "evidence_record", slice_of(row->evidence_id));
    json_put_member_if(&writer, "decided_by", slice_of(row->decided_by));
    if (dossier->about->picture.png.len > 0) {
        json_put_member(&writer, "picture", SLICE(DOSSIER_PICTURE));
        json_put_member_if(&writer, "picture_drawn_by", slice_of(dossier->about->picture.drawn_by));
    }
    json_key(&writer, "verdict");
    verdict_to_json(&dossier->full.verdict, SLICE_EMPTY, &writer);
    json_close_object(&writer);
    text_buf_add_char(out, '\n');
}

static void put_digest(struct json_writer *writer, const char *name, const struct digest *digest)
{
    char hex[DIGEST_HEX_BYTES];
    json_put_member(writer, name, slice_of(digest_hex(digest, hex)));
}

static void put_record(struct json_writer *writer, const struct excerpt_record *record)
{
    char when[CLOCK_RFC3339_BYTES];
    json_open_object(writer);
    json_put_member(writer, "id", slice_of(record->id));
    json_put_member(writer, "type", slice_of(record->type));
    json_put_member_if(writer, "url", slice_of(record->url));
    json_put_member(writer, "at", slice_of(dossier_time(record->at_unix_ms, when)));
    json_put_member_int(writer, "offset", record->offset_bytes);
    json_put_member_int(writer, "length", record->length_bytes);
    put_digest(writer, "block", &record->block);
    put_digest(writer, "member", &record->member);
    put_digest(writer, "chain", &record->chain);
    if (record->from_file[0] != '\0') {
        json_put_member(writer, "from_file", slice_of(record->from_file));
        json_put_member_int(writer, "from_offset", record->from_offset_bytes);
    }
    json_close_object(writer);
}

void dossier_manifest(const struct dossier *dossier, struct text_buf *out)
{
    struct json_writer writer;
    json_writer_init(&writer, out);
    json_open_object(&writer);
    json_put_member(&writer, "format", SLICE(DOSSIER_FORMAT));
    json_put_member_int(&writer, "case", dossier->full.row.id);
    json_put_member(&writer, "url", slice_of(dossier->full.row.url));
    json_put_member(&writer, "excerpt", SLICE(DOSSIER_EXCERPT));
    json_put_member(&writer, "digests",
                    SLICE("SHA-256, hexadecimal; chain = SHA-256(chain before, "
                          "member digest), from 32 zero bytes"));
    json_key(&writer, "records");
    json_open_array(&writer);
    for (size_t i = 0; i < dossier->records_count; i++)
        put_record(&writer, &dossier->records[i]);
    json_close_array(&writer);
    json_close_object(&writer);
    text_buf_add_char(out, '\n');
}

/* ---- README ---- */

static const char readme_en[] =
    "What is this?\n"
    "  The record of one job advertisement that matches published indicators of harmful\n"
    "  recruitment. It accuses nobody: who posts such advertisements may be forced to.\n\n"
    "What is in it?\n"
    "  letter.txt                what we ask, where a letter goes with it\n"
    "  ad.txt                    the text of the advertisement\n"
    "  findings.txt, case.json   what was found, by which rule, with how many points\n"
    "  history.txt               what was done with the case, and when\n"
    "  evidence/excerpt.warc.gz  request, answer and reading of the page, as they were stored\n"
    "                            (WARC 1.1, ISO 28500). It is the page itself: contacts in it are\n"
    "                            in clear. Handle it as evidence.\n"
    "  evidence/manifest.json    where each record lies, its digests, and the chain over them\n"
    "  evidence/stamp.tsr        time stamp of an authority (RFC 3161), where there is one; it is "
    "of\n"
    "                            the chain over the digests in evidence/stamp.txt\n"
    "  page.png                  where it is there: the page as a browser draws the kept bytes, "
    "with\n"
    "                            no network, without pictures and scripts. It is no photograph of\n"
    "                            what a reader saw; contacts in it are in clear. Other browsers "
    "and\n"
    "                            fonts draw other bytes: proof is the excerpt, this is for the "
    "eye.\n\n"
    "How do I check it?\n"
    "  1. sha256sum -c SHA256SUMS           every file is the one that was packed\n"
    "  2. lurewatch evidence verify FILE    the zip, or the folder it was unpacked to: digests of\n"
    "     every record and the chain over them. Without lurewatch: gunzip shows the records; each\n"
    "     names its own SHA-256 (WARC-Block-Digest, base32).\n"
    "  3. openssl ts -verify -digest CHAIN -in evidence/stamp.tsr -CAfile AUTHORITY.pem   the "
    "time;\n"
    "     step 2 prints CHAIN where there is a stamp\n\n";
static const char readme_id[] =
    "Apa ini?\n"
    "  Berkas satu iklan lowongan yang sesuai dengan indikator perekrutan merugikan yang telah\n"
    "  diterbitkan. Tidak ada orang yang dituduh: pemasang iklan semacam ini kadang-kadang\n"
    "  dipaksa.\n\n"
    "Isinya: letter.txt (surat), ad.txt (teks iklan), findings.txt dan case.json (temuan),\n"
    "  history.txt (riwayat), evidence/ (rekaman halaman asli; kontak di dalamnya tidak\n"
    "  disamarkan, perlakukan sebagai barang bukti), page.png (bila ada: halaman digambar "
    "peramban\n"
    "  dari rekaman itu, tanpa jaringan, gambar, dan skrip; bukan foto dari yang dilihat pembaca;\n"
    "  kontak di dalamnya tidak disamarkan).\n\n"
    "Cara memeriksa:\n"
    "  1. sha256sum -c SHA256SUMS             tiap berkas sama dengan yang dikemas\n"
    "  2. lurewatch evidence verify BERKAS    zip ini, atau folder tempat isinya dibuka: digest\n"
    "     tiap rekaman dan rantainya. Tanpa lurewatch: gunzip menampilkan rekaman; tiap rekaman\n"
    "     menyebut SHA-256-nya sendiri (WARC-Block-Digest, base32).\n"
    "  3. openssl ts -verify -digest RANTAI -in evidence/stamp.tsr -CAfile LEMBAGA.pem   "
    "waktunya;\n"
    "     langkah 2 menampilkan RANTAI bila ada cap waktu\n\n";

static void add_picture(const struct dossier_picture *picture, struct text_buf *out)
{
    text_buf_add_str(out, "Picture of the page: ");
    if (picture->png.len > 0)
        text_buf_printf(out,
                        DOSSIER_PICTURE ", drawn by %s from the kept bytes, without pictures and "
                                        "scripts\n",
                        picture->drawn_by);
    else if (picture->why_not != NULL && picture->why_not[0] != '\0')
        text_buf_printf(out, "none: %s\n", picture->why_not);
    else
        text_buf_add_str(out, "none was made\n");
}

static void add_state(const struct case_row *row, struct text_buf *out)
{
    text_buf_printf(out, "State: %s", case_state_name(row->state));
    text_buf_add_str(out, row->state == CASE_CONFIRMED   ? ", by a person\n"
                          : row->state == CASE_DISMISSED ? ", by a person: nothing is asked\n"
                                                         : "; no person has confirmed it\n");
}

void dossier_readme(const struct dossier *dossier, struct text_buf *out)
{
    char when[CLOCK_RFC3339_BYTES];
    const struct letter_desk *desk = dossier->about->desk;
    text_buf_printf(out, "lurewatch dossier, case %" PRId64 "\n", dossier->full.row.id);
    dossier_line(dossier, out, "Address", slice_of(dossier->full.row.url));
    text_buf_printf(out, "Captured (UTC): %s\n", dossier_time(dossier->captured_unix_ms, when));
    dossier_line(dossier, out, "From", slice_of(desk->operator_name));
    dossier_line(dossier, out, "Contact", slice_of(desk->contact));
    add_state(&dossier->full.row, out);
    text_buf_printf(out, "Letter: %s\n", dossier->has_letter ? "letter.txt" : "none");
    add_picture(&dossier->about->picture, out);
    text_buf_printf(out, "Timestamps of others: %s\n",
                    dossier->has_stamp ? "evidence/stamp.tsr" : "none");
    text_buf_printf(out, "Contacts in ad.txt: %s\n\n",
                    dossier->about->unmask ? "in clear" : "masked");
    bool indonesian = dossier_is_indonesian(dossier);
    text_buf_add_str(out, indonesian ? readme_id : readme_en);
    text_buf_add_str(out, indonesian ? readme_en : readme_id);
    text_buf_add_str(out, "Made by lurewatch " LUREWATCH_VERSION ".\n");
}
