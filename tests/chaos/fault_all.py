"""Each write, sync, rename and unlink of each command made to fail, one after the other, by a library
that is preloaded (faults.c): a full disk, a broken one, one error, half a write, a kill before the
call or in the middle of a write. After each: what must hold, looked at by a program that shares no code
with the store (invariants.py); the command again, which must end well; and the same look again.

    python3 tests/chaos/fault_all.py [--tries N] [--only sweep,purge] [--seed N]

--tries: so many faults a command, drawn over its calls and kinds; 0 (the default): every one."""

import argparse
import glob
import itertools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'scenario'))
from harness import BUILD, LUREWATCH, SLOW, Place, honest, listing, lure  # noqa: E402
from invariants import Invariants, early, postgres_rows, sqlite_rows  # noqa: E402
from postgres_server import Server  # noqa: E402

KINDS = ('full', 'broken', 'once', 'short', 'kill', 'torn')
HOSTS, ADS, DELAY_MS, SLACK_MS = 2, 6, 20, 15


class Desk:
    """A folder with a configuration, and what stands in it after a command."""

    def __init__(self, place, name):
        self.place = place
        self.dir = place.path(name)

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def become(self, other):
        shutil.rmtree(self.dir, ignore_errors=True)
        shutil.copytree(other.dir, self.dir)

    def run(self, *words, fault=None, trace=None):
        command = [LUREWATCH, *words, '--config', self.path('lurewatch.yml')]
        env = dict(os.environ)
        if fault or trace:
            env.update(LD_PRELOAD=os.path.join(BUILD, 'faults.so'), FAULT_DIR=self.dir + '/')
            if 'sanitize' in BUILD:
                env['ASAN_OPTIONS'] = env.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'
        if fault:
            env.update(FAULT_AT=str(fault[0]), FAULT_KIND=fault[1])
        if trace:
            env['FAULT_TRACE'] = trace
        process = self.place.spawn(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   encoding='utf-8', env=env)
        process.began = time.monotonic()
        run = self.place.finish(process, 60)
        if run.code < 0:  # its workers go with it
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        return run

    def good(self, *words):
        run = self.run(*words)
        assert run.code == 0, (words, run.code, run.err[-400:])
        return run.out

    def store(self, *statements):
        store = sqlite3.connect(self.path('lurewatch.db'), timeout=30)
        for statement in statements:
            store.execute(statement)
        store.commit()
        store.close()


class Act:
    """One command: how its desk stands before it, its words, and what must be true at the end."""

    def __init__(self, words, base, done, again=None):
        self.words, self.base, self.done, self.again = words, base, done, again or words


