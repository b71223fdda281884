"""The queue, exports, evidence and the store's own commands on a store that a sweep filled."""

import csv
import hashlib
import hmac
import io
import json
import os
import sqlite3
import stat
import subprocess

from harness import main, test

os.environ['COLUMNS'] = '100'  # how wide a table may be where there is no terminal


def swept(place, ads=8, lures=3):
    place.small_board(ads=ads, lures=lures)
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0, (run.code, run.err)
    assert place.count('SELECT count(*) FROM cases') == lures
    return place


def cases(place, *more):
    run = place.run('queue', 'list', '--json', *more)
    assert run.code == 0, run.err
    return run.lines()


@test
def list_is_a_table_or_json_lines(place):
    swept(place)
    run = place.run('queue')
    assert run.code == 0, run.err
    lines = run.out.splitlines()
    assert lines[0].split()[:5] == ['case', 'score', 'band', 'task', 'state'], lines[0]
    assert len(lines) == 4 and all('gambling' in line for line in lines[1:]), run.out
    assert all(len(line) <= 100 for line in lines) and '\x1b' not in run.out
    rows = cases(place)
    assert [row['state'] for row in rows] == ['new'] * 3
    assert rows == sorted(rows, key=lambda row: (-row['logit'], row['case']))
    assert all(row['url'].startswith('https://board.example/job/') for row in rows)
    assert cases(place, '--state', 'confirmed') == []
    assert cases(place, '--task', 'scam') == []
    assert len(cases(place, '--band', 'urgent')) == 3
    assert len(cases(place, '--limit', '2')) == 2
    assert len(cases(place, '--limit', '1', '--all')) == 3
    assert len(cases(place, '--source', 'board')) == 3 and not cases(place, '--source', 'x')
    assert len(cases(place, '--since', '1h')) == 3 and not cases(place, '--since', '2099-01-01')
    for wrong in (['--state', 'open'], ['--band', 'red'], ['--task', 'x'], ['--limit', '0'],
                  ['--since', 'yesterday']):
        assert place.run('queue', 'list', *wrong).code == 64, wrong


@test
def show_tells_words_sum_contacts_and_history(place):
    swept(place)
    case = cases(place)[0]['case']
    run = place.run('queue', 'show', str(case))
    assert run.code == 0, run.err
    for word in ('«', 'logit', 'prior', 'contact: telegram', 'evidence: lurewatch-', 'history',
                 'lurewatch open'):
        assert word in run.out, (word, run.out)
    assert 'contoh_kantor' not in run.out, 'a contact in clear'
    full = json.loads(place.run('queue', 'show', str(case), '--json').out)
    points = sum(finding['points'] for finding in full['verdict']['findings'])
    assert abs(points - full['verdict']['logit']) < 0.05
    assert full['history'][0]['action'] == 'open' and full['contacts'][0]['kind'] == 'telegram'
    text = full['fields']['text'].encode()
    for finding in full['verdict']['findings']:
        if finding.get('field') == 'text':
            assert text[finding['start']:finding['end']].decode() == finding['quote'], finding
    assert 'contoh_kantor' not in json.dumps(full)
    run = place.run('queue', 'show', '999')
    assert run.code == 65 and '999' in run.err
    assert place.run('queue', 'show').code == 64
    assert place.run('queue', 'open', '1').code == 64


