"""Recall by disguise: the lures of the sample board, each disguised many times, through `lurewatch scan`.

At least 200 variants of the lures under each disguise, always the same ones; a disguise may cost at most two
points of recall against the plain ads. `test_evasion.py --table` prints the table, `--misses NAME` what a
disguise hid. The honest ads of the board are disguised too: disguise alone is no guilt.
"""
import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

import disguises

ROOT = pathlib.Path(__file__).resolve().parents[2]
LUREWATCH = ROOT / os.environ.get('BUILD', 'build') / 'lurewatch'
VARIANTS = 7        # of each lure, under each disguise
AT_LEAST = 200
COST_POINTS = 2.0
HONEST_FLAGGED = 1  # of 54: a licence written in leet is no licence a filter can read
FLAGGED = ('review', 'urgent')


def read(path):
    with open(path, encoding='utf-8') as lines:
        return [json.loads(line) for line in lines if line.strip()]


def as_ad(row):
    return {'lang': row['lang'], 'title': row['title'], 'company': row.get('employer', ''),
            'location': row.get('place', ''), 'salary': row.get('pay', ''), 'text': row['text']}


def scan(ads):
    feed = ''.join(json.dumps({'id': str(n), **{key: ad[key] for key in disguises.FIELDS if ad[key]}}, ensure_ascii=False)
                   + '\n' for n, ad in enumerate(ads))
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder) / 'lurewatch.yml'
        config.write_text(f"patterns: '{ROOT / 'patterns'}'\n")
        done = subprocess.run([str(LUREWATCH), 'scan', '--config', str(config)], input=feed, capture_output=True,
                              timeout=120, check=True, encoding='utf-8')
    return [json.loads(line) for line in done.stdout.splitlines()]


def variants(ads, name, disguise, count):
    made = []
    for n, ad in enumerate(ads):
        for turn in range(count):
            made.append(disguise(ad, random.Random(f'{name} {n} {turn}')))
    return made


def measure():
    postings = ROOT / 'samples' / 'board' / 'postings'
    lures = [as_ad(row) for row in read(postings / 'lures.jsonl')]
    alikes = [as_ad(row) for row in read(postings / 'lookalikes.jsonl')]
    honest = [(row['lang'], row['text']) for file in sorted((ROOT / 'samples' / 'benign').glob('*.jsonl'))
              for row in read(file) if row['kind'] == 'ordinary']
    named = (('plain', lambda ad, _: ad),) + disguises.all_disguises(honest)
    batches = [(name, variants(lures, name, one, VARIANTS), variants(alikes, name, one, 2)) for name, one in named]
    verdicts = iter(scan([ad for _, bad, good in batches for ad in bad + good]))
    rows = []
    for name, bad, good in batches:
        bad_verdicts = [next(verdicts) for _ in bad]
        good_verdicts = [next(verdicts) for _ in good]
        rows.append({'name': name, 'of': len(bad), 'missed': [(ad, verdict) for ad, verdict in zip(bad, bad_verdicts)
                                                              if verdict['band'] not in FLAGGED],
                     'honest': len(good), 'wrong': sum(verdict['band'] in FLAGGED for verdict in good_verdicts)})
    return rows


def recall(row):
    return 100.0 * (row['of'] - len(row['missed'])) / row['of']


def table(rows):
    print(f'{"disguise":16} {"variants":>8} {"recall":>8} {"cost":>6} {"honest":>7} {"flagged":>8}')
    for row in rows:
        print(f'{row["name"]:16} {row["of"]:8} {recall(row):7.1f}% {recall(rows[0]) - recall(row):6.1f} '
              f'{row["honest"]:7} {row["wrong"]:8}')


def tell(name, problem):
    print(f'not ok {name}: {problem}' if problem else f'ok {name}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('--table', action='store_true')
    parser.add_argument('--misses', metavar='DISGUISE')
    asked = parser.parse_args()
    rows = measure()
    if asked.table:
        return table(rows)
    if asked.misses:
        for ad, verdict in next(row for row in rows if row['name'] == asked.misses)['missed']:
            print(f'{verdict["score"]} {ad["title"]}\n{ad["text"]}\n{[one["id"] for one in verdict["findings"]]}\n')
        return None
    for row in rows:
        cost = recall(rows[0]) - recall(row)
        few = f'only {row["of"]} variants' if row['of'] < AT_LEAST else ''
        dear = f'costs {cost:.1f} points of recall; see --misses {row["name"]}' if cost > COST_POINTS else ''
        tell(f'lures in disguise: {row["name"]}', few or dear)
        tell(f'honest ads in disguise: {row["name"]}', row['wrong'] > HONEST_FLAGGED and f'{row["wrong"]} of {row["honest"]} flagged')
    return None


if __name__ == '__main__':
    sys.exit(main())
