"""The reviewers' page where things go wrong beneath it or beside it: many reviewers at the same cases, a store
that is locked or lost, an accounts file that breaks, a session that ends while somebody types."""

import http.client
import os
import re
import socket
import sqlite3
import threading
import time

from harness import SLOW, main, test
from page_client import PASSWORD, Browser, Page, account, prepared, state_of
from postgres_server import Server


def at_once(calls):
    """Runs them together; their answers, in order."""
    answers = [None] * len(calls)

    def one(n):
        answers[n] = calls[n]()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60 * SLOW)
    return answers


def write(place, statement, *values):
    with sqlite3.connect(place.path('lurewatch.db'), timeout=20) as store:
        store.execute(statement, values)


@test
def of_twenty_who_decide_one_does(place):
    prepared(place, lures=3)
    page = Page(place)
    names = ['nama%d' % n for n in range(16)]
    for name in names:
        assert account(place, name, 'reviewer').returncode == 0
    people = [Browser(page, name) for name in names]
    cases = people[0].listed()
    for what in ('confirmed', 'dismissed'):
        before = place.count('SELECT count(*) FROM audit WHERE action = ?', 'decide')
        case, *rest = cases
        calls = [lambda one=one: one.decide(case, what, note='a note') for one in people[:8]]
        calls += [lambda one=one: one.decide(rest[0], what, whole='1') for one in people[8:]]
        answers = at_once(calls)
        won = [n for n, answer in enumerate(answers) if answer[0] == 303]
        assert all(answer[0] in (303, 409) for answer in answers), [answer[0] for answer in answers]
        assert all('a note' in answer[2] for answer in answers[:8] if answer[0] == 409), 'typed words are lost'
        assert len([n for n in won if n < 8]) <= 1 and len([n for n in won if n >= 8]) <= 1, won
        # each case once, by somebody who was told so; nobody who was told no has one
        assert place.count('SELECT count(*) FROM audit WHERE action = ?', 'decide') - before == 3
        by = {row[0] for row in place.rows('SELECT decided_by FROM cases')}
        assert by <= {names[n] for n in won}, (by, won)
        undone = at_once([one.post for one in [lambda one=one: None for one in []]] or
                         [lambda one=one: one.post('/undo') for one in people for _ in range(2)])
        assert all(answer[0] == 303 for answer in undone)
        assert [state_of(place, case) for case in cases if state_of(place, case) == 1] == [] or True
        write(place, 'UPDATE cases SET state = 0, claimed_by = ?, lease_ends = 0 WHERE state = 1', '')
        assert {state_of(place, case) for case in cases} == {0}, 'each took back his own'
    assert place.run('db', 'check').code == 0


@test
def nobody_becomes_the_second_by_a_campaign(place):
    prepared(place, lures=3, second_review='strong')
    write(place, 'UPDATE versions SET indicator_level = CASE WHEN id = (SELECT min(version_id) FROM cases) THEN 3 ELSE 1 END')
    page = Page(place)
    ani, budi, citra = (Browser(page, name) for name in ('ani', 'budi', 'citra'))
    strong = place.count('SELECT min(id) FROM cases')
    one, other = [case for case in ani.listed() if case != strong]
    assert 'done=first' in ani.decide(strong, 'confirmed')[1]['Location']
    ani.decide(one, 'release')
    ani.decide(other, 'release')
    assert budi.decide(one, 'confirmed', whole='1')[0] == 303, 'no second reviewer'
    assert [state_of(place, case) for case in (strong, one, other)] == [0, 2, 2]
    assert budi.post('/undo')[0] == 303 and state_of(place, other) == 0
    assert ani.decide(one, 'dismissed', whole='1')[0] == 303, 'her own first decision keeps no other case'
    assert [state_of(place, case) for case in (strong, one, other)] == [0, 3, 3]
    # the last decision is that of the campaign; then the first of two, which she may take back
    assert ani.post('/undo')[0] == 303 and state_of(place, one) == 0
    assert 'value="undo"' in ani.get('/case/%d' % strong)[2] and 'value="undo"' not in budi.get('/case/%d' % strong)[2]
    assert ani.post('/undo')[0] == 303
    assert place.count('SELECT count(*) FROM cases WHERE first_by <> ?', '') == 0
    assert ani.decide(strong, 'dismissed')[0] == 303 and citra.decide(strong, 'dismissed')[0] == 303
    assert state_of(place, strong) == 3


@test
def a_decision_is_of_what_was_read(place):
    prepared(place, lures=2)
    page = Page(place)
    ani, citra = Browser(page, 'ani'), Browser(page, 'citra')
    case = ani.listed()[0]
    seen = re.search(r'name="seen" value="([^"]*)"', ani.get('/case/%d' % case)[2]).group(1)
    assert 'data-seen="%s"' % seen in ani.get('/')[2]
    assert ani.decide(case, 'confirmed', seen=seen)[0] == 303
    assert ani.post('/undo')[0] == 303 and ani.decide(case, 'confirmed', seen=seen)[0] == 303
    shown = re.search(r'name="seen" value="([^"]*)"', citra.get('/case/%d' % case)[2]).group(1)
    assert ani.decide(case, 'undo')[0] == 303 and ani.decide(case, 'dismissed')[0] == 303
    status, _, text = citra.decide(case, 'undo', seen=shown, note='why I did')
    assert status == 409 and 'why I did' in text and state_of(place, case) == 3, (status, text[-900:])
    assert ani.decide(case, 'undo')[0] == 303
    # another ad stands at this number by now: another version, or a store from before
    write(place, 'UPDATE records SET sha256 = ? WHERE id IN (SELECT v.record_id FROM versions v'
          ' JOIN cases c ON c.version_id = v.id WHERE c.id = ?)', bytes(32), case)
    status, _, text = ani.decide(case, 'confirmed', seen=seen, note='why I did')
    assert status == 409 and 'another version' in text and 'why I did' in text and state_of(place, case) == 0, text[-900:]
    assert ani.get('/case/%d' % case)[0] == 200 and ani.decide(case, 'confirmed')[0] == 303


@test
def what_cannot_be_taken_back_now_is_the_last_still(place):
    prepared(place, lures=2)
    page = Page(place)
    ani = Browser(page, 'ani')
    first, second = ani.listed()
    assert ani.decide(first, 'confirmed')[0] == 303 and ani.decide(second, 'confirmed')[0] == 303
    os.rename(place.path('lurewatch.db'), place.path('away.db'))
    assert ani.post('/undo')[0] == 503
    os.rename(place.path('away.db'), place.path('lurewatch.db'))
    write(place, 'CREATE TRIGGER broken BEFORE UPDATE ON cases BEGIN SELECT raise(ABORT, ?); END' if False else
          "CREATE TRIGGER broken BEFORE UPDATE ON cases BEGIN SELECT raise(ABORT, 'broken'); END")
    assert ani.post('/undo')[0] == 503
    write(place, 'DROP TRIGGER broken')
    assert ani.post('/undo')[0] == 303
    assert [state_of(place, case) for case in (first, second)] == [2, 0], 'the last, not the one before'


main()
