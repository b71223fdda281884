/* facts_lists_conditions.c - the words that say what an ad asks and offers; see facts_words.h.
 *
 * One list, so that a text is read once: the tag says what to do at the word (enum condition_word).
 * Written as folded text has them. */
#include "classifiers/conditions_parts.h"
#include "common/pay.h"

#define SPEAKS(index) (CONDITION_WORD_SPEAKS + (index))

const char *const SPOKEN_LANGUAGES[SPOKEN_COUNT] = {"zh", "en", "id", "ja", "ko", "vi",
                                                    "th", "hi", "ar", "ru", "es", "pt"};

static const struct word_row CONDITION_ROWS[] = {
    {"usia|umur|age|aged|ages|tuổi từ|độ tuổi|do tuoi|tuoi "
     "tu|tuổi|อายุ|나이|연령|만|年龄|年齢|年纪|edad|idade|возраст*|उम्र|आयु|বয়স|អាយុ|អាយុចាប់ពី|အသက်|edad "
     "na|umur antara|gulang|อายุไม่เกิน|ອາຍຸ|edad mula|umurnya|from age",
     CONDITION_WORD_AGE},
    {"岁|歳|周岁|세|tuổi|tuoi|ปี|лет|years old|yrs old|year "
     "old|y.o|y/o|anos|años|th|thn|tahun|বছর|वर्ष|साल|ឆ្នាំ|နှစ်|taong gulang|taon|yo|y.o.|yr old|साल "
     "के|বছর বয়স|ປີ|anyos|taon pababa",
     CONDITION_WORD_YEARS},
    {"wanita|perempuan|cewek|cewe|female|females|women|woman|ladies|girls|女性|女生|女士|限女|女孩|"
     "nữ "
     "giới|nữ|หญิง|เพศหญิง|สาว|여성|여자|महिला|महिलाएं|মহিলা|ស្រី|အမျိုးသမီး|babae|mulher|mulheres|mujer|"
     "mujeres|chicas|женщин*|девушк*|feminino|femenino|señoritas|señorita|muchachas|moças|moça|"
     "garotas|meninas|mulheres "
     "jovens|नारी|लड़कियां|लड़कियाँ|लड़की|लड़कियों|औरत|নারী|মেয়ে|মেয়ে|মেয়েদের|সুন্দরী|สาวๆ|ผู้หญิง|ຍິງ|ສາວ|នារី|"
     "မိန်းကလေး|အမျိုးသမီးငယ်|gadis|awek|wanita "
     "muda|dalaga|kababaihan|女孩子|美女|小姐姐|女のコ|여직원|여성분|девочк*|девушек",
     CONDITION_WORD_FEMALE},
    {"pria|laki-laki|laki laki|lelaki|cowok|cowo|male|males|男性|男生|男士|限男|nam "
     "giới|ชาย|เพศชาย|남성|남자|पुरुष|পুরুষ|ប្រុស|အမျိုးသား|lalaki|homem|homens|hombre|hombres|мужчин*|"
     "парн*|masculino|boys|men "
     "only|muchachos|rapazes|moços|लड़के|लड़कों|ছেলে|ছেলেরা|ผู้ชาย|ຊາຍ|បុរស|အမျိုးသားငယ်|pemuda|kalalakihan|"
     "小伙|小伙子|小哥|男のコ|юнош*",
     CONDITION_WORD_MALE},
    {"男女|男女不限|不限男女|男女均可|nam nữ|nam/nữ|nam, nữ|nam "
     "nu|ชาย/หญิง|ชายหญิง|ไม่จํากัดเพศ|남녀|남여|남녀무관|성별무관|pria/wanita|pria & wanita|pria dan "
     "wanita|pria wanita|laki-laki/perempuan|cewek cowok|cowok cewek|cewe cowo|cowo "
     "cewe|cewek/cowok|cowok/cewek|male/female|male or female|female/male|male and female|any "
     "gender|men and women|men or women|lelaki/perempuan|lelaki & "
     "perempuan|महिला/पुरुष|पुरुष/महिला|পুরুষ/মহিলা|नারী পুরুষ|ប្រុសស្រី|ស្រីប្រុស|ကျား/မ|hombres y mujeres|homens "
     "e mulheres|ambos os sexos|ambos sexos|м/ж|пол не важен|babae o lalaki|lalaki o babae",
     CONDITION_WORD_ANY_SEX},
    {"pengalaman|berpengalaman|experience|experienced|kinh nghiệm|kinh "
     "nghiem|ประสบการณ์|경력|경험|经验|経験|experiencia|experiência|опыт*|अनुभव|অভিজ্ঞতা|បទពិសោធន៍|"
     "အတွေ့အကြုံ|karanasan",
     CONDITION_WORD_EXPERIENCE},
    {"pemula|newbie|newbies|fresher|freshers|fresh "
     "graduate*|beginner|beginners|trainee*|exp|training|小白|"
     "新手|零基础|0基础|มือใหม่|ไม่มีพื้นฐาน|초보|초보자|신입|무경력|初心者|フレッシャー|फ्रेशर|नौसिखिए|"
     "principiante*|iniciante*|débutant*|debutant*|новичк*|новичок|обучим|обучение|обучаем|diajar*|"
     "dilatih|ditraining|latihan disediakan|tuturuan|được đào tạo|đào tạo từ đầu|ensinamos tudo|te "
     "enseñan|te enseñamos|สอนงานให้|ฝึกให้",
     CONDITION_WORD_BEGINNER},
    {"sd|smp|sltp|小学|初中|中学|มัธยมต้น|ม.3|primary "
     "school|elementary|중졸|中卒|primaria|fundamental",
     CONDITION_WORD_PRIMARY},
    {"sma|smk|slta|smu|sma/smk|high school|high-school|spm|senior high|shs|高中|中专|职高|thpt|cấp "
     "3|12/"
     "12|ม.6|มัธยมปลาย|มัธยม|고졸|고등학교|高卒|高校卒|12th|10+2|hsc|ssc|matric|secundaria|"
     "bachillerato|ensino médio|ensino "
     "medio|среднее|एचएससी|12वीं|10वीं|এইচএসসি|এসএসসি|វិទ្យាល័យ|ទី12|ဆယ်တန်း|o-level|a-level|hs grad|hs "
     "graduate|high school grad|highschool|k12|ม.ปลาย|secundaria completa|colegial|среднее "
     "образование",
     CONDITION_WORD_SECONDARY},
    {"diploma|d3|d1|大专|专科|cao đẳng|cao dang|trung "
     "cấp|ปวช|ปวส|อนุปริญญา|전문대|전문학사|专门学校|associate degree|vocational|среднее "
     "специальное|técnico|डिप्लोमा|ডিপ্লোমা|ဒီပလိုမာ",
     CONDITION_WORD_DIPLOMA},
    {"s1|s1/d3|sarjana|bachelor|bachelor's|bachelors|college graduate|university "
     "graduate|university degree|degree in|a degree|本科|学士|đại học|dai "
     "hoc|ปริญญาตรี|ป.ตรี|대졸|대학교 졸업|学位|大卒|स्नातक|স্নাতক|licenciatura|graduação|superior "
     "completo|ensino superior|высшее|បរិញ្ញាបត្រ|ဘွဲ့ရ|any graduate|titulado|ijazah sarjana",
     CONDITION_WORD_DEGREE},
    {"mandarin|bahasa mandarin|speak chinese|chinese speak*|fluent chinese|chinese "
     "language|中文|国语|普通话|华语|tiếng trung|tieng "
     "trung|ภาษาจีน|중국어|中国语|चीनी|চীনা|китайск*|mandarín|chinês|ភាសាចិន|တရုတ်စကား",
     SPEAKS(0)},
    {"english|bahasa inggris|bhs inggris|bahasa inggeris|inggris|英文|英语|tiếng anh|tieng "
     "anh|ภาษาอังกฤษ|อังกฤษ|영어|अंग्रेजी|इंग्लिश|ইংরেজি|английск*|inglés|inglês|ingles|ភាសាអង់គ្លេស|អង់គ្លេស|"
     "အင်္ဂလိပ်",
     SPEAKS(1)},
    {"bahasa indonesia|印尼语|印尼文|indonesian language|speak indonesian|indonesian "
     "speak*|인도네시아어|tiếng indonesia",
     SPEAKS(2)},
    {"bahasa jepang|japanese language|speak japanese|japanese speak*|日语|日文|日本语|tiếng "
     "nhật|tieng nhat|ภาษาญี่ปุ่น|일본어|японск*",
     SPEAKS(3)},
    {"bahasa korea|korean language|speak korean|korean speak*|韩语|韩文|tiếng hàn|tieng "
     "han|ภาษาเกาหลี|한국어|корейск*",
     SPEAKS(4)},
    {"bahasa vietnam|vietnamese language|speak vietnamese|vietnamese speak*|越南语|越语|tiếng việt",
     SPEAKS(5)},
    {"bahasa thailand|bahasa thai|thai language|speak thai|thai speak*|泰语|泰文|ภาษาไทย|tiếng "
     "thái",
     SPEAKS(6)},
    {"hindi language|speak hindi|hindi speak*|हिंदी|हिन्दी|印地语", SPEAKS(7)},
    {"bahasa arab|arabic language|speak arabic|arabic speak*|阿拉伯语|арабск*", SPEAKS(8)},
    {"russian language|speak russian|russian speak*|俄语|русск*", SPEAKS(9)},
    {"spanish language|speak spanish|spanish speak*|西班牙语|español|espanhol", SPEAKS(10)},
    {"portuguese language|speak portuguese|portuguese speak*|葡萄牙语|葡语|português", SPEAKS(11)},
    {"mengetik|ngetik|typing|wpm|kpm|打字|đánh máy|danh may|gõ máy|gõ phím|gõ 10 "
     "ngón|พิมพ์|타자|타이핑|タイピング|टाइपिंग|টাইপিং|печата*|скорость "
     "печати|mecanograf*|digitação|វាយអក្សរ|စာရိုက်|menaip|pag-type|mag-type|marunong mag type",
     CONDITION_WORD_TYPING},
    {"visa|viza|签证|วีซ่า|비자|ビザ|वीजा|ভিসা|виза|визу|визы|visado|visto|ទិដ្ឋាការ|ဗီဇာ|thị thực",
     CONDITION_WORD_VISA},
    {"tanpa visa|no visa|visa free|visa-free|bebas visa|免签|免签证|无需签证|不用签证|tidak perlu "
     "visa|tak perlu visa|walang visa|hindi kailangan ng visa|without visa|no need visa|no need of "
     "visa|비자 없이|비자없이|무비자|không cần visa|khong can visa|ไม่ต้องใช้วีซ่า|ไม่ต้องมีวีซ่า|sin "
     "visa|sem visto|без визы|ビザ不要|ビザなし|बिना वीजा|ভিসা ছাড়া",
     CONDITION_WORD_NO_VISA},
    {"jam kerja|jam/hari|jam sehari|jam per hari|jam perhari|jam setiap hari|hours a day|hours per "
     "day|hours/day|hrs/day|hrs a day|hours daily|hour shift*|hours shift*|hour shifts|hours of "
     "work|小时|个小时|tiếng/ngày|tiếng mỗi ngày|tiếng một "
     "ngày|tiếng|ชั่วโมงต่อวัน|ชม./วัน|ชม.ต่อวัน|ชม/วัน|시간 근무|시간근무|时间勤务|时间劳动|horas al "
     "día|horas diarias|horas por dia|часов в день|часа в "
     "день|घंटे|ঘণ্টা|ម៉ោងក្នុងមួយថ្ងៃ|ម៉ោង|နာရီ|oras|oras kada araw|hours shift|hrs shift|hr shift|hrs "
     "duty|hours duty|hr duty|hour duty|hrs/shift|hours per shift|hours/shift|hrs a shift|jam per "
     "shift|jam/shift|jam kerja sehari|hour workday|ชม.|ชั่วโมง|horas diárias|horas por turno|horas "
     "al dia|horas por día|horas|часов|часа|घंटे की|घंटे की ड्यूटी|घंटा|ঘন্টা|ঘন্টা "
     "ডিউটি|ঘন্টার|ຊົ່ວໂມງ|ຊມ|시간제|시간씩|h/ngày|tiếng/ca|giờ/ngày|giờ mỗi ngày",
     CONDITION_WORD_HOURS},
    {"libur|off day|off days|days off|day off|offday|rest day*|rest "
     "days|月休|休|nghỉ|nghi|วันหยุด|หยุด|휴무|月休み|休日|descanso|días libres|dias libres|día "
     "libre|folga|folgas|выходн*|अवकाश|छुट्टी|ছুটি|ថ្ងៃសម្រាក|សម្រាក|ပိတ်ရက်|day-off|cuti "
     "sebulan|pahinga|cuti|cuti setiap|off setiap|off every|nghỉ chủ nhật|nghỉ "
     "cn|หยุดวัน|หยุดเดือนละ|หยุดสัปดาห์ละ|หยุดอาทิตย์ละ|休息|轮休|libra|libras|librando|día de "
     "descanso|días de descanso|descansos|folga aos|сб вс "
     "выходные|выходной|выходные|выходных|ພັກວັນ|ວັນພັກ|ឈប់សម្រាក|အားလပ်ရက်|सप्ताहिक छुट्टी|sundays "
     "off|sunday off|fridays off|friday off|saturdays off|weekends off|hari off|off sebulan",
     CONDITION_WORD_OFF},
    {"bonus|bonuses|奖金|thưởng|thuong|โบนัส|보너스|ボーナス|बोनस|বোনাস|bono|bonos|bônus|премия|"
     "премии|бонус*|ဘောနပ်စ်|ប្រាក់រង្វាន់|상여*|赏与",
     CONDITION_WORD_BONUS},
    {"komisi|commission|commissions|komisyen|komisyon|hoa hồng|hoa "
     "hong|提成|佣金|抽成|คอมมิชชั่น|ค่าคอม|인센티브|인센|インセンティブ|歩合|コミッション|कमीशन|কমিশন|"
     "comisión|comisiones|comissão|comissões|комисси*|កម្រៃជើងសារ|ကော်မရှင်|chiết khấu|fee lead",
     CONDITION_WORD_COMMISSION},
    {"makan 3x|makan tiga kali|makan ditanggung|makan disediakan|makan gratis|makan free|free "
     "makan|makan minum|makan percuma|meals provided|meals included|free meals|free food|three "
     "meals|3 meals|food provided|food included|free lunch|lunch provided|food by "
     "company|包吃|供膳|管吃|包三餐|包餐|含三餐|提供三餐|工作餐|免费三餐|bao ăn|nuôi ăn|cơm "
     "trưa|ăn trưa miễn phí|cơm ca|อาหาร 3 มื้อ|อาหาร3มื้อ|อาหารฟรี|มีอาหาร|กินฟรี|ข้าวฟรี|เลี้ยงข้าว|libre "
     "pagkain|libreng pagkain|libre ang pagkain|libreng "
     "kain|まかない|食事付|食事つき|3食付|三食付|식사제공|중식제공|식대지원|खाना "
     "फ्री|भोजन|khana|খাওয়া ফ্রি|খাওয়া "
     "ফ্রি|អាហារ|បាយ|ហូបចុក|ထမင်း|အစားအသောက်|ອາຫານ|ກິນຟຣີ|กินนอนฟรี|alimentação|refeição|refeições|vale "
     "refeição|almoço no local|comida gratis|comida incluida|comida incluida|comidas "
     "incluidas|alimentación|comedor|питание|обед*|кормим|трёхразов*|трехразов*",
     CONDITION_WORD_MEALS},
    {"free dorm|dorm provided|dormitory|staff housing|free housing|housing provided|free "
     "accommodation|accommodation provided|accommodation by company|asrama|asrama "
     "disediakan|mess|mess gratis|tempat tinggal disediakan|penginapan percuma|hostel "
     "disediakan|hostel percuma|宿舍|包住|供住宿|提供住宿|免费住宿|chỗ ở miễn phí|bao ở|có chỗ "
     "ở|ký túc xá|มีที่พัก|ที่พักฟรี|หอพักฟรี|ที่พักให้|libreng bahay|libre bahay|stay-in|stay in|free "
     "bahay|寮完备|寮费无料|寮あり|기숙사|숙소제공|रहना फ्री|रहने की सुविधा|থাকা "
     "ফ্রি|ស្នាក់នៅ|កន្លែងស្នាក់នៅ|အဆောင်|ທີ່ພັກ|ພັກຟຣີ|moradia|alojamento|alojamiento|hospedaje|vivienda "
     "incluida|жильё|жилье|проживание|общежитие|с жильем|с жильём",
     CONDITION_WORD_LODGING},
    {"may penalty|with penalty|penalty if|multa si|multa por salir|multa se|multa "
     "caso|penalización|штраф при|штраф за уход|штраф за увольнение|неустойка|penalti "
     "kalau|penalti jika|penalti sekiranya|denda rm|denda kalau|denda jika|denda "
     "bila|หักเงินถ้าออก|중도퇴사 위약금|bồi thường|đền bù hợp đồng|ពិន័យ|ဒဏ်ကြေး|ປັບໃຫມ",
     CONDITION_WORD_PENALTY},
    {"kasbon|cash advance|salary advance|advance salary|advance payment|可预支|预支工资|预支|ứng "
     "lương|ứng trước|เบิกล่วงหน้า|เบิกเงินล่วงหน้า|가불|선불|advance gaji|adelanto de "
     "sueldo|adelanto|adiantamento|adiantamento de salário|аванс|अग्रिम|एडवांस|অগ্রিম "
     "বেতন|অগ্রিম|前借|前払い|ເບີກລ່ວງຫນ້າ|បើកប្រាក់មុន|ကြိုတင်ငွေ",
     CONDITION_WORD_ADVANCE},
    {"包吃住|包食宿|供膳宿|管吃住|bao ăn ở|ăn ở miễn phí|food and accommodation|accommodation and "
     "food|free bahay at pagkain|숙식제공|रहना खाना|खाना रहना|থাকা খাওয়া|থাকা "
     "খাওয়া|နေစားငြိမ်း|กินอยู่ฟรี|makan minum ditanggung|makan dan tempat tinggal",
     CONDITION_WORD_BOARD},
};

