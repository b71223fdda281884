"""What must last and what must not: restore rehearsed, copies between engines, retention, a person's
request, an older store brought up to date."""

import glob
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess

from harness import Place, main, small_disk, test
from postgres_server import Server


def swept(place, **keys):
    place.small_board(ads=9, lures=4)
    place.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.settings(sample_per_mille='1000', **keys)
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert len(place.case_urls()) == 4
    return run


def ran(place, *words):
    run = place.run(*words)
    assert run.code == 0, (words, run.code, run.out, run.err)
    return run.out


def change(place, *statements):
    store = sqlite3.connect(place.path('lurewatch.db'))
    for statement in statements:
        store.execute(statement)
    store.commit()
    store.close()


@test
def a_whole_backup_is_restored_where_nothing_stands(place):
    swept(place)
    ran(place, 'queue', 'decide', '1', 'confirmed', '--as', 'ani', '--note', 'seen')
    before = ran(place, 'queue', 'show', '2', '--json')
    with open(place.path('accounts'), 'w', encoding='utf-8') as file:
        file.write('ani:administrator:x\n')
    ran(place, 'db', 'backup', place.path('backup') + '/')
    other = Place()
    try:
        os.unlink(other.path('lurewatch.yml'))
        ran(other, 'db', 'restore', place.path('backup'))
        for name in ('lurewatch.db', 'contact.key', 'accounts', 'evidence.machine', 'lurewatch.yml'):
            assert os.path.exists(other.path(name)), name
        for name in ('contact.key', 'accounts'):
            assert os.stat(other.path(name)).st_mode & 0o777 == 0o600, name
        with open(other.path('accounts'), encoding='utf-8') as file:
            assert file.read() == 'ani:administrator:x\n'
        ran(other, 'db', 'check')
        ran(other, 'evidence', 'verify')
        assert ran(other, 'queue', 'show', '2', '--json') == before
        again = other.run('db', 'restore', place.path('backup'))
        assert again.code == 73 and 'overwrites nothing' in again.err, (again.code, again.err)
        # a sweep goes on from there: same contacts, same cases, nothing new
        other.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
        other.port = place.port
        run = other.sweep('--source', 'board')
        assert run.code == 0, run.err
        assert other.case_urls() == place.case_urls()
        ran(other, 'evidence', 'verify')
    finally:
        other.close()


@test
def a_backup_that_found_no_room_leaves_nothing(place):
    ran(place, 'db', 'init')
    os.mkdir(place.path('evidence'))
    with open(place.path('evidence', 'lurewatch-x.warc.gz'), 'wb') as out:
        out.write(os.urandom(4 << 20))
    disk = small_disk(place, 3 << 10)
    try:
        with open(os.path.join(disk, 'fill'), 'wb') as out:
            out.write(bytes((3 << 20) - (64 << 10)))
        for folder, name in (('/new/', '/new/store.db'), ('/store.db', '/store.db')):
            run = place.run('db', 'backup', disk + folder)
            assert run.code == 74 and name + ': no space left' in run.err, (run.code, run.err)
            assert os.listdir(disk) == ['fill'], os.listdir(disk)
        os.truncate(os.path.join(disk, 'fill'), 0)
        os.mkdir(os.path.join(disk, 'old'))
        for folder, stays in (('/new/', False), ('/old/', True)):
            run = place.run('db', 'backup', disk + folder)
            assert run.code == 74 and 'evidence/lurewatch-x' in run.err and 'no space' in run.err, (run.code, run.err)
            assert not os.path.exists(disk + '/new') and not os.path.exists(disk + '/old/store.db'), folder
        assert os.path.isdir(disk + '/old')
    finally:
        subprocess.run(['umount', disk], check=False)


@test
def a_backup_that_was_changed_is_not_restored(place):
    swept(place)
    ran(place, 'db', 'backup', place.path('backup') + '/')
    segment = glob.glob(place.path('backup', 'evidence', '*.warc.gz'))[0]
    with open(segment, 'r+b') as file:
        file.seek(100)
        byte = file.read(1)
        file.seek(100)
        file.write(bytes([byte[0] ^ 1]))
    other = Place()
    try:
        run = other.run('db', 'restore', place.path('backup'))
        assert run.code == 65 and segment in run.err, (run.code, run.err)
        assert not os.path.exists(other.path('lurewatch.db'))
        assert not os.path.exists(other.path('contact.key'))
    finally:
        other.close()


