"""Silence is not safety: what a sweep notices after the fact, in the store, in print and in the metrics; the JSON log."""

import json
import os
import shutil

from harness import ROOT, ad, honest, listing, main, page, test


def kinds(run):
    return sorted((alarm['source'], alarm['kind']) for alarm in run.total()['alarms'])


def jobs(place, count, text=None, host='board.example'):
    place.robots(host)
    place.page(host, 'jobs', listing(['/job/%d' % n for n in range(count)]))
    for n in range(count):
        place.page(host, 'job/%d' % n, text(n) if text else honest(n))


FOLLOW = "extract:\n  follow:\n    posting: ['/job/*']\n"


@test
def a_board_that_yields_far_less_than_usual_is_told(place):
    jobs(place, 12)
    place.settings(metrics_file='metrics.prom')
    place.source(more=FOLLOW)
    place.board()
    assert kinds(place.sweep()) == []
    assert kinds(place.sweep('--source', 'board')) == [], 'the list was as before'
    place.page('board.example', 'jobs', page('Jobs', '<div id="app">Our new look</div><a href="/job/1">one</a>'))
    run = place.sweep('--source', 'board')
    assert kinds(run) == [('board', 'yield')], run.out
    assert place.rows('SELECT source, kind FROM alarms') == [('board', 'yield')]
    metrics = open(place.path('metrics.prom'), encoding='utf-8').read()
    assert 'lurewatch_alarm{source="board",kind="yield"} 1' in metrics, metrics
    assert 'lurewatch_source_pages{source="board"} 1\n' in metrics and 'lurewatch_sweep_exit_code 0' in metrics
    assert not [name for name in os.listdir(place.dir) if name.startswith('metrics.prom') and name != 'metrics.prom']


@test
def a_disk_that_fills_up_is_told(place):
    jobs(place, 2)
    place.source()
    place.board()
    place.settings(disk_min_mib='1073741824')
    run = place.sweep()
    assert run.code == 0 and kinds(run) == [('', 'disk')], run.out
    assert place.rows('SELECT source, kind FROM alarms') == [('', 'disk')]
    assert 'alarm: the sweep: ' in place.finish(place.start(
        [part for part in place.sweep_command('--source', 'board') if part != '--json'])).out
    place.settings(disk_min_mib='0')
    assert kinds(place.sweep('--source', 'board')) == []


@test
def a_field_that_vanished_from_the_ads_is_told(place):
    jobs(place, 12)
    place.source(more=FOLLOW)
    place.board()
    assert kinds(place.sweep()) == []
    place.page('board.example', 'jobs', listing(['/job/%d' % n for n in range(20)]))
    for n in range(12, 20):
        place.page('board.example', 'job/%d' % n, ad('Kasir %d' % n, 'Toko mencari kasir nomor %d, gaji sesuai UMK, '
                   'libur hari Minggu, lamaran diantar ke toko.' % n, n).replace('"hiringOrganization"', '"x"'))
    run = place.sweep('--source', 'board')
    assert ('board', 'field') in kinds(run), run.out
    assert "'employer' has vanished" in run.out, run.out


@test
def a_canary_that_is_not_flagged_raises_an_alarm_and_never_makes_a_case(place):
    shutil.copy(os.path.join(ROOT, 'samples', 'sources', 'canary.yml'), place.path('sources'))
    shutil.copytree(os.path.join(ROOT, 'samples', 'sources', 'canary'), place.path('sources', 'canary'))
    place.board()
    for _ in range(2):
        run = place.sweep()
        assert run.code == 0 and kinds(run) == [], run.out + run.err
    assert place.case_urls() == [] and place.count('SELECT count(*) FROM postings') == 0
    with open(place.path('sources', 'canary', 'second.html'), 'w', encoding='utf-8') as out:
        out.write(honest(1))
    run = place.sweep()
    assert kinds(run) == [('canary', 'canary')] and '1 of 2 canary ads' in run.out, run.out
    shutil.rmtree(place.path('sources', 'canary'))
    run = place.sweep()
    assert kinds(run) == [('canary', 'canary')] and 'gave no ad' in run.out, run.out


@test
def ads_that_are_only_an_image_are_told(place):
    post = ('<div class="tgme_widget_message js-widget_message" data-post="pics/%d"><a class='
            '"tgme_widget_message_photo_wrap" style="background-image:url(\'https://cdn.example/%d.jpg\')"></a>'
            '<time datetime="2026-11-01T08:00:00+00:00"></time></div>')
    place.robots('t.me')
    place.page('t.me', 's/pics', page('Pics', ''.join(post % (n, n) for n in range(4))))
    place.source(name='pics', start='https://t.me/s/pics', kind='feed')
    place.board()
    run = place.sweep()
    assert kinds(run) == [('pics', 'images')] and '4 of 4 ads' in run.out, run.out


@test
def lists_without_any_ad_or_link_to_one_are_told_at_once(place):
    place.robots('board.example')
    place.page('board.example', 'jobs', listing(['/c/%d' % n for n in range(6)]))
    place.source()
    place.board()
    run = place.sweep()
    assert kinds(run) == [('board', 'yield')] and 'none had an ad' in run.out, run.out


@test
def the_report_has_a_line_for_each_source_and_the_log_can_be_json(place):
    jobs(place, 4)
    place.source(more=FOLLOW)
    place.board()
    run = place.finish(place.start(place.command('sweep', '--log-json', '--test-endpoint',
                                                 '127.0.0.1:%d' % place.port)))
    assert run.code == 0, run.err
    assert 'board: 5 pages, 4 postings, 0 flagged (0 new cases), 4 new' in run.out, run.out
    lines = [json.loads(line) for line in run.err.splitlines()]
    assert lines and lines[0]['level'] == 'warning' and 'test endpoint' in lines[0]['text'], run.err


if __name__ == '__main__':
    main()
