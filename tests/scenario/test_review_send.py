"""What people report, sent in by the page with a file: pictures, tables, and everything that is none;
and what the page does while it waits for others' work."""

import glob
import gzip
import hashlib
import html
import http.client
import os
import re
import socket
import threading
import time

from harness import SLOW, main, test, wait_for
from page_client import Browser, Page, prepared

PNG = b'\x89PNG\r\n\x1a\n' + bytes(range(256))
WORDS = 'Dicari operator judi online di Poipet, gaji %d USD, tiket ditanggung, hubungi t.me/contoh_kirim_%d'
MIB = 1 << 20


def fields(browser, kind='text', text='', **more):
    given = {'csrf': browser.csrf, 'kind': kind, 'text': text, 'seen': '', 'from': '', **more}
    return list(given.items())


def picture_of(browser, case):
    """The bytes that the case page shows."""
    shown = browser.get('/case/%d' % case)[2]
    assert shown.count('<details class="picture">') == 1 and 'loading="lazy"' in shown, shown[-3000:]
    connection = http.client.HTTPConnection('127.0.0.1', browser.page.port, timeout=20 * SLOW)
    connection.request('GET', '/case/%d/picture?n=1' % case,
                       headers={'Cookie': '; '.join('%s=%s' % pair for pair in browser.cookies.items())})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert answer.status == 200, body
    return answer.getheader('Content-Type'), body


def left_over(place):
    return [name for _, _, names in os.walk(place.path()) for name in names if 'tmp' in name or 'part' in name]


@test
def a_picture_of_each_kind_becomes_a_case_with_its_words(place):
    prepared(place, lures=1)
    ani = Browser(Page(place), 'ani')
    pictures = {'image/png': PNG, 'image/jpeg': b'\xff\xd8\xff\xe0' + bytes(range(256)), 'image/gif': b'GIF89a\0\r\n--',
                'image/webp': b'RIFF\x10\0\0\0WEBPVP8 \r\n------for', 'image/png ': PNG + bytes(8 * MIB - len(PNG))}
    for n, (kind, picture) in enumerate(pictures.items()):
        hostile = ('../../etc/passwd', 'a\\"; name=\\"csrf', '<script>.png', 'x' * 900, '%00%0a')[n]
        status, _, text = ani.upload('/send', fields(ani, text=WORDS % (900 + n, n), seen='https://board.example/kirim/%d' % n)
                                     + [('file', picture, hostile)])
        assert status == 200 and 'passwd' not in text and '<script>.' not in text and '/proc/' not in text, (kind, status, text[-900:])
        case = int(re.search(r'<li><a href="/case/(\d+)"', text).group(1))
        assert picture_of(ani, case) == (kind.strip(), picture), kind
        row = place.run('queue', 'show', str(case), '--json').lines()[0]
        assert row['pictures'][0]['sha256'] == hashlib.sha256(picture).hexdigest() and row['source'] == 'sent-in', row
    assert left_over(place) == [], left_over(place)
    run = place.run('evidence', 'verify')
    assert run.code == 0, run.out


@test
def a_table_is_sent_in_as_a_file(place):
    prepared(place, lures=1)
    ani = Browser(Page(place), 'ani')
    table = '\ufefftitle,text\r\nKasir toko,Toko mencari kasir di Bandung\r\n"Admin","Admin toko, Medan"\r\n'.encode()
    status, _, text = ani.upload('/send', fields(ani, kind='csv') + [('file', table, 'reports.csv')])
    assert status == 200 and text.count('<li><a href="/case/') == 2, text[-900:]
    status, _, text = ani.upload('/send', fields(ani, kind='text', text='Toko roti mencari kasir di Solo') + [('file', b'', '')])
    assert status == 200 and text.count('<li><a href="/case/') == 1, 'no file was chosen'


@test
def a_table_of_an_old_spreadsheet_is_read_and_one_without_rows_is_told(place):
    prepared(place, lures=1)
    ani = Browser(Page(place), 'ani')
    status, _, text = ani.upload('/send', fields(ani, kind='csv') + [
        ('file', b'title,text\rKasir,"Toko mencari\nkasir"\r,\rAdmin,Admin toko\r,\r', 'mac.csv')])
    assert status == 200 and text.count('<li><a href="/case/') == 2 and 'Neither title nor text' not in text, text[-900:]
    status, _, text = ani.upload('/send', fields(ani, kind='csv', text='title,text\r\n,\r\n'))
    assert status == 400 and 'stands no row' in text and 'title,text' in text, (status, text[-900:])


