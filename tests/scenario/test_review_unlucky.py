"""The reviewers' page where things go wrong beneath it or beside it: many reviewers at the same cases, a store
that is locked or lost, an accounts file that breaks, a session that ends while somebody types."""

import errno
import json
import os
import re
import socket
import sqlite3
import subprocess
import threading
import time

from harness import LUREWATCH, ROOT, SLOW, Skip, main, small_disk, test
from page_client import PASSWORD, Browser, Page, account, at_once, prepared, state_of


def write(place, statement, *values):
    with sqlite3.connect(place.path('lurewatch.db'), timeout=20) as store:
        store.execute(statement, values)


@test
def of_twenty_who_decide_one_does(place):
    prepared(place, lures=3)
    page = Page(place)
    names = ['nama%d' % n for n in range(16)]
    for name in names:
        assert account(place, name, 'reviewer').returncode == 0
    people = [Browser(page, name) for name in names]
    cases = people[0].listed()
    for what in ('confirmed', 'dismissed'):
        before = place.count('SELECT count(*) FROM audit WHERE action = ?', 'decide')
        case, *rest = cases
        calls = [lambda one=one: one.decide(case, what, note='a note') for one in people[:8]]
        calls += [lambda one=one: one.decide(rest[0], what, whole='1') for one in people[8:]]
        answers = at_once(calls)
        won = [n for n, answer in enumerate(answers) if answer[0] == 303]
        assert all(answer[0] in (303, 409) for answer in answers), [answer[0] for answer in answers]
        assert all('a note' in answer[2] for answer in answers[:8] if answer[0] == 409), 'typed words are lost'
        assert len([n for n in won if n < 8]) <= 1 and len([n for n in won if n >= 8]) <= 1, won
        # each case once, by somebody who was told so
        decided = place.count('SELECT count(*) FROM cases WHERE state IN (2, 3)')
        assert place.count('SELECT count(*) FROM audit WHERE action = ?', 'decide') - before == decided > 0
        by = {row[0] for row in place.rows('SELECT decided_by FROM cases WHERE state IN (2, 3)')}
        assert by <= {names[n] for n in won}, (by, won)
        answers = at_once([lambda one=one: one.post('/undo') for one in people])
        assert all(answer[0] == 303 for answer in answers)
        assert place.count('SELECT count(*) FROM cases WHERE state > 1') == 0, 'each took back his own'
        write(place, 'UPDATE cases SET state = 0, claimed_by = ?, lease_ends = 0', '')
    assert place.run('db', 'check').code == 0


@test
def nobody_becomes_the_second_by_a_campaign(place):
    prepared(place, lures=3, second_review='strong')
    write(place, 'UPDATE versions SET indicator_level = CASE WHEN id = (SELECT min(version_id) FROM cases) THEN 3 ELSE 1 END')
    page = Page(place)
    ani, budi, citra = (Browser(page, name) for name in ('ani', 'budi', 'citra'))
    strong = place.count('SELECT min(id) FROM cases')
    one, other = [case for case in ani.listed() if case != strong]
    assert 'done=first' in ani.decide(strong, 'confirmed')[1]['Location']
    ani.decide(one, 'release')
    ani.decide(other, 'release')
    assert budi.decide(one, 'confirmed', whole='1')[0] == 303, 'no second reviewer'
    assert [state_of(place, case) for case in (strong, one, other)] == [0, 2, 2]
    assert budi.post('/undo')[0] == 303 and state_of(place, other) == 0
    assert ani.decide(one, 'dismissed', whole='1')[0] == 303, 'her own first decision keeps no other case'
    assert [state_of(place, case) for case in (strong, one, other)] == [0, 3, 3]
    # the last decision is that of the campaign; then the first of two, which she may take back
    assert ani.post('/undo')[0] == 303 and state_of(place, one) == 0
    assert 'value="undo"' in ani.get('/case/%d' % strong)[2] and 'value="undo"' not in budi.get('/case/%d' % strong)[2]
    assert ani.post('/undo')[0] == 303
    assert place.count('SELECT count(*) FROM cases WHERE first_by <> ?', '') == 0
    assert ani.decide(strong, 'dismissed')[0] == 303 and citra.decide(strong, 'dismissed')[0] == 303
    assert state_of(place, strong) == 3


