/* facts_lists.c - the words that facts are told by, in the languages of our ads; see facts_words.h.
 *
 * Written as folded text has them: small letters, NFKC, Simplified Chinese (also for Japanese).
 * tests/unit/classifiers_fact_lines.c proves that each stays so. */
#include "classifiers/conditions_parts.h"
#include "common/verdict.h"

#include <assert.h>
#include <pthread.h>

/* ---- money ---- */

static const char *const CURRENCY_CODES[] = {
    "UST", "USD", "TWD", "HKD", "SGD", "BRL", "AUD", "CAD", "IDR", "MYR",
    "PHP", "THB", "VND", "KRW", "JPY", "CNY", "HAN", "INR", "BDT", "NPR",
    "PKR", "LKR", "AED", "SAR", "QAR", "EUR", "GBP", "PLN", "CZK", "RUB",
    "KES", "COP", "MXN", "NGN", "ETB", "KHR", "MMK", "LAK", "KZT", "PEN",
};
static const struct word_row CURRENCIES[] = {
    {"usdt|usd t|泰达币", 0},
    {"usd|us$|u.s.$|usd$|$us|dollars|dollar|dolar|dólares|dolares|dólar|đô|đô "
     "la|đôla|美金|美元|美刀|"
     "刀|$|долл*|бакс*|bucks|불|डॉलर|ডলার|ดอลลาร์|ดอล|ドル|달러|ዶላር|ដុល្លារ|ដុល្លា|ဒေါ်လာ|ໂດລາ|دولار|"
     "ڈالر|us "
     "dollars",
     1},
    {"nt$|ntd|twd|新台币|台币", 2},
    {"hk$|hkd|港币|港元|港纸", 3},
    {"s$|sgd|新币", 4},
    {"r$|brl|reais|real", 5},
    {"a$|aud", 6},
    {"c$|cad", 7},
    {"idr|rupiah|rp.|rp|印尼盾", 8},
    {"ringgit|myr|rm|马币|令吉|링깃|ရင်းဂစ်", 9},
    {"php|₱|pesos|peso|piso", 10},
    {"thb|baht|บาท|฿|泰铢|바트|ဘတ်|バーツ|бат", 11},
    {"vnđ|vnd|đồng|đ|₫|越南盾|đ.|vnđ.", 12},
    {"krw|원|₩|韩元|won", 13},
    {"jpy|円|yen|日元", 14},
    {"rmb|cny|人民币|yuan|юан*|위안|ယွမ်", 15},
    {"元|¥|块", 16},
    {"inr|₹|rs.|rs|रुपए|रुपये|रुपया|rupees|rupee|रू|রুপি", 17},
    {"bdt|টাকা|৳|taka|tk|tk.", 18},
    {"npr|रु|रु.", 19},
    {"pkr|روپے", 20},
    {"lkr|රුපියල්|ரூபாய்", 21},
    {"aed|dhs|dirham|dirhams|درهم", 22},
    {"sar|riyal", 23},
    {"qar", 24},
    {"eur|€|euro|euros|евро|ユーロ|유로|欧元", 25},
    {"gbp|£", 26},
    {"zł|pln", 27},
    {"kč|czk", 28},
    {"руб*|₽|rub|р.", 29},
    {"kes|ksh", 30},
    {"cop", 31},
    {"mxn", 32},
    {"ngn|₦", 33},
    {"ብር|birr|etb", 34},
    {"khr|riel|riels|រៀល|៛", 35},
    {"mmk|kyat|kyats|ကျပ်|ks", 36},
    {"lak|kip|ກີບ|₭", 37},
    {"kzt|тенге|₸", 38},
    {"pen|soles|s/.|s/", 39},
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
    {1000, "VND"},    {100000000, "KRW"}, {10000, "CNY"},
};
static const struct word_row MULTIPLIER_WORDS[] = {
    {"juta|jeti|jta|jt|jutaan|jtan", 0},
    {"ribu|rebu|rb|rbu|ribuan", 1},
    {"triệu|trieu|tr|củ|cu|chai|trịu", 2},
    {"tỷ|tỉ", 3},
    {"million|mio|m|millones|milhões|milyon|mln", 4},
    {"k|mil|thousand|libo", 5},
    {"тыс|тысяч|тысячи|т.р|т.|к|тыщ|т", 6},
    {"млн|миллион*", 7},
    {"lakhs|lakh|lacs|lac|लाख|lpa", 8},
    {"हजार|हज़ार|hajar", 9},
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
    {"ລ້ານ", 22},
    {"သိန်း", 23},
    {"သောင်း", 24},
    {"nghìn|ngàn|nghin|ngan", 25},
    {"억", 26},
    {"w+", 27},
};

