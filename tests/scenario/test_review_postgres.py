"""The reviewers' page over a shared store: every page, a decision, one that wants two people, a server that
restarts or is gone."""

import re

from harness import main, test
from page_client import Browser, Page, at_once
from postgres_server import Server

WORDS = ('Dibutuhkan admin slot dan CS judi online, kantor Poipet, Kamboja. Gaji 800-1200 USD, tiket, paspor dan '
         'mess ditanggung kantor. Tanpa pengalaman. Hubungi telegram t.me/contoh_bersama_%d')


def asked_by_two(server, ani, citra):
    """A request: two draft it at once, one approves it, and an act that fails leaves nothing begun."""
    shown = re.search(r'action="/case/1/request".*?name="seen" value="([^"]*)"', ani.get('/case/1')[2], re.S).group(1)
    answers = at_once([lambda one=one: one.post('/case/1/request', recipient='site', language='', seen=shown) for one in (ani, ani, citra)])
    assert sorted(answer[0] for answer in answers) == [303, 409, 409], [answer[0] for answer in answers]
    drafter = server.rows('SELECT drafted_by FROM requests')[0][0]
    own, other = (ani, citra) if drafter == 'ani' else (citra, ani)
    shown = re.search(r'action="/request/1".*?name="seen" value="([^"]*)"', own.get('/request/1')[2], re.S).group(1)
    assert own.post('/request/1', do='approve', seen=shown)[0] == 403 and own.post('/request/1', do='sent', seen=shown)[0] == 409
    assert other.post('/request/1', do='approve', seen=shown)[0] == (303 if other is citra else 403)
    assert ani.get('/requests')[0] == 200 and len(server.rows('SELECT id FROM requests')) == 1


def restarted_beneath(server, ani):
    """Nobody notices a server that restarts; one that is gone is said at once, by every handle."""
    at_once([lambda: ani.get('/')] * 6)
    server.control('-m', 'immediate', 'restart')
    answers = at_once([lambda: ani.get('/')] * 6)
    assert [answer[0] for answer in answers] == [200] * 6, [answer[0] for answer in answers]
    server.control('-m', 'immediate', 'restart')
    assert ani.decide(2, 'confirmed', note='typed so')[0] == 303
    server.control('-m', 'immediate', 'stop')
    answers = at_once([lambda: ani.get('/')] * 8 + [lambda: ani.decide(2, 'undo', note='typed so')])
    for status, headers, text in answers:
        assert status == 503 and headers['Retry-After'] == '5' and 'cannot use its store just now' in text, (status, text[-900:])
    assert 'typed so' in answers[-1][2] and ani.get('/send')[0] == 200
    server.control('-o', "-c listen_addresses='' -c unix_socket_directories='%s'" % server.dir, 'start')
    assert ani.get('/')[0] == 200 and ani.decide(2, 'undo')[0] == 303
    assert server.rows('SELECT state FROM cases WHERE id = 2') == [['0']]


@test
def every_page_reads_a_shared_store(place):
    server = Server()
    try:
        place.settings(store=server.url, second_review='firms')
        with open(place.path('ads.csv'), 'w', encoding='utf-8') as out:
            out.write('title,text,company\n')
            out.writelines('Admin slot %d,"%s",%s\n' % (n, WORDS % n, 'Kantor' if n == 0 else '') for n in range(3))
        run = place.run('queue', 'add', place.path('ads.csv'))
        assert run.code == 0, run.err
        page = Page(place)
        ani, citra = Browser(page, 'ani'), Browser(page, 'citra')
        for path in ('/', '/?search=poipet', '/?state=all', '/case/1', '/requests', '/sources', '/patterns', '/report', '/audit', '/changes'):
            status, _, text = ani.get(path)
            assert status == 200, (path, status, re.sub('<[^>]*>', ' ', text)[:900])
        assert sorted(ani.listed()) == [1, 2, 3], ani.listed()
        assert 'done=first' in ani.decide(1, 'confirmed')[1]['Location']
        assert ani.get('/?state=second')[2].count(' data-case=') == 1
        assert citra.decide(1, 'confirmed')[0] == 303
        asked_by_two(server, ani, citra)
        assert citra.decide(3, 'release')[0] == 303, 'the next case was hers'
        assert ani.decide(2, 'dismissed', whole='1')[0] == 303
        assert server.rows('SELECT state FROM cases ORDER BY id') == [['2'], ['3'], ['3']]
        assert ani.decide(2, 'undo')[0] == 303
        assert server.rows('SELECT state FROM cases ORDER BY id') == [['2'], ['0'], ['0']]
        assert ani.post('/export', format='csv')[0] == 200
        restarted_beneath(server, ani)
    finally:
        server.stop()


main()