/* Days of the week that are off. */
static const struct word_row WEEKDAY_ROWS[] = {
    {"monday|mondays|senin|isnin|周一|星期一|礼拜一|thứ 2|thứ "
     "hai|t2|วันจันทร์|lunes|пн|понедельник*|सोमवार|সোমবার|월요일|月曜|segunda|segundas|lunes",
     0},
    {"tuesday|tuesdays|selasa|周二|星期二|thứ 3|thứ "
     "ba|วันอังคาร|martes|вторник*|मंगलवार|মঙ্গলবার|화요일|火曜|terça|terças",
     1},
    {"wednesday|rabu|周三|星期三|thứ 4|thứ "
     "tư|วันพุธ|miércoles|сред*|बुधवार|বুধবার|수요일|水曜|quarta|quartas|miyerkules",
     2},
    {"thursday|kamis|khamis|周四|星期四|thứ 5|thứ "
     "năm|วันพฤหัส|jueves|четверг*|गुरुवार|বৃহস্পতিবার|목요일|木曜|quinta|huwebes",
     3},
    {"friday|fridays|jumat|jum'at|jumaat|周五|星期五|thứ 6|thứ "
     "sáu|วันศุกร์|viernes|пятниц*|शुक्रवार|শুক্রবার|금요일|金曜|sexta|biyernes",
     4},
    {"saturday|saturdays|sat|sabtu|周六|星期六|thứ 7|thứ "
     "bảy|t7|วันเสาร์|sábado|sábados|sabado|суббот*|сб|शनिवार|শনিবার|토요일|土曜|ថ្ងៃសៅរ៍",
     5},
    {"sunday|sundays|sun|minggu|ahad|周日|星期日|星期天|礼拜天|chủ "
     "nhật|cn|วันอาทิตย์|อาทิตย์|domingo|domingos|воскресень*|вс|रविवार|রবিবার|일요일|日曜|linggo|"
     "ថ្ងៃអាទិត្យ|တနင်္ဂနွေ|ວັນອາທິດ",
     6},
};

