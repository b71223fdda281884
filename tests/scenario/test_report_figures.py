"""The report's figures are those that its cases and ads give when they are counted one by one: from what is
exported, and from the verdicts in the store; after each of the things that change them."""

import collections
import csv
import fractions
import io
import json
import math
import sqlite3

from harness import ad, main, test

TASKS = ('Dibutuhkan admin slot dan CS judi online nomor {0}, kantor {1}. Gaji {2} USD, tiket, paspor dan mess '
         'ditanggung kantor. Tanpa pengalaman, berangkat cepat. Hubungi telegram t.me/contoh_kantor_{0}',
         'Online casino customer service number {0} wanted in {1}. Salary {2} USD a month, air ticket, passport and '
         'dormitory paid by the company. No experience needed, fly this week. Contact telegram t.me/contoh_kantor_{0}',
         'Lowongan CS scam love nomor {0} di {1}, target orang asing. Gaji {2} USD, tiket, paspor dan mess ditanggung '
         'kantor. Tanpa pengalaman. Hubungi telegram t.me/contoh_kantor_{0}')
PLACES = ('Poipet, Kamboja', 'Myawaddy, Myanmar', 'Bavet, Cambodia', 'Bangkok, Thailand')
SPAN = ('--since', '2025-01-01', '--until', '2030-01-01')
DAY_MS = 86400000
TASK_NAMES = {'all': 'all', 'gambling': 'gambling work', 'scam': 'scam work',
              'opaque-overseas': 'unclear work abroad', 'other-fraud': 'other fraud', 'person-trade': 'persons offered'}


def lure(number, more=''):
    where = PLACES[number % len(PLACES)]
    text = TASKS[number % len(TASKS)].format(number, where, 500 + 150 * (number % 7))
    return ad('Lowongan %d' % number, text + more, number, 'PT Rahasia %d' % number, where)


def change(place, *statements):
    store = sqlite3.connect(place.path('lurewatch.db'))
    for statement in statements:
        store.execute(statement)
    store.commit()
    store.close()


def ran(place, *words):
    run = place.run(*words)
    assert run.code == 0, (words, run.code, run.err)
    return run.out


# ---- counted one by one ----

def destination(verdict):
    for found in verdict['places']:
        if found['role'] == 'destination' and not found.get('bait'):
            return found['id'][:2]
    return 'unknown'


def rank_below(count, share):
    """The highest rank below which a binomial count falls in 2.5% of all cases at most."""
    below, rank = 0, 0
    while rank < count:
        below += math.comb(count, rank) * share ** rank * (1 - share) ** (count - rank)
        if below > fractions.Fraction(1, 40):
            break
        rank += 1
    return rank


