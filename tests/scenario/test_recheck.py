"""After the request: ads that are removed, changed, restored and posted again, seen by recheck."""

import fcntl
import socket

from harness import ad, listing, main, test

TEXT = ('Dibutuhkan admin slot dan CS judi online nomor %d, kantor Poipet, Kamboja. Gaji 800-1200 USD, '
        'tiket, paspor dan mess ditanggung kantor. Tanpa pengalaman, berangkat cepat. '
        'Hubungi telegram t.me/contoh_kantor_%d')


def lure(number, more=''):
    return ad('Lowongan admin slot Kamboja %d' % number, TEXT % (number, number) + more, number, 'Kantor',
              'Poipet, Kamboja')


def exported(place, lures=3, **settings):
    place.settings(recheck='1m', **settings)
    place.small_board(ads=lures + 2, lures=0)
    for n in range(lures):
        place.page('board.example', 'job/%d' % n, lure(n))
    place.source()
    place.board()
    assert place.sweep().code == 0
    for case in range(1, lures + 1):
        assert place.run('queue', 'decide', str(case), 'confirmed', '--as', 'ani').code == 0
    run = place.run('export', '--state', 'confirmed', '-o', place.path('all.csv'))
    assert run.code == 0, run.err
    return place


def recheck(place, *arguments, code=0):
    run = place.run('recheck', '--test-endpoint', '127.0.0.1:%d' % place.port, *arguments)
    assert run.code == code, (arguments, run.code, run.out, run.err)
    return run


def states(place):
    return {row['case']: row['state'] for row in place.run('recheck', '--list', '--json').lines()}


def case_of(place, path):
    return place.rows('SELECT c.id FROM cases c JOIN postings p ON p.id = c.posting_id WHERE p.url = ?',
                      'https://board.example/' + path)[0][0]


def again(place):
    """A minute later, as the store sees it."""
    import sqlite3
    store = sqlite3.connect(place.path('lurewatch.db'), timeout=20)
    with store:
        store.execute('UPDATE rechecks SET next = 0')
    store.close()


@test
def removed_changed_and_restored_ads_come_out_right(place):
    exported(place)
    removed, changed, kept = (case_of(place, 'job/%d' % n) for n in range(3))
    run = recheck(place)
    assert '3 ads looked at, 0 changed' in run.out, run.out
    assert states(place) == {removed: 'up', changed: 'up', kept: 'up'}
    assert '0 ads looked at' in recheck(place).out, 'looked again before it was due'
    again(place)
    place.rules('board.example/job/0 status 410')
    place.page('board.example', 'job/1', lure(1, ' Kuota terakhir minggu ini.'))
    run = recheck(place)
    assert 'case %d is gone (was up)' % removed in run.out, run.out
    assert 'case %d is changed (was up)' % changed in run.out, run.out
    assert states(place) == {removed: 'gone', changed: 'changed', kept: 'up'}
    again(place)
    place.rules()
    run = recheck(place)
    assert 'ALARM: case %d is back (was gone)' % removed in run.out, run.out
    assert states(place) == {removed: 'back', changed: 'changed', kept: 'up'}
    times = {row['platform']: row for row in place.run('recheck', '--times', '--json').lines()}
    row = times['board.example']
    assert (row['asked'], row['removed'], row['back'], row['up']) == (3, 1, 1, 3), row
    assert 0 <= row['median_ms'] < 600000 and 'upper bound' in row['definition']
    assert times['all']['asked'] == 3
    assert 'Time to removal: from the first request' in place.run('recheck', '--times').out


@test
def a_page_without_the_ad_is_gone_and_silence_is_not(place):
    exported(place)
    place.page('board.example', 'job/0', listing(['/job/3'], 'Lowongan ini tidak tersedia'))
    place.rules('board.example/job/1 status 500', 'board.example/job/2 silent')
    recheck(place, '--max-time', '8s')
    assert states(place) == {case_of(place, 'job/0'): 'gone', case_of(place, 'job/1'): 'up',
                             case_of(place, 'job/2'): 'up'}, states(place)
    failed = [row for row in place.run('recheck', '--list', '--json').lines() if row['failures']]
    assert len(failed) == 2 and all(row['why'] for row in failed), failed


@test
def what_was_not_reached_is_told(place):
    exported(place)
    place.rules('board.example/job/1 status 500')
    run = recheck(place)
    assert '3 ads looked at, 0 changed, 1 not reached' in run.out, run.out
    assert '1 of 3 ads not reached' in run.err and 'nothing is known' not in run.err, run.err
    again(place)
    with socket.socket() as closed:  # a port that refuses
        closed.bind(('127.0.0.1', 0))
        board, place.port = place.port, closed.getsockname()[1]
        run = recheck(place, '--max-time', '10s', code=69)
    place.port = board
    assert '3 ads looked at, 0 changed, 3 not reached' in run.out, run.out
    assert 'nothing is known anew, 3 of 3 ads not reached' in run.err, run.err
    assert place.run('recheck', '--list').out.count('up, not reached') == 3
    times = {row['platform']: row for row in place.run('recheck', '--times', '--json').lines()}
    assert times['all']['not_reached'] == 3, times
    assert 'not reached' in place.run('recheck', '--times').out
    again(place)
    place.rules()
    run = recheck(place)
    assert ', 0 not reached' in run.out and run.err == '', (run.out, run.err)
    assert 'not reached' not in place.run('recheck', '--list').out


