#!/usr/bin/env python3
"""The fetcher against a server that misbehaves: every answer ends, in time, with its limit named."""
import sys

from board_client import Board, Cases, fetch

cases = Cases()
HOST = 'http://jobs.example'
LIMITS = ['--stall-ms', '1500', '--total-ms', '8000', '--connect-ms', '5000', '--at-once', '40']
FILES = {
    'jobs.example/index.html': '<h1>home</h1>',
    'jobs.example/jobs.html': 'page one',
    'jobs.example/jobs?page=2.html': 'page two',
    'jobs.example/old.html': 'old',
    'jobs.example/big.html': 'x' * 200000,
    'jobs.example/big.html.gz': b'\x1f\x8b not really, but who inflates it here',
    'jobs.example/_headers': '/old*\n  Content-Type: text/html; charset=windows-1252\n'
                             '  X-Robots-Tag: noindex\n  ETag: "v1"\n',
    'other.example/index.html': 'the other host',
}

# path of /-/…, status, HTTP status, words of the sentence, cut
MISBEHAVIOUR = [
    ('slow/300', 'ok', 200, '', None),
    ('drip/400/2', 'timeout', 200, 'not done within 8 s', 'time'),
    ('silent', 'timeout', 0, 'no line of the head for 1500 ms', None),
    ('stall-head', 'timeout', 0, 'no line of the head for 1500 ms', None),
    ('stall-body', 'timeout', 200, 'no byte for 1500 ms', 'time'),
    ('cut-before', 'network', 0, 'Empty reply', None),
    ('cut-head', 'network', 0, 'ended before the head did', None),
    ('cut-body', 'network', 200, 'bytes remaining', 'disconnect'),
    ('cut-chunk', 'network', 200, 'outstanding read data', 'disconnect'),
    ('reset', 'network', 200, '', 'disconnect'),
    ('length-long', 'network', 200, '500 bytes remaining', 'disconnect'),
    ('length-short', 'ok', 200, '', None),
    ('two-lengths', 'syntax', 200, 'two lengths', None),
    ('bad-chunk', 'network', 200, 'chunked', 'disconnect'),
    ('nul-head', 'syntax', 0, 'Nul', None),
    ('no-head', 'syntax', 0, 'HTTP/0.9', None),
    ('endless-head', 'limit', 0, 'head limit of 262144 bytes', 'length'),
    ('endless-1xx', 'limit', 0, 'head limit of 262144 bytes', 'length'),
    ('huge-line', 'limit', 0, '102400 bytes in one line', 'length'),
    ('endless-body', 'limit', 200, 'body limit of 8388608 bytes', 'length'),
    ('endless-chunked', 'limit', 200, 'body limit of 8388608 bytes', 'length'),
    ('bomb/100', 'ok', 200, '', None),  # as received: small. The worker inflates, with its own limit
    ('status/410', 'ok', 410, '', None),
    ('status/500', 'ok', 500, '', None),
    ('redirect-loop', 'ok', 302, '', None),
    ('robots/600', 'ok', 200, '', None),
    ('long-url', 'ok', 200, '', None),
    ('links/1000', 'ok', 200, '', None),
]


def misbehaviour(board):
    urls = [HOST + '/-/' + case[0] for case in MISBEHAVIOUR]
    got, rest = fetch(urls, '--endpoint', board.endpoint, '--map-all', '--gap', *LIMITS)
    for (path, status, http, words, cut), url in zip(MISBEHAVIOUR, urls):
        row = got.get(url, {})
        seen = (row.get('status'), row.get('http_status'), row.get('cut'))
        cases.say('misbehaves: ' + path,
                  seen == (status, http, cut) and words in row.get('why', ''), row)
    slowest = max(row['took_ms'] for row in got.values())
    cases.say('all of them end in time', slowest < 30000, slowest)
    cases.say('the loop never stands still', rest[-1]['gap_ms'] < 2000, rest)


