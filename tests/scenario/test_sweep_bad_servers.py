"""Boards that misbehave: each ends in time with its reason recorded, and the rest is done."""

from harness import SLOW, lure, main, test

JOBS = 'https://board.example/job/'


def sweep_with(place, behaviour, **settings):
    """A board of five ads, the third of which misbehaves."""
    place.small_board(ads=5, lures=2)
    place.rules('board.example/job/2 ' + behaviour)
    place.settings(**settings)
    place.source()
    place.board()
    run = place.sweep(timeout=55)
    assert run.code == 0, run.err
    states = place.states()
    for n in (0, 1, 3, 4):
        assert states[JOBS + str(n)][0] == 'done', (n, states, run.out)
    assert len(place.case_urls()) == 2
    assert run.total()['stopped_by'] == 'done', run.out
    return states[JOBS + '2'], run


def expect(place, behaviour, state, why, **settings):
    (got, said), run = sweep_with(place, behaviour, **settings)
    assert got == state and why in said, (got, said, run.out)
    return run


@test
def a_404_is_gone(place):
    expect(place, 'status 404', 'gone', '')


@test
def a_403_is_not_tried_again(place):
    expect(place, 'status 403', 'failed', 'answered 403')
    assert len(place.requests('/job/2')) == 1


@test
def a_503_that_ends_is_read_after_all(place):
    (state, _), _ = sweep_with(place, 'times 1 retry 503 1')
    assert state == 'done'
    assert len(place.requests('/job/2')) == 2


@test
def a_429_that_never_ends_is_given_up(place):
    expect(place, 'retry 429 1', 'failed', 'answered 429, 3 times')
    assert len(place.requests('/job/2')) == 3


@test
def a_redirect_is_followed_and_its_page_read(place):
    place.page('board.example', 'moved/2', lure(2))
    (state, _), run = sweep_with_redirect(place, 'redirect 301 /moved/2')
    assert state == 'done'
    assert len(place.case_urls()) == 3, run.out
    kinds = dict(place.rows('SELECT url, kind FROM fetches'))
    assert kinds['https://board.example/moved/2'] == 'redirect', kinds


def sweep_with_redirect(place, behaviour):
    place.small_board(ads=5, lures=2)
    place.rules('board.example/job/2 ' + behaviour)
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    return place.states()[JOBS + '2'], run


@test
def a_redirect_loop_is_noticed(place):
    expect(place, 'redirect-loop', 'failed', 'redirect loop')


@test
def a_redirect_chain_has_an_end(place):
    place.small_board(ads=3, lures=1)
    place.rules('board.example/job/2* redirect-chain')
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0 and place.states()[JOBS + '2'] == ('failed', 'more than 5 redirects')
    assert len([entry for entry in place.log() if entry['path'].startswith('/job/2')]) == 6


@test
def a_redirect_to_a_private_address_is_refused(place):
    expect(place, 'redirect 302 http://10.0.0.1/secret', 'failed', 'refused address')


@test
def a_redirect_to_the_metadata_address_is_refused(place):
    expect(place, 'redirect 302 http://169.254.169.254/latest/', 'failed', 'refused address')


@test
def a_redirect_to_another_site_is_not_followed(place):
    expect(place, 'redirect 302 https://elsewhere.example/', 'failed', 'no host of the source')
    assert not [entry for entry in place.log() if entry['host'] == 'elsewhere.example']


@test
def a_redirect_to_a_file_is_no_url_of_the_web(place):
    expect(place, 'redirect 302 file:///etc/hosts', 'failed', 'no URL of the web')


@test
def a_slow_page_is_waited_for(place):
    (state, _), _ = sweep_with(place, 'slow 1200')
    assert state == 'done'


@test
def a_stalled_body_ends(place):
    run = expect(place, 'stall-body', 'failed', '3 times', stall_timeout='1s')
    assert run.seconds < 50 * SLOW


@test
def a_server_that_says_nothing_ends(place):
    expect(place, 'silent', 'failed', '3 times', stall_timeout='1s')


@test
def a_connection_cut_in_the_body_is_tried_again_and_given_up(place):
    expect(place, 'cut-body', 'failed', '3 times')


@test
def a_connection_cut_before_a_byte_is_given_up(place):
    expect(place, 'cut-before', 'failed', '3 times')


@test
def a_body_shorter_than_stated_is_no_page(place):
    expect(place, 'length-long', 'failed', '3 times', stall_timeout='1s')


@test
def an_endless_body_ends_at_the_limit(place):
    expect(place, 'endless-chunked', 'failed', '', body_bytes='200000')
    assert len(place.requests('/job/2')) <= 3


@test
def an_endless_head_ends_at_the_limit(place):
    expect(place, 'endless-head', 'failed', '')


@test
def a_gzip_bomb_ends_at_the_limit(place):
    (state, why), run = sweep_with(place, 'bomb 200')
    assert state in ('failed', 'poisoned') and why, (state, why, run.out)


@test
def what_is_not_http_fails(place):
    (state, why), run = sweep_with(place, 'no-head')
    assert state == 'failed' and why, (state, why, run.out)


@test
def a_wrong_charset_is_read_all_the_same(place):
    (state, _), _ = sweep_with(place, 'charset koi8-r')
    assert state == 'done'


@test
def a_listing_that_never_ends_is_bounded_by_depth_and_pages(place):
    place.robots('board.example')
    place.rules('board.example/jobs* calendar')
    place.source(more="pages_max: 20\nextract:\n  follow:\n    listing: ['/jobs?day=*']\n")
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert len(place.log()) <= 22, len(place.log())


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
