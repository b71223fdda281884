"""The reviewers' page over a shared store: every page, a decision, one that wants two people."""

import re

from harness import main, test
from page_client import Browser, Page
from postgres_server import Server

WORDS = ('Dibutuhkan admin slot dan CS judi online, kantor Poipet, Kamboja. Gaji 800-1200 USD, tiket, paspor dan '
         'mess ditanggung kantor. Tanpa pengalaman. Hubungi telegram t.me/contoh_bersama_%d')


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
        for path in ('/', '/?search=poipet', '/?state=all', '/case/1', '/sources', '/patterns', '/report', '/audit', '/changes'):
            status, _, text = ani.get(path)
            assert status == 200, (path, status, re.sub('<[^>]*>', ' ', text)[:900])
        assert sorted(ani.listed()) == [1, 2, 3], ani.listed()
        assert 'done=first' in ani.decide(1, 'confirmed')[1]['Location']
        assert ani.get('/?state=second')[2].count(' data-case=') == 1
        assert citra.decide(1, 'confirmed')[0] == 303
        assert citra.decide(3, 'release')[0] == 303, 'the next case was hers'
        assert ani.decide(2, 'dismissed', whole='1')[0] == 303
        assert server.rows('SELECT state FROM cases ORDER BY id') == [['2'], ['3'], ['3']]
        assert ani.decide(2, 'undo')[0] == 303
        assert server.rows('SELECT state FROM cases ORDER BY id') == [['2'], ['0'], ['0']]
        assert ani.post('/export', format='csv')[0] == 200
    finally:
        server.stop()


main()
