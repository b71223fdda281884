"""The analyst's bench on a store that a sweep filled and people decided in."""

import json
import os
import shutil

from harness import ROOT, SLOW, ad, honest, listing, lure, main, test

PLACES = ['Poipet', 'Bavet', 'Sihanoukville', 'Phnom Penh', 'Kampot']
SHADOW = """idea: pay.%(name)s
title: 'An invented rule of the test'
description: 'An invented rule of the test.'
rationale: 'So that a test has a rule of its own.'
sources: ['none']
level: none
weight: %(weight)s
field: any
languages:
  id:
    status: %(status)s
    date: 2026-11-01
    pattern: '%(pattern)s'
    examples:
      match: ['kantor Poipet', 'kantor Bavet', 'kantor Kampot']
      not_match: ['toko', 'sawah', 'pasar']
"""


def own_bank(place, **rule):
    """A copy of the shipped bank, with a rule of our own."""
    folder = os.path.join(place.dir, 'bank-%d' % len(os.listdir(place.dir)))
    shutil.copytree(os.path.join(ROOT, 'patterns'), folder)
    if rule:
        with open(os.path.join(folder, 'pay', rule['name'] + '.yml'), 'w') as out:
            out.write(SHADOW % rule)
    return folder


TELLS = 'Tanpa pengalaman, paspor ditanggung kantor. '


def varied(number):
    """Lures unlike one another: words of their own and a contact of their own; two of three say
    more."""
    words = ' '.join('kata%d%s' % (number * 37 + k, chr(97 + (number * 7 + k) % 26)) for k in range(60))
    return ad('Lowongan admin slot Kamboja %d' % number,
              'Dibutuhkan admin slot, kantor %s. Gaji 900 USD, tiket ditanggung. Hubungi telegram '
              't.me/contoh_lain_%d. %s%s' % (PLACES[number % 5], number, TELLS if number % 3 else '',
                                              words), number, '', 'Kamboja')


def swept(place, lures=4, ads=4, page=lure):
    paths = []
    for number in range(lures + ads):
        path = '/job/%d' % (number + 1)
        place.page('board.example', path.lstrip('/'),
                   page(number) if number < lures else honest(number))
        paths.append(path)
    place.page('board.example', 'jobs', listing(paths))
    place.source()
    place.board()
    run = place.sweep()
    assert run.code == 0, (run.code, run.err)
    rows = place.run('queue', 'list', '--all', '--json').lines()
    return [row['case'] for row in sorted(rows, key=lambda row: int(row['title'].split()[-1]))]


def decide(place, case, decision):
    run = place.run('queue', 'decide', str(case), decision, '--as', 'ani')
    assert run.code == 0, run.err


@test
def what_fires_in_a_file_and_with_a_changed_rule(place):
    file = place.path('ads.jsonl')
    with open(file, 'w') as out:
        out.write(json.dumps({'id': 'one', 'title': 'Admin slot Kamboja',
                              'text': 'kantor Poipet, gaji 800 USD'}) + '\n')
        out.write(json.dumps({'id': 'two', 'text': 'Kasir toko di Bandung'}) + '\n')
    run = place.run('patterns', 'test', file)
    assert run.code == 0 and run.out.startswith('one: ') and '\ntwo: clear' in run.out, run
    changed = place.path('office.yml')
    with open(changed, 'w') as out:
        out.write(SHADOW % {'name': 'office', 'status': 'active', 'weight': '2.5',
                            'pattern': r'\\bkantor\\b'.replace('\\\\', '\\')})
    rows = place.run('patterns', 'test', file, '--rule', changed, '--json').lines()
    assert [row['ad'] for row in rows] == ['one', 'two']
    assert any(f['id'] == 'pay.office.id' for f in rows[0]['findings_after']), rows[0]
    assert not any(f['id'] == 'pay.office.id' for f in rows[0]['findings_before'])
    assert rows[1]['before'] == rows[1]['after']
    run = place.run('patterns', 'test', file, '--pattern', 'kasir')
    assert run.code == 0 and 'tried' in run.out, run
    run = place.run('patterns', 'test', file, '--pattern', '(kasir')
    assert run.code == 78 and 'Traceback' not in run.err, run
    assert place.run('patterns', 'test').code == 64
    with open(file, 'a') as out:
        out.write('{bad\n')
    assert place.run('patterns', 'test', file).code == 65


def labelled(place, name, rows):
    file = place.path(name)
    with open(file, 'w', encoding='utf-8') as out:
        for row in rows:
            out.write(json.dumps(row, ensure_ascii=False) + '\n')
    return file


