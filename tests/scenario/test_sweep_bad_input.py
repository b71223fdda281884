"""What a board may put before a reader: swept beside a board that is well, each ends with its reason, and the rest is
done. Permission that is over, and Retry-After on a redirect."""

import time

from harness import honest, listing, lure, main, test

GIANT = {  # source: (path, as what, behaviour)
    'links': ('/jobs', 'listing', 'links 100000'),
    'longurl': ('/jobs', 'listing', 'long-url 1048576'),
    'sitemap': ('/map.xml', 'sitemap', 'sitemap 20000000'),
    'bomb': ('/feed.xml', 'feed', 'xml-bomb'),
    'nul': ('/jobs', 'listing', 'nul-head'),
    'cut': ('/jobs', 'listing', 'cut-body'),
}
BROKEN_FEED = ('<?xml version="1.0"?><rss version="2.0"><channel><title>Jobs</title>'
               '<item><title>Lowongan admin slot Kamboja & more</title><link>https://feed.example/job/1</link>'
               '<description><p>Dibutuhkan admin slot dan CS judi online, kantor Poipet, Kamboja. Gaji 800-1200 USD, '
               'tiket, paspor dan mess ditanggung kantor. Hubungi telegram t.me/contoh_kantor_1'
               '<item><title>Kasir</title><link>https://feed.example/job/2</link></channel>')


def with_well_board(place):
    place.small_board('well.example', ads=6, lures=2)
    place.source('well', start='https://well.example/jobs')


@test
def giants_and_bombs_end_in_time_with_their_reason_and_the_rest_is_done(place):
    with_well_board(place)
    rules = []
    for name, (path, kind, behaviour) in GIANT.items():
        host = name + '.example'
        place.robots(host)
        place.page(host, path[1:], listing(['/job/1']))
        place.source(name, start='https://%s%s' % (host, path), kind=kind,
                     more="pages_max: 6\nextract:\n  follow:\n    posting: ['/job/*', '/-/leaf/*']\n")
        rules.append('%s%s %s' % (host, path, behaviour))
    place.robots('feed.example')
    place.page('feed.example', 'feed.xml', BROKEN_FEED)
    place.source('feed', start='https://feed.example/feed.xml', kind='feed', more='depth_max: 0\n')
    place.rules(*rules)
    place.settings(body_bytes='20000000')
    place.board()
    run = place.sweep('--max-time', '50s', timeout=58)
    assert run.code == 0, run.err
    assert run.total()['stopped_by'] in ('done', 'waits'), run.out
    well = [case for case in place.case_urls() if 'well.example' in case]
    assert len(well) == 2, place.case_urls()
    states = place.states()
    start = {name: states['https://%s.example%s' % (name, row[0])] for name, row in GIANT.items()}
    assert start['links'][0] == 'done' and run.source('links')['pages'] == 6, (start, run.out)
    assert start['longurl'][0] == 'done' and max(len(url) for url in states) < 10000, start
    assert start['sitemap'][0] == 'failed' and 'bytes' in start['sitemap'][1], start
    for name in ('nul', 'cut'):
        assert start[name][0] in ('failed', 'pending') and start[name][1], start
    assert start['bomb'][0] in ('done', 'failed'), start
    assert states['https://feed.example/feed.xml'][0] == 'done', states
    assert place.count("SELECT count(*) FROM postings WHERE url LIKE 'https://feed.example/job/%'") >= 1


@test
def permission_that_is_over_switches_the_source_off_and_says_so(place):
    with_well_board(place)
    place.small_board('over.example', ads=3, lures=1)
    place.source('over', start='https://over.example/jobs')
    with open(place.path('sources/over.yml'), encoding='utf-8') as file:
        text = file.read()
    place.write('sources/over.yml', text.replace("  note:", "  until: 2026-01-31\n  note:"))
    place.board()
    run = place.sweep()
    assert run.code == 0 and len(place.case_urls()) == 2, run.out + run.err
    assert not [entry for entry in place.log() if entry['host'] == 'over.example'], 'nothing is asked of it'
    assert '2026-01-31' in run.out + run.err and 'over' in run.out + run.err, run.out + run.err
    # its last day counts whole
    today = time.strftime('%Y-%m-%d', time.gmtime())
    place.write('sources/over.yml', text.replace("  note:", "  until: %s\n  note:" % today))
    run = place.sweep('--source', 'over')
    assert run.code == 0 and run.source('over')['pages'] == 4, run.out + run.err


@test
def retry_after_on_a_redirect_is_kept(place):
    place.robots('board.example')
    place.page('board.example', 'jobs', listing(['/job/1', '/job/2']))
    place.page('board.example', 'job/2', honest(2))
    place.page('board.example', 'new/1', lure(1))
    place.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.rules('board.example/job/1 redirect 301 /new/1 2')
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    log = sorted(place.log(), key=lambda entry: entry['start_mono_ms'])
    at = [n for n, entry in enumerate(log) if entry['path'] == '/job/1'][0]
    assert log[at]['status'] == 301 and len(log) > at + 1, log
    gap = log[at + 1]['start_mono_ms'] - log[at]['end_mono_ms']
    assert gap >= 1980, 'the next request came %d ms after a redirect that asked for 2 s' % gap
    assert len(place.case_urls()) == 1, place.case_urls()


@test
def a_page_that_asks_not_to_be_indexed_is_noted_and_one_without_links_is_not_followed(place):
    place.robots('board.example')
    place.page('board.example', 'jobs', listing(['/job/1', '/job/2', '/job/3']))
    place.page('board.example', 'job/1', lure(1))
    place.page('board.example', 'job/2', honest(2).replace('<head>', '<head><meta name="robots" content="noindex">'))
    place.page('board.example', 'job/3', honest(3).replace('<h1>', '<a href="/job/4">Next</a><h1>'))
    place.write('www/board.example/_headers', '/job/1\n  X-Robots-Tag: noindex\n/job/3\n  X-Robots-Tag: nofollow\n')
    place.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert run.reasons('board').get('asks not to be indexed: noted') == 2, run.out
    assert not place.requests('/job/4'), 'nofollow is heeded'
    assert len(place.case_urls()) == 1


if __name__ == '__main__':
    main()
