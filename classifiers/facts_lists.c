/* facts_lists.c - the words that facts are told by, in the languages of our ads; see facts_words.h.
 *
 * Written as folded text has them: small letters, NFKC, Simplified Chinese (also for Japanese).
 * tests/unit/classifiers_fact_lines.c proves that each stays so. */
#include "classifiers/conditions_parts.h"
#include "classifiers/places_parts.h"
#include "common/verdict.h"

#include <assert.h>
#include <pthread.h>

/* ---- contacts ---- */

/* How an address of a messenger begins, in text or in a link; the rest are links that hide where they
 * lead, and pages of links. */
static const struct word_row LINKS[] = {
    {"wa.me/message/|chat.whatsapp.com/|whatsapp.com/channel/|wa.link/",
     CONTACT_WHATSAPP | LINK_CODE},
    {"wa.me/|api.whatsapp.com/send?phone=|api.whatsapp.com/send/?phone=|whatsapp://"
     "send?phone=|wasap.my/",
     CONTACT_WHATSAPP | LINK_PHONE},
    {"t.me/joinchat/|telegram.me/joinchat/", CONTACT_TELEGRAM | LINK_CODE},
    {"t.me/|telegram.me/|telegram.dog/|tg://resolve?domain=|t . me/|t. me/|t "
     ".me/|t,me/|t(.)me/|t(dot)me/|t (dot) me (slash)|t (dot) me/|t [dot] me/|t[dot]me/|t dot me "
     "slash|t. me /|t . me /|t[.]me/|t dot me/",
     CONTACT_TELEGRAM},
    {"line.me/ti/p/|line.me/r/ti/p/|line.me/ti/g/|line.me/ti/g2/|line.me/r/ti/g/|lin.ee/",
     CONTACT_LINE | LINK_CODE},
    {"page.line.me/", CONTACT_LINE},
    {"u.wechat.com/", CONTACT_WECHAT | LINK_CODE},
    {"zalo.me/g/", CONTACT_ZALO | LINK_CODE},
    {"zalo.me/", CONTACT_ZALO | LINK_PHONE},
    {"open.kakao.com/o/", CONTACT_KAKAO | LINK_CODE},
    {"open.kakao.com/|pf.kakao.com/", CONTACT_KAKAO},
    {"viber.click/|viber://chat?number=", CONTACT_VIBER | LINK_PHONE},
    {"invite.viber.com/", CONTACT_VIBER | LINK_CODE},
    {"signal.me/|signal.group/", CONTACT_SIGNAL | LINK_CODE},
    {"bit.ly/|cutt.ly/|tinyurl.com/|s.id/|shorturl.at/|rb.gy/|t.ly/|is.gd/|v.gd/|linktr.ee/"
     "|lynk.id/|goo.gl/|forms.gle/|t.cn/|dwz.cn/|url.cn/|suo.im/|qrco.de/|m.me/|fb.me/|me2.kr/"
     "|han.gl/|bom.so/|reurl.cc/|lihi.cc/|lihi1.com/|pse.is/|ppt.cc/|clck.ru/|vk.cc/|taplink.cc/"
     "|heylink.me/|beacons.ai/|shorte.st/|ow.ly/|tiny.cc/|bitly.ws/|discord.gg/",
     LINK_SHORT},
};

