"""Fresh and frugal: what changed is read sooner, what did not later; sitemaps' dates; fair shares; hours of the day
and requests of a day; robots.txt read again after a day; nothing asked for ever."""

import json
import time

from harness import ad, honest, listing, main, page, test

DAY = 86400000


def rest(place, path):
    """How long the URL rests, in days."""
    fetched, refetch = place.rows("SELECT fetched, refetch FROM urls WHERE url LIKE ?", '%' + path)[0]
    return (refetch - fetched) / DAY if refetch else 0


def let_time_pass(place, days):
    """All that the store remembers happened so many days earlier."""
    import sqlite3
    store = sqlite3.connect(place.path('lurewatch.db'), timeout=20)
    ms = int(days * DAY)
    store.execute('UPDATE urls SET fetched = fetched - ?, refetch = CASE WHEN refetch > 0 THEN refetch - ? ELSE 0 END',
                  (ms, ms))
    store.execute('UPDATE rounds SET started = started - ?, finished = finished - ?', (ms, ms))
    store.commit()
    store.close()


@test
def a_posting_that_changes_is_read_sooner_and_one_that_does_not_later(place):
    place.small_board(ads=2, lures=0)
    place.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.board()
    assert place.sweep().code == 0
    assert rest(place, '/job/0') == 14 and rest(place, '/job/1') == 14
    let_time_pass(place, 15)
    place.page('board.example', 'job/0', honest(77))
    assert place.sweep().code == 0
    assert rest(place, '/job/0') == 7 and rest(place, '/job/1') == 28, (rest(place, '/job/0'), rest(place, '/job/1'))
    let_time_pass(place, 8)
    before = len(place.requests('/job/1'))
    assert place.sweep().code == 0
    assert len(place.requests('/job/1')) == before, 'it rests'
    assert rest(place, '/job/0') == 14, rest(place, '/job/0')


@test
def an_ad_past_its_last_day_is_retired_and_one_that_ends_soon_is_read_then(place):
    place.small_board(ads=2, lures=0)
    soon = time.strftime('%Y-%m-%d', time.gmtime(time.time() + 2 * 86400))
    for n, day in ((0, '2020-01-31'), (1, soon)):
        place.page('board.example', 'job/%d' % n, honest(n).replace(
            '"title":', '"validThrough": "%s", "title":' % day, 1))
    place.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.board()
    assert place.sweep().code == 0
    assert rest(place, '/job/0') == 0, 'never again'
    assert 2 <= rest(place, '/job/1') <= 4, rest(place, '/job/1')