@test
def what_boards_show_instead_of_a_removed_ad_is_gone(place):
    exported(place, lures=7)
    instead = '<html><head><title>%s</title></head><body>%s</body></html>'
    over = 'Lowongan ini sudah kedaluwarsa dan tidak menerima lamaran lagi.'
    place.page('board.example', 'job/0', instead % ('Lowongan admin slot Kamboja 0', '<p>%s</p>' % over))
    place.page('board.example', 'job/1', lure(1).replace('<body>', '<body><div>%s</div>' % over))
    place.page('board.example', 'job/2', instead % ('Job expired', '<p>This job has expired.</p>'
                                                    '<h2>Similar jobs</h2><a href="/job/3">Driver</a>'))
    place.page('board.example', 'job/3', '')
    place.page('board.example', 'job/4', ad('Staf dapur', 'Dicari staf dapur di Bandung, gaji UMR, hubungi HRD '
                                            'di kantor kami, Jalan Braga 10.', 4, 'PT Roti', 'Bandung'))
    place.rules('board.example/job/5 redirect 302 /jobs', 'board.example/job/6 status 403')
    recheck(place)
    assert states(place) == {case_of(place, 'job/%d' % n): 'gone' if n < 6 else 'up' for n in range(7)}
    times = {row['platform']: row for row in place.run('recheck', '--times', '--json').lines()}
    assert (times['all']['asked'], times['all']['removed'], times['all']['up']) == (7, 6, 1), times
    again(place)
    for n in range(6):
        place.page('board.example', 'job/%d' % n, lure(n))
    place.rules()
    run = recheck(place)
    assert run.out.count('ALARM: case') == 6 and run.out.count('is back (was gone)') == 6, run.out
    assert set(states(place).values()) == {'back', 'up'}


@test
def only_the_pages_asked_about_are_fetched(place):
    exported(place)
    place.page('board.example', 'job/0', lure(0).replace('</body>', '<a href="/job/99">x</a>'
                                                         '<a href="https://other.example/">y</a></body>'))
    before = len(place.log())
    recheck(place)
    paths = sorted(entry['path'] for entry in place.log()[before:])
    assert paths == ['/job/0', '/job/1', '/job/2'], paths
    assert place.count("SELECT count(*) FROM urls WHERE url LIKE '%/job/99'") == 0
    assert place.count('SELECT count(*) FROM rounds') == 1
    assert place.count("SELECT count(*) FROM fetches WHERE url LIKE '%/job/0'") == 2, 'the audit'
    place.run('recheck', '--list')
    one = case_of(place, 'job/2')
    assert '1 ad looked at' in recheck(place, '--case', str(one)).out
    recheck(place, '--case', '99', code=65)
    assert place.sweep('--source', 'board').code == 0


@test
def a_robots_txt_that_closed_is_obeyed(place):
    exported(place)
    place.robots('board.example', 'User-agent: *\nDisallow: /job/\n')
    import sqlite3
    store = sqlite3.connect(place.path('lurewatch.db'), timeout=20)
    with store:
        store.execute('UPDATE robots SET expires = 1')
    store.close()
    before = len(place.requests('/job/0'))
    run = recheck(place, code=69)
    assert '3 of 3 ads not reached' in run.err and 'robots.txt' in run.err, run.err
    assert len(place.requests('/job/0')) == before
    rows = place.run('recheck', '--list', '--json').lines()
    assert all(row['state'] == 'up' and 'robots.txt' in row['why'] for row in rows), rows


@test
def under_the_lock_of_a_sweep_it_speaks_as_itself(place):
    exported(place, lures=1)
    with open(place.path('lurewatch.db.lock'), 'a', encoding='ascii') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        run = recheck(place, code=75)
    assert 'lurewatch recheck: ' in run.err and 'lurewatch sweep: ' not in run.err, run.err
    assert states(place) == {1: 'up'} and '1 ad looked at' in recheck(place).out


@test
def a_copy_of_a_removed_ad_is_an_alarm(place):
    exported(place, lures=1)
    removed = case_of(place, 'job/0')
    place.rules('board.example/job/0 status 404')
    assert 'is gone' in recheck(place).out
    place.page('board.example', 'job/77', lure(0, ' Segera.'))
    place.page('board.example', 'jobs', listing(['/job/%d' % n for n in (0, 1, 2, 77)]))
    assert place.sweep('--source', 'board').code == 0
    again(place)
    run = recheck(place)
    copy = case_of(place, 'job/77')
    assert 'ALARM: case %d was removed, and case %d has nearly the same text' % (removed, copy) in run.out, (
        run.out)
    alarms = [row for row in recheck(place, '--json').lines() if 'alarm' in row]
    assert alarms[0]['again_as'] == copy, alarms


@test
def the_clock_starts_with_the_request(place):
    exported(place, lures=1, approvals='1')
    recheck(place)
    assert place.run('request', 'draft', '1', '--recipient', 'aduankonten').code == 0
    assert place.run('request', 'approve', '1').code == 0
    assert place.run('request', 'sent', '1').code == 0
    again(place)
    recheck(place)
    sent = place.count('SELECT sent FROM requests')
    assert place.count('SELECT asked FROM rechecks') == sent
    assert place.run('queue', 'undo', '1').code == 0
    again(place)
    assert '0 ads looked at' in recheck(place).out, 'an undone case is nobody to ask about'


main()
