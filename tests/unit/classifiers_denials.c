/* What whole ads are told, by the bank that ships: a denial is not the thing denied, a quote says what
 * its title says, and what is at home is not abroad. */
#include "classifiers/classify.h"
#include "tests/unit/unit.h"

struct scene {
    struct bank_pack *pack;
    struct pattern_bank *bank;
    struct classifier *classifier;
    struct arena *arena;
};

static int scene_open(void **state)
{
    static struct scene scene;
    struct failure why = {.code = OK};
    int rc = bank_pack_load("patterns", &scene.pack, &why);
    rc = rc == OK ? pattern_bank_compile(scene.pack, &scene.bank, &why) : rc;
    rc = rc == OK ? classifier_create(scene.bank, NULL, &scene.classifier, &why) : rc;
    rc = rc == OK ? arena_create(16u << 20, &scene.arena) : rc;
    if (rc != OK)
        print_error("%s\n", why.text);
    *state = &scene;
    return rc == OK ? 0 : -1;
}

static int scene_close(void **state)
{
    struct scene *scene = *state;
    arena_free(scene->arena);
    classifier_free(scene->classifier);
    pattern_bank_free(scene->bank);
    bank_pack_free(scene->pack);
    return 0;
}

/* The verdict on an ad of this text, good until the next one. */
static struct verdict verdict_of(struct scene *scene, const char *text)
{
    static struct posting posting;
    struct verdict verdict;
    arena_reset(scene->arena);
    posting_init(&posting);
    assert_int_equal(posting_set(&posting, scene->arena, POSTING_TEXT, slice_of(text)), OK);
    assert_int_equal(classify(scene->classifier, &posting, scene->arena, &verdict), OK);
    return verdict;
}

/* The first finding whose id begins so; NULL: none. */
static const struct finding *told(const struct verdict *verdict, const char *id)
{
    for (size_t i = 0; i < verdict->findings_count; i++)
        if (slice_starts(verdict->findings[i].id, id))
            return &verdict->findings[i];
    return NULL;
}

/* No id that begins so is found in any of the texts. */
static void expect_silence(struct scene *scene, const char *const *texts, size_t count,
                           const char *const *ids, size_t ids_count)
{
    for (size_t i = 0; i < count; i++) {
        struct verdict verdict = verdict_of(scene, texts[i]);
        for (size_t k = 0; k < ids_count; k++) {
            const struct finding *found = told(&verdict, ids[k]);
            if (found != NULL)
                fail_msg("%s: %.*s \"%.*s\"", texts[i], (int)found->id.len, found->id.at,
                         (int)found->quote.len, found->quote.at);
        }
    }
}
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static void who_denies_fraud_names_no_scam_work(void **state)
{
    static const char *const texts[] = {
        "รับพนักงานจัดเรียงสินค้า นครปฐม วันละ 390 บาท งานจริง ไม่หลอก",
        "Dicari penjaga toko roti di Malang, gaji 2,4 juta, kerja nyata bukan scam",
        "Pembantu kedai roti di Melaka, RM1,750. Kerja ini bukan kerja scam atau judi.",
        "Tuyển thợ làm bánh ở Huế, lương 8 triệu, công việc này không phải scam",
        "宁波面包店招学徒,月薪4800,不做电诈,不做杀猪盘",
        "Panadero sa Iloilo, P550 kada araw, hindi po ito love scam o POGO",
        "Baker wanted in Hull, £12.40 an hour. We are not hiring scammers.",
        "बेकरी सहायक, नागपुर, 13,000 रुपये, ऑनलाइन स्कैम का काम नहीं है",
        "বেকারিতে সহকারী, খুলনা, ১১,০০০ টাকা, এটি স্ক্যাম কাজ নয়",
        "မုန့်ဖုတ်သမား၊ ပဲခူး၊ လစာ ၃ သိန်း၊ ကျားဖြန့်ရုံး မဟုတ်ပါဘူး",
        "ជាងធ្វើនំ កំពង់ចាម ប្រាក់ខែ 210 ដុល្លារ មិនមែនការងារឆបោកអនឡាញទេ",
        "बेकरी सहयोगी, बुटवल, रु. 18,000, स्क्याम अफिस होइन",
        "Padeiro em Londrina, R$ 2.100, não somos golpistas",
        "Panadero en Trujillo, S/1,400, no buscamos estafadores",
        "Пекарь в Туле, 48 000 руб., это не скам проект, не ищем воркеров",
        "ຊ່າງເຮັດເຂົ້າຈີ່ ສະຫວັນນະເຂດ ບໍ່ແມ່ນການພະນັນອອນລາຍ",
        "පාන් කම්හලට සේවකයෙක්, මහනුවර, ඔන්ලයින් සූදුවක් නොවේ",
        "பேக்கரி உதவியாளர், திருச்சி, ஆன்லைன் சூதாட்டம் அல்ல",
        "بیکری میں مددگار، ملتان، آن لائن جوا نہیں ہے",
    };
    static const char *const ids[] = {"scam.", "gambling."};
    expect_silence(*state, texts, COUNT(texts), ids, COUNT(ids));
}

