"""Requests on the reviewers' page: drafted by one, approved by another who read the letter, noted as sent and
answered, withdrawn; nothing is sent, and what changed meanwhile is refused. And the choice that XARF has."""

import html
import re
import sqlite3

from harness import lure, main, test
from page_client import Browser, Page, account, at_once, prepared


def desk(place, **settings):
    prepared(place, lures=2, **settings)
    page = Page(place)
    assert account(place, 'eka', 'second-reviewer').returncode == 0
    people = [Browser(page, name) for name in ('ani', 'budi', 'citra', 'dewi', 'eka')]
    case = people[0].listed()[0]
    assert people[0].decide(case, 'confirmed')[0] == 303
    return case, *people


def seen(browser, path):
    """What the form that posts there says it was made for."""
    found = re.findall(r'action="%s".*?name="seen" value="([^"]*)"' % path, browser.get(re.sub('/request$', '', path) if
                       path.startswith('/case') else path)[2], re.S)
    assert len(found) == 1, (path, found)
    return found[0]


def draft(browser, case, recipient='site', language='', code=303, **more):
    path = '/case/%d/request' % case
    more['seen'] = more['seen'] if 'seen' in more else seen(browser, path)
    answer = browser.post(path, recipient=recipient, language=language, **more)
    assert answer[0] == code, (answer[0], answer[2][-1500:])
    return answer


def act(browser, number, what, note='', **more):
    path = '/request/%d' % number
    more['seen'] = more['seen'] if 'seen' in more else seen(browser, path)
    return browser.post(path, do=what, note=note, **more)


def rows(place):
    run = place.run('request', 'list', '--json')
    assert run.code == 0, run.err
    return run.lines()


def buttons(browser, number):
    return re.findall('name="do" value="([a-z]+)"', browser.get('/request/%d' % number)[2])


@test
def one_drafts_another_approves_and_answers_are_noted(place):
    case, ani, budi, citra, dewi, eka = desk(place)
    text = ani.get('/case/%d' % case)[2]
    assert '<option value="site"' in text and '<option value="aduankonten"' in text and 'Nothing is sent by it' in text
    location = draft(ani, case, 'aduankonten')[1]['Location']
    assert location == '/request/1?done=drafted&was=1'
    text = ani.get(location)[2]
    printed = place.run('request', 'show', '1').out
    letter = html.unescape(re.search('<pre class="words">(.*?)</pre>', text, re.S).group(1))
    assert letter.strip() == printed.partition('\n\n')[2].strip() and len(letter) > 200, 'the letter of the command'
    assert 'R-1 is drafted' in text and 'another person must approve it' in text and 'href="https://aduankonten.id' in text
    assert buttons(ani, 1) == ['withdrawn'] and buttons(budi, 1) == [] and buttons(citra, 1) == ['approve', 'withdrawn']
    assert buttons(dewi, 1) == [], 'a viewer'
    shown = seen(ani, '/request/1')
    assert 'A second reviewer must' in budi.get('/request/1')[2] and '<textarea' not in budi.get('/request/1')[2]
    assert act(ani, 1, 'approve')[0] == 403 and act(budi, 1, 'approve', seen=shown)[0] == 403
    status, _, text = act(ani, 1, 'sent', note='typed so')
    assert status == 409 and 'typed so' in text and rows(place)[0]['state'] == 'drafted', 'nobody approved it'
    status, headers, _ = act(citra, 1, 'approve', note='read')
    assert status == 303 and headers['Location'] == '/request/1?done=approved&was=1'
    assert rows(place)[0]['approved_by'] == 'citra' and 'sent_at' not in rows(place)[0]
    assert 'Copy the letter into' in ani.get('/request/1')[2] and buttons(budi, 1) == ['sent']
    assert act(budi, 1, 'sent')[0] == 303 and rows(place)[0]['sent_by'] == 'budi'
    assert buttons(budi, 1) == ['acknowledged', 'refused']
    assert act(budi, 1, 'refused', note='not illegal there')[0] == 303 and buttons(budi, 1) == ['acknowledged']
    assert act(budi, 1, 'acknowledged', note='ticket 77')[0] == 303
    for said in ('R-1', 'acknowledged', 'ticket 77'):
        assert said in ani.get('/case/%d' % case)[2], said
    assert '<option value="aduankonten"' not in ani.get('/case/%d' % case)[2], 'asked already'
    assert act(budi, 1, 'withdrawn', note='mistaken')[0] == 403, 'another drafted it'
    status, _, text = act(ani, 1, 'withdrawn', note=' ')
    assert status == 400 and 'Say why' in text
    assert act(ani, 1, 'withdrawn', note='a licensed firm')[0] == 303
    text = ani.get('/request/1?done=withdrawn&was=1')[2]
    assert 'The correction' in text and 'a licensed firm' in text and buttons(ani, 1) == []
    history = [row for row, in place.rows("SELECT why FROM audit WHERE action = 'request' ORDER BY id")]
    assert history[1] == 'R-1 to aduankonten: read' and len(history) == 6, history
    assert place.run('db', 'check').code == 0


@test
def a_desk_of_one_approves_its_own(place):
    case, ani, budi, *_ = desk(place, approvals='1')
    draft(ani, case, 'site', 'en')
    assert rows(place)[0]['language'] == 'en' and buttons(ani, 1) == ['approve', 'withdrawn']
    assert act(ani, 1, 'approve')[0] == 303 and rows(place)[0]['approved_by'] == 'ani'
    assert 'approved by a person' in ani.get('/requests')[2] and 'href="/request/1"' in budi.get('/requests')[2]