def sent_in(place):
    """The addresses of what was sent in, each as often as there is a case of it."""
    return sorted(url for url in place.case_urls() if '/kirim/' in url)


def rest_of(text):
    """What stands in the form for the table, None: nothing is left."""
    assert ('is in.' in text) == ('What is left stands in the form' in text), text[-3000:]
    if 'What is left' not in text:
        return None
    return html.unescape(re.search('<textarea name="text"[^>]*>(.*?)</textarea>', text, re.S).group(1))


@test
def a_table_that_takes_too_long_goes_on_where_it_ended(place):
    prepared(place, lures=1, send_time='1ms')
    ani = Browser(Page(place), 'ani')
    address = 'https://board.example/kirim/%d'
    rows = ['Kasir %d,"Toko %d mencari ""kasir""\nyang jujur",%s' % (n, n, address % n) for n in range(4)]
    table = '\n'.join(['title,text,url', rows[0], '', rows[1], ',,' + address % 9, *rows[2:]]) + '\n'
    status, _, text = ani.upload('/send', fields(ani, kind='csv', **{'from': 'a caller'}) + [('file', table.encode(), 'a.csv')])
    assert status == 200 and 'Line 2:' in text and 'From line 5 on nothing is in' in text, text[-3000:]
    left = rest_of(text)
    assert left == '\n'.join(['title,text,url', '', rows[1], ',,' + address % 9, *rows[2:]]) + '\n', left
    assert 'value="a caller"' in text and re.search('value="csv" checked', text), 'the rest of the form'
    assert sent_in(place) == [address % 0]
    for n, line in ((1, 5), (9, 3), (2, 4), (3, 0)):
        status, _, text = ani.upload('/send', fields(ani, kind='csv', text=left))
        assert status == (503 if n == 9 else 200) and ('From line %d on' % line in text) == (line > 0), (n, text[-3000:])
        assert n != 9 or 'Neither title nor text' in text
        left = rest_of(text)
    assert left is None and sent_in(place) == [address % n for n in range(4)]
    place.settings()
    place.write('again.csv', table)
    run = place.run('queue', 'add', place.path('again.csv'), '--json', '--complaints', '--max-time', '10m')
    assert run.code == 65 and [line['line'] for line in run.lines()] == [2, 5, 7, 8, 10], (run.out, run.err)
    assert sent_in(place) == [address % n for n in range(4)], 'all of it again makes no second case'
    run = place.run('queue', 'add', place.path('again.csv'), '--max-time', '1ms')
    assert run.code == 75 and 'line 5: the time given is over' in run.err, run.err


@test
def what_ended_a_table_is_said_after_any_number_of_rows(place):
    prepared(place, lures=1)
    ani = Browser(Page(place), 'ani')
    bad = ',,https://board.example/kirim/1\n'
    table = 'title,text,url\n' + bad * 60 + 'Kasir,Toko mencari kasir,\n' + bad + '\n' + bad + 'last,"open\n'
    status, _, text = ani.post('/send', kind='csv', text=table)
    assert status == 200 and 'Line 66: A quotation mark' in text and 'for the same kinds of reason: 51-61, 63, 65.' in text, text[3000:7000]
    assert text.count('Neither title nor text') == 49 and 'Line 50:' in text, text.count('Neither title nor text')
    assert rest_of(text) == 'title,text,url\nlast,"open\n' and text.count('<li><a href="/case/') == 1
    status, _, text = ani.post('/send', kind='csv', text='title,text,url\n' + bad * 50)
    assert status == 400 and 'same kinds of reason: 51.' in text and 'Line 51:' in text, text[:3000]


