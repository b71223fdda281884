"""What people copy is right: the sample configuration names every key with its default, the example sources
load, and the commands that README and CONTRIBUTING name are there."""

import json
import os
import re
import shutil
import subprocess

from harness import BUILD, ROOT, SLOW, main, test

SAMPLES = os.path.join(ROOT, 'samples')


def read(*names):
    with open(os.path.join(ROOT, *names), encoding='utf-8') as text:
        return text.read()


def keys_of(text):
    """key -> value of flat "key: value  # comment" lines."""
    found = {}
    for line in text.splitlines():
        match = re.match(r"([a-z_]+): *('[^']*'|[^#]*?) *(#.*)?$", line)
        if match:
            found[match.group(1)] = match.group(2).strip("'")
    return found


def example_sources():
    return sorted(os.path.join(folder, name) for folder, _, names in os.walk(os.path.join(SAMPLES, 'sources'))
                  for name in names if name.endswith('.yml'))


@test
def the_sample_configuration_names_every_key_with_its_default(place):
    place.write('lurewatch.yml', "stop: ''\n")
    defaults = json.loads(place.run('doctor', '--json').out)['settings']
    place.write('lurewatch.yml', read('samples', 'lurewatch.yml'))
    run = place.run('doctor', '--json')
    assert run.code in (0, 69), run.err
    sample = json.loads(run.out)['settings']
    assert sample == defaults, {key: (sample[key], defaults[key]) for key in defaults if sample[key] != defaults[key]}
    written = set(keys_of(read('samples', 'lurewatch.yml')))
    assert written == set(defaults), 'not in the sample: %s; not a key: %s' % (
        sorted(set(defaults) - written), sorted(written - set(defaults)))


@test
def the_example_sources_load_and_stay_off_until_permission_is_stated(place):
    for file in example_sources():
        shutil.copy(file, place.path('sources'))
    run = place.run('sources', 'check')
    assert run.code == 0, run.out + run.err
    names = sorted(name[:-4] for name in os.listdir(place.path('sources')))
    assert len(names) >= 5, names
    for name in names:
        alone = place.run('sources', 'check', name).out
        assert ('no permission' in alone) == (name not in ('sample-board', 'canary')), alone


@test
def an_example_source_is_on_once_its_permission_is_filled_in(place):
    for file in example_sources():
        text, name = read(file), os.path.basename(file)
        place.write('sources/' + name, re.sub(r'^#(permission:|  (basis|note|until):)', r'\1', text, flags=re.M))
        run = place.run('sources', 'check', name[:-4])
        assert run.code == 0 and 'no permission' not in run.out, name + ': ' + run.out + run.err


@test
def the_commands_of_the_guides_are_there(place):
    known = set(re.findall(r'^  ([a-z-]+)  ', place.run('--help').out, flags=re.M))
    for guide in ('README.md', 'CONTRIBUTING.md', 'SECURITY.md'):
        named = set(re.findall(r'(?:^ *|[`/| ])lurewatch ([a-z][a-z-]+)(?= |`|$)', read(guide), flags=re.M))
        prose = {'watches', 'never', 'labels', 'alone', 'does', 'sweep'}
        unknown = named - known - prose
        assert not unknown, '%s: %s' % (guide, sorted(unknown))


@test
def the_demo_shows_every_lure_and_ends_by_itself(place):
    done = subprocess.run([os.path.join(SAMPLES, 'demo.sh')], capture_output=True, encoding='utf-8', check=False,
                          timeout=40 * SLOW, env={**os.environ, 'BUILD': BUILD, 'DEMO': place.path('demo')})
    assert done.returncode == 0, done.stdout[-600:] + done.stderr[-600:]
    flagged = re.search(r'lures flagged +(\d+) of (\d+)', done.stdout)
    assert flagged and flagged.group(1) == flagged.group(2), done.stdout[-600:]
    with open(place.path('demo', 'cases.csv'), encoding='utf-8-sig') as rows:
        assert rows.readline().startswith('case_id,'), 'no CSV'
    assert os.path.getsize(place.path('demo', 'access.log')) > 0


if __name__ == '__main__':
    main()