@test
def a_case_is_claimed_decided_and_taken_back(place):
    swept(place)
    first = cases(place)[0]['case']
    run = place.run('queue', 'claim', '--as', 'ann')
    assert run.code == 0 and 'claimed by ann' in run.out, run.out
    run = place.run('queue', 'claim', str(first), '--as', 'bob')
    assert run.code == 75 and 'ann' in run.err, (run.code, run.err)
    run = place.run('queue', 'decide', str(first), 'confirmed', '--as', 'bob')
    assert run.code == 75, run.err
    assert place.run('queue', 'release', str(first), '--as', 'bob').code == 75
    assert place.run('queue', 'release', str(first), '--as', 'ann').code == 0
    assert place.run('queue', 'decide', str(first), 'maybe', '--as', 'ann').code == 64
    run = place.run('queue', 'decide', str(first), 'confirmed', '--as', 'bob', '--note', 'plain')
    assert run.code == 0 and 'confirmed' in run.out, run.err
    assert place.run('queue', 'decide', str(first), 'dismissed', '--as', 'ann').code == 75
    row = cases(place, '--state', 'confirmed')[0]
    assert row['decided_by'] == 'bob' and row['note'] == 'plain', row
    stats = json.loads(place.run('queue', 'stats', '--json').out)
    assert stats['confirmed'] == 1 and stats['new'] == 2 and stats['precision'] == 1.0, stats
    assert place.run('queue', 'stats').code == 0
    assert place.run('queue', 'note', str(first), 'asked the board', '--as', 'ann').code == 0
    run = place.run('queue', 'undo', str(first), '--as', 'ann', '--note', 'a slip')
    assert run.code == 0 and 'is new' in run.out, run.out
    assert place.run('queue', 'undo', str(first), '--as', 'ann').code == 75
    history = json.loads(place.run('queue', 'show', str(first), '--json').out)['history']
    assert [step['action'] for step in history] == ['open', 'claim', 'release', 'decide', 'note',
                                                   'undo'], history
    run = place.run('db', 'check')
    assert run.code == 0 and 'audit rows' in run.out, run.err


@test
def no_word_of_an_ad_or_a_name_obeys_on_a_terminal(place):
    title = 'Admin \x1b]0;x\x07\x1b[31mslot\nhistory (UTC):\u009b1m\u202egnihton'
    place.write('ad.jsonl', json.dumps({'title': title, 'text': 'Kantor Poipet, Kamboja, gaji 900 USD, tiket '
                                        'ditanggung, t.me/contoh_kantor', 'company': 'PT\x1b[31m Contoh'}) + '\n')
    for command in (('queue', 'add', place.path('ad.jsonl')), ('queue', 'claim', '1', '--as', 'ani'), ('queue', 'list'),
                    ('queue', 'decide', '1', 'confirmed', '--as', 'ani', '--note', 'one\n  2026-01-01 00:00  eve forged\x1b[1m'),
                    ('queue', 'show', '1'), ('queue', 'undo', '1', '--as', 'ani'),
                    ('queue', 'employers', 'add', 'PT\x1b[31m Contoh', '--note', 'called', '--as', 'ani'),
                    ('scan', '--output', 'text', place.path('ad.jsonl'))):
        run = place.run(*command)
        assert run.code == 0 and run.out, (command, run.err)
        for character in '\x1b\x07\u009b\u202e':
            assert character not in run.out, (command, run.out)
        if command[1] in ('add', 'claim', 'decide', 'undo'):
            assert len(run.out.splitlines()) == 1, (command, run.out)
        assert '\n  2026-01-01' not in run.out, run.out
    for name in ('', '  ', 'a\nb', 'a\x1b[31m', 'a\u202eb', 'x' * 500):
        for command in (('queue', 'claim', '1'), ('queue', 'add', place.path('ad.jsonl')), ('export',),
                        ('db', 'purge', '--dry-run'), ('evidence', 'show', '1'), ('request', 'approve', '1')):
            run = place.run(*command, '--as', name)
            assert run.code == 64 and '--as wants' in run.err, (command, name, run.code, run.err)
    assert place.run('queue', 'claim', '1', '--as', 'Änni Çelik').code == 0


