"""The commands that need no sweep: explain, check-url, patterns, sources, doctor; and what each says
of a configuration, a pattern or a store that is wrong."""

import functools
import glob
import json
import os
import re
import shutil
import sqlite3
import subprocess

from harness import LUREWATCH, ROOT, SLOW, main, test

COMMANDS = ['sweep', 'scan', 'extract', 'explain', 'check-url', 'queue', 'export', 'patterns',
            'sources', 'doctor', 'evidence', 'db']
LURE = 'Lowongan admin slot Kamboja, gaji 800-1200 USD, tiket dan mess ditanggung, hub t.me/contoh_x'


def feed(place, data, *arguments):
    done = subprocess.run([LUREWATCH, *arguments, '--config', place.path('lurewatch.yml')],
                          input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          encoding='utf-8', timeout=60 * SLOW)
    return done.returncode, done.stdout, done.stderr


def small_bank(place, pattern, example='we pay for the ticket'):
    """A bank of few rules, the shipped tables and one rule of our own: soon checked."""
    bank, shipped = place.path('bank'), os.path.join(ROOT, 'patterns')
    shutil.rmtree(bank, ignore_errors=True)
    os.makedirs(os.path.join(bank, 'genuine'))
    for table in glob.glob(os.path.join(shipped, '*.yml')):
        shutil.copy(table, bank)
    shutil.copytree(os.path.join(shipped, 'package'), os.path.join(bank, 'package'))
    shutil.copy(os.path.join(shipped, 'genuine', 'licence.yml'), os.path.join(bank, 'genuine'))
    os.makedirs(os.path.join(bank, 'reasons'))
    with open(os.path.join(shipped, 'reasons', 'id.yml'), encoding='utf-8') as read, \
            open(os.path.join(bank, 'reasons', 'id.yml'), 'w', encoding='utf-8') as out:
        head, *entries = re.split(r'^(?=  [\w.-]+:)', read.read(), flags=re.M)
        out.write(head + ''.join(entry for entry in entries if re.match(
            r'  (package\.|genuine\.licence|fact\.|family\.)', entry)))
    with open(os.path.join(bank, 'package', 'invented.yml'), 'w', encoding='utf-8') as out:
        out.write('''idea: package.invented
title: Invented rule
description: Stands here for a test.
rationale: None.
sources:
  - 'none'
weight: 0.1
field: text
languages:
  %s:
    status: active
    date: 2026-11-24
    pattern: '%s'
    examples:
      match:
        - '%s'
        - '%s twice'
        - '%s thrice'
      not_match:
        - 'nothing of the kind'
        - 'one more'
        - 'and a third'
''' % ('en', pattern, example, example, example))
    place.settings(patterns=bank)
    return bank


# ---- help, usage ----

@test
def priorities_are_for_the_journal_alone(place):
    """systemd names the journal's device and inode; cron's mail and a terminal get no "<3>"."""
    with open(place.path('stderr'), 'w+', encoding='utf-8') as err:
        at = os.fstat(err.fileno())
        for stream, start in (('%d:%d' % (at.st_dev, at.st_ino), '<3>lurewatch scan: '),
                              ('%d:%d' % (at.st_dev, at.st_ino + 1), 'lurewatch scan: '),
                              ('nonsense', 'lurewatch scan: ')):
            err.seek(0)
            err.truncate()
            subprocess.run([LUREWATCH, 'scan', place.path('none')], stderr=err, timeout=60 * SLOW,
                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                           env=dict(os.environ, JOURNAL_STREAM=stream), cwd=ROOT)
            err.seek(0)
            said = err.read()
            assert said.startswith(start), (stream, said)


@test
def extract_tells_what_a_page_is_and_which_limit_cut_it(place):
    block = ('<script type="application/ld+json">{"@context": "https://schema.org", "@type": '
             '"JobPosting", "title": "Kasir", "description": "Kasir toko di Solo"}</script>')
    for name, page, count, said in (('none', '<p>Tentang kami</p>', 0, 'no posting; the page is'),
                                    ('many', block * 2001, 2000, 'JSONLD_BLOCKS_MAX'),
                                    ('one', block, 1, '')):
        with open(place.path(name + '.html'), 'w', encoding='utf-8') as out:
            out.write('<html><body>%s</body></html>' % page)
        done = place.run('extract', place.path(name + '.html'))
        assert done.code == 0 and done.out.count('\n') == count, (name, done)
        assert said in done.err if said else done.err == '', (name, done.err)


