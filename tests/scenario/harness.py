"""What the scenario tests share: a board on loopback, a place with configuration and sources, the
program run with a time limit, the store read as SQLite, the board's own log.

    from harness import Place, ad, lure, main, test

    @test
    def a_sweep_finds_the_lure(place):
        place.page('board.example', 'jobs', listing(['/job/1']))
        ...
        assert run.code == 0, run.err

Each test gets a fresh Place (a temporary folder); everything it started is ended by pid. main()
runs the tests of the script and prints "ok NAME" or "not ok NAME: why".
"""

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import traceback

from board_client import await_lines

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.join(ROOT, os.environ.get('BUILD', 'build'))
LUREWATCH = os.path.join(BUILD, 'lurewatch')
BOARD = os.path.join(BUILD, 'board')
SLOW = 4 if 'sanitize' in BUILD else 1  # sanitizers: everything takes longer

TESTS = []


class Skip(Exception):
    """The machine cannot run this test; the text says why."""


def test(function):
    TESTS.append(function)
    return function


# ---- pages ----

def page(title, body, head=''):
    return ('<!doctype html><html lang="en"><head><meta charset="utf-8"><title>%s</title>%s</head>'
            '<body>%s</body></html>' % (title, head, body))


def listing(paths, title='Jobs'):
    links = ''.join('<li><a href="%s">Vacancy %d</a></li>' % (path, n)
                    for n, path in enumerate(paths))
    return page(title, '<h1>%s</h1><ul>%s</ul>' % (title, links))


def ad(title, text, number=0, employer='Toko Contoh', place='Bandung, Indonesia'):
    """A posting with JSON-LD, as most boards have it."""
    data = {'@context': 'https://schema.org', '@type': 'JobPosting', 'title': title,
            'description': text, 'datePosted': '2026-11-%02d' % (1 + number % 28),
            'hiringOrganization': {'@type': 'Organization', 'name': employer},
            'jobLocation': {'@type': 'Place', 'address': {'@type': 'PostalAddress',
                                                         'addressLocality': place}}}
    head = '<script type="application/ld+json">%s</script>' % json.dumps(data)
    return page(title, '<h1>%s</h1><p>%s</p><p>%s</p>' % (title, text, employer), head)


def lure(number):
    """An invented lure in plain words: any bank flags it."""
    return ad('Lowongan admin slot Kamboja %d' % number,
              'Dibutuhkan admin slot dan CS judi online, kantor Poipet, Kamboja. Gaji 800-1200 USD, '
              'tiket, paspor dan mess ditanggung kantor. Tanpa pengalaman, berangkat cepat. '
              'Hubungi telegram t.me/contoh_kantor_%d' % number, number, 'Kantor', 'Poipet, Kamboja')


def honest(number):
    return ad('Kasir toko kelontong %d' % number,
              'Toko kelontong di Bandung mencari kasir nomor %d. Gaji Rp 3.500.000 per bulan sesuai '
              'UMK, BPJS, libur hari Minggu. Pendidikan SMA, pengalaman satu tahun. Lamaran lengkap '
              'dibawa ke alamat toko pada jam kerja.' % number, number)


def listener():
    """A port on which nobody may knock; the list of those who did."""
    server = socket.socket()
    server.bind(('127.0.0.1', 0))
    server.listen(8)
    server.settimeout(60)
    knocks = []

    def wait():
        try:
            while True:
                knocks.append(server.accept()[1])
        except OSError:
            pass
    threading.Thread(target=wait, daemon=True).start()
    return server, knocks


def small_disk(place, kib):
    """A file system of so few KiB at place/disk."""
    folder = place.path('disk')
    os.mkdir(folder)
    if os.geteuid() != 0:
        raise Skip('only root can mount a small file system')
    mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=%dk' % kib, 'none', folder],
                             stderr=subprocess.DEVNULL, check=False)
    if mounted.returncode != 0:
        raise Skip('this machine lets nobody mount a small file system')
    return folder


# ---- the world of one test ----

class Run:
    """A finished run of the program."""

    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds

    def lines(self):
        return [json.loads(line) for line in self.out.splitlines() if line.startswith('{')]

    def total(self):
        return [line for line in self.lines() if 'total' in line][-1]

    def source(self, name):
        return [line for line in self.lines() if line.get('source') == name][-1]

    def reasons(self, name):
        return {reason['why']: reason['count'] for reason in self.source(name)['reasons']}


