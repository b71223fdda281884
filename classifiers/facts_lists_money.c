/* facts_lists_money.c - the words that pay is told by; see facts_words.h.
 *
 * Written as folded text has them: small letters, NFKC, Simplified Chinese (also for Japanese). */
#include "classifiers/conditions_parts.h"
#include "classifiers/salary_parts.h"
#include "common/pay.h"

static const char *const CURRENCY_CODES[] = {
    "UST", "USD", "TWD", "HKD", "SGD", "BRL", "AUD", "CAD", "IDR", "MYR", "PHP", "THB",
    "VND", "KRW", "JPY", "CNY", "HAN", "INR", "BDT", "NPR", "PKR", "LKR", "AED", "SAR",
    "QAR", "EUR", "GBP", "PLN", "CZK", "RUB", "KES", "COP", "MXN", "NGN", "ETB", "KHR",
    "MMK", "LAK", "KZT", "PEN", "UGX", "TZS", "GHS", "ZAR", "MZN", "CLP", "ARS", "TRY",
    "GEL", "KWD", "OMR", "BHD", "MOP", "UAH", "UZS", "KGS", "AMD", "AZN", "EGP", "DOP",
    "UYU", "PES", "RUP", "SHI", "RIY", "DIN", "ZMW", "AOA",
};
static const struct word_row CURRENCIES[] = {
    {"usdt|usd t|泰达币", 0},
    {"usd|us$|u.s.$|usd$|$us|dollars|dollar|dolar|dólares|dolares|dólar|đô|đô "
     "la|đôla|美金|美元|美刀|"
     "刀|$|долл*|бакс*|bucks|불|डॉलर|ডলার|ดอลลาร์|ดอล|ドル|달러|ዶላር|ដុល្លារ|ដុល្លា|ဒေါ်လာ|ໂດລາ|دولار|"
     "ڈالر|us "
     "dollars|dolla|ដុល|ໂດລ້າ|โดลล่า|দলার|डालर",
     1},
    {"nt$|ntd|twd|新台币|台币", 2},
    {"hk$|hkd|港币|港元|港纸", 3},
    {"s$|sgd|新币", 4},
    {"r$|brl|reais|real", 5},
    {"a$|aud", 6},
    {"c$|cad", 7},
    {"idr|rupiah|rp.|rp|印尼盾", 8},
    {"ringgit|myr|rm|马币|令吉|링깃|ရင်းဂစ်|ริงกิต|রিঙ্গিত|रिंगित|ringit", 9},
    {"php|₱|piso|披索|菲币|比索|ペソ|페소|เปโซ", 10},
    {"thb|baht|บาท|฿|泰铢|바트|ဘတ်|バーツ|бат|บ.|ບາດ|បាត|บาด|铢", 11},
    {"vnđ|vnd|đồng|đ|₫|越南盾|đ.|vnđ.", 12},
    {"krw|원|₩|韩元|won|วอน|вон", 13},
    {"jpy|円|yen|日元|เยน|엔|येन|ইয়েন|иен", 14},
    {"rmb|cny|人民币|yuan|юан*|위안|ယွမ်|ຢວນ|หยวน|យ័ន|युआन|ইউয়ান", 15},
    {"元|¥|块|圆", 16},
    {"inr|₹|रुपए|रुपये|रुपया|রুপি|卢比", 17},
    {"bdt|টাকা|৳|taka|tk|tk.", 18},
    {"npr|नेरु", 19},
    {"pkr", 20},
    {"lkr|රුපියල්", 21},
    {"aed|dhs|dirham|dirhams|درهم|दिरहम|দিরহাম|дирхам*|迪拉姆|درہم", 22},
    {"sar", 23},
    {"qar", 24},
    {"eur|€|euro|euros|евро|ユーロ|유로|欧元", 25},
    {"gbp|£", 26},
    {"zł|pln", 27},
    {"kč|czk", 28},
    {"руб*|₽|rub|р.", 29},
    {"kes|ksh", 30},
    {"cop|pesos colombianos|col$", 31},
    {"mxn|pesos mexicanos|mx$", 32},
    {"ngn|₦", 33},
    {"ብር|birr|etb", 34},
    {"khr|riel|riels|រៀល|៛", 35},
    {"mmk|kyat|kyats|ကျပ်|ks", 36},
    {"lak|kip|ກີບ|₭", 37},
    {"kzt|тенге|₸", 38},
    {"pen|soles|s/.|s/", 39},
    {"ugx|ush", 40},
    {"tzs|tsh", 41},
    {"ghs|cedis|cedi|gh₵", 42},
    {"zar|rand|rands", 43},
    {"mzn|metical|meticais", 44},
    {"clp|pesos chilenos", 45},
    {"ars|pesos argentinos", 46},
    {"₺|turkish lira|lira", 47},
    {"gel|ლარი|лари", 48},
    {"kwd|kd", 49},
    {"omr", 50},
    {"bhd", 51},
    {"mop$|澳门币|葡币", 52},
    {"uah|грн|гривен|гривень|₴", 53},
    {"uzs|сум|сўм", 54},
    {"kgs|сом|сомов", 55},
    {"amd|драм", 56},
    {"azn|манат", 57},
    {"egp|جنيه", 58},
    {"dop|rd$|pesos dominicanos", 59},
    {"uyu|pesos uruguayos", 60},
    {"pesos|peso", 61},
    {"rs.|rs|rupees|rupee|रु|रु.|रू|روپے|ரூபாய்", 62},
    {"shilling|shillings|shilingi|/=", 63},
    {"riyal|riyals|rial|rials|sr|ريال|रियाल|রিয়াল|리얄|เรียล", 64},
    {"dinar|dinars|دينار|दीनार|দিনার", 65},
    {"zmw|kwacha", 66},
    {"aoa|kwanza|kwanzas", 67},
};

