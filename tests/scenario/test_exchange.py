"""STIX, MISP and XARF as other desks' programs want them; spreadsheets that would run what ads say."""

import base64
import csv
import hashlib
import io
import json
import os
import re
import sqlite3
import uuid

from harness import ROOT, ad, main, test

SCO = uuid.UUID('00abedb4-aa42-466c-9c01-fed23315a9b7')  # STIX 2.1, section 2.9
ID = re.compile(r'^[a-z][a-z0-9-]+--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$')
TIME = re.compile(r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$')

LURE = ('Dibutuhkan admin slot dan CS judi online, kantor Poipet, Kamboja. Gaji 800-1200 USD, tiket, '
        'paspor dan mess ditanggung kantor. Tanpa pengalaman, berangkat cepat. Hubungi telegram '
        't.me/contoh_kantor_9, surel hrd@kantor.example.org atau https://kantor-contoh.example/daftar')


def swept(place, text=LURE, **settings):
    place.settings(**settings)
    place.small_board(ads=3, lures=1)
    place.page('board.example', 'job/0', ad('Lowongan admin slot Kamboja', text, 0, 'Kantor',
                                            'Poipet, Kamboja'))
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0, (run.code, run.err)
    assert place.run('queue', 'decide', '1', 'confirmed', '--as', 'ani').code == 0
    return place


def export(place, *arguments, code=0):
    run = place.run('export', *arguments)
    assert run.code == code, (arguments, run.code, run.err)
    return run


def change(place, *statements):
    store = sqlite3.connect(place.path('lurewatch.db'), timeout=20)
    with store:
        for statement in statements:
            store.execute(statement)
    store.close()


def by_type(bundle):
    return {thing['type']: thing for thing in bundle['objects']}


@test
def stix_is_a_bundle_that_refers_to_what_it_holds(place):
    swept(place)
    text = export(place, '--format', 'stix').out
    assert text == export(place, '--format', 'stix').out, 'the same cases, another bundle'
    bundle = json.loads(text)
    assert bundle['type'] == 'bundle' and ID.match(bundle['id'])
    things = by_type(bundle)
    assert set(things) == {'marking-definition', 'identity', 'url', 'artifact', 'observed-data',
                           'indicator', 'relationship', 'report'}
    ids = {thing['id'] for thing in bundle['objects']}
    assert len(ids) == len(bundle['objects'])
    for thing in bundle['objects']:
        assert ID.match(thing['id']) and thing['id'].startswith(thing['type'] + '--'), thing['id']
        assert thing['spec_version'] == '2.1'
        for ref in thing.get('object_refs', []) + thing.get('object_marking_refs', []) + [
                thing.get(key, thing['id']) for key in ('created_by_ref', 'source_ref', 'target_ref')]:
            assert ref in ids, ref
        for key in ('created', 'modified', 'published', 'valid_from'):
            assert key not in thing or TIME.match(thing[key]), thing[key]
    url = things['url']
    assert url['value'] == 'https://board.example/job/0'
    canonical = json.dumps({'value': url['value']}, separators=(',', ':'))
    assert url['id'] == 'url--%s' % uuid.uuid5(SCO, canonical)
    assert things['indicator']['pattern'] == "[url:value = 'https://board.example/job/0']"
    fields = base64.b64decode(things['artifact']['payload_bin'])
    assert things['artifact']['hashes'] == {'SHA-256': hashlib.sha256(fields).hexdigest()}
    canonical = json.dumps({key: things['artifact'][key] for key in ('hashes', 'payload_bin')},
                           separators=(',', ':'))
    assert things['artifact']['id'] == 'artifact--%s' % uuid.uuid5(SCO, canonical)
    assert json.loads(fields)['task'] == 'gambling' and 'gambling' in things['report']['labels']
    assert things['observed-data']['object_refs'] == [url['id'], things['artifact']['id']]
    assert things['relationship']['source_ref'] == things['indicator']['id']
    assert 'admin slot' in things['report']['description']
    assert 'contoh_kantor' not in text and 'hrd@' not in text and 'trafficker' not in text.lower()


@test
def stix_contacts_leave_only_when_asked_for(place):
    swept(place)
    things = by_type(json.loads(export(place, '--format', 'stix', '--unmask', '--as', 'ani').out))
    account = things['user-account']
    assert (account['account_type'], account['user_id']) == ('telegram', 'contoh_kantor_9'), account
    canonical = json.dumps({'account_type': 'telegram', 'user_id': account['user_id']},
                           separators=(',', ':'))
    assert account['id'] == 'user-account--%s' % uuid.uuid5(SCO, canonical)
    assert things['email-addr']['value'] == 'hrd@kantor.example.org'
    assert account['id'] in things['report']['object_refs']
    history = json.loads(place.run('queue', 'show', '1', '--json').out)['history']
    assert [row['who'] for row in history if row['action'] == 'read'] == ['ani']


@test
def misp_objects_fit_the_template_that_is_shipped(place):
    swept(place)
    with open(os.path.join(ROOT, 'review', 'job-lure.json'), encoding='utf-8') as file:
        template = json.load(file)
    for more in ([], ['--unmask']):
        event = json.loads(export(place, '--format', 'misp', *more).out)['Event']
        assert uuid.UUID(event['uuid']) and event['info'] and re.match(r'\d{4}-\d\d-\d\d$', event['date'])
        assert {'tlp:amber'} <= {tag['name'] for tag in event['Tag']}
        for thing in event['Object']:
            assert thing['template_uuid'] == template['uuid'] and thing['name'] == template['name']
            assert thing['template_version'] == str(template['version'])
            relations = [row['object_relation'] for row in thing['Attribute']]
            assert set(template['required']) <= set(relations)
            for row in thing['Attribute']:
                wanted = template['attributes'][row['object_relation']]
                assert row['type'] == wanted['misp-attribute'], row
                assert row['category'] in wanted['categories'], row
                assert wanted.get('multiple') or relations.count(row['object_relation']) == 1
                assert row['value'] and uuid.UUID(row['uuid']) and row['to_ids'] is False
        assert ('contact-email' in relations) == bool(more)


@test
def misp_without_objects_has_the_same_attributes(place):
    # the strict published schema of an event has no member Object, and of an attribute these alone
    members = {'uuid', 'comment', 'type', 'category', 'to_ids', 'timestamp', 'value'}
    swept(place)
    whole = json.loads(export(place, '--format', 'misp').out)['Event']
    flat = json.loads(export(place, '--format', 'misp-flat').out)['Event']
    assert 'Object' not in flat and len(flat['Attribute']) == len(whole['Object'][0]['Attribute'])
    for row, same in zip(flat['Attribute'], whole['Object'][0]['Attribute']):
        assert set(row) == members, set(row)
        assert (row['type'], row['value'], row['uuid']) == (same['type'], same['value'], same['uuid'])
        assert row['comment'] == 'job-lure %s: https://board.example/job/0' % same['object_relation']
    assert len({row['uuid'] for row in flat['Attribute']}) == len(flat['Attribute'])


def two_alike(place):
    """Two cases with the same words and contact."""
    place.small_board(ads=2, lures=0)
    for nth in (0, 1):
        place.page('board.example', 'job/%d' % nth, ad('Admin slot Kamboja %d' % nth, LURE, 0,
                                                       'Kantor', 'Poipet, Kamboja'))
    place.source()
    place.board()
    assert place.sweep().code == 0


@test
def a_contact_of_two_ads_is_one_object(place):
    two_alike(place)
    bundle = json.loads(export(place, '--format', 'stix', '--unmask', '--as', 'ani').out)
    ids = [thing['id'] for thing in bundle['objects']]
    assert len([one for one in ids if one.startswith('report--')]) == 2
    assert len(ids) == len(set(ids)), 'one object stands twice'


@test
def xarf_speaks_of_the_recruiters_own_site(place):
    swept(place)
    run = export(place, '--format', 'xarf')
    report = json.loads(run.out.splitlines()[0])
    assert (report['category'], report['type'], report['fraud_type']) == ('content', 'fraud', 'employment')
    assert report['source_identifier'] == 'kantor-contoh.example' == report['domain'], report
    assert report['url'].startswith('https://kantor-contoh.example'), report['url']
    assert uuid.UUID(report['report_id']).version == 4 and 0 <= report['confidence'] <= 1
    assert report['reporter'] == {'org': 'Example desk', 'contact': 'desk@example.org',
                                  'domain': 'example.org'}
    evidence = report['evidence'][0]
    payload = base64.b64decode(evidence['payload'])
    assert evidence['hash'] == 'sha256:' + hashlib.sha256(payload).hexdigest()
    assert evidence['size'] == len(payload) and b'contoh_kantor' not in payload
    assert run.out == export(place, '--format', 'xarf').out
    assert all(re.match(r'^[a-z0-9][a-z0-9_+-]*:[a-z0-9][a-z0-9_+-]*$', tag) for tag in report['tags'])


@test
def a_board_is_no_source_of_abuse(place):
    swept(place, text=LURE.split('Hubungi')[0] + 'Hubungi telegram t.me/contoh_kantor_9')
    run = export(place, '--format', 'xarf')
    assert run.out == '' and '1 of 1 cases name no site' in run.err
    run = export(place, '--format', 'xarf', '-o', place.path('none.jsonl'), code=65)
    assert 'nothing is written' in run.err and not os.path.exists(place.path('none.jsonl')), run.err
    assert place.count("SELECT count(*) FROM audit WHERE action = 'export'") == 0
    run = export(place, '--format', 'xarf', '--own-sites')
    assert json.loads(run.out)['source_identifier'] == 'board.example'
    place.settings(contact='https://agency.example/crawler')
    run = export(place, '--format', 'xarf', code=65)
    assert 'mail address' in run.err
    export(place, '--format', 'csv', '--own-sites', code=64)
    export(place, '--format', 'xarf', '--unmask', code=64)
    for form in ('stix', 'misp', 'misp-flat', 'xarf'):
        assert export(place, '--format', form, '--case', '77', code=65).out == '', 'nothing of half a file'


PLACES = ('https://forms.gle/AbCd https://docs.google.com/forms/d/1 https://www.facebook.com/kantor https://bit.ly/aB '
          'https://board.example/job/0 https://www.board.example/about http://192.168.0.7/x http://kantor/x '
          'http://203.0.113.7/apply http://2130706433/x ')


@test
def only_sites_of_the_recruiters_own_are_reported(place):
    swept(place, text=LURE.replace('/daftar', '/Daftar?x=1') + ' atau https://kantor-contoh.example/Daftar?x=1 '
          'http://loker-contoh.example/apply ' + PLACES)
    reports = [json.loads(line) for line in export(place, '--format', 'xarf').out.splitlines()]
    assert [(report['source_identifier'], report['url']) for report in reports] == [
        ('loker-contoh.example', 'http://loker-contoh.example/apply'),
        ('kantor-contoh.example', 'https://kantor-contoh.example/Daftar?x=1')], [report['url'] for report in reports]
    assert len({report['report_id'] for report in reports}) == 2
    decided = json.loads(place.run('export', '--format', 'jsonl').out)['decided_at']
    assert all(report['verified_at'][:19] == decided[:19] for report in reports), (reports[0], decided)
    own = export(place, '--format', 'xarf', '--own-sites').out.splitlines()
    assert [json.loads(line)['source_identifier'] for line in own] == [
        'board.example', 'loker-contoh.example', 'kantor-contoh.example']
    for form in ('misp', 'misp-flat'):
        event = json.loads(export(place, '--format', form, '--unmask').out)['Event']
        rows = event['Object'][0]['Attribute'] if form == 'misp' else event['Attribute']
        assert len({row['uuid'] for row in rows}) == len(rows), 'a contact stands twice'
        assert [row['value'] for row in rows].count('https://kantor-contoh.example/Daftar?x=1') == 1
    urls = [thing['value'] for thing in json.loads(export(place, '--format', 'stix', '--unmask').out)['objects']
            if thing['type'] == 'url']
    assert 'https://kantor-contoh.example/Daftar?x=1' in urls and len(urls) == len(set(urls)), urls


@test
def each_form_names_who_published_what_it_rests_on(place):
    swept(place)
    row = json.loads(export(place, '--format', 'jsonl').out)
    assert len(row['rules']) == len(row['indicators']) and 'combo.gambling-package' in row['rules'], row
    assert len(row['sources']) > 4, row['sources']
    assert all(re.match(r'.+ \((official|press|specialist|repost|blog)[,)].*: https?://\S+$', source)
               for source in row['sources']), row['sources']
    table = list(csv.reader(io.StringIO(export(place, '--format', 'csv').out.lstrip('\ufeff'))))
    assert table[0][-4:] == ['bank', 'rules', 'sources', 'contacts'], table[0]
    assert table[1][-3:-1] == ['; '.join(row['rules']), '; '.join(row['sources'])], table[1]
    report = by_type(json.loads(export(place, '--format', 'stix').out))['report']
    assert len(report['external_references']) == 8
    assert all(set(one) == {'source_name', 'description', 'url'} for one in report['external_references'])
    event = json.loads(export(place, '--format', 'misp').out)['Event']
    named = [one['value'] for one in event['Object'][0]['Attribute'] if one['object_relation'] == 'source']
    assert len(named) == 8 and all('://' in one for one in named), named
    payload = json.loads(export(place, '--format', 'xarf').out)['evidence'][0]['payload']
    assert base64.b64decode(payload).decode().split('Published sources of these indicators:')[1].count('://') == 8
    assert 'UNODC' not in report['description']


@test
def own_lists_of_shared_hosts_are_read(place):
    swept(place, letters='mine')
    os.mkdir(place.path('mine'))
    place.write('mine/shared.yml', "hosts: ['kantor-contoh.example']\n")
    run = export(place, '--format', 'xarf')
    assert run.out == '' and '1 of 1 cases name no site' in run.err, run.out
    place.write('mine/shared.yml', "hosts:\n  - '*.example'\n")
    assert 'mine/shared.yml:2:' in export(place, '--format', 'xarf', code=65).err


@test
def one_without_evidence_does_not_keep_the_others_back(place):
    two_alike(place)
    change(place, "UPDATE records SET keep_until = 1 WHERE record_id IN (SELECT evidence_id FROM versions"
           " WHERE id = (SELECT version_id FROM cases WHERE id = 1))",
           "UPDATE versions SET text_until = 1 WHERE id = (SELECT version_id FROM cases WHERE id = 1)")
    assert place.run('db', 'purge').code == 0
    for form in (['stix', '--unmask'], ['misp', '--unmask'], ['xarf']):
        run = export(place, '--format', *form)
        assert '1 of 2 cases have no evidence any more' in run.err and len(run.out) > 500, run.err
        export(place, '--format', *form, '--case', '1', code=65)
        export(place, '--format', *form, '--case', '2')


@test
def what_is_longer_than_others_can_hold_is_cut(place):
    swept(place, text=LURE + ' ' + '\u0e01' * 50000)
    change(place, "UPDATE cases SET note = '%s' WHERE id = 1" % ('\u0e01' * 20000))
    values = [row['value'] for row in json.loads(export(place, '--format', 'misp').out)['Event']['Object'][0]['Attribute']]
    longest = max(values, key=len)
    assert 50000 < len(longest.encode()) <= 60000 and '\ufffd' not in longest, len(longest.encode())
    rows = list(csv.reader(io.StringIO(export(place, '--format', 'csv').out.lstrip('\ufeff'))))
    cell = max(rows[1], key=len)
    assert len(cell) < 32767 and len(cell.encode()) > 15000 and cell.endswith('\u2026'), len(cell)


@test
def an_empty_queue_is_still_valid(place):
    place.small_board(ads=2, lures=0)
    place.source()
    place.board()
    assert place.sweep().code == 0
    assert json.loads(export(place, '--format', 'misp').out)['Event']['Object'] == []
    assert json.loads(export(place, '--format', 'misp-flat').out)['Event']['Attribute'] == []
    assert [thing['type'] for thing in json.loads(export(place, '--format', 'stix').out)['objects']] == [
        'marking-definition', 'identity']
    assert export(place, '--format', 'xarf').out == ''


@test
def no_cell_of_a_spreadsheet_begins_a_formula(place):
    swept(place, text='=HYPERLINK("http://x.example","admin slot") ' + LURE)
    assert place.run('queue', 'undo', '1', '--as', 'ani').code == 0
    assert place.run('queue', 'decide', '1', 'confirmed', '--as', '=ani', '--note', '=1+1').code == 0
    text = export(place, '--format', 'csv').out
    rows = list(csv.reader(io.StringIO(text.lstrip('\ufeff'))))
    assert len(rows) == 2
    for cell in rows[1]:
        assert not re.match(r'^[\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]', cell), cell
        assert not re.match(r'^[\t\r\n]', cell), cell
    assert "'=1+1" in rows[1] and "'=ani" in rows[1]


main()