@test
def find_names_the_cases_with_the_same_contact(place):
    swept(place)
    for spelling in ('t.me/contoh_kantor_1', 'telegram @Contoh_Kantor_1',
                     'https://t.me/contoh_kantor_1'):
        run = place.run('queue', 'find', spelling, '--json')
        assert run.code == 0, run.err
        assert [row['url'] for row in run.lines()] == ['https://board.example/job/1'], spelling
    for spelling in ('contoh_kantor_1', '@Contoh_Kantor_1', 't.me/contoh_kantor_1'):
        run = place.run('queue', 'find', '--kind', 'telegram', spelling, '--json')
        assert [row['url'] for row in run.lines()] == ['https://board.example/job/1'], spelling
    run = place.run('queue', 'find', '--kind', 'telegram', 'nobody_at_all')
    assert run.code == 0 and 'no case' in run.out, run.out
    assert place.run('queue', 'find', 'just some words').code == 64
    for empty in (['queue', 'find', ''], ['queue', 'find', ' \t'], ['queue', 'find', '--kind', 'phone', ''],
                  ['db', 'forget', '--contact', '']):
        run = place.run(*empty)
        assert run.code == 64 and 'a contact is wanted' in run.err, (empty, run.code, run.err)


@test
def a_contact_is_found_as_stores_of_before_have_it(place):
    """Digits of a code were letters there, and an address ended before a letter beyond ASCII."""
    swept(place)
    ads = [{'id': 'a', 'title': 'Admin', 'text': 'grup t.me/+Ab1cD0eF'},
           {'id': 'b', 'title': 'Kasir', 'text': 'daftar di https://kerja.example/путь/Satu'}]
    with open(place.path('ads.jsonl'), 'w', encoding='utf-8') as file:
        file.write(''.join(json.dumps(one) + '\n' for one in ads))
    assert place.run('queue', 'add', place.path('ads.jsonl'), '--input', 'jsonl').code == 0
    with open(place.path('contact.key'), encoding='ascii') as file:
        key = bytes.fromhex(file.read().strip())

    def of(kind, value):
        return hmac.new(key, kind.encode().ljust(64, b'\0') + hashlib.sha256(value.encode()).digest(), 'sha256').digest()

    found = (('t.me/+AB1CD0EF', 'telegram', 'ab1cd0ef', 'abicdoef'),
             ('https://Kerja.example/путь/SATU', 'url', 'https://kerja.example/путь/satu', 'https://kerja.example/'))
    for words, kind, value, before in found:
        assert len(place.run('queue', 'find', words, '--json').lines()) == 1, words
        with sqlite3.connect(place.path('lurewatch.db'), timeout=20) as store:
            changed = store.execute('UPDATE contacts SET hash = ? WHERE hash = ?', (of(kind, before), of(kind, value)))
            assert changed.rowcount == 1, words
        assert len(place.run('queue', 'find', words, '--json').lines()) == 1, words
        assert place.run('db', 'forget', '--contact', words).code == 0
        assert place.run('queue', 'find', words, '--json').lines() == [], words


@test
def no_contact_of_any_field_is_left_in_clear(place):
    swept(place)
    said = ('AbC1dEf2Gh', 'SecretPath9', 'b0ss_rahasia', 'contoh_gaji_x', '3456-9988', 'HrSecret', 'kontak_hr', 'МОСКВА', 'हिन्दी', 'RUANG')
    ad = {'title': 'Admin judi online Poipet WA 0812-3456-9988', 'company': 'PT Contoh t.me/kontak_hr', 'location': 'Poipet http://हिन्दी.example/a',
          'text': 'operator judi online di Poipet, tiket ditanggung, HTTPS://T.ME/+AbC1dEf2Gh HTTP://МОСКВА.example/SecretPath9 '
                  'telegram @b0ss_rahasia, HrSecret@Kontak.example', 'salary': '1000 USD t.me/contoh_gaji_x https://b.example/RUANG'}
    with open(place.path('ads.jsonl'), 'w', encoding='utf-8') as file:
        file.write(json.dumps(ad) + '\n')
    run = place.run('queue', 'add', place.path('ads.jsonl'), '--input', 'jsonl', '--json')
    case = str(run.lines()[0]['case'])
    with open(place.path('lurewatch.db'), 'rb') as store:
        shown = [run.out, store.read().decode('utf-8', 'replace')]
    shown += [place.run('queue', 'show', case, *more).out for more in ((), ('--json',))]
    shown += [place.run('export', '--format', form, '--state', 'new').out for form in ('csv', 'jsonl')]
    for text in shown:
        assert len(text) > 1000 and [one for one in said if one.lower() in text.lower()] == [], text[-2000:]