static const struct {
    int64_t times;
    const char *currency;
} MULTIPLIERS[] = {
    {1000000, "IDR"}, {1000, "IDR"},      {1000000, "VND"},  {1000000000, "VND"}, {1000000, ""},
    {1000, ""},       {1000, "RUB"},      {1000000, "RUB"},  {100000, "INR"},     {1000, "INR"},
    {100000, "BDT"},  {1000, "BDT"},      {10000, "THB"},    {100000, "THB"},     {1000, "THB"},
    {1000000, "THB"}, {10000, "KRW"},     {10000000, "KRW"}, {1000000, "KRW"},    {10000, "CNY"},
    {1000, "CNY"},    {1000, "LAK"},      {1000000, "LAK"},  {100000, "MMK"},     {10000, "MMK"},
    {1000, "VND"},    {100000000, "KRW"}, {10000, "CNY"},    {10000, "KHR"},      {1000, "KHR"},
    {1000000, "KHR"}, {100000, "KHR"},    {1000, "CLP"},     {10000, "JPY"},      {10000000, "INR"},
    {100000, "VND"},  {10000, "LAK"},     {100000, "LAK"},
};
static const struct word_row MULTIPLIER_WORDS[] = {
    {"juta|jeti|jta|jt|jutaan|jtan|juts|jeti2|jut", 0},
    {"ribu|rebu|rb|rbu|ribuan|rebuan|rban", 1},
    {"triệu|trieu|tr|củ|cu|chai|trịu", 2},
    {"tỷ|tỉ", 3},
    {"million|mio|m|millones|milhões|milyon|mln|mill|mills|millón|milhão", 4},
    {"k|mil|thousand|libo|thou|grand", 5},
    {"тыс|тысяч|тысячи|т.р|т.|к|тыщ|т|т.р.|тр|тыр|тыс.|косар*", 6},
    {"млн|миллион*|лям|ляма|лямов|лимон|лимона", 7},
    {"lakhs|lakh|lacs|lac|लाख|lpa|laakh", 8},
    {"हजार|हज़ार|hajar|hazar|hazaar|hajaar|hzar|हजा|hazaar", 9},
    {"লাখ|লক্ষ", 10},
    {"হাজার", 11},
    {"หมื่น", 12},
    {"แสน", 13},
    {"พัน", 14},
    {"ล้าน", 15},
    {"만", 16},
    {"천만", 17},
    {"백만", 18},
    {"万|w", 19},
    {"千", 20},
    {"ພັນ", 21},
    {"ລ້ານ|ລານ", 22},
    {"သိန်း", 23},
    {"သောင်း", 24},
    {"nghìn|ngàn|nghin|ngan", 25},
    {"억", 26},
    {"w+", 27},
    {"ម៉ឺន|មុឺន|មឺន", 28},
    {"ពាន់", 29},
    {"លាន", 30},
    {"សែន", 31},
    {"lucas|luquitas", 32},
    {"man", 33},
    {"crore|करोड़|করোড়|কোটি", 34},
    {"lít|lít.|xị", 35},
    {"ຫມື່ນ", 36},
    {"ແສນ", 37},
};