@test
def a_store_goes_to_postgresql_and_back(place):
    swept(place)
    listed = ran(place, 'queue', 'list', '--json')
    server = Server()
    try:
        one = 'sqlite:' + place.path('lurewatch.db')
        ran(place, 'db', 'copy', one, server.url)
        taken = place.run('db', 'copy', one, server.url)
        assert taken.code == 73 and 'holds rows already' in taken.err, taken.err
        place.settings(store=server.url, sample_per_mille='1000')
        assert ran(place, 'queue', 'list', '--json') == listed
        for words in (('db', 'check'), ('db', 'stats'), ('evidence', 'verify')):
            ran(place, *words)
        doctor = place.run('doctor')
        assert 'postgresql://' in doctor.out and 'user=' not in doctor.out, doctor.out
        run = place.sweep('--source', 'board')
        assert run.code == 0, run.err
        ran(place, 'queue', 'decide', '1', 'dismissed', '--as', 'ani')
        ran(place, 'db', 'copy', server.url, 'sqlite:' + place.path('back.db'))
        place.settings(store='sqlite:back.db', sample_per_mille='1000')
        assert '"dismissed"' in ran(place, 'queue', 'show', '1', '--json')
        ran(place, 'db', 'check')
        ran(place, 'evidence', 'verify')
        assert len(json.loads('[%s]' % ','.join(
            ran(place, 'queue', 'list', '--json').split('\n')[:-1]))) == 3
    finally:
        server.stop()


@test
def a_store_is_not_copied_into_itself(place):
    ran(place, 'db', 'init')
    path = place.path('lurewatch.db')
    os.symlink('lurewatch.db', place.path('other.db'))
    os.link(path, place.path('hard.db'))
    for other in (path, place.path('other.db'), place.path('hard.db'), place.path('sources/../lurewatch.db')):
        run = place.run('db', 'copy', 'sqlite:' + path, 'sqlite:' + other)
        assert run.code == 64 and 'is the store that is to be copied' in run.err, (run.code, run.err)
    ran(place, 'db', 'copy', 'sqlite:' + path, 'sqlite:' + place.path('new.db'))


@test
def damage_is_told_wherever_it_is(place):
    ran(place, 'db', 'init')
    path = place.path('lurewatch.db')
    with open(path, 'rb') as store:
        whole = store.read()
    junk = bytes(range(256)) * 16
    for name, bytes_ in (('cut', whole[:5000]), ('a page', whole[:4096 * 3] + junk * 6 + whole[4096 * 9:]),
                         ('the head', junk + whole[4096:]), ('all', b'no store, ' * 500)):
        with open(path, 'wb') as store:
            store.write(bytes_)
        run = place.run('db', 'check')
        assert run.code == 65 and 'lurewatch.db' in run.err, (name, run.code, run.err)
    os.unlink(path)
    assert place.run('db', 'check').code == 69


@test
def retention_takes_text_and_leaves_tombstones(place):
    swept(place)
    ran(place, 'queue', 'decide', '1', 'dismissed', '--as', 'ani')
    assert json.loads(ran(place, 'db', 'purge', '--json'))['texts'] == 0
    change(place, 'UPDATE cases SET decided = decided - 31 * 86400000 WHERE id = 1',
           'UPDATE versions SET text_until = 1 WHERE text_until > 0',
           'UPDATE records SET keep_until = 1 WHERE keep_until > 0')
    dry = json.loads(ran(place, 'db', 'purge', '--dry-run', '--json'))
    assert dry['dismissed'] == 1 and dry['texts'] == 6 and dry['records_gone'] == 0, dry
    old = glob.glob(place.path('evidence', '*'))
    gone = json.loads(ran(place, 'db', 'purge', '--json', '--as', 'ani', '--why', 'monthly'))
    assert gone['records_gone'] == gone['records_marked'] == 18, gone
    assert len(gone['gone']) == 18 and all(len(one['sha256']) == 64 for one in gone['gone'])
    new = glob.glob(place.path('evidence', '*'))
    assert len(new) == 1 and new != old, new
    verify = json.loads(ran(place, 'evidence', 'verify', '--json'))
    assert verify['purged'] == 18 and verify['bad'] == [], verify
    ran(place, 'db', 'check')
    shown = ran(place, 'queue', 'show', '1', '--json')
    assert '"dismissed"' in shown
    left = json.loads(shown)
    assert left['text_gone'] == 'retention' and left['verdict']['band'] == left['band'] == 'urgent', left
    assert left['verdict']['score'] == left['score'] and left['verdict']['task'] == left['task'], left
    told = ran(place, 'queue', 'show', '1')
    assert 'the time they may be kept is over' in told and '\nurgent: score' in told, told
    assert 'missing:' not in told and 'score 50' not in told and left['reasons'][0] in told, told
    assert 'text_gone' not in ran(place, 'queue', 'show', '2', '--json')
    gone_evidence = place.run('evidence', 'show', '1')
    assert gone_evidence.code == 65 and 'taken out by retention' in gone_evidence.err
    ran(place, 'evidence', 'show', '2')
    # the bytes are really gone
    text = gzip.open(new[0]).read()
    assert b'/job/0 ' not in text and b'/job/1' in text
    run = place.sweep('--source', 'board')
    assert run.code == 0, run.err
    ran(place, 'evidence', 'verify')