static const struct word_row PERIODS[] = {
    {"/jam|per jam|perjam|sejam|/hour|/hr|/hrs|per hour|an hour|per "
     "hr|hourly|/h|ph|时给|时薪|每小时|/小时|/时|"
     "/giờ|một giờ|mỗi giờ|theo giờ|1 giờ|ต่อชั่วโมง|ชั่วโมงละ|/ชม|/ชั่วโมง|ชม.ละ|por hora|/hora|la "
     "hora|a hora|в час|/час|시급|"
     "시간당|kada oras|/oras|bawat oras|प्रति घंटा|/घंटा|ঘণ্টায়|প্রতি ঘণ্টা|ក្នុងមួយម៉ោង|/ម៉ោង|တစ်နာရီ",
     PAY_HOUR},
    {"/hari|per hari|perhari|sehari|/day|per day|a "
     "day|daily|/d|harian|日薪|日结|一天|每天|日给|/日|/天|日当|"
     "/ngày|một ngày|mỗi ngày|1 ngày|theo ngày|ต่อวัน|วันละ|/วัน|รายวัน|por dia|por día|al día|al "
     "dia|/día|/dia|ao dia|diarios|lương ngày|công ngày|ngày công|日领|日收|日赚|日入|"
     "diário|diaria|diária|일급|일당|하루|в день|/день|за смену|/смена|в сутки|в смену|kada "
     "araw|/araw|bawat araw|arawan|isang araw|"
     "प्रति दिन|प्रतिदिन|रोज|रोज़|/दिन|दैनिक|প্রতিদিন|দৈনিক|দিনে|প্রতি "
     "দিন|/দিন|ក្នុងមួយថ្ងៃ|/ថ្ងៃ|មួយថ្ងៃ|តាមថ្ងៃ|တစ်ရက်|တစ်နေ့|နေ့စဉ်|"
     "နေ့စား",
     PAY_DAY},
    {"/minggu|per minggu|seminggu|/week|per week|weekly|a "
     "week|/wk|mingguan|周薪|每周|一周|/周|周给|/tuần|mỗi tuần|một tuần|"
     "ต่อสัปดาห์|สัปดาห์ละ|อาทิตย์ละ|/สัปดาห์|주급|주당|semanal|semanales|por semana|a la semana|/semana|в "
     "неделю|/неделя|kada linggo|"
     "lingguhan|/linggo|प्रति सप्ताह|हफ्ते|साप्ताहिक|সপ্তাহে|সাপ্তাহিক|ក្នុងមួយសប្តាហ៍|/សប្តាហ៍|တစ်ပတ်",
     PAY_WEEK},
    {"/tahun|per tahun|pertahun|setahun|tahunan|/year|per year|per "
     "annum|p.a|p.a.|annum|yearly|annual|annually|a year|lpa|/yr|pa|p/a|b/a|brutos al año|"
     "ctc|年薪|年収|年收|年俸|每年|一年|/年|연봉|/năm|một năm|mỗi năm|ต่อปี|ปีละ|/ปี|в "
     "год|/год|годов*|rocznie|al año|anual|anuales|ao "
     "ano|por ano|/año|/ano|kada taon|/taon|bawat taon|प्रति "
     "वर्ष|सालाना|वार्षिक|/वर्ष|বছরে|বার্ষিক|প্রতি বছর|ក្នុងមួយឆ្នាំ|/ឆ្នាំ|တစ်နှစ်",
     PAY_YEAR},
    {"/bulan|/bln|/thang|/thg|/th|per bulan|perbulan|sebulan|bulanan|per bln|/month|per "
     "month|monthly|a month|/mo|/mth|/mnth|"
     "p.m|pm|pcm|/m|月|/月|月薪|月入|/tháng|một tháng|mỗi tháng|hàng tháng|1 "
     "tháng|tháng|ต่อเดือน|/เดือน|เดือนละ|เงินเดือน|รายเดือน|"
     "buwan|kada buwan|/buwan|buwanang|월|월급|매달|month|mensual|mensuales|mensal|mensais|por "
     "mês|ao mês|/mês|/mes|al "
     "mes|por mes|mês|в месяц|/мес*|ежемесячно|мес|mies*|प्रति माह|/माह|महीना|महीने|मासिक|প্রতি "
     "মাসে|মাসে|মাসিক|/মাস|"
     "ក្នុងមួយខែ|/ខែ|ខែ|មួយខែ|တစ်လ|လစာ|/လ",
     PAY_MONTH},
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
     "pensja|plat|mzda",
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
     "ប្រាក់រង្វាន់|កម្រៃជើងសារ|ဘောနပ်စ်|ဆုကြေး|ကော်မရှင်|referral|per referral|joining bonus|signing bonus",
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
     "штраф*|залог*|депозит*|оборот*|взнос*|ផាកពិន័យ|កក់|ဒဏ်ကြေး|စပေါ်|ဝန်ဆောင်ခ",
     MONEY_CHARGE},
};