LURE = {'title': 'Lowongan admin slot Kamboja', 'label': 'lure',
        'text': 'Dibutuhkan admin slot dan CS judi online, kantor Poipet, Kamboja. Gaji 1200 USD, tiket, paspor '
                'dan mess ditanggung kantor. Tanpa pengalaman. Hubungi telegram t.me/contoh_kantor_7'}
HONEST = {'title': 'Kasir toko kelontong', 'label': 'benign',
          'text': 'Toko kelontong di Bandung mencari kasir. Gaji Rp 3.500.000 per bulan sesuai UMK, BPJS.'}


@test
def probability_stands_beside_labels(place):
    one = labelled(place, 'one.jsonl', [LURE, dict(LURE, label='fraud-lure')] + 6 * [HONEST])
    two = labelled(place, 'two.jsonl', 4 * [HONEST] + [
        dict(LURE, label='spam'), dict(LURE, label='Lure'), dict(LURE, label=1), dict(LURE, label=[]),
        dict(LURE, label='ein sehr langes Wort mit vielen Zeichen: ääääääääää'), {'text': LURE['text']}])
    run = place.run('patterns', 'test', '--summary', '--json', one, two)
    assert run.code == 0, run.err
    rows = run.lines()
    assert len(rows) == 1 and 'bank' not in rows[0], rows
    row, bins = rows[0], rows[0]['reliability']
    assert [(b['from'], b['to']) for b in bins] == [(n / 10, (n + 1) / 10) for n in range(10)], bins
    assert (bins[0]['ads'], bins[0]['lures'], bins[9]['ads'], bins[9]['lures']) == (10, 0, 2, 2), bins
    assert bins[9]['share'] == 1 and abs(bins[9]['low'] - 0.342380) < 1e-5 and bins[9]['high'] == 1
    assert 'share' not in bins[5] and 'probability' not in bins[5], bins[5]
    assert (row['ads'], row['lures'], row['flagged_lures'], row['flagged_benign']) == (12, 2, 2, 0), row
    lures, honest_ads = bins[9]['probability'], bins[0]['probability']
    assert abs(row['brier'] - (2 * (1 - lures) ** 2 + 10 * honest_ads ** 2) / 12) < 2e-6, row
    assert abs(row['calibration_error'] - (2 * (1 - lures) + 10 * honest_ads) / 12) < 2e-6, row
    # two lures and no benign ad: at one lure in a thousand this says next to nothing
    assert bins[9]['share_at_prior'] == 1 and bins[9]['low_at_prior'] < 0.01, bins[9]
    assert 0.0009 < row['prior'] < 0.0011, row
    assert (row['unlabelled'], row['apart']) == (1, 5), row
    assert row['apart_labels']['spam'] == row['apart_labels']['Lure'] == row['apart_labels']['1'] == 1, row
    run = place.run('patterns', 'test', one, two)
    assert run.code == 0 and 'line 1: urgent' in run.out and 'Brier score' in run.out, run.out
    assert 'flagged: 2 of 2 lures, 0 of 10 benign' in run.out and 'spam 1' in run.out, run.out
    assert '16.67% are lures' in run.out and 'about 0.10%' in run.out, run.out
    assert run.out.index('line 1: urgent') < run.out.index('0.9-1.0'), run.out
    tables = place.run('patterns', 'test', '--summary', '--json', one, '--pattern', 'kasir').lines()
    assert [table['bank'] for table in tables] == ['in service', 'changed'], tables


@test
def labels_that_say_nothing_are_told(place):
    none = labelled(place, 'none.jsonl', [dict(LURE, label='Lure'), dict(HONEST, label='honest')])
    run = place.run('patterns', 'test', '--summary', none)
    assert run.code == 65 and 'no ad has the label' in run.err and 'Lure, honest' in run.err, run
    run = place.run('patterns', 'test', none)
    assert run.code == 0 and 'no ad has the label' in run.err and 'Brier' not in run.out, run
    one = labelled(place, 'one.jsonl', [LURE])
    with open(one, 'a') as out:
        out.write('{"text": "broken", "label"\n')
    run = place.run('patterns', 'test', '--summary', one, place.path('nowhere.jsonl'))
    assert run.code == 65 and 'one.jsonl: line 2: ' in run.err and 'nowhere.jsonl: No such' in run.err, run
    assert '1 labelled ads; flagged: 1 of 1 lures' in run.out, run.out  # what could be read is told