@test
def every_command_explains_itself(place):
    done = subprocess.run([LUREWATCH, '--help'], stdout=subprocess.PIPE, encoding='utf-8',
                          timeout=20 * SLOW)
    assert done.returncode == 0
    for command in COMMANDS:
        assert '  %s ' % command in done.stdout, command
        one = subprocess.run([LUREWATCH, command, '--help'], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, encoding='utf-8', timeout=20 * SLOW)
        assert one.returncode == 0, (command, one.stderr)
        assert 'xample' in one.stdout, command
        assert '--config' in one.stdout, command
        wrong = subprocess.run([LUREWATCH, command, '--no-such-option'], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, encoding='utf-8', timeout=20 * SLOW)
        assert wrong.returncode == 64 and 'no-such-option' in wrong.stderr, command
    assert subprocess.run([LUREWATCH, 'frobnicate'], stderr=subprocess.DEVNULL,
                          timeout=20 * SLOW).returncode == 64


# ---- explain ----

@test
def explain_shows_words_points_and_their_sum(place):
    code, out, err = feed(place, LURE, 'explain')
    assert code == 0, err
    assert 'admin slot' in out and 'logit' in out and 'prior' in out, out
    assert '\x1b' not in out, 'colour in a pipe'
    code, out, err = feed(place, json.dumps({'id': '7', 'text': LURE}), 'explain', '--json')
    assert code == 0, err
    verdict = json.loads(out)
    assert verdict['id'] == '7' and verdict['band'] in ('review', 'urgent')
    code, out, err = feed(place, '   \n', 'explain')
    assert code == 65 and 'empty' in err, (code, err)
    code, out, err = feed(place, '{"text": oops}', 'explain')
    assert code == 65 and 'JSON' in err, (code, err)


# ---- check-url ----

ROBOTS = '''User-agent: *
Disallow: /

User-agent: lurewatch
Crawl-delay: 2
Disallow: /private/
Allow: /private/open
'''


@test
def check_url_names_what_decides(place):
    place.source()
    place.write('robots.txt', ROBOTS)
    robots = place.path('robots.txt')

    def check(url, *more):
        run = place.run('check-url', '--json', '--robots', robots, url, *more)
        return run.code, json.loads(run.out)

    code, answer = check('HTTPS://Board.Example:443/jobs?utm_source=x&page=2#top')
    assert code == 0 and answer['may_fetch'], answer
    assert answer['canonical'] == 'https://board.example/jobs?page=2', answer
    assert 'public-feed' in answer['source'] and 'Crawl-delay 2' in answer['robots'], answer
    code, answer = check('https://board.example/private/a')
    assert code == 69 and not answer['may_fetch'] and 'line 6' in answer['robots'], answer
    code, answer = check('https://board.example/private/open')
    assert code == 0 and 'line 7' in answer['robots'], answer
    code, answer = check('https://board.example/jobs', '--agent', 'otherbot')
    assert code == 69 and 'line 2' in answer['robots'], answer
    code, answer = check('https://elsewhere.example/')
    assert code == 69 and 'no file of' in answer['source'], answer
    for url in ('http://127.0.0.1/', 'http://[::1]/', 'http://169.254.169.254/latest/',
                'http://2130706433/', 'http://localhost/', 'http://10.1.2.3/',
                'http://user:word@board.example/', 'http://board.example:25/'):
        code, answer = check(url)
        assert code == 69 and answer['verdict'] == 'no: the address is refused', answer
    code, answer = check('ftp://board.example/a')
    assert code == 65 and 'ftp' in answer['address'], answer


# ---- patterns ----

@functools.cache
def shipped_check():
    """What `patterns check --json` says of the bank of the tree, which takes a while."""
    done = subprocess.run([LUREWATCH, 'patterns', 'check', os.path.join(ROOT, 'patterns'), '--json'],
                          stdout=subprocess.PIPE, timeout=60 * SLOW)
    return done.returncode, json.loads(done.stdout)


