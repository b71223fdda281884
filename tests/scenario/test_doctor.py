"""What `doctor` finds out: settings that would only fail where they are used, a folder that went away,
sources that give nothing."""

import json
import os
import shutil

from harness import main, test


def checks(place, code=None):
    run = place.run('doctor', '--json')
    answer = json.loads(run.out)
    wrong = [check for check in answer['checks'] if check['state'] == 'wrong']
    assert run.code == (69 if wrong else 0) and (code is None or run.code == code), (run.code, wrong)
    return [check['detail'] for check in wrong]


@test
def values_that_fail_only_where_they_are_used_are_told(place):
    place.source()
    os.mkdir(place.path('own'))
    for name in ('ca.pem', 'secret'):
        place.write(name, 'x\n')
    place.settings(proxy='http://proxy.example:3128', smtp_url='smtps://mail.example:465', smtp_password='secret',
                   mail_from='desk@example.org', notify_mail='desk@example.org', ca_file='ca.pem', letters='own',
                   notify_webhook='https://hooks.example/lurewatch?key=1', review_listen='[::1]:8417',
                   review_url='https://review.example/', metrics_file='own/lurewatch.prom')
    assert checks(place) == []
    for proxy in ('proxy.example:3128', '10.0.0.1', 'socks5h://user:word@[2001:db8::1]:1080/'):
        place.settings(proxy=proxy)
        assert checks(place) == [], proxy
    for key, values in (('proxy', ('not a proxy', 'ftp://proxy.example', 'http://', 'proxy.example:x', ':3128')),
                        ('smtp_url', ('mail.example', 'http://mail.example', 'smtp://', 'smtp://mail.example:99999')),
                        ('notify_webhook', ('ftp://hooks.example/x', 'hooks.example')),
                        ('timestamp_url', ('tsa.example',)), ('review_url', ('review',)),
                        ('review_listen', ('0.0.0.0:80', '8417', 'unix:page')),
                        ('ca_file', ('none.pem', 'own')), ('timestamp_ca', ('/none/ca.pem',)),
                        ('smtp_password', ('none',)), ('letters', ('none', 'secret')),
                        ('metrics_file', ('none/lurewatch.prom',)), ('browser', ('/none/chromium', 'secret')),
                        ('notify_mail', ('desk@example.org',))):
        for value in values:
            place.settings(**{key: value})
            said = checks(place, code=69)
            assert len(said) == 1 and key in said[0], (key, value, said)


@test
def a_place_where_nothing_can_be_made_is_told(place):
    place.source()
    place.settings(store='sqlite:/none/dir/lurewatch.db')
    said = checks(place, code=69)
    assert len(said) == 1 and '/none/dir is not there: make it' in said[0], said


@test
def evidence_that_went_away_is_told(place):
    place.small_board(ads=2, lures=1)
    place.source()
    place.board()
    assert place.sweep().code == 0
    assert checks(place) == []
    shutil.rmtree(place.path('evidence'))
    said = checks(place, code=69)
    assert len(said) == 1 and 'put the folder back' in said[0], said


@test
def a_source_that_may_not_be_read_is_told(place):
    place.small_board(ads=2, lures=1)
    place.robots('board.example', 'User-agent: *\nDisallow: /\n')
    place.source()
    place.board()
    run = place.sweep()
    alarms = run.total()['alarms']
    assert [(alarm['source'], alarm['kind']) for alarm in alarms] == [('board', 'unreadable')], run.out
    said = checks(place, code=69)
    assert len(said) == 1 and 'board gives nothing' in said[0] and 'Disallow: /' in said[0], said
    listed = place.run('sources')
    assert 'robots.txt' in listed.out and 'public-feed' not in listed.out, listed.out
    place.robots('board.example')
    assert place.run('doctor').code == 69, 'until it was read'


@test
def a_browser_that_is_not_there_is_told(place):
    place.source(more='render: yes\n')
    place.settings(browser='/none/chromium')
    said = checks(place, code=69)
    assert any('board is left out' in why and '/none/chromium' in why for why in said), said


main()