static const struct word_row MESSENGERS[] = {
    {"whatsapp|whats "
     "app|whatssapp|watsapp|wasap|whatsap|wa|wapp|w.a|w/"
     "a|wsp|whatsaap|wassap|วอทแอพ|วอตส์แอป|ватсап|вотсап|вацап|whatsapp|व्हाट्सएप|व्हाट्सऐप|হোয়াটসঅ্যাপ|"
     "왓츠앱|ワッツアップ|zap|zapzap|واتساپ|واتساب|whatapp|watsap|wasapp|whatsup|whatsaps|whtsapp|"
     "whatsp|wathsapp|whasapp|whatssap|whatsappp|whatshapp|watsup|wattsapp|watapp|whats|wsapp|w."
     "app|w app|wasup|guasap|wtsp|wts|was "
     "app|วอทส์แอพ|วอตแอป|วอทแอป|วอตส์แอพ|вацапп|ватсапп|вотцап|вотс "
     "ап|व्हाट्सअप|व्हाट्सप|वाट्सएप|वाट्सअप|वाट्सप|व्हाट्स ऐप|वाट्सऐप|হোয়াটসএপ|হোয়াটস "
     "অ্যাপ|হোয়াটসআপ|ওয়াটসঅ্যাপ|ワッツアプ|와츠앱|왓챕|ວອດແອັບ|ວັອດແອັບ|វ៉ាត់សាប់|វតសាប់|វ៉ាតសាប់|ဝက်စ်အက်|ဝပ်ဆပ်|"
     "whatsapp business|瓦次",
     CONTACT_WHATSAPP},
    {"telegram|teiegram|telegrm|telgram|tele|tg|tlg|飞机|小飞机|纸飞机|电报|飞机号|tele "
     "gram|テレグラム|テレグラ|텔레그램|텔레|텔그|텔레그렘|телеграм|телеграмм|тг|телега|टेलीग्राम|"
     "টেলিগ্রাম|เทเลแกรม|เทเล|ቴሌግራም|តេឡេក្រាម|တယ်လီဂရမ်|تلگرام|tgram|t.gram|telegramm|telegam|telgrm|"
     "telegran|tellegram|telegarm|teligram|telegrame|telegrams|tlgrm|tlgr|teleg|t-gram|纸飞机号|"
     "tg号|电报号|телеграмм*|телеге|телегу|телегр*|тгк|টেলি|টেলিগ্রামে|टेलिग्राम|टेलीग्रा|เทเรแกรม|"
     "เทเลเเกรม|តេលេក្រាម|តេលេ|ເທເລແກຣມ|ເທເລແກມ|ເທເລກຣາມ|တယ်လီ|တီဂျီ|텔레그람|ᄐᄅグ|telegram id",
     CONTACT_TELEGRAM},
    {"line id|line|lineid|ไลน์|ไลน|id "
     "line|idline|加赖|赖|ライン|라인|ไอดีไลน์|แอดไลน์|แอดไลน|ไลน์ไอดี|ไอดีไลน|line oa|id "
     "line:|加line|赖id|官方赖|赖账号|line账号|ラインid|라인아이디|ໄລນ໌|ໄລນ|লাইন আইডি",
     CONTACT_LINE},
    {"wechat|we chat|weixin|微信|威信|微 信|薇信|卫星|加v|vx|wx|v信|+v|微信号|위챗|วีแชท|вичат|vi "
     "chat|wechet|wecaht|we-chat|weichat|微x|徽信|薇芯|威x|维信|围信|嶶信|w信|绿泡泡|绿泡|wx号|"
     "vx号|wechat id|ဝီချက်|วีแชต|위쳇|웨이신|ウィーチャット|ວີແຊັດ|វីឆាត",
     CONTACT_WECHAT},
    {"zalo|dalo|za lo|zl|zallo|zaloo|zalô|da lo|zalo sđt|잘로|ซาโล|ザロ", CONTACT_ZALO},
    {"kakaotalk|kakao talk|kakao|ka "
     "talk|katalk|카카오톡|카톡|카카오|카톡아이디|カカオトーク|カカオ|카카오 톡|카 "
     "톡|카톡id|까톡|cacao talk|kakaotalkid|카톡오픈채팅|คาเคา|カカオid",
     CONTACT_KAKAO},
    {"viber|вайбер|ဗိုင်ဘာ|ไวเบอร์|vibr|weiber|vaiber|วิเบอร์|ဗိုက်ဘာ|ဘိုင်ဘာ|ဗိုင်ဗာ|바이버|バイバー|ваибер|"
     "ভাইবার|वाइबर",
     CONTACT_VIBER},
    {"signal|シグナル|시그널|сигнал|signal app|ซิกแนล|সিগন্যাল", CONTACT_SIGNAL},
};
static const struct word_row HANDLE_TAILS[] = {
    {"id|ไอดี|account|akun|user|username|contact|号|账号|号码|me|kami|saya|di|ke|是|to|on|at|us|ke:|"
     "아이디|id는|no|nomor|num|hr|admin|aku|ni|please|acc|usn|iд|ник|คือ|ชื่อ|qua|kết "
     "bạn|thêm|加|搜索|搜|联系|チャンネル|まで|追加|channel|group|grup|bot|hub|hubungi|chat|dm|pm|:"
     "|id:|handle|name|akaun|nama|ไอดี:|ไอดีคือ|แอด|ทัก|号是|号为|请加|账户|我|找我|닉네임|아이디:|"
     "juga|aja|only|chat ke|add|msg|message|sms|me on|писать|пишите|пиши|в "
     "лс|аккаунт|логин|ном|नं|नंबर|आईडी|আইডি|নাম্বার|নম্বর|লিখুন|करें|ລະຫັດ|ໄອດີ|លេខ|ឈ្មោះ|နံပါတ်|အကောင့်|"
     "usuario|usuário|cuenta|conta|đây|của|add mình|acc:|nick|pls|plz|via|by",
     0},
};
static const struct word_row CALLS[] = {
    {"call|phone|tel|tel.|telp|telp.|tlp|tlp.|telepon|telefon|hp|hp.|no "
     "hp|nohp|mobile|mob|cell|contact|contacts|contact "
     "no|hotline|text|sms|hubungi|hub|hub.|kontak|nomor|nomer|narahubung|cp|cp.|no.|h/"
     "p|talian|dail|电话|手机|手机号|联系|联系方式|致电|热线|微信同号|电联|sđt|sdt|đt|điện "
     "thoại|liên "
     "hệ|gọi|lh|hotline|โทร|โทร.|เบอร์|เบอร์โทร|ติดต่อ|โทรศัพท์|tawag|tumawag|itext|连络先|电话番号|携带|"
     "연락처|전화|문의|번호|फोन|फ़ोन|मोबाइल|कॉल|संपर्क|নম্বর|ফোন|মোবাইল|যোগাযোগ|কল|ទូរស័ព្ទ|លេខទូរស័ព្ទ|"
     "ទំនាក់ទំនង|ဖုန်း|ဆက်သွယ်ရန်|telefone|ligue|celular|fone|contato|teléfono|telefono|llama|llamar|móvil|"
     "contacto|тел|тел.|телефон|звоните|звонить|номер|связь|emoji:phone|ring|reach|reach "
     "us|tlf|tlfn|tlm|tfno|tel no|ph|ph.|ph no|phno|pls call|wasap|whatsapp "
     "only|txt|itxt|cel|cel.|cp no|cp#|numero|número|móv|movil|telp/wa|kontak hp|no tel|no. "
     "tel|notel|tel bimbit|h/p no|đt "
     "bàn|alo|sdt:|inbox|เบอร์ติดต่อ|เบอร์โทรศัพท์|สายด่วน|打电话|拨打|电洽|전번|폰|お电话|फोन नं|मोबाइल "
     "नं|नंबर|फोन नंबर|নাম্বার|মোবাইল নং|ইমো|imo|फ़ोन "
     "नं|ဖုန်းနံပါတ်|ဖုန်းနံပါတ်|ໂທ|ໂທລະສັບ|ເບີ|ເບີໂທ|ເບີໂທລະສັບ|ຕິດຕໍ່|លេខ|ទូរសព្ទ|ទាក់ទង|smart|metfone|cellcard|"
     "chame|chamar|fala com|fale com|falar "
     "com|ligar|telemóvel|contactar|llámame|llámanos|comunícate|информация по "
     "тел|моб|моб.|тел:|звони|пишите",
     0},
};
static const struct word_row IDENTITIES[] = {
    {"nik|no ktp|ktp|npwp|kk no|cmnd|cccd|cmt|mst|id no|id number|passport no|passport "
     "number|aadhaar|aadhar|pan "
     "no|gstin|cin|cpf|cnpj|cep|rg|ruc|rut|nit|dni|curp|rfc|инн|огрн|огрнип|кпп|снилс|р/"
     "с|бик|身份证|身份证号|统一编号|统编|工号|营业执照|社会信用代码|证号|许可证号|许可番号|"
     "法人番号|사업자등록번호|사업자번호|주민등록번호|เลขประจําตัว|เลขผู้เสียภาษี|เลขบัตรประชาชน|"
     "ใบอนุญาตเลขที่|license no|licence no|lic no|lic. no|registration no|reg. no|reg "
     "no|brn|ssm|tin|vat|account no|a/c no|acc no|rekening|no rek|norek|số tk|stk|số tài "
     "khoản|银行卡|银行卡号|账号号码|бик|счет|cuenta bancaria|conta corrente|ref no|ref. "
     "no|vacancy no|job order",
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
     "vấn|สัมภาษณ์|temu duga|temuduga|tes di|test di|walk "
     "in|walk-in|면접|panayam|इंटरव्यू|साक्षात्कार|সাক্ষাৎকার|собеседован*|entrevista|entrevistas|សម្ភាសន៍|"
     "အင်တာဗျူး|psikotes di|briefing di|seleksi di|apply at|apply in person at|apply personally "
     "at|walk in at|walk-in at|apply sa|mag-apply sa|apply po sa|datang langsung ke|datang ke "
     "kantor|submit at|submit cv at|temu duga di|hadir temuduga|面试在|面试地|面试地址|初试|phỏng "
     "vấn tại|phỏng vấn ở|สัมภาษณ์ที่|สมัครที่|สมัครได้ที่|面接地|面接会场|面接场所|면접지|면접장소|interview "
     "sa|interbyu|साक्षात्कार स्थान|ইন্টারভিউ|សម្ភាស|ສໍາພາດ|အင်တာဗျူးနေရာ|entrevista en|entrevista "
     "em|entrevistas en|entrevistas em|presentarse en|интервью",
     PLACE_INTERVIEW},
    {"via|lewat|kumpul di|kumpul|transit|transit di|singgah|经由|经过|途经|qua cửa|qua cửa "
     "khẩu|quá cảnh|cửa khẩu|meeting point|berkumpul di|melalui|through|stopover|layover|titik "
     "kumpul|集合|转机|过境|ผ่าน|ต่อรถ|แวะ|経由|经由して|경유|через|транзит*|vía|escala en|pasando "
     "por|mula sa pantalan ng|dumaan sa|hanggang|ឆ្លងកាត់|မှတဆင့်|border at|ด่าน|exit via|exit "
     "through|cross from|crossing from|cross at|nyebrang dari|menyeberang dari|nyeberang "
     "dari|transit ke|singgah "
     "di|ข้ามจาก|ข้ามที่|ผ่านทาง|จุดนัดพบ|นัดเจอที่|ขึ้นรถที่|集合地点|集合地|经停|转机地|중간경유|경유지|经由地|"
     "dadaan sa|daan sa|daan ng|backdoor sa|tập trung tại|tập kết tại|quá cảnh tại|escala "
     "em|passando por|con escala en|с пересадкой в|транзитом|ຜ່ານ|ຂ້າມຈາກ|ຕໍ່ລົດ|ឆ្លងតាម|តាមរយៈ",
     PLACE_TRANSIT},
    {"dari|asal|domisili|from|ktp|berangkat dari|keberangkatan dari|departure "
     "from|departing|depart from|bay từ|xuất phát "
     "từ|từ|quê|สัญชาติ|จาก|khusus|来自|出发|从|warga|wni|warganegara|citizens of|taga|mula "
     "sa|galing|galing sa|출발|출신|국적|出身|国籍|из|граждане|гражданство|desde|de "
     "nacionalidad|nationality|nationals of|passport of|fly from|flight from|से|থেকে|candidates "
     "from|applicants from|asal daerah|orang|người|cari orang|orang asli|khas untuk "
     "orang|penduduk|warga asal|putra daerah|open to candidates from|open to applicants "
     "from|residents of|locals of|applicants in|candidates in|staff from|workers from|nurses "
     "from|people from|girls from|boys from|fly out from|flying out from|flying "
     "from|departure|departs from|leave from|leaving from|naik dari|bertolak dari|terbang "
     "dari|start dari|taga-|mga taga|招聘对象|面向|籍贯|来自于|ưu tiên các bạn ở|ưu tiên ở|các bạn "
     "ở|khởi hành từ|đi từ|ออกจาก|ออกเดินทางจาก|รับคน|คน|出身地|出発地|출신지|출발지|sales de|sales "
     "desde|salen de|salida de|salida desde|saliendo de|saliendo desde|saindo de|saida de|saída "
     "de|partindo de|vuelo desde|residentes en|residentes em|residente em|candidatos de|из "
     "города|вылет из|выезд из|вылетаем из|для жителей|жители|граждан|ចេញពី|មកពី|ອອກຈາກ|ຄົນ|မှလာ",
     PLACE_SOURCE},
    {"kantor pusat|head office|head-office|headquarter|headquarters|headquartered|hq|based "
     "in|registered in|总部|总公司|总部位于|berpusat di|pusat di|didirikan|ibu pejabat|trụ sở|trụ "
     "sở chính|văn phòng chính|สํานักงานใหญ่|本社|본사|punong tanggapan|मुख्यालय|হেড অফিস|প্রধান "
     "কার্যালয়|головной офис|штаб-квартира|sede|sede en|sede em|matriz|matriz "
     "em|ទីស្នាក់ការកណ្តាល|ရုံးချုပ်|perusahaan di bawah|incorporated in|kantor kami di|office kami di|our "
     "head office is in|our office is in|main office|corporate office|parent company in|registered "
     "office|syarikat dari|ibu pejabat di|公司在|公司位于|总公司在|集团总部|总部设在|总部在|trụ sở "
     "tại|trụ sở chính tại|công ty ở|công ty tại|สํานักงานใหญ่ที่|สํานักงานใหญ่อยู่ที่|本社所在地|본사는|본사 "
     "위치|main office sa|головной офис в|офис компании|зарегистрирован* в|con sede en|com sede "
     "em|oficina central en|casa matriz en|ការិយាល័យកណ្តាល|ការិយាល័យធំ|ទីស្នាក់ការ|ສໍານັກງານໃຫຍ່|मुख्य "
     "कार्यालय|हेड ऑफिस|ဌာနချုပ်|ရုံးချုပ်က",
     PLACE_EMPLOYER_SEAT},
    {"deploy|deployed|deployment|idedeploy|papuntang|papunta sa|patungong|work site|worksite|work "
     "place|workplace|site in|в|penempatan|penempatan di|ditempatkan di|lokasi|lokasi kerja|kerja "
     "di|kerja|bekerja di|work in|working in|location|placement|placed in|onsite in|tempat "
     "kerja|tempat bertugas|lokasi penempatan|job in|jobs in|posted "
     "to|to|for|ke|untuk|utk|工作地点|地点|工作地|上班地点|去|到|前往|赴|làm việc tại|địa điểm|nơi "
     "làm việc|làm "
     "tại|sang|qua|đi|ทํางาน|ทํางานที่|สถานที่ทํางาน|ไปทํางาน|ประจํา|ไป|勤务地|就业场所|근무지|근무|"
     "근무장소|"
     "trabaho sa|काम|কর্মস্থল|কাজ|работа в|место работы|trabajo en|trabalho "
     "em|ធ្វើការនៅ|အလုပ်နေရာ|needed for|required for|wanted for|hiring for|bound for|final "
     "destination|workplace:|based at|based on|site is in|posting|posted in|deployed to|penempatan "
     "kerja|tempat tugas|lokasi penempatan:|kerja kat|kerja dekat|buat kerja "
     "di|上班地|工作在|驻|派往|派驻|làm ở|nơi làm|làm việc ở|đi làm|đi làm "
     "ở|ทํางานใน|งานที่|ไปทํางานที่|勤务地は|勤务先|근무 위치|일하는 곳|destino sa|para sa|काम करने की "
     "जगह|जॉब|নিয়োগ|কাজের স্থান|ទីកន្លែងធ្វើការ|ធ្វើការ|ເຮັດວຽກຢູ່|ເຮັດວຽກ|ໄປເຮັດວຽກ|ສະຖານທີ່|အလုပ်လုပ်ရန်|puesto "
     "en|vacante en|empleo en|para trabajar en|vaga em|vagas em|vaga no|trabalho no|trabalho "
     "na|para trabalhar em|работать в|вакансия в|место:|на работу в|работа на",
     PLACE_DESTINATION},
    {"flight to|flights to|ticket to|fly to|fly into|flying to|fly you to|land in|landing "
     "in|arrive in|arrive at|arrival in|arriving in|pick up at|pick you up at|picked up at|pickup "
     "at|pick-up at|pickup in|met at|airport in|terbang ke|penerbangan ke|pesawat ke|tiket "
     "ke|mendarat di|tiba di|dijemput di|jemput di|penjemputan di|penerbangan|tiket pesawat ke|bay "
     "đến|bay sang|bay tới|vé máy bay đến|xe đón tại|đón tại|đón ở|xe đón ở|đón khách "
     "tại|รับที่|มารับที่|บินไป|บินไปลง|ลงที่|ลงเครื่องที่|ตั๋วไป|飞|飞往|飞到|落地|到达|抵达|接机|机票到|先到|"
     "先去|先飞|到着|に到着|航空券|летим до|летим в|прилет в|прилёт в|прилетаете в|перелет "
     "в|перелёт в|перелет до|билет до|билет в|встреча в|vuelo a|vuelo hasta|vuelas a|llegas "
     "a|llegada a|aterrizas en|te recogen en|voo para|voo até|chegada em|chegando em|lipad "
     "sa|lilipad sa|susunduin sa|sundo sa|ບິນໄປ|ຮັບຢູ່|លោះទៅ|ហោះទៅ|ទទួលនៅ",
     PLACE_ARRIVAL},
};
static const struct word_row ROLES_AFTER[] = {
    {"机场出发|에서 출발|से|出发|出身|国籍|籍|から|出発|출발|출신|국적|မှ|से "
     "हैं|থেকে|nationals|nationality|citizens|passport|passport "
     "holders|passports|人优先|人均可|籍优先|户籍|出身者|출신자|preferred|applicants|applicants "
     "only|candidates|candidates only|locals only|diutamakan|ưu tiên|के लड़के|के लोग|থেকে যাত্রা|ကနေ",
     PLACE_SOURCE},
    {"မှာ|တွင်|근무|근무지|에서 근무|취업|勤务|で勤务|に勤务|で就业|上班|工作|में काम|में जॉब|में नौकरी|এ "
     "কাজ|তে কাজ|ကိုသွား|で働",
     PLACE_DESTINATION},
    {"面试|面谈|면접|で面接|で面接|interview|interviews|wawancara|इंटरव्यू|में इंटरव्यू|में साक्षात्कार|에서 "
     "면접|에서면접|에서 인터뷰|面试地点|初试|で面谈|অফিসে সাক্ষাৎকার|সাক্ষাৎকার|ইন্টারভিউ|में "
     "मिलें|ဝင်အင်တာဗျူး",
     PLACE_INTERVIEW},
    {"经由|转机|过境|集合|경유|transit|経由|होते|হয়ে|border|छोड़|မှတဆင့်|होकर|होते हुए|के "
     "रास्ते|经由で|转车|转机去|中转|에서 환승|환승|경유해서|ကတဆင့်|တဆင့်|កាត់|layover|stopover",
     PLACE_TRANSIT},
    {"总部|总公司|本社|본사|headquarters|head office|hq|based company|based firm|based "
     "agency|based group|based employer|-based company|-based "
     "group|licensed|-licensed|registered|-registered|headquartered|持牌|注册|总部位于|本店|に本社|"
     "에 본사",
     PLACE_EMPLOYER_SEAT},
    {"airport|airport pickup|bandara|lapangan terbang|สนามบิน|sân "
     "bay|аэропорт|机场|机场接|空港|공항|공항 픽업|에서 "
     "픽업|픽업|एयरपोर्ट|বিমানবন্দর|ព្រលាន|aeropuerto|aeroporto",
     PLACE_ARRIVAL},
};