static const struct word_row PERIODS[] = {
    {"/jam|per jam|perjam|sejam|/hour|/hr|/hrs|per hour|an hour|per "
     "hr|hourly|/h|ph|时给|时薪|每小时|/小时|/时|"
     "/giờ|một giờ|mỗi giờ|theo giờ|1 giờ|ต่อชั่วโมง|ชั่วโมงละ|/ชม|/ชั่วโมง|ชม.ละ|por hora|/hora|la "
     "hora|a hora|в час|/час|시급|"
     "시간당|kada oras|/oras|bawat oras|प्रति घंटा|/घंटा|ঘণ্টায়|প্রতি ঘণ্টা|ក្នុងមួយម៉ោង|/ម៉ោង|တစ်နာရီ|/jm|tiap "
     "jam|setiap jam|/hrly|p/h|p.h|p.h.|hr rate|ต่อชม|ต่อชม.|/giờ làm|/h.|เป็นชั่วโมง|ঘন্টায়|ঘন্টা "
     "প্রতি|প্রতি ঘন্টা|घंटे का|ghanta|ghante|per ghanta|ມົງລະ|ຊົ່ວໂມງລະ|ຕໍ່ຊົ່ວໂມງ|/ຊົ່ວໂມງ|/ຊມ|за "
     "час|часовая|/ч|р/ч|1ម៉ោង|ក្នុង1ម៉ោង|1 ម៉ោង|တစ်နာရီလျှင်|每时|小时工|钟点|uur|/std",
     PAY_HOUR},
    {"/hari|per hari|perhari|sehari|/day|per day|a "
     "day|daily|/d|harian|日薪|日结|一天|每天|日给|/日|/天|日当|"
     "/ngày|một ngày|mỗi ngày|1 ngày|theo ngày|ต่อวัน|วันละ|/วัน|รายวัน|por dia|por día|al día|al "
     "dia|/día|/dia|ao dia|diarios|lương ngày|công ngày|ngày công|日领|日收|日赚|日入|"
     "diário|diaria|diária|일급|일당|하루|в день|/день|за смену|/смена|в сутки|в смену|kada "
     "araw|/araw|bawat araw|arawan|isang araw|"
     "प्रति दिन|प्रतिदिन|रोज|रोज़|/दिन|दैनिक|প্রতিদিন|দৈনিক|দিনে|প্রতি "
     "দিন|/দিন|ក្នុងមួយថ្ងៃ|/ថ្ងៃ|មួយថ្ងៃ|តាមថ្ងៃ|တစ်ရက်|တစ်နေ့|နေ့စဉ်|"
     "နေ့စား|/hr kerja|/shift|per shift|a shift|each shift|persif|per sif|per trip|a trip|each "
     "trip|/trip|per rit|/rit|1 rit|satu trip|satu rit|setiap trip|setiap rit|tiap trip|tiap "
     "rit|sekali trip|sekali jalan|/shif|satu shift|setiap shift|tiap shift|tiap hari|setiap "
     "hari|per hari kerja|/hr.|/ca|một ca|mỗi ca|1 ca|/chuyến|mỗi chuyến|một chuyến|1 chuyến|một "
     "ngày công|/công|/buổi|กะละ|ต่อกะ|/กะ|เที่ยวละ|ต่อเที่ยว|/เที่ยว|รอบละ|ต่อรอบ|มื้อละ|kada shift|kada "
     "byahe|kada biyahe|bawat byahe|per "
     "byahe|araw-araw|1勤务|1夜勤|1シフト|1回|一勤务|每班|一班|/班|一趟|每趟|/趟|/"
     "班次|每车|야간1회|회당|교대당|/교대|रोजाना|दिहाड़ी|हाजिरी|हाज़िरी|per din|/din|roz|rozana|har "
     "din|एक ट्रिप|प्रति ट्रिप|/ट्रिप|हर ट्रिप|एक शिफ्ट|प्रति शिफ्ट|দৈনিক হাজিরা|হাজিরা|প্রতি ট্রিপ|ট্রিপ "
     "প্রতি|/শিফট|রোজ|1ថ្ងៃ|1 "
     "ថ្ងៃ|ក្នុង1ថ្ងៃ|1ជើង|មួយជើង|ក្នុងមួយជើង|/ជើង|មួយវេន|/វេន|ໃນ1ວັນ|ມື້ລະ|ຕໍ່ມື້|/ມື້|ວັນລະ|ຕໍ່ວັນ|/"
     "ວັນ|ຖ້ຽວລະ|ກະລະ|တစ်ခေါက်|တစ်ဆိုင်း|1ရက်|1 ရက်|တစ်ရက်လျှင်|por turno|por jornada|por viaje|por viagem|por "
     "diária|a diária|por plantão|cada viaje|la jornada|el turno|jornal|за рейс|за вахту в "
     "день|/рейс|за ходку|за сутки|/сутки|/см|/сут",
     PAY_DAY},
    {"/minggu|per minggu|seminggu|/week|per week|weekly|a "
     "week|/wk|mingguan|周薪|每周|一周|/周|周给|/tuần|mỗi tuần|một tuần|"
     "ต่อสัปดาห์|สัปดาห์ละ|อาทิตย์ละ|/สัปดาห์|주급|주당|semanal|semanales|por semana|a la semana|/semana|в "
     "неделю|/неделя|kada linggo|"
     "lingguhan|/linggo|प्रति सप्ताह|हफ्ते|साप्ताहिक|সপ্তাহে|সাপ্তাহিক|ក្នុងមួយសប្តាហ៍|/សប្តាហ៍|တစ်ပတ်|/mgg|per "
     "mgg|pw|p.w|p.w.|/pw|a wk|per wk|linggo-linggo|kada isang linggo|हफ्ता|प्रति हफ्ता|hafta|per "
     "hafta|har hafte|প্রতি "
     "সপ্তাহে|সপ্তাহ|ອາທິດລະ|ຕໍ່ອາທິດ|/ອາທິດ|1អាទិត្យ|ក្នុងមួយអាទិត្យ|/អាទិត្យ|တစ်ပတ်လျှင်|周结|每星期|/星期|1주|/"
     "주|por sem|à semana",
     PAY_WEEK},
    {"/tahun|per tahun|pertahun|setahun|tahunan|/year|per year|per "
     "annum|p.a|p.a.|annum|yearly|annual|annually|a year|lpa|/yr|pa|p/a|b/a|brutos al año|"
     "ctc|年薪|年収|年收|年俸|每年|一年|/年|연봉|/năm|một năm|mỗi năm|ต่อปี|ปีละ|/ปี|в "
     "год|/год|годов*|rocznie|al año|anual|anuales|ao "
     "ano|por ano|/año|/ano|kada taon|/taon|bawat taon|प्रति "
     "वर्ष|सालाना|वार्षिक|/वर्ष|বছরে|বার্ষিক|প্রতি বছর|ក្នុងមួយឆ្នាំ|/ឆ្នាំ|တစ်နှစ်|/thn|per thn|p/a.|/annum|per "
     "yr|a yr|/1 năm|ປີລະ|ຕໍ່ປີ|/ປີ|1ឆ្នាំ|တစ်နှစ်လျှင်|por año|annuel|/年薪|一年收入",
     PAY_YEAR},
    {"/bulan|/bln|/thang|/thg|/th|per bulan|perbulan|sebulan|bulanan|per bln|/month|per "
     "month|monthly|a month|/mo|/mth|/mnth|"
     "p.m|pm|pcm|/m|月|/月|月薪|月入|/tháng|một tháng|mỗi tháng|hàng tháng|1 "
     "tháng|tháng|ต่อเดือน|/เดือน|เดือนละ|เงินเดือน|รายเดือน|"
     "buwan|kada buwan|/buwan|buwanang|월|월급|매달|month|mensual|mensuales|mensal|mensais|por "
     "mês|ao mês|/mês|/mes|al "
     "mes|por mes|mês|в месяц|/мес*|ежемесячно|мес|mies*|प्रति माह|/माह|महीना|महीने|मासिक|প্রতি "
     "মাসে|মাসে|মাসিক|/মাস|"
     "ក្នុងមួយខែ|/ខែ|ខែ|មួយខែ|တစ်လ|လစာ|/လ|perbln|/bln.|sebln|1 bulan|satu bulan|tiap bulan|setiap "
     "bulan|/bulannya|p/m|p.m.|per mo|mthly|a mth|per mth|monthly "
     "gross|/th.|/1tháng|ต่อด.|/ด.|mahina|mahine|maheena|per mahina|har "
     "mahine|महिना|महिने|প্রতিমাসে|ເດືອນລະ|ຕໍ່ເດືອນ|/ເດືອນ|1ខែ|ក្នុង1ខែ|1 "
     "ខែ|တစ်လလျှင်|1လ|每月|一个月|1个月|/个月|월급여|/월|한달|한 달|매월|/달|kada isang buwan|ng "
     "isang buwan|mes|al més|/mês.|o mês|в мес.",
     PAY_MONTH},
    {"half month|kinsenas|kinsena|kada kinsenas|katapusan at kinsenas|quincenal|quincenales|por "
     "quincena|a la quincena|/quincena|quinzenal|por "
     "quinzena|/quinzena|semi-monthly|bi-weekly|biweekly|fortnight*|a fortnight|every 2 "
     "weeks|every two weeks|half-monthly|每半月|半月|2周|两周|每两周|dua minggu sekali|per 2 "
     "minggu|2 tuần|nửa tháng|ครึ่งเดือน|격주",
     PERIOD_HALF_MONTH},
    {"per piece|a piece|/piece|per pc|/pc|/pcs|per pcs|perpcs|/item|per item|/order|per "
     "order|/task|per task|/lead|per lead|/click|per click|/unit|per unit|/video|per "
     "video|/artikel|per artikel|/paket|per paket|per km|/km|per mile|/mile|cpm|per word|/word|per "
     "potong|/potong|sepotong|setiap order|tiap "
     "order|每单|一单|/单|每件|一件|/件|每条|一条|每个字|/sản phẩm|/sp|một sản phẩm|mỗi sản "
     "phẩm|/đơn|mỗi đơn|một đơn|ชิ้นละ|/ชิ้น|ต่อชิ้น|ตัวละ|ออเดอร์ละ|kada piraso|/piraso|bawat "
     "piraso|건당|개당|장당|한건|/건|1件|1个あたり|प्रति पीस|पीस का|প্রতি পিস|/পিস|ក្នុងមួយដុំ|por "
     "pieza|por peça|por peca|por entrega|por artículo|cada pedido|por pedido|за штуку|/шт|за "
     "шт|за заказ|/заказ|за единицу",
     PERIOD_PIECE},
};

