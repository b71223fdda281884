"""A rule that fired regularly and fires no more is told: once, with its last hit and what was expected, to all who
are told of alarms; and not again before it has fired. On both engines."""

import json
import os
import re
import shutil
import sqlite3
import subprocess

from harness import ROOT, honest, listing, lure, main, test, wait_for
from page_client import Browser, Page
from postgres_server import Server
from smtp_sink import Sink

RULE = 'package.lodging.id'
FOLLOW = "extract:\n  follow:\n    posting: ['/job/*']\n"


class Desk:
    """A board that gets new ads with each sweep, a bank of its own, and sweeps that are a day apart."""

    def __init__(self, place, server=None, **settings):
        self.place, self.server, self.ads = place, server, 0
        self.bank = place.path('bank')
        shutil.copytree(os.path.join(ROOT, 'patterns'), self.bank)
        if server is not None:
            settings['store'] = server.url
        place.settings(patterns=self.bank, delay_min='5ms', **settings)
        place.robots('board.example')
        place.page('board.example', 'jobs', listing([]))
        place.source(more=FOLLOW)
        place.board()

    def change(self, query):
        if self.server is not None:
            return subprocess.run(['psql', '-X', '-q', self.server.url, '-c', query], check=True, timeout=60)
        with sqlite3.connect(self.place.path('lurewatch.db')) as store:
            return store.execute(query)

    def rows(self, query):
        return [tuple(str(cell) for cell in row) for row in
                (self.server.rows(query) if self.server is not None else self.place.rows(query))]

    def sweep(self, lures=12, text=lure):
        """New ads, and what a sweep of them is alarmed by. The day before it ends with it."""
        paths = ['/job/%d' % n for n in range(self.ads, self.ads + lures + 2)]
        for n, path in enumerate(paths):
            self.place.page('board.example', path.lstrip('/'), (text if n < lures else honest)(self.ads + n))
        self.ads += len(paths)
        self.place.page('board.example', 'jobs', listing(paths))
        run = self.place.sweep('--source', 'board')
        assert run.code == 0 and run.total()['total']['postings_new'] == lures + 2, (run.out, run.err)
        for table in ('rule_runs', 'rule_days'):  # day by day, so that no row meets one of another day
            for day, in sorted(self.rows('SELECT DISTINCT day FROM %s' % table)):
                self.change('UPDATE %s SET day = day - 1 WHERE day = %s' % (table, day))
        return [alarm for alarm in run.total()['alarms'] if alarm['kind'] == 'rule-dead']

    def pattern(self, words):
        """The rule's pattern is what words says, None: as it was."""
        source = os.path.join(ROOT, 'patterns', 'package', 'lodging.yml')
        with open(source, encoding='utf-8') as file:
            text = file.read()
        if words is not None:
            changed = re.sub(r'(?s)(\n  id:\n.*?\n    pattern: \|-\n).*?(\n    [a-z_]+:)',
                             lambda found: found.group(1) + '      ' + words + found.group(2), text, count=1)
            assert changed != text
            text = changed
        with open(os.path.join(self.bank, 'package', 'lodging.yml'), 'w', encoding='utf-8') as out:
            out.write(text)


def otherwise(number):
    """The same lure in words that the rule does not know."""
    return lure(number).replace('paspor dan mess ditanggung kantor', 'paspor ditanggung kantor')


def told_once(desk):
    """A rule is edited so that it finds nothing, and mended."""
    for _ in range(3):
        assert desk.sweep() == []
    desk.pattern('kata yang tidak ada')
    told = desk.sweep()
    assert [alarm['source'] for alarm in told] == [''], told
    why = told[0]['why']
    assert re.fullmatch(r'rule package\.lodging\.id fires no more: last on \d{4}-\d\d-\d\d; since then 14 new ads were read, '
                        r'and 12 hits expected; its pattern was changed on \d{4}-\d\d-\d\d', why), why
    assert desk.rows('SELECT source, kind, why FROM alarms') == [('', 'rule-dead', why)]
    assert desk.sweep() == [], 'told twice'
    desk.pattern(None)
    assert desk.sweep() == []
    assert desk.sweep() == [], 'it fires again'
    assert desk.rows("SELECT silent FROM rules WHERE name = '%s'" % RULE) == [('0',)]
    assert desk.rows("SELECT count(*) FROM alarms WHERE kind = 'rule-dead'") == [('1',)]


