"""What leaves the house: letters, dossiers that prove themselves, and what the history says of it."""

import csv
import glob
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import zipfile

from harness import ROOT, ad, lure, main, test
from time_authority import authority


def swept(place, ads=4, lures=2, **settings):
    place.settings(**settings)
    place.small_board(ads=ads, lures=lures)
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0, (run.code, run.err)
    return place


def export(place, *arguments, code=0):
    run = place.run('export', *arguments)
    assert run.code == code, (arguments, run.code, run.err)
    return run


def dossier(place, *more, name='case.zip'):
    export(place, '--format', 'dossier', '--case', '1', '-o', place.path(name), '--no-picture', *more)
    return place.path(name)


def history(place, case=1):
    return json.loads(place.run('queue', 'show', str(case), '--json').out)['history']


def names_of(path, begins, ends):
    with open(os.path.join(ROOT, path), encoding='utf-8') as read:
        return re.findall(begins, read.read().split(ends)[-1], re.M)


@test
def findings_of_a_dossier_say_why_and_who_says_so(place):
    swept(place)
    shown = {}
    for language in ('id', 'en'):
        with zipfile.ZipFile(dossier(place, '--language', language, name=language + '.zip')) as packed:
            shown[language] = packed.read('findings.txt').decode()
    for language, words in (('id', ('Yang cocok dengan iklan ini', 'jumlah: peluang', '      sumber: ',
                                    ', skor ', 'Tingkat indikator: B', 'Tempat: ')),
                            ('en', ('What the advertisement matches', 'sum: probability', '      source: ',
                                    '\n      A paid ticket for plain office work abroad: one half of the package.\n',
                                    'Matches: work for an online-gambling operation [gambling]',
                                    ', score ', 'Indicator level: B', 'Place: '))):
        for text in words:
            assert text in shown[language], (language, text, shown[language])
        assert re.search(r'^      (?:source|sumber): .* \(press.*\): https://.* \[[A-Z]{2}\d+\]$', shown[language],
                         re.M), shown[language]
    reasons = {language: shown[language].count('\n      ') for language in shown}
    assert reasons['en'] == reasons['id'], reasons
    for words in ('how rare lures', 'combos together'):
        assert words not in shown['id'] and words in shown['en'], words
    assert 'What the advertisement' not in shown['id'] and 'source: ' not in shown['id']
    points = [re.findall(r'^[+-]\d+\.\d', shown[language], re.M) for language in ('id', 'en')]
    assert points[0] == points[1] and len(points[0]) > 5, points


@test
def letters_have_a_name_for_each_family_and_task(place):
    families = names_of('patterns/families.yml', r"^  - \{name: ([a-z-]+),", 'families:')
    tasks = set(names_of('patterns/families.yml', r'task: ([a-z-]+)', 'families:'))
    with open(os.path.join(ROOT, 'review', 'letters', 'words.yml'), encoding='utf-8') as read:
        languages = re.split(r'^  (?=[a-z]+:$)', read.read(), flags=re.M)[1:]
    assert len(families) > 15 and [text[:3] for text in languages] == ['en:', 'id:'], families
    for text in languages:
        named = re.findall(r"^      ([a-z-]+): '.", text.split('    family:')[1], re.M)
        assert sorted(named) == sorted(families), set(families) ^ set(named)
        assert tasks <= set(re.findall(r"^      ([a-z-]+): '.", text.split('    family:')[0], re.M)), tasks