class Place:
    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='lurewatch-scenario-')
        self.root = os.path.join(self.dir, 'www')
        self.log_file = os.path.join(self.dir, 'board.log')
        self.rules_file = os.path.join(self.dir, 'rules')
        self.processes = []
        self.port = None
        os.makedirs(self.root)
        os.makedirs(os.path.join(self.dir, 'sources'))
        self.settings()

    # ---- what stands in it ----

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def write(self, name, text):
        with open(self.path(name), 'w', encoding='utf-8') as out:
            out.write(text)

    def settings(self, **keys):
        lines = {'contact': 'desk@example.org', 'operator': 'Example desk',
                 'patterns': os.path.join(ROOT, 'patterns'), 'delay_min': '20ms', 'workers': '1',
                 'stall_timeout': '2s', 'connect_timeout': '5s', 'total_timeout': '6s'}
        lines.update(keys)
        self.write('lurewatch.yml', ''.join("%s: '%s'\n" % item for item in lines.items()))

    def source(self, name='board', start='https://board.example/jobs', kind='listing', more=''):
        self.write('sources/%s.yml' % name,
                   "name: %s\ntitle: Example board\npermission:\n  basis: public-feed\n"
                   "  note: 'invented for a test'\nstart:\n  - {url: '%s', as: %s}\nevery: 1h\n"
                   "country: ID\n%s" % (name, start, kind, more))

    def page(self, host, path, text):
        """path: 'jobs', or 'job/1'; written as path.html, found without the ending."""
        file = os.path.join(self.root, host, path if '.' in path else path + '.html')
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, 'w', encoding='utf-8') as out:
            out.write(text)

    def robots(self, host, text='User-agent: *\nDisallow: /private/\n'):
        self.page(host, 'robots.txt', text)

    def small_board(self, host='board.example', ads=10, lures=3):
        """A listing of ads, the first of them lures, and a robots.txt."""
        self.robots(host)
        self.page(host, 'jobs', listing(['/job/%d' % n for n in range(ads)]))
        for n in range(ads):
            self.page(host, 'job/%d' % n, lure(n) if n < lures else honest(n))

    # ---- the board ----

    def rules(self, *lines):
        self.write('rules', ''.join(line + '\n' for line in lines))

    def board(self, lifetime_s=280):
        port_file = self.path('port')
        self.spawn([BOARD, '--root', self.root, '--port-file', port_file, '--log', self.log_file,
                    '--behave', self.rules_file, '--lifetime', str(lifetime_s)])
        ends = time.monotonic() + 20
        while not os.path.exists(port_file):
            if time.monotonic() > ends:
                raise AssertionError('the board does not start')
            time.sleep(0.02)
        with open(port_file, encoding='ascii') as text:
            self.port = int(text.read())

    def log(self):
        if not os.path.exists(self.log_file):
            return []
        await_lines(self.log_file)
        with open(self.log_file, encoding='utf-8') as lines:
            return [json.loads(line) for line in lines if line.endswith('\n')]

    def requests(self, path, host=None):
        return [entry for entry in self.log()
                if entry['path'] == path and (host is None or entry['host'] == host)]

    # ---- the program ----

    def spawn(self, command, **options):
        options.setdefault('stdin', subprocess.DEVNULL)
        options.setdefault('stdout', subprocess.DEVNULL)
        process = subprocess.Popen(command, start_new_session=True, **options)
        self.processes.append(process)
        return process

    def command(self, *arguments):
        return [LUREWATCH] + list(arguments) + ['--config', self.path('lurewatch.yml')]

    def sweep_command(self, *arguments):
        return self.command('sweep', '--json', '--test-endpoint', '127.0.0.1:%d' % self.port,
                            *arguments)

    def run(self, *arguments, timeout=60):
        return self.finish(self.start(self.command(*arguments)), timeout)

    def sweep(self, *arguments, timeout=60):
        return self.finish(self.start(self.sweep_command(*arguments)), timeout)

    def start(self, command):
        process = self.spawn(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             encoding='utf-8')
        process.began = time.monotonic()
        return process

    def finish(self, process, timeout=60):
        out, err = process.communicate(timeout=timeout * SLOW)
        self.processes.remove(process)
        return Run(process.returncode, out, err, time.monotonic() - process.began)

    # ---- the store ----

    def rows(self, query, *values):
        # Not mode=ro: behind a kill the first to look must roll the journal back.
        store = sqlite3.connect('file:%s?mode=rw' % self.path('lurewatch.db'), uri=True, timeout=20)
        try:
            store.execute('PRAGMA query_only = ON')
            return store.execute(query, values).fetchall()
        finally:
            store.close()

    def count(self, query, *values):
        return self.rows(query, *values)[0][0]

    def states(self):
        """URL -> (state, why)."""
        names = ['pending', 'done', 'failed', 'gone', 'denied', 'poisoned']
        return {url: (names[state], why) for url, state, why in
                self.rows('SELECT url, state, why FROM urls')}

    def case_urls(self):
        return sorted(row[0] for row in self.rows(
            'SELECT p.url FROM cases c JOIN postings p ON p.id = c.posting_id'))

    # ---- the end ----

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)


def wait_for(condition, seconds=20, what='something'):
    ends = time.monotonic() + seconds * SLOW
    while not condition():
        if time.monotonic() > ends:
            raise AssertionError('%s did not happen in %d s' % (what, seconds))
        time.sleep(0.02)


def browser_folders():
    """The folders that browsers of all tests at work have in /tmp."""
    return {entry for entry in os.listdir('/tmp') if entry.startswith('lurewatch-browser')}


def wait_for_browsers(before):
    """Of the folders that came after `before`, each is gone: other tests' browsers end, too."""
    left = browser_folders() - before
    wait_for(lambda: not any(os.path.exists(os.path.join('/tmp', entry)) for entry in left), 45,
             'the browser to leave nothing of %s' % sorted(left))


def first_line(text):
    text = str(text).strip()
    return text.splitlines()[0] if text else ''


def main():
    wanted = sys.argv[1:]
    for function in TESTS:
        name = function.__name__.replace('_', ' ')
        if wanted and not any(word in function.__name__ for word in wanted):
            continue
        place = Place()
        try:
            function(place)
            print('ok %s' % name, flush=True)
        except Skip as why:
            print('ok %s (skipped: %s)' % (name, why), flush=True)
        except Exception as why:  # noqa: any failure of a test is told, and the next one runs
            place_of = traceback.extract_tb(why.__traceback__)[-1]
            print('not ok %s: line %d: %s: %s' % (name, place_of.lineno, type(why).__name__,
                                                  first_line(why)), flush=True)
            traceback.print_exc(file=sys.stdout)
        finally:
            place.close()
    sys.exit(0)  # the lines say it; another status means that the script itself broke