class World:
    def __init__(self):
        self.place = Place()
        self.work = Desk(self.place, 'work')
        self.wrong = {'lost': 0, 'doubled': 0, 'unverifiable': 0, 'other': 0}
        self.delay = self.tries = 0
        self.first = []
        self.server = None
        for h in range(HOSTS):
            host = 'board%d.example' % h
            self.place.robots(host)
            self.place.page(host, 'jobs', listing(['/job/%d' % n for n in range(ADS)]))
            for n in range(ADS):
                self.place.page(host, 'job/%d' % n, lure(n) if n % 3 == 0 else honest(n))
            self.place.source('board%d' % h, start='https://%s/jobs' % host,
                              more="extract:\n  follow:\n    posting: ['/job/*']\n")
        self.lures = {'https://board%d.example/job/%d' % (h, n)
                      for h in range(HOSTS) for n in range(0, ADS, 3)}
        self.place.board(lifetime_s=86400)
        self.sweep = ('sweep', '--json', '--max-time', '60s', '--test-endpoint',
                      '127.0.0.1:%d' % self.place.port)

    def desk(self, name, **keys):
        made = Desk(self.place, name)
        self.place.settings(machine='desk', delay_min='%dms' % DELAY_MS, contact_key='contact.key',
                            sample_per_mille='1000', refetch='1m', **keys)
        os.makedirs(made.dir)
        os.rename(self.place.path('lurewatch.yml'), made.path('lurewatch.yml'))
        shutil.copytree(self.place.path('sources'), made.path('sources'))
        return made

    def rows(self, desk):
        return postgres_rows(self.server.url) if self.server else sqlite_rows(desk.path('lurewatch.db'))

    # ---- one fault ----

    def look(self, invariants, when):
        if self.server or os.path.exists(self.work.path('lurewatch.db')):
            invariants.check()
        for name, count in invariants.verdict().items():
            if count:
                self.wrong[name] += count
                self.first.append('%s: %s' % (when, invariants.wrong[name][0]))
                invariants.wrong[name].clear()

    def trouble(self, when, why):
        self.wrong['other'] += 1
        self.first.append('%s: %s' % (when, why))

    def try_fault(self, name, act, fault):
        when = '%s, call %d, %s' % (name, *fault)
        self.work.become(act.base)
        if self.server:
            fresh_schema(self.server, self.work)
        logged = len(self.place.log())
        invariants = Invariants(self.rows(self.work), {'desk': self.work.path('evidence')})
        if os.path.exists(self.work.path('lurewatch.db')):
            invariants.check()  # what was there before
        run = self.work.run(*act.words, fault=fault)
        self.tries += 1
        if fault[1] in ('kill', 'torn'):
            if run.code not in (0, -signal.SIGKILL):
                self.trouble(when, 'ended with %d: %s' % (run.code, run.err[-200:]))
        elif run.code < 0 or run.code in (64, 70, 78):
            self.trouble(when, 'ended with %d: %s' % (run.code, run.err[-200:]))
        elif run.code != 0 and self.work.dir not in run.err:
            self.trouble(when, 'no file is named: %s' % run.err[-200:])
        if run.code == 0 and act.again is act.words:
            self.check_done(act, when)
        self.look(invariants, when)
        words = act.words if act.again is None else act.again
        if run.code != 0 or words is not act.words:
            again = self.work.run(*words)
            if again.code in (73, 75) and run.code != 0 and words is act.words and not act.done(self.work):
                pass  # the last sync failed, or the kill came, when it was done already
            elif again.code != 0:
                self.trouble(when, 'again: %d: %s' % (again.code, again.err[-300:]))
                return
            self.check_done(act, when + ', again')
        self.look(invariants, when + ', again')
        self.delay += len(early(self.place.log()[logged:], DELAY_MS, SLACK_MS))

    def check_done(self, act, when):
        why = act.done(self.work)
        if why:
            self.trouble(when, why)

    def try_act(self, name, act, tries, draw):
        trace = self.place.path('trace')
        if os.path.exists(trace):
            os.unlink(trace)
        self.work.become(act.base)
        if self.server:
            fresh_schema(self.server, self.work)
        run = self.work.run(*act.words, trace=trace)
        assert run.code == 0, (name, run.code, run.err[-300:])
        self.check_done(act, name + ' undisturbed')
        with open(trace, encoding='utf-8') as lines:
            calls = [line.split()[0] for line in lines]
        faults = [(at, kind) for at, kind in itertools.product(range(1, len(calls) + 1), KINDS)
                  if kind not in ('short', 'torn') or calls[at - 1] in ('write', 'pwrite')]
        if tries and tries < len(faults):
            faults = sorted(draw.sample(faults, tries))
        for fault in faults:
            self.try_fault(name, act, fault)
        counts = {what: calls.count(what) for what in sorted(set(calls))}
        print('# %-10s %3d calls %s: %d faults' % (name, len(calls), json.dumps(counts), len(faults)),
              flush=True)


