"""A sweep of a small board: cases, audit, evidence, rounds, sources that are off, what is refused."""

import gzip
import os

from harness import listing, lure, main, test


@test
def a_sweep_makes_a_case_of_each_lure_and_of_nothing_else(place):
    place.small_board(ads=10, lures=3)
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert place.case_urls() == ['https://board.example/job/%d' % n for n in range(3)], run.out
    total = run.total()
    assert total['total']['postings'] == 10 and total['total']['cases_new'] == 3, total
    assert total['stopped_by'] == 'done', total
    assert 'test endpoint' in run.err, run.err


@test
def every_request_stands_in_the_audit_with_its_reason(place):
    place.small_board(ads=4, lures=1)
    place.source()
    place.board()
    assert place.sweep().code == 0
    asked = {(entry['host'], entry['path']) for entry in place.log()}
    told = {(host, '/' + url.split('/', 3)[3]) for host, url in place.rows(
        'SELECT h.name, f.url FROM fetches f JOIN hosts h ON h.id = f.host_id')}
    assert asked == told, (asked, told)
    referrers = dict(place.rows('SELECT url, referrer FROM fetches'))
    assert referrers['https://board.example/job/1'] == 'https://board.example/jobs', referrers
    rules = dict(place.rows('SELECT url, robots_rule FROM fetches'))
    assert rules['https://board.example/job/1'] == 'no rule', rules
    agents = {entry['agent'] for entry in place.log()}
    assert len(agents) == 1 and 'mailto:desk@example.org' in agents.pop()


@test
def evidence_is_kept_for_cases_and_can_be_read(place):
    place.small_board(ads=4, lures=2)
    place.source()
    place.board()
    assert place.sweep().code == 0
    assert place.count("SELECT count(*) FROM records WHERE type = 'metadata'") >= 2
    assert place.count("SELECT count(*) FROM versions WHERE band >= 2 AND evidence_id = ''") == 0
    folder = place.path('evidence')
    assert os.stat(folder).st_mode & 0o777 == 0o700
    names = os.listdir(folder)
    text = b''.join(gzip.open(os.path.join(folder, name)).read() for name in names)
    assert b'contoh_kantor_1' in text and b'"verdict"' in text and b'GET /job/1' in text


@test
def a_source_is_not_swept_again_before_it_is_due(place):
    place.small_board(ads=3, lures=1)
    place.source()
    place.board()
    assert place.sweep().code == 0
    before = len(place.log())
    run = place.sweep()
    assert run.code == 0 and run.source('board')['status'] == 'not due', run.out
    assert len(place.log()) == before


@test
def a_forced_round_asks_lists_again_and_finds_what_is_new(place):
    place.small_board(ads=5, lures=1)
    place.source()
    place.board()
    assert place.sweep().code == 0
    place.page('board.example', 'jobs', listing(['/job/%d' % n for n in range(6)]))
    place.page('board.example', 'job/5', lure(5))
    run = place.sweep('--source', 'board')
    assert run.code == 0 and run.total()['total']['cases_new'] == 1, run.out
    assert len(place.requests('/job/1')) == 1, 'a known posting is not read again so soon'
    assert len(place.requests('/jobs')) == 2
    run = place.sweep('--source', 'board')
    assert run.total()['total']['unchanged'] == 1, run.out
    assert place.requests('/jobs')[-1]['status'] == 304


@test
def an_ad_of_the_feed_and_of_its_page_is_one_case(place):
    place.small_board(ads=4, lures=2)
    items = ''.join('<item><title>Lowongan admin slot Kamboja %d</title><guid>ad-%d</guid>'
                    '<link>https://board.example/job/%d</link><description>Admin slot judi online '
                    'Poipet Kamboja, gaji 800-1200 USD, tiket dan paspor ditanggung, tanpa '
                    'pengalaman, telegram t.me/contoh_kantor</description></item>' % (n, n, n)
                    for n in range(2))
    place.page('board.example', 'feed.xml',
               '<?xml version="1.0"?><rss version="2.0"><channel><title>Jobs</title>%s</channel></rss>'
               % items)
    place.source(more="  - {url: 'https://board.example/feed.xml', as: feed}\n")
    text = open(place.path('sources', 'board.yml'), encoding='utf-8').read()
    lines = text.splitlines()
    feed = lines.pop()  # belongs below start:
    lines.insert(lines.index('every: 1h'), feed)
    place.write('sources/board.yml', '\n'.join(lines) + '\n')
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert len(place.requests('/feed.xml')) == 1
    assert place.case_urls() == ['https://board.example/job/0', 'https://board.example/job/1'], run.out
    assert place.count('SELECT count(*) FROM postings') == 4
    assert place.count('SELECT max(versions) FROM postings') == 2


@test
def a_source_that_is_off_says_why_and_is_not_asked(place):
    place.small_board()
    place.source(more='enabled: no\n')
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert run.source('board')['status'] == 'off' and run.source('board')['why'], run.out
    assert place.log() == []


@test
def a_wrong_source_file_is_told_and_the_others_are_swept(place):
    place.small_board(ads=2, lures=1)
    place.source()
    place.write('sources/broken.yml', 'name: broken\nstart: 7\nnonsense: yes\n')
    place.board()
    run = place.sweep()
    assert run.code == 78, run.err
    assert 'broken.yml:' in run.err, run.err
    assert len(place.case_urls()) == 1


@test
def without_a_contact_no_sweep_starts(place):
    place.small_board()
    place.source()
    place.settings(contact='')
    place.board()
    run = place.sweep()
    assert run.code == 78 and 'contact' in run.err, run.err
    assert place.log() == []


@test
def stop_all_halts_every_sweep(place):
    place.small_board()
    place.source()
    place.settings(stop='all')
    place.board()
    run = place.sweep()
    assert run.code == 0 and 'stop' in run.out, run.out + run.err
    assert place.log() == []


@test
def an_unknown_source_is_a_wrong_command_line(place):
    place.source()
    place.port = 9
    run = place.sweep('--source', 'nobody')
    assert run.code == 64 and 'nobody' in run.err, run.err


@test
def a_dry_run_shows_and_changes_nothing(place):
    place.small_board()
    place.source()
    place.board()
    run = place.sweep('--dry-run')
    assert run.code == 0, run.err
    assert run.source('board')['urls'][0]['url'] == 'https://board.example/jobs', run.out
    assert place.log() == []
    assert not os.path.exists(place.path('lurewatch.db'))
    assert place.sweep().code == 0
    assert place.sweep('--dry-run').source('board')['status'] == 'not due'


if __name__ == '__main__':
    main()