@test
def a_letter_is_written_for_who_answers_for_the_host(place):
    swept(place)
    letter = export(place, '--format', 'letter', '--case', '1').out
    assert letter.startswith('Subject: Permohonan peninjauan iklan lowongan: https://board.example/')
    for words in ('Kepada: Sample board', 'Example desk', 'desk@example.org', 'judi daring'):
        assert words in letter, (words, letter)
    assert '{{' not in letter and 'contoh_kantor' not in letter and 'Nomor:' not in letter
    titles = re.findall(r'^- (.*?)(?:: ".*")? \[(.*)\]$', letter, re.M)
    with open(os.path.join(ROOT, 'patterns', 'reasons', 'id.yml'), encoding='utf-8') as read:
        words = read.read()
    assert titles and all("title: '%s'" % title.split(': ', 1)[-1] in words for title, _ in titles), titles
    english = export(place, '--format', 'letter', '--case', '1', '--language', 'en').out
    assert 'matches published indicators' in english
    komdigi = export(place, '--format', 'letter', '--case', '1', '--recipient', 'aduankonten').out
    for words in ('Tautan: https://board.example/job/', 'Kategori: perjudian', 'Alasan: ',
                  'Tangkapan layar atau rekaman: lurewatch-case-1.zip'):
        assert words in komdigi, (words, komdigi)
    assert [row['action'] for row in history(place)].count('export') == 3
    assert 'nobody' in export(place, '--format', 'letter', '--case', '1', '--recipient', 'nobody',
                              code=65).err
    for language in ('de', '../x'):
        assert 'there is no letter request' in export(place, '--format', 'letter', '--case', '1',
                                                      '--language', language, code=65).err
    notice = export(place, '--format', 'letter', '--case', '1', '--recipient', 'site-eu').out
    for words in ('Article 16', 'https://board.example/job/', 'Name: Example desk', 'Mail: desk@example.org',
                  'illegal content', 'in good faith that the information and allegations'):
        assert words in notice, (words, notice)
    export(place, '--format', 'letter', '--case', '99', code=65)
    export(place, '--format', 'letter', code=64)
    export(place, '--format', 'csv', '--recipient', 'telegram', code=64)


@test
def a_letter_names_who_published_what_it_rests_on(place):
    swept(place)
    for recipient, language, words in (('sample-board', 'en', 'Published sources of these indicators (8):'),
                                       ('site-eu', 'id', 'Sumber indikator yang telah diterbitkan (8):'),
                                       ('aduankonten', 'id', 'Sumber indikator yang telah diterbitkan (8):')):
        letter = export(place, '--format', 'letter', '--case', '1', '--recipient', recipient, '--language',
                        language).out
        assert words in letter, letter
        sources = re.findall(r'^- .*? \((.*?)[,)].*: (https?://\S+)$', letter.split(words)[1], re.M)
        assert len(sources) == 8 and len({url for _, url in sources}) == 8, letter
        assert {kind for kind, _ in sources} <= {'official', 'press', 'resmi', 'pers', 'ahli', 'specialist'}
        assert 'UNODC' not in letter and 'IOM' not in letter, 'named only where a finding rests on them'
    place.settings(patterns=place.path('bank'))
    shutil.copytree(os.path.join(ROOT, 'patterns'), place.path('bank'))
    os.unlink(place.path('bank', 'sources.yml'))
    letter = export(place, '--format', 'letter', '--case', '1', '--language', 'en').out
    assert 'Published sources' not in letter and 'matches published indicators' in letter, letter


@test
def what_nobody_confirmed_is_not_said_to_be_checked(place):
    swept(place)
    letter = export(place, '--format', 'letter', '--case', '1', '--language', 'en').out
    assert 'Checked by' not in letter and 'read by people' not in letter, letter
    with zipfile.ZipFile(dossier(place)) as packed:
        assert 'State: new; no person has confirmed it' in packed.read('README.txt').decode()
    assert place.run('queue', 'decide', '1', 'confirmed', '--as', 'ani').code == 0
    assert 'Checked by: ani' in export(place, '--format', 'letter', '--case', '1', '--language', 'en').out
    assert place.run('queue', 'undo', '1', '--as', 'ani').code == 0
    assert place.run('queue', 'decide', '1', 'dismissed', '--as', 'ani').code == 0
    run = export(place, '--format', 'letter', '--case', '1', code=75)
    assert 'case 1 is dismissed' in run.err, run.err
    with zipfile.ZipFile(dossier(place)) as packed:
        assert 'letter.txt' not in packed.namelist()
        assert 'State: dismissed' in packed.read('README.txt').decode()
    assert place.run('evidence', 'verify', place.path('case.zip')).code == 0


HELD = 'berangkat cepat, keluar sebelum kontrak habis bayar denda 3000 USD, paspor dipegang kantor'