static const struct word_row MONEY_AFTER[] = {
    {"12薪|13薪|14薪|15薪|16薪|in hand|hath "
     "me|base|basic|bersih|net|nett|neto|netto|gross|fixed|fix|take "
     "home|salary|pay|gaji|pokok|start|up|plus|komisi|"
     "commission|bonus|incentive|incentives|komisyon|insentif|comisión|comissão|оклад|на "
     "руки|起|以上|底薪|提成|보장|+|"
     "기본급|세전|세후|실수령|税前|税后|到手|brutto|bruto|bruta|líquido|líquidos|до вычета|gross "
     "pay|lương cứng|bao ăn",
     0},
};

static const struct word_row JOINERS[] = {
    {"-|–|—|~|〜|∼|转正|转正后|မှ|ကနေ|y|e|to|sampai|sampe|s/"
     "d|s.d|s.d.|sd|hingga|đến|den|tới|ถึง|到|转|起转|->|至|до|até|hasta|a|và|and|between|"
     "से|থেকে|ရန်|ដល់|ຫາ|から|에서|부터|hanggang|-an s/d",
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
     "mm|inch|ml|liter|ton|gaji|line|lines|sks|ipk|gpa|credits|级",
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
     "nghiệm|경력|经验|経験|опыт|experiencia|batch|room|gate|vol|version|v|grade|level|rank|top",
     0},
};

/* ---- contacts ---- */

/* How an address of a messenger begins, in text or in a link; the rest are links that hide where they
 * lead, and pages of links. */
