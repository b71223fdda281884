"""The reviewers' page read in Indonesian: every page and every way to fail says it in that language, and
what is not of it (a recorded reason, a command's own words) is marked as English."""

import glob
import os
import re
import sqlite3
import time
from html import unescape

from harness import ROOT, main, test
from page_client import Browser, Page, prepared

GIF = b'GIF89a\0\r\n--'
WORDS = 'Dicari operator judi online di Poipet, gaji 900 USD, tiket ditanggung'
ENGLISH = re.compile(r'\b(the|is|was|are|not|no|of|to|it|that|there|could|cannot|with|from|by|for|and|month|min|silent|failed)\b')


def indonesian(page, name):
    browser = Browser(page, name)
    browser.cookies['lurewatch_language'] = 'id'
    return browser


def english_in(text):
    """The English words that a reader or a screen reader gets as Indonesian."""
    text = re.sub(r'(?s)<(script|style)\b.*?</\1>|<span class="sources">.*?</span>', ' ', text)
    text = re.sub(r'<[^>]* lang="en"[^>]*>[^<]*', ' ', text)
    text = re.sub(r'<code>[^<]*</code>', ' ', text)
    attributes = re.findall(r'(?:title|alt|aria-label|data-[a-z]+)="([^"]*)"', text)
    shown = [unescape(line).strip() for line in re.sub(r'<[^>]+>', '\n', text).splitlines()] + attributes
    return [line for line in shown if ENGLISH.search(line) and not line.startswith(('No.', 'sent in', 'https://'))]


def says(answer, status, word=''):
    code, headers, text = answer
    assert code == status, (code, text[-1500:])
    if 'text/html' in headers['Content-Type']:
        assert '<html lang="id">' in text, text[:300]
    assert english_in(text) == [], english_in(text)
    assert word in text, (word, text[-1500:])
    return text


@test
def every_page_is_indonesian(place):
    prepared(place)
    place.write('sources/diam.yml', 'name: diam\ntitle: Papan\nstart:\n  - {url: \'https://diam.example/jobs\', as: listing}\n'
                'every: 1h\ncountry: ID\n')
    page = Page(place)
    ani, citra, dewi = (indonesian(page, name) for name in ('ani', 'citra', 'dewi'))
    case, other = ani.listed()[:2]
    assert citra.decide(other, 'claim')[0] == 303 and ani.decide(case, 'confirmed')[0] == 303
    run = place.rows('SELECT max(id) FROM sweep_runs')[0][0]
    with sqlite3.connect(place.path('lurewatch.db')) as store:
        store.execute('UPDATE rules SET silent = 2, last_hit = 1, changed_run = last_run + 1, changed = 3, ads = 50, expected = 1234'
                      ' WHERE id < 3')
        for kind in ('yield', 'field', 'canary', 'images', 'unreadable', 'rule', 'rule-dead'):
            store.execute('INSERT INTO alarms (run_id, at, source, kind, why) VALUES (?, ?, ?, ?, ?)',
                          (run, int(time.time() * 1000), 'board', kind, 'what it was told by'))
    assert ani.post('/case/%d/export' % case, format='csv')[0] == 200
    for path in ('/', '/?state=all', '/case/%d' % case, '/case/%d' % other, '/send', '/requests', '/sources', '/patterns', '/report', '/audit'):
        says(ani.get(path), 200)
    shown = says(ani.get('/case/%d' % other), 200, 'Tidak disebut, dari enam hal')
    missing = re.search('Tidak disebut, dari enam hal</th><td><bdi>([^<]*)', shown).group(1).split(', ')
    assert 'alamat' in missing and set(missing) <= {'pemberi kerja', 'alamat', 'kontak', 'tugas', 'tempat kerja', 'gaji'}, missing
    assert 'USD / bulan' in shown
    says(ani.get('/audit'), 200, '<td>kasus %d</td>' % case)
    says(ani.get('/audit'), 200, '<td>dikonfirmasi</td>')
    says(ani.post('/patterns', do='count'), 200, '<td><bdi>aktif</bdi></td>')
    says(ani.post('/patterns', text=WORDS, pattern='operator'), 200)
    says(dewi.get('/send'), 200, 'tidak boleh')
    says(Browser(page).get('/login', **{'Accept-Language': 'id'}), 200, 'Kata sandi')


