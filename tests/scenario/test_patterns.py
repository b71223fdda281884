"""The analyst's bench on a store that a sweep filled and people decided in."""

import json
import os
import shutil

from harness import ROOT, ad, honest, listing, lure, main, test

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
    assert run.code == 65 and '1 decisions are too few' in run.err, run


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
    assert few['ads_a_day'] <= 1 and many['logit'] < few['logit'], (few, many)
    run = place.run('patterns', 'thresholds', '--cases-per-day', '4')
    assert run.code == 0 and 'review: ' in run.out, run
    for wrong in ([], ['--miss-cost', '1'], ['--cases-per-day', '0'],
                  ['--cases-per-day', '3', '--miss-cost', '1', '--false-cost', '1']):
        assert place.run('patterns', 'thresholds', *wrong).code == 64, wrong


main()
