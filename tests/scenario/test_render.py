"""Pages that need JavaScript, in a real Chromium: what its scripts ask for goes through gate, robots.txt and audit;
nothing else leaves the browser."""

import os
import shutil

from harness import Skip, browser_folders, honest, listener, main, page, test, wait_for_browsers

BROWSERS = ('/usr/bin/chromium-headless-shell', '/usr/bin/chromium')

APP = """
fetch('/api/jobs.json').then(r => r.json()).then(jobs => {
  const list = document.getElementById('app');
  for (const job of jobs) {
    const article = document.createElement('article');
    article.innerHTML = '<h2><a href="' + job.url + '">' + job.title + '</a></h2>';
    list.appendChild(article);
  }
});
new Image().src = '/logo.png';
fetch('https://elsewhere.example/track').catch(() => 0);
fetch('/private/secret.json').catch(() => 0);
fetch('/api/post', {method: 'POST', body: 'x'}).catch(() => 0);
fetch('http://127.0.0.1:%(port)d/').catch(() => 0);
try { new WebSocket('ws://127.0.0.1:%(port)d/'); } catch (e) {}
"""

JOB = """
fetch('/api/job' + location.pathname.split('/').pop() + '.json').then(r => r.json()).then(job => {
  const ld = document.createElement('script');
  ld.type = 'application/ld+json';
  ld.textContent = JSON.stringify({'@context': 'https://schema.org', '@type': 'JobPosting', title: job.title,
                                   description: job.text});
  document.head.appendChild(ld);
  document.getElementById('app').innerHTML = '<h1>' + job.title + '</h1><p>' + job.text + '</p>';
});
"""

LURE = ('Dibutuhkan admin slot dan CS judi online, kantor Poipet, Kamboja. Gaji 800-1200 USD, tiket, paspor dan '
        'mess ditanggung kantor. Tanpa pengalaman, berangkat cepat. Hubungi telegram t.me/contoh_kantor')


def shell(script):
    return page('Jobs', '<div id="app"></div><script src="%s"></script>' % script)


def put(place, name, text):
    path = os.path.join(place.root, 'spa.example', name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text)


def site(place, port):
    place.robots('spa.example')
    put(place, 'jobs.html', shell('/app.js'))
    put(place, 'app.js', APP % {'port': port})
    put(place, 'job.js', JOB)
    put(place, 'api/jobs.json', '[%s]' % ','.join('{"url": "/job/%d", "title": "Kasir %d"}' % (n, n) for n in range(3)))
    for n in range(3):
        put(place, 'job/%d.html' % n, shell('/job.js'))
        put(place, 'api/job%d.json' % n, '{"title": "%s", "text": "%s"}' % (
            ('Admin slot Kamboja', LURE) if n == 1 else ('Kasir toko', 'Toko di Bandung mencari kasir, gaji UMK, BPJS, '
                                                         'libur hari Minggu, lamaran diantar ke toko.')))


SOURCE = "render: yes\nextract:\n  links: 'article h2 a'\n  follow:\n    posting: ['/job/*']\n"


@test
def pages_that_need_scripts_are_read_and_all_they_ask_for_is_gated(place):
    if not any(os.path.exists(path) for path in BROWSERS):
        raise Skip('chromium-headless-shell is not installed')
    server, knocks = listener()
    site(place, server.getsockname()[1])
    place.settings(total_timeout='20s', render_timeout='30s')
    place.source(name='spa', start='https://spa.example/jobs', more=SOURCE)
    place.board()
    before = browser_folders()
    run = place.sweep(timeout=55)
    server.close()
    assert run.code == 0, run.err
    assert place.case_urls() == ['https://spa.example/job/1'], run.out
    assert run.total()['total']['postings'] == 3, run.out
    asked = [entry['path'] for entry in place.log()]
    assert asked.count('/app.js') == 1 and asked.count('/job.js') == 1, 'scripts are kept: %r' % asked
    assert '/api/jobs.json' in asked and '/api/job1.json' in asked, asked
    forbidden = [path for path in asked if 'private' in path or 'logo' in path or 'track' in path or 'post' in path]
    assert not forbidden and {entry['host'] for entry in place.log()} == {'spa.example'}, place.log()
    assert knocks == [], 'the browser has no network of its own'
    told = {url for url, in place.rows('SELECT url FROM fetches')}
    assert {'https://spa.example' + path for path in asked} == told, (asked, told)
    log = sorted(place.log(), key=lambda entry: entry['start_ms'])
    assert all(b['start_ms'] >= a['end_ms'] for a, b in zip(log, log[1:])), 'one at a time'
    assert {entry['agent'] for entry in log} == {log[0]['agent']} and 'lurewatch' in log[0]['agent']
    assert any('no host of the source' in why for why in run.reasons('spa')), run.out
    wait_for_browsers(before)
    assert place.count("SELECT count(*) FROM records WHERE type = 'resource'") >= 1


@test
def a_source_that_needs_an_absent_browser_is_skipped_and_the_rest_is_swept(place):
    place.small_board(ads=2, lures=1)
    place.settings(browser='/nonexistent/browser')
    place.source()
    place.source(name='spa', start='https://spa.example/jobs', more=SOURCE)
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert run.source('spa')['status'] == 'off' and 'chromium-headless-shell' in run.source('spa')['why'], run.out
    assert len(place.case_urls()) == 1 and not place.requests('/jobs', 'spa.example')


@test
def a_browser_that_dies_or_hangs_costs_its_pages_alone(place):
    """A program that is no browser stands for one that misbehaves."""
    for name, script in (('dies', 'exit 3'), ('hangs', 'exec sleep 60')):
        path = place.path(name)
        with open(path, 'w', encoding='ascii') as out:
            out.write('#!/bin/sh\n%s\n' % script)
        os.chmod(path, 0o755)
        os.chmod(place.dir, 0o755)
    site(place, 9)
    place.small_board(ads=2, lures=1)
    place.source()
    place.source(name='spa', start='https://spa.example/jobs', more=SOURCE)
    place.board()
    for name in ('dies', 'hangs'):
        place.settings(browser=place.path(name), render_timeout='1s')
        run = place.sweep('--source', 'spa', '--source', 'board', '--max-time', '12s')
        assert run.code == 0, run.err
        assert len(place.case_urls()) == 1, run.out
        assert run.source('spa')['postings'] == 0, run.out


if __name__ == '__main__':
    main()