@test
def a_changed_bank_is_tried_on_stored_ads(place):
    cases = swept(place)
    decide(place, cases[0], 'confirmed')
    same = place.run('patterns', 'backtest', own_bank(place))
    assert same.code == 0, same.err
    assert 'newly flagged 0' in same.out and 'no longer 0' in same.out, same.out
    weaker = own_bank(place)
    families = os.path.join(weaker, 'families.yml')
    with open(families) as read:
        text = read.read()
    assert 'prior: 0.001' in text and 'review: 0.5, urgent: 0.95' in text
    with open(families, 'w') as out:  # so little reaches review that no lure of the board does
        out.write(text.replace('prior: 0.001', 'prior: 0.000001')
                  .replace('review: 0.5, urgent: 0.95', 'review: 0.9999, urgent: 0.99999'))
    shutil.rmtree(os.path.join(weaker, 'combos'))
    rows = place.run('patterns', 'backtest', weaker, '--json').lines()
    end = rows[-1]
    assert end['flagged_before'] == 4 and end['no_longer'] == 4 and end['newly'] == 0, end
    assert end['no_longer_lures'] == 1 and end['no_longer_ordinary'] == 0, end
    assert sorted(row['case'] for row in rows[:-1]) == sorted(cases), rows
    table = place.run('patterns', 'backtest', weaker).out
    assert table.count('no longer') >= 5 and 'https://board.example/job/' in table, table
    higher = own_bank(place)
    with open(os.path.join(higher, 'families.yml'), 'w') as out:
        out.write(text.replace('review: 0.5, urgent: 0.95', 'review: 0.999998, urgent: 0.999999'))
    rows = place.run('patterns', 'backtest', higher, '--json').lines()
    assert all(row['differences'].startswith('the same findings') for row in rows[:-1]), rows
    assert rows[-1]['no_longer'] + rows[-1]['flagged_after'] == 4, rows[-1]
    assert place.run('patterns', 'backtest').code == 64
    assert place.run('patterns', 'backtest', '/nowhere').code == 78


@test
def what_each_rule_does(place):
    cases = swept(place)
    decide(place, cases[0], 'confirmed')
    decide(place, cases[1], 'dismissed')
    place.settings(patterns=own_bank(place, name='office', status='shadow', weight='2.5',
                                   pattern='kantor'))
    rows = {row['id']: row for row in place.run('patterns', 'stats', '--json').lines()}
    slot = [row for row in rows.values() if row['ads'] == len(cases)]
    assert slot, 'no rule stands in every lure'
    assert any(row['lures'] == 1 and row['ordinary'] == 1 and row['precision'] == 0.5
               for row in slot), slot
    assert any(row['us_an_ad'] > 0 for row in rows.values())
    assert any(row.get('beside_percent') == 100 for row in slot), slot
    assert rows['pay.office.id']['status'] == 'shadow' and rows['pay.office.id']['ads'] == 0
    run = place.run('patterns', 'stats')
    assert run.code == 0 and 'rules never fired' in run.out and 'pay.office.id' in run.out


@test
def few_decisions_move_no_weight(place):
    cases = swept(place)
    decide(place, cases[0], 'confirmed')
    run = place.run('patterns', 'tune')
    assert run.code == 65 and '1 decision is too few' in run.err, run


@test
def decisions_move_weights_that_a_person_accepts(place):
    cases = swept(place, lures=64, ads=2, page=varied)
    assert len(cases) == 64, len(cases)
    for number, case in enumerate(cases):
        decide(place, case, 'confirmed' if number % 3 else 'dismissed')
    bank = own_bank(place)
    place.settings(patterns=bank)
    written = os.path.join(bank, 'weights.generated.yml')
    run = place.run('patterns', 'tune', '--json')
    assert run.code == 0, run.err
    tuned = run.lines()[0]
    assert tuned['decisions'] == 64 and tuned['folds'] == 5, tuned
    assert 0 < tuned['held_out_analyst']['log_loss'] and 0 <= tuned['held_out_fitted']['auc'] <= 1
    assert tuned['weights'] and all(-5 <= row['proposed'] <= 5 for row in tuned['weights']), tuned
    assert not os.path.exists(written)
    run = place.run('patterns', 'tune', '--write')
    assert run.code == 0 and 'written' in run.out and os.path.exists(written), run
    moved = {row['id']: row for row in tuned['weights']}
    listed = {row['id']: row for row in place.run('patterns', 'list', '--json').lines()}
    for name, row in moved.items():
        assert listed[name]['weight'] == row['proposed'], (name, listed[name])
        assert listed[name]['analyst_weight'] == row['analyst'], (name, listed[name])
    assert 'fitted to decisions' in place.run('patterns', 'list').out
    assert place.run('patterns', 'check').code == 0
    file = place.path('ad.txt')
    with open(file, 'w') as out:
        out.write('Dibutuhkan admin slot, kantor Poipet, Kamboja. Gaji 900 USD. ' + TELLS)
    assert 'weights fitted to decisions' in place.run('explain', file).out, moved
    with open(written, 'a') as out:
        out.write('  pay.no-such-rule.id: 1.0\n')
    run = place.run('patterns', 'list')
    assert run.code == 78 and 'there is no rule' in run.err and 'weights.generated.yml' in run.err, run


