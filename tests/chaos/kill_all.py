"""kill -9 at random instants of sweep, decide, export and purge, on SQLite and, with three machines
sweeping, on PostgreSQL; then what must hold is looked at by a program that shares no code with the
store (invariants.py).

    python3 tests/chaos/kill_all.py --kills 1000 --postgres 300 [--seed N]

The boards grow while it goes on, ads are read again, cases are decided and grow old, so each kill
finds work. At the end everything may finish, and every lure that was ever listed must have its
case, once."""

import argparse
import glob
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'scenario'))
from harness import LUREWATCH, SLOW, Place, honest, listing, lure  # noqa: E402
from invariants import Invariants, early, postgres_rows, sqlite_rows  # noqa: E402
from postgres_server import Server  # noqa: E402

HOSTS, FIRST_ADS, MORE_ADS, DELAY_MS, SLACK_MS = 5, 12, 2, 40, 15
STATES = {'confirmed': 2, 'dismissed': 3, 'unsure': 4}


class World:
    """A board that grows and the machines that sweep it."""

    def __init__(self, machines, seed, server=None):
        self.place = Place()
        self.random = random.Random(seed)
        self.server = server
        self.machines = ['desk%d' % n for n in range(machines)]
        self.ads = 0
        self.kills = 0
        self.killed = {}
        folders = {}
        for h in range(HOSTS):
            self.place.robots(self.host(h))
            self.place.source('board%d' % h, start='https://%s/jobs' % self.host(h),
                              more="extract:\n  follow:\n    posting: ['/job/*']\n")
        for name in self.machines:
            store = {'store': server.url} if server else {}
            self.place.settings(machine=name, evidence=name + '/evidence', lease='2s', refetch='1m',
                                delay_min='%dms' % DELAY_MS, contact_key='contact.key',
                                sample_per_mille='100', **store)
            os.rename(self.place.path('lurewatch.yml'), self.place.path(name + '.yml'))
            os.makedirs(self.place.path(name))
            folders[name] = self.place.path(name, 'evidence')
        rows = postgres_rows(server.url) if server else sqlite_rows(self.place.path('lurewatch.db'))
        self.rows = rows
        self.invariants = Invariants(rows, folders)
        self.grow(FIRST_ADS)
        self.place.board(lifetime_s=86400)
        made = self.run('db', 'init')
        assert made.code == 0, made.err

    @staticmethod
    def host(h):
        return 'board%d.example' % h

    def grow(self, count):
        for n in range(self.ads, self.ads + count):
            for h in range(HOSTS):
                self.place.page(self.host(h), 'job/%d' % n, lure(n) if n % 3 == 0 else honest(n))
        self.ads += count
        for h in range(HOSTS):
            self.place.page(self.host(h), 'jobs', listing(['/job/%d' % n for n in range(self.ads)]))

    def lures(self):
        return {'https://%s/job/%d' % (self.host(h), n)
                for h in range(HOSTS) for n in range(0, self.ads, 3)}

    # ---- commands ----

    def command(self, machine, *words):
        return [LUREWATCH, *words, '--config', self.place.path(machine + '.yml')]

    def run(self, *words):
        return self.place.finish(self.place.start(self.command(self.machines[0], *words)))

    def sweep(self, machine):
        return self.place.start(self.command(
            machine, 'sweep', '--json', '--max-time', '60s', '--test-endpoint',
            '127.0.0.1:%d' % self.place.port))

    def write(self, *statements):
        if self.server:
            # the lock that every writer takes, else we would be in the way of one
            lock = "SELECT pg_advisory_xact_lock(hashtext('lurewatch ' || current_schema()))"
            subprocess.run(['psql', '-X', '-q', self.server.url, '-c', '; '.join((lock, *statements))],
                           check=True, timeout=60, stdout=subprocess.DEVNULL)
            return
        store = sqlite3.connect(self.place.path('lurewatch.db'), timeout=30)
        for statement in statements:
            store.execute(statement)
        store.commit()
        store.close()

    def kill(self, process, what, after_s):
        """True: it was at work when it was killed."""
        time.sleep(after_s)
        at_work = process.poll() is None
        if at_work:
            os.killpg(process.pid, signal.SIGKILL)
            self.kills += 1
            self.killed[what] = self.killed.get(what, 0) + 1
        run = self.place.finish(process)
        return at_work, run

    # ---- what people do, killed ----

    def decide(self):
        fresh = self.rows('SELECT id FROM cases WHERE state < 2 ORDER BY id')
        if not fresh:
            return
        case = self.random.choice(fresh)[0]
        state = self.random.choice(list(STATES))
        process = self.place.start(self.command(self.machines[0], 'queue', 'decide', str(case), state,
                                                '--as', 'ani'))
        killed, run = self.kill(process, 'decide', self.random.uniform(0, 0.06) * SLOW)
        if not killed and run.code == 0:
            self.invariants.decided[case] = STATES[state]

    def export(self):
        out = self.place.path('cases-%d.csv' % self.random.randrange(3))
        process = self.place.start(self.command(self.machines[0], 'export', '--state', 'all', '-o', out))
        self.kill(process, 'export', self.random.uniform(0, 0.08) * SLOW)
        for path in glob.glob(self.place.path('cases-?.csv')):
            with open(path, 'rb') as file:
                text = file.read()
            if text and not text.endswith(b'\n'):
                self.invariants.wrong['other'].append('%s is there by half' % path)

    def purge(self):
        # what was dismissed grows old, so that there is something to purge
        self.write('UPDATE cases SET decided = 1 WHERE state = 3 AND decided > 1')
        machine = self.random.choice(self.machines)
        process = self.place.start(self.command(machine, 'db', 'purge', '--json', '--as', 'ani'))
        self.kill(process, 'purge', self.random.uniform(0, 0.1) * SLOW)

    def more_work(self):
        """When the round is over: new ads, and the old ones are due again."""
        if self.rows('SELECT count(*) FROM urls WHERE state = 0')[0][0] > 0 or \
                self.rows('SELECT count(*) FROM urls')[0][0] == 0:
            return
        self.grow(MORE_ADS)
        self.write('UPDATE rounds SET started = 1 WHERE finished > 0',
                   'UPDATE urls SET refetch = 1 WHERE refetch > 0')

    # ---- the end ----

    def settled(self):
        """Nobody of ours is at the database any more: a server may still finish for the dead."""
        ends = time.monotonic() + 20
        while self.server and time.monotonic() < ends:
            busy = self.rows("SELECT count(*) FROM pg_stat_activity WHERE application_name"
                             " = 'lurewatch'")[0][0]
            if busy == 0:
                return
            time.sleep(0.05)

    def finish(self):
        for _ in range(3):
            # a round that a kill left unfinished is ended by the first, so the next begins anew
            self.write('UPDATE rounds SET started = 1 WHERE finished > 0')
            for machine in self.machines:
                run = self.place.finish(self.sweep(machine), 120)
                assert run.code == 0, run.err
        for machine in self.machines:
            purge = self.place.finish(self.place.start(self.command(machine, 'db', 'purge', '--json')))
            assert purge.code == 0, purge.err
            verify = self.place.finish(self.place.start(self.command(machine, 'evidence', 'verify')))
            if verify.code != 0:
                self.invariants.wrong['unverifiable'].append(verify.out[-500:])
        urls = self.invariants.check()
        self.invariants.wrong['lost'] += ['%s has no case' % url for url in self.lures() - urls]
        wrong = self.invariants.verdict()
        broken = early(self.place.log(), DELAY_MS, SLACK_MS)
        first = [text for found in self.invariants.wrong.values() for text in found[:2]]
        print('# %s' % json.dumps(self.killed))
        print('# cases %d, records %s, purged %s' % (
            len(urls), self.rows('SELECT count(*) FROM records')[0][0],
            self.rows('SELECT count(*) FROM records WHERE purged > 0')[0][0]))
        assert not any(wrong.values()) and not broken, (wrong, broken[:3], first)
        return ('cases lost %d, doubled %d, evidence unverifiable %d, host delay broken %d'
                % (wrong['lost'], wrong['doubled'], wrong['unverifiable'], len(broken)))


