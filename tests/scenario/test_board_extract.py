"""`extract` on every page of the sample board gives exactly what was put into it: every field, nothing besides."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from harness import ROOT, main, test

MAKER = os.path.join(ROOT, 'samples', 'board', 'make_board.py')


def read_page(place, ad):
    path = os.path.join(place.root, ad['url'].split('//', 1)[1])
    run = place.run('extract', '--url', ad['url'], path)
    return run, [json.loads(line) for line in run.out.splitlines()]


def differences(found, stated):
    fields = sorted(set(found) | set(stated))
    return ['%s: %r, not %r' % (field, found.get(field), stated.get(field)) for field in fields
            if found.get(field) != stated.get(field)]


@test
def every_field_of_every_page_is_what_was_put_in(place):
    subprocess.run([sys.executable, MAKER, place.root], check=True, stdout=subprocess.DEVNULL, timeout=120)
    place.settings()
    with open(os.path.join(place.root, 'expected.jsonl'), encoding='utf-8') as lines:
        ads = [json.loads(line) for line in lines]
    assert len(ads) > 150, len(ads)
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda ad: read_page(place, ad), ads))
    for ad, (run, found) in zip(ads, results):
        if ad['stated'] is None:
            assert found == [] and "the page is 'shell'" in run.err, (ad['url'], found, run.err)
            continue
        assert len(found) == 1, (ad['url'], len(found), run.err)
        wrong = differences(found[0], ad['stated'])
        assert not wrong, '%s: %s' % (ad['url'], '; '.join(wrong)[:900])


if __name__ == '__main__':
    main()