def quarters(values, said):
    """Quartiles, each with the interval of its order statistics where there is one."""
    values, cells = sorted(values), []
    for n in (1, 2, 3):
        low = rank_below(len(values), fractions.Fraction(n, 4))
        above = rank_below(len(values), fractions.Fraction(4 - n, 4))
        cell = said(values[(len(values) - 1) * n // 4])
        cells.append('%s (%s–%s)' % (cell, said(values[low - 1]), said(values[len(values) - above]))
                     if low and above else cell)
    return cells


def hundredths(value):
    return '%d.%02d' % divmod(value, 100)


def verdicts(place):
    rows = place.rows('SELECT c.id, v.verdict, v.usd_min, v.usd_max, coalesce(k.first_gone, 0) FROM cases c'
                      ' JOIN versions v ON v.id = c.version_id LEFT JOIN rechecks k ON k.posting_id = c.posting_id')
    return {row[0]: row[1:] for row in rows}


def counted(place):
    """{(by, name): [seen, flagged, confirmed, dismissed, removed]}, and {task: pay line}."""
    groups = collections.defaultdict(lambda: [0] * 5)
    pays = collections.defaultdict(lambda: ([], []))
    for month, board, task, language in place.rows(
            "SELECT strftime('%Y-%m', p.first_seen / 1000, 'unixepoch'), s.name, v.task, v.language FROM postings p"
            ' JOIN sources s ON s.id = p.source_id JOIN versions v ON v.id = p.version_id'):
        for key in (('month', month), ('board', board), ('task', task), ('language', language)):
            groups[key][0] += 1
    kept = verdicts(place)
    for case in map(json.loads, ran(place, 'export', '--format', 'jsonl', '--as', 'count').splitlines()):
        verdict, low, high, gone = kept[case['case_id']]
        verdict = json.loads(verdict) if verdict else {'places': [], 'salary': None}
        confirmed = case['state'] == 'confirmed'
        row = [0, 1, confirmed, case['state'] == 'dismissed', confirmed and gone > 0]
        for key in (('month', case['first_seen'][:7]), ('board', case['source']), ('task', case['task']),
                    ('language', case['language']), ('place', destination(verdict))):
            groups[key] = [a + b for a, b in zip(groups[key], row)]
        ratio = round(100 * ((verdict.get('salary') or {}).get('ratio_source') or 0))
        for task in ('all', case['task']):
            pays[task][0].extend([(low + high) // 200] if low + high >= 200 else [])
            pays[task][1].extend([ratio] if ratio else [])
    return groups, pays


def expect_equal(place, said):
    groups, pays = counted(place)
    rows = list(csv.DictReader(io.StringIO(ran(place, 'report', '--format', 'csv', *SPAN).lstrip('\ufeff'))))
    found = {(row['by'], row['name']): [int(row[name] or 0) for name in
                                        ('seen', 'flagged', 'confirmed', 'dismissed', 'removed')]
             for row in rows if row['by'] in ('month', 'board', 'place', 'task', 'language')}
    assert found == dict(groups), (said, found, dict(groups))
    text = ran(place, 'report', *SPAN)
    for task, (usd, ratios) in pays.items():
        for values, said, heading in ((usd, str, 'US dollars a month'), (ratios, hundredths, 'against the norm')):
            if values:
                row = [row for row in rows if (row['by'], row['name']) == ('pay' if said is str else 'ratio', task)][0]
                assert [row['ads']] + [row[name] + (' (%s–%s)' % (row[name + '_low'], row[name + '_high']) if row[name + '_low'] else '')
                                       for name in ('quartile1', 'median', 'quartile3')] == [str(len(values))] + quarters(values, said), row
                table = text.split('Pay promised, ' + heading + '\n')[1].split('\n\n')[0]
                line = ' '.join([TASK_NAMES[task], str(len(values))] + quarters(values, said))
                assert line in [' '.join(row.split()) for row in table.splitlines()], (place, line, table)
    total = [sum(row[n] for key, row in groups.items() if key[0] == 'board') for n in range(5)]
    assert '%d ads seen, %d flagged, %d confirmed by people, %d of those removed' % (
        *total[:3], total[4]) in text, (said, total, text)
    return groups


# ---- the store ----

def over_months(place):
    """The ads were first seen on days of several months; the sums are made anew."""
    change(place, 'UPDATE postings SET first_seen = first_seen - (id %% 11) * 23 * %d,'
           ' tallied = 0, seen_as = 0, case_as = 0' % DAY_MS, 'DELETE FROM tally', 'DELETE FROM tally_pay')
    run = place.run('report')
    assert run.code != 0 and 'run lurewatch db migrate' in run.err, (run.code, run.err)
    ran(place, 'db', 'migrate')


def filled(place):
    place.settings(recheck='1m', sample_per_mille='1000')
    for host, first in (('board.example', 0), ('other.example', 20)):
        place.small_board(host, ads=18, lures=0)
        for n in range(14):
            place.page(host, 'job/%d' % n, lure(first + n))
        place.source(host.split('.', maxsplit=1)[0], 'https://%s/jobs' % host)
    place.board()
    assert place.sweep().code == 0
    over_months(place)


def removed(place):
    run = place.run('recheck', '--test-endpoint', '127.0.0.1:%d' % place.port)
    assert run.code == 0, run.err
    place.rules(*('board.example/job/%d status 410' % n for n in range(0, 14, 2)))
    change(place, 'UPDATE rechecks SET next = 0')
    run = place.run('recheck', '--test-endpoint', '127.0.0.1:%d' % place.port)
    assert run.code == 0, run.err
    place.rules()


@test
def figures_are_those_counted_one_by_one(place):
    filled(place)
    groups = expect_equal(place, 'swept')
    for by, least in (('month', 5), ('board', 2), ('place', 3), ('task', 2), ('language', 2)):
        assert len([key for key in groups if key[0] == by]) >= least, (by, dict(groups))
    cases = [case for case, in place.rows('SELECT id FROM cases ORDER BY id')]
    for case in cases:
        if case % 5 < 4:
            decision = ('confirmed', 'dismissed', 'confirmed', 'unsure')[case % 5]
            ran(place, 'queue', 'decide', str(case), decision, '--as', 'ani')
    expect_equal(place, 'decided')
    for case in (2, 5, 6):
        if case % 5 < 4:
            ran(place, 'queue', 'undo', str(case), '--as', 'ani')
    expect_equal(place, 'undone')
    ran(place, 'export', '--state', 'confirmed', '-o', place.path('all.csv'))
    removed(place)
    assert any(row[4] for row in expect_equal(place, 'removed').values())
    change(place, 'UPDATE cases SET decided = decided - 31 * %d WHERE id < 18' % DAY_MS)
    ran(place, 'db', 'purge', '--as', 'ani', '--why', 'monthly')
    assert expect_equal(place, 'purged')[('place', 'unknown')][3] > 0
    for n in range(6, 10):
        place.page('board.example', 'job/%d' % n, lure(n + 1, ' Kuota terakhir minggu ini.'))
    change(place, 'UPDATE urls SET next_try = 0, state = 0')
    assert place.sweep().code == 0
    expect_equal(place, 'swept again')
    contact = json.loads(ran(place, 'evidence', 'show', '21'))['ads'][0]['verdict']['contacts'][0]['value']
    ran(place, 'db', 'forget', '--contact', '@' + contact, '--kind', 'telegram', '--as', 'ani', '--why', 'a letter')
    expect_equal(place, 'forgotten')


@test
def a_copy_and_a_backup_have_the_same_figures(place):
    filled(place)
    ran(place, 'queue', 'decide', '3', 'confirmed', '--as', 'ani')
    before = ran(place, 'report', '--format', 'csv', *SPAN), ran(place, 'report', *SPAN)
    ran(place, 'db', 'backup', place.path('whole') + '/')
    ran(place, 'db', 'copy', 'sqlite:' + place.path('lurewatch.db'), 'sqlite:' + place.path('copy.db'))
    place.settings(store='sqlite:copy.db')
    assert (ran(place, 'report', '--format', 'csv', *SPAN), ran(place, 'report', *SPAN)) == before
    place.settings(store='sqlite:back.db', evidence='back-evidence')
    ran(place, 'db', 'restore', place.path('whole'))
    assert (ran(place, 'report', '--format', 'csv', *SPAN), ran(place, 'report', *SPAN)) == before
    ran(place, 'db', 'check')


@test
def sums_that_do_not_hold_are_found_and_made_anew(place):
    filled(place)
    ran(place, 'queue', 'decide', '3', 'confirmed', '--as', 'ani')
    before = ran(place, 'report', *SPAN)
    assert "and the report's sums" in ran(place, 'db', 'check')
    assert 'nothing is left to do' in ran(place, 'db', 'migrate')
    for statement, wrong in (
            ('UPDATE tally SET ads = ads + 1 WHERE period < 197001 AND by_what = 2', 'of a day'),
            ('DELETE FROM tally_pay WHERE period < 197001 AND what = 1', 'of a day'),
            ('UPDATE tally SET ads = ads - 1 WHERE period > 197001 AND by_what = 0', 'of a month'),
            ("INSERT INTO tally VALUES (205001, 0, '', 2, 7)", 'of a month'),
            ('DELETE FROM tally_pay WHERE period > 197001', 'of a month'),
            ("UPDATE postings SET case_place = 'XX' WHERE case_as > 0", 'of a day'),
            ('UPDATE postings SET tallied = 0 WHERE id = 2', 'not all counted'),
            ('UPDATE cases SET state = 3 WHERE id = 3', 'does not count as its rows say')):
        change(place, statement)
        run = place.run('db', 'check')
        assert run.code == 65 and wrong in run.err and 'lurewatch db migrate' in run.err, (statement, run.code, run.err)
        ran(place, 'db', 'migrate')
        ran(place, 'db', 'check')
        if 'cases' not in statement:
            assert ran(place, 'report', *SPAN) == before, statement
    expect_equal(place, 'tampered')


main()
