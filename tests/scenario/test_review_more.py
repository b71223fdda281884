"""The reviewers' page: two people for the strongest kinds, what leaves by it, why a rule counts, what
a changed pattern would do, what sources and rules did, words in any script."""

import io
import os
import re
import shutil
import sqlite3
import time
import zipfile

from harness import ROOT, SLOW, listing, lure, main, test
from page_client import Browser, Page, prepared, state_of

IDEA = """idea: gambling.spoken-word
title: 'A word of the test'
description: 'A word of the test.'
rationale: 'Tried alone.'
sources: ['test']
weight: 4
field: any
level: none
languages:
  en:
    status: active
    date: 2026-11-01
    pattern: |-
      kelontong
    examples:
      match: ['toko kelontong', 'kelontong', 'kelontong baru']
      not_match: ['toko', 'warung', 'kasir']
"""


@test
def a_named_firm_wants_two_people(place):
    prepared(place, second_review='firms')
    page = Page(place)
    ani, budi, citra = (Browser(page, name) for name in ('ani', 'budi', 'citra'))
    case, other = ani.listed()[:2]
    status, headers, _ = ani.decide(case, 'confirmed')
    assert status == 303 and 'done=first' in headers['Location'], headers
    assert state_of(place, case) == 0
    shown = ani.get('/case/%d' % case)[2]
    assert 'two people' in shown and 'value="confirmed"' not in shown
    assert 'waits for a second' in ani.get('/?state=second')[2]
    assert [int(n) for n in re.findall(r'<tr[^>]* data-case="(\d+)"', ani.get('/?state=second')[2])] == [case]
    assert ani.decide(case, 'confirmed')[0] == 403, 'the same person again'
    assert budi.decide(case, 'confirmed')[0] == 403, 'no second reviewer'
    for browser in (ani, budi):
        assert browser.decide(case, 'hold')[0] == 403 and browser.decide(case, 'claim')[0] == 403
    assert '/case/%d' % case not in budi.post('/next')[1]['Location']
    assert 'value="confirmed"' in citra.get('/case/%d' % case)[2]
    assert citra.decide(case, 'confirmed')[0] == 303 and state_of(place, case) == 2
    assert ani.decide(other, 'confirmed')[0] == 303
    assert citra.decide(other, 'dismissed')[0] == 303 and state_of(place, other) == 4, 'no agreement: unsure'
    assert place.rows('SELECT action, who FROM audit WHERE object_id = ? AND action IN (?, ?) ORDER BY id',
                      case, 'first', 'decide') == [('first', 'ani'), ('decide', 'citra')]


def raw(browser, path, **fields):
    """A POST whose answer is bytes."""
    import http.client
    import urllib.parse
    fields.setdefault('csrf', browser.csrf)
    connection = http.client.HTTPConnection('127.0.0.1', browser.page.port, timeout=60 * SLOW)
    connection.request('POST', path, urllib.parse.urlencode(fields), {
        'Cookie': '; '.join('%s=%s' % pair for pair in browser.cookies.items()),
        'Content-Type': 'application/x-www-form-urlencoded', 'Origin': 'http://127.0.0.1:%d' % browser.page.port})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


@test
def the_page_and_the_command_write_the_same_bytes(place):
    prepared(place)
    page = Page(place)
    ani = Browser(page, 'ani')
    case = ani.listed()[0]
    assert ani.decide(case, 'confirmed')[0] == 303
    ani.get('/')
    offered = set(re.findall(r'<option value="([a-z-]+)"', ani.get('/case/%d' % case)[2].split('name="format"')[1]))
    formats = ['csv', 'jsonl', 'stix', 'misp', 'misp-flat', 'xarf']
    assert set(formats) | {'letter', 'dossier'} <= offered, offered
    written = place.path('written')
    for path, more, forms in (('/export', ['--state', 'confirmed'], formats),
                              ('/case/%d/export' % case, ['--case', str(case)], formats + ['letter', 'dossier'])):
        for form in forms:
            for language in ('', 'en', 'id') if form in ('letter', 'dossier') else ('',):
                status, _, body = raw(ani, path, format=form, state='confirmed' if path == '/export' else '',
                                      language=language)
                run = place.run('export', '--format', form, *more, *(['--language', language] if language else []),
                                '-o', written)
                if form == 'xarf':  # of no site: no file
                    assert status == 400 and run.code == 65 and b'No file was made' in body, (status, body[-300:], run.err)
                    continue
                assert status == 200 and run.code == 0, (form, status, body[-300:], run.err)
                with open(written, 'rb') as read:
                    assert read.read() == body, (form, language)


