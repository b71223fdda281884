"""The reviewers' page over HTTP: who may come in, what is shown, decisions, and what goes wrong."""

import os
import re
import subprocess
import time

from harness import LUREWATCH, ROOT, SLOW, ad, listing, main, test
from page_client import PASSWORD, Browser, Page, account, prepared, state_of

HOSTILE = '<script>alert(1)</script> "><img src=x onerror=alert(2)> =1+1 ' + '\u202e' + 'x' * 3000


@test
def nobody_comes_in_without_an_account(place):
    prepared(place, lures=1)
    run = place.run('review', '--listen', '127.0.0.1:0')
    assert run.code == 69 and '--add-account' in run.err, (run.code, run.err)
    page = Page(place)
    stranger = Browser(page)
    assert stranger.get('/')[0] == 303 and stranger.get('/')[1]['Location'] == '/login'
    assert stranger.get('/case/1')[0] == 303 and stranger.get('/changes', Accept='application/json')[0] == 401
    assert stranger.post('/login', name='ani', password='wrong password')[0] == 403
    assert stranger.post('/login', name='nobody', password=PASSWORD)[0] == 403
    assert os.stat(place.path('accounts')).st_mode & 0o777 == 0o600
    assert PASSWORD not in open(place.path('accounts')).read()
    assert account(place, 'x', 'king').returncode == 64
    short = subprocess.run([LUREWATCH, 'review', '--config', place.path('lurewatch.yml'), '--add-account', 'x'],
                           input='short\n', capture_output=True, text=True, timeout=30)
    assert short.returncode != 0 and 'password' in short.stderr, short.stderr


@test
def only_loopback_is_served(place):
    prepared(place, lures=1)
    assert account(place, 'ani', 'reviewer').returncode == 0
    for address in ('0.0.0.0:8417', '192.0.2.1:80', 'example.org:80', 'nonsense'):
        run = place.run('review', '--listen', address)
        assert run.code == 78 and address.split(':')[0] in run.err, (address, run.code, run.err)
        assert '--url' not in run.err and ('reached by others' not in run.err or 'review_url' in run.err), run.err


@test
def the_list_and_a_case_show_what_was_found(place):
    prepared(place)
    ani = Browser(Page(place), 'ani')
    status, headers, text = ani.get('/')
    assert status == 200 and "default-src 'none'" in headers['Content-Security-Policy'], headers
    assert len(text) < 100000 and len(ani.listed()) == 4
    status, _, case = ani.get('/case/%d' % ani.listed()[0])
    assert status == 200 and '<mark' in case and 'Kamboja' in case, case[:500]
    assert 'contoh_kantor' not in case, 'a contact in clear'
    assert 'does not add up' not in case and 'natural log-odds' in case
    assert 'gambling' in case and 'trafficker' not in case.lower()
    for path in ('/sources', '/patterns', '/audit'):
        assert ani.get(path)[0] == 200, path
    ani.cookies['lurewatch_language'] = 'id'
    assert 'Hari ini' in ani.get('/')[2]
    assert ani.get('/case/999999')[0] == 404 and ani.get('/nowhere')[0] == 404


@test
def a_hundred_decisions_each_taken_back(place):
    prepared(place)
    ani = Browser(Page(place), 'ani')
    cases = ani.listed()
    for turn in range(100):
        case = cases[turn % len(cases)]
        what = ('confirmed', 'dismissed', 'unsure')[turn % 3]
        status, headers, _ = ani.decide(case, what, note='turn %d' % turn)
        assert status == 303 and 'done=' + what in headers['Location'], (status, headers)
        assert state_of(place, case) == {'confirmed': 2, 'dismissed': 3, 'unsure': 4}[what]
        status, headers, _ = ani.post('/undo')
        assert status == 303 and state_of(place, case) == 0, (turn, status, headers)
    assert 'holds' in ani.get('/audit')[2]
    run = place.run('db', 'check')
    assert run.code == 0, run.err


@test
def two_reviewers_are_never_on_the_same_case(place):
    prepared(place)
    page = Page(place)
    ani, budi, dewi = Browser(page, 'ani'), Browser(page, 'budi'), Browser(page, 'dewi')
    first, second = ani.post('/next')[1]['Location'], budi.post('/next')[1]['Location']
    assert first != second and first.startswith('/case/'), (first, second)
    case = int(first.split('/')[2])
    status, _, text = budi.decide(case, 'dismissed')
    assert status == 409 and 'ani' in text, (status, text[-300:])
    assert ani.decide(case, 'confirmed')[0] == 303 and state_of(place, case) == 2
    assert budi.decide(case, 'undo')[0] == 403, "another's decision"
    assert dewi.decide(case, 'undo')[0] == 403, 'a viewer'
    assert Browser(page, 'citra').decide(case, 'undo')[0] == 303 and state_of(place, case) == 0
    answer = ani.get('/changes?after=0', Accept='application/json')
    assert answer[0] == 200 and '"state":"new"' in answer[2], answer[2][:300]


