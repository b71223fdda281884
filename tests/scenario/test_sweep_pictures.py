"""Pictures of flagged ads: fetched as any page is, kept as evidence, refused when they are none."""

import gzip
import json
import os
import signal
import zipfile

from drawn_picture import pictured, put, shown, world
from harness import ad, lure, honest, listing, main, test, wait_for
from page_client import Browser, Page

PNG = '\x89PNG\r\n\x1a\n'


@test
def pictures_of_a_flagged_ad_are_evidence_and_others_are_refused(place):
    place.page('board.example', 'job/0', pictured(
        lure(0), '/img/a.png', 'https://board.example/private/b.png', '/img/c.png', '/img/big.png'))
    place.page('board.example', 'job/1', pictured(honest(1), '/img/honest.png'))
    put(place, 'img/a.png', PNG + 'invented picture a')
    put(place, 'private/b.png', PNG + 'never asked for')
    put(place, 'img/c.png', '<!doctype html><title>no picture</title>')
    put(place, 'img/big.png', PNG + 'x' * (4 << 20))
    put(place, 'img/honest.png', PNG + 'of an honest ad')
    world(place)
    run = place.sweep()
    assert run.code == 0 and run.total()['total']['cases_new'] == 1, run.out
    pictures = {entry['url'].rsplit('/', 1)[1]: entry for entry in shown(place)['pictures']}
    assert 'evidence_record' in pictures['a.png'], pictures
    assert pictures['b.png']['not_kept'].startswith('robots.txt'), pictures
    assert 'is no PNG' in pictures['c.png']['not_kept'], pictures
    assert '4194304' in pictures['big.png']['not_kept'], pictures
    assert place.requests('/private/b.png') == [] and place.requests('/img/honest.png') == []
    assert len(place.requests('/img/a.png')) == 1
    kinds = dict(place.rows('SELECT url, kind FROM fetches'))
    assert kinds['https://board.example/img/a.png'] == 'picture of a flagged ad', kinds
    referrers = dict(place.rows('SELECT url, referrer FROM fetches'))
    assert referrers['https://board.example/img/a.png'] == 'https://board.example/job/0'
    record = pictures['a.png']['evidence_record']
    told = place.run('evidence', 'show', record)
    assert told.code == 0 and '"picture":"image/png"' in told.out, told.out
    assert json.loads(told.out)['picture_of'] == shown(place)['evidence_record']
    text = b''.join(gzip.open(place.path('evidence', name)).read()
                    for name in os.listdir(place.path('evidence')))
    assert b'invented picture a' in text and b'no picture' not in text
    assert place.run('evidence', 'verify').code == 0
    run = place.run('export', '--format', 'dossier', '--case', '1', '-o', place.path('case.zip'),
                    '--no-picture')
    assert run.code == 0, run.err
    with zipfile.ZipFile(place.path('case.zip')) as packed:
        name = [name for name in packed.namelist() if name.endswith('.warc.gz')][0]
        assert b'invented picture a' in gzip.decompress(packed.read(name))
    told = place.run('evidence', 'verify', place.path('case.zip'))
    assert told.code == 0 and ' 0 bad' in told.out, told.out
    assert 'picture: https://board.example/img/a.png' in place.run('queue', 'show', '1').out


@test
def the_page_shows_a_picture_from_the_evidence_behind_a_blur(place):
    place.page('board.example', 'job/0', pictured(lure(0), '/img/a.gif', '/img/c.gif'))
    place.page('board.example', 'job/1', honest(1))
    put(place, 'img/a.gif', 'GIF89a invented picture <script>alert(1)</script>')
    put(place, 'img/c.gif', '<!doctype html><script>alert(2)</script>')
    world(place)
    assert place.sweep().code == 0
    page = Page(place)
    ani, dewi = Browser(page, 'ani'), Browser(page, 'dewi')
    text = ani.get('/case/1')[2]
    assert text.count('<details class="picture">') == 1 and 'loading="lazy"' in text, text
    assert 'is no PNG' in text and place.count("SELECT count(*) FROM audit WHERE action = 'read'") == 0
    kept = [number for number in (1, 2) if 'picture?n=%d"' % number in text][0]
    status, headers, body = ani.get('/case/1/picture?n=%d' % kept)
    assert status == 200 and headers['Content-Type'] == 'image/gif', (status, headers)
    assert headers['X-Content-Type-Options'] == 'nosniff' and headers['Cache-Control'] == 'no-store', headers
    assert body.startswith('GIF89a invented picture'), body
    assert place.count("SELECT count(*) FROM audit WHERE action = 'read' AND who = 'ani'") == 1
    for wrong in ('?n=%d' % (3 - kept), '?n=0', '?n=9', '?n=x', ''):
        assert ani.get('/case/1/picture' + wrong)[0] == 404, wrong
    assert ani.get('/case/99/picture?n=1')[0] == 404
    assert dewi.get('/case/1/picture?n=%d' % kept)[0] == 403, 'a viewer'
    assert '<img' not in dewi.get('/case/1')[2]


