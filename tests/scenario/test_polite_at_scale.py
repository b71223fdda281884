"""10,000 fetches over 50 hosts, read from the server's own log: never two requests to a host inside its delay, never one
before Retry-After ends, none to a path that robots.txt forbids, none twice."""

import collections

from harness import SLOW, Skip, honest, listing, main, test

HOSTS = ['h%02d.example' % n for n in range(50)]
PAGES = 200
DELAY_MS = 60
RETRIES = {'h07.example': '/job/20', 'h21.example': '/job/90', 'h44.example': '/job/150'}


def page_set(place):
    """All hosts serve the same files."""
    place.page('.', 'robots.txt', 'User-agent: *\nDisallow: /private/\nAllow: /private/open\nCrawl-delay: %s\n'
               % (DELAY_MS / 1000))
    paths = ['/job/%d' % n for n in range(PAGES - 2)]
    hidden = ['/private/%d' % n for n in range(5)]
    place.page('.', 'jobs', listing(paths[:100] + hidden + ['/more']))
    place.page('.', 'more', listing(paths[100:] + ['/private/9', '/private/open']))
    for n in range(PAGES - 2):
        place.page('.', 'job/%d' % n, honest(n))
    place.page('.', 'private/open', honest(999))


@test
def ten_thousand_fetches_over_fifty_hosts_keep_every_rule(place):
    if SLOW > 1:
        raise Skip('ten thousand pages take too long with sanitizers')
    page_set(place)
    place.rules(*('%s%s times 1 retry 429 2' % item for item in RETRIES.items()))
    starts = ''.join("  - {url: 'https://%s/jobs', as: listing}\n" % host for host in HOSTS)
    place.write('sources/many.yml', "name: many\ntitle: Many\npermission:\n  basis: test\n  note: 'invented'\nstart:\n"
                + starts + "every: 1h\ndepth_max: 3\npages_max: 20000\nextract:\n  follow:\n    posting: ['/job/*', "
                "'/private/*']\n    listing: ['/jobs', '/more']\n")
    place.settings(workers='2', in_flight='64', delay_min='20ms')
    place.board()
    run = place.sweep('--max-time', '50s', timeout=58)
    assert run.code == 0, run.err
    by_host = collections.defaultdict(list)
    for entry in place.log():
        by_host[entry['host']].append(entry)
    fetched = sum(len(entries) for entries in by_host.values())
    done = run.total()['stopped_by'] == 'done'
    assert fetched >= (10000 if done else 3000), (fetched, run.total())
    for host, entries in by_host.items():
        entries.sort(key=lambda entry: entry['start_mono_ms'])
        assert entries[0]['path'] == '/robots.txt', entries[0]
        for before, after in zip(entries, entries[1:]):
            # a client may read the last byte and wait before the server is back to note the end
            gap = after['start_mono_ms'] - before['sent_mono_ms']
            assert gap >= DELAY_MS - 1, (host, gap, before['path'], after['path'])
            if before['status'] == 429:
                assert gap >= 2000 - 1, (host, gap, before['path'])
        paths = collections.Counter(entry['path'] for entry in entries)
        assert not [path for path in paths if path.startswith('/private/') and path != '/private/open'], host
        twice = {path: count for path, count in paths.items() if count > 1 and RETRIES.get(host) != path}
        assert not twice, (host, twice)
    if done:
        refused = [entry for entries in by_host.values() for entry in entries if entry['status'] == 429]
        assert len(refused) == len(RETRIES), refused
        assert place.count("SELECT count(*) FROM urls WHERE state = 4") == 6 * len(HOSTS)
        assert place.count("SELECT count(*) FROM fetches") == fetched, 'each request is on record'


if __name__ == '__main__':
    main()
