"""Folders, saved pages and WARC files swept like a board: through the same workers, with evidence, asked of
nobody."""

import gzip
import os

from harness import honest, lure, main, test

SOURCE = """name: archive
title: Saved pages
permission:
  basis: test
  note: 'invented for a test'
start:
  - {path: '../archive'}
every: 0s
country: ID
"""


def save(place, name, text, mode='w'):
    path = place.path('archive', name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, mode, **({} if 'b' in mode else {'encoding': 'utf-8'})) as out:
        out.write(text)


def record(kind, url, block, content_type, date='2026-10-01T10:00:00Z'):
    head = ('WARC/1.1\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:0000000%d-0000-4000-8000-000000000000>\r\n'
            'WARC-Date: %s\r\nWARC-Target-URI: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n'
            % (kind, len(url) % 10, date, url, content_type, len(block)))
    return gzip.compress(head.encode() + block + b'\r\n\r\n')


def response(url, html, encoding=None):
    body = html.encode()
    extra = ''
    if encoding == 'gzip':
        body, extra = gzip.compress(body), 'Content-Encoding: gzip\r\n'
    head = 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n%s\r\n' % extra
    return record('response', url, head.encode() + body, 'application/http;msgtype=response')


def archive(place):
    save(place, 'saved/one.html', lure(1).replace(
        '<html', '<!-- saved from url=(0032)https://board.example/job/1 -->\n<html', 1))
    save(place, 'saved/two.html', honest(2))
    save(place, 'saved/picture.png', b'\x89PNG\r\n', 'wb')
    save(place, 'crawl.warc.gz', response('https://board.example/job/3', lure(3)) +
         response('https://board.example/job/4', honest(4), 'gzip') +
         response('https://board.example/job/5', lure(5), 'gzip') +
         record('request', 'https://board.example/job/5', b'GET / HTTP/1.1\r\n\r\n', 'application/http'), 'wb')
    place.write('sources/archive.yml', SOURCE)


@test
def an_archive_is_swept_like_a_board(place):
    archive(place)
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    total = run.total()['total']
    assert total['postings'] == 5 and total['cases_new'] == 3, run.out
    assert place.case_urls() == ['https://board.example/job/%d' % n for n in (1, 3, 5)], place.case_urls()
    assert run.reasons('archive') == {'files that hold no page were passed over': 1}, run.out
    assert place.log() == [], 'nobody was asked'
    assert place.count('SELECT count(*) FROM fetches') == 0
    assert place.count("SELECT count(*) FROM records WHERE type = 'resource'") >= 3
    assert place.count("SELECT count(*) FROM records WHERE type = 'response'") == 0
    verify = place.run('evidence', 'verify')
    assert verify.code == 0, verify.out + verify.err
    record_id = place.rows("SELECT evidence_id FROM versions WHERE band >= 2 LIMIT 1")[0][0]
    shown = place.run('evidence', 'show', record_id)
    assert shown.code == 0 and '"file"' in shown.out, shown.out + shown.err


@test
def what_was_judged_is_passed_over_and_what_changed_is_not(place):
    archive(place)
    place.board()
    assert place.sweep().code == 0
    run = place.sweep()
    assert run.code == 0 and run.total()['total']['unchanged'] == 5, run.out
    assert run.total()['total']['postings'] == 0, run.out
    save(place, 'saved/two.html', lure(2))
    run = place.sweep()
    assert run.code == 0 and run.total()['total']['cases_new'] == 1, run.out
    assert place.case_urls()[0].startswith('file:///') and place.case_urls()[0].endswith('/saved/two.html')


@test
def a_sweep_of_files_that_was_stopped_goes_on(place):
    archive(place)
    place.board()
    run = place.sweep('--max-pages', '2')
    assert run.code == 0 and run.total()['stopped_by'] == 'max-pages', run.out
    run = place.sweep()
    assert run.code == 0 and run.total()['stopped_by'] == 'done', run.out
    assert len(place.case_urls()) == 3 and place.count('SELECT count(*) FROM postings') == 5


@test
def a_path_that_is_not_there_and_a_broken_warc_are_told(place):
    save(place, 'broken.warc', b'WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 9999\r\n\r\nshort', 'wb')
    save(place, 'good.html', lure(1))
    place.write('sources/archive.yml', SOURCE)
    place.write('sources/gone.yml', SOURCE.replace('name: archive', 'name: gone').replace('../archive', 'nowhere'))
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert run.total()['total']['cases_new'] == 1, run.out
    assert any('byte 0' in why for why in run.reasons('archive')), run.out
    assert any('cannot be read' in why for why in run.reasons('gone')), run.out


if __name__ == '__main__':
    main()
