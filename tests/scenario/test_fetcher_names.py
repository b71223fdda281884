#!/usr/bin/env python3
"""Names: a resolver that hangs stops nobody else; threads are few; what failed is asked again."""
import os
import sys
import tempfile

from board_client import Board, Cases, fetch

cases = Cases()


def main():
    folder = tempfile.TemporaryDirectory(prefix='names-')
    names = os.path.join(folder.name, 'names')
    slow = ['slow%02d.example' % n for n in range(12)]
    with open(names, 'w') as out:
        for name in slow:
            out.write('%s 20000 127.0.0.1\n' % name)
        out.write('fast.example 0 127.0.0.1\nlate.example 700 127.0.0.1\nnobody.example 0\n')
    with Board({'index.html': 'here'}) as board:
        where = ['--endpoint', board.endpoint, '--names', names, '--connect-ms', '3000', '--gap',
                 '--watch', '--at-once', '40']
        port = ':%d/' % board.port
        urls = ['http://' + name + port for name in slow]
        quick = 'http://fast.example' + port
        late = 'http://late.example' + port
        nobody = 'http://nobody.example' + port
        got, rest = fetch(urls + [quick, late, late + 'again', nobody], *where)
        cases.same('a quick name beside twelve that hang', got[quick]['status'], 'ok')
        cases.say('it does not wait for them', got[quick]['took_ms'] < 2500, got[quick])
        cases.same('a name that takes 0.7 s', got[late]['status'], 'ok')
        cases.same('two who ask for it share the look-up', got[late + 'again']['http_status'], 404)
        cases.same('a name that is none', (got[nobody]['status'], got[nobody]['why']),
                   ('network', 'nobody.example could not be looked up: Name or service not known'))
        cases.same('those that hang end by the connect limit',
                   {(got[url]['status'], got[url]['why']) for url in urls},
                   {('timeout', 'the name was not looked up within 3 s')})
        cases.say('within it', max(got[url]['took_ms'] for url in urls) < 8000, got)
        cases.say('the loop never stands still', rest[-1]['gap_ms'] < 1500, rest[-1])
        cases.same('all connections led to the board', {r['connect'] for r in rest[:-1]},
                   {board.endpoint})
    folder.cleanup()
    return cases.end()


sys.exit(main())
