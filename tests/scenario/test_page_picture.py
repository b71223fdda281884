"""The page's picture in a dossier, drawn by a real Chromium from the kept bytes: nothing is fetched again, no
page gets out, and where there is no picture the dossier says why."""

import gzip
import hashlib
import io
import os
import struct
import zipfile
import zlib

from harness import Skip, browser_folders, listener, main, test, wait_for_browsers
from smtp_sink import Sink

BROWSERS = ('/usr/bin/chromium-headless-shell', '/usr/bin/chromium')


def need_browser():
    if not any(os.path.exists(path) for path in BROWSERS):
        raise Skip('chromium-headless-shell is not installed')


def swept(place, change=lambda html: html, packed=False, lures=1, **settings):
    """A board with its lures, changed by change(html), sent packed where it is asked for; and their cases."""
    place.settings(**settings)
    place.small_board(ads=lures + 2, lures=lures)
    folder = os.path.join(place.root, 'board.example', 'job')
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding='utf-8') as page:
            html = page.read()
        if 'admin slot' in html:
            html = change(html)
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as page:
                page.write(html)
            if packed:
                with gzip.open(os.path.join(folder, name + '.gz'), 'wb') as page:
                    page.write(html.encode())
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0 and len(place.case_urls()) == lures, (run.code, run.out, run.err)