static const struct word_row MONEY[] = {
    {"gaji|gajinya|gapok|gp|salary|salaries|sallary|salery|upah|penghasilan|pendapatan|income|earn|"
     "earning|earnings|"
     "pay|paying|paid|wage|wages|remuneration|remunerasi|compensation|package|offer|basic|base|"
     "start from|starting|rate|thp|umr|ump|umk|"
     "bersih|nett|net|take home|uang saku|dapat|dapet|dpt|hingga|up "
     "to|upto|sampai|emoji:money|salari|dibayar|bayaran|"
     "gaji pokok|gajih|nak gaji|bergaji|stipend|ctc|"
     "thu nhập|thu nhap|lương|luong|lương cứng|luong cung|lương cơ bản|thưởng|nhận|mức|lên đến|lên "
     "tới|từ|"
     "薪|薪资|薪水|薪酬|工资|底薪|日结|日领|日入|日赚|月入|收入|待遇|给|报酬|月薪|月收|年薪|日薪|"
     "时薪|起薪|综合|"
     "保底|到手|人工|时给|月给|月収|日给|年収|年俸|给与|给料|月收|"
     "เงินเดือน|รายได้|ค่าตอบแทน|ค่าจ้าง|ค่าแรง|รายรับ|ฐานเงินเดือน|เริ่มต้น|"
     "sahod|sweldo|suweldo|kita|kumita|kumikita|kikita|kikitain|pasahod|bayad|"
     "월급|급여|연봉|수입|보장|기본급|월|시급|일급|일당|주급|월수입|월수|페이|"
     "वेतन|सैलरी|तनख्वाह|तनखाह|कमाई|कमाएं|कमाओ|आय|तलब|पगार|"
     "বেতন|আয়|মজুরি|"
     "salario|sueldo|salário|salarios|sueldos|ganhos|ingresos|ganar|ganhe|ganhar|ganancia|"
     "ganancias|remuneração|remuneración|gana|pago|paga|"
     "pagamos|ganas|"
     "зарплат*|з/п|зп|оклад*|доход*|зарабат*|заработ*|ставка|оплата|получ*|"
     "ደመወዝ|mshahara|تنخواہ|راتب|சம்பளம்|වැටුප|လစာ|လုပ်ခ|ဝင်ငွေ|ប្រាក់ខែ|ប្រាក់បៀវត្សរ៍|ចំណូល|ប្រាក់ឈ្នួល|ເງິນເດືອນ|"
     "pensja|plat|mzda|gji|gajian|gajinye|sallery|slary|honor|honorarium|thp-nya|bergaji pokok|fee "
     "harian|fee perhari|fee per hari|fee/hari|rate harian|upah kerja|bayar harian|dibayar "
     "per|cecah|手取り|手取|手取り収入|薪金|粮|出粮|月结|现结|到手价|월급여|실수령액|실수령|보수|"
     "인건비|तनख़्वाह|वेतनमान|मजदूरी|दिहाड़ी|मेहनताना|tankhwah|tankha|tanakhwah|kamai|kamao|vetan|বেতন "
     "ভাতা|পারিশ্রমিক|হাজিরা|ইনকাম|উপার্জন|ប្រាក់បៀវត្ស|បៀវត្ស|បៀវត្សរ៍|ចំណូលបាន|ប្រាក់ខែចាប់|ប្រាក់ឈ្នួលប្រចាំថ្ងៃ|"
     "បើកប្រាក់ខែ|ລາຍໄດ້|ລາຍຮັບ|ຄ່າແຮງ|ຄ່າແຮງງານ|ຄ່າຈ້າງ|ເງີນເດືອນ|ຄ່າຕອບແທນ|ເງິນເດືອນພື້ນຖານ|အခြေခံလစာ|နေ့စားခ|"
     "ဝင်ငွေရ|vencimento|vencimento base|remuneracao|ganhos "
     "de|faturar|fature|diária|diaria|fixo|jornal|sueldazo|percibir|percepción|retribución|haberes|"
     "jornal "
     "diario|выплат*|жалован*|платим|плачу|платят|заплат*|получка|malipo|ujira|sweldohan|sinasahod|"
     "pa-sweldo|sasahurin|kikitaing|arawan|suweldohan",
     MONEY_PAY},
    {"bonus|bonusnya|komisi|commission|komisyen|komisyon|incentive|incentives|insentif|insentifs|"
     "allowance|tunjangan|elaun|"
     "hadiah|prize|thr|uang makan|transport|tip|tips|overtime|lembur|hoa hồng|phụ cấp|tăng "
     "ca|chuyên cần|"
     "提成|奖金|佣金|红包|津贴|补贴|全勤|奖励|加班费|手当|インセンティブ|ボーナス|交通费|祝い金|"
     "ค่าคอม|คอมมิชชั่น|โบนัส|เบี้ยขยัน|ค่าอาหาร|인센티브|보너스|수당|성과급|상여*|상여금|상품권|포인트|"
     "지원금|격려금|축하금|복지비|통신비|식대|휴가비|बोनस|कमीशन|इंसेंटिव|বোনাস|"
     "কমিশন|"
     "comisión|comisiones|comissão|comissões|bono|bonos|bônus|vale|premia|premię|premii|nagrod*|"
     "премия|премии|бонус*|комисси*|"
     "ប្រាក់រង្វាន់|កម្រៃជើងសារ|ဘောနပ်စ်|ဆုကြေး|ကော်မရှင်|referral|per referral|joining bonus|signing "
     "bonus|elaun makan|duit makan|uang transport|uang kehadiran|tunjangan "
     "makan|满勤|满勤奖|绩效|全勤奖|出勤奖|tiền ăn|thưởng "
     "nóng|เบี้ยเลี้ยง|ค่ากะ|ค่าโอที|ค่าน้ํามัน|ค่าเดินทาง|ค่าตําแหน่ง|ওভারটাইম|ভাতা|ओवरटाइम|भत्ता|बक्षीस|ເງິນອຸດຫນູນ|"
     "ໂບນັດ|ໂບນັສ|vale-refeição|vale refeição|vale alimentação|subsídio|subsidio|subsídio de "
     "alimentação|auxilio|auxílio|aux|aux.|propina|propinas|viáticos|доплат*|надбавк*|чаевые|food "
     "allowance|meal allowance|allowances|sign-on bonus|sign on bonus|13th month|comm|comms|spiff",
     MONEY_BONUS},
    {"denda|penalty|선불금|선불|가불|аванс*|kasbon|advance|ứng "
     "lương|借支|前借|penalti|deposit|depo|modal|fine|fines|biaya|fee|fees|omset|omzet|turnover|"
     "jaminan|asuransi|insurance|capital|investasi|"
     "invest|first deposit|revenue|budget|bayar dulu|hutang|utang|loan|pinjaman|min "
     "deposit|yuran|bayaran pendaftaran|harga|price|"
     "nilai|aset|assets|tebusan|ganti rugi|kompensasi keluar|multa|bayad-pinsala|"
     "ung truoc|ứng trước|đền|phạt|đặt cọc|phí|tiền cọc|vốn|doanh thu|bồi thường|"
     "赔付|赔偿|罚|罚款|罚金|预支|违约金|违约|保证金|押金|营业额|资本|注册资本|业绩|投资|费用|"
     "中介费|"
     "ค่าปรับ|ปรับ|มัดจํา|ค่าธรรมเนียม|ทุน|เงินประกัน|ค่าสมัคร|위약금|벌금|보증금|시드|누적|다운로드|거래액|"
     "규모|자본금|매출|매출액|投资|"
     "资本金|売上|违约|罚金|"
     "जुर्माना|शुल्क|फीस|जमा|জরিমানা|ফি|জামানত|multa|taxa|capital|koszt*|kosztem|depósito|cuota|"
     "inversión|faturamento|"
     "штраф*|залог*|депозит*|оборот*|взнос*|ផាកពិន័យ|កក់|ဒဏ်ကြေး|စပေါ်|ဝန်ဆောင်ခ|rent|rental|sewa|sewa "
     "rumah|uang sewa|kos|kost|placement fee|processing fee|service fee|registration fee|reg "
     "fee|coverage|insured|cover of|sum insured|life insurance|turned over|sales of|assets "
     "of|funding|takaful|insurans|perlindungan|omset perusahaan|omzet perusahaan|denda "
     "keluar|potongan|potong gaji|biaya admin|biaya pendaftaran|uang pangkal|deposit seragam|tiền "
     "nhà|thuê nhà|tiền trọ|cọc|phí hồ sơ|phí môi giới|nộp|tiền thế chân|doanh số|vốn điều "
     "lệ|房租|租金|房贷|抵押|服务费|体检费|报名费|会员费|保费|保额|赔偿金|营收|年营业额|年产值|"
     "产值|资产|ค่าเช่า|ค่าห้อง|ค่าหอ|ทุนจดทะเบียน|ยอดขาย|เงินค้ําประกัน|ค้ําประกัน|ค่าดําเนินการ|วงเงินประกัน|월세|"
     "보험|보험금|월매출|연매출|수수료|참가비|합의금|家赁|寮费|敷金|入会金|登录料|保険|売上高|年商|"
     "किराया|बीमा|खर्चा|खर्च|रजिस्ट्रेशन|पंजीकरण|सिक्योरिटी|टर्नओवर|खरच|খরচ|ভাড়া|রেজিস্ট্রেশন|বীমা|সার্ভিস "
     "চার্জ|ថ្លៃជួល|ថ្លៃឈ្នួលបន្ទប់|ប្រាក់កក់|ថ្លៃសេវា|ធានារ៉ាប់រង|ຄ່າເຊົ່າ|ຄ່າທໍານຽມ|ເງິນມັດຈໍາ|ປະກັນ|ທຶນ|စရိတ်|အာမခံ|အိမ်ငှားခ|"
     "ပွဲခ|aluguel|aluguer|caução|fiança|faturou|faturamento anual|receita|seguro de "
     "vida|inscrição|alquiler|fianza|facturación|facturamos|garantía|inscripción|ventas "
     "anuales|аренд*|страхов*|выручк*|оплата за визу|комиссия агентства|piyansa|kaltas",
     MONEY_CHARGE},
};

