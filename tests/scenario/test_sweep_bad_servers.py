"""Boards that misbehave: each ends in time with its reason recorded, and the rest is done.

The boards of one test are swept together, a host and a source each, so that their back-off passes
at the same time. On each, /job/2 of five ads misbehaves."""

from harness import SLOW, lure, main, test

JOBS = 'https://board.example/job/'


def sweep_boards(place, boards, **settings):
    """boards: name -> (behaviour of /job/2, its state, words of its reason)."""
    for name in boards:
        place.small_board('%s.example' % name, ads=5, lures=2)
        place.source(name, start='https://%s.example/jobs' % name)
    place.rules(*['%s.example/job/2* %s' % (name, board[0]) for name, board in boards.items()])
    place.settings(**settings)
    place.board()
    run = place.sweep(timeout=58)
    assert run.code == 0, run.err
    assert run.total()['stopped_by'] == 'done', run.out
    wrong = []
    states = place.states()
    for name, (behaviour, state, why) in boards.items():
        url = 'https://%s.example/job/' % name
        got, said = states[url + '2']
        if got not in state.split(' or ') or why not in said:
            wrong.append('%s (%s): %s, "%s"' % (name, behaviour, got, said))
        wrong += ['%s: /job/%d is %s' % (name, n, states[url + str(n)])
                  for n in (0, 1, 3, 4) if states[url + str(n)][0] != 'done']
        if len([case for case in place.case_urls() if case.startswith(url)]) < 2:
            wrong.append('%s: a case is missing' % name)
    assert not wrong, '; '.join(wrong)
    return run


def asked(place, name, path='/job/2'):
    return len(place.requests(path, '%s.example' % name))


@test
def answers_that_are_no_page(place):
    sweep_boards(place, {
        'gone': ('status 404', 'gone', ''),
        'ended': ('status 410', 'gone', ''),
        'forbidden': ('status 403', 'failed', 'answered 403'),
        'busy-once': ('times 1 retry 503 1', 'done', ''),
        'busy': ('retry 429 1', 'failed', 'answered 429, 3 times'),
        'broken': ('status 500', 'failed', 'answered 500, 3 times'),
    })
    counts = [asked(place, name) for name in ('gone', 'forbidden', 'busy-once', 'busy', 'broken')]
    assert counts == [1, 1, 2, 3, 3], counts


@test
def redirects(place):
    place.page('moved.example', 'moved/2', lure(2))
    sweep_boards(place, {
        'moved': ('redirect 301 /moved/2', 'done', ''),
        'loop': ('redirect-loop', 'failed', 'redirect loop'),
        'chain': ('redirect-chain', 'failed', 'more than 5 redirects'),
        'private': ('redirect 302 http://10.0.0.1/secret', 'failed', 'refused address'),
        'metadata': ('redirect 302 http://169.254.169.254/latest/', 'failed', 'refused address'),
        'loopback': ('redirect 302 http://localhost/', 'failed', 'refused address'),
        'elsewhere': ('redirect 302 https://stranger.example/', 'failed', 'no host of the source'),
        'file': ('redirect 302 file:///etc/hosts', 'failed', 'no URL of the web'),
    })
    assert not [entry for entry in place.log() if entry['host'] == 'stranger.example']
    kinds = dict(place.rows('SELECT url, kind FROM fetches'))
    assert kinds['https://moved.example/moved/2'] == 'redirect', kinds
    assert len([entry for entry in place.log()
                if entry['host'] == 'chain.example' and '/job/2' in entry['path']]) == 6


@test
def connections_that_break(place):
    run = sweep_boards(place, {
        'slow': ('slow 700', 'done', ''),
        'stalled': ('stall-body', 'failed', '3 times'),
        'silent': ('silent', 'failed', '3 times'),
        'cut-body': ('cut-body', 'failed', '3 times'),
        'cut-before': ('cut-before', 'failed', '3 times'),
        'cut-chunk': ('cut-chunk', 'failed', '3 times'),
        'reset': ('reset', 'failed', '3 times'),
        'too-short': ('length-long', 'failed', '3 times'),
    }, stall_timeout='2s' if SLOW == 1 else '4s')
    assert run.seconds < 55 * SLOW


@test
def answers_without_end_or_sense(place):
    sweep_boards(place, {
        'endless-body': ('endless-chunked', 'failed', ''),
        'endless-head': ('endless-head', 'failed', ''),
        'huge-line': ('huge-line', 'failed', ''),
        'bomb': ('bomb 200', 'failed or poisoned', ''),
        'no-http': ('no-head', 'failed', ''),
        'two-lengths': ('two-lengths', 'failed', ''),
        'charset': ('charset koi8-r', 'done', ''),
    }, body_bytes='300000')
    states = place.states()
    for name in ('endless-body', 'endless-head', 'huge-line', 'bomb', 'no-http', 'two-lengths'):
        assert states['https://%s.example/job/2' % name][1], '%s: no reason is recorded' % name


@test
def a_listing_that_never_ends_is_bounded_by_pages(place):
    place.robots('board.example')
    place.rules('board.example/jobs* calendar')
    place.source(more="pages_max: 20\ndepth_max: 50\nextract:\n  follow:\n    listing: ['/jobs?day=*']\n")
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    # robots.txt and twenty pages at most; a list that brings nothing new may be left before
    assert 3 <= len(place.log()) <= 21, len(place.log())


@test
def a_listing_that_never_ends_is_bounded_by_depth(place):
    place.robots('board.example')
    place.rules('board.example/jobs* calendar')
    place.source(more="depth_max: 3\nextract:\n  follow:\n    listing: ['/jobs?day=*']\n")
    place.board()
    run = place.sweep()
    assert run.code == 0 and run.total()['stopped_by'] == 'done', run.out
    assert 4 <= len(place.log()) <= 16, len(place.log())


@test
def garbage_in_place_of_a_page_costs_that_page_alone(place):
    place.small_board(ads=4, lures=1)
    with open(place.path('www', 'board.example', 'job', '2.html'), 'wb') as out:
        out.write(bytes(range(256)) * 400)
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert place.states()[JOBS + '3'][0] == 'done'
    assert len(place.case_urls()) == 1


@test
def one_dead_host_does_not_hold_up_the_others(place):
    place.small_board('board.example', ads=4, lures=1)
    place.small_board('dead.example', ads=4, lures=1)
    place.source('board')
    place.source('dead', start='https://dead.example/jobs')
    place.rules('dead.example/* status 500')
    place.board()
    run = place.sweep('--max-time', '40s')
    assert run.code == 0, run.err
    assert place.case_urls() == [JOBS + '0']
    assert any('robots.txt answered 500' in why for why in run.reasons('dead')), run.out
    assert all(entry['path'] == '/robots.txt' for entry in place.log()
               if entry['host'] == 'dead.example')


if __name__ == '__main__':
    main()