static const struct word_row ANDS[] = {
    {"and|or|dan|atau|&|và|hoặc|และ|หรือ|at|o|y|e|u|ou|и|или|和|及|与|或|、|·|と|や|및|와|과|und|"
     "aur|और|या|এবং|ও|বা|និង|နှင့်|ແລະ|serta",
     0},
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
     "sạn|주식회사|(주)|ооо|оао|เทศบาล|โรงพยาบาล|dinas|kantor "
     "notaris|p3mi|restaurante|cafetería|panadería|padaria|supermercado|transportadora|зао|пао|тоо|"
     "ип|кафе|пекарня|ร้านอาหาร|ห้างหุ้นส่วนจํากัด|หจก.|ក្រុមហ៊ុន|ບໍລິສັດ",
     COMPANY_BEFORE},
    {"sdn bhd|sdn. bhd|sdn. "
     "bhd.|berhad|inc|inc.|ltd|ltd.|limited|corp|corporation|llc|gmbh|s.r.o|a.s.|hotel|resort|"
     "restaurant|hospital|school|university|foundation|cafe|sp. z "
     "o.o|ltda|s.a.|pvt|plc|公司|集团|tnhh|酒店|餐厅|工厂|agency|bp2mi|manpower|sac|s.a.c|s.a.c.|s."
     "a.s|sas|srl|s.r.l|s.r.l..|s.l|eireli|s/a|(pvt) ltd|pvt. ltd|pvt. ltd.|pte ltd|pte. ltd.|co., "
     "ltd|co. ltd|প্রাইভেট লিমিটেড|লিমিটেড|গার্মেন্টস|ওভারসিজ|ট্রেডার্স|प्रा. लि.|प्रा.लि.|प्राइवेट "
     "लिमिटेड|लिमिटेड|मैनपावर|टेक्सटाइल|ကုမ္ပဏီလီမိတက်|有限公司|股份公司|工贸|sp z o.o",
     COMPANY_AFTER},
};
static const struct word_row NOBODIES[] = {
    {"*perusahaan asing*|*perusahaan luar negeri*|*perusahaan besar*|*perusahaan "
     "ternama*|*perusahaan online*|*grup besar*|*foreign company*|*overseas company*|*big "
     "company*|*abroad company*|*company abroad*|*listed group*|*our "
     "office*|*confidential*|*rahasia*|*perusahaan global*|*pt "
     "global*|海外公司|大公司|上市集团|*công ty nước ngoài*|บริษัทต่างชาติ|บริษัทจีน|*公司统一*|*công ty "
     "lớn*|*công ty lo*|*công ty bao*|*công ty hỗ "
     "trợ*|*บริษัททํา*|*บริษัทจัด*|*บริษัทออก*|*บริษัทดูแล*|*บริษัทมี*|*บริษัทชั้นนํา*|*บริษัทใหญ่*|*บริษัทรับผิดชอบ*|*"
     "leading company*|*reputable company*|*reputed company*|*well-known company*|*renowned "
     "company*|*tập đoàn lớn*|*perusahaan terkemuka*|*syarikat terkemuka*|*syarikat "
     "besar*|*empresa importante*|*importante empresa*|*empresa renomada*|*multinacional*|*крупная "
     "компания*|*крупную компанию*|*प्रतिष्ठित "
     "कंपनी*|*স্বনামধন্য*|*某大型*|*某知名*|*知名企业*|*大型集团*|*知名集团*|*대기업*|*kilalang "
     "kumpanya*",
     0},
};
static const struct word_row ADDRESSES[] = {
    {"jl|jl.|jln|jalan|street|st.|road|rd.|avenue|ave|blok|rt|rukan|ruko|gedung|building|tower|"
     "lantai|floor|kav|kelurahan|kecamatan|komplek|perumahan|kawasan|no.|lot|taman|lorong|đường|"
     "quận|phường|ngõ|tòa "
     "nhà|路|号|区|街|楼|大厦|ถนน|ซอย|แขวง|เขต|อาคาร|丁目|番地|로|길|동|plaza|mall|ulica|ul.|rua|"
     "calle|ул.|улица|highway|hwy|blvd|boulevard|plot|shop "
     "no|av.|av|avenida|carrera|cra|cra.|praça|travessa|rodovia|barrio|colonia|col.|проспект|пр-т|"
     "пер.|шоссе|р-н|रोड|मार्ग|गली|सेक्टर|प्लॉट|नगर|चौक|রোড|সড়ক|সড়ক|বাজার|হাউজ|থানা|ផ្លូវ|សង្កាត់|ខណ្ឌ|ភូមិ|"
     "လမ်း|မြို့နယ်|ရပ်ကွက်|ຖະຫນົນ|หมู่ที่|หมู่|ตําบล|อําเภอ|kcn|khu công "
     "nghiệp|ngách|hẻm|thôn|barangay|brgy|brgy.|street.|persiaran|lebuh|kampung|kg.|seksyen|jalan "
     "perusahaan",
     0},
};
static const struct word_row DUTIES[] = {
    {"tugas|tanggung jawab|tanggungjawab|jobdesk|job desc|job "
     "description|deskripsi|responsibilities|duties|responsible for|you "
     "will|kualifikasi|requirements|requirement|persyaratan|uraian|skop|职责|岗位|任职|工作内容|"
     "职位描述|mô tả|công việc|nhiệm vụ|yêu "
     "cầu|หน้าที่|รายละเอียด|คุณสมบัติ|仕事内容|업무|담당|obowiązki|обязанности|funciones|atividades|"
     "náplň|gawain|tungkulin",
     0},
};

