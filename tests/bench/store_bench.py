"""store_bench.py BUILD [--cases N] [--urls N] [--queue N] [--hosts N] [--ads N]: the store's figures, on SQLite and on
a PostgreSQL that is started for it; then one, two and four sweeping processes over that one server."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'scenario'))


def figures(build, url, options):
    folder = tempfile.mkdtemp(prefix='lurewatch-bench-')
    try:
        url = url or 'sqlite:' + os.path.join(folder, 'store.db')
        subprocess.run([os.path.join(build, 'bench', 'store_bench'), url, folder, str(options.cases),
                        str(options.urls), str(options.queue)], check=True, timeout=3600)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def sweepers(count, options):
    """Pages a second of count processes over one server, each as a machine of its own."""
    from harness import LUREWATCH, Place, honest, listing, lure
    from postgres_server import Server
    place, server = Place(), Server()
    try:
        for h in range(options.hosts):
            host = 'board%d.example' % h
            place.robots(host)
            place.page(host, 'jobs', listing(['/job/%d' % n for n in range(options.ads)]))
            for n in range(options.ads):
                place.page(host, 'job/%d' % n, lure(n) if n % 10 == 0 else honest(n))
            place.source('board%d' % h, start='https://%s/jobs' % host,
                         more="extract:\n  follow:\n    posting: ['/job/*']\n")
        place.board()
        for n in range(count):
            place.settings(machine='desk%d' % n, evidence='evidence%d' % n, store=server.url,
                           contact_key='contact.key', delay_min='5ms')
            os.rename(place.path('lurewatch.yml'), place.path('desk%d.yml' % n))
        made = place.finish(place.start([LUREWATCH, 'db', 'init', '--config', place.path('desk0.yml')]))
        assert made.code == 0, made.err
        began = time.monotonic()
        running = [place.start([LUREWATCH, 'sweep', '--json', '--test-endpoint',
                                '127.0.0.1:%d' % place.port, '--config', place.path('desk%d.yml' % n)])
                   for n in range(count)]
        for process in running:
            run = place.finish(process, 600)
            assert run.code == 0, run.err
        seconds = time.monotonic() - began
        asked = [(entry['host'], entry['path']) for entry in place.log()
                 if entry['path'] != '/robots.txt']
        cases = server.count('SELECT count(*) FROM cases')
        print('%d sweeping process%s %8.0f pages/s (%d pages in %.1f s), asked for twice %d, cases %d of %d'
              % (count, '   ' if count == 1 else 'es ', len(asked) / seconds, len(asked), seconds,
                 len(asked) - len(set(asked)), cases, options.hosts * len(range(0, options.ads, 10))),
              flush=True)
    finally:
        place.close()
        server.stop()


def main():
    options = argparse.ArgumentParser()
    options.add_argument('build')
    options.add_argument('--cases', type=int, default=5000)
    options.add_argument('--urls', type=int, default=100000)
    options.add_argument('--queue', type=int, default=1000000)
    options.add_argument('--hosts', type=int, default=24)
    options.add_argument('--ads', type=int, default=60)
    options = options.parse_args()
    os.environ['BUILD'] = options.build
    from postgres_server import Server
    print('store: SQLite', flush=True)
    figures(options.build, None, options)
    server = Server()
    try:
        print('store: PostgreSQL, on a socket of this machine', flush=True)
        figures(options.build, server.url, options)
    finally:
        server.stop()
    print('sweeps over one PostgreSQL, %d hosts of %d ads, 5 ms between requests to a host'
          % (options.hosts, options.ads), flush=True)
    for count in (1, 2, 4):
        sweepers(count, options)


if __name__ == '__main__':
    main()
