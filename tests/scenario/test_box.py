"""A worker's box from the inside: `lurewatch worker --selftest` locks itself in as every worker does and
tries every way out; overruns of its limits end it. A page that crashes or hangs costs itself alone:
that is shown in test_sweep_bad_servers.py.
"""

import os
import signal
import subprocess

from harness import LUREWATCH, ROOT, SLOW, Skip, main, test

SANITIZED = SLOW > 1  # sanitizers open /proc and map what they like: such builds have no box


def selftest(*what):
    return subprocess.run([LUREWATCH, 'worker', '--selftest', os.path.join(ROOT, 'patterns'), *what],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, timeout=55)


@test
def every_way_out_is_shut_and_an_ad_is_judged(place):
    run = selftest()
    lines = run.stdout.splitlines()
    assert run.returncode == 0, run.stdout + run.stderr
    assert not [line for line in lines if not line.startswith('ok ')], run.stdout
    assert 'ok the box: an ad is judged inside it' in lines, run.stdout
    if not SANITIZED:
        for way in ('open a file', 'connect', 'fork', 'run a program',
                    "read another process's memory"):
            assert 'ok the box: no way to ' + way in lines, run.stdout


def ends_by(what, number):
    if SANITIZED:
        raise Skip('sanitizer builds have no box')
    run = selftest(what)
    assert run.returncode == -number, '%s: ended with %d: %s' % (what, run.returncode, run.stdout)
    assert run.stdout == '', run.stdout


@test
def a_page_that_takes_too_much_cpu_ends_its_worker(place):
    ends_by('cpu', signal.SIGPROF)


@test
def a_page_that_takes_too_long_ends_its_worker(place):
    ends_by('wall', signal.SIGALRM)


@test
def memory_has_its_limit(place):
    if SANITIZED:
        raise Skip('sanitizer builds have no box')
    run = selftest('memory')
    assert run.returncode == 0, run.stdout + run.stderr
    assert 'ok the box: memory has its limit' in run.stdout, run.stdout


if __name__ == '__main__':
    main()
