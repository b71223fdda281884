#!/usr/bin/env python3
"""known_bench.py BUILD [URLS...]: what it costs to know many addresses. For each number a store is made that
knows so many, and a sweep of 200 pages is run over it: once with all of them read and at rest but for one in
twenty, as after a week of use; once with all of them waiting, as after a sitemap of a million.

Printed: memory of the sweep and its workers at its peak (shared pages once), of the sweep alone, seconds from
its start to the first request that the server saw, pages a second after that, and bytes of store for each
address. The first two must not grow with the number of addresses. Traffic stays on 127.0.0.1.
"""
import http.server
import json
import os
import shutil
import socketserver
import sqlite3
import sys
import threading
import time

from bench import ROOT, run

HOSTS = 20
PAGES = 200
DAY_MS = 86400000
PAGE = ("<!doctype html><html lang='en'><head><meta charset='utf-8'><title>Clerk</title></head><body><h1>Clerk</h1>"
        "<p>Our office in Bandung looks for a clerk who keeps the books and answers letters.</p></body></html>").encode()


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.first = self.server.first or time.monotonic()
        self.server.last = time.monotonic()
        self.server.seen += 1
        found = not self.path.endswith("robots.txt")
        body = PAGE if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self._headers_buffer.append(b"\r\n" + body)  # one packet: two would wait for each other
        self.flush_headers()

    def log_message(self, *_):
        pass


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    first = last = None
    seen = 0


def place(home):
    shutil.rmtree(home, ignore_errors=True)
    os.makedirs(f"{home}/sources")
    for n in range(HOSTS):
        with open(f"{home}/sources/board{n:02d}.yml", "w") as out:
            out.write(f"name: board{n:02d}\npermission: {{basis: test}}\nstart:\n  - {{url: 'http://board{n:02d}.bench.example/', "
                      "as: listing}\npages_max: 100000\nextract:\n  follow: {posting: ['/job/*']}\n")
    with open(f"{home}/lurewatch.yml", "w") as out:
        out.write(f"operator: 'bench'\ncontact: 'bench@lurewatch.example'\npatterns: '{ROOT}/patterns'\ndelay_min: 0s\n")


def sweep(build, home, port, pages):
    return run([f"{build}/lurewatch", "sweep", "--config", f"{home}/lurewatch.yml", "--json", "--quiet",
                "--max-pages", str(pages), "--test-endpoint", f"127.0.0.1:{port}", "--no-politeness"],
               sorted(os.sched_getaffinity(0))[-1], log=f"{home}/out.log")


def know(home, urls, waiting):
    """So many rows as a sweep would have left them: a posting is read every two weeks."""
    now = int(time.time() * 1000)
    store = sqlite3.connect(f"{home}/lurewatch.db")
    sources = [row[0] for row in store.execute("SELECT id FROM sources ORDER BY name")]
    hosts = [row[0] for row in store.execute("SELECT id FROM hosts ORDER BY name")]
    before = os.path.getsize(f"{home}/lurewatch.db")
    rows = ((f"http://board{n % HOSTS:02d}.bench.example/job/vacancy-of-a-clerk-in-bandung-{n}", sources[n % HOSTS],
             hosts[n % HOSTS], 0 if waiting else 1, 0 if waiting else now + (-1 if (n // HOSTS) % 20 == 0 else 1) * 7 * DAY_MS,
             0 if waiting else now - 7 * DAY_MS) for n in range(urls))
    with store:
        store.executemany("INSERT INTO urls (url, source_id, host_id, kind, state, depth, refetch, fetched)"
                          " VALUES (?, ?, ?, 3, ?, 1, ?, ?)", rows)
        store.execute("UPDATE rounds SET started = started - ?1, finished = finished - ?1", (7 * DAY_MS,))
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return (os.path.getsize(f"{home}/lurewatch.db") - before) / urls


def measure(build, home, server, urls, waiting):
    port = server.server_address[1]
    place(home)
    made = sweep(build, home, port, HOSTS * 2)
    if made["status"] != 0:
        sys.exit(f"known_bench: the first sweep ended with {made['status']}: {made['out'][-500:]}")
    each = know(home, urls, waiting)
    server.first, server.seen = None, 0
    started = time.monotonic()
    done = sweep(build, home, port, PAGES)
    total = [json.loads(line)["total"] for line in done["out"].splitlines() if line.startswith('{"total"')]
    if done["status"] not in (0, 75) or not total or total[0]["pages"] < PAGES // 2 or server.first is None:
        sys.exit(f"known_bench: {urls} addresses: the sweep ended with {done['status']}: {done['out'][-500:]}")
    spent = max(server.last - server.first, 0.001)
    return {"urls": urls, "waiting": waiting, "peak_mb": done["peak_mb"], "first_s": server.first - started,
            "wall_s": done["wall"], "pages": total[0]["pages"], "rate": total[0]["pages"] / spent, "each": each}


def main():
    build = os.path.abspath(sys.argv[1])
    sizes = [int(size) for size in sys.argv[2:]] or [10000, 100000, 1000000]
    home = f"{build}/bench/known"
    server = Server(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"\nwhat it costs to know many addresses: a sweep of {PAGES} pages over {HOSTS} hosts\n")
    print(f"{'known addresses':26}{'peak MB':>9}{'first request s':>17}{'whole s':>9}{'pages/s':>9}{'store bytes each':>18}")
    rows = []
    try:
        for waiting in (False, True):
            for urls in sizes:
                row = measure(build, home, server, urls, waiting)
                rows.append(row)
                name = f"{urls:,} {'all waiting' if waiting else 'one in 20 due'}"
                print(f"{name:26}{row['peak_mb']:9.1f}{row['first_s']:17.2f}{row['wall_s']:9.2f}{row['rate']:9.0f}"
                      f"{row['each']:18.0f}", flush=True)
    finally:
        server.shutdown()
        shutil.rmtree(home, ignore_errors=True)
    with open(f"{build}/bench/known.json", "w") as out:
        json.dump(rows, out, indent=1)


if __name__ == "__main__":
    main()