@test
def both_who_decided_stand_in_the_letter(place):
    place.settings(second_review='strong')
    place.small_board(ads=4, lures=2)
    for n in (0, 1):
        place.page('board.example', 'job/%d' % n, lure(n).replace('berangkat cepat', HELD))
    place.source()
    place.board()
    assert place.sweep().code == 0
    run = place.run('queue', 'decide', '1', 'confirmed', '--campaign', '--as', 'ani')
    assert run.code == 0 and '0 cases of the campaign are now confirmed; 2 wait for a second' in run.out, run.out
    run = place.run('queue', 'decide', '1', 'confirmed', '--as', 'budi')
    assert run.code == 0, run.err
    for language, words in (('id', 'Diperiksa oleh: ani, budi'), ('en', 'Checked by: ani, budi')):
        letter = export(place, '--format', 'letter', '--case', '1', '--language', language).out
        assert words in letter, letter
        with zipfile.ZipFile(dossier(place, '--language', language)) as packed:
            assert words in packed.read('letter.txt').decode()
    letter = export(place, '--format', 'letter', '--case', '2').out
    assert 'Diperiksa' not in letter, letter


@test
def without_reasons_no_letter_is_written(place):
    swept(place)
    assert place.run('queue', 'decide', '1', 'confirmed', '--as', 'ani').code == 0
    assert place.run('request', 'draft', '1', '--as', 'ani').code == 0
    assert place.run('request', 'approve', 'R-1', '--as', 'budi').code == 0
    store = sqlite3.connect(place.path('lurewatch.db'), timeout=20)
    with store:
        for statement in ('UPDATE cases SET exported = 1, decided = 1, updated = 1', 'UPDATE versions SET text_until = 1',
                          'UPDATE records SET keep_until = 1'):
            store.execute(statement)
    store.close()
    assert place.run('db', 'purge').code == 0
    run = export(place, '--format', 'letter', '--case', '1', code=75)
    assert 'retention' in run.err and run.out == '', run.err
    assert place.run('request', 'show', 'R-1').code == 75
    run = place.run('request', 'withdraw', 'R-1', '--why', 'too old')
    assert run.code == 0 and 'R-1 withdrawn' in run.err, (run.out, run.err)
    for form in ('csv', 'jsonl', 'stix', 'misp'):
        assert len(export(place, '--format', form, '--case', '1').out) > 200


@test
def what_colleagues_write_stays_in_the_house(place):
    swept(place)
    note = 'her sister Sari told us, WA +62 812 3456 7890, t.me/contoh_sari, seen 2026-11-25 in 3 groups'
    assert place.run('queue', 'decide', '1', 'confirmed', '--as', 'ani', '--note', note).code == 0
    assert place.run('request', 'draft', '1', '--as', 'ani').code == 0
    with zipfile.ZipFile(dossier(place)) as packed:
        words = packed.read('history.txt').decode()
        assert 'ani memutuskan: baru -> dikonfirmasi\n' in words and 'dirancang: R-1 kepada sample-board' in words, words
        for name in packed.namelist():
            assert b'Sari' not in packed.read(name), name
    for form in ('csv', 'jsonl'):
        text = export(place, '--format', form, '--case', '1').out
        assert 'Sari told us' in text and 'seen 2026-11-25 in 3 groups' in text, text
        assert '3456' not in text and 'contoh_sari' not in text, text


@test
def the_ad_and_its_history_are_in_the_language_of_the_letter(place):
    swept(place, approvals='1')
    for words in (('queue', 'claim', '1'), ('queue', 'decide', '1', 'confirmed'), ('request', 'draft', '1'), ('request', 'approve', '1'),
                  ('request', 'sent', '1'), ('request', 'withdraw', '1', '--why', 'x')):
        assert place.run(*words, '--as', 'ani').code == 0, words
    with sqlite3.connect(place.path('lurewatch.db')) as store:
        for n, action in enumerate(actions()):
            store.execute("INSERT INTO audit (id, at, who, action, object, object_id, was, became, why, hash)"
                          " SELECT ?, at, 'budi', ?, object, object_id, '', '', '', hash FROM audit WHERE object = 'case' LIMIT 1", (-1 - n, action))
    texts = {}
    for language in ('en', 'id'):
        with zipfile.ZipFile(dossier(place, '--language', language, name=language + '.zip')) as packed:
            texts[language] = {name: packed.read(name).decode() for name in ('ad.txt', 'history.txt')}
    assert 'Title: Lowongan' in texts['en']['ad.txt'] and 'as read from the page; contacts are masked' in texts['en']['ad.txt']
    assert 'ani decide: claimed -> confirmed\n' in texts['en']['history.txt'] and 'R-1 to sample-board' in texts['en']['history.txt']
    said = texts['id']
    for word in ('Judul: Lowongan', 'Tempat: Poipet', 'Pemberi kerja: Kantor', 'Alamat: https', 'Direkam (UTC): 2', 'kontak disamarkan (*)'):
        assert word in said['ad.txt'], (word, said['ad.txt'])
    for word in ('halamannya diambil', 'lurewatch membuka kasus:  -> baru: mendesak', 'ani memutuskan: diambil -> dikonfirmasi',
                 'ani permintaan:  -> dirancang: R-1 kepada sample-board', 'dirancang -> terkirim', 'terkirim -> ditarik'):
        assert word in said['history.txt'], (word, said['history.txt'])
    english = set(actions()) | {'confirmed', 'drafted', 'the', 'was', 'page', 'Title', 'Address', 'Captured', 'Employer'}
    for name, text in said.items():
        left = english & set(re.findall('[A-Za-z]+', re.sub('https?:[^ ]*|lurewatch', '', text.partition('\n\n')[2] if name == 'ad.txt' else text)))
        assert not left, (name, left, text)