static const struct word_row MONEY_AFTER[] = {
    {"12薪|13薪|14薪|15薪|16薪|in hand|hath "
     "me|base|basic|bersih|net|nett|neto|netto|gross|fixed|fix|take "
     "home|salary|pay|gaji|pokok|start|up|plus|komisi|"
     "commission|bonus|incentive|incentives|komisyon|insentif|comisión|comissão|оклад|на "
     "руки|起|以上|底薪|提成|보장|+|"
     "기본급|세전|세후|실수령|税前|税后|到手|brutto|bruto|bruta|líquido|líquidos|до вычета|gross "
     "pay|lương cứng|bao ăn|чистыми|чистая|на карту|clear|clean|cleared|tax "
     "free|livre|livres|limpio|limpios|libres|netos|netas|netas al|brutos|bruta "
     "mensal|fijo|fijos|fixo|fixos|入手|실지급|세후금액|শুরু|বেসিক|बेसिक|ขึ้นไป|ไม่รวม|รวมโอที|ບໍ່ລວມ|"
     "guaranteed|garantizados|garantido|guarantee|บวก|ឡើង|បូក|အထက်|အခြေခံ|保底|保障|保证|nett.|"
     "bersihnya|clean pay|in-hand|haath|hath|hath mein",
     0},
};