@test
def rows_seen_at_one_address_are_cases_of_their_own(place):
    prepared(place, lures=1)
    ani = Browser(Page(place), 'ani')
    for words in ('title,text\na,satu\nb,dua\nc,tiga', 'title;text\nc;tiga\nd;empat'):
        assert ani.post('/send', kind='csv', text=words, seen='https://board.example/kirim/')[0] == 200
    assert len(sent_in(place)) == 4 and all(url.startswith('https://board.example/kirim/#') for url in sent_in(place))
    place.write('ads.jsonl', '{"text":"satu satu"}\n\n{"text":"dua dua"}\n{"text":"tiga tiga"}\n')
    add = ('queue', 'add', place.path('ads.jsonl'), '--url', 'https://board.example/kirim/', '--json', '--complaints')
    run = place.run(*add, '--max-time', '1ms')
    assert run.code == 75 and [line['line'] for line in run.lines()] == [1, 3] and run.lines()[1]['kind'] == 'late', run.out
    assert place.run(*add).code == 0 and len(sent_in(place)) == 7


@test
def who_stops_the_page_learns_which_rows_are_in(place):
    prepared(place, lures=1, send_time='10m')
    page = Page(place)
    ani = Browser(page, 'ani')
    rows = ['Kasir %d,Toko mencari kasir,https://board.example/kirim/%05d' % (n, n) for n in range(20000)]
    answers = []
    sending = threading.Thread(target=lambda: answers.append(ani.post('/send', kind='csv', text='\n'.join(['title,text,url', *rows]))))
    sending.start()
    wait_for(lambda: len(sent_in(place)) > 3, 60, 'a few rows')
    page.process.terminate()
    sending.join(60 * SLOW)
    status, _, text = answers[0]
    assert status == 200 and 'The page was stopped' in text, text[-3000:]
    left, stored = rest_of(text).split('\n'), len(sent_in(place))
    assert left[0] == 'title,text,url' and left[1:] == rows[len(rows) - len(left) + 1:], left[:3]
    told = len(rows) - len(left) + 1
    assert told in (stored, stored - 1) and '<p>%d cases:' % told in text, (told, stored)
    assert 'From line %d on' % (told + 2) in text and page.process.wait(20 * SLOW) == 0


def evidence(place):
    for name in glob.glob(place.path('evidence', '*.warc.gz')):
        with gzip.open(name) as kept:
            yield kept.read()


@test
def tables_of_spreadsheets_are_read_in_their_encoding(place):
    prepared(place, lures=1)
    ani = Browser(Page(place), 'ani')
    words = 'title{0}text{0}url\r\nCafé “Solo”{0}Gaji 800 €, lamaran ke toko{0}https://board.example/kirim/%d\r\n'
    for n, (encoding, mark, separator) in enumerate((('utf-16-le', '\ufeff', '\t'), ('utf-16-be', '\ufeff', ';'),
                                                     ('utf-8', '\ufeff', ';'), ('cp1252', '', ';'), ('cp1252', 'sep=;\r\n', ';'))):
        table = (mark + words.format(separator) % n).encode(encoding)
        status, _, text = ani.upload('/send', fields(ani, kind='csv') + [('file', table, 'Buku1.txt')])
        assert status == 200 and 'Café “Solo”' in text and text.count('<li><a href="/case/') == 1, (encoding, text[-3000:])
        assert ('read as windows-1252' in text) == (encoding == 'cp1252'), encoding
        row = (words.format(separator) % n).split('\n')[1] + '\n'
        assert any(row.encode(encoding) in kept for kept in evidence(place)), 'byte for byte'
    before = place.count('SELECT count(*) FROM cases')
    for language, told in (('en', 'in UTF-32, which is not read'), ('id', 'Pengodeannya UTF-32')):
        ani.cookies['lurewatch_language'] = language
        status, _, text = ani.upload('/send', fields(ani, kind='csv') + [('file', words.encode('utf-32'), 'a.csv')])
        assert status == 400 and told in text, text[-3000:]
    assert 'buku kerja' in ani.upload('/send', fields(ani, kind='csv') + [('file', b'PK\x03\x04..xl/workbook.xml', 'a.xlsx')])[2]
    assert place.count('SELECT count(*) FROM cases') == before and place.run('evidence', 'verify').code == 0


