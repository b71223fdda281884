"""The report: counts that add up, intervals, HTML that stands alone, and nobody in it."""

import csv
import html
import io
import os
import re
import time
import xml.dom.minidom

from harness import ad, main, test

TASKS = {'all': 'all', 'gambling': 'gambling work', 'none': 'none'}
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
    assert set(by) == {'all', 'month', 'board', 'place', 'task', 'language', 'share', 'pay', 'ratio', 'platform'}
    for name in ('all', 'month', 'board', 'place', 'task', 'language'):
        group = by[name]
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


def cells_of_html(page):
    """Every number of its tables, each by the heading above, the row's name and the column's place."""
    cells = {}
    for heading, table in re.findall(r'<h2>(.*?)</h2>(?:(?!<h2>).)*?<tbody>(.*?)</tbody>', page, re.S):
        for row in re.findall('<tr>(.*?)</tr>', table, re.S):
            name, *rest = [html.unescape(re.sub('<[^>]*>', '', cell)) for cell in re.findall('<td[^>]*>(.*?)</td>', row, re.S)]
            cells[html.unescape(heading), name] = rest
    return cells


@test
def the_table_says_what_the_page_says(place):
    filled(place)
    out = report(place, '--format', 'csv')
    rows = list(csv.DictReader(io.StringIO(out.lstrip('\ufeff'))))
    assert all(line.count(',') == out.partition('\r\n')[0].count(',') for line in out.split('\r\n')[:-1]), out
    page = cells_of_html(report(place, '--format', 'html'))
    headings = {'all': 'By month', 'month': 'By month', 'board': 'By board', 'place': 'By place', 'task': 'By task', 'language': 'By language'}
    names = {'precision': 'Confirmed, of', 'removal': 'Removed, of', 'missed': 'Lures, of'}

    def percent(row, low, middle, high):
        found = ['%.1f%%' % (100 * float(row[name])) for name in (middle, low, high)] if row[middle] else None
        return '%s (%s–%s)' % tuple(found) if found else '–'

    def quartile(row, name):
        return row[name] + (' (%s–%s)' % (row[name + '_low'], row[name + '_high']) if row[name + '_low'] else '')
    told = {}
    for row in rows:
        counts = [row[name] or '–' for name in ('seen', 'flagged', 'confirmed', 'dismissed', 'removed')]
        hours = [row[name] + ' h' if row[name] else '–' for name in ('half_within_hours', 'nine_of_ten_within_hours')]
        told[row['by'], row['name']] = {
            'share': [percent(row, 'share_low', 'share', 'share_high'), row['part'] + ' of ' + row['of']],
            'pay': [row['ads']] + [quartile(row, name) for name in ('quartile1', 'median', 'quartile3')],
            'platform': [row['asked'], row['removed'], row['back']] + hours}.get(
                row['by'].replace('ratio', 'pay'), counts + [percent(row, 'precision_low', 'precision', 'precision_high')])
        assert row['since'] < row['until'] <= time.strftime('%Y-%m-%d', time.gmtime())
    seen = 0
    for (heading, name), cells in page.items():
        by = [key for key in told if said_as(key, headings, names, heading, name)]
        assert len(by) == 1, (heading, name, by, sorted(told))
        wanted = told[by[0]]
        if by[0][0] == 'share':
            cells = [cells[0] + ' (' + cells[1] + ')', cells[2]] if cells[2] != '–' else ['–', '0 of 0']
        assert cells == wanted, (heading, name, cells, wanted)
        seen += 1
    assert seen == len(told), (seen, sorted(told))


def said_as(key, headings, names, heading, name):
    by, group = key
    if by == 'share':
        return heading.startswith('Shares') and name.startswith(names[group])
    if by in ('pay', 'ratio'):
        return heading.startswith('Pay promised') and ('norm' in heading) == (by == 'ratio') and name == TASKS.get(group, group)
    if by == 'platform':
        return heading.startswith('Time to removal') and name == {'all': 'All'}.get(group, group)
    return headings[by].lower() == heading.lower() and name == {'all': 'All'}.get(group, TASKS.get(group, group) if by == 'task' else group)


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
