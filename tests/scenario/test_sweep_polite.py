"""Politeness, read from the board's own log: gaps, Retry-After, robots.txt, a killed sweep."""

import gzip
import os
import signal

from harness import listing, lure, main, test, wait_for

SLACK_MS = 60  # the board's clock starts when the request line is read


def gaps_ms(entries):
    """From the end of each answer to the start of the next request of the host."""
    entries = sorted(entries, key=lambda entry: entry['start_mono_ms'])
    return [after['start_mono_ms'] - before['end_mono_ms']
            for before, after in zip(entries, entries[1:])]


def of_host(place, host):
    return [entry for entry in place.log() if entry['host'] == host]


@test
def two_requests_to_a_host_are_never_closer_than_its_delay(place):
    place.small_board('one.example', ads=6, lures=1)
    place.small_board('two.example', ads=6, lures=1)
    place.settings(delay_min='100ms')
    place.source('one', start='https://one.example/jobs', more='delay: 400ms\n')
    place.source('two', start='https://two.example/jobs')
    place.board()
    assert place.sweep().code == 0
    assert min(gaps_ms(of_host(place, 'one.example'))) >= 400 - SLACK_MS
    assert min(gaps_ms(of_host(place, 'two.example'))) >= 100 - SLACK_MS
    assert len(of_host(place, 'one.example')) == 8


@test
def crawl_delay_counts_when_it_is_longer(place):
    place.small_board(ads=4, lures=1)
    place.robots('board.example', 'User-agent: *\nCrawl-delay: 1\nDisallow: /private/\n')
    place.source()
    place.board()
    assert place.sweep().code == 0
    entries = sorted(of_host(place, 'board.example'), key=lambda entry: entry['start_mono_ms'])
    assert min(gaps_ms(entries)) >= 1000 - SLACK_MS


@test
def nothing_is_asked_before_retry_after_has_ended(place):
    place.small_board(ads=6, lures=1)
    place.rules('board.example/job/1 times 1 retry 429 3', 'board.example/job/3 times 1 retry 503 date:3')
    place.source()
    place.board()
    assert place.sweep().code == 0
    entries = sorted(of_host(place, 'board.example'), key=lambda entry: entry['start_mono_ms'])
    refused = [n for n, entry in enumerate(entries) if entry['status'] in (429, 503)]
    assert len(refused) == 2
    for n in refused:
        # a date has whole seconds, so up to one of them is lost
        least = 3000 if entries[n]['status'] == 429 else 2000
        assert entries[n + 1]['start_mono_ms'] - entries[n]['end_mono_ms'] >= least - SLACK_MS


@test
def what_robots_txt_forbids_is_never_asked(place):
    place.small_board(ads=3, lures=1)
    place.page('board.example', 'jobs',
               listing(['/job/0', '/job/1', '/private/job/7', '/job/2?print=1', '/private/']))
    place.page('board.example', 'private/job/7', lure(7))
    place.robots('board.example', 'User-agent: *\nDisallow: /private/\nDisallow: /*?print=\n')
    place.source(more="extract:\n  follow:\n    posting: ['*/job/*']\n")
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    asked = {entry['path'] for entry in place.log()}
    assert asked == {'/robots.txt', '/jobs', '/job/0', '/job/1'}, asked
    states = place.states()
    assert states['https://board.example/private/job/7'] == (
        'denied', 'robots.txt line 2: Disallow: /private/'), states
    assert run.total()['total']['denied'] == 2


@test
def robots_txt_comes_first_and_is_kept_for_the_next_sweep(place):
    place.small_board(ads=3, lures=1)
    place.source()
    place.board()
    assert place.sweep().code == 0
    assert place.log()[0]['path'] == '/robots.txt'
    assert place.sweep('--source', 'board').code == 0
    assert len(place.requests('/robots.txt')) == 1