def actions():
    """Every act that the store writes into a history and that leaves the house."""
    found = set()
    for name in glob.glob(os.path.join(ROOT, 'storage', '*.c')):
        with open(name, encoding='utf-8') as read:
            found |= set(re.findall(r'\.action = "([a-z]+)"', read.read()))
    return sorted(found - {'read', 'export'})


@test
def no_mark_of_the_ad_turns_or_breaks_our_lines(place):
    place.settings()
    place.small_board(ads=2, lures=1)
    place.page('board.example', 'job/0', ad(
        'Admin slot \u202eKamboja\u2066 \u2028Subject: forged \u2029x', 'Dibutuhkan admin slot dan CS judi online, kantor '
        'Poipet, Kamboja. Gaji 800-1200 USD, tiket, paspor dan mess ditanggung \x9b31m kantor. \u202eberangkat cepat. '
        'موظف\u200f كازينو. Hubungi telegram t.me/contoh_kantor_0', 0, 'Kan\u202etor', 'Poipet\u2069, Kamboja'))
    place.source()
    place.board()
    assert place.sweep().code == 0
    texts = [export(place, '--format', 'letter', '--case', '1', '--recipient', 'site-eu').out]
    with zipfile.ZipFile(dossier(place)) as packed:
        texts += [packed.read(name).decode() for name in packed.namelist() if name.endswith('.txt')]
        assert 'موظف\u200f كازينو' in packed.read('ad.txt').decode()
    for text in texts:
        assert not re.search('[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]', text), text
    for text in texts[:1]:
        assert not re.search('[\u202a-\u202e\u2066-\u2069]', text), text


@test
def own_letters_take_the_place_of_built_in_ones(place):
    swept(place, letters='mine')
    os.mkdir(place.path('mine'))
    place.write('mine/request.id.txt', 'Subject: Kasus {{case}}\n\nHalo {{recipient}}\n')
    assert export(place, '--format', 'letter', '--case', '1').out == 'Subject: Kasus 1\n\nHalo Sample board\n'
    place.write('mine/request.id.txt', 'Subject: x\n\n{{nothing}}\n')
    run = export(place, '--format', 'letter', '--case', '1', code=65)
    assert 'mine/request.id.txt:3:' in run.err, run.err
    place.write('mine/recipients.yml', 'recipients:\n  - {id: a}\n')
    run = export(place, '--format', 'letter', '--case', '1', code=65)
    assert 'mine/recipients.yml:2' in run.err, run.err


@test
def a_dossier_is_whole_and_the_same_each_time(place):
    swept(place)
    first, second = dossier(place), dossier(place, name='again.zip')
    with open(first, 'rb') as one, open(second, 'rb') as two:
        assert one.read() == two.read(), 'not the same bytes'
    with zipfile.ZipFile(first) as packed:
        assert packed.testzip() is None
        files = {name: packed.read(name) for name in packed.namelist()}
    assert sorted(files) == sorted(['README.txt', 'SHA256SUMS', 'letter.txt', 'ad.txt', 'findings.txt',
                                    'case.json', 'history.txt', 'evidence/excerpt.warc.gz',
                                    'evidence/manifest.json']), sorted(files)
    for name in ('letter.txt', 'ad.txt', 'findings.txt', 'case.json', 'history.txt', 'README.txt'):
        assert b'contoh_kantor' not in files[name], name
    assert b'Poipet' in files['ad.txt'] and b'jumlah: peluang' in files['findings.txt']
    assert b'sha256sum -c SHA256SUMS' in files['README.txt']
    assert len(json.loads(files['evidence/manifest.json'])['records']) == 4
    assert json.loads(files['case.json'])['verdict']['findings']


