#!/usr/bin/env python3
"""Holds a sweep of the sample board against what was put into it.

    check_sweep.py pick DEMO LUREWATCH CONFIG    the case of the hardest lure, its number
    check_sweep.py tell DEMO LUREWATCH CONFIG    lures flagged, honest ads flagged, forbidden pages asked for

DEMO holds site/ (of make_board.py) and access.log (of the board server). Exit 1: something is not as it should be.
"""
import json
import pathlib
import subprocess
import sys


def read_lines(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def cases_of(lurewatch, config):
    done = subprocess.run([lurewatch, "queue", "list", "--all", "--json", "--config", config], check=True,
                          capture_output=True, encoding="utf-8", timeout=60)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return {row["url"]: row for row in rows}


def forbidden_of(demo, requests):
    parts = (demo / "site" / "forbidden.txt").read_text(encoding="utf-8").split()
    return [request["path"] for request in requests if any(part in request["path"] for part in parts)]


def pick(demo, cases):
    expected = read_lines(demo / "site" / "expected.jsonl")
    for difficulty in ("hard", "moderate", "plain"):
        for ad in expected:
            if ad.get("difficulty") == difficulty and ad["url"] in cases:
                print(cases[ad["url"]]["case"])
                return 0
    print("no lure of the board is in the queue", file=sys.stderr)
    return 1


def tell(demo, cases):
    expected = read_lines(demo / "site" / "expected.jsonl")
    requests = read_lines(demo / "access.log")
    asked = {f"http://{request['host']}{request['path']}" for request in requests}
    lures = [ad for ad in expected if ad["expect"] == "lure"]
    honest = [ad for ad in expected if ad["expect"] == "honest"]
    missed = [ad for ad in lures if ad["url"] not in cases]
    wrong = [ad for ad in honest if ad["url"] in cases]
    forbidden = forbidden_of(demo, requests)
    read = sum(ad["url"] in asked for ad in expected)
    print(f"postings read            {read} of {len(expected)} in {len(requests)} requests")
    print(f"lures flagged            {len(lures) - len(missed)} of {len(lures)}")
    print(f"honest ads flagged       {len(wrong)} of {len(honest)}")
    print(f"pages robots.txt forbids {len(forbidden)} asked for, though every page links to them")
    for name, ads in (("missed", missed), ("flagged, but honest", wrong)):
        for ad in ads:
            print(f"  {name}: {ad['title']} ({ad['kind']}, {ad['lang']})")
    for path in forbidden:
        print(f"  forbidden: {path}")
    return 1 if missed or wrong or forbidden or read < len(expected) else 0


def main(argv):
    demo = pathlib.Path(argv[1])
    cases = cases_of(argv[2], argv[3])
    return pick(demo, cases) if argv[0] == "pick" else tell(demo, cases)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