static const struct word_row LINKS[] = {
    {"wa.me/message/|chat.whatsapp.com/|whatsapp.com/channel/|wa.link/", CONTACT_WHATSAPP},
    {"wa.me/|api.whatsapp.com/send?phone=|api.whatsapp.com/send/?phone=|whatsapp://"
     "send?phone=|wasap.my/",
     CONTACT_WHATSAPP | LINK_PHONE},
    {"t.me/joinchat/|t.me/|telegram.me/|telegram.dog/|tg://resolve?domain=|t . me/|t. me/|t "
     ".me/|t,me/|t(.)me/|t(dot)me/|t (dot) me (slash)|t (dot) me/|t [dot] me/|t[dot]me/|t dot me "
     "slash|t. me /|t . me /|t[.]me/|t dot me/",
     CONTACT_TELEGRAM},
    {"line.me/ti/p/|line.me/r/ti/p/|line.me/ti/g/|line.me/ti/g2/|page.line.me/|lin.ee/",
     CONTACT_LINE},
    {"u.wechat.com/", CONTACT_WECHAT},
    {"zalo.me/g/", CONTACT_ZALO},
    {"zalo.me/", CONTACT_ZALO | LINK_PHONE},
    {"open.kakao.com/o/|open.kakao.com/|pf.kakao.com/", CONTACT_KAKAO},
    {"viber.click/|viber://chat?number=", CONTACT_VIBER | LINK_PHONE},
    {"invite.viber.com/", CONTACT_VIBER},
    {"signal.me/|signal.group/", CONTACT_SIGNAL},
    {"bit.ly/|cutt.ly/|tinyurl.com/|s.id/|shorturl.at/|rb.gy/|t.ly/|is.gd/|v.gd/|linktr.ee/"
     "|lynk.id/|goo.gl/|forms.gle/|t.cn/|dwz.cn/|url.cn/|suo.im/|qrco.de/|m.me/|fb.me/|me2.kr/"
     "|han.gl/|bom.so/|reurl.cc/|lihi.cc/|lihi1.com/|pse.is/|ppt.cc/|clck.ru/|vk.cc/|taplink.cc/"
     "|heylink.me/|beacons.ai/|shorte.st/|ow.ly/|tiny.cc/|bitly.ws/|discord.gg/",
     LINK_SHORT},
};

static const struct word_row MESSENGERS[] = {
    {"whatsapp|whats "
     "app|whatssapp|watsapp|wasap|whatsap|wa|wapp|w.a|w/"
     "a|wsp|whatsaap|wassap|วอทแอพ|วอตส์แอป|ватсап|вотсап|вацап|whatsapp|व्हाट्सएप|व्हाट्सऐप|"
     "হোয়াটসঅ্যাপ|왓츠앱|ワッツアップ|zap|zapzap|واتساپ|واتساب",
     CONTACT_WHATSAPP},
    {"telegram|teiegram|telegrm|telgram|tele|tg|tlg|飞机|小飞机|纸飞机|电报|飞机号|tele "
     "gram|テレグラム|テレグラ|텔레그램|텔레|텔그|텔레그렘|телеграм|телеграмм|тг|телега|"
     "टेलीग्राम|টেলিগ্রাম|เทเลแกรม|เทเล|ቴሌግራም|តេឡេក្រាម|တယ်လီဂရမ်|تلگرام",
     CONTACT_TELEGRAM},
    {"line id|line|lineid|ไลน์|ไลน|id line|idline|加赖|赖|ライン|라인|ไอดีไลน์|แอดไลน์|แอดไลน",
     CONTACT_LINE},
    {"wechat|we chat|weixin|微信|威信|微 信|薇信|卫星|加v|vx|wx|v信|+v|微信号|위챗|วีแชท|вичат|vi "
     "chat",
     CONTACT_WECHAT},
    {"zalo|dalo|za lo|zl", CONTACT_ZALO},
    {"kakaotalk|kakao talk|kakao|ka "
     "talk|katalk|카카오톡|카톡|카카오|카톡아이디|カカオトーク|カカオ",
     CONTACT_KAKAO},
    {"viber|вайбер|ဗိုင်ဘာ|ไวเบอร์", CONTACT_VIBER},
    {"signal|シグナル|시그널|сигнал", CONTACT_SIGNAL},
};
static const struct word_row HANDLE_TAILS[] = {
    {"id|ไอดี|account|akun|user|username|contact|号|账号|号码|me|kami|saya|di|ke|是|to|on|at|us|ke:|"
     "아이디|id는|no|nomor|num|hr|admin|aku|ni|please|"
     "acc|usn|iд|ник|คือ|ชื่อ|qua|kết "
     "bạn|thêm|加|搜索|搜|联系|チャンネル|まで|追加|channel|group|grup|bot|hub|hubungi|chat|dm|pm|"
     ":",
     0},
};
static const struct word_row CALLS[] = {
    {"call|phone|tel|tel.|telp|telp.|tlp|tlp.|telepon|telefon|hp|hp.|no "
     "hp|nohp|mobile|mob|cell|contact|contacts|contact no|hotline|text|sms|"
     "hubungi|hub|hub.|kontak|nomor|nomer|narahubung|cp|cp.|no.|h/"
     "p|talian|dail|电话|手机|手机号|联系|联系方式|致电|热线|微信同号|电联|"
     "sđt|sdt|đt|điện thoại|liên "
     "hệ|gọi|lh|hotline|โทร|โทร.|เบอร์|เบอร์โทร|ติดต่อ|โทรศัพท์|tawag|tumawag|itext|连络先|电话番号|"
     "携带|연락처|전화|문의|번호|"
     "फोन|फ़ोन|मोबाइल|कॉल|संपर्क|নম্বর|ফোন|মোবাইল|যোগাযোগ|কল|ទូរស័ព្ទ|លេខទូរស័ព្ទ|ទំនាក់ទំនង|ဖုန်း|ဆက်သွယ်ရန်|"
     "telefone|ligue|celular|fone|contato|"
     "teléfono|telefono|llama|llamar|móvil|contacto|тел|тел.|телефон|звоните|звонить|номер|связь|"
     "emoji:phone",
     0},
};
static const struct word_row DIGITS[] = {
    {"nol|kosong|zero|零|〇|oh|o|không|영|공|sero|शून्य|ศูนย์|ноль|cero|洞", 0},
    {"satu|one|一|幺|một|일|isa|एक|หนึ่ง|один|uno|um|eins", 1},
    {"dua|two|二|两|hai|이|dalawa|दो|สอง|два|dos|dois", 2},
    {"tiga|three|三|ba|삼|tatlo|तीन|สาม|три|tres|três", 3},
    {"empat|four|四|bốn|사|apat|चार|สี่|четыре|cuatro|quatro", 4},
    {"lima|five|五|năm|오|पांच|पाँच|ห้า|пять|cinco", 5},
    {"enam|six|六|sáu|육|륙|anim|छह|छः|หก|шесть|seis", 6},
    {"tujuh|seven|七|拐|bảy|칠|pito|सात|เจ็ด|семь|siete|sete", 7},
    {"delapan|lapan|eight|八|tám|팔|walo|आठ|แปด|восемь|ocho|oito", 8},
    {"sembilan|nine|九|勾|chín|구|siyam|नौ|เก้า|девять|nueve|nove", 9},
};