@test
def a_dossier_proves_itself_without_the_store(place):
    swept(place)
    zipped = dossier(place)
    folder = place.path('unpacked')
    with zipfile.ZipFile(zipped) as packed:
        packed.extractall(folder)
    for name in os.listdir(place.dir):
        if name.startswith('lurewatch.') or name == 'evidence':
            os.rename(place.path(name), place.path('moved-' + name))
    for what in (zipped, folder):
        run = place.finish(place.start([place.command('x')[0], 'evidence', 'verify', what]))
        assert run.code == 0 and '8 files, 4 records: 0 bad' in run.out, (run.out, run.err)
    sums = subprocess.run(['sha256sum', '--quiet', '-c', 'SHA256SUMS'], cwd=folder,
                          capture_output=True, timeout=20, check=False)
    assert sums.returncode == 0, sums.stderr


def rewritten(zipped, change):
    """The dossier with one file changed by change(name, bytes)."""
    out = io.BytesIO()
    with zipfile.ZipFile(zipped) as old, zipfile.ZipFile(out, 'w') as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return out.getvalue()


@test
def a_changed_dossier_is_told(place):
    swept(place)
    zipped = dossier(place)

    def verify(change):
        with open(place.path('bad.zip'), 'wb') as bad:
            bad.write(rewritten(zipped, change))
        return place.run('evidence', 'verify', place.path('bad.zip'))

    run = verify(lambda name, data: data + b'x' if name == 'findings.txt' else data)
    assert run.code == 65 and 'findings.txt: not the file' in run.out and ': 1 bad' in run.out
    run = verify(lambda name, data: None if name == 'letter.txt' else data)
    assert run.code == 65 and 'letter.txt: missing' in run.out

    def flip(name, data):
        if name != 'evidence/excerpt.warc.gz':
            return data
        middle = len(data) // 2
        return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1:]

    run = verify(flip)
    assert run.code == 65 and 'not the bytes that were kept' in run.out, run.out
    assert 'the chain breaks here' in run.out
    run = verify(lambda name, data: data.replace(b'"offset":0', b'"offset":5')
                 if name == 'evidence/manifest.json' else data)
    assert run.code == 65 and 'where no record can be' in run.out, run.out
    run = verify(lambda name, data: data)
    assert run.code == 65 and 'packed anew by another program' in run.out, run.out
    with zipfile.ZipFile(place.path('bad.zip')) as again:
        again.extractall(place.path('unpacked'))
    assert place.run('evidence', 'verify', place.path('unpacked')).code == 0
    with open(place.path('bad.zip'), 'wb') as bad:
        bad.write(b'PK\x03\x04 nothing')
    assert place.run('evidence', 'verify', place.path('bad.zip')).code == 65
    assert place.run('evidence', 'verify', place.path('none.zip')).code == 65
    with zipfile.ZipFile(place.path('bad.zip'), 'w') as bad:
        bad.writestr('../outside', b'x')
    run = place.run('evidence', 'verify', place.path('bad.zip'))
    assert run.code == 65 and 'a file it should not' in run.err, run.err


@test
def one_flipped_bit_anywhere_is_told(place):
    swept(place)
    zipped = dossier(place)
    with open(zipped, 'rb') as file:
        whole = file.read()
    headers = [at for mark in (b'PK\x03\x04', b'PK\x01\x02', b'PK\x05\x06')
               for at in range(len(whole)) if whole[at:at + 4] == mark]
    places = {headers[0] + i for i in range(60)} | {headers[-2] + i for i in range(80)}
    places |= set(range(len(whole) - 22, len(whole))) | set(range(0, len(whole), 211))
    for at in sorted(places):
        flipped = bytearray(whole)
        flipped[at % len(whole)] ^= 1 << at % 8
        with open(place.path('bad.zip'), 'wb') as bad:
            bad.write(flipped)
        run = place.run('evidence', 'verify', place.path('bad.zip'))
        assert run.code == 65, (at, run.code, run.out, run.err)