static void a_lure_that_denies_is_flagged(void **state)
{
    static const char *const texts[] = {
        "รับแอดมินตอบแชท ปอยเปต เงินเดือน 32,000 ที่พักฟรี ค่าเดินทางออกให้ ไม่ต้องมีประสบการณ์ งานจริง "
        "ไม่หลอก ไลน์ @contoh77",
        "Cari scammer pemula untuk Myanmar, tiket ditanggung, bukan penipuan, tele @contoh_desk",
        "柬埔寨招聊手,精聊,包机票包吃住,绝不骗人,telegram @contoh88",
        "Customer care in Cambodia, 1,100 USD, free air ticket, free room, no experience, not a "
        "fraud. "
        "Telegram @invented_desk",
        "थाइल्याण्डमा डाटा इन्ट्री, 1000 डलर, टिकट भिसा सबै कम्पनीले, खान बस्न निःशुल्क, अनुभव "
        "नचाहिने, ठगी होइन। Telegram @contoh_np",
    };
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct verdict verdict = verdict_of(*state, texts[i]);
        if (verdict.band < BAND_REVIEW)
            fail_msg("not flagged: %s", texts[i]);
    }
}

static void a_denial_is_no_warning_and_no_work_against_fraud(void **state)
{
    static const char *const texts[] = {
        "Chat agents wanted, not a fraud, no fees",
        "डाटा इन्ट्री काम, ठगी होइन",
        "சாட் வேலை, இது மோசடி அல்ல",
        "چیٹ کا کام، کوئی دھوکہ نہیں",
        "ឆ្លើយឆាត មិនមែនឆបោកទេ",
        "চ্যাট কাজ, প্রতারক চক্র নই",
    };
    static const char *const ids[] = {"voice.reports.", "voice.warns.", "voice.asks-advice.",
                                      "genuine.anti-fraud-work."};
    expect_silence(*state, texts, COUNT(texts), ids, COUNT(ids));
}

static void a_bed_or_a_visa_is_no_ticket(void **state)
{
    static const char *const texts[] = {
        "ที่พักฟรี อาหารฟรี", "akomodasi ditanggung", "libreng visa", "वीजा कंपनी देगी", "ফ্রি ভিসা",
        "ویزا مفت",      "visa pris en charge",  "இலவச விசா",    "වීසා නොමිලේ",
    };
    static const char *const ids[] = {"package.ticket-paid.", "package.all-covered."};
    expect_silence(*state, texts, COUNT(texts), ids, COUNT(ids));
}

