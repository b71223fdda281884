"""The reviewers' page for tests: `lurewatch review` on a free port with accounts, and a client that
keeps cookies and the token of the forms."""

import http.client
import re
import subprocess
import threading
import urllib.parse

from harness import LUREWATCH, SLOW

PASSWORD = 'a long enough password'


def account(place, name, role):
    return subprocess.run([LUREWATCH, 'review', '--config', place.path('lurewatch.yml'), '--add-account', name,
                           '--role', role], input=PASSWORD + '\n', capture_output=True, text=True, timeout=30)


def prepared(place, lures=4, **settings):
    if settings:
        place.settings(**settings)
    place.small_board(ads=lures + 2, lures=lures)
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    return place


def at_once(calls):
    """Runs them together; their answers, in order."""
    answers = [None] * len(calls)

    def one(n):
        answers[n] = calls[n]()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60 * SLOW)
    return answers


def state_of(place, case):
    return place.count('SELECT state FROM cases WHERE id = %d' % case)


class Page:
    """`lurewatch review` on a free port, ended with the place."""

    def __init__(self, place, through=(), again=False):
        """again: with the accounts that are there."""
        for name, role in () if again else (('ani', 'reviewer'), ('budi', 'reviewer'), ('citra', 'second-reviewer'), ('dewi', 'viewer')):
            made = account(place, name, role)
            assert made.returncode == 0, made.stderr
        if through:
            subprocess.run(['chown', '-R', '65534:65534', place.dir], check=True)
        self.process = subprocess.Popen(
            [*through, LUREWATCH, 'review', '--config', place.path('lurewatch.yml'), '--listen', '127.0.0.1:0'],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        place.processes.append(self.process)
        line = self.process.stdout.readline()
        assert 'http://127.0.0.1:' in line, (line, self.process.stderr.read() if not line else '')
        self.port = int(re.search(r':(\d+)/', line).group(1))


class Browser:
    def __init__(self, page, name=None):
        self.page, self.cookies, self.csrf = page, {}, ''
        if name is not None:
            status, headers, _ = self.post('/login', name=name, password=PASSWORD)
            assert status == 303 and headers['Location'] == '/', (status, headers)
            self.get('/')

    def ask(self, method, path, body=None, headers=()):
        connection = http.client.HTTPConnection('127.0.0.1', self.page.port, timeout=20 * SLOW)
        sent = {'Cookie': '; '.join('%s=%s' % pair for pair in self.cookies.items())}
        if body is not None:
            sent['Content-Type'] = 'application/x-www-form-urlencoded'
            sent['Origin'] = 'http://127.0.0.1:%d' % self.page.port
        sent.update(headers)
        connection.request(method, path, body, {name: value for name, value in sent.items() if value is not None})
        answer = connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name == 'Set-Cookie':
                key, _, rest = value.partition('=')
                self.cookies[key] = rest.split(';')[0]
        found = re.search(r'data-csrf="([0-9a-f]+)"', text)
        self.csrf = found.group(1) if found else self.csrf
        connection.close()
        return answer.status, dict(answer.getheaders()), text

    def get(self, path, **headers):
        return self.ask('GET', path, headers=headers)

    def post(self, path, headers=(), **fields):
        fields.setdefault('csrf', self.csrf)
        return self.ask('POST', path, urllib.parse.urlencode(fields), headers)

    def upload(self, path, parts, boundary=b'----form', end=b'--\r\n', headers=()):
        """A form with files, part by part as it is given: (name, bytes) or (name, bytes, file name)."""
        body = b''
        for name, value, *file in parts:
            body += b'--%s\r\nContent-Disposition: form-data; name="%s"' % (boundary, name.encode())
            body += b'; filename="%s"\r\nContent-Type: x/y' % file[0].encode() if file else b''
            body += b'\r\n\r\n' + (value if isinstance(value, bytes) else value.encode()) + b'\r\n'
        sent = {'Content-Type': 'multipart/form-data; boundary=' + boundary.decode(), **dict(headers)}
        return self.ask('POST', path, body + b'--' + boundary + end, sent)

    def listed(self):
        return [int(number) for number in re.findall(r'<tr[^>]* data-case="(\d+)"', self.get('/')[2])]

    def decide(self, case, what, **fields):
        return self.post('/case/%d' % case, **{'do': what, **fields})