static const struct word_row AT_MOST_ROWS[] = {
    {"max|max.|maks|maks.|maksimal|maksimum|maximum|under|below|up to|not over|di "
     "bawah|dibawah|bawah|tối "
     "đa|dưới|ไม่เกิน|不超过|以下|까지|hanggang|до|até|hasta|máximo|अधिकतम|সর্বোচ্চ",
     0},
};

static const struct word_row VISA_ROWS[] = {
    {"turis|tourist|tourism|wisata|旅游|观光|du lịch|du "
     "lich|ท่องเที่ยว|관광|pariwisata|pelancong|turista|turístico|turístico|туристическ*|पर्यटक|টুরিস্ট|"
     "ট্যুরিস্ট|ទេសចរណ៍|ခရီးသွား",
     VISA_TOURIST},
    {"kerja|work|working|employment|工作|工签|劳工|lao động|lao "
     "dong|ทํางาน|취업|就劳|trabajo|trabalho|рабоч*|work "
     "permit|ওয়ার্ক|वर्क|កម្មករ|business|bisnis|商务|trabaho|pekerja|kerjanya",
     VISA_WORK},
    {"kunjungan|visit|visiting|lawatan|探亲|thăm thân|เยี่ยม|방문|гостев*|social", VISA_VISIT},
};