@test
def export_is_whole_and_noted(place):
    swept(place)
    first = cases(place)[0]['case']
    assert place.run('queue', 'decide', str(first), 'confirmed', '--as', 'ann').code == 0
    out = place.path('cases.csv')
    run = place.run('export', '-o', out, '--as', 'ann')
    assert run.code == 0 and '3 cases' in run.err, run.err
    with open(out, encoding='utf-8-sig', newline='') as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == 3 and rows[0]['case_id'] == str(first), rows
    assert 'contoh_kantor' not in json.dumps(rows)
    assert not [name for name in os.listdir(place.dir) if name.startswith('cases.csv.')]
    run = place.run('export', '--format', 'jsonl', '--state', 'confirmed')
    assert run.code == 0 and len(run.lines()) == 1, run.out
    run = place.run('export', '--case', str(first))
    assert len(list(csv.DictReader(io.StringIO(run.out.lstrip('\ufeff'))))) == 1, run.out
    history = json.loads(place.run('queue', 'show', str(first), '--json').out)['history']
    assert [step['action'] for step in history].count('export') == 3, history
    assert any(step.get('why', '').startswith('csv to ' + out) for step in history), history
    assert place.run('export', '--case', '999').code == 65
    assert place.run('export', '-o', place.path('no', 'folder', 'x.csv')).code == 73
    assert place.run('export', '--format', 'xlsx').code == 64


@test
def doctor_and_sources_after_a_sweep(place):
    swept(place)
    answer = json.loads(place.run('doctor', '--json').out)
    said = {check['what']: check for check in answer['checks']}
    assert not [check for check in answer['checks'] if check['state'] == 'wrong'], answer['checks']
    assert said['store']['state'] == said['evidence']['state'] == 'ok', said
    assert 'no source is due before' in said['fetching']['detail'], said['fetching']
    assert answer['sweeps'][0]['flagged'] == 3, answer['sweeps']
    row = json.loads(place.run('sources', 'list', '--json').out)
    assert row['on'] and row['due'].startswith('in ') and row['last_flagged'] == 3, row
    run = place.run('sources')
    assert run.code == 0 and 'board' in run.out, run.err
    run = place.run('sources', 'check', 'board')
    assert run.code == 0 and 'robots.txt answered 200' in run.out, run.out
    run = place.run('check-url', '--json', 'https://board.example/private/x')
    assert run.code == 69 and '/private/' in json.loads(run.out)['robots'], run.out
    os.chmod(place.path('evidence'), 0o755)
    os.chmod(place.path('contact.key'), 0o644)
    run = place.run('doctor')
    assert run.code == 69 and 'chmod 700' in run.out and 'contact.key' in run.out, run.out


