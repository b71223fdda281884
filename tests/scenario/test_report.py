"""The report: counts that add up, intervals, HTML that stands alone, and nobody in it."""

import csv
import io
import os
import re
import xml.dom.minidom

from harness import ad, main, test

TEXT = ('Dibutuhkan admin slot dan CS judi online nomor %d, kantor Poipet, Kamboja. Gaji 800-1200 USD, '
        'tiket, paspor dan mess ditanggung kantor. Tanpa pengalaman, berangkat cepat. '
        'Hubungi telegram t.me/contoh_kantor_%d')


def filled(place, lures=3):
    place.small_board(ads=lures + 4, lures=0)
    for n in range(lures):
        place.page('board.example', 'job/%d' % n,
                   ad('Lowongan <b>admin</b> slot %d' % n, TEXT % (n, n), n, 'PT Rahasia Contoh',
                      'Poipet, Kamboja'))
    place.source()
    place.board()
    assert place.sweep().code == 0
    assert place.run('queue', 'decide', '1', 'confirmed', '--as', 'ani-reviewer').code == 0
    assert place.run('queue', 'decide', '2', 'dismissed', '--as', 'ani-reviewer').code == 0
    return place


def report(place, *arguments, code=0):
    run = place.run('report', *arguments)
    assert run.code == code, (arguments, run.code, run.err)
    return run.out


@test
def counts_add_up(place):
    filled(place)
    rows = list(csv.DictReader(io.StringIO(report(place, '--format', 'csv').lstrip('\ufeff'))))
    by = {}
    for row in rows:
        by.setdefault(row['by'], []).append(row)
    assert set(by) == {'month', 'board', 'place', 'task', 'language'}
    for name, group in by.items():
        assert sum(int(row['flagged']) for row in group) == 3, name
        assert sum(int(row['confirmed']) for row in group) == 1, name
        assert sum(int(row['dismissed']) for row in group) == 1, name
        if name != 'place':
            assert sum(int(row['seen']) for row in group) == 7, name
    board = by['board'][0]
    assert board['name'] == 'board' and board['precision'] == '0.500'
    assert float(board['precision_low']) < 0.5 < float(board['precision_high'])
    assert [row['name'] for row in by['place']] == ['KH'], by['place']
    text = report(place)
    assert '7 ads seen, 3 flagged, 1 confirmed by people, 0 of those removed' in text, text
    assert re.search(r'Confirmed, of the confirmed and dismissed +50\.0% +9\.5%–90\.5% +1 of 2\n', text), text
    assert re.search(r'\n +board +7 +3 +1 +1 +0 +50\.0% \(9\.5%–90\.5%\)\n', text), text
    assert re.search(r'\n +all +3 +1000 +1000 +1000\n', text), text


@test
def the_page_stands_alone_and_prints(place):
    filled(place)
    report(place, '-o', place.path('r.html'))
    with open(place.path('r.html'), encoding='utf-8') as file:
        html = file.read()
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">') and '@media print' in html
    assert not re.search(r'<script|src=|href=|url\(|@import', html)
    charts = re.findall(r'<svg.*?</svg>', html, re.S)
    assert len(charts) >= 5
    for chart in charts:
        xml.dom.minidom.parseString(chart)
    assert html.count('<table>') == html.count('</table>') >= 7
    assert 'first look that found the ad gone' in html


@test
def it_speaks_the_language_asked_for(place):
    filled(place)
    html = report(place, '--language', 'id', '--format', 'html')
    assert '<html lang="id">' in html and '<h2>Menurut situs</h2>' in html, html[:900]
    assert '50,0% (9,5%–90,5%)' in html and '50.0%' not in html
    english = report(place, '--format', 'html')
    for word in re.findall(r'<h[12]>([^<]+)', english):
        assert '>%s<' % word not in html, word
    assert '7 iklan terlihat, 3 ditandai, 1 dikonfirmasi oleh orang, 0 di antaranya dihapus' in report(
        place, '--language', 'id')
    assert report(place, '--language', 'id', '--format', 'csv') == report(place, '--format', 'csv')
    run = place.run('report', '--language', 'xx')
    assert run.code == 64 and "no language 'xx'; there are en, id" in run.err, run.err
    os.makedirs(place.path('messages'))
    place.write('messages/zh-Hans.txt', 'language = 中文\nreport.name = 组\nreport.seen = 出现\n')
    lines = report(place, '--language', 'zh-Hans').splitlines()
    head = next(n for n, line in enumerate(lines) if line.startswith('  组'))
    wide = sum(ord(letter) > 0x2e80 for letter in lines[head])
    assert len(lines[head]) + wide == len(lines[head + 1]), lines[head:head + 2]


@test
def nobody_is_in_it(place):
    filled(place)
    for form in ('text', 'html', 'csv'):
        out = report(place, '--format', form)
        for word in ('contoh_kantor', 'Rahasia', 'ani-reviewer', 'admin', '/job/', 'trafficker'):
            assert word not in out, (form, word)


@test
def time_spans_and_wrong_words(place):
    filled(place)
    assert '0 ads seen' in report(place, '--until', '2020-01-01', '--since', '2019-01-01')
    assert '7 ads seen' in report(place, '--since', '1d')
    report(place, '--since', '1d', '--until', '2d', code=64)
    report(place, '--format', 'pdf', code=64)
    report(place, '--since', 'soon', code=64)
    report(place, '-o', place.path('none', 'r.html'), code=73)


main()
