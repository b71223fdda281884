"""How a sweep ends and goes on: limits, signals, the lock, workers that hang or die, hosts at rest."""

import os
import pty
import signal
import subprocess
import time

from harness import SLOW, main, test, wait_for


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
def a_host_that_asks_for_a_week_gets_it(place):
    place.small_board('calm.example', ads=3, lures=1)
    place.rules('calm.example/job/1 retry 429 604800')
    place.source('calm', start='https://calm.example/jobs')
    place.board()
    run = place.sweep(timeout=30)
    assert run.code == 0 and run.total()['stopped_by'] == 'waits', run.out
    resting = run.total()['resting']
    assert [row['host'] for row in resting] == ['calm.example'], resting
    row, = place.rows('SELECT next_allowed FROM hosts')
    assert row[0] / 1000 - time.time() > 6.9 * 86400, row
    until = time.strftime('%Y-%m-%d', time.gmtime(row[0] / 1000))
    assert resting[0]['until'].startswith(until), (resting, until)
    asked = len(place.log())
    command = [word for word in place.sweep_command() if word != '--json']
    sweep = place.spawn(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out = sweep.communicate(timeout=30 * SLOW)[0]
    assert ('calm.example: left alone until %s' % until) in str(out), out
    assert 'as it asked' in str(out), out
    assert len(place.log()) == asked, 'it was asked again before its week was over'
    shown = place.run('sources', 'check', 'calm').out
    assert ('rests until %s' % until) in shown, shown


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