@test
def forged_and_replayed_requests_change_nothing(place):
    prepared(place, lures=1)
    page = Page(place)
    ani = Browser(page, 'ani')
    case = ani.listed()[0]
    token = ani.csrf
    assert ani.decide(case, 'dismissed', csrf='')[0] == 403
    assert ani.decide(case, 'dismissed', csrf='0' * 64)[0] == 403
    assert ani.post('/case/%d' % case, {'Origin': 'http://evil.example'}, do='dismissed')[0] == 403
    status, _, said = ani.get('/', Host='evil.example')
    assert status == 421 and 'review_url' in said and '--url' not in said, (status, said)
    assert ani.decide(case, 'nonsense')[0] == 400 and state_of(place, case) == 0
    assert ani.decide(case, 'confirmed')[0] == 303
    assert ani.decide(case, 'dismissed')[0] == 409 and state_of(place, case) == 2
    assert ani.post('/logout')[0] == 303
    assert ani.decide(case, 'undo', csrf=token)[0] == 401 and state_of(place, case) == 2
    assert ani.ask('POST', '/login', 'x' * 100000)[0] == 413


@test
def a_hostile_ad_is_text_and_nothing_else(place):
    place.page('board.example', 'jobs', listing(['/job/1']))
    place.page('board.example', 'job/1', ad(
        'Admin slot Kamboja ' + HOSTILE, 'Dibutuhkan admin slot judi online, kantor Poipet, Kamboja. Gaji 1200 USD, '
        'tiket, paspor dan mess ditanggung. Tanpa pengalaman. Hubungi telegram t.me/contoh_saja ' + HOSTILE,
        1, HOSTILE, 'Poipet, Kamboja'))
    place.source()
    place.board()
    assert place.sweep().code == 0
    ani = Browser(Page(place), 'ani')
    case = ani.listed()[0]
    for path in ('/', '/case/%d' % case):
        text = ani.get(path)[2]
        assert '<img src=x' not in text and '<script>alert' not in text, path
        assert text.count('<script') == 1, path
    pasted = ani.post('/patterns', text=HOSTILE)[2]
    assert '<img src=x' not in pasted and '&lt;' in pasted


@test
def the_playground_judges_and_keeps_nothing(place):
    prepared(place, lures=1)
    ani = Browser(Page(place), 'ani')
    before = place.count('SELECT count(*) FROM audit')
    status, _, text = ani.post('/patterns', text='Lowongan admin slot Kamboja, gaji 1200 USD, tiket ditanggung, '
                                                 'tanpa pengalaman, hub t.me/contoh')
    assert status == 200 and 'gambling' in text and '<mark' in text, text[-800:]
    assert place.count('SELECT count(*) FROM audit') == before


@test
def a_store_that_vanishes_is_said(place):
    prepared(place, lures=1)
    ani = Browser(Page(place), 'ani')
    case = ani.listed()[0]
    os.rename(place.path('lurewatch.db'), place.path('away.db'))
    status, _, text = ani.get('/')
    assert status == 503 and 'store' in text, (status, text[-300:])
    assert ani.decide(case, 'confirmed')[0] == 503
    os.rename(place.path('away.db'), place.path('lurewatch.db'))
    assert ani.get('/')[0] == 200 and state_of(place, case) == 0


@test
def slow_clients_do_not_keep_others_out(place):
    import socket
    prepared(place, lures=1)
    page = Page(place)
    ani = Browser(page, 'ani')
    slow = [socket.create_connection(('127.0.0.1', page.port), timeout=10) for _ in range(500)]
    for connection in slow:
        connection.sendall(b'GET / HTTP/1.1\r\nHost: 127')
    started = time.monotonic()
    assert ani.get('/')[0] == 200
    assert time.monotonic() - started < 15 * SLOW
    for connection in slow:
        connection.close()


