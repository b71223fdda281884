"""The man pages of docs/man: a page for each command, in it each long option that --help knows; the keys
of lurewatch.yml and of source files against what the program reads; mandoc finds nothing."""

import glob
import json
import os
import re
import shutil
import subprocess
import sys

from harness import LUREWATCH, ROOT, Skip, main, test

MAN = os.path.join(ROOT, 'docs', 'man')


def run(*command, data=None):
    done = subprocess.run(command, input=data, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          encoding='utf-8', timeout=60)
    return done.stdout


def read(*names):
    with open(os.path.join(ROOT, *names), encoding='utf-8') as file:
        return file.read()


def commands():
    found = re.findall(r'^  ([a-z][a-z-]*) +\S', run(LUREWATCH, '--help'), re.M)
    assert 'sweep' in found, found
    return found


def page(name):
    path = os.path.join(MAN, name + '.scd')
    assert os.path.exists(path), 'docs/man/%s.scd is missing: copy a neighbour' % name
    return read('docs', 'man', name + '.scd')


def terms(text):
    """The words that head an indented paragraph: options of a command, keys of a file."""
    heads = re.findall(r'^(\*.*)\n(?=\t)', text, re.M)
    return [word.replace('\\', '') for head in heads for word in re.findall(r'\*([^*]+)\*', head)]


@test
def every_command_has_a_page_that_the_overview_names(place):
    overview = page('lurewatch.1')
    pages = {os.path.basename(path) for path in glob.glob(os.path.join(MAN, 'lurewatch-*.1.scd'))}
    assert pages == {'lurewatch-%s.1.scd' % name for name in commands()}, pages
    for name in commands():
        assert page('lurewatch-%s.1' % name).startswith('lurewatch-%s(1)\n' % name), name
        assert '*lurewatch-%s*(1)' % name in overview, 'docs/man/lurewatch.1.scd: %s' % name


@test
def every_option_stands_in_its_page_and_no_other(place):
    for name in commands():
        text = run(LUREWATCH, name, '--help')
        known = set(re.findall(r'^  (?:    |-., )(--[a-z][a-z-]*)', text, re.M))
        known |= {'--help', '--usage'}
        said = {word for word in terms(page('lurewatch-%s.1' % name)) if word.startswith('--')}
        assert known <= said, 'docs/man/lurewatch-%s.1.scd lacks %s' % (name, sorted(known - said))
        assert said <= known, 'docs/man/lurewatch-%s.1.scd: there is no %s' % (
            name, sorted(said - known))


@test
def every_form_of_a_command_stands_in_its_synopsis(place):
    for name in commands():
        head = run(LUREWATCH, name, '--help')
        verbs = set(re.findall(r'^(?:Usage:|  or:) +lurewatch %s \[OPTION\.\.\.\] \[?([a-z][a-z-]+)' % name,
                               head, re.M))
        synopsis = page('lurewatch-%s.1' % name).split('# DESCRIPTION')[0]
        for verb in verbs:
            assert re.search(r'\b%s\b' % verb, synopsis.split('# SYNOPSIS')[1]), (
                'docs/man/lurewatch-%s.1.scd: the synopsis lacks %s' % (name, verb))


@test
def every_key_of_the_configuration_stands_in_its_page_with_its_default(place):
    empty = place.path('empty.yml')
    with open(empty, 'w', encoding='utf-8') as out:
        out.write('# nothing\nstop: \'\'\n')
    settings = json.loads(run(LUREWATCH, 'doctor', '--json', '--config', empty))['settings']
    text = page('lurewatch.yml.5')
    keys = [key for key in terms(text.split('# KEYS')[1].split('# SEE ALSO')[0])
            if re.fullmatch('[a-z_]+', key) and re.search(r'^\*%s\*$' % key, text, re.M)]
    assert set(keys) == set(settings), set(keys) ^ set(settings)
    for key, value in settings.items():
        said = re.search(r'^\*%s\*\n((?:\t.*\n)+)' % key, text, re.M).group(1)
        default = re.search(r'Default:\s+(\S+)\.\s*$', said)
        default = default.group(1).replace('\\', '') if default else ''
        value = os.path.basename(value) if '/' in value else value
        same = default == value.replace('sqlite:', '') or default == 'sqlite:' + value
        assert same or (default, value) == ('60s', '1m'), '%s: page %r, program %r' % (
            key, default, value)