@test
def what_leaves_by_the_page_is_what_export_writes(place):
    prepared(place)
    page = Page(place)
    ani, citra, dewi = (Browser(page, name) for name in ('ani', 'citra', 'dewi'))
    case = ani.listed()[0]
    assert ani.decide(case, 'confirmed')[0] == 303
    status, headers, body = raw(ani, '/case/%d/export' % case, format='dossier')
    assert status == 200 and 'case-%d.zip' % case in headers['Content-Disposition'], (status, body[-400:])
    with open(place.path('dossier.zip'), 'wb') as out:
        out.write(body)
    assert any(name.endswith('README.txt') for name in zipfile.ZipFile(io.BytesIO(body)).namelist())
    assert place.run('evidence', 'verify', place.path('dossier.zip')).code == 0
    status, headers, body = raw(ani, '/case/%d/export' % case, format='letter', recipient='site', language='id')
    assert status == 200 and body.startswith(b'Subject: '), body[:300]
    for path, fields in (('/case/%d/export' % case, {'case': str(case)}), ('/export', {})):
        status, headers, body = raw(ani, path, format='csv')
        run = place.run('export', '--format', 'csv', *(['--case', str(case)] if fields else []))
        assert status == 200 and run.code == 0, (status, body, run.err)
        assert body.decode('utf-8-sig').splitlines() == run.out.lstrip('\ufeff').splitlines()
        assert b'contoh_kantor' not in body and headers['X-Content-Type-Options'] == 'nosniff'
    status, _, body = raw(ani, '/export', format='stix', state='confirmed')
    assert status == 200 and body.count(b'"type":"report"') + body.count(b'"type": "report"') == 1, body[:300]
    assert raw(ani, '/case/%d/export' % case, format='stix', unmask='1')[0] == 403, 'in clear: second reviewers'
    assert raw(dewi, '/case/%d/export' % case, format='csv')[0] == 403, 'a viewer'
    assert raw(ani, '/case/%d/export' % case, format='../../etc')[0] == 400
    assert raw(ani, '/export', format='dossier')[0] == 400
    status, _, body = raw(ani, '/case/%d/export' % case, format='letter', recipient='--unmask')
    assert status in (400, 404) and b'--unmask' in body, (status, body[-400:])
    status, _, body = raw(citra, '/case/%d/export' % case, format='stix', unmask='1')
    assert status == 200 and b'contoh_kantor' in body, body[:300]
    history = place.rows('SELECT action, who, why FROM audit WHERE object_id = ? ORDER BY id', case)
    assert ('read', 'citra') in [row[:2] for row in history], history
    assert ('export', 'ani', 'dossier to a browser, by the page') in history, history


@test
def each_finding_says_why_and_each_word_what_it_means(place):
    prepared(place)
    ani = Browser(Page(place), 'ani')
    shown = ani.get('/case/%d' % ani.listed()[0])[2]
    assert 'What the words mean' in shown and '<dt>' in shown and 'Sources: ' in shown, shown[-3000:]
    rows = re.findall(r'<tr id="f\d+">.*?</tr>', shown, re.S)
    rules = [row for row in rows if re.search(r'<code>(?!fact\.|combo\.|prior|cap)[a-z-]+\.', row)]
    assert rules and all('<span lang="en">' in row for row in rules), rules
    for words in ('SHA-256', 'Ads like it', 'History', 'Against pay at home', 'natural log-odds'):
        assert words in shown, words
    assert len(shown.encode()) < 100000


@test
def reasons_are_in_the_language_of_the_page(place):
    prepared(place)
    ani = Browser(Page(place), 'ani')
    english = ani.get('/case/%d' % ani.listed()[0])[2]
    ani.cookies['lurewatch_language'] = 'id'
    shown = ani.get('/case/%d' % ani.listed()[0])[2]
    assert '<span lang="en">' in english and '<dd lang="en">' in english
    assert '<span lang="id">' in shown and '<dd lang="id">' in shown
    english = re.findall('lang="en">([^<]*)', shown)
    assert english[0] == 'English' and len(english) == 2 and 'minimum wage' in english[1], english  # of the bank's data
    assert 'judi daring' in shown and 'online gambling' not in shown, shown[-4000:]
    text = 'Dicari admin slot Kamboja, paspor dipegang kantor, gaji 1200 USD, hub t.me/contoh_kantor'
    played = ani.post('/patterns', text=text)[2]
    assert 'Pemberi kerja menahan paspor' in played and 'menurut ILO' in played, played[-4000:]
    assert 'Employer keeps the passport' not in played
    copy = place.path('own-bank')
    shutil.copytree(os.path.join(ROOT, 'patterns'), copy)
    with open(os.path.join(copy, 'reasons', 'id.yml'), 'w', encoding='utf-8') as out:
        out.write('language: id\nreasons:\n  pay.nothing: {title: x}\n')
    place.settings(patterns=copy)
    run = place.run('review')
    assert run.code == 78 and 'reasons/id.yml:3:3: ' in run.err, run.err