/* ---- places ---- */

static const struct word_row ROLES_BEFORE[] = {
    {"面接|面试地点|面谈地点|interview|interviews|interviewed|wawancara|面试|面谈|phỏng "
     "vấn|สัมภาษณ์|temu "
     "duga|temuduga|tes di|test di|walk in|walk-in|면접|panayam|"
     "इंटरव्यू|साक्षात्कार|সাক্ষাৎকার|собеседован*|entrevista|entrevistas|សម្ភាសន៍|အင်တာဗျူး|psikotes "
     "di|briefing di|seleksi di",
     PLACE_INTERVIEW},
    {"via|lewat|kumpul di|kumpul|transit|transit di|singgah|经由|经过|途经|qua cửa|qua cửa "
     "khẩu|quá cảnh|cửa khẩu|meeting point|berkumpul di|melalui|"
     "through|stopover|layover|titik "
     "kumpul|集合|转机|过境|ผ่าน|ต่อรถ|แวะ|経由|经由して|경유|छोड़कर|होकर|через|транзит*|vía|escala "
     "en|pasando por|"
     "mula sa pantalan ng|dumaan sa|hanggang|ឆ្លងកាត់|မှတဆင့်|border at|ด่าน",
     PLACE_TRANSIT},
    {"dari|asal|domisili|from|ktp|berangkat dari|keberangkatan dari|departure "
     "from|departing|depart from|bay từ|xuất phát từ|từ|quê|สัญชาติ|จาก|khusus|"
     "来自|出发|从|warga|wni|warganegara|citizens of|taga|mula sa|galing|galing "
     "sa|출발|출신|국적|出身|国籍|из|граждане|гражданство|desde|"
     "de nacionalidad|nationality|nationals of|passport of|fly from|flight from|से|থেকে|candidates "
     "from|applicants from|asal daerah|orang|người",
     PLACE_SOURCE},
    {"kantor pusat|head office|head-office|headquarter|headquarters|headquartered|hq|based "
     "in|registered in|总部|总公司|总部位于|berpusat di|pusat di|"
     "didirikan|ibu pejabat|trụ sở|trụ sở chính|văn phòng chính|สํานักงานใหญ่|本社|본사|punong "
     "tanggapan|मुख्यालय|হেড অফিস|প্রধান কার্যালয়|"
     "головной офис|штаб-квартира|sede|sede en|sede em|matriz|matriz "
     "em|ទីស្នាក់ការកណ្តាល|ရုံးချုပ်|perusahaan di bawah|incorporated in",
     PLACE_EMPLOYER_SEAT},
    {"deploy|deployed|deployment|idedeploy|papuntang|papunta sa|patungong|work site|worksite|work "
     "place|workplace|site in|飞|飞往|飞到|в|penempatan|penempatan di|ditempatkan di|lokasi|lokasi "
     "kerja|kerja di|kerja|bekerja di|work "
     "in|working in|location|placement|placed in|onsite in|tempat kerja|tempat bertugas|lokasi "
     "penempatan|job in|jobs in|posted to|to|ke|工作地点|地点|工作地|上班地点|去|到|前往|赴|làm "
     "việc tại|địa điểm|nơi làm việc|làm "
     "tại|sang|qua|đi|ทํางานที่|สถานที่ทํางาน|ไปทํางาน|ประจํา|ไป|勤务地|就业场所|근무지|근무|근무장소|"
     "trabaho sa|काम|কর্মস্থল|কাজ|работа в|место работы|trabajo en|trabalho em|ធ្វើការនៅ|အလုပ်နေရာ",
     PLACE_DESTINATION},
};
static const struct word_row ROLES_AFTER[] = {
    {"机场出发|에서 출발|से|出发|出身|国籍|籍|から|出発|출발|출신|국적|မှ|से "
     "हैं|থেকে|nationals|nationality|citizens|passport|passport holders|passports",
     PLACE_SOURCE},
    {"မှာ|တွင်", PLACE_DESTINATION},
    {"面试|面谈|면접|で面接|で面接|interview|interviews|wawancara|इंटरव्यू|में इंटरव्यू|में साक्षात्कार",
     PLACE_INTERVIEW},
    {"经由|转机|过境|集合|경유|transit|経由|होते|হয়ে|border|छोड़|မှတဆင့်", PLACE_TRANSIT},
    {"总部|总公司|本社|본사|headquarters|head office|hq", PLACE_EMPLOYER_SEAT},
};