@test
def who_chooses_a_language_stays_where_they_are(place):
    prepared(place, lures=1)
    page = Page(place)
    ani = Browser(page, 'ani')
    for path in ('/case/1', '/sources', '/audit'):
        link = re.search('href="(/language/id[^"]*)"', ani.get(path)[2]).group(1)
        assert ani.get(link)[1]['Location'] == path, link
    for back in ('//evil.example', '/%5cevil.example', 'https://evil.example', '/a//evil.example', '/%0d%0aX:y', 'x', ''):
        status, headers, _ = ani.get('/language/id?back=' + back)
        assert status == 303 and headers['Location'] == '/' and 'X' not in headers, (back, headers)
    assert ani.get('/')[2].count('<html lang="id">') == 1
    shown = ani.get('/case/1')[2]
    assert '<title>Kasus 1 ' in shown and 'class="words" dir="auto" lang="id"' in shown, shown[:600]
    assert '<th>' not in shown and '<th>' not in ani.get('/sources')[2] + ani.get('/audit')[2], 'of a row or a column'


@test
def who_is_logged_out_is_told_so_whatever_was_sent(place):
    prepared(place, lures=1)
    page = Page(place)
    nobody = indonesian(page, None)
    for path in ('/send', '/case/1', '/patterns'):
        says(nobody.post(path, text='a' * 200000), 401, 'Anda belum masuk')
    says(nobody.post('/login', name='a' * 200000), 413, 'Lebih panjang')


@test
def no_sweep_for_days_is_an_alarm_and_the_audit_goes_back(place):
    prepared(place, lures=1)
    ani = Browser(Page(place), 'ani')
    shown = ani.get('/sources')[2]
    assert 'The last sweep: <time' in shown and 'No sweep has begun' not in shown, shown[:2000]
    with sqlite3.connect(place.path('lurewatch.db')) as store:
        store.execute('UPDATE sweep_runs SET started = started - 3 * 86400000')
    assert 'No sweep has begun for days' in ani.get('/sources')[2]
    assert 'Older' not in ani.get('/audit')[2]
    for n in range(220):
        assert ani.decide(1, 'note', note='catatan %d.' % n)[0] == 303
    older = re.search('href="(/audit[?]until=[0-9]+)"', ani.get('/audit')[2]).group(1)
    assert 'catatan 0.' not in ani.get('/audit')[2] and 'catatan 0.' in ani.get(older)[2]


@test
def a_source_file_that_is_wrong_does_not_hide_the_others(place):
    prepared(place, lures=1)
    place.write('sources/rusak.yml', 'nonsense\n')
    page = Page(place)
    ani = indonesian(page, 'ani')
    shown = says(ani.get('/sources'), 200, 'tidak terbaca')
    assert shown.count('<bdi>board</bdi>') == 2 and 'rusak.yml:1:1: ' in shown, shown[-1500:]
    assert 'cannot be read' in Browser(page, 'ani').get('/sources')[2]
    os.rename(place.path('sources'), place.path('away'))
    os.mkdir(place.path('sources'))
    says(ani.get('/sources'), 200, 'Belum ada berkas sumber')


@test
def what_cannot_be_sent_in_is_said_in_indonesian(place):
    prepared(place, lures=1)
    ani = indonesian(Page(place), 'ani')
    for kind, words, why in (
            ('text', ' ', 'Tidak ada isinya'), ('url', 'ftp://x', 'bukan alamat'), ('url', 'https://', 'bukan alamat'),
            ('url', 'http://127.0.0.1:9/x', 'tidak publik'), ('url', 'https://no-such.invalid/x', 'tidak terjangkau'),
            ('csv', 'a,b\n1,2\n', 'nama kolom'), ('csv', 'title,text\n"a,b\n', 'Baris 2: Tanda kutip'),
            ('csv', 'title,text,company\n,,PT Contoh\n', 'Baris 2: Tanpa judul')):
        shown = says(ani.post('/send', kind=kind, text=words), 400, why)
        assert 'role="alert"' in shown and 'choose' not in shown, shown[-900:]
    shown = says(ani.post('/send', kind='csv', text='title,text,company\n,,PT Contoh\nKasir,Toko kasir Bandung,\n'), 200, 'Tanpa judul')
    assert shown.count('<li><a href="/case/') == 1 and 'Toko kasir' in shown, 'what was typed stays, to be put right'
    says(ani.post('/send', kind='text', text=WORDS, seen='nowhere'), 400, 'bukan alamat')
    parts = [('csrf', ani.csrf), ('kind', 'text'), ('text', WORDS), ('seen', ''), ('from', ''), ('file', GIF, 'a.gif')]
    shown = says(ani.upload('/send', parts), 200, 'Gambarnya tersimpan sebagai bukti')
    assert 'role="alert"' not in shown and WORDS not in shown.split('<textarea')[1], 'a picture without a look is taken'
    os.rename(place.path('lurewatch.yml'), place.path('away.yml'))
    shown = says(ani.post('/send', kind='text', text=WORDS), 503, 'Beri tahu pengelola')
    assert 'lang="en">lurewatch queue add: cannot read' in shown, shown[-900:]