/* ---- language ---- */

static const char *const SMALL_LANGUAGES[] = {"id", "ms", "tl", "vi", "es", "pt", "en"};
static const struct word_row SMALL[] = {
    {"dan|yang|di|untuk|dengan|kami|lowongan|loker|gaji|kerja|dibutuhkan|atau|tidak|bisa|minimal|"
     "usia|pria|wanita|segera|juta|jt|perusahaan|karyawan|hub|tanpa|luar|bln|penempatan|pengalaman|"
     "syarat",
     0},
    {"dan|yang|di|untuk|dengan|kami|jawatan|kosong|gaji|kerja|diperlukan|pekerja|tiada|boleh|rm|"
     "pengalaman|elaun|kekosongan|syarikat|pasport|penginapan|makan|minum|umur|sahaja|anda|luar "
     "negara|tawaran|kemboja",
     1},
    {"ang|ng|mga|sa|para|kami|naghahanap|sahod|po|walang|kailangan|trabaho|libreng|libre|hindi|"
     "lang|pwede|kung|may|na|at|ay|ka|mo|namin",
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
     "lulusan|ditanggung|rp|wni|paspor|kamboja|penempatan|minimal|cewek|cowok|gaji "
     "pokok|mess|berangkat",
     0},
    {"jawatan|kosong|diperlukan|syarikat|tiada|boleh|elaun|rm|pasport|kemboja|umur|tawaran|pekerja|"
     "kerja kosong|luar negara|ditaja|sahaja|anda|kekosongan|gaji pokok rm|spm|warganegara|hubungi",
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
    [WORDS_LINK] = ROWS(LINKS),
    [WORDS_MESSENGER] = ROWS(MESSENGERS),
    [WORDS_HANDLE_TAIL] = ROWS(HANDLE_TAILS),
    [WORDS_CALL] = ROWS(CALLS),
    [WORDS_IDENTITY] = ROWS(IDENTITIES),
    [WORDS_DIGIT] = ROWS(DIGITS),
    [WORDS_ROLE_BEFORE] = ROWS(ROLES_BEFORE),
    [WORDS_ROLE_AFTER] = ROWS(ROLES_AFTER),
    [WORDS_AND] = ROWS(ANDS),
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

#define POOL_WORDS 8192u
static struct word_entry pool[POOL_WORDS];
static struct word_list lists[WORDS_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void tables_join(const struct word_table *tables, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        TABLES[tables[i].id].rows = tables[i].rows;
        TABLES[tables[i].id].count = tables[i].count;
    }
}

static void lists_compile(void)
{
    size_t used = 0;
    tables_join(CONDITION_TABLES, CONDITION_TABLES_COUNT);
    tables_join(MONEY_TABLES, MONEY_TABLES_COUNT);
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

const char *small_language(int tag)
{
    return SMALL_LANGUAGES[tag];
}