@test
def where_a_band_should_begin(place):
    cases = swept(place)
    decide(place, cases[0], 'confirmed')
    by_cost = place.run('patterns', 'thresholds', '--miss-cost', '100', '--false-cost', '1', '--json')
    assert by_cost.code == 0, by_cost.err
    assert 0.009 < by_cost.lines()[0]['review'] < 0.011, by_cost.out
    few = place.run('patterns', 'thresholds', '--cases-per-day', '1', '--json').lines()[0]
    many = place.run('patterns', 'thresholds', '--cases-per-day', '1000', '--json').lines()[0]
    assert many['logit'] < few['logit'] and many['ads_a_day'] == 8, (few, many)
    # four lures are nearer to certain than lurewatch.yml can write: that is told
    assert few['review'] == 0.999999 and few['ads_a_day'] == 4, few
    assert 'no threshold keeps it to 1 a day' in place.run('patterns', 'thresholds', '--cases-per-day', '1').out
    run = place.run('patterns', 'thresholds', '--cases-per-day', '4')
    assert run.code == 0 and 'review: ' in run.out, run
    assert many['precision'] == 1 and many['undecided'] == 7 and many['weakest_decided'] > many['logit'], many
    run = place.run('patterns', 'thresholds', '--cases-per-day', '1000')
    assert 'of the 8 from ' in run.out and '7 are undecided' in run.out, run.out
    assert 'none below +' in run.out and 'nobody knows' in run.out and 'undecided  precision' in run.out, run.out
    assert place.run('queue', 'undo', str(cases[0]), '--as', 'ani').code == 0
    run = place.run('patterns', 'thresholds', '--cases-per-day', '1000')
    assert 'none of them was decided' in run.out, run.out
    for wrong in ([], ['--miss-cost', '1'], ['--cases-per-day', '0'],
                  ['--cases-per-day', '3', '--miss-cost', '1', '--false-cost', '1']):
        assert place.run('patterns', 'thresholds', *wrong).code == 64, wrong
    for wrong in ([], ['--days', '0.5'], ['--days', '0'], ['extra']):
        run = place.run('patterns', 'thresholds', *(wrong + ['--cases-per-day', '4'] if wrong else wrong))
        assert run.code == 64, (wrong, run)


@test
def a_threshold_can_be_written_as_it_is_told(place):
    swept(place)
    for arguments in (['--cases-per-day', '1'], ['--cases-per-day', '5000'],
                      ['--miss-cost', '1', '--false-cost', '1000000000'],
                      ['--miss-cost', '1000000000', '--false-cost', '1'],
                      ['--miss-cost', '1', '--false-cost', '100']):
        run = place.run('patterns', 'thresholds', *arguments)
        assert run.code == 0, run.err
        keys = dict(line.split(': ') for line in run.out.split('in lurewatch.yml:\n')[1].splitlines())
        bands = [float(keys.get('watch', 0.05)), float(keys['review']), float(keys.get('urgent', 0.95))]
        assert 0 < bands[1] < 1 and bands == sorted(bands), (arguments, run.out)
        place.settings(**keys)
        assert place.run('patterns', 'list').code == 0, keys  # lurewatch.yml takes them
        place.settings()


def error_of(place, *arguments):
    run = place.run('patterns', *arguments)
    assert run.code == 78, (arguments, run.code, run.err)
    return run.err


@test
def a_complaint_names_the_file_that_was_tried(place):
    swept(place)
    shutil.copytree(os.path.join(ROOT, 'patterns'), place.path('mine'))
    rule = {'name': 'office', 'status': 'active', 'weight': '1', 'pattern': 'kantor(?gap:2)[z-a]'}
    file = place.path('mine', 'pay', 'office.yml')
    place.write('mine/pay/office.yml', SHADOW % rule)
    told = error_of(place, 'backtest', place.path('mine'))
    assert told.startswith('lurewatch patterns: %s:13: ' % file), told
    place.write('my.yml', SHADOW % rule)
    for verb in (['backtest'], ['test', place.path('my.yml')]):
        told = error_of(place, *verb, '--rule', place.path('my.yml'))
        assert told.startswith('lurewatch patterns: %s:13: ' % place.path('my.yml')), told
    told = error_of(place, 'test', place.path('my.yml'), '--pattern', 'slot\n|kantor(?gap:2)[z-a]')
    assert told.startswith('lurewatch patterns: --pattern:2: '), told
    assert told.endswith('\n  |kantor(?gap:2)[z-a]\n  %s^\n' % (18 * ' ')), told
    assert place.run('patterns', 'test', place.path('my.yml'), '--pattern', ' ').code == 64
    place.write('no-idea.yml', 'nothing: x\n')
    for name in ('nowhere.yml', 'no-idea.yml'):
        for verb in (['backtest'], ['test', place.path('my.yml')]):
            run = place.run('patterns', *verb, '--rule', place.path(name), '--json')
            assert run.code == 65 and name in run.err, (run.code, run.err)