@test
def evidence_is_verified_and_one_flipped_bit_is_found(place):
    swept(place)
    run = place.run('evidence', 'verify')
    assert run.code == 0 and '0 bad' in run.out, run.out
    folder = place.path('evidence')
    file = os.path.join(folder, sorted(name for name in os.listdir(folder)
                                       if name.endswith('.warc.gz'))[0])
    with open(file, 'rb') as text:
        whole = text.read()
    places = place.rows('SELECT offset_bytes, length_bytes FROM records ORDER BY offset_bytes')
    assert places[-1][0] + places[-1][1] == len(whole)
    for offset, length in places:
        for at in (offset, offset + length // 2, offset + length - 1):
            bytes_ = bytearray(whole)
            bytes_[at] ^= 1 << (at % 8)
            with open(file, 'wb') as out:
                out.write(bytes_)
            run = place.run('evidence', 'verify')
            assert run.code == 65, (at, run.out)
            assert '%s: the record at byte %d' % (os.path.basename(file), offset) in run.out, run.out
            assert ' 1 bad' in run.out, run.out
        if len(places) > 6 and offset > 0:
            break
    with open(file, 'wb') as out:
        out.write(whole[:-3])
    run = place.run('evidence', 'verify', '--json')
    assert run.code == 65 and json.loads(run.out)['bad'], run.out
    with open(file, 'wb') as out:
        out.write(whole)
    os.rename(file, file + '.away')
    run = place.run('evidence', 'verify')
    assert run.code == 65 and 'cannot be read' in run.out, run.out
    os.rename(file + '.away', file)
    assert place.run('evidence', 'verify').code == 0


@test
def evidence_is_shown_in_clear_and_that_is_written_down(place):
    swept(place)
    case = cases(place)[0]['case']
    run = place.run('evidence', 'show', str(case), '--as', 'ann', '--why', 'request of the board')
    assert run.code == 0, run.err
    assert 'contoh_kantor' in run.out and json.loads(run.out), run.out
    run = place.run('evidence', 'show', str(case), '--part', 'response', '--as', 'ann')
    assert run.code == 0 and run.out.startswith('HTTP/1.1 200') and '<html' in run.out, run.err
    history = json.loads(place.run('queue', 'show', str(case), '--json').out)['history']
    reads = [step for step in history if step['action'] == 'read']
    assert len(reads) == 2 and reads[0]['who'] == 'ann', history
    assert 'request of the board' in reads[0]['why'], reads
    assert place.run('evidence', 'show', '999').code == 65
    assert place.run('evidence', 'show').code == 64


@test
def the_store_is_copied_checked_and_counted(place):
    swept(place)
    copy = place.path('copy.db')
    run = place.run('db', 'backup', copy)
    assert run.code == 0, run.err
    assert stat.S_IMODE(os.stat(copy).st_mode) == 0o600
    assert place.run('db', 'backup', copy).code == 73
    stats = json.loads(place.run('db', 'stats', '--json').out)
    assert stats['cases']['new'] == 3 and stats['postings'] == 8, stats
    assert place.run('db', 'stats').code == 0
    assert place.run('db', 'init').code == 0 and place.run('db', 'migrate').code == 0
    assert place.run('db', 'check').code == 0
    before = cases(place)
    os.rename(copy, place.path('lurewatch.db'))
    assert cases(place) == before
    store = place.path('lurewatch.db')
    with open(store, 'r+b') as file:
        for page in range(2, os.path.getsize(store) // 4096):  # the heads of all pages but two
            file.seek(4096 * page)
            file.write(b'\xff' * 16)
    run = place.run('db', 'check')
    assert run.code in (65, 74) and 'lurewatch.db' in run.err, (run.code, run.err)


@test
def a_full_disk_under_the_output_is_a_sentence(place):
    swept(place)
    for command in (['queue'], ['queue', '--json'], ['queue', 'show', '1'], ['export'],
                    ['queue', 'stats'], ['sources'], ['doctor'], ['patterns', 'list'],
                    ['evidence', 'verify'], ['db', 'stats'],
                    ['check-url', 'https://board.example/jobs'],
                    ['extract', place.path('www', 'board.example', 'job', '1.html')],
                    ['explain', place.path('www', 'board.example', 'job', '1.html')],
                    ['scan', place.path('www', 'board.example', 'job', '1.html')]):
        with open('/dev/full', 'wb') as full:
            done = subprocess.run(place.command(*command), stdout=full, stderr=subprocess.PIPE,
                                  encoding='utf-8', timeout=60)
        assert done.returncode == 74, (command, done.returncode, done.stderr)
        assert 'output' in done.stderr and len(done.stderr.splitlines()) == 1, (command, done.stderr)


@test
def what_cannot_be_made_is_73(place):
    swept(place)
    assert place.run('db', 'backup', place.path('no', 'folder', 'x.db')).code == 73
    place.settings(store='sqlite:/proc/none/x.db')
    run = place.run('db', 'init')
    assert run.code == 73 and '/proc/none' in run.err, run.err


@test
def a_changed_audit_row_is_named(place):
    swept(place)
    assert place.run('queue', 'claim', '--as', 'ann').code == 0
    store = sqlite3.connect(place.path('lurewatch.db'))
    store.execute("UPDATE audit SET why = 'something else' WHERE id = 2")
    store.commit()
    store.close()
    run = place.run('db', 'check')
    assert run.code == 65 and 'row 2' in run.err, (run.code, run.err)


@test
def campaigns_are_listed_shown_and_decided_at_once(place):
    swept(place)
    run = place.run('queue', 'list', '--by-campaign', '--json')
    assert run.code == 0, run.err
    rows = run.lines()
    assert len(rows) == 1 and rows[0]['open'] == rows[0]['cases'] == 3, rows
    first = rows[0]['strongest']['case']
    table = place.run('queue', 'list', '--by-campaign').out.splitlines()
    assert table[0].split()[:3] == ['campaign', 'open', 'cases'] and len(table) == 2, table
    shown = place.run('queue', 'show', str(first))
    assert 'campaign of 3 cases:' in shown.out, shown.out
    mates = place.run('queue', 'show', str(first), '--json').lines()[0]['mates']
    assert mates['cases'] == 3 and len(mates['list']) == 2, mates
    decided = place.run('queue', 'decide', str(first), 'dismissed', '--campaign', '--as', 'ani',
                        '--note', 'an exercise')
    assert decided.code == 0 and '3 cases of the campaign are now dismissed' in decided.out, decided
    assert len(cases(place, '--state', 'dismissed')) == 3
    assert place.count("SELECT count(*) FROM audit WHERE action = 'decide'") == 3
    again = place.run('queue', 'decide', str(first), 'confirmed', '--campaign', '--as', 'ani')
    assert again.code == 75 and 'is open' in again.err and 'undo' in again.err and not again.out, again
    other = mates['list'][0]['case']
    assert place.run('queue', 'undo', str(other), '--as', 'ani').code == 0
    assert [row['case'] for row in cases(place)] == [other]
    shown = place.run('queue', 'show', str(other))
    assert 'seen before: case' in shown.out and 'dismissed' in shown.out, shown.out
    assert place.run('queue', 'list', '--by-campaign', '--band', 'urgent').code == 64


@test
def a_checked_employer_is_ranked_last_for_a_time_and_never_cleared(place):
    swept(place)
    before = {row['case']: row['logit'] for row in cases(place)}
    assert len(before) == 3 and all(row['employer'] == 'Kantor' for row in cases(place))
    for words, why in ((('add', 'Kantor'), 'say how'), (('add', 'Kantor', '--note', 'x', '--until', 'soon'), '--until'),
                       (('remove', 'Kantor'), 'no employer'), (('drop', 'Kantor'), 'add or remove')):
        run = place.run('queue', 'employers', *words, '--as', 'ani')
        assert run.code != 0 and why in run.err, (words, run.err)
    run = place.run('queue', 'employers', 'add', 'KANTOR', '--as', 'ani', '--until', '90d', '--note',
                    'register number 12, called')
    assert run.code == 0 and '3 open cases are ranked anew' in run.out, (run.out, run.err)
    held = cases(place)
    assert len(held) == 3 and all(row['logit'] == -6.9 and row['band'] == 'urgent' for row in held), held
    assert {row['case']: row['verdict_logit'] for row in held} == before
    assert all(row['employer_checked_by'] == 'ani' for row in held)
    assert 'firm known' in place.run('queue').out
    shown = place.run('queue', 'show', '1').out
    assert 'ranked  last: ani checked the employer' in shown and 'register number 12' in shown, shown
    listed = place.run('queue', 'employers', '--json').lines()
    assert listed[0]['employer'] == 'KANTOR' and listed[0]['cases'] == 3, listed
    # its day comes: whoever looks next finds the cases by their words again
    change = sqlite3.connect(place.path('lurewatch.db'))
    change.execute('UPDATE employers SET until = 1')
    change.commit()
    change.close()
    assert 'no employer was checked' in place.run('queue', 'employers').out
    assert {row['case']: row['logit'] for row in cases(place)} == before
    ranks = place.rows("SELECT who, became FROM audit WHERE action = 'rank' ORDER BY id")
    assert len(ranks) == 6 and ranks[0][0] == 'ani' and ranks[-1][0] == 'lurewatch', ranks
    assert place.run('db', 'check').code == 0


@test
def what_people_send_in_is_a_case_with_evidence(place):
    place.write('ad.txt', 'Toko roti mencari penjaga, datang ke toko membawa lamaran.')
    run = place.run('queue', 'add', place.path('ad.txt'), '--as', 'ani', '--note', 'from a caller')
    assert run.code == 0 and run.out.startswith('case 1 is new, clear'), run
    run = place.run('queue', 'add', place.path('ad.txt'), '--as', 'ani')
    assert run.code == 0 and 'case 1 was there already' in run.out, run
    shown = place.run('queue', 'show', '1').out
    assert 'sent in: from a caller' in shown and 'Toko roti' in shown, shown
    place.write('sent.csv', 'Title;Description;Company;URL\n'
                'Admin slot;"Kantor Poipet, gaji ""900"" USD;\ntiket ditanggung, '
                'telegram t.me/contoh_kirim";Kantor;https://board.example/job/9\n'
                ';;Kosong;\n'
                'Kasir;Toko di Bandung;Toko Contoh;\n')
    run = place.run('queue', 'add', place.path('sent.csv'), '--source', 'hotline', '--json')
    assert run.code == 65 and 'line 4' in run.err, run
    rows = run.lines()
    assert [row['title'] for row in rows] == ['Admin slot', 'Kasir'], rows
    told = place.run('queue', 'add', place.path('sent.csv'), '--source', 'hotline', '--json', '--complaints')
    assert told.code == 65 and [row.get('kind', row.get('title')) for row in told.lines()] == ['Admin slot', 'no-words', 'Kasir'], told.out
    assert told.lines()[1] == {'error': 'neither title nor text: an ad has at least one of them', 'kind': 'no-words', 'line': 4}, told.out
    assert rows[0]['url'] == 'https://board.example/job/9' and rows[0]['source'] == 'hotline'
    assert rows[0]['band'] == 'urgent' and rows[1]['url'].startswith('urn:sha256:'), rows
    place.write('ads.jsonl', json.dumps({'id': 'x1', 'title': 'Admin', 'text': 'kantor Bavet'}) +
                '\n' + json.dumps({'html': '<h1>Kasir</h1><p>Toko di Bandung mencari kasir, gaji '
                                    'bulanan, datang ke toko.</p>'}) + '\n')
    run = place.run('queue', 'add', place.path('ads.jsonl'), '--json')
    assert run.code == 0 and len(run.lines()) == 2, run
    assert place.run('evidence', 'verify').code == 0
    body = place.run('evidence', 'show', '1', '--as', 'ani')
    assert body.code == 0 and 'Toko roti' in body.out, body
    place.write('spilt.csv', 'title,text,url\nAdmin,kantor Poipet, gaji 900,tiket,https://board.example/job/8\n'
                'Kasir,toko di Bandung,https://board.example/job/7,,\n')
    run = place.run('queue', 'add', place.path('spilt.csv'), '--json', '--complaints')
    assert run.code == 65 and [row.get('kind', row.get('url')) for row in run.lines()] == [
        'row-cells', 'https://board.example/job/7'], run.out
    assert 'line 2: more cells' in run.err, run.err
    place.write('odd.jsonl', json.dumps({'title': 'Admin', 'text': 'kantor Poipet', 'url': ' https://board.example/a\x07b c\t\n'}))
    run = place.run('queue', 'add', place.path('odd.jsonl'), '--json')
    assert run.code == 0 and run.lines()[0]['url'] == 'https://board.example/a%07b%20c', (run.out, run.err)
    run = place.run('queue', 'add', place.path('ad.txt'), '--url', 'https://board.example/\x1bz', '--json')
    assert run.code == 0 and run.lines()[0]['url'] == 'https://board.example/%1Bz', (run.out, run.err)
    assert place.run('evidence', 'verify').code == 0
    place.write('bad.csv', 'a,b\n1,2\n')
    assert place.run('queue', 'add', place.path('bad.csv')).code == 65
    assert place.run('queue', 'add', place.path('nothing.txt')).code in (65, 66, 74)


@test
def a_picture_that_is_sent_in_is_kept_with_its_words(place):
    picture = b'\x89PNG\r\n\x1a\n' + bytes(range(256))
    for name in ('shot.png', 'again.png'):
        with open(place.path(name), 'wb') as out:
            out.write(picture)
    alone = place.run('queue', 'add', place.path('shot.png'))
    assert alone.code == 65 and 'type them into a text file' in alone.err, alone.err
    place.write('words.txt', 'Dicari operator judi online di Poipet, gaji 900 USD, tiket ditanggung')
    place.write('other.txt', 'Lowongan kerja luar negeri, berangkat besok, semua gratis, hubungi admin')
    for words, image in (('words.txt', 'shot.png'), ('other.txt', 'again.png')):
        run = place.run('queue', 'add', place.path(words), '--image', place.path(image), '--as', 'ani')
        assert run.code == 0 and 'is new' in run.out, (run.out, run.err)
    case = place.run('queue', 'show', '1', '--json').lines()[0]
    assert case['campaign_cases'] == 2, 'the same picture joins'
    assert [one['sha256'] for one in case['pictures']] == [hashlib.sha256(picture).hexdigest()], case
    assert place.count('SELECT count(*) FROM urls WHERE state <> 1') == 0, 'nothing to fetch'
    run = place.run('export', '--format', 'dossier', '--case', '1', '-o', place.path('case.zip'), '--no-picture')
    assert run.code == 0, run.err
    assert place.run('evidence', 'verify', place.path('case.zip')).code == 0
    with open(place.path('big.png'), 'wb') as out:
        out.write(picture + bytes(8 << 20))
    big = place.run('queue', 'add', place.path('words.txt'), '--image', place.path('big.png'))
    assert big.code != 0 and 'longer than 8388608 bytes' in big.err, big.err
    kept = subprocess.run([*place.command('evidence', 'show', '1', '--part', 'response')], timeout=60,
                          stdout=subprocess.PIPE, check=True).stdout
    assert kept == picture, kept[:40]
    assert place.run('evidence', 'verify').code == 0
    bad = place.run('queue', 'add', place.path('words.txt'), '--image', place.path('other.txt'))
    assert bad.code == 65 and 'no PNG' in bad.err, bad.err


@test
def an_address_that_is_sent_in_is_fetched_once(place):
    place.small_board(ads=2, lures=1)
    place.board()
    endpoint = ['--test-endpoint', '127.0.0.1:%d' % place.port]
    run = place.run('queue', 'add', 'https://board.example/job/0', '--json', *endpoint)
    assert run.code == 0, run
    row = run.lines()[0]
    assert row['url'] == 'https://board.example/job/0' and row['source'] == 'sent-in', row
    assert len(place.requests('/job/0')) == 1 and len(place.requests('/robots.txt')) == 1
    run = place.run('queue', 'add', 'https://board.example/private/1', *endpoint)
    assert run.code != 0 and 'robots' in run.err and not place.requests('/private/1'), run
    run = place.run('queue', 'add', 'http://169.254.169.254/latest/', *endpoint)
    assert run.code != 0 and place.count('SELECT count(*) FROM cases') == 1, run
    assert place.run('evidence', 'verify').code == 0

main()