static const struct word_row JOINERS[] = {
    {"-|–|—|~|〜|∼|转正|转正后|မှ|ကနေ|y|e|to|sampai|sampe|s/"
     "d|s.d|s.d.|sd|hingga|đến|den|tới|ถึง|到|转|起转|->|至|до|até|hasta|a|và|and|between|"
     "से|থেকে|ရန်|ដល់|ຫາ|から|에서|부터|hanggang|-an s/d|se|ຮອດ|ແລະ|until|thru|till|sampek|upto|up to",
     0},
};

static const struct word_row UNITS[] = {
    {"tahun|thn|th|years|year|yrs|yr|y/o|yo|yrs old|years "
     "old|岁|歳|セ|年|年以上|个|tuổi|năm|ปี|ขวบ|세|살|년|साल|वर्ष|বছর|лет|год|года|años|año|anos|ano|"
     "ឆ្នាំ|နှစ်|taon|taong|"
     "orang|org|people|persons|pax|persen|percent|%|người|คน|อัตรา|ตําแหน่ง|명|名|人|位|लोग|পদ|"
     "человек|personas|vagas|vacantes|នាក់|ဦး|yao|katao|"
     "posisi|positions|slots|slot|unit|"
     "jam|hours|hour|hrs|小时|时间|giờ|tiếng|ชั่วโมง|ชม|시간|घंटे|ঘণ্টা|часов|часа|час|horas|oras|"
     "ម៉ោង|နာရီ|"
     "hari|days|day|天|日|ngày|วัน|일|दिन|দিন|дней|дня|días|dias|araw|ថ្ងៃ|ရက်|"
     "minggu|weeks|week|周|tuần|สัปดาห์|주|"
     "bulan|bln|months|month|个月|月|ヶ月|か月|tháng|เดือน|개월|महीने|মাস|месяц*|meses|buwan|ខែ|လ|"
     "cm|kg|km|m2|meter|metres|mb|gb|wpm|kpm|words|kata|字|x|kali|times|次|lần|ครั้ง|회|раз|veces|"
     "vezes|"
     "am|pm|wib|wita|wit|点|时|分|h|น.|โมง|시|分钟|minutes|menit|phút|นาที|분|минут|"
     "楼|阶|层|号|路|街|chome|丁目|番|号线|층|호|번|floor|lantai|st|nd|rd|th floor|"
     "sqm|sqft|members|member|客户|clients|customers|pelanggan|followers|players|branches|cabang|"
     "countries|negara|"
     "mm|inch|ml|liter|ton|gaji|line|lines|sks|ipk|gpa|credits|级|个月粮|箱|台|辆|间|套|班|节|ກະ|"
     "ຄົນ|ປີ|ເດືອນ|ມື້|ຊົ່ວໂມງ|জন|জনের|বছরের|ঘন্টা|वर्षीय|लोगों|लड़के|लड़की|पदों|नग|miles|mile|loads|tons|tonnes|"
     "tan|lbs|feet|ft|shifts|pagas|folgas|dni|osób|osoba",
     0},
};