@test
def a_decision_is_of_what_was_read(place):
    prepared(place, lures=2)
    page = Page(place)
    ani, citra = Browser(page, 'ani'), Browser(page, 'citra')
    case = ani.listed()[0]
    seen = re.search(r'name="seen" value="([^"]*)"', ani.get('/case/%d' % case)[2]).group(1)
    assert 'data-seen="%s"' % seen in ani.get('/')[2]
    assert ani.decide(case, 'confirmed', seen=seen)[0] == 303
    assert ani.post('/undo')[0] == 303 and ani.decide(case, 'confirmed', seen=seen)[0] == 303
    shown = re.search(r'name="seen" value="([^"]*)"', citra.get('/case/%d' % case)[2]).group(1)
    assert ani.decide(case, 'undo')[0] == 303 and ani.decide(case, 'dismissed')[0] == 303
    status, _, text = citra.decide(case, 'undo', seen=shown, note='why I did')
    assert status == 409 and 'why I did' in text and state_of(place, case) == 3, (status, text[-900:])
    assert ani.decide(case, 'undo')[0] == 303
    # another ad stands at this number by now: another version, or a store from before
    write(place, 'UPDATE cases SET version_id = (SELECT version_id FROM cases WHERE id <> ?1) WHERE id = ?1', case)
    status, _, text = ani.decide(case, 'confirmed', seen=seen, note='why I did')
    assert status == 409 and 'another version' in text and 'why I did' in text and state_of(place, case) == 0, text[-900:]
    assert ani.get('/case/%d' % case)[0] == 200 and ani.decide(case, 'confirmed')[0] == 303


@test
def a_list_stays_up_to_date_in_a_store_of_before(place):
    prepared(place, lures=2)
    page = Page(place)
    ani = Browser(page, 'ani')
    first, second = ani.listed()
    asked = lambda after: ani.get('/changes?after=%d' % after, Accept='application/json')
    assert ani.decide(first, 'confirmed')[0] == 303 and ani.decide(second, 'confirmed')[0] == 303
    last = place.count('SELECT max(id) FROM audit')
    assert json.loads(asked(last)[2])['after'] == last
    # restored: the window has seen more of the history than there is now
    assert json.loads(asked(last + 100)[2])['after'] == last
    write(place, 'DELETE FROM cases WHERE id = ?', second)
    status, _, text = asked(0)
    assert status == 200 and [row['case'] for row in json.loads(text)['cases']] == [first], (status, text)


@test
def what_cannot_be_taken_back_now_is_the_last_still(place):
    prepared(place, lures=2)
    page = Page(place)
    ani = Browser(page, 'ani')
    first, second = ani.listed()
    assert ani.decide(first, 'confirmed')[0] == 303 and ani.decide(second, 'confirmed')[0] == 303
    os.rename(place.path('lurewatch.db'), place.path('away.db'))
    assert ani.post('/undo')[0] == 503
    os.rename(place.path('away.db'), place.path('lurewatch.db'))
    write(place, "CREATE TRIGGER broken BEFORE UPDATE ON cases BEGIN SELECT raise(ABORT, 'broken'); END")
    assert ani.post('/undo')[0] == 503
    write(place, 'DROP TRIGGER broken')
    assert ani.post('/undo')[0] == 303
    assert [state_of(place, case) for case in (first, second)] == [2, 0], 'the last, not the one before'


@test
def what_was_typed_when_a_session_ended_is_shown(place):
    prepared(place, lures=1)
    page = Page(place)
    ani, budi = Browser(page, 'ani'), Browser(page, 'budi')
    case = ani.listed()[0]
    words = 'Dicari kasir <b>toko</b> ' + 'kata ' * 3000
    csrf = ani.csrf
    assert ani.post('/logout')[0] == 303
    ani.cookies['lurewatch'] = 'a' * 64
    for answer in (ani.post('/send', kind='text', text=words),
                   ani.upload('/send', [('csrf', csrf), ('kind', 'text'), ('text', words), ('file', bytes(1 << 20), 'a.png')])):
        assert answer[0] == 401 and 'session has ended' in answer[2] and '<b>toko' not in answer[2], (answer[0], answer[2][:900])
        assert words.replace('<', '&lt;').replace('>', '&gt;') in answer[2] and 'to be copied' in answer[2]
    assert 'typed so' in ani.decide(case, 'note', note='typed so')[2]
    # to nobody who only makes a browser send it, and nothing long to who never had a session
    assert words[:10] not in ani.post('/send', {'Origin': 'https://evil.example'}, kind='text', text='Dicari kasir')[2]
    status, _, text = Browser(page).post('/send', kind='text', text=words)
    assert status == 401 and 'to be copied' in text and len(text) < 20000, 'the beginning'
    # a note longer than a note is: said, and there
    status, _, text = budi.decide(case, 'note', note='\u0e01' * 4000)
    assert status == 400 and '4096 bytes' in text and '\u0e01' * 4000 in text, (status, text[:300])
    assert budi.decide(case, 'confirmed', note='typed so', csrf='0' * 64)[2].count('typed so') == 1