def one_machine(kills, seed, until):
    world = World(1, seed)
    try:
        began = time.monotonic()
        first = world.place.finish(world.sweep(world.machines[0]), 120)
        assert first.code == 0, first.err
        seconds = time.monotonic() - began
        while world.kills < kills and time.monotonic() < until:
            world.more_work()
            drawn = world.random.random()
            if drawn < 0.5:
                world.kill(world.sweep(world.machines[0]), 'sweep',
                           world.random.uniform(0, seconds / 3))
            else:
                (world.decide if drawn < 0.7 else world.export if drawn < 0.8 else world.purge)()
            world.invariants.check()
        print('ok %d kills on SQLite: %s' % (world.kills, world.finish()), flush=True)
    finally:
        world.place.close()


def three_machines(kills, seed, until):
    server = Server()
    world = World(3, seed, server)
    try:
        sweeps = {machine: world.sweep(machine) for machine in world.machines}
        since = 0
        while world.kills < kills and time.monotonic() < until:
            time.sleep(world.random.uniform(0, 0.8) * SLOW)
            for machine, process in list(sweeps.items()):
                if process.poll() is not None:
                    run = world.place.finish(process)
                    assert run.code in (0, 75), run.err
                    world.more_work()
                    sweeps[machine] = world.sweep(machine)
            machine = world.random.choice(world.machines)
            killed, run = world.kill(sweeps[machine], 'sweep', 0)
            assert killed or run.code in (0, 75), run.err
            sweeps[machine] = world.sweep(machine)
            world.random.choice([world.decide, world.export, world.purge, lambda: None])()
            since += 1
            if since % 6 == 0:
                for machine, process in sweeps.items():
                    world.kill(process, 'sweep', 0)
                world.settled()
                world.invariants.check()
                world.more_work()
                sweeps = {machine: world.sweep(machine) for machine in world.machines}
        for process in sweeps.values():
            world.kill(process, 'sweep', 0)
        world.settled()
        print('ok %d kills on PostgreSQL, three machines: %s' % (world.kills, world.finish()),
              flush=True)
    finally:
        world.place.close()
        server.stop()


def main():
    options = argparse.ArgumentParser()
    options.add_argument('--kills', type=int, default=40)
    options.add_argument('--postgres', type=int, default=12)
    options.add_argument('--minutes', type=float, default=60)
    options.add_argument('--seed', type=int, default=int(time.time()))
    options = options.parse_args()
    for run, kills in ((one_machine, options.kills), (three_machines, options.postgres)):
        if kills == 0:
            continue
        try:
            run(kills, options.seed, time.monotonic() + options.minutes * 30 * SLOW)
        except AssertionError as why:
            print('not ok %s --seed %d: %s' % (run.__name__, options.seed, why))


if __name__ == '__main__':
    main()