@test
def notes_are_kept_whole_in_any_script(place):
    prepared(place, lures=1)
    page = Page(place)
    ani, citra = Browser(page, 'ani'), Browser(page, 'citra')
    most = int(re.search('id="note"[^>]* maxlength="([0-9]+)"', ani.get('/case/1')[2]).group(1))
    assert ani.decide(1, 'note', note='ก' * most)[0] == 303 and most > 1000, 'what the field takes is kept'
    most = int(re.search('name="from" maxlength="([0-9]+)"', ani.get('/send')[2]).group(1))
    status, _, text = ani.post('/send', kind='text', text=WORDS % (700, 7), **{'from': 'ข' * most})
    case = int(re.search(r'<li><a href="/case/(\d+)"', text).group(1))
    assert status == 200 and 'ข' * most in ani.get('/case/%d' % case)[2] and most > 1000
    place.write('ad.txt', WORDS % (800, 8))
    assert place.run('queue', 'add', place.path('ad.txt'), '--note', 'ab' + 'ค' * 3000).code == 0
    assert len(place.rows("SELECT why FROM audit WHERE action = 'note' ORDER BY id DESC LIMIT 1")[0][0]) > 1300
    assert 'href="/case/1"' in citra.post('/case/1/evidence')[2], 'the way back'


@test
def what_is_wrong_is_said_and_the_words_stay(place):
    prepared(place, lures=1)
    page = Page(place)
    ani, dewi = Browser(page, 'ani'), Browser(page, 'dewi')
    before = place.count('SELECT count(*) FROM cases')
    words = WORDS % (700, 7)
    typed = fields(ani, text=words)
    plain = (b'----form', b'--\r\n')
    for parts, (boundary, end), status, why in (
            (typed + [('file', b'%PDF-1.7', 'a.png')], plain, 400, 'no PNG'),
            (typed + [('file', b'', 'a.png')], plain, 400, 'is empty'),
            (fields(ani, text=' \n') + [('file', PNG, 'a.png')], plain, 400, 'Type the words'),
            (fields(ani, kind='url', text=words) + [('file', PNG, 'a.png')], plain, 400, 'without a file'),
            (fields(ani, kind='csv', text=words) + [('file', b'title\nx', 'a.csv')], plain, 400, 'one at a time'),
            (fields(ani, kind='csv') + [('file', PNG, 'a.csv')], plain, 400, 'not a table'),
            (typed + [('file', PNG + bytes(8 * MIB), 'a.png')], plain, 400, 'larger than 8 MiB'),
            (typed + [('file', PNG + bytes(40 * MIB), 'a.png')], plain, 400, 'larger than 8 MiB'),
            (typed + [('file', PNG, 'a.png')], (b'----form', b''), 400, 'not arrive whole'),
            (typed + [('file', PNG, 'a.png'), ('file', PNG, 'b.png')], plain, 400, 'twice'),
            (typed + [('text', 'other words')], plain, 400, 'twice'),
            (typed + [('file', PNG, 'a.png'), ('a"; nonsense', 'x')], plain, 400, 'not how a browser'),
            (typed + [('', PNG, 'a.png')], plain, 400, 'not how a browser')):
        got, _, text = ani.upload('/send', parts, boundary, end)
        assert got == status and why in text and 'role="alert"' in text, (why, got, text[-1500:])
        assert words in text or ' \n' in dict(parts_of(parts))['text'] or 'csv' in dict(parts_of(parts))['kind'], why
        assert 'choose it again' in text and text.count('<script') == 1, why
    # what cannot be told to be ours is refused before it is looked at
    for wrong in (('csrf', 'f' * 64), ('kind', 'text')):
        assert ani.upload('/send', [wrong] + fields(ani, text=words)[1:])[0] == 403, wrong
    assert ani.upload('/send', typed, headers={'Origin': 'https://evil.example'})[0] == 403
    for broken in ('multipart/form-data', 'multipart/form-data; boundary=', 'multipart/form-data; boundary=' + 'b' * 71,
                   'multipart/form-data; boundary=----form; boundary=x', 'multipart/mixed; boundary=----form'):
        assert ani.upload('/send', typed, headers={'Content-Type': broken})[0] == 403, broken
    assert ani.upload('/send', [('f%d' % n, 'x') for n in range(80)])[0] == 400
    assert dewi.upload('/send', fields(dewi, text=words) + [('file', PNG, 'a.png')])[0] == 403, 'a viewer'
    assert ani.upload('/patterns', fields(ani, text=words))[0] == 403, 'files go with one form only'
    assert Browser(page).upload('/send', typed + [('file', PNG, 'a.png')])[0] in (401, 413)
    assert place.count('SELECT count(*) FROM cases') == before and left_over(place) == []
    ani.cookies['lurewatch_language'] = 'id'
    assert 'bukan gambar PNG' in ani.upload('/send', typed + [('file', b'x', 'a.png')])[2]
    assert place.run('evidence', 'verify').code == 0


