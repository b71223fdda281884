"""The reviewers' page against hostile ads, requests and clients, and against accounts that try more than
their role allows."""

import socket
import time

from harness import SLOW, ad, listing, main, test
from page_client import Browser, Page


def prepared(place):
    place.small_board(ads=3, lures=1)
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err


@test
def hostile_fields_stay_text(place):
    hostile = ['<script>alert(1)</script>', '"><svg onload=alert(1)>', 'javascript:alert(1)', '\u202eevil\u2066', '=cmd|x',
               '{1}{2}%s%n', '&lt;b&gt;', "' OR 1=1 --", '</textarea><script>x</script>', 'a' * 1000000]
    place.page('board.example', 'jobs', listing(['/job/%d' % n for n in range(len(hostile))]))
    for n, words in enumerate(hostile):
        text = 'Admin slot judi online Kamboja, gaji 1200 USD, tiket ditanggung, tanpa pengalaman, t.me/contoh_x ' + words
        place.page('board.example', 'job/%d' % n, ad(words[:4000], text, n, words[:4000], 'Poipet ' + words[:4000]))
    place.source()
    place.board()
    place.sweep()
    ani = Browser(Page(place), 'ani')
    cases = ani.listed()
    assert len(cases) >= len(hostile) - 1, cases
    for path in ['/', '/report', '/audit', '/sources'] + ['/case/%d' % case for case in cases]:
        status, headers, shown = ani.get(path)
        assert status == 200 and shown.count('<script') == 1 and '<svg onload' not in shown, path
        assert 'href="javascript:' not in shown.lower() and 'unsafe' not in headers['Content-Security-Policy'], path
    for body in (b'text=\xff\xfe\x00\x80&csrf=%s', b'text=%%00%%ff%%c0%%af&csrf=%s', b'text=' + b'%%F0%%9F' * 3000 + b'&csrf=%s'):
        status, _, shown = ani.ask('POST', '/patterns', body % ani.csrf.encode())
        assert status in (200, 400), (body[:40], status)
    assert ani.ask('POST', '/patterns', '&'.join('a%d=1' % n for n in range(5000)))[0] in (400, 403)
    assert ani.ask('POST', '/case/%d' % cases[0], 'x' * 100000)[0] == 413


@test
def paths_methods_and_roles_hold(place):
    prepared(place)
    page = Page(place)
    ani, dewi = Browser(page, 'ani'), Browser(page, 'dewi')
    case = ani.listed()[0]
    for path in ('/../etc/passwd', '/assets/../../etc/passwd', '/%2e%2e/etc/passwd', '/assets/', '/case/', '/case/0', '/case/-1',
                 '/case/1x', '/case/99999999999999999999', '/case/1/../2', '//evil.example', '/language/../../x', '/case/1%00'):
        assert ani.get(path)[0] in (303, 400, 404), path
        location = ani.get(path)[1].get('Location', '/')
        assert location.startswith('/') and not location.startswith('//'), (path, location)
    assert ani.get('/' + 'a' * 9000)[0] in (414, 431)
    assert ani.ask('PUT', '/', 'x')[0] in (405, 413) and ani.ask('DELETE', '/case/1')[0] == 405
    for path, fields in (('/case/%d' % case, {'do': 'confirmed'}), ('/case/%d' % case, {'do': 'claim'}), ('/next', {}), ('/undo', {}),
                         ('/send', {'kind': 'text', 'text': 'x'}), ('/case/%d/evidence' % case, {}), ('/export', {'format': 'csv'})):
        assert dewi.post(path, **fields)[0] == 403, path
    assert ani.post('/case/%d/evidence' % case)[0] == 403 and place.count('SELECT state FROM cases WHERE id = %d' % case) == 0
    assert ani.get('/case/%d/export' % case)[0] == 404, 'an act is never a GET'
    # fixation: a session somebody chose is none, and logging in makes another
    stranger = Browser(page)
    stranger.cookies['lurewatch'] = 'f' * 64
    assert stranger.get('/')[0] == 303
    stranger.post('/login', name='ani', password='a long enough password')
    assert stranger.cookies['lurewatch'] != 'f' * 64 and stranger.get('/')[0] == 200
    old = dict(stranger.cookies)
    stranger.get('/')
    stranger.post('/logout')
    stranger.cookies = old
    assert stranger.get('/')[0] == 303, 'a session that ended'
    status, headers, _ = Browser(page).post('/login', name='ani', password='a long enough password')
    assert 'HttpOnly' in headers['Set-Cookie'] and 'SameSite' in headers['Set-Cookie'], headers
    # an account that is taken away is out at once
    assert place.run('review', '--remove-account', 'ani').code == 0
    assert ani.get('/')[0] == 303
    assert all(line.split(':')[2].startswith('$y$') if ':' in line else True
               for line in open(place.path('accounts')).read().splitlines() if not line.startswith('#')) \
        or '$y$' in open(place.path('accounts')).read()


@test
def who_drips_is_cut_and_others_go_on(place):
    prepared(place)
    page = Page(place)
    ani = Browser(page, 'ani')
    with socket.create_connection(('127.0.0.1', page.port), timeout=5) as slow:
        slow.sendall(b'POST /login HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 1000\r\n\r\n' % page.port)
        began, cut = time.monotonic(), False
        while not cut and time.monotonic() - began < 50 * SLOW:
            try:
                slow.sendall(b'x')
                time.sleep(1)
            except OSError:
                cut = True
        assert cut and time.monotonic() - began > 5
    assert ani.get('/')[0] == 200


main()
