"""debian/ against the tree: what is needed to build, the version, units and cron lines that name commands
and options the program has, and nothing in a unit that stops compiled patterns or opens it up."""

import glob
import os
import re
import shlex
import shutil
import subprocess

from harness import LUREWATCH, ROOT, Skip, main, test

NOT_NEEDED = {'gcc', 'g++', 'make',  # build-essential
              'publicsuffix'}        # when it runs


def read(*names):
    with open(os.path.join(ROOT, *names), encoding='utf-8') as file:
        return file.read()


def known_options(command):
    text = subprocess.run([LUREWATCH, command, '--help'], stdout=subprocess.PIPE,
                          encoding='utf-8', timeout=60).stdout
    assert text, 'there is no command %s' % command
    return set(re.findall(r'(--[a-z][a-z-]*)', text))


def units(kind):
    found = sorted(glob.glob(os.path.join(ROOT, 'debian', '*.' + kind)))
    assert found, 'no *.%s in debian/' % kind
    return [(os.path.basename(path), read('debian', os.path.basename(path))) for path in found]


def check_command(where, words):
    options = known_options(words[1])
    for word in words[2:]:
        if word.startswith('--'):
            assert word.split('=')[0] in options, '%s: %s knows no %s' % (where, words[1], word)


@test
def the_package_builds_with_what_the_table_names(place):
    table = read('docs', 'dependencies.md').split('## To build')[1].split('## To test')[0]
    wanted = set(re.findall(r'^\| ([a-z0-9.+-]+) \|', table, re.M)) - {'package'} - NOT_NEEDED
    control = read('debian', 'control')
    said = control.split('Build-Depends:')[1].split('Standards-Version')[0]
    said = {word.split()[0] for word in said.split(',')} - {'debhelper-compat', 'scdoc'}
    assert said == wanted, 'debian/control: %s' % sorted(said ^ wanted)
    assert re.search(r'^Depends:.*\bpublicsuffix\b', control, re.M)


@test
def the_version_is_that_of_the_program(place):
    version = re.search(r'^VERSION := (\S+)', read('Makefile'), re.M).group(1)
    assert read('debian', 'changelog').startswith('lurewatch (%s)' % version)


@test
def units_and_cron_lines_call_what_is_there(place):
    for name, text in units('service'):
        command = re.search(r'^ExecStart=/usr/bin/(.*)$', text, re.M).group(1)
        check_command(name, shlex.split(command))
    lines = re.findall(r'\|\| (lurewatch .*)$', read('debian', 'lurewatch.cron.d'), re.M)
    assert len(lines) == 3, lines
    for line in lines:
        check_command('lurewatch.cron.d', shlex.split(line))
    services = {name[:-len('.service')] for name, _ in units('service')}
    for name, _ in units('timer'):
        assert name[:-len('.timer')] in services, name
    rules = read('debian', 'rules')
    for service in services - {'lurewatch'}:
        assert '--name=%s\n' % service in rules, 'debian/rules does not install %s' % service


@test
def units_are_closed_but_let_patterns_be_compiled(place):
    closed = None
    for name, text in units('service'):
        assert not re.search(r'^MemoryDenyWriteExecute', text, re.M), name
        part = text[text.index('# What it may touch.'):].split('\n\n')[0].strip()
        for line in ('ProtectSystem=strict', 'NoNewPrivileges=yes', 'CapabilityBoundingSet=',
                     'User=lurewatch'):
            assert line in text.splitlines(), '%s lacks %s' % (name, line)
        closed = closed or part
        assert part == closed or 'review' in name, '%s differs from the others' % name


@test
def systemd_finds_units_well_closed(place):
    if shutil.which('systemd-analyze') is None:
        raise Skip('systemd is not installed')
    for name, _ in units('service'):
        done = subprocess.run(['systemd-analyze', 'security', '--offline=true', '--threshold=20',
                               os.path.join(ROOT, 'debian', name)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding='utf-8', timeout=30)
        assert done.returncode == 0, '%s: %s' % (name, done.stdout.strip().splitlines()[-1])


@test
def the_configuration_of_the_package_is_read(place):
    path = place.path('package.yml')
    with open(path, 'w', encoding='utf-8') as out:
        out.write(read('debian', 'lurewatch.yml'))
    done = subprocess.run([LUREWATCH, 'doctor', '--config', path], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, encoding='utf-8', timeout=60)
    assert done.returncode != 78, done.stdout
    assert 'sqlite:/var/lib/lurewatch/lurewatch.db' in done.stdout, done.stdout


main()
