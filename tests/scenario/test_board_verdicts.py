"""A sweep of the whole sample board: every lure flagged, no honest ad flagged, nothing forbidden asked for,
every ad kept word for word."""

import json
import os
import subprocess
import sys

from harness import ROOT, main, test

SAMPLES = os.path.join(ROOT, 'samples')


def sample_board(place, *options):
    """Writes the board and its source, starts the server; gives the expected ads by URL."""
    subprocess.run([sys.executable, os.path.join(SAMPLES, 'board', 'make_board.py'), place.root, *options],
                   check=True, stdout=subprocess.DEVNULL, timeout=120)
    with open(os.path.join(SAMPLES, 'sources', 'sample-board.yml'), encoding='utf-8') as source:
        place.write('sources/sample-board.yml', source.read())
    place.settings(delay_min='0s', workers='2')
    place.board()
    with open(os.path.join(place.root, 'expected.jsonl'), encoding='utf-8') as lines:
        return {ad['url']: ad for ad in map(json.loads, lines)}


def titles(ads):
    return '; '.join('%s (%s %s)' % (ad['title'][:40], ad['kind'], ad['lang']) for ad in ads)


@test
def the_lures_of_the_sample_board_are_cases_and_the_honest_ads_are_not(place):
    expected = sample_board(place)
    run = place.sweep(timeout=50)
    assert run.code == 0, run.err
    flagged = set(place.case_urls())
    missed = [ad for url, ad in expected.items() if ad['expect'] == 'lure' and url not in flagged]
    wrong = [ad for url, ad in expected.items() if ad['expect'] != 'lure' and url in flagged]
    assert not missed, '%d lures missed: %s' % (len(missed), titles(missed))
    assert not wrong, '%d honest ads flagged: %s' % (len(wrong), titles(wrong))
    strangers = flagged - set(expected)
    assert not strangers, 'cases that are no postings: %s' % sorted(strangers)

    asked = place.log()
    unread = set(expected) - {'http://%s%s' % (entry['host'], entry['path']) for entry in asked}
    assert not unread, 'not read: %s' % sorted(unread)[:5]
    with open(os.path.join(place.root, 'forbidden.txt'), encoding='utf-8') as lines:
        forbidden = lines.read().split()
    broken = [entry['path'] for entry in asked if any(part in entry['path'] for part in forbidden)]
    assert not broken, 'asked for in spite of robots.txt: %s' % broken[:5]
    hosts = {entry['host'].split(':')[0] for entry in asked}
    assert hosts == {'loker-karya.example'}, 'left the board: %s' % hosts
    twice = len(asked) - len({(entry['host'], entry['path']) for entry in asked})
    assert twice == 0, '%d pages asked for twice' % twice


@test
def a_board_of_other_ads_with_the_same_lures_comes_out_the_same(place):
    expected = sample_board(place, '--seed', '11', '--postings', '120')
    assert place.sweep(timeout=50).code == 0
    lures = sorted(url for url, ad in expected.items() if ad['expect'] == 'lure')
    assert place.case_urls() == lures, sorted(set(place.case_urls()) ^ set(lures))


def words_of(text):
    """Words alone: list marks and line ends are the page's."""
    return ' '.join(word for word in text.replace('\u00a0', ' ').split() if word not in ('-', '*', '•'))


def differs(ad, found):
    """Names of the members that did not come out as they were put in. A plain page says nowhere what
    its employer is, nor where its text begins: there the text must be within what was found."""
    if ad['form'] == 'plain':
        same = {'title': words_of(ad['title']) == words_of(found.get('title', '')),
                'text': words_of(ad['text']) in words_of(found.get('text', ''))}
    else:
        same = {ours: words_of(ad[ours]) == words_of(found.get(theirs, ''))
                for ours, theirs in (('title', 'title'), ('employer', 'company'), ('text', 'text'))}
    return [name for name, right in same.items() if not right]


@test
def every_posting_of_the_board_is_extracted_word_for_word(place):
    """Saved pages through `extract`, a run for each charset; a page's canonical link says whose it is."""
    expected = sample_board(place)
    read = {url: ad for url, ad in expected.items() if ad['expect'] != 'unread' and ad['form'] != 'article'}
    found = {}
    for charset in sorted({ad.get('charset', 'utf-8') for ad in read.values()}):
        files = [os.path.join(place.root, url.split('//', 1)[1]) for url, ad in read.items()
                 if ad.get('charset', 'utf-8') == charset]
        run = place.run('extract', '--as', 'posting', '--url', 'http://loker-karya.example/', '--content-type',
                        'text/html; charset=%s' % charset, *files, timeout=40)
        for posting in run.lines():
            found.setdefault(posting['url'], []).append(posting)
    wrong = []
    for url, ad in read.items():
        postings = found.get(url, [])
        why = differs(ad, postings[0]) if len(postings) == 1 else ['%d postings' % len(postings)]
        if why:
            wrong.append('%s (%s): %s' % (url, ad['form'], ', '.join(why)))
    assert not wrong, '%d of %d: %s' % (len(wrong), len(read), '; '.join(wrong[:6]))


if __name__ == '__main__':
    main()