static void a_phone_at_home_is_not_foreign(void **state)
{
    static const char *const texts[] = {
        "Mesero para restaurante en Cancún, $9,500 mensuales, sin experiencia. WhatsApp 998 123 "
        "4567",
        "Mozo para cafetería en Rosario, Argentina, secundario completo. WhatsApp +54 341 512 3456",
        "Empregado de mesa em Lisboa, 950 euros, alojamento. WhatsApp +351 912 345 678",
        "Официант в Алматы, опыт не обязателен. WhatsApp +7 701 234 5678",
        "新加坡餐厅招服务员,经验不限,WhatsApp +65 8123 4567",
    };
    static const char *const ids[] = {"fact.contact-foreign-country"};
    expect_silence(*state, texts, COUNT(texts), ids, COUNT(ids));
    struct verdict verdict =
        verdict_of(*state, "Se busca mesero para trabajar en Camboya, sin experiencia, con "
                           "hospedaje incluido. Escribir por WhatsApp +855 12 345 678");
    assert_non_null(told(&verdict, ids[0]));
    assert_non_null(told(&verdict, "fact.contact-risk-country"));
}

static void who_works_at_home_is_not_lured_to_the_country(void **state)
{
    static const char *const texts[] = {
        "ໂຮງແຮມຫຼວງພະບາງ ຮັບແມ່ບ້ານ ເງິນເດືອນ 2,100,000 ກີບ ມີທີ່ພັກຟຣີ ບໍ່ຕ້ອງມີປະສົບການ ບໍ່ຫຼອກລວງ WhatsApp 020 "
        "5555 0147",
        "โรงแรมในกรุงเทพ รับแม่บ้าน 13,500 บาท ที่พักฟรี ไม่ต้องมีประสบการณ์ ไม่หลอก LINE: contoh55",
    };
    static const char *const ids[] = {"combo.", "fact.contact-risk-country"};
    expect_silence(*state, texts, COUNT(texts), ids, COUNT(ids));
}

static void the_quote_for_experience_speaks_of_it(void **state)
{
    struct verdict verdict =
        verdict_of(*state, "Pembantu kedai di Ipoh, lepasan SPM, RM1,700. Tiada pengalaman "
                           "diperlukan. WhatsApp 012-555 0147");
    const struct finding *found = told(&verdict, "low-bar.no-experience.");
    assert_non_null(found);
    expect_text(found->quote, "Tiada pengalaman");
    verdict = verdict_of(*state, "Pembantu kedai di Ipoh, kerja mudah, pengalaman 2 tahun");
    for (size_t i = 0; i < verdict.conditions.count; i++)
        if (verdict.conditions.list[i].kind == CONDITION_EXPERIENCE)
            assert_string_equal(verdict.conditions.list[i].value, "asked");
}

static void food_alone_is_no_bed(void **state)
{
    static const char *const texts[] = {"พนักงานเสิร์ฟ อาหารฟรี 3 มื้อ",
                                        "Pelayan kedai, makan disediakan",
                                        "Waiter wanted, free meals", "Garçom, refeições grátis"};
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct verdict verdict = verdict_of(*state, texts[i]);
        size_t meals = 0;
        for (size_t k = 0; k < verdict.conditions.count; k++) {
            assert_int_not_equal(verdict.conditions.list[k].kind, CONDITION_LODGING);
            meals += verdict.conditions.list[k].kind == CONDITION_MEALS;
        }
        assert_int_equal(meals, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_denies_fraud_names_no_scam_work),
        cmocka_unit_test(a_lure_that_denies_is_flagged),
        cmocka_unit_test(a_denial_is_no_warning_and_no_work_against_fraud),
        cmocka_unit_test(a_bed_or_a_visa_is_no_ticket),
        cmocka_unit_test(a_phone_at_home_is_not_foreign),
        cmocka_unit_test(who_works_at_home_is_not_lured_to_the_country),
        cmocka_unit_test(the_quote_for_experience_speaks_of_it),
        cmocka_unit_test(food_alone_is_no_bed),
    };
    return cmocka_run_group_tests(tests, scene_open, scene_close);
}