static const struct word_row NATIVES[] = {
    {"人|籍|语|话|어", 0},
};
static const struct word_row SERVED[] = {
    {"market*|customers|clients|speak*|language|desk*|passport|visa holders", 0},
};
static const struct word_row SERVED_BEFORE[] = {
    {"customers in|clients in|market "
     "in|pasar|market|user|pelanggan|bahasa|berbahasa|tiếng|khách|คนไข้|ลูกค้า|ภาษา|อาหาร",
     0},
};

/* ---- employer ---- */

static const struct word_row COMPANIES[] = {
    {"pt|cv|pt.|cv.|ud|restoran|rumah "
     "sakit|rs|klinik|sekolah|universitas|yayasan|koperasi|bank|toko|warung|kafe|株式会社|有限会社|"
     "บริษัท|โรงแรม|ร้าน|công ty|cty|nhà hàng|khách "
     "sạn|주식회사|(주)|ооо|оао|เทศบาล|โรงพยาบาล|dinas|kantor notaris|p3mi",
     COMPANY_BEFORE},
    {"sdn bhd|sdn. bhd|sdn. "
     "bhd.|berhad|inc|inc.|ltd|ltd.|limited|corp|corporation|llc|gmbh|s.r.o|a.s.|hotel|resort|"
     "restaurant|hospital|school|university|foundation|cafe|sp. z "
     "o.o|ltda|s.a.|pvt|plc|公司|集团|tnhh|酒店|餐厅|工厂|agency|bp2mi|manpower",
     COMPANY_AFTER},
};
static const struct word_row NOBODIES[] = {
    {"*perusahaan asing*|*perusahaan luar negeri*|*perusahaan besar*|*perusahaan "
     "ternama*|*perusahaan online*|*grup besar*|"
     "*foreign company*|*overseas company*|*big company*|*abroad company*|*company abroad*|*listed "
     "group*|*our office*|"
     "*confidential*|*rahasia*|*perusahaan global*|*pt global*|海外公司|大公司|上市集团|*công ty "
     "nước ngoài*|บริษัทต่างชาติ|บริษัทจีน",
     0},
};
static const struct word_row ADDRESSES[] = {
    {"jl|jl.|jln|jalan|street|st.|road|rd.|avenue|ave|blok|rt|rukan|ruko|gedung|building|tower|"
     "lantai|floor|"
     "kav|kelurahan|kecamatan|komplek|perumahan|kawasan|no.|lot|taman|lorong|đường|quận|phường|ngõ|"
     "tòa nhà|"
     "路|号|区|街|楼|大厦|ถนน|ซอย|แขวง|เขต|อาคาร|丁目|番地|로|길|동|plaza|mall|ulica|ul.|rua|calle|"
     "ул.|улица",
     0},
};
static const struct word_row DUTIES[] = {
    {"tugas|tanggung jawab|tanggungjawab|jobdesk|job desc|job "
     "description|deskripsi|responsibilities|duties|"
     "responsible for|you "
     "will|kualifikasi|requirements|requirement|persyaratan|uraian|skop|职责|岗位|任职|"
     "工作内容|职位描述|mô tả|công việc|nhiệm vụ|yêu "
     "cầu|หน้าที่|รายละเอียด|คุณสมบัติ|仕事内容|업무|담당|obowiązki|обязанности|"
     "funciones|atividades|náplň|gawain|tungkulin",
     0},
};

