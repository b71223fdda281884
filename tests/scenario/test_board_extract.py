"""`extract` on every page of the sample board gives exactly what was put into it: every field, nothing besides."""

import json
import os
import subprocess
import sys

from harness import ROOT, main, test

MAKER = os.path.join(ROOT, 'samples', 'board', 'make_board.py')


def record(url, page):
    """A page as a crawler keeps it."""
    http = b'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s' % (len(page), page)
    head = ('WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n'
            'WARC-Date: 2026-11-02T08:00:00Z\r\nWARC-Target-URI: %s\r\nContent-Type: application/http; msgtype=response'
            '\r\nContent-Length: %d\r\n\r\n' % (url, len(http)))
    return head.encode() + http + b'\r\n\r\n'


def differences(found, stated):
    fields = sorted(set(found) | set(stated))
    return ['%s: %r, not %r' % (field, found.get(field), stated.get(field)) for field in fields
            if found.get(field) != stated.get(field)]


def pages_of(place, *options):
    """All postings of a board in one WARC file; gives the expected answers."""
    subprocess.run([sys.executable, MAKER, place.root, *options], check=True, stdout=subprocess.DEVNULL, timeout=120)
    with open(os.path.join(place.root, 'expected.jsonl'), encoding='utf-8') as lines:
        ads = [json.loads(line) for line in lines]
    with open(place.path('pages.warc'), 'wb') as out:
        for ad in ads:
            with open(os.path.join(place.root, ad['url'].split('//', 1)[1]), 'rb') as page:
                out.write(record(ad['url'], page.read()))
    return ads


def compare(place, ads):
    run = place.run('extract', place.path('pages.warc'))
    found = {}
    for line in run.out.splitlines():
        posting = json.loads(line)
        assert posting['url'] not in found, 'twice: ' + posting['url']
        found[posting['url']] = posting
    for ad in ads:
        if ad['stated'] is None:
            assert ad['url'] not in found, ad['url']
            continue
        assert ad['url'] in found, (ad['url'], run.err[-300:])
        wrong = differences(found.pop(ad['url']), ad['stated'])
        assert not wrong, '%s: %s' % (ad['url'], '; '.join(wrong)[:900])
    assert not found, 'no postings: %s' % sorted(found)[:5]


@test
def every_field_of_every_page_is_what_was_put_in(place):
    place.settings()
    ads = pages_of(place)
    assert len(ads) > 150, len(ads)
    compare(place, ads)


@test
def so_it_is_on_a_larger_board(place):
    place.settings()
    compare(place, pages_of(place, '--seed', '5', '--postings', '600'))


if __name__ == '__main__':
    main()