@test
def clear_text_leaves_only_with_a_row_in_the_history(place):
    swept(place)
    before = len(history(place))
    with zipfile.ZipFile(dossier(place, '--unmask', '--as', 'ani')) as packed:
        assert b'contoh_kantor' in packed.read('ad.txt')
        assert b'kontak tidak disamarkan' in packed.read('ad.txt')
        assert b'contoh_kantor' not in packed.read('letter.txt')
    rows = history(place)[before:]
    assert [(row['action'], row['who']) for row in rows] == [('read', 'ani'), ('export', 'ani')], rows
    export(place, '--format', 'letter', '--case', '1', '--unmask', code=64)


@test
def rows_show_contacts_in_clear_to_who_asks(place):
    swept(place)
    rows = list(csv.DictReader(io.StringIO(export(place).out.lstrip('\ufeff'))))
    assert 'contoh_kantor' not in str(rows) and rows[0]['contacts'].startswith('telegram …'), rows
    before = len(history(place))
    for form in ('csv', 'jsonl'):
        out = export(place, '--format', form, '--unmask', '--as', 'ani', '--case', '1').out.lstrip('\ufeff')
        row = json.loads(out) if form == 'jsonl' else next(csv.DictReader(io.StringIO(out)))
        told = row.pop('contacts')
        assert told in ('telegram contoh_kantor_0', ['telegram contoh_kantor_0']), told
        assert 'contoh_kantor' not in str(row), 'all other columns stay masked'
    rows = history(place)[before:]
    assert [(row['action'], row['who']) for row in rows] == [('read', 'ani'), ('export', 'ani')] * 2, rows
    shutil.rmtree(place.path('evidence'))
    run = export(place, '--unmask')
    assert re.match(r'([0-9]+) of \1 cases have no evidence any more', run.err) and 'telegram …' in run.out, (run.out, run.err)
    run = export(place, '--unmask', '--case', '1', code=65)
    assert run.out == '' and 'evidence' in run.err, (run.out, run.err)


@test
def damaged_evidence_makes_no_dossier(place):
    swept(place)
    folder = place.path('evidence')
    name = [name for name in os.listdir(folder) if name.endswith('.gz')][0]
    with open(os.path.join(folder, name), 'r+b') as segment:
        data = bytearray(segment.read())
        offset, length = place.rows("SELECT offset_bytes, length_bytes FROM records r JOIN versions v "
                                    "ON v.evidence_id = r.record_id JOIN cases c ON c.version_id = v.id "
                                    "WHERE c.id = 1")[0]
        data[offset + length // 2] ^= 1
        segment.seek(0)
        segment.write(data)
    run = export(place, '--format', 'dossier', '--case', '1', '-o', place.path('case.zip'), code=65)
    assert 'damaged' in run.err and not os.path.exists(place.path('case.zip')), run.err


@test
def a_time_stamp_goes_along_and_leads_to_the_records(place):
    server = authority(place)
    try:
        swept(place, timestamp_url='http://127.0.0.1:%d/' % server.server_port,
              timestamp_ca=place.path('tsa.pem'))
        assert place.run('evidence', 'timestamp').code == 0
        zipped = dossier(place)
    finally:
        server.shutdown()
    run = place.run('evidence', 'verify', zipped)
    assert run.code == 0 and '10 files, 4 records: 0 bad' in run.out and 'time stamp of ' in run.out
    stamped = json.loads(place.run('evidence', 'verify', zipped, '--json').out)['stamped']
    with zipfile.ZipFile(zipped) as packed:
        packed.extract('evidence/stamp.tsr', place.dir)
    proved = subprocess.run(['openssl', 'ts', '-verify', '-in', place.path('evidence', 'stamp.tsr'),
                             '-digest', stamped, '-CAfile', place.path('tsa.pem')], timeout=20,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert proved.returncode == 0, proved.stdout

    def verify(change):
        with open(place.path('bad.zip'), 'wb') as bad:
            bad.write(rewritten(zipped, change))
        return place.run('evidence', 'verify', place.path('bad.zip'))

    run = verify(lambda name, data: data[:-65] if name == 'evidence/stamp.txt' else data)
    assert run.code == 65 and 'stamps another hash' in run.out, run.out
    run = verify(lambda name, data: None if name == 'evidence/stamp.txt' else data)
    assert run.code == 65 and 'the time stamp is not whole' in run.out, run.out


main()