@test
def a_rule_that_is_broken_is_told_once(place):
    told_once(Desk(place))
    check = place.run('db', 'check')
    assert check.code == 0, (check.out, check.err)
    assert place.run('db', 'purge').code == 0
    backup = place.path('backup') + '/'
    assert place.run('db', 'backup', backup).code == 0
    assert place.count('SELECT count(*) FROM rule_notes') == 0


@test
def a_rule_that_is_broken_is_told_once_on_postgresql(place):
    server = Server()
    try:
        desk = Desk(place, server)
        told_once(desk)
        for words in (('db', 'check'), ('db', 'purge'), ('doctor',)):
            run = place.run(*words)
            assert run.code == 0, (words, run.out, run.err)
    finally:
        server.stop()


@test
def everybody_is_told_of_it(place):
    sink = Sink()
    desk = Desk(place, smtp_url=sink.url, mail_from='crawler@agency.example', notify_mail='desk@agency.example',
                metrics_file='metrics.prom')
    for _ in range(3):
        desk.sweep()
    assert 'fires no more' not in place.run('doctor').out
    page = Page(place)
    ani = Browser(page, 'ani')
    assert 'No rule that fired regularly has stopped' in ani.get('/sources')[2]
    told = desk.sweep(text=otherwise)
    assert [RULE in alarm['why'] for alarm in told] == [True] and told[0]['why'].endswith('its pattern is as it was'), told
    assert 'ALARM the sweep: ' + told[0]['why'] in sink.messages[-1][2].get_content().replace('\n ', ' ')
    with open(place.path('metrics.prom'), encoding='utf-8') as file:
        assert 'lurewatch_alarm{source="",kind="rule-dead"} 1\n' in file.read()
    said = place.run('doctor')
    assert RULE + ' fires no more: last on' in said.out and 'and 12 hits were expected in 14 new ads' in said.out, said.out
    assert [line['what'] for line in json.loads(place.run('doctor', '--json').out)['checks']
            if line['detail'].startswith(RULE)] == ['rule']
    shown = ani.get('/sources')[2]
    row = re.search('<tr><td><code>%s</code></td>(.*?)</tr>' % re.escape(RULE), shown)
    assert row and '<td class="number">14</td><td class="number">12</td>' in row.group(1), shown
    assert '<td>rule dead</td>' in shown
    ani.cookies['lurewatch_language'] = 'id'
    shown = ani.get('/sources')[2]
    assert 'Aturan yang tidak kena lagi' in shown and '<td>aturan mati</td>' in shown, shown
    sink.close()


@test
def an_ad_counts_once_however_often_it_is_read(place):
    desk = Desk(place)
    desk.sweep()
    ads = place.count('SELECT sum(ads) FROM rule_runs')
    assert ads == 14 and place.count('SELECT sum(hits) FROM rule_days WHERE rule_id ='
                                     " (SELECT id FROM rules WHERE name = '%s')" % RULE) == 12
    with sqlite3.connect(place.path('lurewatch.db')) as store:  # every page is asked for again
        store.execute("UPDATE urls SET refetch = 1, digest = NULL, etag = '', last_modified = '' WHERE kind = 3")
    run = place.sweep('--source', 'board')
    assert run.total()['total']['postings'] == 14 and run.total()['total']['postings_new'] == 0, run.out
    assert place.count('SELECT sum(ads) FROM rule_runs') == 14


@test
def what_a_killed_sweep_read_is_counted(place):
    Desk(place, stall_timeout='60s', total_timeout='60s')
    place.page('board.example', 'jobs', listing(['/job/%d' % n for n in range(14)]))
    for n in range(14):
        place.page('board.example', 'job/%d' % n, lure(n))
    place.rules('board.example/job/13 silent')
    process = place.start(place.sweep_command())
    wait_for(lambda: os.path.exists(place.path('lurewatch.db')) and
             place.count("SELECT count(*) FROM sqlite_master WHERE name = 'rule_notes'") == 1 and
             (place.rows('SELECT sum(ads) FROM rule_notes')[0][0] or 0) >= 13, what='that the others are stored')
    process.kill()
    place.finish(process)
    assert place.count('SELECT count(*) FROM rule_runs') == 0
    place.rules()
    assert place.sweep().code == 0
    assert place.rows('SELECT sum(ads) FROM rule_runs') == [(14,)]
    assert place.count('SELECT count(*) FROM rule_notes') == 0


main()
