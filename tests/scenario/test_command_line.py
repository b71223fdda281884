"""A word or an option that a command has no use for is told, and nothing is done."""

import glob
import os

from harness import ROOT, main, test

# command line, words of the sentence
WORDS = (
    ('db purge dry-run', "'dry-run' is one word too many", 'lurewatch db purge', 'two dashes: --dry-run'),
    ('db stats x', "'x' is one word too many"), ('db check x', "'x' is"), ('db migrate x', "'x' is"),
    ('db init x', "'x' is"), ('db backup a b', "'b' is"), ('db restore a b', "'b' is"),
    ('db copy a b c', "'c' is"), ('db forget t.me/x', "forget --contact 'WORDS'"),
    ('queue undo 3 4', "'4' is one word too many", 'queue undo ID'), ('queue show 12 13', "'13' is"),
    ('queue list foo', "'foo' is"), ('queue stats x', "'x' is"), ('queue claim 1 2', "'2' is"),
    ('queue release 1 2', "'2' is"), ('queue decide 1 confirmed x', "'x' is"), ('queue recall x', "'x' is"),
    ('queue note 1 two words', "'words' is", "note ID 'TEXT'"), ('queue withdraw 1 2', "'2' is"),
    ('queue find a b', "'b' is"), ('queue audit 1 lure x', "'x' is"), ('queue employers add PT X', "'X' is"),
    ('queue add a b', "'b' is"),
    ('request list 1', "'1' is"), ('request recipients 1', "'1' is"), ('request approve 1 2', "'2' is"),
    ('sources list x', "'x' is"), ('sources check a b', "'b' is"), ('sources audit a b', "'b' is"),
    ('evidence manifest x', "'x' is"), ('evidence verify a b', "'b' is"), ('evidence timestamp x', "'x' is"),
    ('evidence show 1 2', "'2' is"),
    ('patterns tune x', "'x' is"), ('patterns check a b', "'b' is"), ('patterns thresholds x', "'x' is"),
    ('explain a b', "'b' is"), ('export x', "'x' is"), ('report x', "'x' is"), ('recheck x', "'x' is"),
    ('doctor x', "'x' is"), ('sweep x', "'x' is"), ('review x', "'x' is"),
)
OPTIONS = (
    ('db check --dry-run', "'check' takes no --dry-run", "it is for 'purge'"), ('db purge --contact x', 'forget'),
    ('evidence verify --part request', "'verify' takes no --part", "it is for 'show'"),
    ('patterns list --write', "'list' takes no --write", "it is for 'tune'"),
    ('queue show 1 --band urgent', "'show' takes no --band"), ('queue --campaign', "'list' takes no --campaign"),
    ('sources --fetch', "'list' takes no --fetch"), ('request show 1 --send', "it is for 'withdraw'"),
)
TWICE = (
    ('export --case 12 --case 13', '--case is given twice'), ('export -o a -o b', '--output is given twice'),
    ('queue list --task gambling --task scam', '--task is given twice'),
    ('recheck --cas 1 --case=2', '--case is given twice'), ('db purge --why a --why b', '--why'),
)


@test
def what_a_command_has_no_use_for_is_told(place):
    place.settings(keep_pending='1h')
    place.write('ad.txt', 'Lowongan admin slot Kamboja, gaji 800-1200 USD, tiket dan mess ditanggung')
    assert place.run('db', 'init').code == 0
    assert place.run('queue', 'add', place.path('ad.txt')).code == 0
    before = place.count('SELECT count(*) FROM audit'), sorted(os.listdir(place.dir))
    for line, *words in WORDS + OPTIONS + TWICE:
        run = place.run(*line.split())
        assert run.code == 64, (line, run.code, run.out, run.err)
        assert run.out == '' and 'nothing was done' in run.err, (line, run.out, run.err)
        for said in words:
            assert said in run.err, (line, said, run.err)
    assert before == (place.count('SELECT count(*) FROM audit'), sorted(os.listdir(place.dir)))


