"""Stores that refuse: from a newer version, damaged, locked by somebody, on a full disk. Each a
clear sentence and the right exit code; the next sweep goes on."""

import os
import sqlite3
import subprocess

from harness import lure, main, small_disk, test, wait_for


def swept(place, **settings):
    place.small_board(ads=12, lures=4)
    place.settings(**settings)
    place.source()
    place.board()


@test
def a_store_of_a_newer_version_is_refused_and_left_alone(place):
    swept(place)
    assert place.sweep('--max-pages', '2').code == 0
    store = sqlite3.connect(place.path('lurewatch.db'))
    store.execute('PRAGMA user_version = 9999')
    store.execute("UPDATE meta SET value = '9999' WHERE name = 'schema'")
    store.commit()
    store.close()
    asked = len(place.log())
    run = place.sweep()
    assert run.code == 69, (run.code, run.err)
    assert 'newer' in run.err, run.err
    assert len(place.log()) == asked


@test
def a_file_that_is_no_store_is_refused(place):
    swept(place)
    place.write('lurewatch.db', 'this is no database, but a letter\n' * 200)
    run = place.sweep()
    assert run.code == 74 and 'lurewatch.db' in run.err, (run.code, run.err)
    assert place.log() == []


@test
def a_store_that_is_locked_in_the_middle_ends_the_sweep_and_the_next_goes_on(place):
    swept(place, delay_min='100ms')
    sweep = place.start(place.sweep_command())
    wait_for(lambda: place.requests('/job/1'), what='a request')
    holder = sqlite3.connect(place.path('lurewatch.db'), timeout=20, isolation_level=None)
    holder.execute('BEGIN IMMEDIATE')
    run = place.finish(sweep, timeout=50)
    holder.execute('ROLLBACK')
    holder.close()
    assert run.code == 75, (run.code, run.err)
    assert 'lock' in run.err, run.err
    place.settings(delay_min='5ms')
    run = place.sweep()
    assert run.code == 0 and len(place.case_urls()) == 4, run.out


@test
def a_full_disk_stops_the_sweep_and_the_next_goes_on(place):
    folder = small_disk(place, 900)
    try:
        swept(place, store='sqlite:disk/lurewatch.db', evidence='disk/evidence')
        for n in range(40):
            place.page('board.example', 'job/%d' % n, lure(n) + '<!-- %s -->' % os.urandom(9000).hex())
        place.page('board.example', 'jobs', ''.join(
            '<a href="/job/%d">ad</a>' % n for n in range(40)).join(['<html><body>', '</body></html>']))
        run = place.sweep()
        assert run.code == 74, (run.code, run.out, run.err)
        assert 'space' in run.err or 'full' in run.err, run.err
        subprocess.run(['mount', '-o', 'remount,size=40m', folder], check=True)
        run = place.sweep()
        assert run.code == 0 and run.total()['stopped_by'] == 'done', run.out + run.err
        cases = sqlite3.connect(os.path.join(folder, 'lurewatch.db')).execute(
            'SELECT count(*), count(DISTINCT posting_id) FROM cases').fetchone()
        assert cases == (40, 40), cases
    finally:
        subprocess.run(['umount', '-l', folder], check=False)


@test
def a_folder_that_cannot_be_written_is_told(place):
    swept(place, store='sqlite:nowhere/lurewatch.db')
    run = place.sweep()
    assert run.code == 74 and 'nowhere' in run.err, (run.code, run.err)


if __name__ == '__main__':
    main()