SOURCES = """sources:
  ID5: {publisher: 'Suara <b>&"', kind: press, date: 2022-08-05, url: 'https://suara.example/a?b=1&c=2'}
  CN2: {publisher: 'A post', kind: blog, url: 'https://gambling.example/', visit: no}
"""


@test
def each_finding_has_its_sources_at_hand(place):
    prepared(place)
    ani = Browser(Page(place), 'ani')
    case = ani.listed()[0]
    shown = ani.get('/case/%d' % case)[2]
    links = re.findall('<a href="(https?://[^"]*)" rel="([^"]*)" target="([^"]*)"', shown)
    assert len(links) > 3 and {row[1:] for row in links} == {('noopener noreferrer nofollow', '_blank')}, links
    found = [row for row in re.findall(r'<tr id="f\d+">.*?</tr>', shown, re.S) if 'fact.place-risk' in row]
    assert found and 'Prachatai</bdi></a> (press, 2022-03)' in found[0], found
    assert 'rel="prefetch"' not in shown and 'rel="preload"' not in shown
    ani.cookies['lurewatch_language'] = 'id'
    assert 'Sumber: ' in ani.get('/case/%d' % case)[2] and '(pers' in ani.get('/case/%d' % case)[2]


@test
def a_source_can_do_nothing_to_the_page(place):
    prepared(place)
    copy = place.path('own-bank')
    shutil.copytree(os.path.join(ROOT, 'patterns'), copy)
    with open(os.path.join(copy, 'sources.yml'), 'w', encoding='utf-8') as out:
        out.write(SOURCES)
    idea = IDEA.replace("['test']", """['ID5', 'CN2', 'XX9', '<script>x</script>', "javascript:alert(1)"]""")
    with open(os.path.join(copy, 'gambling', 'spoken-word.yml'), 'w', encoding='utf-8') as out:
        out.write(idea)
    place.settings(patterns=copy)
    page = Page(place)
    ani = Browser(page, 'ani')
    status, _, shown = ani.post('/patterns', text='Toko kelontong kelontong di Bandung')
    row = [row for row in re.findall(r'<tr id="f\d+">.*?</tr>', shown, re.S) if 'spoken-word' in row][0]
    assert status == 200 and '<a href="https://suara.example/a?b=1&amp;c=2" rel="noopener' in row, row
    assert 'Suara &lt;b&gt;&amp;' in row and '(press, 2022-08-05)' in row, row
    assert 'gambling.example' not in row and 'A post</bdi> (blog; not to be visited)' in row, row
    assert '<bdi>XX9</bdi>' in row and '&lt;script&gt;' in row and '<script>x' not in shown, row
    assert 'href="javascript' not in shown
    with open(os.path.join(copy, 'sources.yml'), 'a', encoding='utf-8') as out:
        out.write("  ID6: {publisher: 'x', kind: press, url: 'javascript:alert(1)'}\n")
    run = place.run('review')
    assert run.code == 78 and 'sources.yml:4:' in run.err, run.err


@test
def the_playground_shows_what_a_changed_pattern_would_do(place):
    prepared(place)
    page = Page(place)
    ani, dewi = Browser(page, 'ani'), Browser(page, 'dewi')
    before = place.count('SELECT count(*) FROM audit')
    text = 'Toko kelontong di Bandung mencari kasir. Gaji Rp 3.500.000 per bulan, BPJS, libur hari Minggu.'
    status, _, shown = ani.post('/patterns', text=text, pattern='kelontong')
    assert status == 200 and 'tried' in shown and 'With the change' in shown, shown[-2000:]
    status, _, shown = ani.post('/patterns', text=text, pattern=IDEA)
    assert status == 200 and 'gambling.spoken-word' in shown, shown[-2000:]
    status, _, shown = ani.post('/patterns', text=text, pattern='(unclosed')
    assert status == 400 and 'wrong' in shown, (status, shown[-1500:])
    status, _, shown = ani.post('/patterns', pattern=IDEA, do='stored')
    assert status == 200 and 'stored ads: flagged' in shown, (status, shown[-1500:])
    assert ani.post('/patterns', pattern='kelontong', do='stored')[0] == 400
    assert dewi.post('/patterns', pattern=IDEA, do='stored')[0] == 403
    status, _, shown = ani.post('/patterns', text=text, pattern='(a+)+$' * 20)
    assert status in (200, 400), status
    assert 'Not counted' in ani.get('/patterns')[2]
    status, _, shown = ani.post('/patterns', do='count')
    assert status == 200 and '<code>gambling.' in shown and len(shown.encode()) < 100000, shown[-2000:]
    assert '<code>gambling.' in dewi.get('/patterns')[2]
    assert place.count('SELECT count(*) FROM audit') == before