@test
def what_changed_meanwhile_is_refused(place):
    case, ani, budi, citra, dewi, eka = desk(place)
    path = '/case/%d/request' % case
    shown = seen(ani, path)
    for status, why, fields in ((400, 'Choose who', {'recipient': ''}), (409, 'another version', {'seen': 'x'}), (409, 'another version', {'seen': ''}),
                                (403, '', {'csrf': '0' * 64}), (404, '', {'recipient': 'nobody'}), (400, '', {'language': 'xx'})):
        answer = ani.post(path, **{'recipient': 'site', 'language': '', 'seen': shown, **fields})
        assert answer[0] == status and why in answer[2], (fields, answer[0], answer[2][-1200:])
    assert ani.post(path, {'Origin': 'https://evil.example'}, recipient='site', seen=shown)[0] == 403
    assert dewi.post(path, recipient='site', seen=shown)[0] == 403, 'a viewer'
    assert rows(place) == []
    # two at once: one request
    answers = at_once([lambda one=one: one.post(path, recipient='site', language='', seen=shown) for one in (ani, budi)])
    assert sorted(answer[0] for answer in answers) == [303, 409] and len(rows(place)) == 1
    assert 'was asked about this case already' in [answer[2] for answer in answers if answer[0] == 409][0]
    # two approve at once; who is second sees what it is now
    shown = seen(citra, '/request/1')
    answers = at_once([lambda one=one: act(one, 1, 'approve', seen=shown) for one in (citra, eka)])
    assert sorted(answer[0] for answer in answers) == [303, 409], [answer[0] for answer in answers]
    assert '(now: approved)' in [answer[2] for answer in answers if answer[0] == 409][0]
    shown = seen(budi, '/request/1')
    # the ad is another by now: the approval is gone, and so is what was read
    for n in range(2):
        place.page('board.example', 'job/%d' % n, lure(n).replace('800-1200', '900-1500'))
    with sqlite3.connect(place.path('lurewatch.db'), timeout=20) as store:
        store.execute('UPDATE urls SET refetch = 1 WHERE refetch > 0')
    assert place.sweep('--source', 'board').code == 0
    assert 'approved_by' not in rows(place)[0], rows(place)
    status, _, text = act(budi, 1, 'sent', seen=shown)
    assert status == 409 and '(now: drafted)' in text, (status, text[-900:])
    assert 'sent' not in buttons(budi, 1)
    # and a case that is not confirmed any more is not asked about
    shown = seen(citra, '/request/1')
    assert ani.decide(case, 'undo')[0] == 303
    answer = act(citra, 1, 'approve', seen=seen(citra, '/request/1'))
    assert answer[0] == 409 and 'Only a confirmed case' in answer[2]
    assert act(citra, 1, 'approve', seen=shown)[0] == 409 and rows(place)[0]['state'] == 'drafted'
    assert '/case/%d/request' % case not in ani.get('/case/%d' % case)[2] and 'R-1' in ani.get('/case/%d' % case)[2]
    assert ani.get('/request/99')[0] == 404 and ani.post('/request/1', do='drafted', seen=shown)[0] == 400


@test
def it_is_said_in_indonesian_too(place):
    case, ani, budi, citra, *_ = desk(place)
    for one in (ani, citra):
        one.cookies['lurewatch_language'] = 'id'
    assert 'Rancang permintaan' in ani.get('/case/%d' % case)[2]
    draft(ani, case, 'aduankonten')
    text = ani.get('/request/1')[2]
    assert 'orang lain yang harus menyetujuinya' in text and 'Suratnya' in text and 'Tarik kembali' in text
    assert 'Sudah saya baca: boleh dikirim' in citra.get('/request/1')[2]
    assert 'dirancang' in citra.get('/requests')[2]
    assert 'request.' not in re.sub('<[^>]*>', '', text + ani.get('/requests')[2] + ani.get('/case/%d' % case)[2])


@test
def xarf_may_say_that_the_ads_stand_on_the_recruiters_sites(place):
    case, ani, *_ = desk(place)
    path = '/case/%d/export' % case
    assert 'name="own-sites"' in ani.get('/case/%d' % case)[2] and 'name="own-sites"' in ani.get('/')[2]
    left = "SELECT count(*) FROM audit WHERE action = 'export'"
    before = place.count(left)
    for where in (path, '/export'):
        status, _, plain = ani.post(where, format='xarf', state='confirmed')
        assert status == 400 and 'No file was made' in plain and 'choose the letter' in plain, (status, plain[-600:])
    assert place.count(left) == before, 'nothing left the house'
    status, _, plain = ani.post(path, format='xarf', headers={'Accept-Language': 'id'})
    assert status == 400 and 'Tidak ada berkas' in plain, plain[-600:]
    status, _, own = ani.post(path, **{'format': 'xarf', 'own-sites': '1'})
    assert status == 200 and 'https://board.example/job/' in own and own.count('\n') == 1, own
    status, _, text = ani.post(path, **{'format': 'csv', 'own-sites': '1'})
    assert status == 400 and 'choice of XARF alone' in text
    status, _, many = ani.post('/export', **{'format': 'xarf', 'state': 'confirmed', 'own-sites': '1'})
    assert status == 200 and many.count('\n') == 1


main()
