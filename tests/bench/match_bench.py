#!/usr/bin/env python3
"""match_bench.py BUILD [--rules 100,600,3000,10000]: matching by number of rules, lurewatch beside its peers.

Every engine gets the same rules on the same ads in the same run. A rule is the phrases that a rule of the
bank gives as its matching examples, as alternatives; more rules than the bank has are copies whose words got
an ending of their own. An ad is texts of samples/benign and lures of the sample board one after another, up to
about 2.2 KB, small letters, one line. CPU time; start-up and compilation are taken off (of "scan" not the
machine code of the rules that further ads need, which is made once).

"matching" is lurewatch from the folded text to the list of hits with their places: the search for literals and
every run of PCRE2, absolute, measured by itself (match_own); "fold" is what makes the text so. The peers get
text that is folded already. "scan" is the whole command on JSON: fold, match, facts, score, JSON; its start-up
is taken off by a run with one ad.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Letters that lurewatch folds to others before it matches: the peers would not find the folded phrase.
FOLDED_AWAY = re.compile('[\u0600-\u06ff\u0e33\u0eb3\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]')
COPIES = 40  # of the ads, so that start-up is small beside the work
AD_BYTES = 2200


def phrases():
    """The matching examples of every rule of the bank: three or more plain phrases a rule."""
    rules = []
    for file in sorted((ROOT / 'patterns').glob('*/*.yml')):
        if file.parent.name == 'combos':
            continue
        for block in re.findall(r"      match:\n((?:        - '.*'\n)+)", file.read_text(encoding='utf-8')):
            found = [text.replace("''", "'").lower() for text in re.findall(r"- '(.*)'\n", block)]
            rules.append(list(dict.fromkeys(text for text in found if len(text) > 4))[:6])
    return [rule for rule in rules if len(rule) > 2 and not any(map(FOLDED_AWAY.search, rule))]


def multiplied(rules, count):
    out = []
    for n in range(count):
        copy, ending = rules[n % len(rules)], n // len(rules)
        out.append([re.sub(r'(\w+)', lambda word: word.group() + f'q{ending}z', text) if ending else text for text in copy])
    return out


def ads():
    texts = []
    folders = sorted((ROOT / 'samples' / 'benign').glob('*.jsonl')) + [ROOT / 'samples/board/postings/lures.jsonl']
    for file in folders:
        for line in file.read_text(encoding='utf-8').splitlines():
            row = json.loads(line)
            texts.append(' '.join((row['title'] + '. ' + row['text']).lower().split()))
    whole, ad = [], ''
    for text in texts:
        ad = f'{ad} {text}'.strip()
        if len(ad.encode()) > AD_BYTES - 170:  # half a text
            whole.append(ad)
            ad = ''
    return whole


def cpu(command, feed=None, env=None):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, input=feed, capture_output=True, encoding='utf-8', timeout=600, check=False,
                          env={**os.environ, **(env or {})})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit(f'{command[0]} ended with {done.returncode}: {done.stderr[-400:]}')
    return (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) * 1e6, done.stdout


def bank(place, rules):
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for file in (ROOT / 'patterns').glob('*.yml'):
        shutil.copy(file, place)
    (place / 'role').mkdir()
    (place / 'combos').mkdir()
    quoted = lambda text: "'" + text.replace("'", "''") + "'"
    for n, rule in enumerate(rules):
        pattern = '|'.join(re.escape(text).replace('\\ ', ' ') for text in rule)
        (place / 'role' / f'r{n}.yml').write_text(
            f"idea: role.r{n}\ntitle: 'r{n}'\ndescription: 'r{n}'\nrationale: |-\n  Bench.\nsources:\n  - 'GK'\ncode: F04\n"
            f"level: none\nweight: 0.1\nfield: any\nfalse_positives:\n  - 'none'\nlanguages:\n  en:\n    status: active\n"
            f"    date: 2026-11-25\n    pattern: |-\n      {pattern}\n    examples:\n      match:\n"
            + ''.join(f'        - {quoted(text)}\n' for text in rule[:3])
            + "      not_match:\n        - 'xa'\n        - 'xb'\n        - 'xc'\n", encoding='utf-8')


def plain(build, folder, rules):
    """Without the rules that lurewatch would write in other letters: the peers would not find them."""
    bank(folder / 'bank', rules)
    config = folder / 'lurewatch.yml'
    config.write_text(f"patterns: '{folder / 'bank'}'\n")
    done = subprocess.run([os.path.join(build, 'lurewatch'), 'patterns', 'check', '--config', str(config)],
                          capture_output=True, encoding='utf-8', timeout=300, check=False)
    bad = {int(n) for n in re.findall(r'/role/r(\d+)\.yml:\d+', done.stdout + done.stderr)}
    return [rule for n, rule in enumerate(rules) if n not in bad]


def lurewatch(build, folder, rules, texts):
    place = folder / 'bank'
    bank(place, rules)
    config = folder / 'lurewatch.yml'
    config.write_text(f"patterns: '{place}'\n")
    lines = [json.dumps({'id': str(n), 'text': text}, ensure_ascii=False) for n, text in enumerate(texts * COPIES)]
    command = [os.path.join(build, 'lurewatch'), 'scan', '--config', str(config)]
    start, _ = cpu(command, lines[0] + '\n')
    work, out = cpu(command, '\n'.join(lines) + '\n')
    hits = sum(one['kind'] == 'rule' for line in out.splitlines()[:len(texts)] for one in json.loads(line)['findings'])
    _, alone = cpu([os.path.join(build, 'bench', 'match_own'), place, folder / 'ads.txt', '200'])
    matching, rules_hit, fold = alone.split()
    if int(rules_hit) < hits:
        raise SystemExit(f'match_own found {rules_hit} rules, scan {hits}')
    return {'matching': float(matching), 'fold': float(fold), 'scan': (work - start) / (len(lines) - 1),
            'hits': int(rules_hit), 'start': start}


def yara(folder, rules, texts):
    escaped = lambda text: text.replace('\\', '\\\\').replace('"', '\\"')
    (folder / 'rules.yar').write_text(''.join(
        f'rule r{n} {{ strings: ' + ' '.join(f'$a{i} = "{escaped(text)}"' for i, text in enumerate(rule))
        + ' condition: any of them }\n' for n, rule in enumerate(rules)), encoding='utf-8')
    subprocess.run(['yarac', folder / 'rules.yar', folder / 'rules.yarc'], check=True, capture_output=True)
    place = folder / 'ads'
    if not place.exists():
        place.mkdir()
        (folder / 'one').mkdir()
        (folder / 'one' / '0').write_text(texts[0])
        for copy in range(COPIES):
            for n, text in enumerate(texts):
                (place / f'{copy}-{n}').write_text(text, encoding='utf-8')
    start, _ = cpu(['yara', '-C', '-p', '1', folder / 'rules.yarc', folder / 'one'])
    work, out = cpu(['yara', '-C', '-p', '1', '-r', folder / 'rules.yarc', place])
    return (work - start) / (len(texts) * COPIES), out.count('/ads/0-')


def spamassassin(folder, rules, texts):
    home = folder / 'sa'
    home.mkdir(exist_ok=True)
    escaped = lambda text: re.sub(r'([^\w ]|_)', lambda sign: '\\' + sign.group() if sign.group().isascii() else sign.group(), text)
    (home / 'bench.cf').write_text('use_bayes 0\nutil_rb_tld com org net example\n' + ''.join(
        f'body R{n} /{"|".join(map(escaped, rule))}/\nscore R{n} 0.01\n' for n, rule in enumerate(rules)), encoding='utf-8')
    (home / 'check.pre').write_text('loadplugin Mail::SpamAssassin::Plugin::Check\n')
    message = lambda text: f'From a@b.example Mon Jan  1 00:00:00 2024\nSubject: ad\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{text}\n\n'
    few = texts[:60]
    (folder / 'one.mbox').write_text(message(texts[0]), encoding='utf-8')
    (folder / 'few.mbox').write_text(''.join(map(message, few)), encoding='utf-8')
    command = ['spamassassin', '-L', '-x', f'--configpath={home}', f'--siteconfigpath={home}', '--mbox']
    start, _ = cpu(command + [folder / 'one.mbox'])
    work, _ = cpu(command + [folder / 'few.mbox'])
    return (work - start) / (len(few) - 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('build')
    parser.add_argument('--rules', default='100,600,3000,10000')
    asked = parser.parse_args()
    source, texts = phrases(), ads()
    program = os.path.join(asked.build, 'bench', 'match_bench')
    print(f'{len(texts)} ads, {sum(len(text.encode()) for text in texts) // len(texts)} bytes each; CPU microseconds per ad')
    print(f'{"rules":>6} {"matching":>9} {"fold":>6} {"scan":>7} {"Vectorscan":>10} {"PCRE2":>10} {"YARA":>10} {"SpamAssassin":>12}   start ms, hits')
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / 'ads.txt').write_text('\n'.join(texts) + '\n', encoding='utf-8')
        source = plain(asked.build, folder, source)
        for count in map(int, asked.rules.split(',')):
            rules = multiplied(source, count)
            (folder / 'patterns.txt').write_text(''.join('|'.join(map(re.escape, rule)).replace('\\ ', ' ') + '\n' for rule in rules), encoding='utf-8')
            own = lurewatch(asked.build, folder, rules, texts)
            peers = {}
            for engine in ('vectorscan', 'pcre2'):
                peers[engine] = (cpu([program, engine, folder / 'patterns.txt', folder / 'ads.txt', '3'])[1].split() + ['-'])[:2] \
                    if os.path.exists(program) else ('-', '-')
            yara_us = f'{yara(folder, rules, texts)[0]:.1f}' if shutil.which('yarac') else '-'
            spam_us = f'{spamassassin(folder, rules, texts):.0f}' if shutil.which('spamassassin') and count <= 3000 else '-'
            print(f'{count:6} {own["matching"]:9.1f} {own["fold"]:6.1f} {own["scan"]:7.1f} {peers["vectorscan"][0]:>10} {peers["pcre2"][0]:>10} {yara_us:>10} {spam_us:>12}'
                  f'   {own["start"] / 1000:.0f}, {own["hits"]} {peers["vectorscan"][1]} {peers["pcre2"][1]}', flush=True)


if __name__ == '__main__':
    sys.exit(main())
