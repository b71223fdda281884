#!/usr/bin/env python3
"""page_bench.py BUILD [--cases N] [--reviewers N] [--seconds N]: the reviewers' page under a full day's load.

A sweep of a small board makes real cases; their rows are then repeated until the store holds N cases with
texts, firms and numbers of their own. Reviewers log in and work side by side, each with a pause between two
acts as a person has it: the list, the list by some filter, a search that finds and one that finds nothing, a
case, a decision, the report, and the question for others' changes. All the while a sweep of another board
writes to the same store. One line an act: how many, the median, the 99th percentile and its ratio to the
limit of 50 ms, the slowest, and the page's bytes. Traffic stays on 127.0.0.1.
"""
import argparse
import multiprocessing
import os
import random
import re
import sqlite3
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "scenario"))
LIMIT_MS = 50
PAUSE_S = 0.25
BATCH = 500  # rows that one statement makes
ACTS = ("list", "list, filtered", "search, found", "search, none", "case", "next", "decision", "report", "changes")
FILTERS = ("state=confirmed", "state=dismissed", "state=second", "state=all", "task=gambling", "task=person-trade",
           "language=id", "language=vi", "place=kamboja", "place=nowhere", "task=gambling&language=en&search=cabang")
# Who reviews looks at the report now and then, at cases all day.
MIX = [what for what in ACTS if what not in ("decision", "report") for _ in range(6)] + ["report"]


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--cases", type=int, default=100000)
    parser.add_argument("--reviewers", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    return parser.parse_args()


# ---- a store of many cases ----

def columns(store, table):
    return [row[1] for row in store.execute(f"PRAGMA table_info({table})")]


def repeated(store, table, changed):
    """INSERT … SELECT of the seed's rows of `table` with some columns changed."""
    names = columns(store, table)
    return (f"INSERT INTO {table} ({', '.join(names)}) "
            f"SELECT {', '.join(changed.get(name, name) for name in names)} FROM {table}_seed")


def multiply(path, cases):
    """Repeats the seed's cases with other ids, texts, firms, places and campaigns until there are `cases`."""
    store = sqlite3.connect(path, isolation_level=None)
    store.execute("PRAGMA foreign_keys = OFF")
    for table in ("postings", "versions", "contacts", "cases", "campaigns"):
        where = {"postings": "id IN (SELECT posting_id FROM cases)", "versions": "id IN (SELECT version_id FROM cases)",
                 "contacts": "posting_id IN (SELECT posting_id FROM cases)"}.get(table, "1")
        store.execute(f"CREATE TEMP TABLE {table}_seed AS SELECT * FROM {table} WHERE {where}")
    seeds = store.execute("SELECT count(*) FROM cases").fetchone()[0]
    # a year of days, pays and ratios unlike each other: what a report has most work with
    verdict = ("CASE WHEN json_extract(verdict, '$.salary.ratio_source') IS NULL THEN verdict"
               " ELSE json_set(verdict, '$.salary.ratio_source', round((id * 37 + :turn * 11) % 1500 / 100.0, 2)) END")
    statements = {
        "postings": {"id": "id + :at", "source_key": "source_key || '-' || :turn", "url": "url || '-' || :turn",
                     "first_seen": "first_seen - (id * 7 + :turn * 31) % 360 * 86400000",
                     "tallied": "0", "seen_as": "0", "case_as": "0"},
        "versions": {"id": "id + :at", "posting_id": "posting_id + :at", "fingerprint": "randomblob(length(fingerprint))",
                     "title": "title || ' no. ' || :turn", "employer": "employer || ' ' || (:turn % 97)",
                     "text": "text || ' kantor cabang ' || :turn || ' ' || hex(randomblob(60))", "verdict": verdict,
                     "usd_min": "usd_min + :turn % 400 * 100", "usd_max": "usd_max + :turn % 600 * 100"},
        "contacts": {"posting_id": "posting_id + :at", "hash": "randomblob(length(hash))"},
        "cases": {"id": "id + :at", "posting_id": "posting_id + :at", "version_id": "version_id + :at",
                  "logit": "logit - (:turn % 23)", "campaign": "CASE WHEN campaign > 0 THEN campaign + :at ELSE 0 END", "worded": "0"},
        "campaigns": {"id": "id + :at"}}
    texts = {table: repeated(store, table, changed) for table, changed in statements.items()}
    highest = max(store.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]
                  for table in ("postings", "versions", "cases", "campaigns"))
    store.execute("BEGIN")
    for turn in range(1, (cases + seeds - 1) // seeds):
        for text in texts.values():
            store.execute(text, {"at": turn * (highest + 1), "turn": turn})
    store.execute("COMMIT")
    made = store.execute("SELECT count(*) FROM cases").fetchone()[0]
    store.close()
    return made


# ---- reviewers ----

def act(browser, what, rng, seen, held):
    if what == "list":
        answer = browser.get("/")
        seen[:] = [int(number) for number in re.findall(r'<tr data-case="(\d+)"', answer[2])] or seen
        return answer
    if what == "list, filtered":
        return browser.get("/?" + rng.choice(FILTERS))
    if what.startswith("search"):
        words = f"cabang {rng.randrange(1, 400)}" if what.endswith("found") else f"tiada{rng.randrange(10**6)}"
        return browser.get(f"/?search={words.replace(' ', '+')}")
    if what == "case":
        return browser.get(f"/case/{rng.choice(seen)}")
    if what == "report":
        return browser.get("/report")
    if what == "changes":
        return browser.get("/changes?after=0", Accept="application/json")
    if what == "next":
        answer = browser.post("/next")
        held[:] = [int(answer[1]["Location"].split("/")[2].split("?")[0])] if answer[0] == 303 else []
        return answer
    return browser.decide(held.pop(), rng.choice(("confirmed", "dismissed", "unsure")))


def reviewer(port, name, number, seconds, results):
    from page_client import Browser

    class Port:
        pass
    Port.port = port
    rng = random.Random(number)
    browser = Browser(Port, name)
    seen, held, took, sizes, refused = [], [], {what: [] for what in ACTS}, {}, 0
    while not seen:
        seen = browser.listed()
    ends = time.monotonic() + seconds
    time.sleep(rng.random() * PAUSE_S)
    while time.monotonic() < ends:
        what = "decision" if held else rng.choice(MIX)
        began = time.monotonic()
        answer = act(browser, what, rng, seen, held)
        took[what].append((time.monotonic() - began) * 1000)
        if answer is not None:
            refused += answer[0] >= 400
            sizes[what] = max(sizes.get(what, 0), len(answer[2].encode()))
        time.sleep(PAUSE_S * (0.5 + rng.random()))
    results.put((took, sizes, refused))


def work(page, names, seconds):
    results = multiprocessing.Queue()
    crew = [multiprocessing.Process(target=reviewer, args=(page.port, name, number, seconds, results))
            for number, name in enumerate(names)]
    for one in crew:
        one.start()
    said = [results.get(timeout=seconds + 120) for _ in crew]
    for one in crew:
        one.join()
    return said


# ---- the table ----

def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def table(said, cases, reviewers, swept):
    print(f"\nthe reviewers' page: {cases} cases, {reviewers} reviewers at once, {swept} pages swept meanwhile")
    print(f"{'':20}{'acts':>7}{'median ms':>11}{'99th ms':>10}{'x 50 ms':>9}{'most ms':>10}{'page KB':>9}")
    for what in ACTS:
        took = [value for one in said for value in one[0][what]]
        size = max((one[1].get(what, 0) for one in said), default=0)
        if took:
            worst = percentile(took, 0.99)
            print(f"{what:20}{len(took):7}{statistics.median(took):11.1f}{worst:10.1f}{worst / LIMIT_MS:9.2f}"
                  f"{max(took):10.1f}{size / 1024:9.1f}")
    refused = sum(one[2] for one in said)
    if refused:
        print(f"{refused} answers refused")


def sweeping(place, seconds):
    """A board of its own, swept until the reviewers are done: some pages a second, as from 20 hosts."""
    hosts = [f"other{number}.example" for number in range(20)]
    for host in hosts:
        place.small_board(host, ads=int(seconds) * 2, lures=2)
        place.source(host.split(".")[0], f"https://{host}/jobs")
    place.settings(delay_min="1s", workers="1")
    return place.start(place.sweep_command("--quiet", "--max-time", f"{int(seconds)}s"))


def main():
    options = parse()
    os.environ["BUILD"] = options.build
    from harness import Place
    from page_client import Page, account
    place = Place()
    try:
        place.small_board(ads=220, lures=200)
        place.source()
        place.board()
        swept = place.sweep()
        if swept.code != 0:
            sys.exit(f"page_bench: the first sweep ended with {swept.code}: {swept.err}")
        cases = multiply(place.path("lurewatch.db"), options.cases)
        place.sweep(timeout=900)  # puts in what the store lacks of the new rows: their words, their counts
        names = [f"reviewer{number}" for number in range(options.reviewers)]
        for name in names:
            account(place, name, "reviewer")
        page = Page(place)
        sweep = sweeping(place, options.seconds + 5)
        said = work(page, names, options.seconds)
        run = place.finish(sweep, options.seconds + 60)
        pages = run.total()["total"]["pages"] if run.code in (0, 75) and run.out else 0
        table(said, cases, options.reviewers, pages)
    finally:
        place.close()


if __name__ == "__main__":
    main()