@test
def what_is_sent_in_becomes_a_case(place):
    prepared(place, lures=1)
    page = Page(place)
    ani, dewi = Browser(page, 'ani'), Browser(page, 'dewi')
    assert dewi.post('/send', kind='text', text='an ad')[0] == 403
    words = ('Lowongan admin slot di Bavet, gaji 1500 USD, tiket dan paspor ditanggung. Tanpa pengalaman. '
             'Hubungi telegram t.me/contoh_kirim')
    status, _, text = ani.post('/send', kind='text', text=words, seen='https://board.example/kirim',
                               **{'from': '--note=hotline <b>'})
    assert status == 200 and 'contoh_kirim' not in text, (status, text[-600:])
    case = int(re.search(r'<li><a href="/case/(\d+)"', text).group(1))
    shown = ani.get('/case/%d' % case)[2]
    assert 'sent-in' in shown and 'https://board.example/kirim' in shown, shown[:900]
    assert '--note=hotline &lt;b&gt;' in shown, shown[-900:]
    assert place.rows('SELECT who FROM audit WHERE object_id = ? AND action = ?', case, 'note') == [('ani',)]
    table = 'title,text\nKasir toko,Toko mencari kasir di Bandung\n"open'
    status, _, text = ani.post('/send', kind='csv', text=table)
    assert status == 200 and 'Line 3' in text and text.count('<li><a href="/case/') == 1, text[-900:]
    for kind, words, why in (('text', '   ', 'Nothing'), ('url', '--config=/etc/passwd', 'no address'),
                             ('url', 'http://127.0.0.1:9/x', 'not public'), ('csv', 'a,b\n1,2', 'columns')):
        status, _, text = ani.post('/send', kind=kind, text=words)
        assert status == 400 and why in text, (kind, words, status, text[-900:])
    assert ani.post('/send', kind='text', text='x' * 3000000)[0] == 200
    run = place.run('evidence', 'verify')
    assert run.code == 0, run.out


@test
def a_campaign_is_decided_but_for_what_another_holds(place):
    prepared(place)
    page = Page(place)
    ani, budi = Browser(page, 'ani'), Browser(page, 'budi')
    first, held, *others = ani.listed()
    assert place.count('SELECT count(DISTINCT campaign) FROM cases') == 1
    assert budi.decide(held, 'claim')[0] == 303
    assert ani.decide(held, 'dismissed', whole='1')[0] == 409 and state_of(place, first) == 0
    assert ani.decide(first, 'dismissed', whole='1')[0] == 303
    assert [state_of(place, case) for case in [first, held] + others] == [3, 1] + [3] * len(others)
    assert ani.decide(others[0], 'undo')[0] == 303
    assert [state_of(place, case) for case in [first, held] + others] == [0, 1] + [0] * len(others)


@test
def the_report_is_shown_and_saved(place):
    prepared(place, lures=2)
    ani = Browser(Page(place), 'ani')
    case = ani.listed()[0]
    assert ani.decide(case, 'confirmed')[0] == 303
    status, _, text = ani.get('/report')
    assert status == 200 and 'gambling' in text and 'board' in text, text[-900:]
    assert 'contoh_kantor' not in text and 'Poipet' not in re.sub('<[^>]*>', '', text.split('By place')[0])
    status, headers, text = ani.get('/report?format=csv')
    assert status == 200 and 'attachment' in headers['Content-Disposition'] and 'month' in text, text[:300]
    status, headers, text = ani.get('/report?format=html')
    assert status == 200 and 'attachment' in headers['Content-Disposition'] and '<svg' in text


@test
def both_languages_say_the_same(place):
    texts = {}
    for tag in ('en', 'id'):
        with open(os.path.join(ROOT, 'review', 'messages', tag + '.txt'), encoding='utf-8') as lines:
            texts[tag] = dict(line.rstrip('\n').split(' = ', 1) for line in lines
                              if ' = ' in line and not line.startswith('#'))
    assert texts['en'].keys() == texts['id'].keys(), texts['en'].keys() ^ texts['id'].keys()
    for key, text in texts['en'].items():
        assert sorted(re.findall(r'{\d}', text)) == sorted(re.findall(r'{\d}', texts['id'][key])), key
    for name in sorted(os.listdir(os.path.join(ROOT, 'review'))):
        if not name.endswith('.c') or not name.startswith(('page_', 'view', 'site')):
            continue
        with open(os.path.join(ROOT, 'review', name), encoding='utf-8') as source:
            used = re.findall(r'"([a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)"', source.read())
        missing = {key for key in used if key not in texts['en'] and not key.endswith(('.json', '.jsonl', '.txt'))}
        assert not missing, (name, missing)
    place.small_board(ads=2, lures=1)
    os.makedirs(place.path('messages'))
    place.write('messages/tl.txt', 'language = Tagalog\ntoday.title = Ngayon\n')
    place.source()
    place.board()
    assert place.sweep().code == 0
    ani = Browser(Page(place), 'ani')
    text = ani.get('/', **{'Accept-Language': 'tl-PH,tl;q=0.9'})[2]
    assert '<h1>Ngayon</h1>' in text and 'Log out' in text, text[:900]


main()