static const struct word_row SPAN_ROWS[] = {
    {"seminggu|per minggu|a week|per week|/week|weekly|/minggu|每周|一周|周|mỗi "
     "tuần|tuần|สัปดาห์|อาทิตย์|주|주당|semana|por semana|неделю|सप्ताह|সপ্তাহ|សប្តាហ៍|linggo|毎周|周休",
     OFF_WEEK},
    {"sebulan|per bulan|a month|per month|/month|monthly|/bulan|/bln|bulan|每月|一月|月|mỗi "
     "tháng|tháng|thang|เดือน|월|달|mes|mês|в месяц|месяц*|महीने|মাসে|ខែ|လ|buwan",
     OFF_MONTH},
};

/* Beside "experience": it is not asked. */
static const struct word_row WAIVED_BEFORE_ROWS[] = {
    {"tanpa|tanpa perlu|tidak perlu|tdk perlu|gak perlu|ga perlu|nggak perlu|tidak butuh|tidak "
     "wajib "
     "ada|tidak harus punya|tidak memerlukan|tidak mensyaratkan|belum ada|belum punya|belum "
     "memiliki|non|tiada|tak perlu|tidak memerlukan apa-apa|no|no prior|no previous|no work|no "
     "sales|no relevant|without|without any|without prior|without previous|zero|no need for|do not "
     "need|don't need|does not require|walang|kahit walang|hindi kailangan ng|hindi kailangan "
     "ang|di kailangan ng|sin|no se requiere|no se necesita|no necesitas|no requiere|no "
     "pedimos|sem|não "
     "exige|não exigimos|não precisa de|não precisa ter|não é necessária|não requer|без|без "
     "требований к|не нужен|не требуется|không cần|không yêu cầu|không đòi hỏi|chưa có|không cần "
     "có|khong can|बिना|बगैर",
     WAIVER_APART},
    {"不限|免|无|无需|毋须|不需|不需要|不用|不要求|不看|不问|零|没有|没|无须|不拘|未|ไม่ต้องมี|ไม่จํากัด|"
     "ไม่จําเป็นต้องมี|ไม่มี|ไม่ต้องการ|ไม่เน้น|မလိုအပ်သော|មិនត្រូវការ|មិនចាំបាច់មាន|គ្មាន|ບໍ່ຕ້ອງມີ|ບໍ່ຈໍາກັດ|ບໍ່ມີ|"
     "무|노",
     WAIVER_TOUCHING},
};

