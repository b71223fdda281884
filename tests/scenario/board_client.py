"""The loopback board and the fetcher's window, for scenario tests: Board, fetch(), Cases."""
import json
import os
import subprocess
import sys
import tempfile
import time

BUILD = os.environ.get('BUILD', 'build')


def await_lines(log_file, within_s=1):
    """Until each request the board has answered stands in its log (LOG.open is 0), or they are slow."""
    ends = time.monotonic() + within_s
    while time.monotonic() < ends:
        with open(log_file + '.open', 'rb') as count:
            if int.from_bytes(count.read(), sys.byteorder) == 0:
                return
        time.sleep(0.005)


class Board:
    """`with Board({'jobs.example/index.html': '<p>x'}) as board:` serves those files."""

    def __init__(self, files=None, behave=''):
        self.folder = tempfile.TemporaryDirectory(prefix='board-')
        self.root = os.path.join(self.folder.name, 'site')
        self.log_file = os.path.join(self.folder.name, 'log')
        self.behave_file = os.path.join(self.folder.name, 'behave')
        os.mkdir(self.root)
        for name, text in (files or {}).items():
            self.write(name, text)
        self.behave(behave)

    def write(self, name, text):
        path = os.path.join(self.root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as out:
            out.write(text if isinstance(text, bytes) else text.encode())

    def behave(self, text):
        """Replaces the control file as a whole."""
        with open(self.behave_file + '.new', 'w') as out:
            out.write(text)
        os.replace(self.behave_file + '.new', self.behave_file)

    def __enter__(self):
        port_file = os.path.join(self.folder.name, 'port')
        self.process = subprocess.Popen(
            [BUILD + '/board', '--root', self.root, '--port-file', port_file, '--log',
             self.log_file, '--behave', self.behave_file, '--lifetime', '280'],
            stdout=subprocess.DEVNULL)
        for _ in range(600):
            if os.path.exists(port_file) or self.process.poll() is not None:
                break
            time.sleep(0.05)
        with open(port_file) as port:
            self.port = int(port.read())
        self.endpoint = '127.0.0.1:%d' % self.port
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def log(self):
        await_lines(self.log_file)
        with open(self.log_file) as lines:
            return [json.loads(line) for line in lines]


def fetch(urls, *options, timeout_s=50):
    """The JSON lines of fetchone: a dict by URL for results, a list of all others."""
    run = subprocess.run([BUILD + '/fetchone', *options, *urls], stdout=subprocess.PIPE,
                         stdin=subprocess.DEVNULL, timeout=timeout_s)
    by_url, others = {}, []
    for line in run.stdout.decode(errors='replace').splitlines():
        row = json.loads(line)
        if 'url' in row:
            by_url[row['url']] = row
        else:
            others.append(row)
    return by_url, others


class Cases:
    """Prints "ok NAME" or "not ok NAME: why" for each; exit(cases.end())."""

    def __init__(self):
        self.failed = 0

    def say(self, name, good, why=''):
        print('ok ' + name if good else 'not ok %s: %s' % (name, why), flush=True)
        self.failed += not good

    def same(self, name, got, wanted):
        self.say(name, got == wanted, 'got %r, wanted %r' % (got, wanted))

    def end(self):
        sys.stdout.flush()
        return 0
