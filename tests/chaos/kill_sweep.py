"""kill -9 of a sweep at random instants, then a rerun: every case there once, none missing.

    python3 tests/chaos/kill_sweep.py --kills 50 [--seed N]

First one sweep that nobody disturbs says what is right. Then a fresh store is swept again and
again, each time killed with its workers after a random time, until the kills are used up and the
last run may end. In between the store is looked at: it must be sound, no case may be lost or
doubled, and each piece of evidence that a case cites must be readable. A round that ends before
its kill begins anew with fresh pages, so that all kills hit a sweep at work. The board's log tells
that no host was asked inside its delay, across all kills."""

import argparse
import gzip
import os
import random
import shutil
import signal
import sqlite3
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'scenario'))
from harness import SLOW, Place, honest, listing, lure  # noqa: E402

HOSTS = 4
ADS = 30
DELAY_MS = 60
SLACK_MS = 15


def fill(place):
    for h in range(HOSTS):
        host = 'board%d.example' % h
        place.robots(host)
        pages = 3
        for p in range(pages):
            paths = ['/job/%d' % n for n in range(ADS) if n % pages == p]
            if p + 1 < pages:
                paths.append('/jobs-%d' % (p + 1))
            place.page(host, 'jobs' if p == 0 else 'jobs-%d' % p, listing(paths))
        for n in range(ADS):
            place.page(host, 'job/%d' % n, lure(n) if n % 3 == 0 else honest(n))
        place.source('board%d' % h, start='https://%s/jobs' % host,
                     more="extract:\n  follow:\n    posting: ['/job/*']\n    listing: ['/jobs*']\n")
    place.settings(delay_min='%dms' % DELAY_MS, workers='2', sample_per_mille='100')


def forget_store(place):
    for name in os.listdir(place.dir):
        if name.startswith('lurewatch.db') or name == 'evidence':
            path = place.path(name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


def evidence_text(place):
    """Every member that the store cites, inflated on its own from where the store says it is."""
    texts = {}
    for record, name, offset, length in place.rows(
            'SELECT r.record_id, s.name, r.offset_bytes, r.length_bytes FROM records r'
            ' JOIN segments s ON s.id = r.segment_id'):
        path = place.path('evidence', name)
        if not os.path.exists(path):
            path += '.begun'
        with open(path, 'rb') as segment:
            segment.seek(offset)
            texts[record] = gzip.decompress(segment.read(length))
    return texts


def look(place, right):
    """What must hold at any instant, whatever was killed. Returns how many cases there are."""
    if not os.path.exists(place.path('lurewatch.db')):
        return 0
    # a reader of SQLite rolls a hot journal back, so it needs to write
    store = sqlite3.connect(place.path('lurewatch.db'), timeout=20)
    try:
        state = store.execute('PRAGMA integrity_check').fetchone()[0]
        assert state == 'ok', state
        tables = store.execute("SELECT count(*) FROM sqlite_master WHERE name = 'cases'").fetchone()[0]
    finally:
        store.close()
    if tables == 0:
        return 0
    cases = place.case_urls()
    assert len(cases) == len(set(cases)), 'a case stands there twice'
    assert set(cases) <= set(right), sorted(set(cases) - set(right))
    texts = evidence_text(place)
    for url, evidence in place.rows(
            'SELECT p.url, v.evidence_id FROM cases c JOIN versions v ON v.id = c.version_id'
            ' JOIN postings p ON p.id = c.posting_id'):
        text = texts.get(evidence)
        assert text is not None, 'evidence of %s is not in the folder' % url
        assert url.encode() in text and b'"verdict"' in text, 'evidence of %s is damaged' % url
    # a page is wholly there or not at all
    halves = place.count('SELECT count(*) FROM postings p JOIN urls u ON u.id = p.url_id'
                         ' WHERE u.state = 0')
    assert halves == 0, '%d postings of pages that are still pending' % halves
    return len(cases)


def too_early(place, since):
    """Requests to a host that came inside its delay."""
    early = []
    hosts = {}
    for entry in sorted(place.log()[since:], key=lambda entry: entry['start_mono_ms']):
        before = hosts.get(entry['host'])
        if before is not None and entry['start_mono_ms'] - before < DELAY_MS - SLACK_MS:
            early.append((entry['host'], entry['path'], entry['start_mono_ms'] - before))
        hosts[entry['host']] = entry['start_mono_ms']
    return early


def undisturbed(place):
    run = place.sweep('--max-time', '100s', timeout=120)
    assert run.code == 0 and run.total()['stopped_by'] == 'done', run.out + run.err
    return run.seconds, place.case_urls(), place.count('SELECT count(*) FROM postings')


def kill_one(place, after_s):
    """True: it was at work when it was killed."""
    sweep = place.start(place.sweep_command())
    time.sleep(after_s)
    at_work = sweep.poll() is None
    if at_work:
        os.killpg(sweep.pid, signal.SIGKILL)
    place.finish(sweep)
    return at_work


def chaos(place, kills, seed):
    seconds, right, postings = undisturbed(place)
    assert len(right) == HOSTS * len(range(0, ADS, 3)), 'the undisturbed sweep is wrong: %s' % right
    print('ok an undisturbed sweep takes %.1f s and gives %d cases' % (seconds, len(right)))
    forget_store(place)
    drawn = random.Random(seed)
    done = rounds = 0
    since = len(place.log())
    ends = time.monotonic() + 170 * SLOW
    while done < kills and (kills > 50 or time.monotonic() < ends):
        # now and then at the very start, where files are made
        after_s = drawn.uniform(0, 0.15) if drawn.random() < 0.25 else drawn.uniform(0, seconds / 3)
        if kill_one(place, after_s):
            done += 1
        look(place, right)
        if os.path.exists(place.path('lurewatch.db')) and whole(place, right):
            check_end(place, right, postings)
            rounds += 1
            forget_store(place)
            since = check_delays(place, since)
    run = place.sweep('--max-time', '100s', timeout=120)
    assert run.code == 0 and run.total()['stopped_by'] == 'done', run.out + run.err
    look(place, right)
    check_end(place, right, postings)
    check_delays(place, since)
    assert done >= min(kills, 20), 'only %d of %d kills hit a sweep at work in time' % (done, kills)
    print('ok %d kills over %d whole rounds: every case once, none missing' % (done, rounds + 1))


def whole(place, right):
    try:
        return place.count('SELECT count(*) FROM urls WHERE state = 0') == 0 and \
            place.count('SELECT count(*) FROM urls') > 0 and len(place.case_urls()) == len(right)
    except sqlite3.OperationalError:
        return False


def check_end(place, right, postings):
    assert place.case_urls() == right, 'cases after all kills: %s' % place.case_urls()
    got = place.count('SELECT count(*) FROM postings')
    assert got == postings, '%d postings, an undisturbed sweep gives %d' % (got, postings)


def check_delays(place, since):
    """A forgotten store forgets its delays, so each round is looked at alone."""
    early = too_early(place, since)
    assert not early, 'asked inside the delay: %s' % early[:5]
    time.sleep(2 * DELAY_MS / 1000)
    return len(place.log())


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--kills', type=int, default=50)
    options.add_argument('--seed', type=int, default=int(time.time()))
    options = options.parse_args()
    place = Place()
    try:
        fill(place)
        place.board()
        chaos(place, options.kills, options.seed)
    except AssertionError as why:
        print('not ok kill_sweep --seed %d: %s' % (options.seed, why))
    finally:
        place.close()


if __name__ == '__main__':
    main()
