#!/usr/bin/env python3
"""No page can turn the crawler on its own network: spellings, names and redirects, none connects.

Two proofs at once. fetchone --watch tells each connect() it or libcurl calls, and fails those out
of 127.0.0.0/8 without a packet; and a listener on loopback, which the hostile URLs mean by its
port, hears nothing. A control shows that both would have seen it."""
import os
import sys
import tempfile
import urllib.parse

from board_client import Board, Cases, fetch
from hostile_addresses import ANSWERS, SPELLINGS, Listener

cases = Cases()


def none_connects(what, urls, options, listener):
    got, rest = fetch(urls, '--watch', '--connect-ms', '3000', '--at-once', '400', *options)
    reached = [url for url in urls if got.get(url, {}).get('status') not in
               ('denied', 'syntax', 'network', 'limit')]
    cases.same('%s: %d of them, each refused' % (what, len(urls)), reached, [])
    cases.same(what + ': no connect()', rest, [])
    cases.same(what + ': the listener heard nothing', listener.heard, 0)
    return got


def names_file(folder):
    path = os.path.join(folder, 'names')
    with open(path, 'w') as out:
        for n, answer in enumerate(ANSWERS):
            out.write('n%d.evil.example 0 %s\n' % (n, answer))
        out.write('all.evil.example 0 %s\n' % ' '.join(ANSWERS[:16]))
        out.write('mixed.evil.example 0 10.0.0.1 127.0.0.1 93.184.216.34\n')
        out.write('good.example 0 127.0.0.1\nlocalhost 0 127.0.0.1 ::1\n')
        out.write('router 0 10.0.0.1\nprinter.local 0 10.0.0.2\nx.onion 0 10.0.0.3\n')
        out.write('metadata.google.internal 0 169.254.169.254\nintranet.corp 0 10.0.0.4\n')
    return path


def redirects(options, listener):
    """A board sends a redirect to each spelling; it comes back as a result, and is then refused."""
    urls = [url.replace('P', str(listener.port), 1) if ':P' in url else url for url in SPELLINGS
            if '\t' not in url and '\n' not in url and ' ' not in url and url.isascii()]
    with Board({'index.html': 'x'}) as board:
        asked = ['http://board.example/-/redirect/302/' + urllib.parse.quote(url, safe='')
                 for url in urls]
        got, rest = fetch(asked, '--endpoint', board.endpoint, '--map-all', '--watch', '--at-once',
                          '8')
        places = [got[url].get('location') for url in asked]
        # (libmicrohttpd's own answer to a NUL in a path is no redirect)
        cases.same('redirects: each is told, none followed',
                   [(p, u) for p, u in zip(places, urls) if p != u and '%00' not in u], [])
        cases.same('redirects: all connections led to the board', {r['connect'] for r in rest},
                   {board.endpoint})
    none_connects('redirect targets', urls, options, listener)


def main():
    folder = tempfile.TemporaryDirectory(prefix='ssrf-')
    listener = Listener()
    options = ['--names', names_file(folder.name)]
    spelled = [url.replace(':P', ':%d' % listener.port) for url in SPELLINGS]
    none_connects('spellings', spelled, options, listener)
    named = ['http://n%d.evil.example:%d/' % (n, listener.port) for n in range(len(ANSWERS))]
    named += ['http://all.evil.example:%d/' % listener.port]
    got = none_connects('names', named, options, listener)
    cases.same('each by the address, not for want of one',
               {got[url]['status'] for url in named}, {'denied'})
    redirects(options, listener)

    # another endpoint may be reached: neither its neighbours nor its other ports
    near = ['http://127.0.0.1:%d/' % listener.port, 'http://good.example:%d/' % listener.port,
            'http://127.0.0.2:%d/' % (listener.port - 1), 'http://[::1]:%d/' % (listener.port - 1)]
    none_connects('beside the test endpoint', near,
                  [*options, '--endpoint', '127.0.0.1:%d' % (listener.port - 1)], listener)

    # only the public one of several addresses is tried
    url = 'http://mixed.evil.example/'
    _, rest = fetch([url], '--watch', *options)
    cases.same('of a mixed answer the public part', [r['connect'] for r in rest],
               ['93.184.216.34:80'])

    # the control: what is allowed is seen by both proofs
    url = 'http://good.example:%d/' % listener.port
    got, rest = fetch([url], '--watch', '--endpoint', '127.0.0.1:%d' % listener.port, *options)
    cases.same('control: an allowed endpoint connects',
               (got[url]['status'], len(rest), listener.heard), ('ok', 1, 1))
    listener.socket.close()
    folder.cleanup()
    return cases.end()


sys.exit(main())