@test
def an_accounts_file_that_breaks_ends_no_session(place):
    prepared(place, lures=1)
    page = Page(place)
    ani, budi = Browser(page, 'ani'), Browser(page, 'budi')
    case = ani.listed()[0]
    with open(place.path('accounts'), encoding='ascii') as text:
        sound = text.read()
    place.write('accounts', sound[:len(sound) // 2])
    assert ani.get('/')[0] == 503 and 'accounts cannot be read' in ani.get('/')[2]
    status, _, text = ani.decide(case, 'confirmed', note='typed so')
    assert status == 503 and 'typed so' in text and state_of(place, case) == 0, (status, text[-900:])
    assert Browser(page).post('/login', name='ani', password=PASSWORD)[0] == 503
    place.write('accounts', sound.replace('budi:reviewer:', 'budi:viewer:'))
    assert ani.get('/')[0] == 200 and ani.decide(case, 'confirmed')[0] == 303
    assert budi.get('/')[0] == 200 and budi.decide(case, 'undo')[0] == 403, 'a viewer by now'
    made = subprocess.run([LUREWATCH, 'review', '--config', place.path('lurewatch.yml'), '--add-account', 'ani'],
                          input='another long password\n', capture_output=True, text=True, timeout=30)
    assert made.returncode == 0 and ani.get('/')[0] == 303, 'another password: who had the old one is out'


@test
def what_says_two_things_or_comes_too_often_is_refused(place):
    prepared(place, lures=1)
    page = Page(place)
    ani = Browser(page, 'ani')
    case = ani.listed()[0]
    host = 'Host: 127.0.0.1:%d\r\n' % page.port
    body = 'do=note&note=smuggled&csrf=' + ani.csrf
    more = 'Origin: http://127.0.0.1:%d\r\nCookie: lurewatch=%s\r\n' % (page.port, ani.cookies['lurewatch'])
    for head in ('Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n' % (len(body), body),
                 'Content-Length: %d\r\nContent-Length: 4\r\n\r\n%s' % (len(body), body),
                 'Host: evil.example\r\nContent-Length: %d\r\n\r\n%s' % (len(body), body)):
        with socket.create_connection(('127.0.0.1', page.port), timeout=10 * SLOW) as raw:
            raw.sendall(('POST /case/%d HTTP/1.1\r\n%s%s%s' % (case, host, more, head)).encode())
            assert raw.recv(4096).startswith(b'HTTP/1.1 400 '), head
    assert place.count('SELECT count(*) FROM audit WHERE action = ?', 'note') == 0
    # many tries to log in at once are no more than one by one
    answers = at_once([lambda: Browser(page).post('/login', name='ani', password='wrong password') for _ in range(24)])
    codes = [answer[0] for answer in answers]
    assert set(codes) == {403, 429} and codes.count(403) <= 4, codes


@test
def strangers_keep_nobody_out_of_a_browser_that_is_known(place):
    prepared(place, lures=1)
    page = Page(place)
    ani, budi = Browser(page, 'ani'), Browser(page, 'budi')
    device = ani.cookies['lurewatch_device']
    assert re.fullmatch('[0-9a-f]{96}', device) and budi.cookies['lurewatch_device'] != device

    def login(cookie, name='ani', password=PASSWORD):
        browser = Browser(page)
        browser.cookies['lurewatch_device'] = cookie
        return browser.post('/login', name=name, password=password)
    for _ in range(8):
        status = login('', password='wrong password')[0]
    assert status == 429 and login('')[0] == 429, 'who nobody knows waits'
    assert login(device)[0] == 303, 'ani does not'
    assert login('')[0] == 429, 'and her coming gives strangers no tries'
    for other in (budi.cookies['lurewatch_device'], device[:-1] + ('0' if device[-1] != '0' else '1'), device + '0', '0' * 96, device.upper()):
        assert login(other)[0] == 429, other
    # a browser that was stolen is counted by itself
    assert [login(device, password='wrong password')[0] for _ in range(3)] == [403] * 3
    assert login(device)[0] == 429 and login(budi.cookies['lurewatch_device'], 'budi')[0] == 303
    # it outlives the page, and ends with the password
    page.process.terminate()
    page.process.wait(20 * SLOW)
    page = Page(place, again=True)
    assert [login('', password='wrong password')[0] for _ in range(4)] == [403] * 3 + [429] and login(device)[0] == 303
    made = subprocess.run([LUREWATCH, 'review', '--config', place.path('lurewatch.yml'), '--add-account', 'ani'],
                          input='another long password\n', capture_output=True, text=True, timeout=30)
    assert made.returncode == 0
    for _ in range(4):
        login('', password='wrong password')
    assert login(device, password='another long password')[0] == 429


@test
def a_store_that_cannot_be_written_is_said_and_is_written_again(place):
    prepared(place, lures=1)
    nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] if os.getuid() == 0 else []
    if nobody and subprocess.run([*nobody, 'test', '-x', LUREWATCH, '-a', '-r', ROOT + '/patterns/signals.yml']).returncode:
        raise Skip('no mode keeps root out, and nobody else may read this tree')
    page = Page(place, nobody)
    store = place.path('lurewatch.db')
    ani = Browser(page, 'ani')
    case = ani.listed()[0]
    os.rename(store, store + '.away')
    assert ani.get('/')[0] == 503
    os.rename(store + '.away', store)
    os.chmod(store, 0o400)
    assert ani.get('/')[0] == 200, 'it can be read'
    status, _, text = ani.decide(case, 'confirmed', note='typed so')
    assert status == 503 and 'cannot write' in text and 'typed so' in text, (status, text[-900:])
    os.chmod(store, 0o600)
    assert ani.decide(case, 'confirmed')[0] == 303 and state_of(place, case) == 2


@test
def what_is_sent_in_on_a_full_disk_is_said_so(place):
    folder = small_disk(place, 8 << 10)
    try:
        prepared(place, lures=1, store='sqlite:disk/lurewatch.db', evidence='disk/evidence')
        ani = Browser(Page(place), 'ani')
        ad = {'kind': 'text', 'text': 'Toko roti mencari kasir di Solo', 'seen': 'https://board.example/kasir'}
        with open(os.path.join(folder, 'filler'), 'wb', buffering=0) as filler:
            try:
                while filler.write(bytes(4096)):
                    pass
            except OSError as why:
                assert why.errno == errno.ENOSPC, why
        status, _, text = ani.post('/send', **ad)
        assert status == 507 and 'The disk is full' in text, (status, text[-1500:])
        assert ad['text'] in text and ad['seen'] in text, 'the words stay'
        ani.cookies['lurewatch_language'] = 'id'
        status, _, text = ani.post('/send', **ad)
        assert status == 507 and 'Disk penuh' in text, (status, text[-1500:])
        # room for some rows of a table: which are in is said, and the others wait in the form
        os.truncate(os.path.join(folder, 'filler'), os.path.getsize(os.path.join(folder, 'filler')) - (400 << 10))
        ani.cookies['lurewatch_language'] = 'en'
        rows = ['Kasir,%s,https://board.example/kasir/%d' % (os.urandom(10000).hex(), n) for n in range(24)]
        status, _, text = ani.post('/send', kind='csv', text='\n'.join(['title,text,url', *rows]))
        assert status == 507 and 'The disk is full' in text and 'on nothing is in' in text, (status, text[:1500])
        left = re.search('<textarea name="text"[^>]*>(.*?)</textarea>', text, re.S).group(1).strip().split('\n')
        taken = len(rows) - len(left) + 1
        assert left[1:] == rows[taken:] and 0 < taken < 24 and text.count('<li><a href="/case/') == taken, (taken, len(left))
        os.remove(os.path.join(folder, 'filler'))
        subprocess.run(['mount', '-o', 'remount,size=40m', folder], check=True)
        status, _, text = ani.post('/send', kind='csv', text='\n'.join(left))
        assert status == 200 and text.count('<li><a href="/case/') == len(rows) - taken, (status, text[:1500])
        status, _, text = ani.post('/send', **ad)
        assert status == 200 and text.count('<li><a href="/case/') == 1, (status, text[-1500:])
        assert place.run('evidence', 'verify').code == 0
    finally:
        subprocess.run(['umount', '-l', folder], check=False)


@test
def who_ends_the_page_ends_no_answer(place):
    prepared(place, lures=1)
    page = Page(place)
    ani = Browser(page, 'ani')
    case = ani.listed()[0]
    held = sqlite3.connect(place.path('lurewatch.db'), isolation_level=None, check_same_thread=False)
    held.execute('BEGIN IMMEDIATE')

    def end():
        time.sleep(0.5)  # so that the decision waits for the store
        page.process.terminate()
        time.sleep(0.5)
        held.execute('ROLLBACK')

    ending = threading.Thread(target=end)
    ending.start()
    status = ani.decide(case, 'confirmed')[0]
    ending.join()
    held.close()
    assert status == 303 and page.process.wait(20 * SLOW) == 0 and state_of(place, case) == 2, status


main()