@test
def a_redirect_to_what_robots_txt_forbids_is_not_followed(place):
    place.small_board(ads=3, lures=1)
    place.page('board.example', 'private/x', lure(9))
    place.rules('board.example/job/1 redirect 302 /private/x')
    place.source()
    place.board()
    assert place.sweep().code == 0
    assert place.requests('/private/x') == []
    state, why = place.states()['https://board.example/job/1']
    assert state == 'denied' and 'Disallow: /private/' in why, (state, why)


@test
def a_missing_robots_txt_allows_and_a_broken_one_forbids(place):
    place.small_board('none.example', ads=2, lures=1)
    place.small_board('down.example', ads=2, lures=1)
    os.unlink(place.path('www', 'none.example', 'robots.txt'))
    place.rules('down.example/robots.txt status 503')
    place.source('none', start='https://none.example/jobs')
    place.source('down', start='https://down.example/jobs')
    place.board()
    run = place.sweep('--max-time', '40s')
    assert run.code == 0, run.err
    assert place.case_urls() == ['https://none.example/job/0']
    assert {entry['path'] for entry in of_host(place, 'down.example')} == {'/robots.txt'}
    assert any('robots.txt answered 503' in why for why in run.reasons('down'))


@test
def a_packed_robots_txt_forbids_as_much(place):
    """Some servers pack it though it was asked for plain; one that is a bomb is no answer."""
    rules = b'User-agent: *\nDisallow: /job/1\n'
    for name, text in (('packed', rules), ('bomb', rules + b'#' * (64 << 20))):
        place.small_board('%s.example' % name, ads=3, lures=1)
        with open(place.path('www', '%s.example' % name, 'robots.txt'), 'wb') as out:
            out.write(gzip.compress(text))
        place.source(name, start='https://%s.example/jobs' % name)
    place.board()
    run = place.sweep('--max-time', '20s')
    assert run.code == 0, run.err
    asked = {(entry['host'], entry['path']) for entry in place.log()}
    assert {path for host, path in asked if host == 'packed.example'} == {
        '/robots.txt', '/jobs', '/job/0', '/job/2'}, asked
    assert {path for host, path in asked if host == 'bomb.example'} == {'/robots.txt'}, asked
    assert any('robots.txt cannot be read' in why for why in run.reasons('bomb')), run.out


@test
def robots_txt_is_followed_through_redirects(place):
    place.small_board(ads=2, lures=1)
    place.page('board.example', 'other/robots.txt', 'User-agent: *\nDisallow: /job/1\n')
    place.rules('board.example/robots.txt redirect 301 /other/robots.txt')
    place.source()
    place.board()
    assert place.sweep().code == 0
    assert place.requests('/job/1') == [] and len(place.requests('/job/0')) == 1


@test
def after_a_kill_no_host_is_asked_too_early(place):
    place.small_board(ads=20, lures=1)
    place.settings(delay_min='1500ms')
    place.source()
    place.board()
    sweep = place.start(place.sweep_command())
    wait_for(lambda: len(place.log()) >= 3, what='a few requests')
    os.killpg(sweep.pid, signal.SIGKILL)
    place.finish(sweep)
    before = len(place.log())
    place.sweep('--max-pages', '2')
    entries = sorted(place.log(), key=lambda entry: entry['start_mono_ms'])
    assert len(entries) > before
    assert min(gaps_ms(entries)) >= 1500 - SLACK_MS, gaps_ms(entries)


@test
def one_host_of_two_sources_has_one_delay(place):
    place.small_board(ads=8, lures=1)
    place.page('board.example', 'more', listing(['/job/%d' % n for n in range(4, 8)]))
    place.page('board.example', 'jobs', listing(['/job/%d' % n for n in range(4)]))
    place.settings(delay_min='200ms')
    place.source('first', start='https://board.example/jobs')
    place.source('second', start='https://board.example/more')
    place.board()
    assert place.sweep().code == 0
    assert len(place.log()) == 11
    assert min(gaps_ms(place.log())) >= 200 - SLACK_MS


if __name__ == '__main__':
    main()