@test
def what_a_command_takes_is_taken(place):
    assert place.run('db', 'init').code == 0
    for line in ('queue', 'queue list --state new --state claimed', 'queue --json --json', 'db purge --dry-run',
                 'request --state sent --state drafted', 'export --state new --state unsure', 'sources',
                 'queue audit --limit 3', 'queue employers', 'recheck --list'):
        run = place.run(*line.split())
        assert run.code == 0, (line, run.code, run.err)
    assert place.run('queue', 'show', '--', '--help').code == 64
    assert 'Usage' in place.run('db', 'purge', 'dry-run', '--help').out


# command line, words of the sentence
DROPPED = (
    ('export --json --format csv', '--json is --format jsonl'), ('export -o x.xlsx', 'as .xlsx'),
    ('export -o x.zip', 'is said by --format'), ('export --send --state new', '--case alone'),
    ('export --send --unmask', '--case alone'),
    ('export --format letter --case 1 --state new', '--state and --since'),
    ('report --json', 'no JSON form'), ('report --json --format html', 'no JSON form'),
    ('report -o x.docx', 'no report is written as .docx'), ('report -o x.json', 'as .json'),
    ('sources check --fetch', 'check NAME --fetch'), ('recheck --times --case 9', 'it takes no --case'),
    ('recheck --list --times', 'one of them'), ('recheck --list --max-time 3s', 'no --max-time'),
    ('sources add https://board.example/ --test-endpoint 127.0.0.1:1 --name ../../evil', 'made of a-z'),
    ('sources add https://board.example/ --test-endpoint 127.0.0.1:1 --name %s' % ('x' * 300), '1 to 64'),
    ('review --role reviewer', '--add-account NAME --role reviewer'),
    ('review --add-account a --remove-account b', 'one at a time'),
)


@test
def an_option_that_would_be_dropped_is_told(place):
    assert place.run('db', 'init').code == 0
    before = sorted(os.listdir(place.dir))
    for line, said in DROPPED:
        run = place.run(*line.split())
        assert run.code == 64 and said in run.err and run.out == '', (line, run.code, run.out, run.err)
    assert sorted(os.listdir(place.dir)) == before
    run = place.run('recheck', '--list', '--case', '999')
    assert run.code == 65 and 'no such case' in run.err and run.out == '', (run.code, run.out, run.err)
    for name, begins in (('a.csv', '\ufeffcase_id'), ('a.txt', '\ufeffcase_id'), ('a', '\ufeffcase_id')):
        assert place.run('export', '-o', place.path(name)).code == 0
        with open(place.path(name), encoding='utf-8') as text:
            assert text.read().startswith(begins), name
    for name, begins in (('r.csv', '\ufeff'), ('r.html', '<!DOCTYPE'), ('r.txt', 'Recruitment'), ('r', 'Recruitment')):
        assert place.run('report', '-o', place.path(name)).code == 0
        with open(place.path(name), encoding='utf-8') as text:
            assert text.read().startswith(begins), name


@test
def what_was_named_and_is_wrong_ends_with_65(place):
    for line, said in (('sources add ftp://x.example/', 'only http and https'), ('sources add nonsense', 'relative'),
                       ('db restore %s' % place.path('none'), 'none/SHA256SUMS'),
                       ('db restore %s' % place.path('sources'), 'sources/SHA256SUMS')):
        run = place.run(*line.split())
        assert run.code == 65 and said in run.err, (line, run.code, run.err)


@test
def each_verb_of_a_man_page_is_in_the_table(place):
    with open(os.path.join(ROOT, 'app', 'verbs.c'), encoding='utf-8') as text:
        table = text.read()
    for path in glob.glob(os.path.join(ROOT, 'docs', 'man', '*.1.scd')):
        command = os.path.basename(path)[len('lurewatch-'):-len('.1.scd')]
        with open(path, encoding='utf-8') as text:
            synopsis = text.read().split('# SYNOPSIS')[1].split('# DESCRIPTION')[0]
        for line in synopsis.replace('[OPTION…] ', '').replace('[list]', 'list').splitlines():
            words = line.replace('*', '').replace('++', '').split()
            if len(words) < 2 or words[0] != 'lurewatch' or not command:
                continue
            verbs = words[2].split('|') if len(words) > 2 and words[2][0].islower() else ['']
            for verb in verbs:
                rows = ['{"%s", "%s", ' % (command, verb), '{"%s %s", "", ' % (command, verb)]
                assert any(row in table for row in rows), (path, line, verb)


main()