@test
def every_key_of_a_source_file_stands_in_its_page(place):
    reader = read('crawler', 'source_yaml.c') + read('crawler', 'source_extract.c')
    members = reader[reader.index('MEMBERS[] = {'):reader.index('#define MEMBERS_COUNT')]
    known = set(re.findall(r'^    \{"([a-z_]+)"', members, re.M))
    extract = re.search(r'keys\[\] = \{"links",[^;]*;', reader).group(0)
    known |= set(re.findall('"([a-z_]+)"', extract))
    paging = re.search(r'PAGING_FIELDS\[\] = \{[^;]*;', reader).group(0)
    text = page('lurewatch-source.5')
    heads = set(re.findall(r'^\*([a-z_]+)\*$', text, re.M))
    assert known == heads, known ^ heads
    for word in re.findall('"([a-z_]+)"', paging):
        assert '*%s*' % word in text, 'paging: %s' % word
    bases = re.search(r'known\[\] = \{([^;]*);', reader).group(1)
    for word in re.findall('"([a-z-]+)"', bases):
        assert word in text, 'basis: %s' % word


@test
def a_copy_of_the_example_of_a_source_is_read(place):
    example = page('lurewatch-source.5').split('# EXAMPLES')[1].split('```')[1]
    with open(place.path('sources', 'example-board.yml'), 'w', encoding='utf-8') as out:
        out.write(example.lstrip())
    said = run(LUREWATCH, 'sources', 'check', 'example-board', '--config',
               place.path('lurewatch.yml'))
    assert 'https://board.example/jobs' in said, said


@test
def every_alarm_and_exit_code_is_told_to_the_administrator(place):
    guide = read('docs', 'operator.md')
    kinds = set(re.findall(r'raise_alarm\(sweep, run, "([a-z-]+)"', read('app', 'sweep_alarms.c')))
    assert 'canary' in kinds, kinds
    for kind in kinds:
        assert '| %s | ' % kind in guide, 'docs/operator.md: alarm %s' % kind
        assert '*%s*' % kind in page('lurewatch-sweep.1'), 'lurewatch-sweep.1: alarm %s' % kind
    for code in re.findall(r'EXIT_[A-Z_]+ = (\d+)', read('app', 'exit_code.h')):
        assert '| %s | ' % code in guide, 'docs/operator.md: exit code %s' % code
        assert '*%s*' % code in page('lurewatch.1'), 'lurewatch.1: exit code %s' % code


@test
def scdoc_and_mandoc_find_nothing(place):
    if shutil.which('scdoc') is None:
        raise Skip('scdoc is not installed')
    names = sorted(glob.glob(os.path.join(MAN, '*.scd')))
    for path in names:
        name = os.path.basename(path)[:-len('.scd')]
        with open(path, encoding='utf-8') as file:
            made = subprocess.run(['scdoc'], stdin=file, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, encoding='utf-8', timeout=20)
        assert made.returncode == 0, '%s: %s' % (name, made.stderr)
        if shutil.which('mandoc') is None:
            print('mandoc is not installed: %s is not linted' % name, file=sys.stderr)
            continue
        said = run('mandoc', '-Tlint', '-Wwarning', data=made.stdout).splitlines()
        # scdoc opens each paragraph, the first after a heading as well
        bad = [line for line in said if 'skipping paragraph macro' not in line]
        assert not bad, '%s: %s' % (name, bad)


main()
