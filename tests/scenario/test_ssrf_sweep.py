"""A whole sweep over pages that point at our own network: by redirect, link, sitemap and robots.txt.
A listener on loopback hears nothing, and the board is asked for no other host."""

import urllib.parse

from hostile_addresses import SPELLINGS, Listener
from harness import listing, lure, main, page, test

PLAIN = [url for url in SPELLINGS if url.isascii() and not any(c in url for c in '\t\n ')]


def spelled(listener):
    return [url.replace(':P', ':%d' % listener.port) for url in PLAIN]


def hosts_asked(place):
    return {entry['host'] for entry in place.log()}


@test
def redirects_to_each_spelling(place):
    listener = Listener()
    urls = spelled(listener)
    place.robots('board.example')
    place.page('board.example', 'jobs', listing(['/job/lure'] + ['/job/%d' % n
                                                                for n in range(len(urls))]))
    place.page('board.example', 'job/lure', lure(1))
    place.rules(*['board.example/job/%d redirect 302 %s' % item for item in enumerate(urls)])
    place.settings(delay_min='1ms')
    place.source()
    place.board()
    run = place.sweep(timeout=58)
    assert run.code == 0, run.err
    states = place.states()
    wrong = [(urls[n], states.get('https://board.example/job/%d' % n)) for n in range(len(urls))
             if states.get('https://board.example/job/%d' % n, ('',))[0]
             not in ('failed', 'gone')]  # gone: "127.0.0.1:80" is a path of the board, and 404
    assert not wrong, wrong
    assert len(place.case_urls()) == 1
    assert hosts_asked(place) == {'board.example'}, hosts_asked(place)
    assert listener.heard == 0


@test
def links_sitemaps_and_robots_files(place):
    listener = Listener()
    urls = spelled(listener)
    links = ''.join('<a href="%s">x</a> ' % url.replace('&', '&amp;') for url in urls)
    head = ('<base href="http://127.0.0.1:%d/"><meta http-equiv="refresh" content="0;'
            'url=http://127.0.0.1:%d/">' % (listener.port, listener.port))
    locs = ''.join('<url><loc>%s</loc></url>' % url.replace('&', '&amp;') for url in urls)
    place.robots('board.example', 'User-agent: *\nAllow: /\n' +
                 ''.join('Sitemap: %s\n' % url for url in urls[:20]))
    place.page('board.example', 'jobs', page('Jobs', links, head))
    place.page('board.example', 'map.xml', '<?xml version="1.0"?><urlset xmlns='
               '"http://www.sitemaps.org/schemas/sitemap/0.9">%s</urlset>' % locs)
    place.page('board.example', 'job/1', lure(1))
    place.rules('other.example/robots.txt redirect 302 http://127.0.0.1:%d/robots.txt'
                % listener.port)
    place.settings(delay_min='1ms')
    place.source()
    place.source('maps', 'https://board.example/map.xml', 'sitemap')
    place.source('one', 'https://board.example/job/1', 'posting')
    place.source('other', 'https://other.example/jobs')
    place.board()
    run = place.sweep(timeout=58)
    assert run.code == 0, run.err
    assert len(place.case_urls()) == 1, run.out
    assert hosts_asked(place) == {'board.example', 'other.example'}, hosts_asked(place)
    foreign = [url for url in place.states()
               if urllib.parse.urlsplit(url).hostname not in ('board.example', 'other.example')]
    assert not foreign, foreign
    assert listener.heard == 0


main()