def fresh_schema(server, desk):
    subprocess.run(['psql', '-X', '-q', server.url, '-c',
                    'DROP SCHEMA public CASCADE; CREATE SCHEMA public'], check=True, timeout=60,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    desk.good('db', 'init')


# ---- what is true at the end ----

def case_urls(rows):
    return {row[0] for row in rows('SELECT p.url FROM cases c JOIN postings p ON p.id = c.posting_id')}


def verified(desk):
    run = desk.run('evidence', 'verify')
    if run.code != 0:
        return run.out[-300:] + run.err[-300:]
    run = desk.run('db', 'check')
    return '' if run.code == 0 else run.out[-300:] + run.err[-300:]


def acts(world):
    """The commands, and the desks they begin at."""
    def state(desk, query):
        return sqlite_rows(desk.path('lurewatch.db'))(query)

    def swept(desk):
        missing = world.lures - case_urls(world.rows(desk))
        return 'no case of %s' % sorted(missing) if missing else verified(desk)

    def is_state(number, want):
        def done(desk):
            found = state(desk, 'SELECT state FROM cases WHERE id = %d' % number)[0][0]
            return '' if found == want else 'case %d is %s' % (number, found)
        return done

    def exported(desk):
        with open(desk.path('cases.csv'), encoding='utf-8') as file:
            lines = file.read().splitlines()
        return '' if len(lines) >= 5 else 'the export has %d lines' % len(lines)

    def purged(desk):
        left = state(desk, 'SELECT count(*) FROM records WHERE purged = 0 AND keep_until = 1')[0][0]
        return '%d records stayed' % left if left else verified(desk)

    def forgotten(desk):
        rows = state(desk, "SELECT count(*) FROM audit WHERE action = 'forget'")[0][0]
        return verified(desk) if rows else 'no audit row of forgetting'

    def restorable(desk):
        folder = sorted(glob.glob(desk.path('backup*')))[-1]
        other = Desk(world.place, 'restored')
        shutil.rmtree(other.dir, ignore_errors=True)
        os.makedirs(other.dir)
        run = other.run('db', 'restore', folder)
        if run.code != 0:
            return 'not restorable: ' + run.err[-300:]
        if case_urls(sqlite_rows(other.path('lurewatch.db'))) != world.lures:
            return 'cases are missing in the backup'
        return verified(other)

    def restored(desk):
        if case_urls(sqlite_rows(desk.path('lurewatch.db'))) != world.lures:
            return 'cases are missing'
        return verified(desk)

    def added(desk):
        found = state(desk, "SELECT count(*) FROM cases c JOIN sources s ON s.id = c.source_id"
                            " WHERE s.name = 'sent-in'")[0][0]
        return verified(desk) if found == 1 else '%d cases were sent in' % found

    fresh = world.desk('fresh')
    full = Desk(world.place, 'full')
    full.become(fresh)
    full.good(*world.sweep)
    due = Desk(world.place, 'due')
    due.become(full)
    due.store('UPDATE rounds SET started = 1 WHERE finished > 0',
              'UPDATE urls SET refetch = 1 WHERE refetch > 0', 'UPDATE hosts SET next_allowed = 0')
    old = Desk(world.place, 'old')
    old.become(full)
    old.good('queue', 'decide', '1', 'dismissed', '--as', 'ani')
    old.store('UPDATE cases SET decided = 1 WHERE state = 3',
              'UPDATE versions SET text_until = 1 WHERE text_until > 0',
              'UPDATE records SET keep_until = 1 WHERE keep_until > 0')
    decided = Desk(world.place, 'decided')
    decided.become(full)
    decided.good('queue', 'decide', '1', 'confirmed', '--as', 'ani')
    kept = Desk(world.place, 'kept')
    kept.become(full)
    kept.good('db', 'backup', kept.path('kept') + '/')
    for name in os.listdir(kept.dir):
        if name not in ('kept', 'sources'):
            path = kept.path(name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
    work = world.work
    with open(full.path('ad.txt'), 'w', encoding='utf-8') as out:
        out.write('Dicari operator judi online, Poipet\nGaji 900 USD, tiket ditanggung, t.me/contoh_lain\n')
    return {
        'sweep': Act(world.sweep, fresh, swept),
        'resweep': Act(world.sweep, due, swept),
        'decide': Act(('queue', 'decide', '1', 'confirmed', '--as', 'ani'), full, is_state(1, 2)),
        'undo': Act(('queue', 'undo', '1', '--as', 'ani'), decided, is_state(1, 0)),
        'add': Act(('queue', 'add', work.path('ad.txt'), '--as', 'ani'), full, added),
        'export': Act(('export', '--state', 'all', '-o', work.path('cases.csv')), full, exported),
        'purge': Act(('db', 'purge', '--json', '--as', 'ani'), old, purged),
        'forget': Act(('db', 'forget', '--contact', '@contoh_kantor_0', '--kind', 'telegram', '--as',
                       'ani', '--why', 'a letter'), full, forgotten),
        'backup': Act(('db', 'backup', work.path('backup1') + '/'), full, restorable,
                      ('db', 'backup', work.path('backup2') + '/')),
        'restore': Act(('db', 'restore', work.path('kept')), kept, restored),
    }


def on_postgres(world, tries, draw):
    """The same sweep with its rows at a server: what fails is the evidence. Then the store comes home."""
    server = Server()
    try:
        world.server = server
        fresh = world.desk('served', store=server.url)

        def swept(desk):
            missing = world.lures - case_urls(world.rows(desk))
            return 'no case of %s' % sorted(missing) if missing else verified(desk)

        def copied(desk):
            found = case_urls(sqlite_rows(desk.path('lurewatch.db')))
            return '' if found == world.lures else 'the copy has %d cases' % len(found)
        world.try_act('pg-sweep', Act(world.sweep, fresh, swept), tries, draw)
        world.server = None
        home = Desk(world.place, 'home')
        home.become(world.work)
        words = ('db', 'copy', server.url, 'sqlite:' + world.work.path('lurewatch.db'))
        world.try_act('copy', Act(words, home, copied), tries, draw)
    finally:
        world.server = None
        server.stop()


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--tries', type=int, default=0)
    options.add_argument('--only', default='')
    options.add_argument('--seed', type=int, default=1)
    options = options.parse_args()
    only = options.only.split(',') if options.only else []
    draw = random.Random(options.seed)
    world = World()
    try:
        for name, act in acts(world).items():
            if not only or name in only:
                world.try_act(name, act, options.tries, draw)
        if not only or 'postgres' in only:
            on_postgres(world, options.tries, draw)
    finally:
        world.place.close()
    line = ('%d faults injected: cases lost %d, doubled %d, evidence unverifiable %d, host delay broken %d'
            % (world.tries, world.wrong['lost'], world.wrong['doubled'], world.wrong['unverifiable'],
               world.delay))
    bad = any(world.wrong.values()) or world.delay
    print(('not ok fault_all --seed %d: ' % options.seed if bad else 'ok ') + line)
    for why in world.first[:20]:
        print('# ' + why)


if __name__ == '__main__':
    main()