static const struct word_row NUMBERED[] = {
    {"no|no.|nomor|nomer|number|num|#|jl|jl.|jalan|jln|rt|rw|rt.|rw.|blok|block|lantai|lt|lt.|"
     "floor|room|unit|suite|lot|kav|kode|code|ref|"
     "id|ref.|lic|licence|license|reg|registration|"
     "usia|umur|age|aged|ages|tuổi|อายุ|나이|年龄|年齢|edad|idade|возраст|उम्र|आयु|বয়স|អាយុ|အသက်|"
     "edad|"
     "minimal usia|maks|max "
     "usia|tahun|year|since|sejak|founded|est|tgl|tanggal|date|ngày|วันที่|tel|telp|tlp|telepon|hp|"
     "phone|call|"
     "wa|whatsapp|电话|手机|โทร|เบอร์|전화|тел|телефон|sđt|zip|postcode|kode "
     "pos|pin|số|đường|ถนน|ซอย|号|第|mã|"
     "experience|pengalaman|kinh "
     "nghiệm|경력|经验|経験|опыт|experiencia|batch|room|gate|vol|version|v|grade|level|rank|top|"
     "nik|ktp|npwp|cmnd|cccd|sinh năm|mst|id no|passport|passport no|aadhaar|aadhar|pan "
     "no|cpf|cnpj|cep|ruc|rut|nit|dni|инн|огрн|кпп|снилс|身份证|工号|编号|ref "
     "no|vacancy|vacancies|stt|permit|permit "
     "noที่|ใบอนุญาต|ห้อง|ชั้น|호실|사업자|पिन|प्लॉट|প্লট|রোড|বাড়ি|ផ្ទះ|ផ្លូវ|ລໍາດັບ",
     0},
};

static const struct word_row TAX_ROWS[] = {
    {"net|nett|neto|netto|bersih|take home|take-home|thp|in hand|in-hand|to "
     "hand|税后|到手|实发|手取り|"
     "手取|실수령|실수령액|세후|สุทธิ|líquido|líquidos|liquido|на руки|чистыми|чистая|thực nhận|thuc "
     "nhan|thực lĩnh|lương net|after tax|tax free|tax-free|हाथ में|হাতে|netos|netas|dibawa pulang",
     PAY_NET},
    {"gross|kotor|bruto|brutto|bruta|brutos|税前|세전|额面|ก่อนหักภาษี|до вычета|lương "
     "gross|before tax|b/a|ctc|ก่อนหัก",
     PAY_GROSS},
};

static const struct word_row BOUND_BEFORE_ROWS[] = {
    {"up to|upto|up-to|s/d|s.d|s.d.|sd|hingga|sampai|sampe|mencapai|maksimal|maks|max|maximum|lên "
     "đến|"
     "lên tới|len den|len "
     "toi|tới|đến|สูงสุด|ถึง|สูงถึง|最高|可达|高达|最多|最大|최대|hanggang|aabot|aabot "
     "ng|umabot|até|ate|hasta|до|រហូតដល់|ដល់|အထိ|अधिकतम|সর্বোচ্চ|as much as|sehingga|bisa "
     "tembus|tembus|boleh cecah|cecah|boleh "
     "capai|可达到|上看|ສູງເຖິງ|ເຖິງ|ສູງສຸດ|สูงสุดถึง|ได้ถึง|ได้สูงสุด|mencecah|tối đa|maximal|как "
     "максимум|máximo|máximo de|máx",
     PAY_UP_TO},
    {"from|mulai|mulai dari|mulai dr|start from|starting|starting at|min|min.|minimal|minimum|at "
     "least|dari|dr|bermula|serendah|从|不低于|至少|từ|tu|ít nhất|เริ่มต้น|เริ่ม|ตั้งแต่|最低|최소|a "
     "partir de|"
     "desde|от|above|over|more "
     "than|higit|simula|mula|过|月入过|超|より|ចាប់ពី|ចាប់ផ្តើម|অন্তত|न्यूनतम|lebih|no "
     "menos de|mínimo|permulaan|bermula dari|保底|起薪|at minimum|ຕັ້ງແຕ່|ขั้นต่ํา|minimong|minimo|mínimo "
     "de|а не менее|не менее|starting from|from rs|কমপক্ষে|शुरुआती|कम से कम",
     PAY_FROM},
};

