"""kill -9 of a sweep at random instants, then a rerun: every case there once, none missing.

    python3 tests/chaos/kill_sweep.py --kills 50 [--seed N]

First one sweep that nobody disturbs says what is right. Then a fresh store is swept again and
again, each time killed with its workers after a random time, until the kills are used up and the
last run may end. In between the store is looked at: it must be sound, no case may be lost or
doubled, and each piece of evidence that a case cites must be readable. A round that ends before
its kill begins anew with fresh pages, so that all kills hit a sweep at work. The board's log tells of
three more things, across all kills: no host, so no address, was asked inside its delay; none was left
out; and where an answer said "not before", or was an error, its host was left alone that long."""

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
RETRY_S = 2
BACKOFF_MS = 5000  # the first, at least
BUSY = ['board0.example/job/4', 'board1.example/job/7', 'board1.example/job/21']  # 503, Retry-After
FAILING = ['board2.example/job/11']  # 500


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


def misbehave(place):
    """The next answers of some pages are no good; so in each round."""
    rules = []
    for what, pages in (('retry 503 %d' % RETRY_S, BUSY), ('status 500', FAILING)):
        for page in pages:
            host, path = page.split('/', 1)
            rules.append('%s times %d %s' % (page, len(place.requests('/' + path, host)) + 1, what))
    place.rules(*rules)


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
    # an ad is counted for its rules with the row that holds it
    counted = place.count('SELECT coalesce(sum(ads), 0) FROM (SELECT ads FROM rule_notes UNION ALL SELECT ads FROM rule_runs)')
    versions = place.count('SELECT count(*) FROM versions')
    assert counted == versions, '%d ads are counted for their rules, of %d' % (counted, versions)
    return len(cases)


class Served:
    """What the board's log says of the rounds so far. A forgotten store forgets its delays, so each
    round is looked at alone. An answer that came and was not stored yet when the kill came is known
    to nobody: it cannot be heeded, and is counted apart."""

    def __init__(self, place):
        self.place, self.since = place, 0
        self.requests = self.again = self.closest_ms = self.held = self.gone = 0

    def look(self):
        entries = sorted(self.place.log()[self.since:], key=lambda entry: entry['start_mono_ms'])
        hosts, urls = {}, {}
        stored = set(self.place.rows('SELECT url, http_status FROM fetches WHERE http_status IN (500, 503)'))
        self.gone += sum(entry['status'] in (500, 503) for entry in entries) - len(stored)
        for entry in entries:
            host, at = entry['host'], entry['start_mono_ms']
            before, free_at, why = hosts.get(host, (None, 0, ''))
            assert before is None or at - before >= DELAY_MS - SLACK_MS, \
                '%s%s was asked %d ms after the one before' % (host, entry['path'], at - before)
            assert at >= free_at - SLACK_MS, \
                '%s%s was asked %d ms too early after %s' % (host, entry['path'], free_at - at, why)
            answer = 'https://%s%s' % (host, entry['path']), entry['status']
            if answer in stored:
                rest = RETRY_S * 1000 if entry['status'] == 503 else BACKOFF_MS
                free_at, why = entry['end_mono_ms'] + rest, entry['status']
                self.held += 1
            hosts[host] = (at, free_at, why)
            self.repeat(urls, host + entry['path'], at)
        wanted = {'board%d.example/job/%d' % (h, n) for h in range(HOSTS) for n in range(ADS)}
        left_out = wanted - set(urls)
        assert not left_out, 'never asked for: %s' % sorted(left_out)[:5]
        self.requests += len(entries)
        time.sleep(2 * DELAY_MS / 1000)
        self.forget()

    def repeat(self, urls, url, at):
        """A page whose outcome a kill took away is asked for again, but not at once."""
        if url in urls:
            self.again += 1
            apart = at - urls[url]
            self.closest_ms = apart if self.closest_ms == 0 else min(self.closest_ms, apart)
        urls[url] = at

    def forget(self):
        self.since = len(self.place.log())
        misbehave(self.place)


def undisturbed(place):
    misbehave(place)
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
    served = Served(place)
    served.forget()
    ends = time.monotonic() + 170 * SLOW
    while done < kills and (kills > 50 or time.monotonic() < ends):
        # now and then at the very start, where files are made
        after_s = drawn.uniform(0, 0.15) if drawn.random() < 0.25 else drawn.uniform(0, seconds / 3)
        if kill_one(place, after_s):
            done += 1
        look(place, right)
        if os.path.exists(place.path('lurewatch.db')) and whole(place, right):
            check_end(place, right, postings)
            served.look()
            rounds += 1
            forget_store(place)
    run = place.sweep('--max-time', '100s', timeout=120)
    assert run.code == 0 and run.total()['stopped_by'] == 'done', run.out + run.err
    look(place, right)
    check_end(place, right, postings)
    served.look()
    assert done >= min(kills, 20), 'only %d of %d kills hit a sweep at work in time' % (done, kills)
    print('ok %d kills over %d whole rounds: every case once, none missing' % (done, rounds + 1))
    print('ok no address asked inside its delay: %d requests, %d of them again, %d ms apart or more'
          % (served.requests, served.again, served.closest_ms))
    print('ok none lost: each of %d pages asked for in each round' % (HOSTS * ADS))
    print('ok back-off still in force: %d times a host was left alone as its answer wanted; %d such answers'
          ' died with a kill' % (served.held, served.gone))


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


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--kills', type=int, default=50)
    options.add_argument('--seed', type=int, default=int(time.time()))
    options = options.parse_args()
    place = Place()
    try:
        fill(place)
        place.board(lifetime_s=3000)
        chaos(place, options.kills, options.seed)
    except AssertionError as why:
        print('not ok kill_sweep --seed %d: %s' % (options.seed, why))
    finally:
        place.close()


if __name__ == '__main__':
    main()