@test
def a_person_who_asks_is_forgotten_and_the_request_is_on_record(place):
    swept(place)
    found = json.loads(ran(place, 'queue', 'show', '1', '--json'))
    assert found['contacts'], found
    metadata = json.loads(ran(place, 'evidence', 'show', '1'))
    contact = metadata['ads'][0]['verdict']['contacts'][0]
    assert contact['kind'] == 'telegram', contact
    words = ['db', 'forget', '--contact', '@' + contact['value'].upper(), '--kind', contact['kind'], '--as', 'ani',
             '--why', 'letter of 2026-11-24', '--json']
    gone = json.loads(ran(place, *words))
    assert gone['texts'] >= 1 and gone['records_gone'] >= 3, gone
    assert place.count("SELECT count(*) FROM audit WHERE action = 'forget' AND object = 'store'") == 1
    ran(place, 'evidence', 'verify')
    ran(place, 'db', 'check')
    assert place.run('evidence', 'show', '1').code == 65
    assert json.loads(ran(place, *words))['texts'] == 0
    assert json.loads(ran(place, 'queue', 'show', '1', '--json'))['text_gone'] == 'request'
    assert "a person's request took them" in ran(place, 'queue', 'show', '1')


@test
def notes_that_name_who_is_forgotten_are_told(place):
    swept(place)
    number, other = '0812-3456 7890', '0812-3456 7891'
    ran(place, 'queue', 'note', '1', 'called T.me/Contoh_Kantor_0 back', '--as', 'budi')
    ran(place, 'queue', 'note', '2', 'nothing of them', '--as', 'budi')
    ran(place, 'queue', 'decide', '1', 'confirmed', '--as', 'ani', '--note', 'also (0812) 3456 7890, @contoh_kantor_0')
    gone = json.loads(ran(place, 'db', 'forget', '--contact', 't.me/contoh_kantor_0', '--json'))
    assert [(note['object'], note['id'], note['who']) for note in gone['notes_kept']] == [('case', 1, 'budi'), ('case', 1, 'ani')], gone
    assert 'note' not in json.loads(ran(place, 'queue', 'show', '1', '--json'))
    ran(place, 'db', 'check')
    told = ran(place, 'db', 'forget', '--contact', '+62 812 3456 7890', '--kind', 'phone')
    assert 'case 1: what ani wrote there on 20' in told and 'stays there' in told and 'budi' not in told, told
    assert 'wrote there' not in ran(place, 'db', 'forget', '--contact', other, '--kind', 'phone')


def later_steps():
    """The SQL of every step after the first, as storage/migrations.c has it."""
    with open(os.path.join(os.path.dirname(__file__), '../../storage/migrations.c')) as source:
        text = source.read()
    table = text[text.index('steps[]'):]
    names = [name for row in re.findall(r'^    \{(.*?)\},', table, re.M)[1:] for name in row.split(', ')]
    blocks = [re.search(r'static const char %s\[\] =(.*?);\n' % name, text, re.S).group(1) for name in names]
    return ' '.join(''.join(re.findall(r'"(.*?)"', block)) for block in blocks)


def older(place):
    """The store as version 1 was: what later steps added is taken away."""
    sql = later_steps()
    gone = re.findall(r'DROP (?:TABLE|INDEX) (\w+)', sql)
    undo = ['DROP INDEX %s' % name for name in re.findall(r'CREATE (?:UNIQUE )?INDEX (\w+)', sql) if name not in gone]
    undo += ['DROP TABLE %s' % name for name in reversed(re.findall(r'CREATE TABLE (\w+)', sql)) if name not in gone]
    undo += ['ALTER TABLE %s DROP COLUMN %s' % pair
             for pair in re.findall(r'ALTER TABLE (\w+) ADD COLUMN (\w+)', sql)]
    undo.append('DROP TABLE case_words')  # a macro's words in the steps
    assert len(undo) > 10, sql
    change(place, *undo, "UPDATE meta SET value = '1' WHERE name = 'schema'")


@test
def an_older_store_is_copied_then_brought_up_to_date(place):
    swept(place)
    urls = place.case_urls()
    older(place)
    with open(place.path('lurewatch.db'), 'rb') as file:
        as_it_was = file.read()
    refused = place.run('db', 'stats')
    assert refused.code == 69 and 'db migrate' in refused.err, refused.err
    out = ran(place, 'db', 'migrate')
    copies = glob.glob(place.path('lurewatch.db.v1.*'))
    assert len(copies) == 1 and copies[0] in out, (copies, out)
    with sqlite3.connect(copies[0]) as copy:
        assert copy.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone() == ('1',)
    assert len(as_it_was) == os.stat(copies[0]).st_size
    ran(place, 'db', 'check')
    ran(place, 'evidence', 'verify')
    run = place.sweep('--source', 'board')
    assert run.code == 0, run.err
    assert place.case_urls() == urls
    ran(place, 'evidence', 'verify')


@test
def a_sweep_that_meets_an_older_store_copies_it_first(place):
    swept(place)
    older(place)
    run = place.sweep('--source', 'board')
    assert run.code == 0, run.err
    assert len(glob.glob(place.path('lurewatch.db.v1.*'))) == 1
    shutil.rmtree(place.path('evidence'))


if __name__ == '__main__':
    main()
