"""Requests: drafted, approved by another, mailed, answered, withdrawn; and nothing sent by itself."""

import io
import json
import sqlite3
import time
import zipfile

from harness import lure, main, test
from smtp_sink import Sink


def confirmed(place, **settings):
    sink = Sink()
    place.settings(smtp_url=sink.url, mail_from='desk@agency.example', refetch='1m', **settings)
    place.small_board(ads=3, lures=2)
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0, (run.code, run.err)
    run = place.run('queue', 'decide', '1', 'confirmed', '--as', 'ani')
    assert run.code == 0, run.err
    return sink


def request(place, *arguments, code=0):
    run = place.run('request', *arguments)
    assert run.code == code, (arguments, run.code, run.out, run.err)
    return run


def rows(place):
    return request(place, 'list', '--json').lines()


@test
def a_request_is_mailed_only_when_another_approved_it(place):
    sink = confirmed(place)
    run = request(place, 'draft', '1', '--as', 'ani')
    assert 'R-1 drafted' in run.out
    run = place.run('export', '--send')
    assert run.code == 0 and 'nothing is approved' in run.out and not sink.messages
    run = request(place, 'approve', 'R-1', '--as', 'ani', code=75)
    assert 'another person must approve' in run.err
    request(place, 'approve', 'R-1', '--as', 'budi')
    run = place.run('export', '--send', '--as', 'ani')
    assert run.code == 0 and 'R-1 mailed to Sample board <abuse@board.example>' in run.out, run.err
    assert len(sink.messages) == 1
    sender, recipients, message = sink.messages[0]
    assert (sender, recipients) == ('desk@agency.example', ['abuse@board.example'])
    assert message['Subject'].startswith('Permohonan peninjauan iklan lowongan: https://board.example/job/')
    assert message['Subject'].endswith('R-1') and '<request-1-' in message['Message-ID']
    text = message.get_body(('plain',)).get_content()
    assert 'Nomor: R-1' in text and 'Diperiksa oleh: ani, budi' in text, text
    assert 'contoh_kantor' not in text
    attached = list(message.iter_attachments())
    assert [part.get_filename() for part in attached] == ['lurewatch-case-1.zip']
    with zipfile.ZipFile(io.BytesIO(attached[0].get_content())) as packed:
        assert b'R-1' in packed.read('letter.txt')
    with open(place.path('sent.zip'), 'wb') as out:
        out.write(attached[0].get_content())
    assert place.run('evidence', 'verify', place.path('sent.zip')).code == 0
    assert all(line.endswith(b'\r\n') and len(line) <= 998 for line in sink.raw[0].splitlines(True))
    assert rows(place)[0]['state'] == 'sent' and rows(place)[0]['sent_by'] == 'ani'
    run = place.run('export', '--send')
    assert 'nothing is approved' in run.out and len(sink.messages) == 1
    sink.close()


@test
def answers_and_corrections(place):
    sink = confirmed(place, approvals='1')
    request(place, 'draft', '1', '--as', 'ani')
    request(place, 'draft', '1', '--as', 'ani', code=75)
    request(place, 'approve', '1', '--as', 'ani')
    assert place.run('export', '--send').code == 0
    request(place, 'acknowledged', '1', '--why', 'ticket 77')
    request(place, 'withdraw', '1', code=65)
    run = request(place, 'withdraw', '1', '--why', 'perusahaan berizin', '--send', '--as', 'budi')
    assert 'Ralat: kami menarik permohonan' in run.out and 'Alasan: perusahaan berizin' in run.out
    assert len(sink.messages) == 2
    text = sink.messages[1][2].get_body(('plain',)).get_content()
    assert 'Alasan: perusahaan berizin' in text and 'Dikirim: 20' in text, text
    assert not list(sink.messages[1][2].iter_attachments())
    request(place, 'refused', '1', code=75)
    history = json.loads(place.run('queue', 'show', '1', '--json').out)['history']
    steps = [(row.get('from', ''), row['to']) for row in history if row['action'] == 'request']
    assert steps == [('', 'drafted'), ('drafted', 'approved'), ('approved', 'mailing'), ('mailing', 'sent'),
                     ('sent', 'acknowledged'), ('acknowledged', 'withdrawn')], steps
    sink.close()