static const struct word_row BOUND_AFTER_ROWS[] = {
    {"까지|まで|तक|পর্যন্ত|အထိ|max|maks|上限|까지 가능|程度まで|も可能|まで可能|পর্যন্ত আয়|तक कमाएं",
     PAY_UP_TO},
    {"起|起步|以上|ke atas|keatas|ke-atas|up|and up|and above|above|+|plus|trở lên|tro "
     "len|ขึ้นไป|이상|부터|から|以上可|pataas|и выше|y más|ou mais|से अधिक|से शुरू|এর "
     "বেশি|lebih|upwards|ឡើងទៅ|အထက်|ຂຶ້ນໄປ|스타트|スタート|スタート可|이상가능|dan ke atas|и больше|o "
     "más|para arriba|para cima|থেকে শুরু|po minimum",
     PAY_FROM},
};

/* Numbers in words: before a multiplier ("three thousand", "สามหมื่น") or with one in them; tag:
 * index of number_word_hundredths(). */
static const struct word_row NUMBER_ROWS[] = {
    {"one|satu|một|หนึ่ง|isang|एक|এক|uma|una|одна|одну", 0},
    {"two|dua|hai|สอง|dalawang|दो|দুই|duas|dos|две|два|ពីរ", 1},
    {"three|tiga|ba|สาม|tatlong|तीन|তিন|três|tres|три|បី|သုံး", 2},
    {"four|empat|bốn|สี่|चार|চার|quatro|cuatro|четыре|បួន|လေး", 3},
    {"five|lima|năm|ห้า|limang|पांच|पाँच|পাঁচ|cinco|пять|ប្រាំ|ငါး", 4},
    {"six|enam|sáu|หก|छह|ছয়|seis|шесть|ប្រាំមួយ|ခြောက်", 5},
    {"seven|tujuh|bảy|เจ็ด|pitong|सात|সাত|sete|siete|семь|ប្រាំពីរ|ခုနစ်", 6},
    {"eight|delapan|lapan|tám|แปด|walong|आठ|আট|oito|ocho|восемь|ប្រាំបី|ရှစ်", 7},
    {"nine|sembilan|chín|เก้า|नौ|নয়|nove|nueve|девять|ប្រាំបួន|ကိုး", 8},
    {"ten|sepuluh|mười|สิบ|sampung|दस|দশ|dez|diez|десять|ដប់", 9},
    {"fifteen|lima belas|mười lăm|สิบห้า|labinlimang|पंद्रह|পনেরো|quinze|quince|пятнадцать", 10},
    {"twenty|dua puluh|hai mươi|ยี่สิบ|dalawampung|बीस|বিশ|vinte|veinte|двадцать", 11},
    {"полторы|полтора|satu setengah|डेढ़|দেড়", 12},
    {"seribu", 13},
    {"sejuta|isang milyon", 14},
    {"백만", 15},
    {"천만", 16},
    {"이백만", 17},
    {"삼백만", 18},
    {"오백만", 19},
    {"이천만", 20},
    {"หลักหมื่น|ห้าหลัก", 21},
    {"หลักแสน|หกหลัก|сто тысяч|cien mil|cem mil|isang daang libo", 22},
    {"ສອງ", 1},
    {"ສາມ", 2},
    {"ຫ້າ", 4},
};

/* Right behind an amount: what it was paid for. */
static const struct word_row SPENT_ROWS[] = {
    {"for your visa|for visa|for the visa|for a visa|for your ticket|for the ticket|for your "
     "passport|for passport|for the passport|untuk visa|untuk paspor|untuk tiket|buat paspor|buat "
     "visa|visa fee|processing fee|service fee|办签证|办护照|para el pasaje|para a passagem|за "
     "визу|на "
     "билет|làm visa|làm hộ chiếu|ค่าวีซ่า|ค่าเดินทาง|for housing|for the dorm|for "
     "uniform|refundable|dikembalikan|খরচ|खर्च|离职退|可退|คืนเมื่อ|возвращ*|na ibabalik",
     0},
};

#define TABLE(id, rows)                                                                            \
    {                                                                                              \
        id, rows, sizeof(rows) / sizeof(rows)[0]                                                   \
    }
const struct word_table MONEY_TABLES[MONEY_TABLES_COUNT] = {
    TABLE(WORDS_CURRENCY, CURRENCIES),
    TABLE(WORDS_MULTIPLIER, MULTIPLIER_WORDS),
    TABLE(WORDS_PERIOD, PERIODS),
    TABLE(WORDS_MONEY, MONEY),
    TABLE(WORDS_MONEY_AFTER, MONEY_AFTER),
    TABLE(WORDS_JOINER, JOINERS),
    TABLE(WORDS_UNIT, UNITS),
    TABLE(WORDS_NUMBERED, NUMBERED),
    TABLE(WORDS_TAX, TAX_ROWS),
    TABLE(WORDS_BOUND_BEFORE, BOUND_BEFORE_ROWS),
    TABLE(WORDS_BOUND_AFTER, BOUND_AFTER_ROWS),
    TABLE(WORDS_NUMBER, NUMBER_ROWS),
    TABLE(WORDS_SPENT, SPENT_ROWS),
};

const char *currency_code(int tag)
{
    return CURRENCY_CODES[tag];
}

int64_t multiplier_of(int tag, const char **ret_currency)
{
    *ret_currency = MULTIPLIERS[tag].currency;
    return MULTIPLIERS[tag].times;
}

int64_t number_word_hundredths(int tag)
{
    static const int64_t values[] = {
        100,        200,       300,       400,       500,        600,     700,       800,
        900,        1000,      1500,      2000,      150,        100000,  100000000, 100000000,
        1000000000, 200000000, 300000000, 500000000, 2000000000, 1000000, 10000000};
    return values[tag];
}