@test
def sources_say_how_they_do_and_what_alarmed(place):
    prepared(place, lures=1)
    ani = Browser(Page(place), 'ani')
    shown = ani.get('/sources')[2]
    assert 'No alarm' in shown and 'board' in shown, shown[-1500:]
    place.write('sources/silent.yml', 'name: silent\ntitle: Silent board\nstart:\n'
                "  - {url: 'https://silent.example/jobs', as: listing}\nevery: 1h\ncountry: ID\n")
    shown = ani.get('/sources')[2]
    assert '<td>off</td>' in shown and 'No permission is stated' in shown, shown[-1500:]
    run = place.rows('SELECT max(id) FROM sweep_runs')[0][0]
    with sqlite3.connect(place.path('lurewatch.db')) as store:
        store.execute('INSERT INTO alarms (run_id, at, source, kind, why) VALUES (?, ?, ?, ?, ?)',
                      (run, int(time.time() * 1000), 'board', 'yield', '<b>nothing came</b>'))
    shown = ani.get('/sources')[2]
    assert 'silent' in shown and '&lt;b&gt;nothing came' in shown, shown[-1500:]


@test
def the_list_is_found_by_words_in_any_script(place):
    place.page('board.example', 'jobs', listing(['/job/%d' % n for n in range(5)]))
    scripts = ['รับสมัครแอดมินสล็อต กัมพูชา', '招聘 博彩 客服 柬埔寨', 'Tuyển nhân viên Campuchia', 'Работа в Камбодже', 'کمبوڈیا']
    for n, words in enumerate(scripts):
        place.page('board.example', 'job/%d' % n, lure(n).replace('Lowongan', words))
    place.source()
    place.board()
    assert place.sweep().code == 0
    ani = Browser(Page(place), 'ani')
    for words in scripts:
        from urllib.parse import quote
        shown = ani.get('/?search=' + quote(words.split()[0]))[2]
        assert shown.count(' data-case=') == 1, (words, shown.count(' data-case='))
    for query, most in (('source=board', 5), ('source=none', 0), ('task=gambling', 5), ('task=scam', 0), ('place=poipet', 5),
                        ('place=nowhere', 0), ('state=confirmed', 0), ('state=all', 5), ('search=%25', 0), ('language=sw', 0)):
        assert ani.get('/?' + query)[2].count(' data-case=') == most, query


@test
def ads_of_a_campaign_stand_together(place):
    prepared(place, lures=4)
    with sqlite3.connect(place.path('lurewatch.db')) as store:
        store.execute('UPDATE cases SET campaign = CASE WHEN id IN (2, 4) THEN 2 ELSE id END')
        store.execute('UPDATE cases SET logit = 100 - id')
    ani = Browser(Page(place), 'ani')
    assert ani.listed() == [1, 2, 4, 3], ani.listed()
    assert ani.get('/')[2].count('class="mate"') == 1


@test
def a_case_without_its_text_says_who_took_it(place):
    prepared(place, lures=2)
    run = place.run('db', 'forget', '--contact', 't.me/contoh_kantor_1', '--as', 'ani', '--why', 'a letter')
    assert run.code == 0, run
    case = place.count("SELECT c.id FROM cases c JOIN postings p ON p.id = c.posting_id WHERE p.url LIKE '%/job/1'")
    place.run('queue', 'decide', str(3 - case), 'dismissed', '--as', 'ani')
    with sqlite3.connect(place.path('lurewatch.db')) as store:
        store.execute('UPDATE cases SET decided = 1 WHERE id = ?', (3 - case,))
    assert place.run('db', 'purge', '--as', 'ani').code == 0
    ani = Browser(Page(place), 'ani')
    for number, english, indonesian in ((case, 'a person asked for it', 'atas permintaan seseorang'),
                                        (3 - case, 'the time they may be kept is over', 'waktu penyimpanannya habis')):
        status, _, shown = ani.get('/case/%d' % number)
        assert status == 200 and english in shown and '(no title)' in shown, shown[-3000:]
        assert 'not stated' not in shown and '50.0 %' not in shown and 'differs' not in shown, shown[-3000:]
        assert 'urgent' in shown and '<li>' in shown, shown[-3000:]
        shown = ani.get('/case/%d' % number, **{'Accept-Language': 'id'})[2]
        assert indonesian in shown, shown[-3000:]


main()