@test
def the_bank_of_the_tree_is_sound(place):
    code, checked = shipped_check()
    told = [found for found in checked['findings']  # how fast the machine is, the bench tells
            if 'ms is wanted' not in found['text']]
    assert code == 0 and told == [] and checked['complaints'] == 0, checked
    run = place.run('patterns', 'list', '--json', '--family', 'gambling')
    rules = run.lines()
    assert len(rules) > 3 and all(rule['family'] == 'gambling' for rule in rules)


@test
def a_bad_pattern_has_a_caret_under_the_place(place):
    small_bank(place, 'free (ticket')
    run = place.run('patterns', 'check')
    assert run.code == 65, run.out
    lines = run.out.splitlines()
    at = next(n for n, line in enumerate(lines) if 'package/invented.yml:13' in line)
    assert lines[at + 1].strip() == 'free (ticket', lines
    assert lines[at + 2].index('^') == 2 + len('free (ticket'), lines
    run = place.run('scan', place.path('lurewatch.yml'))
    assert run.code == 78 and 'invented.yml:13' in run.err, run.err


@test
def an_example_that_does_not_match_is_named(place):
    small_bank(place, 'free ticket', 'nothing at all')
    run = place.run('patterns', 'check')
    assert run.code == 65, run.out
    assert 'package/invented.yml:16: must match, but does not' in run.out, run.out
    assert 'package/invented.yml:18: must match, but does not' in run.out, run.out


@test
def letters_that_are_folded_away_are_refused_with_their_spelling(place):
    small_bank(place, 'free Ticket', 'free ticket')
    run = place.run('patterns', 'check')
    assert run.code == 65 and 'upper case never matches' in run.out, run.out
    small_bank(place, 'free ｔicket', 'free ticket')
    run = place.run('patterns', 'check')
    assert run.code == 65 and "'ｔ' is folded to 't'" in run.out, run.out


@test
def a_pattern_that_never_ends_is_refused(place):
    small_bank(place, '(?:a+)+b', 'aaab')
    run = place.run('patterns', 'check')
    assert run.code == 65 and 'step limit' in run.out, run.out


@test
def two_mistakes_are_both_told(place):
    bank = small_bank(place, 'free (ticket')
    with open(os.path.join(bank, 'package', 'other.yml'), 'w', encoding='utf-8') as out:
        out.write('idea: package.other\ntitel: Wrong\n')
    run = place.run('patterns', 'check', '--json')
    assert run.code == 65
    texts = [finding['text'] for finding in json.loads(run.out)['findings']]
    assert any('invented.yml:13' in text for text in texts), texts
    assert any('other.yml:2' in text and 'titel' in text for text in texts), texts


@test
def reasons_are_whole_and_outside_the_digest(place):
    bank = small_bank(place, 'we pay for the ticket')
    shipped = shipped_check()[1]
    assert [row['language'] for row in shipped['reasons']] == ['id'], shipped['reasons']
    assert shipped['reasons'][0]['missing'] == [], shipped['reasons']
    run = place.run('patterns', 'check')
    assert run.code == 0 and '; in English: package.invented\n' in run.out, run.out
    before = json.loads(feed(place, LURE, 'scan', '--input', 'text')[1])['bank']
    path = os.path.join(bank, 'reasons', 'id.yml')
    with open(path, 'a', encoding='utf-8') as out:
        out.write("  package.invented: {title: 'Aturan rekaan', reason: 'Tidak ada.'}\n")
    run = place.run('patterns', 'check')
    assert run.code == 0 and 'in English' not in run.out, run.out
    assert json.loads(feed(place, LURE, 'scan', '--input', 'text')[1])['bank'] == before
    with open(path, encoding='utf-8') as read:
        lines = read.read().count('\n')
    with open(path, 'a', encoding='utf-8') as out:
        out.write("  package.imvented: {title: 'x'}\n")
    run = place.run('patterns', 'check')
    assert run.code == 65 and 'reasons/id.yml:%d:3: ' % (lines + 1) in run.out, run.out