static const struct word_row WAIVED_BEHIND_ROWS[] = {
    {"不限|不拘|不问|不要求|无要求|没要求|要求不限|均不限|都不限|皆不限|和学历不限|与学历不限|"
     "及学历不限|、学历不限|"
     "/学历不限|学历不限|年限不限|均可|不是问题|不重要|tidak diperlukan|tidak perlu|tidak "
     "wajib|tidak "
     "diutamakan|tidak dibutuhkan|tidak disyaratkan|tidak masalah|tidak dipentingkan|kerja tidak "
     "diperlukan|kerja tidak wajib|tak diperlukan|tak perlu|not required|is not required|not "
     "needed|is not needed|not necessary|is not necessary|not essential|not a must|is not a "
     "must|unnecessary|hindi kailangan|hindi required|không cần|không bắt buộc|không yêu cầu|không "
     "quan trọng|ไม่จําเป็น|ไม่จํากัด|무관|불문|없음|없어도|상관없음|필요없음|필요 없음|不要|no "
     "requerida|no necesaria|no indispensable|no es necesaria|no es requisito|no excluyente|não "
     "exigida|não necessária|não é necessária|não obrigatória|não é obrigatória|не требуется|не "
     "нужен|не обязателен|не важен|не обязательно|работы не требуется|работы не нужен|работы не "
     "обязателен|की जरूरत नहीं|की आवश्यकता नहीं|जरूरी नहीं|अनिवार्य नहीं|आवश्यक नहीं|नहीं चाहिए|লাগবে "
     "না|প্রয়োজন নেই|আবশ্যক নয়|ছাড়া|ছাড়াই|មិនចាំបាច់|မလို|မလိုပါ|မရှိ|မရှိလည်းရ",
     0},
};

