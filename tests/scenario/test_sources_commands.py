"""`sources add`, `sources check --fetch` and `sources audit`: a site is looked at through the same gate, robots.txt
and audit as in a sweep."""

import json
import os

from harness import honest, listing, main, page, test


def endpoint(place):
    return ['--test-endpoint', '127.0.0.1:%d' % place.port]


def site(place, robots='User-agent: *\nDisallow: /private/\nCrawl-delay: 0.1\n'
                      'Sitemap: https://jobs.example/map.xml\n'):
    place.robots('jobs.example', robots)
    head = '<link rel="alternate" type="application/rss+xml" href="/feed.rss" title="Jobs">'
    place.page('jobs.example', 'vacancies', listing(['/vacancy/%d' % n for n in range(8)]).replace(
        '</head>', head + '</head>'))
    for n in range(8):
        place.page('jobs.example', 'vacancy/%d' % n, honest(n))
    place.page('jobs.example', 'map.xml', '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/'
               'sitemap/0.9"><url><loc>https://jobs.example/vacancy/1</loc></url></urlset>')


@test
def add_writes_a_draft_that_is_off_and_loads(place):
    site(place)
    place.board()
    run = place.run('sources', 'add', 'https://jobs.example/vacancies', *endpoint(place))
    assert run.code == 0, run.err
    text = open(place.path('sources', 'jobs-example.yml'), encoding='utf-8').read()
    assert "\n  - {url: 'https://jobs.example/vacancies', as: listing}" in text, text
    assert "#  - {url: 'https://jobs.example/map.xml', as: sitemap}" in text, text
    assert "#  - {url: 'https://jobs.example/feed.rss', as: feed}" in text, text
    assert "read by: json-ld" in text and "posting: ['/vacancy/*']" in text, text
    check = place.run('sources', 'check', 'jobs-example')
    assert check.code == 0 and 'no permission' in check.out, check.out + check.err
    again = place.run('sources', 'add', 'https://jobs.example/vacancies', *endpoint(place))
    assert again.code == 73 and 'is there already' in again.err, again.err
    paths = [entry['path'] for entry in place.log()]
    assert paths == ['/robots.txt', '/vacancies', '/vacancy/0', '/map.xml'], paths
    kinds = [row[0] for row in place.rows('SELECT kind FROM fetches ORDER BY id')]
    assert kinds == ['robots', 'listing', 'listing', 'sitemap'], kinds
    assert place.count('SELECT count(*) FROM urls') == 0 and place.count('SELECT count(*) FROM postings') == 0
    starts = [entry['start_ms'] for entry in place.log()]
    assert all(b - a >= 95 for a, b in zip(starts, starts[1:])), starts


@test
def add_asks_nothing_that_robots_txt_forbids(place):
    site(place, 'User-agent: *\nDisallow: /\n')
    place.board()
    run = place.run('sources', 'add', 'https://jobs.example/vacancies', *endpoint(place))
    assert run.code == 69 or run.code == 65, (run.code, run.err)
    assert 'robots.txt' in run.err, run.err
    assert [entry['path'] for entry in place.log()] == ['/robots.txt'], place.log()
    assert not os.path.exists(place.path('sources', 'jobs-example.yml'))
    run = place.run('sources', 'add', 'http://10.0.0.1/jobs')
    assert run.code != 0 and run.err, run.err


@test
def check_fetch_shows_what_pages_yield_by_the_sources_rules(place):
    site(place)
    place.page('jobs.example', 'odd', page('Odd', '<div class="x"><a href="/vacancy/3">three</a></div>'
                                           '<a href="/vacancy/4">four</a>'))
    place.source(name='odd', start='https://jobs.example/odd', more="extract:\n  links: '.x a'\n")
    place.board()
    run = place.run('sources', 'check', 'odd', '--fetch', *endpoint(place))
    assert run.code == 0, run.err
    assert '1 link, the first https://jobs.example/vacancy/3' in run.out, run.out
    assert 'Kasir toko kelontong 3' in run.out and 'no rule' in run.out, run.out
    assert place.count('SELECT count(*) FROM postings') == 0


@test
def audit_prints_every_request_for_a_sites_owner(place):
    place.small_board(ads=3, lures=1)
    place.source()
    place.board()
    assert place.sweep().code == 0
    run = place.run('sources', 'audit', 'board.example')
    assert run.code == 0, run.err
    assert '5 requests, 1 of them for robots.txt' in run.out and 'shortest pause' in run.out, run.out
    assert 'found on https://board.example/jobs' in run.out and 'no rule' in run.out, run.out
    lines = [json.loads(line) for line in place.run('sources', 'audit', 'board.example', '--json').out.splitlines()]
    assert [line['kind'] for line in lines] == ['robots'] + ['listing'] * 4, lines
    assert all(line['status'] == 200 and line['bytes'] > 0 for line in lines), lines
    run = place.run('sources', 'audit', 'board.example', '--since', '2099-01-01')
    assert run.code == 0 and 'no request on record' in run.out, run.out
    assert 'no request on record' in place.run('sources', 'audit', 'other.example').out
    for spelling in ('https://board.example/', 'BOARD.example', 'board.example:80', 'board.example:443',
                     'http://Board.Example:80/job/1?x=y', ' board.example. '):
        run = place.run('sources', 'audit', spelling)
        assert run.code == 0 and run.out.startswith('board.example: 5 requests'), (spelling, run.out, run.err)
    assert 'no request on record' in place.run('sources', 'audit', 'board.example:8080').out
    for wrong in ('', 'board example', 'ftp://board.example/'):
        run = place.run('sources', 'audit', wrong)
        assert run.code == 64 and 'no host' in run.err and not run.out, (wrong, run.code, run.err)


if __name__ == '__main__':
    main()