@test
def a_kill_between_ad_and_picture_loses_nothing(place):
    place.page('board.example', 'job/0', pictured(lure(0), '/img/a.png', '/img/b.png'))
    place.page('board.example', 'job/1', honest(1))
    put(place, 'img/a.png', PNG + 'one')
    put(place, 'img/b.png', PNG + 'two')
    place.settings(delay_min='700ms')
    world(place)
    sweep = place.start(place.sweep_command())
    wait_for(lambda: place.requests('/img/a.png') != [] or place.requests('/img/b.png') != [],
             what='the first picture')
    os.killpg(sweep.pid, signal.SIGKILL)
    place.finish(sweep)
    before = place.count('SELECT count(*) FROM pictures')
    assert before == 2, before
    assert place.count("SELECT count(*) FROM pictures WHERE record_id = ''") > 0
    assert place.sweep().code == 0
    assert all('sha256' in entry for entry in shown(place)['pictures']), shown(place)['pictures']
    assert place.count('SELECT count(*) FROM cases') == 1
    assert place.run('evidence', 'verify').code == 0


@test
def equal_pictures_join_a_campaign(place):
    other = ad('Customer service online, Myanmar',
               'Perusahaan di Myawaddy membutuhkan CS judi online. Gaji 1500 USD, tiket dan visa '
               'ditanggung, paspor disimpan kantor. Kontak telegram t.me/contoh_lain_9', 5,
               'Perusahaan Lain', 'Myawaddy')
    place.page('board.example', 'job/0', pictured(lure(0), '/img/a.png'))
    place.page('board.example', 'job/1', pictured(other, '/img/copy.png', '/img/a.png'))
    put(place, 'img/a.png', PNG + 'the same poster')
    put(place, 'img/copy.png', PNG + 'the same poster')
    world(place)
    assert place.sweep().code == 0
    assert place.count('SELECT count(*) FROM cases') == 2, place.case_urls()
    assert shown(place)['campaign_cases'] == 2, shown(place)
    digests = {entry['sha256'] for case in (1, 2) for entry in shown(place, case)['pictures']}
    assert len(digests) == 1, digests


@test
def no_picture_is_asked_for_elsewhere_or_when_it_is_turned_off(place):
    place.page('board.example', 'job/0', pictured(lure(0), 'https://elsewhere.example/x.png',
                                                  'http://169.254.169.254/x.png', '/img/a.png'))
    place.page('board.example', 'job/1', honest(1))
    put(place, 'img/a.png', PNG + 'one')
    place.settings(keep_pictures='0')
    world(place)
    assert place.sweep().code == 0
    assert place.count('SELECT count(*) FROM pictures') == 0
    place.settings(keep_pictures='4')
    place.page('board.example', 'jobs', listing(['/job/2']))
    place.page('board.example', 'job/2', pictured(lure(2), 'https://elsewhere.example/x.png',
                                                  'http://169.254.169.254/x.png', '/img/a.png'))
    run = place.sweep('--source', 'board')
    assert run.code == 0 and 'not of the source' in run.out, run.out
    assert {entry['host'] for entry in place.log()} == {'board.example'}
    assert place.count("SELECT count(*) FROM pictures WHERE record_id <> ''") == 1


@test
def an_ads_page_that_another_ad_calls_its_picture_is_read_all_the_same(place):
    place.page('board.example', 'job/0', pictured(lure(0), '/job/1'))
    place.page('board.example', 'job/1', lure(1))
    world(place)
    assert place.sweep().code == 0
    assert len(place.case_urls()) == 2, place.case_urls()


if __name__ == '__main__':
    main()