@test
def every_failure_is_said_in_indonesian(place):
    prepared(place, lures=2)
    page = Page(place)
    ani, citra, dewi = (indonesian(page, name) for name in ('ani', 'citra', 'dewi'))
    case = ani.listed()[0]
    script = {'Accept': 'application/json'}
    for answer, status, word in (
            (ani.get('/case/999'), 404, 'tidak ada'), (ani.get('/nothing'), 404, 'tidak ada'), (ani.get('/case/999', **script), 404, 'tidak ada'),
            (ani.get('/case/%d/picture?n=7' % case), 404, 'gambar'), (citra.post('/case/999/evidence'), 404, 'tidak ada'),
            (ani.post('/case/999/export', format='csv'), 404, 'tidak ada'), (dewi.decide(case, 'confirmed'), 403, 'tidak boleh'),
            (ani.post('/case/%d/export' % case, format='letter', recipient='nobody'), 404, 'tidak dapat dibuat'),
            (ani.post('/case/%d/export' % case, format='letter', language='xx'), 404, 'tidak dapat dibuat'),
            (ani.post('/patterns', text='a' * 300000), 400, 'Lebih panjang'), (ani.post('/patterns', text='a' * 2000000), 413, 'Lebih panjang'),
            (ani.decide(case, 'confirmed', note='a' * 100000), 413, 'Lebih panjang'),
            (ani.post('/patterns', text=WORDS, pattern='(unclosed'), 400, 'tidak dapat dipakai'),
            (ani.post('/patterns', text=WORDS, pattern='idea: x'), 404, 'tidak dapat dipakai'),
            (ani.post('/patterns', pattern='kelontong'), 400, 'Tempel iklan'), (ani.post('/patterns', do='stored'), 400, 'Isi pola'),
            (ani.post('/case/1', **{'f%d' % n: 'x' for n in range(300)}), 400, 'Lebih panjang'),
            (ani.post('/patterns', pattern='kelontong', do='stored'), 400, 'berkas gagasan'), (ani.decide(case, 'nonsense'), 400, 'bukan tindakan')):
        text = says(answer, status, word)
        assert '/proc/' not in text, text[-900:]
    assert ani.decide(case, 'claim')[0] == 303
    says(citra.decide(case, 'dismissed'), 409, 'Tidak ada yang diubah')
    os.rename(place.path('lurewatch.db'), place.path('away.db'))
    says(ani.get('/'), 503, 'penyimpanannya')
    says(ani.get('/', **script), 503, 'penyimpanannya')


@test
def every_kind_has_its_sentence(place):
    texts = set(re.findall('^([a-z0-9.-]+) =', open(os.path.join(ROOT, 'review/messages/id.txt'), encoding='utf-8').read(), re.M))

    def names(file, begin, end='};'):
        with open(os.path.join(ROOT, file), encoding='utf-8') as source:
            return re.findall(r'"([a-z-]+)"', source.read().split(begin, 1)[1].split(end, 1)[0])
    kinds = names('app/complaint.c', 'complaint_kind_of(int err)', '\n}') + ['private', 'robots', 'robots-unread', 'rests', 'redirects', 'no-address', 'status',
                                                                            'table-quote', 'table-columns', 'no-look', 'nothing', 'broken']
    for file in [os.path.join(ROOT, 'app/cmd_queue_add.c'), *glob.glob(os.path.join(ROOT, 'app/sent_t*.c'))]:
        with open(file, encoding='utf-8') as source:
            kinds += re.findall(r'(?:(?:tell_bad|fail)\(\s*adding,\s*|\.kind = |refuse\(\w+, )"([a-z-]+)"', source.read())
    kinds += names('app/review_send.c', 'static void take_end(', '\n}')
    assert {'network', 'other', 'no-ad', 'table-heads', 'no-picture', 'late', 'hung', 'stopped'} <= set(kinds), kinds
    wanted = {'sent.' + kind for kind in kinds}
    wanted |= {'off.' + kind for kind in names('crawler/source.c', 'source_off_kind(const struct source', '\n}')}
    wanted |= {'period.' + name for name in names('common/verdict.c', 'PERIODS[')} | {'item.' + name for name in names('common/items.c', 'NAMES[')}
    alarms = set(re.findall(r'raise_alarm\(sweep, run, "([a-z-]+)"', open(os.path.join(ROOT, 'app/sweep_alarms.c'), encoding='utf-8').read()))
    wanted |= {prefix + kind for kind in alarms for prefix in ('alarm.', 'alarm-means.')}
    assert wanted <= texts, wanted - texts


main()