/* ---- language ---- */

static const char *const SMALL_LANGUAGES[] = {"id", "ms", "tl", "vi", "es", "pt", "en"};
static const struct word_row SMALL[] = {
    {"dan|yang|di|untuk|dengan|kami|lowongan|loker|gaji|kerja|dibutuhkan|atau|tidak|bisa|minimal|"
     "usia|pria|wanita|segera|"
     "juta|jt|perusahaan|karyawan|hub|tanpa|luar|bln|penempatan|pengalaman|syarat",
     0},
    {"dan|yang|di|untuk|dengan|kami|jawatan|kosong|gaji|kerja|diperlukan|pekerja|tiada|boleh|rm|"
     "pengalaman|elaun|kekosongan|"
     "syarikat|pasport|penginapan|makan|minum|umur|sahaja|anda|luar negara|tawaran|kemboja",
     1},
    {"ang|ng|mga|sa|para|kami|naghahanap|sahod|po|walang|kailangan|trabaho|libreng|libre|hindi|"
     "lang|pwede|kung|may|na|at|ay|"
     "ka|mo|namin",
     2},
    {"và|của|cho|tuyển|lương|việc|làm|không|được|người|tuyen|luong|viec|lam|khong|nhan vien|bao "
     "an|bao o|nghiem",
     3},
    {"el|la|de|en|para|con|trabajo|empleo|sueldo|experiencia|oferta|empresa|los|las|se", 4},
    {"o|de|em|para|com|trabalho|vaga|salário|experiência|empresa|os|não|uma|você", 5},
    {"the|and|for|with|we|you|our|job|work|salary|experience|required|hiring|of|to|in|is|company|"
     "free|are|apply|per month|no",
     6},
};
static const struct word_row ID_OR_MS[] = {
    {"lowongan|loker|dibutuhkan|karyawan|perusahaan|juta|jt|usia|segera|tanpa|bisa|gapok|bln|"
     "lulusan|ditanggung|rp|wni|paspor|"
     "kamboja|penempatan|minimal|cewek|cowok|gaji pokok|mess|berangkat",
     0},
    {"jawatan|kosong|diperlukan|syarikat|tiada|boleh|elaun|rm|pasport|kemboja|umur|tawaran|pekerja|"
     "kerja kosong|luar negara|"
     "ditaja|sahaja|anda|kekosongan|gaji pokok rm|spm|warganegara|hubungi",
     1},
};