@test
def explain_says_where_to_read_of_it(place):
    code, out, err = feed(place, LURE, 'explain')
    assert code == 0 and '\nsources\n' in out, (out, err)
    assert re.search(r'^      .* \(press.*\): https?://\S+ \[[A-Z]{2}\d+\]$', out.split('\nsources\n')[1], re.M), out
    assert 'sources' not in json.loads(feed(place, LURE, 'explain', '--json')[1])


@test
def every_key_of_a_source_is_known(place):
    bank = small_bank(place, 'we pay for the ticket')
    shipped = shipped_check()[1]
    assert shipped['source_keys_known'] == shipped['source_keys'] > 90, shipped['source_keys']
    before = json.loads(feed(place, LURE, 'scan', '--input', 'text')[1])['bank']
    path, sources = os.path.join(bank, 'package', 'invented.yml'), os.path.join(bank, 'sources.yml')
    with open(sources, encoding='utf-8') as read:
        known = read.read()
    with open(sources, 'w', encoding='utf-8') as out:
        out.write(known.replace("  ID17: {", "  ID95: {"))
    assert json.loads(feed(place, LURE, 'scan', '--input', 'text')[1])['bank'] == before, 'no part of the bank'
    run = place.run('patterns', 'check')
    assert run.code == 65, run.out
    for words in ("genuine/licence.yml:", "licences.yml:6:", "'ID17' is no key of sources.yml"):
        assert words in run.out, (words, run.out)
    assert re.search(r'^sources: (\d+) of (\d+) keys known$', run.out, re.M), run.out
    for row, why in (("  ID5: {publisher: 'x', kind: press, url: 'https://x.example'}\n", 'duplicate'),
                     ("  ID99: {publisher: 'x', kind: press, url: 'ftp://x.example'}\n", "'url' is an address")):
        with open(sources, 'w', encoding='utf-8') as out:
            out.write(known + row)
        run = place.run('patterns', 'check')
        assert run.code == 65 and 'sources.yml:%d:' % (known.count('\n') + 1) in run.out and why in run.out, run.out
    os.remove(sources)
    run = place.run('patterns', 'check')
    assert run.code == 0 and 'sources.yml is missing' in run.out and '1 warning' in run.out, run.out
    with open(path, encoding='utf-8') as read:
        rule = read.read()
    with open(path, 'w', encoding='utf-8') as out:
        out.write(rule.replace("  - 'none'", '  - {a: b}'))
    with open(sources, 'w', encoding='utf-8') as out:
        out.write(known)
    run = place.run('patterns', 'check')
    assert run.code == 65 and 'a source is a key of sources.yml or free words' in run.out, run.out


# ---- configuration ----

@test
def an_unknown_key_gets_the_nearest_name(place):
    place.write('lurewatch.yml', 'sotre: sqlite:x.db\n')
    for command in (['queue'], ['doctor'], ['export'], ['sources'], ['patterns', 'list']):
        run = place.run(*command)
        assert run.code == 78, (command, run.code)
        assert 'lurewatch.yml:1' in run.err and "'store'" in run.err, run.err
    place.write('lurewatch.yml', 'colour: red\n')
    run = place.run('doctor')
    assert run.code == 78 and "unknown key 'colour'; known: store, evidence, contact_key, " in run.err, run.err
    assert ' more\n  colour: red\n' in run.err, run.err
    place.settings()
    place.source(more='colour: red\n')
    run = place.run('sources', 'check')
    assert "unknown key 'colour'; known: " in run.out + run.err and 'permission' in run.out + run.err, run.out + run.err


@test
def a_bad_value_has_a_caret(place):
    place.write('lurewatch.yml', 'contact: a@desk.example\nclaim: soon\n')
    run = place.run('queue')
    assert run.code == 78, run.code
    lines = run.err.splitlines()
    at = next(n for n, line in enumerate(lines) if 'lurewatch.yml:2:8' in line)
    assert lines[at + 1].endswith('claim: soon') and '^' in lines[at + 2], lines


