"""A sweep of a small board: cases, audit, rounds, sources that are off, limits, stops, the lock."""

import os
import pty
import signal
import time

from harness import listing, lure, main, test, wait_for


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
    import gzip
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


@test
def max_pages_stops_and_the_next_run_goes_on(place):
    place.small_board(ads=12, lures=3)
    place.source()
    place.board()
    run = place.sweep('--max-pages', '5')
    assert run.code == 0 and run.total()['stopped_by'] == 'max-pages', run.out
    assert run.total()['total']['pages'] == 5, run.out
    run = place.sweep()
    assert run.code == 0 and run.total()['stopped_by'] == 'done', run.out
    assert run.source('board')['resumed'] is True
    assert len(place.case_urls()) == 3
    assert all(len(place.requests('/job/%d' % n)) == 1 for n in range(12))


@test
def max_time_stops_and_the_next_run_goes_on(place):
    place.small_board(ads=30, lures=3)
    place.settings(delay_min='300ms')
    place.source()
    place.board()
    run = place.sweep('--max-time', '2s', timeout=30)
    assert run.code == 0 and run.total()['stopped_by'] == 'max-time', run.out
    assert 0 < len(place.log()) < 30
    place.settings(delay_min='5ms')
    assert place.sweep().total()['stopped_by'] == 'done'
    assert len(place.case_urls()) == 3
    assert all(len(place.requests('/job/%d' % n)) == 1 for n in range(30))


@test
def sigterm_finishes_what_is_in_flight_and_the_next_run_goes_on(place):
    place.small_board(ads=30, lures=3)
    place.settings(delay_min='150ms')
    place.source()
    place.rules('board.example/job/3 slow 1500')
    place.board()
    sweep = place.start(place.sweep_command())
    wait_for(lambda: place.requests('/job/2'), what='a request')
    time.sleep(0.4)  # now the slow one is in flight
    sweep.send_signal(signal.SIGTERM)
    run = place.finish(sweep)
    assert run.code == 0 and run.total()['stopped_by'] == 'signal', run.out + run.err
    assert place.states()['https://board.example/job/3'][0] == 'done'
    asked = len(place.log())
    assert asked < 30
    place.settings(delay_min='5ms')
    assert place.sweep().total()['stopped_by'] == 'done'
    assert len(place.case_urls()) == 3
    assert all(len(place.requests('/job/%d' % n)) == 1 for n in range(30))


@test
def a_second_signal_ends_it_at_once(place):
    place.small_board(ads=3)
    place.settings(stall_timeout='30s', total_timeout='60s')
    place.source()
    place.rules('board.example/jobs silent')
    place.board()
    sweep = place.start(place.sweep_command())
    wait_for(lambda: place.requests('/robots.txt'), what='a request')
    time.sleep(0.5)
    sweep.send_signal(signal.SIGINT)
    time.sleep(0.5)
    sweep.send_signal(signal.SIGINT)
    run = place.finish(sweep, timeout=10)
    assert run.code == -signal.SIGINT, run.code


@test
def two_sweeps_at_once_are_one(place):
    place.small_board(ads=20)
    place.settings(delay_min='200ms')
    place.source()
    place.board()
    first = place.start(place.sweep_command())
    wait_for(lambda: place.requests('/jobs'), what='a request')
    run = place.sweep()
    assert run.code == 75 and 'another sweep holds the lock' in run.err, run.err
    assert 'pid %d' % first.pid in run.err, run.err
    first.send_signal(signal.SIGTERM)
    assert place.finish(first).code == 0


def workers_of(pid):
    try:
        with open('/proc/%d/task/%d/children' % (pid, pid), encoding='ascii') as text:
            return [int(word) for word in text.read().split()]
    except OSError:
        return []


@test
def a_worker_that_hangs_costs_its_page_alone(place):
    place.small_board(ads=12, lures=3)
    place.settings(page_timeout='1s', delay_min='100ms')
    place.source()
    place.board()
    sweep = place.start(place.sweep_command())
    wait_for(lambda: place.requests('/job/3'), what='a request')
    for worker in workers_of(sweep.pid):
        os.kill(worker, signal.SIGSTOP)
    run = place.finish(sweep)
    assert run.code == 0, run.err
    poisoned = [url for url, (state, _) in place.states().items() if state == 'poisoned']
    assert len(poisoned) == 1, place.states()
    assert place.count("SELECT count(*) FROM urls WHERE state = 1") == 12, place.states()
    why, evidence = place.rows('SELECT why, evidence_id FROM poisoned')[0]
    assert 'took too long' in why and evidence, (why, evidence)
    assert place.count('SELECT count(*) FROM records WHERE record_id = ?', evidence) == 1


@test
def a_worker_that_dies_costs_its_page_at_most(place):
    place.small_board(ads=12, lures=3)
    place.settings(delay_min='60ms')
    place.source()
    place.board()
    sweep = place.start(place.sweep_command())
    for n in (2, 5, 8):
        wait_for(lambda: place.requests('/job/%d' % n), what='a request')
        for worker in workers_of(sweep.pid):
            os.kill(worker, signal.SIGKILL)
    run = place.finish(sweep)
    assert run.code == 0, run.err
    states = [state for state, _ in place.states().values()]
    assert states.count('done') + states.count('poisoned') == 13, place.states()
    assert states.count('poisoned') <= 3, place.states()


@test
def a_host_that_asks_for_an_hour_is_left_for_a_later_sweep(place):
    place.small_board('calm.example', ads=5, lures=1)
    place.small_board('board.example', ads=5, lures=1)
    place.rules('calm.example/job/1 retry 429 3600')
    place.source('calm', start='https://calm.example/jobs')
    place.source('board')
    place.board()
    run = place.sweep(timeout=30)
    assert run.code == 0 and run.total()['stopped_by'] == 'waits', run.out
    states = place.states()
    assert states['https://board.example/job/4'][0] == 'done'
    assert states['https://calm.example/job/1'][0] == 'pending'
    asked = len(place.log())
    run = place.sweep(timeout=30)
    assert run.code == 0 and run.source('calm')['resumed'] is True, run.out
    assert len(place.log()) == asked, 'it was asked again before its hour was over'


@test
def the_live_line_says_why_nothing_is_fetched(place):
    place.small_board(ads=5, lures=1)
    place.settings(delay_min='2s')
    place.source()
    place.board()
    mine, its = pty.openpty()
    command = [word for word in place.sweep_command('--max-time', '7s') if word != '--json']
    sweep = place.spawn(command, stdout=its, stderr=its)
    os.close(its)
    shown = b''
    try:
        while True:
            shown += os.read(mine, 65536)
    except OSError:  # the other side was closed
        pass
    os.close(mine)
    assert sweep.wait(timeout=30) == 0
    text = shown.decode('utf-8', 'replace')
    assert '1 host resting: 1 crawl delay; next in' in text, text[-600:]
    assert 'sweep stopped by --max-time' in text, text[-600:]


if __name__ == '__main__':
    main()