def limits_asked_for(board):
    got, _ = fetch([HOST + '/big.html'], '--endpoint', board.endpoint, '--map-all', '--identity',
                   '--body-bytes', '1000')
    row = got[HOST + '/big.html']
    cases.same('a smaller body limit', (row['status'], row['body_bytes'], row['why']),
               ('limit', 1000, 'over the body limit of 1000 bytes'))
    got, _ = fetch([HOST + '/'], '--endpoint', board.endpoint, '--map-all', '--head-bytes', '60')
    cases.same('a smaller head limit', got[HOST + '/'].get('why'), 'over the head limit of 60 bytes')


def answers(board):
    urls = [HOST + path for path in ('/', '/jobs?page=2', '/old.html', '/big.html',
                                     '/-/retry/429/date:60', '/-/retry/503/7',
                                     '/-/redirect/301/http%3A%2F%2F10.0.0.1%2Fx')]
    urls += ['https://jobs.example/', 'https://other.example:8443/']
    got, _ = fetch(urls, '--endpoint', board.endpoint, '--map-all', '--heads', '--body')
    row = got[urls[0]]
    cases.same('a page', (row['status'], row['http_status'], row['body'], row['peer']),
               ('ok', 200, '<h1>home</h1>', '127.0.0.1'))
    cases.same('the request as it was sent', row['request_head'].split('\r\n')[:2],
               ['GET / HTTP/1.1', 'Host: jobs.example'])
    cases.say('it ends in an empty line', row['request_head'].endswith('\r\n\r\n') and
              'Accept-Encoding: gzip, br, zstd\r\n' in row['request_head'], row['request_head'])
    cases.say('the head of the answer', row['response_head'].startswith('HTTP/1.1 200 OK\r\n') and
              row['response_head'].endswith('\r\n\r\n'), row['response_head'])
    cases.same('a query', got[urls[1]]['body'], 'page two')
    cases.same('headers', [got[urls[2]].get(k) for k in ('content_type', 'robots_tag', 'etag')],
               ['text/html; charset=windows-1252', 'noindex', '"v1"'])
    cases.same('the body stays coded', got[urls[3]].get('content_encoding'), 'gzip')
    cases.say('Retry-After as a date', got[urls[4]].get('retry_after', '').endswith('GMT'),
              got[urls[4]])
    cases.same('Retry-After in seconds', got[urls[5]].get('retry_after'), '7')
    cases.same('a redirect is a result', (got[urls[6]]['http_status'], got[urls[6]]['location']),
               (301, 'http://10.0.0.1/x'))
    cases.same('https to a test endpoint', got[urls[7]]['body'], '<h1>home</h1>')
    cases.say('its Host keeps the port', got[urls[8]]['body'] == 'the other host' and
              '\r\nHost: other.example:8443\r\n' in got[urls[8]]['request_head'], got[urls[8]])


def conditional(board):
    where = ['--endpoint', board.endpoint, '--map-all', '--heads']
    url = HOST + '/jobs'
    first = fetch([url], *where)[0][url]
    second = fetch([url], *where, '--etag', first['etag'])[0][url]
    cases.same('If-None-Match', (second['status'], second['http_status'], second['body_bytes']),
               ('ok', 304, 0))
    third = fetch([url], *where, '--last-modified', first['last_modified'])[0][url]
    cases.same('If-Modified-Since', third['http_status'], 304)
    fourth = fetch([url], *where, '--etag', '"a"\r\nX-Smuggled: 1')[0][url]
    cases.say('a validator with a line end is not sent', fourth['http_status'] == 200 and
              'Smuggled' not in fourth['request_head'], fourth)


def connections(board):
    urls = [HOST + '/?n=%d' % n for n in range(20)]
    got, rest = fetch(urls, '--endpoint', board.endpoint, '--map-all', '--at-once', '1', '--watch')
    cases.same('one connection for twenty pages', len([r for r in rest if 'connect' in r]), 1)
    ports = {row['peer_port'] for row in board.log() if '/?n=' in row['path']}
    cases.same('the server saw one too', len(ports), 1)
    cases.same('all came', [got[url]['status'] for url in urls], ['ok'] * 20)


def main():
    with Board(FILES) as board:
        misbehaviour(board)
        limits_asked_for(board)
        answers(board)
        conditional(board)
        connections(board)
    return cases.end()


sys.exit(main())
