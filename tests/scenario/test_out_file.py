"""What -o writes to: a file whole or not at all, the file behind a link, a pipe, a device; and what is
refused. Nodes are made in the test's own folder."""

import os
import stat
import subprocess
import threading

from harness import Skip, main, test

LURE = ('Dibutuhkan admin slot dan CS judi online, kantor Poipet, Kamboja. Gaji 800-1200 USD, tiket, paspor '
        'dan mess ditanggung kantor. Hubungi telegram t.me/contoh_kantor')
WRITERS = (('export', '--case', '1', '--format', 'csv'), ('report', '--format', 'csv'))


def one_case(place):
    place.write('ad.txt', LURE)
    assert place.run('db', 'init').code == 0
    run = place.run('queue', 'add', place.path('ad.txt'))
    assert run.code == 0, run.err


def content(path):
    with open(path, encoding='utf-8') as text:
        return text.read()


@test
def a_pipe_is_written_into_and_stays(place):
    one_case(place)
    path = place.path('pipe')
    for command in WRITERS:
        os.mkfifo(path)
        got = []
        reader = threading.Thread(target=lambda: got.append(content(path)), daemon=True)
        reader.start()
        run = place.run(*command, '-o', path)
        stays = stat.S_ISFIFO(os.stat(path).st_mode)
        if not stays:
            os.unlink(path)
        else:
            reader.join(20)
        assert run.code == 0 and stays, (command, run.err)
        assert got and ',' in got[0], (command, got)
        os.unlink(path)


@test
def a_device_is_written_into_and_stays(place):
    one_case(place)
    path, full = place.path('mynull'), place.path('myfull')
    try:
        os.mknod(path, 0o666 | stat.S_IFCHR, os.makedev(1, 3))
        os.mknod(full, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
        with open(path, 'w', encoding='utf-8'):
            pass
    except PermissionError:
        raise Skip('this machine lets nobody make a device') from None
    for command in WRITERS:
        run = place.run(*command, '-o', path)
        assert run.code == 0 and stat.S_ISCHR(os.stat(path).st_mode), (command, run.err)
        run = place.run(*command, '-o', full)
        assert run.code == 74 and 'no space left' in run.err, (command, run.code, run.err)
        assert stat.S_ISCHR(os.stat(full).st_mode), command


@test
def the_file_behind_a_link_is_replaced(place):
    one_case(place)
    os.mkdir(place.path('there'))
    os.symlink('middle.csv', place.path('link.csv'))
    os.symlink('there/real.csv', place.path('middle.csv'))
    for command in WRITERS:
        place.write('there/real.csv', 'old')
        run = place.run(*command, '-o', place.path('link.csv'))
        assert run.code == 0, (command, run.err)
        assert os.path.islink(place.path('link.csv')) and os.path.islink(place.path('middle.csv')), command
        assert content(place.path('there', 'real.csv')) not in ('', 'old'), command
        assert os.listdir(place.path('there')) == ['real.csv'], command


@test
def what_cannot_be_written_to_is_refused(place):
    one_case(place)
    os.mkdir(place.path('folder'))
    os.symlink('nowhere.csv', place.path('dangling.csv'))
    os.symlink('loop.csv', place.path('loop.csv'))
    for command in WRITERS:
        for name, why in (('folder', 'it is a folder; name a file in it'), ('folder/', 'it is a folder'),
                          ('dangling.csv', 'leads nowhere'), ('loop.csv', 'symbolic links'),
                          ('none/x.csv', 'no such file or folder'), ('lurewatch.yml/x.csv', 'directory')):
            run = place.run(*command, '-o', place.path(name))
            assert run.code == 73 and why in run.err, (command, name, run.code, run.err)
        run = place.run(*command, '-o', '')
        assert run.code == 64 and '-o wants the name of a file' in run.err, (command, run.code, run.err)
    assert os.path.islink(place.path('dangling.csv')) and os.listdir(place.path('folder')) == []


@test
def an_export_that_failed_is_not_in_the_history(place):
    one_case(place)
    notes = "SELECT count(*) FROM audit WHERE action = 'export'"
    os.mkdir(place.path('folder'))
    full = place.path('myfull')
    export = ('export', '--case', '1', '--format', 'csv')
    assert place.run(*export, '-o', place.path('folder')).code == 73
    assert place.run(*export, '-o', '').code == 64
    assert place.count(notes) == 0
    try:
        os.mknod(full, 0o666 | stat.S_IFCHR, os.makedev(1, 7))
        with open(full, 'wb') as out:
            process = place.spawn(place.command(*export), stdout=out, stderr=subprocess.PIPE, encoding='utf-8')
            process.began = 0
    except PermissionError:
        raise Skip('this machine lets nobody make a device') from None
    run = place.finish(process)
    assert run.code == 74 and 'standard output' in run.err, (run.code, run.err)
    for form in ('csv', 'letter'):
        more = ('--recipient', 'site') if form == 'letter' else ()
        run = place.run('export', '--case', '1', '--format', form, *more, '-o', full)
        assert run.code == 74, (form, run.code, run.err)
    assert place.count(notes) == 0
    assert place.run(*export).code == 0 and place.count(notes) == 1


main()