@test
def bands_begin_in_their_order(place):
    for keys, line, says in (({'review': '0.97'}, 9, "'review' 0.971 is above 'urgent' 0.948"),
                             ({'urgent': '0.4'}, 9, "'urgent' 0.401 is below 'review' 0.500"),
                             ({'review': '0.6', 'urgent': '0.5'}, 9, "'review' 0.599 is above 'urgent' 0.500"),
                             ({'watch': '0.6', 'review': '0.55'}, 9, "(line 10)")):
        place.settings(**keys)
        for command in (['explain'], ['sweep'], ['patterns', 'stats']):
            code, out, err = feed(place, LURE, *command)
            assert code == 78 and out == '', (command, keys, code)
            assert 'lurewatch.yml:%d: ' % line in err and says in err, (command, keys, err)
        assert "wrong" in place.run('doctor').out.lower()
    place.settings(review='0.97', urgent='0.98')
    assert feed(place, LURE, 'explain')[0] == 0
    small_bank(place, 'we pay for the ticket')
    with open(place.path('bank/families.yml'), encoding='utf-8') as read:
        text = read.read()
    assert 'watch: 0.05' in text
    place.write('bank/families.yml', text.replace('watch: 0.05', 'watch: 0.6'))
    run = place.run('patterns', 'list')
    assert run.code == 78 and 'families.yml:6:9' in run.err and 'in this order' in run.err, run.err


@test
def a_configuration_that_is_not_there_is_named(place):
    done = subprocess.run([LUREWATCH, 'doctor', '--config', place.path('none.yml')],
                          stderr=subprocess.PIPE, encoding='utf-8', timeout=20 * SLOW)
    assert done.returncode == 78 and 'none.yml' in done.stderr, done.stderr


# ---- stores ----

@test
def no_store_yet_says_what_to_do(place):
    for command in (['queue'], ['export'], ['evidence', 'verify'], ['db', 'stats']):
        run = place.run(*command)
        assert run.code == 69, (command, run.code, run.err)
        assert 'lurewatch.db' in run.err, run.err


@test
def a_store_of_a_newer_version_is_refused(place):
    assert place.run('db', 'init').code == 0
    store = sqlite3.connect(place.path('lurewatch.db'))
    store.execute("UPDATE meta SET value = '99' WHERE name = 'schema'")
    store.commit()
    store.close()
    for command in (['queue'], ['export'], ['db', 'migrate'], ['db', 'check']):
        run = place.run(*command)
        assert run.code == 69 and 'newer' in run.err, (command, run.code, run.err)
    run = place.run('doctor')
    assert run.code == 69 and 'newer' in run.out, run.out


@test
def a_file_that_is_no_store_is_named(place):
    place.write('lurewatch.db', 'this is no database, ' * 500)
    run = place.run('queue')
    assert run.code in (69, 74) and 'lurewatch.db' in run.err, (run.code, run.err)


# ---- sources, doctor ----

@test
def sources_say_why_they_are_off(place):
    place.source()
    place.source('quiet', 'https://quiet.example/', more='enabled: no\n')
    place.write('sources/wrong.yml', 'name: wrong\ntitel: Wrong\n')
    run = place.run('sources')
    assert run.code == 78, run.code
    assert 'board ' in run.out and 'quiet' in run.out and 'enabled: no' in run.out, run.out
    assert 'wrong.yml:2' in run.err and "'title'" in run.err, run.err
    run = place.run('sources', 'check', 'board')
    assert run.code == 0 and 'https://board.example/jobs' in run.out, (run.code, run.out, run.err)
    run = place.run('sources', 'check', 'nowhere')
    assert run.code in (65, 78) and 'nowhere' in run.err, run.err


@test
def doctor_of_a_fresh_place(place):
    place.source()
    run = place.run('doctor', '--json')
    answer = json.loads(run.out)
    wrong = [check for check in answer['checks'] if check['state'] == 'wrong']
    assert run.code == 0 and not wrong, wrong
    said = {check['what']: check for check in answer['checks']}
    assert said['canary']['state'] == 'ok' and said['worker']['state'] == 'ok', said
    assert said['store']['state'] == 'note', said
    assert answer['settings']['claim'] == '2h', answer['settings']
    assert answer['libraries']['SQLite'], answer['libraries']
    place.settings(stop='all', contact='')
    run = place.run('doctor')
    assert 'stop: all' in run.out and 'contact' in run.out, run.out
    shutil.rmtree(place.path('sources'))
    run = place.run('doctor')
    assert run.code == 69 and 'WRONG' in run.out, run.out


main()