@test
def a_refusing_server_leaves_the_request_as_it_was(place):
    sink = confirmed(place, approvals='1')
    sink.refuse = '550 no such box'
    request(place, 'draft', '1')
    request(place, 'approve', '1')
    run = place.run('export', '--send')
    assert run.code == 69 and 'request R-1' in run.err and '550' in run.err, (run.code, run.err)
    assert rows(place)[0]['state'] == 'drafted'
    sink.refuse = None
    assert place.run('queue', 'undo', '1').code == 0
    run = place.run('export', '--send')
    assert run.code == 75 and 'not confirmed any more' in run.err and not sink.messages
    sink.close()


@test
def how_a_sending_ends_says_whose_it_is(place):
    sink = confirmed(place, approvals='1')
    run = place.run('export', '--send', '--case', '999')
    assert run.code == 65 and 'case 999' in run.err and 'nothing' not in run.out, (run.code, run.out, run.err)
    run = place.run('export', '--send', '--case', '2')
    assert run.code == 0 and 'nothing of this case' in run.out, (run.code, run.out, run.err)
    request(place, 'draft', '1')
    request(place, 'approve', '1')
    for left in ({'smtp_url': sink.url}, {'mail_from': 'desk@agency.example'}, {}):
        place.settings(approvals='1', **left)
        run = place.run('export', '--send')
        assert run.code == 78 and 'is missing' in run.err and not sink.messages, (left, run.code, run.err)
    sink.close()


def ready(place, sink_changes=None, **settings):
    sink = confirmed(place, approvals='1', **settings)
    for name, value in (sink_changes or {}).items():
        setattr(sink, name, value)
    request(place, 'draft', '1', '--as', 'ani')
    request(place, 'approve', '1', '--as', 'ani')
    return sink


@test
def a_killed_send_never_mails_twice(place):
    sink = ready(place)
    sender = []

    def kill():
        sender[0].kill()
        sender[0].wait(20)
        return None

    sink.after_data = kill
    sender.append(place.spawn(place.command('export', '--send')))
    sender[0].wait(30)
    for _ in range(200):
        if sink.messages:
            break
        time.sleep(0.05)
    sink.after_data = None
    row = rows(place)[0]
    assert row['state'] == 'drafted' and row['mailing_since'] and 'sent_at' not in row, row
    assert 'mailing?' in request(place, 'list').out
    for _ in range(2):
        run = place.run('export', '--send')
        assert run.code == 75 and 'its end is not known' in run.err, (run.code, run.err)
    assert len(sink.messages) == 1, 'mailed twice'
    request(place, 'approve', '1', '--as', 'budi')
    assert place.run('export', '--send').code == 0 and len(sink.messages) == 2
    assert rows(place)[0]['state'] == 'sent'
    ids = {message['Message-ID'] for _, _, message in sink.messages}
    assert len(ids) == 1, 'a mail program would show both'
    sink.close()


@test
def a_server_that_never_answers_leaves_it_in_doubt(place):
    sink = ready(place, {'after_data': lambda: None})
    run = place.run('export', '--send')
    assert run.code == 69 and 'did not say whether it took it' in run.err, (run.code, run.err)
    run = place.run('export', '--send')
    assert run.code == 75 and len(sink.messages) == 1, (run.code, run.err)
    request(place, 'sent', '1', '--why', 'they have it')
    assert rows(place)[0]['state'] == 'sent'
    sink.close()


@test
def what_was_surely_not_taken_is_tried_again(place):
    sink = ready(place, {'after_data': lambda: '452 no room'})
    run = place.run('export', '--send')
    assert run.code == 69 and '452' in run.err, (run.code, run.err)
    sink.after_data = None
    assert place.run('export', '--send').code == 0 and rows(place)[0]['state'] == 'sent'
    assert len(sink.messages) == 2
    sink.close()


@test
def a_server_may_want_a_login(place):
    with open(place.path('password'), 'w', encoding='utf-8') as file:
        file.write('open sesame\n')
    sink = ready(place, {'login': ('desk', 'another')}, smtp_user='desk',
                 smtp_password=place.path('password'))
    run = place.run('export', '--send')
    assert run.code == 69 and 'sesame' not in run.err and not sink.messages, (run.code, run.err)
    assert rows(place)[0]['state'] == 'drafted' and 'mailing_since' not in rows(place)[0]
    sink.login = ('desk', 'open sesame')
    run = place.run('export', '--send')
    assert run.code == 0 and len(sink.messages) == 1, (run.code, run.err)
    sink.close()