@test
def a_complaint_about_data_names_the_file_that_was_tried(place):
    bank = place.path('mine')
    shutil.copytree(os.path.join(ROOT, 'patterns'), bank,
                    ignore=lambda folder, names: [name for name in names if '.' not in name and name != 'employer'])
    for name, was, becomes, why in (('wages.yml', 'amount: 2480', 'amount: x', 'a whole number'),
                                    ('wages.yml', "source: 'MY10'", "source: 'NONE9'", "'NONE9' is no key of"),
                                    ('wages.yml', "source: 'MY10'", "source: 'ZZ99'", "'ZZ99' is no key of"),
                                    ('wages.yml', 'currency: PHP', 'currency: PXP', "'PXP' has no rate in rates.yml"),
                                    ('rates.yml', "per_usd: '58'", "per_usd: '0'", 'a rate is above 0'),
                                    ('places.yml', 'date: ', 'dates: ', 'dates'),
                                    ('licences.yml', 'date: ', 'dates: ', 'dates')):
        file = os.path.join(bank, name)
        with open(file, encoding='utf-8') as text:
            whole = text.read()
        place.write('mine/' + name, whole.replace(was, becomes, 1))
        line = whole[:whole.index(was)].count('\n') + 1
        run = place.run('patterns', 'check', bank)
        assert run.code == 65 and '%s:%d:' % (file, line) in run.out + run.err, (name, becomes, run.out, run.err)
        assert why in run.out + run.err and '1 complaint' in run.out, (name, becomes, run.out, run.err)
        place.write('mine/' + name, whole)
    assert place.run('patterns', 'check', bank).code == 0


@test
def a_name_that_no_rule_has_is_told(place):
    for option, word in (('--family', 'gamblin'), ('--language', 'xx'), ('--status', 'actve')):
        run = place.run('patterns', 'list', option, word)
        assert run.code == 64 and "'%s'" % word in run.err and run.out == '', run
    assert 'gambling' in place.run('patterns', 'list', '--family', 'gamblin').err
    assert place.run('patterns', 'list', '--status', 'draft').code == 0
    assert place.run('patterns', 'tune', 'extra').code == 64


def runs_away(number):
    """Text on which the rule below tries for ever: the matcher's limits end each try."""
    return ad('Kasir %d' % number, 'Toko di Bandung mencari kasir. %s!' % ('a' * 3000), number)


@test
def a_rule_that_runs_away_is_left_out_and_told(place):
    place.settings(patterns=own_bank(place, name='runaway', status='active', weight='1',
                                     pattern='(?:[a-z]+ ?)+[0-9t]$'))
    file = labelled(place, 'ads.jsonl', [{'id': str(n), 'text': 'Toko di Bandung mencari kasir. %s!'
                                          % ('a' * 3000)} for n in range(40)])
    for arguments in (['scan', file], ['patterns', 'test', file]):
        run = place.run(*arguments)
        assert run.code == 0 and run.err.count('rule pay.runaway.id reached its limits') == 1, run.err
        assert run.out.count('clear') == 40 and run.seconds < 30 * SLOW, (run.seconds, run.out[-300:])
    assert run.err.count('\n') == 1, run.err
    paths = ['/job/%d' % n for n in range(40)]
    for number, path in enumerate(paths):
        place.page('board.example', path.lstrip('/'), runs_away(number))
    place.page('board.example', 'jobs', listing(paths))
    place.source()
    place.board()
    run = place.sweep()
    told = [alarm for alarm in run.lines()[-1]['alarms'] if alarm['kind'] == 'rule']
    assert run.code == 0 and len(told) == 1 and 'pay.runaway.id' in told[0]['why'], (run.code, run.out, run.err)
    assert place.count('SELECT count(*) FROM postings') == 40
    run = place.run('patterns', 'check')
    assert run.code == 65 and 'the step limit is reached' in run.out, run


main()
