"""The desk is told of what a sweep found or could not do, and of nothing else."""

import http.server
import json
import os
import threading

from harness import listing, lure, main, test
from smtp_sink import Sink


class Hook(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, status=200):
        super().__init__(('127.0.0.1', 0), Handler)
        self.posts, self.status = [], status
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return 'http://127.0.0.1:%d/hook' % self.server_address[1]

    def close(self):
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        self.server.posts.append((self.headers['Content-Type'], json.loads(body)))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_):
        pass


def desk(place, **more):
    sink, hook = Sink(), Hook()
    place.settings(smtp_url=sink.url, mail_from='crawler@agency.example',
                   notify_mail='desk@agency.example', notify_webhook=hook.url, **more)
    place.small_board(ads=4, lures=2)
    place.source()
    place.board()
    return sink, hook


@test
def a_sweep_that_finds_something_is_told_once(place):
    sink, hook = desk(place)
    assert place.sweep().code == 0
    assert len(sink.messages) == 1 and len(hook.posts) == 1
    sender, recipients, message = sink.messages[0]
    assert (sender, recipients) == ('crawler@agency.example', ['desk@agency.example'])
    assert message['Subject'] == 'lurewatch: 2 new cases, 0 alarms'
    text = message.get_content()
    assert 'New cases: 2' in text and 'Lowongan admin slot' in text and 'contoh_kantor' not in text
    kind, post = hook.posts[0]
    assert kind == 'application/json' and post['cases_new'] == 2 and post['exit_code'] == 0
    assert len(post['cases']) == 2 and post['pages'] > 0
    assert place.sweep('--source', 'board').code == 0
    assert len(sink.messages) == 1 and len(hook.posts) == 1, 'nothing new, yet told'
    place.page('board.example', 'job/9', lure(9))
    place.page('board.example', 'jobs', listing(['/job/%d' % n for n in (0, 1, 2, 3, 9)]))
    assert place.sweep('--source', 'board').code == 0
    assert sink.messages[-1][2]['Subject'] == 'lurewatch: 1 new case, 0 alarms'
    sink.close()
    hook.close()


@test
def a_long_title_is_cut_between_characters(place):
    sink, hook = desk(place)
    place.page('board.example', 'job/0', lure(0).replace('Lowongan', 'A รับสมัครงานแอดมินตอบแชทเว็บพนันออนไลน์ปอยเปตเงินเดือนสูง'))
    assert place.sweep().code == 0
    raw = sink.messages[0][2].get_content()
    assert 'A รับสมัคร' in raw and '\ufffd' not in raw, raw
    sink.close()
    hook.close()


@test
def a_sweep_that_fails_is_told(place):
    sink, hook = desk(place)
    os.mkdir(place.path('lurewatch.db'))
    run = place.sweep()
    assert run.code not in (0, 75), run.code
    assert sink.messages and 'the sweep failed' in sink.messages[0][2]['Subject']
    assert hook.posts[0][1]['exit_code'] == run.code
    sink.close()
    hook.close()


@test
def who_cannot_be_told_does_not_spoil_the_sweep(place):
    sink, hook = desk(place)
    hook.status = 500
    sink.refuse = '550 no'
    run = place.sweep()
    assert run.code == 0, run.err
    assert 'answered 500' in run.err and '550' in run.err, run.err
    assert place.count('SELECT count(*) FROM cases') == 2
    sink.close()
    hook.close()


@test
def a_removed_ad_that_is_back_is_told(place):
    sink, hook = desk(place, recheck='1m')
    assert place.sweep().code == 0
    assert place.run('queue', 'decide', '1', 'confirmed').code == 0
    assert place.run('export', '--case', '1').code == 0
    path = place.rows('SELECT p.url FROM cases c JOIN postings p ON p.id = c.posting_id WHERE c.id = 1')
    endpoint = ['--test-endpoint', '127.0.0.1:%d' % place.port, '--case', '1']
    place.rules('%s status 410' % path[0][0].replace('https://', ''))
    assert place.run('recheck', *endpoint).code == 0
    told = len(sink.messages)
    place.rules()
    run = place.run('recheck', *endpoint)
    assert run.code == 0 and 'is back' in run.out, run.out
    assert len(sink.messages) == told + 1
    assert sink.messages[-1][2]['Subject'] == 'lurewatch: removed ads are back'
    assert hook.posts[-1][1]['event'] == 'recheck' and hook.posts[-1][1]['alarms'] == 1
    sink.close()
    hook.close()


main()