/* Beside a handle: a network that no ad is answered on. */
static const struct word_row ELSEWHERE_ROWS[] = {
    {"instagram|insta|ig|twitter|tiktok|tik "
     "tok|threads|youtube|facebook|fb|x.com|snapchat|linkedin|pinterest|reddit|github|medium|weibo|"
     "微博|抖音|小红书|인스타|인스타그램|インスタ|инстаграм*",
     0},
};

#define TABLE(id, rows)                                                                            \
    {                                                                                              \
        id, rows, sizeof(rows) / sizeof(rows)[0]                                                   \
    }
const struct word_table CONDITION_TABLES[CONDITION_TABLES_COUNT] = {
    TABLE(WORDS_CONDITION, CONDITION_ROWS),
    TABLE(WORDS_VISA_KIND, VISA_ROWS),
    TABLE(WORDS_WEEKDAY, WEEKDAY_ROWS),
    TABLE(WORDS_AT_MOST, AT_MOST_ROWS),
    TABLE(WORDS_SPAN, SPAN_ROWS),
    TABLE(WORDS_ELSEWHERE, ELSEWHERE_ROWS),
    TABLE(WORDS_WAIVED_BEFORE, WAIVED_BEFORE_ROWS),
    TABLE(WORDS_WAIVED_BEHIND, WAIVED_BEHIND_ROWS),
};