@test
def a_sitemaps_date_brings_a_posting_back(place):
    def sitemap(day):
        return ('<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
                '<url><loc>https://board.example/job/0</loc><lastmod>%s</lastmod></url>'
                '<url><loc>https://board.example/job/1</loc><lastmod>2020-01-01</lastmod></url></urlset>' % day)
    place.small_board(ads=2, lures=0)
    place.page('board.example', 'map.xml', sitemap('2020-01-01'))
    place.source(start='https://board.example/map.xml', kind='sitemap',
                 more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.board()
    assert place.sweep().code == 0
    let_time_pass(place, 2)
    place.page('board.example', 'map.xml', sitemap(time.strftime('%Y-%m-%d', time.gmtime())))
    assert place.sweep().code == 0
    assert len(place.requests('/job/0')) == 2 and len(place.requests('/job/1')) == 1, place.log()


@test
def each_source_has_its_share_when_pages_are_few(place):
    for name, ads in (('big', 60), ('small', 6)):
        place.small_board(host='%s.example' % name, ads=ads, lures=0)
        place.source(name=name, start='https://%s.example/jobs' % name)
    place.board()
    run = place.sweep('--max-pages', '12')
    assert run.code == 0, run.err
    assert run.source('small')['pages'] == 6 and run.source('big')['pages'] == 6, run.out
    run = place.sweep('--max-pages', '20')
    assert run.source('small')['pages'] == 1 and run.source('big')['pages'] == 19, 'what one leaves the other takes'


@test
def each_source_has_its_share_when_time_is_short(place):
    """Room for two pages at once: 32 hosts of one source do not crowd out the 8 of another."""
    for name, hosts in (('big', 32), ('small', 8)):
        starts = ''
        for n in range(hosts):
            host = '%s%d.example' % (name, n)
            place.robots(host)
            place.page(host, 'jobs', listing(['/job/%d' % k for k in range(30)]))
            for k in range(30):
                place.page(host, 'job/%d' % k, honest(k))
            if n > 0:
                starts += "  - {url: 'https://%s/jobs', as: listing}\n" % host
        place.source(name=name, start='https://%s0.example/jobs' % name)
        with open(place.path('sources/%s.yml' % name), encoding='utf-8') as file:
            text = file.read().replace('every: 1h\n', starts + 'every: 1h\n')
        place.write('sources/%s.yml' % name, text)
    place.settings(in_flight='2', delay_min='1ms')
    place.rules('*/job/* slow 100')
    place.board()
    run = place.sweep('--max-time', '8s')
    assert run.code == 0 and run.total()['stopped_by'] == 'max-time', run.out + run.err
    pages = {name: run.source(name)['pages'] for name in ('big', 'small')}
    assert pages['small'] > 0.35 * sum(pages.values()), 'by hosts it would be a fifth: %s' % pages
    # what was left is what comes next: the round goes on, nothing is asked for twice
    read = {(entry['host'], entry['path']) for entry in place.log()}
    since = len(place.log())
    run = place.sweep('--max-time', '3s')
    assert run.source('big')['resumed'] and run.source('small')['resumed'], run.out
    again = [entry for entry in place.log()[since:] if (entry['host'], entry['path']) in read]
    assert len(place.log()) > since + 8 and not again, again


@test
def hours_and_requests_of_a_day_are_kept(place):
    place.small_board(ads=8, lures=0)
    now = time.gmtime()
    closed = '%02d:00-%02d:00' % ((now.tm_hour + 3) % 24, (now.tm_hour + 5) % 24)
    place.source(more="hours: '%s'\n" % closed)
    place.board()
    run = place.sweep()
    assert run.code == 0 and run.source('board')['status'] == 'not due' and not place.log(), run.out
    opened = '%02d:00-%02d:00 +00:00' % ((now.tm_hour - 2) % 24, (now.tm_hour + 2) % 24)
    place.source(more="hours: '%s'\npages_day: 5\n" % opened)
    run = place.sweep()
    assert run.code == 0 and run.source('board')['pages'] == 5, run.out
    run = place.sweep()
    assert run.source('board')['status'] == 'not due', run.out
    assert len(place.log()) == 6, 'five, and robots.txt'


@test
def robots_txt_is_read_again_within_a_sweep_when_its_day_is_over(place):
    import sqlite3
    place.small_board(ads=12, lures=0)
    place.source(more='delay: 300ms\n')
    place.board()
    assert place.sweep('--max-pages', '2').code == 0
    store = sqlite3.connect(place.path('lurewatch.db'), timeout=20)
    store.execute('UPDATE robots SET expires = ?', (int(time.time() * 1000) + 1500,))
    store.commit()
    store.close()
    place.robots('board.example', 'User-agent: *\nDisallow: /job/\n')
    run = place.sweep()
    assert run.code == 0, run.err
    log = place.log()
    again = [n for n, entry in enumerate(log) if entry['path'] == '/robots.txt'][-1]
    assert again > 3, 'in the midst of the sweep'
    assert all(not entry['path'].startswith('/job/') for entry in log[again + 1:]), [e['path'] for e in log]
    assert run.total()['total']['denied'] > 0, run.out


@test
def https_and_http_of_a_host_have_each_their_own_robots_txt(place):
    """Both reach the same board here; what counts is that each is asked before the first page of its scheme."""
    place.robots('board.example')
    links = ['https://board.example/job/0', 'http://board.example/job/1', 'https://board.example/job/2']
    place.page('board.example', 'jobs', listing(links))
    for n in range(3):
        place.page('board.example', 'job/%d' % n, honest(n))
    place.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.board()
    run = place.sweep()
    assert run.code == 0 and run.total()['total']['postings'] == 3, run.out + run.err
    asked = [row[0] for row in place.rows("SELECT url FROM fetches ORDER BY id")]
    robots = [url for url in asked if url.endswith('robots.txt')]
    assert sorted(robots) == ['http://board.example/robots.txt', 'https://board.example/robots.txt'], asked
    assert asked.index('http://board.example/robots.txt') < asked.index('http://board.example/job/1'), asked


@test
def a_calendar_and_session_ids_come_to_an_end(place):
    """A list whose every page links to others of its kind that bring nothing new."""
    place.robots('trap.example')
    place.rules('trap.example/calendar/* calendar', 'trap.example/s/* session')
    place.page('trap.example', 'jobs', page('Jobs', '<a href="/job/0">Vacancy</a><a href="/calendar/2026/11">Vacancies '
                                           'by month</a>'))
    place.page('trap.example', 'job/0', honest(0))
    place.source(name='trap', start='https://trap.example/jobs', more='pages_max: 300\ndepth_max: 90\n')
    place.board()
    run = place.sweep()
    assert run.code == 0 and run.total()['stopped_by'] == 'done', run.out
    assert len(place.log()) < 40, len(place.log())


if __name__ == '__main__':
    main()
