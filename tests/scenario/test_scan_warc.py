"""`scan` and `extract` over WARC: pages out of records, chunks joined, bad records named."""

import base64
import gzip
import hashlib
import json
import subprocess
import uuid

from harness import LUREWATCH, SLOW, lure, honest, main, test


def record(kind, block, url='https://board.example/job/1', type_='application/http;msgtype=response',
           digest=None):
    digest = digest or 'sha1:' + base64.b32encode(hashlib.sha1(block).digest()).decode()
    head = ('WARC/1.0\r\nWARC-Type: %s\r\nWARC-Target-URI: %s\r\nWARC-Date: 2026-11-24T00:00:00Z\r\n'
            'WARC-Record-ID: <urn:uuid:%s>\r\nContent-Type: %s\r\nWARC-Block-Digest: %s\r\n'
            'Content-Length: %d\r\n\r\n' % (kind, url, uuid.UUID(int=len(block)), type_, digest,
                                            len(block)))
    return head.encode() + block + b'\r\n\r\n'


def response(body, status='200 OK', more='', type_='text/html; charset=utf-8'):
    return ('HTTP/1.1 %s\r\nContent-Type: %s\r\n%s\r\n' % (status, type_, more)).encode() + body


def chunked(body, size=1000):
    out = b''
    for at in range(0, len(body), size):
        piece = body[at:at + size]
        out += b'%x;name=value\r\n' % len(piece) + piece + b'\r\n'
    return out + b'0\r\n\r\n'


def run(place, command, data, *arguments):
    done = subprocess.run([LUREWATCH, command, '--config', place.path('lurewatch.yml'), *arguments],
                          input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60 * SLOW)
    return (done.returncode, [json.loads(line) for line in done.stdout.decode().splitlines()],
            done.stderr.decode())


BODY = lure(1).encode()


@test
def pages_of_plain_and_gzip_records(place):
    records = [record('warcinfo', b'software: test\r\n', type_='application/warc-fields'),
               record('request', b'GET / HTTP/1.1\r\n\r\n', type_='application/http;msgtype=request'),
               record('response', response(BODY)),
               record('response', response(b'not a page', type_='image/png')),
               record('response', response(b'gone', status='404 Not Found')),
               record('response', response(honest(2).encode()), url='https://board.example/job/2')]
    for data in (b''.join(records), b''.join(gzip.compress(one) for one in records)):
        code, verdicts, err = run(place, 'scan', data)
        assert code == 0, err
        assert len(verdicts) == 2, verdicts
        assert verdicts[0]['band'] in ('review', 'urgent'), verdicts[0]
        assert verdicts[1]['band'] not in ('review', 'urgent'), verdicts[1]


@test
def chunks_are_joined_and_codings_passed_on(place):
    packed = gzip.compress(BODY)
    forms = [response(chunked(BODY), more='Transfer-Encoding: chunked\r\n'),
             response(BODY, more='Transfer-Encoding: chunked\r\n'),  # joined by the archive already
             response(packed, more='Content-Encoding: gzip\r\n'),
             response(chunked(packed),
                      more='Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n')]
    code, verdicts, err = run(place, 'scan', b''.join(record('response', form) for form in forms))
    assert code == 0, err
    assert len(verdicts) == 4, verdicts
    assert all(verdict == verdicts[0] for verdict in verdicts), verdicts
    assert verdicts[0]['band'] in ('review', 'urgent')


@test
def a_bad_record_is_named_and_the_rest_goes_on(place):
    wrong = record('response', response(BODY), digest='sha1:' + 'A' * 32)
    no_http = record('response', b'this is no HTTP message')
    good = record('response', response(BODY))
    members = [gzip.compress(good), gzip.compress(wrong), gzip.compress(no_http),
               gzip.compress(good)]
    code, verdicts, err = run(place, 'scan', b''.join(members))
    assert code == 65, (code, err)
    assert [('error' in verdict) for verdict in verdicts] == [False, True, True, False], verdicts
    assert 'byte %d' % len(members[0]) in verdicts[1]['error'], verdicts[1]
    assert 'digest' in verdicts[1]['error']
    assert 'byte %d' % (len(members[0]) + len(members[1])) in verdicts[2]['error'], verdicts[2]
    assert 'status line' in verdicts[2]['error']


@test
def a_file_that_is_cut_short_gives_what_came(place):
    members = [gzip.compress(record('response', response(BODY))) for _ in range(3)]
    data = b''.join(members)[:-40]
    code, verdicts, err = run(place, 'scan', data)
    assert code == 65, (code, err)
    assert [('error' in verdict) for verdict in verdicts] == [False, False, True], verdicts


@test
def extract_gives_the_postings(place):
    with open(place.path('a.warc.gz'), 'wb') as out:
        out.write(gzip.compress(record('response', response(BODY))))
    code, postings, err = run(place, 'extract', b'', place.path('a.warc.gz'))
    assert code == 0, err
    assert postings[0]['title'] == 'Lowongan admin slot Kamboja 1', postings
    code, verdicts, err = run(place, 'scan', json.dumps(postings[0]).encode() + b'\n')
    assert code == 0 and verdicts[0]['band'] in ('review', 'urgent'), err


main()