def parts_of(parts):
    return [part[:2] for part in parts]


@test
def a_form_that_breaks_off_is_no_case_and_no_crash(place):
    prepared(place, lures=1)
    page = Page(place)
    ani = Browser(page, 'ani')
    before = place.count('SELECT count(*) FROM cases')
    head = ('POST /send HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: http://127.0.0.1:%d\r\nCookie: lurewatch=%s\r\n'
            'Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n'
            '--b\r\nContent-Disposition: form-data; name="csrf"\r\n\r\n%s\r\n--b\r\n'
            % (page.port, page.port, ani.cookies['lurewatch'], ani.csrf)).encode()
    with socket.create_connection(('127.0.0.1', page.port), timeout=10 * SLOW) as large:
        large.sendall(head.replace(b'5000000', b'99000000').partition(b'--b')[0])
        assert b' 413 ' in large.recv(4096), 'refused before a byte of it came'
    for more in (b'', b'Content-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n' + PNG * 1000):
        with socket.create_connection(('127.0.0.1', page.port), timeout=10 * SLOW) as broken:
            broken.sendall(head + more)
    assert ani.get('/')[0] == 200 and page.process.poll() is None
    assert place.count('SELECT count(*) FROM cases') == before


def children(process):
    """How many programs the page has started that are still there."""
    count = 0
    for name in os.listdir('/proc'):
        try:
            with open('/proc/%s/stat' % name) as stat:
                count += name.isdigit() and int(stat.read().rpartition(')')[2].split()[1]) == process.pid
        except (OSError, IndexError, ValueError):
            pass
    return count


@test
def work_for_some_keeps_no_reader_waiting(place):
    """Every program that the page starts reads the configuration first: here it is a pipe that nobody writes to."""
    prepared(place)
    page = Page(place)
    ani, dewi = Browser(page, 'ani'), Browser(page, 'dewi')
    case = ani.listed()[0]
    held = http.client.HTTPConnection('127.0.0.1', page.port, timeout=20 * SLOW)
    cookie = {'Cookie': 'lurewatch=%s' % ani.cookies['lurewatch']}

    def read_on():
        held.request('GET', '/case/%d' % case, headers=cookie)
        answer = held.getresponse()
        answer.read()
        return answer.status

    assert read_on() == 200
    config, kept, pipe = (place.path('lurewatch.yml' + end) for end in ('', '.kept', '.pipe'))
    os.rename(config, kept)
    os.mkfifo(config)
    answers = []
    slow = [threading.Thread(target=lambda: answers.append(ani.get('/sources'))) for _ in range(4)]
    for one in slow:
        one.start()
    try:
        wait_for(lambda: children(page.process) == 4, 20, 'four programs that wait')
        for path, given in (('/export', {'format': 'csv'}), ('/case/%d/export' % case, {'format': 'dossier'}),
                            ('/send', {'kind': 'text', 'text': 'Toko mencari kasir'}), ('/patterns', {'do': 'count'}),
                            ('/patterns', {'text': 'Toko mencari kasir', 'pattern': 'kasir'})):
            status, headers, text = ani.post(path, **given)
            assert status == 503 and int(headers['Retry-After']) > 0 and 'Try again in a moment' in text, (path, status, text[-900:])
            assert 'text' not in given or given['text'] in text, 'the words stay'
        status, _, text = dewi.get('/sources')
        assert status == 200 and 'Try again in a moment' in text and 'board' in text, text[-900:]
        for _ in range(3):
            assert read_on() == 200 and dewi.get('/')[0] == 200 and dewi.get('/patterns')[0] == 200
        assert ani.decide(case, 'confirmed')[0] == 303 and answers == []
    finally:
        os.link(config, pipe)
        os.rename(kept, config)  # at once, for a program that has not come to it yet: maybe none of them has
        ends = time.monotonic() + 60 * SLOW
        while any(one.is_alive() for one in slow) and time.monotonic() < ends:
            os.close(os.open(pipe, os.O_RDWR))  # waits for nobody, and lets go whoever waits
            slow[-1].join(0.1)
            time.sleep(0.02)
    assert [answer[0] for answer in answers] == [200] * 4
    assert ani.post('/export', format='csv')[0] == 200 and 'Try again' not in ani.get('/sources')[2]
    held.close()


main()