def dossier(place, *more, case=1, name='case.zip', timeout=50):
    before = browser_folders()
    run = place.run('export', '--format', 'dossier', '--case', str(case), '-o', place.path(name), *more,
                    timeout=timeout)
    assert run.code == 0, (run.code, run.out, run.err)
    wait_for_browsers(before)
    with zipfile.ZipFile(place.path(name)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def pixels(png):
    """Width, height and the rows of a PNG of 8 bits a channel, without interlace."""
    assert png[:8] == b'\x89PNG\r\n\x1a\n', png[:16]
    at, data, head = 8, b'', None
    while at < len(png):
        length, kind = struct.unpack('>I4s', png[at:at + 8])
        body = png[at + 8:at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack('>I', png[at + 8 + length:at + 12 + length])[0]
        head = struct.unpack('>IIBBBBB', body) if kind == b'IHDR' else head
        data += body if kind == b'IDAT' else b''
        at += 12 + length
    width, height, bits, colour, _, _, interlace = head
    assert bits == 8 and colour in (2, 6) and interlace == 0, head
    step = 3 if colour == 2 else 4
    raw, rows, above = zlib.decompress(data), [], bytearray(width * step)
    for number in range(height):
        start = number * (width * step + 1)
        row = unfilter(raw[start], bytearray(raw[start + 1:start + 1 + width * step]), above, step)
        rows.append(row)
        above = row
    return width, height, step, rows


def paeth(a, b, c):
    near = sorted((abs(value - (a + b - c)), order) for order, value in enumerate((a, b, c)))
    return (a, b, c)[near[0][1]]


def unfilter(kind, row, above, step):
    if kind == 1:
        for i in range(step, len(row)):
            row[i] = row[i] + row[i - step] & 255
    elif kind == 2:
        row = bytearray(a + b & 255 for a, b in zip(row, above))
    elif kind:
        for i, value in enumerate(row):
            left = row[i - step] if i >= step else 0
            corner = above[i - step] if i >= step else 0
            row[i] = value + ((left + above[i]) // 2 if kind == 3 else paeth(left, above[i], corner)) & 255
    return row


def colour_at(picture, x, y):
    _, _, step, rows = picture
    return tuple(rows[y][x * step:x * step + 3])


BLUE = '<div style="position:absolute;left:600px;top:400px;width:200px;height:200px;background:#00f"></div>'


@test
def the_kept_page_is_drawn_and_goes_along(place):
    need_browser()
    swept(place, lambda html: html.replace('</body>', BLUE + '</body>'))
    before = len(place.log())
    files = dossier(place)
    picture = pixels(files['page.png'])
    assert picture[:2] == (1280, 800), picture[:2]
    assert colour_at(picture, 700, 500) == (0, 0, 255) and colour_at(picture, 1200, 700) == (255, 255, 255)
    assert any(colour_at(picture, x, y) < (100, 100, 100) for x in range(8, 300) for y in range(8, 80)), 'no words'
    assert len(place.log()) == before, 'the page was fetched again'
    sums = dict(reversed(line.split('  ')) for line in files['SHA256SUMS'].decode().splitlines())
    assert sums['page.png'] == hashlib.sha256(files['page.png']).hexdigest()
    readme = files['README.txt'].decode()
    assert 'Picture of the page: page.png, drawn by ' in readme and 'Chrome/' in readme, readme
    assert 'no photograph of' in readme and b'page.png di dalamnya digambar' in files['letter.txt']
    assert b'"picture":"page.png"' in files['case.json'], files['case.json']
    run = place.run('evidence', 'verify', place.path('case.zip'))
    assert run.code == 0 and '9 files, 4 records: 0 bad' in run.out, (run.out, run.err)
    again = dossier(place, name='again.zip')
    assert again == files, 'the same browser, other bytes'


@test
def one_flipped_bit_of_the_picture_is_told(place):
    need_browser()
    swept(place)
    picture = dossier(place)['page.png']
    with open(place.path('case.zip'), 'rb') as file:
        whole = file.read()
    begins = whole.index(b'page.png') + len('page.png')
    for at in range(begins, begins + min(len(picture), 4000), 397):
        flipped = bytearray(whole)
        flipped[at] ^= 1 << at % 8
        with open(place.path('bad.zip'), 'wb') as bad:
            bad.write(flipped)
        run = place.run('evidence', 'verify', place.path('bad.zip'))
        assert run.code == 65, (at, run.code, run.out, run.err)
    with zipfile.ZipFile(place.path('case.zip')) as packed:
        packed.extractall(place.path('unpacked'))
    with open(place.path('unpacked', 'page.png'), 'r+b') as file:
        file.seek(200)
        byte = file.read(1)[0]
        file.seek(200)
        file.write(bytes([byte ^ 4]))
    run = place.run('evidence', 'verify', place.path('unpacked'))
    assert run.code == 65 and 'page.png: not the file' in run.out, run.out


HOSTILE = """
<meta http-equiv="refresh" content="0; url=http://127.0.0.1:%(port)d/refresh">
<link rel="stylesheet" href="http://127.0.0.1:%(port)d/style.css"><link rel="preconnect" href="http://127.0.0.1:%(port)d/">
<link rel="dns-prefetch" href="http://127.0.0.1:%(port)d/"><link rel="prefetch" href="http://127.0.0.1:%(port)d/next">
<style>@import url(http://127.0.0.1:%(port)d/import.css); body { background: url(http://127.0.0.1:%(port)d/back.png) }
@font-face { font-family: far; src: url(http://127.0.0.1:%(port)d/far.woff2) } p { font-family: far }</style>
<script>document.documentElement.style.background = '#f00'; alert(1);
new WebSocket('ws://127.0.0.1:%(port)d/'); navigator.sendBeacon('http://127.0.0.1:%(port)d/b'); while (true) ;</script>
<img src="http://127.0.0.1:%(port)d/a.png" onerror="location='http://127.0.0.1:%(port)d/'"><img src="file:///etc/passwd">
<iframe src="http://127.0.0.1:%(port)d/frame"></iframe><iframe src="file:///etc/passwd"></iframe>
<iframe sandbox="allow-scripts" srcdoc="<script>fetch('http://127.0.0.1:%(port)d/f');while(1);</script>
<img src='http://127.0.0.1:%(port)d/s.png'>"></iframe>
<iframe src="data:text/html,<img src='http://127.0.0.1:%(port)d/d.png'><script>while(1);</script>"></iframe>
<object data="http://127.0.0.1:%(port)d/o"></object><embed src="http://127.0.0.1:%(port)d/e">
<video src="http://127.0.0.1:%(port)d/v" autoplay></video>
<form action="http://127.0.0.1:%(port)d/form" id="f"><input autofocus onfocus="document.forms[0].submit()"></form>
<div style="position:absolute;top:0;left:0;width:1px;height:900000px"></div>
"""


@test
def a_hostile_page_gets_nowhere(place):
    need_browser()
    server, knocks = listener()
    extra = HOSTILE % {'port': server.getsockname()[1]}
    swept(place, lambda html: html.replace('</head>', '</head>', 1).replace('</body>', BLUE + extra + '</body>'))
    before = len(place.log())
    files = dossier(place)
    server.close()
    picture = pixels(files['page.png'])
    assert picture[:2] == (1280, 8000), picture[:2]
    assert colour_at(picture, 700, 500) == (0, 0, 255), 'another page was drawn'
    assert colour_at(picture, 1200, 700) == (255, 255, 255), 'a script ran'
    assert knocks == [] and len(place.log()) == before, (knocks, place.log()[before:])
    assert place.run('evidence', 'verify', place.path('case.zip')).code == 0


@test
def without_a_browser_or_a_wish_the_dossier_says_so(place):
    swept(place, browser='/nonexistent/browser')
    files = dossier(place)
    assert 'page.png' not in files, sorted(files)
    assert b'Picture of the page: none: a picture needs a browser' in files['README.txt'], files['README.txt']
    assert b'page.png' not in files['letter.txt'] and b'page.png' not in files['SHA256SUMS']
    assert place.run('evidence', 'verify', place.path('case.zip')).code == 0
    files = dossier(place, '--no-picture')
    assert 'page.png' not in files and b'Picture of the page: none was made' in files['README.txt']
    assert place.run('export', '--format', 'csv', '--no-picture').code == 64


@test
def a_browser_that_dies_hangs_or_lies_costs_the_picture_alone(place):
    """A program that is no browser stands for one that misbehaves."""
    lie = r"""exec python3 -c '
import os
while True:
    os.write(4, b"{\"id\":1,\"result\":{}}\0{\"id\":2,\"result\":{\"targetId\":\"t\"}}\0nonsense\0[]\0" * 9)
    if not os.read(3, 65536): break
'"""
    swept(place)
    os.chmod(place.dir, 0o755)
    for name, script, said in (('dies', 'exit 3', 'ended'), ('hangs', 'exec sleep 60', 'took too long'),
                               ('lies', lie, 'no page')):
        path = place.path(name)
        with open(path, 'w', encoding='ascii') as out:
            out.write('#!/bin/sh\n%s\n' % script)
        os.chmod(path, 0o755)
        place.settings(browser=path, render_timeout='2s')
        readme = dossier(place)['README.txt'].decode()
        told = [line for line in readme.splitlines() if line.startswith('Picture of the page: none: ')]
        assert told and (said in told[0] or name != 'hangs'), readme
        assert place.run('evidence', 'verify', place.path('case.zip')).code == 0


@test
def requests_that_are_mailed_share_one_browser(place):
    need_browser()
    sink = Sink()
    counter, starts = place.path('counting'), place.path('starts')
    with open(counter, 'w', encoding='ascii') as out:
        out.write('#!/bin/sh\necho started >>%s\nexec %s "$@"\n' % (starts, [b for b in BROWSERS if os.path.exists(b)][0]))
    with open(starts, 'w', encoding='ascii'):
        pass
    for path, mode in ((counter, 0o755), (starts, 0o666), (place.dir, 0o755)):
        os.chmod(path, mode)
    swept(place, lures=3, smtp_url=sink.url, mail_from='desk@agency.example', browser=counter)
    for case in '123':
        assert place.run('queue', 'decide', case, 'confirmed', '--as', 'ani').code == 0
        assert place.run('request', 'draft', case, '--as', 'ani').code == 0
        assert place.run('request', 'approve', 'R-' + case, '--as', 'budi').code == 0
    run = place.run('export', '--send', '--as', 'ani')
    assert run.code == 0 and len(sink.messages) == 3, (run.code, run.out, run.err)
    for _, _, message in sink.messages:
        assert 'page.png di dalamnya' in message.get_body(('plain',)).get_content()
        attached, = message.iter_attachments()
        with zipfile.ZipFile(io.BytesIO(attached.get_content())) as packed:
            assert packed.read('page.png')[:4] == b'\x89PNG'
    with open(starts, encoding='ascii') as file:
        assert file.read() == 'started\n'


@test
def a_packed_answer_is_drawn_as_it_was_meant(place):
    need_browser()
    swept(place, lambda html: html.replace('</body>', BLUE + '</body>'), packed=True)
    files = dossier(place)
    record = gzip.decompress(files['evidence/excerpt.warc.gz'])
    assert b'Content-Encoding: gzip' in record, record[:2000]
    assert colour_at(pixels(files['page.png']), 700, 500) == (0, 0, 255)


@test
def what_is_no_web_page_has_no_picture(place):
    need_browser()
    swept(place)
    place.write('sent.txt', 'Dibutuhkan admin slot, kantor Poipet, Kamboja. Gaji 900 USD, tiket ditanggung. '
                            'Hubungi telegram t.me/contoh_kantor')
    run = place.run('queue', 'add', place.path('sent.txt'))
    assert run.code == 0, (run.code, run.out, run.err)
    files = dossier(place, case=2)
    assert 'page.png' not in files and b'none: what was kept is no web page' in files['README.txt'], files['README.txt']


if __name__ == '__main__':
    main()
