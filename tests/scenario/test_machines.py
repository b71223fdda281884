"""Several machines over one PostgreSQL: hosts are shared, never asked by two, taken up when one dies.

Each machine is a configuration with an evidence folder of its own; all name the same database, a
private server on a socket. The board's log is the witness for who asked what and when; the rows
are read with psql."""

import os
import re
import signal
import sys
import time

from harness import LUREWATCH, SLOW, honest, listing, lure, main, test, wait_for
from postgres_server import Server

HOSTS, ADS, DELAY_MS, SLACK_MS = 6, 18, 60, 15


def shared(place, machines=3, **keys):
    server = Server()
    for h in range(HOSTS):
        host = 'board%d.example' % h
        place.robots(host)
        place.page(host, 'jobs', listing(['/job/%d' % n for n in range(ADS)]))
        for n in range(ADS):
            # equal digits in equal places would make two ads of two hosts one version, no matter
            place.page(host, 'job/%d' % n, lure(n) if n % 3 == 0 else honest(n))
        place.source('board%d' % h, start='https://%s/jobs' % host,
                     more="extract:\n  follow:\n    posting: ['/job/*']\n")
    for m in range(machines):
        place.settings(store=server.url, evidence='m%d/evidence' % m, machine='desk%d' % m, lease='2s',
                       delay_min='%dms' % DELAY_MS, contact_key='contact.key', **keys)
        os.rename(place.path('lurewatch.yml'), place.path('m%d.yml' % m))
        os.makedirs(place.path('m%d' % m), exist_ok=True)
    place.board()
    made = place.finish(place.start(on(place, 0, 'db', 'init')))
    assert made.code == 0, made.err
    return server


def on(place, machine, *words):
    return [LUREWATCH, *words, '--config', place.path('m%d.yml' % machine)]


def sweep_on(place, machine, *words):
    return place.start(on(place, machine, 'sweep', '--json', '--max-time', '50s', '--test-endpoint',
                          '127.0.0.1:%d' % place.port, *words))


def early(place):
    last, found = {}, []
    for entry in sorted(place.log(), key=lambda entry: entry['start_mono_ms']):
        before = last.get(entry['host'])
        if before is not None and entry['start_mono_ms'] - before < DELAY_MS - SLACK_MS:
            found.append((entry['host'], entry['path'], entry['start_mono_ms'] - before))
        last[entry['host']] = entry['start_mono_ms']
    return found


def twice(place):
    seen, found = set(), []
    for entry in place.log():
        key = (entry['host'], entry['path'])
        if key in seen and entry['path'] != '/robots.txt':
            found.append(key)
        seen.add(key)
    return found


def check_whole(place, server):
    wanted = HOSTS * len(range(0, ADS, 3))
    assert server.count('SELECT count(*) FROM cases') == wanted, server.rows(
        'SELECT state, count(*) FROM urls GROUP BY 1')
    assert server.count('SELECT count(DISTINCT posting_id) FROM cases') == wanted
    assert server.count('SELECT count(*) FROM postings') == HOSTS * ADS
    assert server.count('SELECT count(*) FROM urls WHERE state <> 1') == 0
    assert server.count("SELECT count(*) FROM hosts WHERE lease_ends > 0") == 0
    assert not early(place), early(place)[:5]


@test
def three_machines_share_the_hosts_and_fetch_nothing_twice(place):
    server = shared(place)
    try:
        runs = [place.finish(process) for process in [sweep_on(place, m) for m in range(3)]]
        for run in runs:
            assert run.code == 0, run.err
        check_whole(place, server)
        assert not twice(place), twice(place)[:5]
        assert len(place.log()) == HOSTS * (ADS + 2), len(place.log())
        pages = dict(server.rows('SELECT machine, pages FROM sweep_runs'))
        busy = [m for m in pages if int(pages[m]) > 0]
        assert len(busy) >= 2, pages
        for machine in range(3):
            verify = place.finish(place.start(on(place, machine, 'evidence', 'verify')))
            assert verify.code == 0, verify.out
            assert 'on the machine desk' in verify.out, verify.out
        names = [row[0] for row in server.rows('SELECT name FROM segments')]
        assert len(names) == len(set(names)) and all(
            re.match(r'lurewatch-\d{8}-\d{4}-desk\d\.warc\.gz$', name) for name in names), names
    finally:
        server.stop()


@test
def what_a_killed_machine_held_is_taken_up_by_the_others(place):
    server = shared(place)
    try:
        sweeps = [sweep_on(place, m) for m in range(3)]
        wait_for(lambda: len(place.log()) > HOSTS * ADS // 3, what='a third of the pages')
        held = server.count("SELECT count(*) FROM hosts WHERE lease_owner = 'desk0'")
        os.killpg(sweeps[0].pid, signal.SIGKILL)
        place.finish(sweeps[0])
        for process in sweeps[1:]:
            run = place.finish(process)
            assert run.code == 0, run.err
        check_whole(place, server)
        # what was in flight when it died is asked for again, nothing else
        assert len(twice(place)) <= max(held, 1), twice(place)
        back = place.finish(sweep_on(place, 0))
        assert back.code == 0, back.err
        check_whole(place, server)
    finally:
        server.stop()


@test
def a_database_that_restarts_loses_and_doubles_nothing(place):
    server = shared(place, machines=2)
    try:
        sweeps = [sweep_on(place, m) for m in range(2)]
        wait_for(lambda: len(place.log()) > HOSTS * ADS // 4, what='a quarter of the pages')
        server.control('-m', 'immediate', 'stop')
        time.sleep(0.5)
        server.control('-l', os.path.join(server.dir, 'data', 'log'), '-o',
                       "-c listen_addresses='' -c unix_socket_directories='%s'" % server.dir, 'start')
        for process in sweeps:
            run = place.finish(process)
            assert run.code in (0, 75), (run.code, run.err)
        for _ in range(2):
            again = place.finish(sweep_on(place, 0))
            assert again.code == 0, again.err
        check_whole(place, server)
        for machine in range(2):
            verify = place.finish(place.start(on(place, machine, 'evidence', 'verify')))
            assert verify.code == 0, verify.out
    finally:
        server.stop()


@test
def a_host_that_another_has_is_left_alone_and_shown(place):
    server = shared(place, machines=1)
    try:
        until = int(time.time() * 1000) + 600000
        server.rows("INSERT INTO hosts (name, lease_owner, lease_ends)"
                    " VALUES ('board0.example', 'desk9', %d)" % until)
        run = place.finish(place.start(on(place, 0, 'sweep', '--json', '--max-time', '%ds' % (6 * SLOW),
                                          '--test-endpoint', '127.0.0.1:%d' % place.port)))
        assert run.code == 0, run.err
        assert not [e for e in place.log() if e['host'] == 'board0.example']
        why = list(run.reasons('board0'))
        assert why and why[0].startswith('leased by machine desk9 until 20'), why
        server.rows("UPDATE hosts SET lease_ends = 1 WHERE name = 'board0.example'")
        run = place.finish(sweep_on(place, 0))
        assert run.code == 0, run.err
        check_whole(place, server)
    finally:
        server.stop()


if __name__ == '__main__':
    sys.stdout.reconfigure(line_buffering=True)
    main()