@test
def what_has_a_form_alone_is_noted_by_hand(place):
    sink = confirmed(place, approvals='1')
    request(place, 'draft', '1', '--recipient', 'aduankonten')
    run = request(place, 'show', '1')
    assert 'To: Aduan Konten' in run.out and 'https://aduankonten.id/' in run.out
    request(place, 'approve', '1')
    run = place.run('export', '--send')
    assert run.code == 65 and 'takes requests by a form' in run.err and not sink.messages
    request(place, 'sent', '1')
    assert rows(place)[0]['state'] == 'sent'
    assert 'telegram' in request(place, 'recipients').out
    request(place, 'draft', '2', code=75)
    request(place, 'draft', '99', code=65)
    request(place, 'show', '99', code=65)
    request(place, 'approve', code=64)
    request(place, 'dance', code=64)
    sink.close()


@test
def all_that_is_asked_about_a_case_is_withdrawn_at_once(place):
    sink = confirmed(place, approvals='1')
    assert place.run('queue', 'withdraw', '1', '--note', 'licensed').code == 75
    for number, recipient in (('1', 'aduankonten'), ('2', 'telegram')):
        request(place, 'draft', '1', '--recipient', recipient)
        request(place, 'approve', number)
    request(place, 'sent', '1')
    assert place.run('queue', 'withdraw', '1').code == 64, 'without a reason'
    assert place.run('queue', 'withdraw', '99', '--note', 'licensed').code == 65
    run = place.run('queue', 'withdraw', '1', '--note', 'the employer is licensed', '--as', 'budi')
    assert run.code == 0 and 'is withdrawn; its correction: lurewatch request show R-1' in run.err, run.err
    assert [row['state'] for row in rows(place)] == ['withdrawn', 'withdrawn']
    assert 'the employer is licensed' in request(place, 'show', '1').out
    assert place.run('queue', 'withdraw', '1', '--note', 'licensed').code == 75
    sink.close()


@test
def an_ad_that_changed_wants_a_new_approval(place):
    sink = confirmed(place)
    request(place, 'draft', '1', '--as', 'ani')
    request(place, 'approve', 'R-1', '--as', 'budi')
    place.page('board.example', 'job/0', lure(0).replace('admin slot', 'kasir toko'))
    store = sqlite3.connect(place.path('lurewatch.db'), timeout=20)
    with store:
        store.execute('UPDATE urls SET refetch = 1 WHERE refetch > 0')
    store.close()
    assert place.sweep('--source', 'board').code == 0
    assert place.count('SELECT state FROM cases WHERE id = 1') == 2, 'confirmed it stays'
    run = place.run('export', '--send', '--as', 'ani')
    assert 'nothing is approved' in run.out and not sink.messages, (run.out, run.err)
    assert rows(place)[0]['state'] == 'drafted' and 'approved_by' not in rows(place)[0]
    request(place, 'approve', 'R-1', '--as', 'budi')
    assert place.run('export', '--send', '--as', 'ani').code == 0 and len(sink.messages) == 1
    sink.close()


@test
def who_takes_a_decision_back_is_told_what_stands(place):
    sink = confirmed(place, approvals='1')
    run = place.run('queue', 'claim', '2', '--as', 'ani')
    assert run.code == 0 and 'still stands' not in run.err, run.err
    request(place, 'draft', '1', '--as', 'ani')
    request(place, 'approve', 'R-1', '--as', 'ani')
    assert place.run('export', '--send').code == 0
    run = place.run('queue', 'undo', '1', '--as', 'ani')
    assert run.code == 0 and 'request R-1 to Sample board still stands' in run.err, run.err
    request(place, 'withdraw', 'R-1', '--why', 'a mistake')
    run = place.run('queue', 'decide', '1', 'dismissed', '--as', 'ani')
    assert run.code == 0 and 'still stands' not in run.err, run.err
    sink.close()


@test
def a_far_server_must_speak_tls(place):
    confirmed(place, approvals='1').close()
    sink = Sink('127.0.0.2')  # any address but this machine's usual ones counts as far
    place.settings(smtp_url=sink.url, mail_from='desk@agency.example',
                   approvals='1')
    request(place, 'draft', '1')
    request(place, 'approve', '1')
    run = place.run('export', '--send')
    assert run.code == 69 and not sink.messages, (run.code, run.err)
    place.settings(approvals='1')
    run = place.run('export', '--send')
    assert run.code == 78 and "'smtp_url' is missing" in run.err, (run.code, run.err)
    sink.close()


main()