/* ---- all of them, compiled once ---- */

#define ROWS(table)                                                                                \
    {                                                                                              \
        (table), sizeof(table) / sizeof(table)[0]                                                  \
    }
static struct {
    const struct word_row *rows;
    size_t count;
} TABLES[WORDS_COUNT] = {
    [WORDS_CURRENCY] = ROWS(CURRENCIES),
    [WORDS_MULTIPLIER] = ROWS(MULTIPLIER_WORDS),
    [WORDS_PERIOD] = ROWS(PERIODS),
    [WORDS_MONEY] = ROWS(MONEY),
    [WORDS_MONEY_AFTER] = ROWS(MONEY_AFTER),
    [WORDS_JOINER] = ROWS(JOINERS),
    [WORDS_UNIT] = ROWS(UNITS),
    [WORDS_NUMBERED] = ROWS(NUMBERED),
    [WORDS_LINK] = ROWS(LINKS),
    [WORDS_MESSENGER] = ROWS(MESSENGERS),
    [WORDS_HANDLE_TAIL] = ROWS(HANDLE_TAILS),
    [WORDS_CALL] = ROWS(CALLS),
    [WORDS_DIGIT] = ROWS(DIGITS),
    [WORDS_ROLE_BEFORE] = ROWS(ROLES_BEFORE),
    [WORDS_ROLE_AFTER] = ROWS(ROLES_AFTER),
    [WORDS_SERVED] = ROWS(SERVED),
    [WORDS_NATIVE] = ROWS(NATIVES),
    [WORDS_SERVED_BEFORE] = ROWS(SERVED_BEFORE),
    [WORDS_COMPANY] = ROWS(COMPANIES),
    [WORDS_NOBODY] = ROWS(NOBODIES),
    [WORDS_ADDRESS] = ROWS(ADDRESSES),
    [WORDS_DUTY] = ROWS(DUTIES),
    [WORDS_SMALL] = ROWS(SMALL),
    [WORDS_ID_OR_MS] = ROWS(ID_OR_MS),
};

#define POOL_WORDS 4096u
static struct word_entry pool[POOL_WORDS];
static struct word_list lists[WORDS_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void lists_compile(void)
{
    size_t used = 0;
    for (size_t i = 0; i < CONDITION_TABLES_COUNT; i++) {
        TABLES[CONDITION_TABLES[i].id].rows = CONDITION_TABLES[i].rows;
        TABLES[CONDITION_TABLES[i].id].count = CONDITION_TABLES[i].count;
    }
    for (size_t i = 0; i < WORDS_COUNT; i++) {
        lists[i].entries = &pool[used];
        for (size_t k = 0; k < TABLES[i].count; k++) {
            lists[i].room += words_counted(TABLES[i].rows[k].words);
            assert(used + lists[i].room <= POOL_WORDS);
            word_list_add(&lists[i], &TABLES[i].rows[k]);
        }
        used += lists[i].room;
    }
}

const struct word_list *words_of(enum words_id id)
{
    pthread_once(&once, lists_compile);
    return &lists[id];
}

const char *currency_code(int tag)
{
    return CURRENCY_CODES[tag];
}

int64_t multiplier_of(int tag, const char **ret_currency)
{
    *ret_currency = MULTIPLIERS[tag].currency;
    return MULTIPLIERS[tag].times;
}

const char *small_language(int tag)
{
    return SMALL_LANGUAGES[tag];
}

int64_t number_word_hundredths(int tag)
{
    static const int64_t values[] = {
        100,       200,       300,        400,       500,       600,       700,
        800,       900,       1000,       1500,      2000,      150,       100000,
        100000000, 100000000, 1000000000, 200000000, 300000000, 500000000, 2000000000};
    return values[tag];
}
