#!/usr/bin/env python3
"""The loopback board itself: what it serves, what it logs, and that it ends."""
import http.client
import os
import signal
import subprocess
import sys
import time

from board_client import BUILD, Board, Cases

cases = Cases()
FILES = {
    'jobs.example/index.html': 'home',
    'jobs.example/jobs.html': 'one',
    'jobs.example/jobs?page=2.html': 'two',
    'jobs.example/deep/three.html': 'three',
    'jobs.example/_map': '# a comment\n/jobs?page=3 deep/three.html\n',
    'jobs.example/_headers': '*.html\n  X-All: yes\n/old*\n  Content-Type: text/html; charset=gbk\n'
                             '  ETag:\n',
    'jobs.example/old.html': 'old',
    'jobs.example/big.html': 'x' * 5000,
    'jobs.example/big.html.gz': 'gz',
    'jobs.example/big.html.br': 'br',
    'jobs.example/robots.txt': 'User-agent: *\n',
    'jobs.example/.well-known/x.txt': 'known',
    'index.html': 'nobody',
}


def ask(board, path, host='jobs.example', method='GET', **headers):
    connection = http.client.HTTPConnection('127.0.0.1', board.port, timeout=20)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {'Host': host, 'User-Agent': 'the test', **headers}.items():
        connection.putheader(name.replace('_', '-'), value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body, answer


def files(board):
    for path, wanted in [('/', 'home'), ('/jobs', 'one'), ('/jobs?page=2', 'two'),
                         ('/jobs?page=3', 'three'), ('/jobs?page=9', 'one'),
                         ('/%6Aobs', 'one'), ('/.well-known/x.txt', 'known'),
                         ('/robots.txt', 'User-agent: *\n')]:
        cases.same('file of ' + path, ask(board, path)[:2], (200, wanted))
    for path in ('/_map', '/_headers', '/../index.html', '/%2e%2e/index.html', '/nope', '/%00'):
        cases.same('no file of ' + path, ask(board, path)[0], 404)
    cases.same('a host without a folder', ask(board, '/', host='x.example')[1], 'nobody')
    cases.same('a host with a port', ask(board, '/', host='JOBS.example:81')[1], 'home')
    _, _, answer = ask(board, '/old.html')
    cases.same('_headers', [answer.getheader(n) for n in ('X-All', 'Content-Type', 'ETag')],
               ['yes', 'text/html; charset=gbk', None])
    cases.same('POST', ask(board, '/', method='POST')[0], 405)
    status, body, answer = ask(board, '/big.html', method='HEAD')
    cases.same('HEAD', (status, body, answer.getheader('Content-Length')), (200, '', '5000'))
    for accept, body, coding in [('gzip, br', 'br', 'br'), ('gzip', 'gz', 'gzip'),
                                 ('identity', 'x' * 5000, None)]:
        got = ask(board, '/big.html', Accept_Encoding=accept)
        cases.same('coded: ' + accept, (got[1], got[2].getheader('Content-Encoding')),
                   (body, coding))


def conditions(board):
    _, _, answer = ask(board, '/jobs')
    cases.same('If-None-Match', ask(board, '/jobs', If_None_Match=answer.getheader('ETag'))[0], 304)
    cases.same('another', ask(board, '/jobs', If_None_Match='"other"')[0], 200)
    changed = answer.getheader('Last-Modified')
    cases.same('If-Modified-Since', ask(board, '/jobs', If_Modified_Since=changed)[0], 304)
    old = 'Mon, 01 Jan 2001 00:00:00 GMT'
    cases.same('since long ago', ask(board, '/jobs', If_Modified_Since=old)[0], 200)


def control(board):
    seen = []
    for rule in ('', 'jobs.example/jobs status 410\n', '/jobs retry 503 7\n',
                 'x.example/* status 500\n', '# nothing\n/jobs ok\n/* status 404\n'):
        board.behave(rule)
        seen.append(ask(board, '/jobs')[0])
    cases.same('up, gone, later, up, up', seen, [200, 410, 503, 200, 200])
    board.behave('/jobs times 2 status 500\n')
    cases.same('twice, then fine', [ask(board, '/jobs')[0] for _ in range(3)], [500, 500, 200])
    board.behave('')
    cases.same('by address', [ask(board, '/-/status/418')[0],
                              ask(board, '/-/redirect/301/%2Fa%20b')[2].getheader('Location'),
                              ask(board, '/-/sitemap/3')[1].count('<loc>'),
                              ask(board, '/-/links/100000')[1].count('<li>'),
                              ask(board, '/-/nonsense')[0]], [418, '/a b', 3, 100000, 500])


def log(board):
    before = len(board.log())
    started = time.time() * 1000
    ask(board, '/jobs?page=2', If_None_Match='"x"')
    ask(board, '/-/slow/300')
    rows = board.log()[before:]
    cases.same('log lines', [(r['host'], r['method'], r['path'], r['status'], r['agent'])
                             for r in rows],
               [('jobs.example', 'GET', '/jobs?page=2', 200, 'the test'),
                ('jobs.example', 'GET', '/-/slow/300', 200, 'the test')])
    cases.same('what they know besides', (rows[0]['bytes'], rows[0]['if_none_match'],
                                          rows[1]['behaviour']), (3, '"x"', 'slow'))
    took = rows[1]['end_mono_ms'] - rows[1]['start_mono_ms']
    cases.say('their times', 300 <= took < 20000 and rows[0]['start_ms'] >= started - 5, rows)


def ends():
    for bind in ('0.0.0.0', '192.168.0.1', 'x'):
        run = subprocess.run([BUILD + '/board', '--root', '.', '--bind', bind], timeout=20,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cases.same('does not bind ' + bind, run.returncode, 69)
    run = subprocess.run([BUILD + '/board', '--root', '.', '--lifetime', '1'], timeout=20,
                         stdout=subprocess.DEVNULL)
    cases.same('ends when its life is over', run.returncode, 0)
    shell = subprocess.Popen(['sh', '-c', '"$0" --root . >/dev/null & echo $!; exec sleep 60',
                              BUILD + '/board'], stdout=subprocess.PIPE)
    child = int(shell.stdout.readline())
    time.sleep(1)
    shell.send_signal(signal.SIGKILL)
    shell.wait()
    for _ in range(100):
        if not os.path.exists('/proc/%d/stat' % child):
            break
        with open('/proc/%d/stat' % child) as stat:
            if stat.read().rsplit(')', 1)[1].split()[0] == 'Z':
                break
        time.sleep(0.1)
    else:
        os.kill(child, signal.SIGKILL)
        cases.say('ends with who started it', False, 'it was still there')
        return
    cases.say('ends with who started it', True)


def main():
    with Board(FILES) as board:
        files(board)
        conditions(board)
        control(board)
        log(board)
        started = time.time()
        board.process.terminate()
        cases.same('ends on SIGTERM', board.process.wait(20), 0)
        cases.say('soon', time.time() - started < 10, time.time() - started)
    ends()
    return cases.end()


sys.exit(main())
