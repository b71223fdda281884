#!/usr/bin/env python3
"""bench.py BUILD [--pages N] [--rounds N]: lurewatch beside bare probes and other crawlers, one table.

A generated board (make_site.py) is served by nginx on loopback, pinned to one core; every client is pinned
to another. The rounds are interleaved, each figure is the median, and the last column is the ratio to the
probe of the same run, since wall time on a shared machine is worth little by itself. CPU time is that of a
program and every process it started. Traffic stays on 127.0.0.1.
"""
import argparse
import ctypes
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
HOSTS = 20
LIMIT_S = 600

NGINX = """
daemon off; worker_processes 1; pid {dir}/nginx.pid; error_log {dir}/error.log warn;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nodelay on; keepalive_requests 1000000; keepalive_timeout 60s;
  client_body_temp_path {dir}/t1; proxy_temp_path {dir}/t2; fastcgi_temp_path {dir}/t3;
  uwsgi_temp_path {dir}/t4; scgi_temp_path {dir}/t5;
  types {{ text/html html; text/plain txt; }}
  server {{ listen 127.0.0.1:{port}; root {site}/$host; gzip_static on; gzip_vary on; }}
}}
"""


def cores():
    have = sorted(os.sched_getaffinity(0))
    return have[0], have[-1]


def tree_of(pid):
    pids, children = [pid], []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{task}/children") as listed:
                children += [int(child) for child in listed.read().split()]
    except OSError:
        return []
    for child in children:
        pids += tree_of(child)
    return pids


def pss_kib(pid):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as rollup:
            for line in rollup:
                if line.startswith("Pss:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


class Watch(threading.Thread):
    """Peak memory of a tree of processes: shared pages counted once (PSS), ten times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak_kib, self.over = pid, 0, threading.Event()

    def run(self):
        while not self.over.wait(0.1):
            self.peak_kib = max(self.peak_kib, sum(pss_kib(pid) for pid in tree_of(self.pid)))


PR_SET_CHILD_SUBREAPER = 36


def wait_group(group):
    """CPU seconds of the group's processes, those its leader did not wait for included, and its status."""
    status, cpu, peak = 0, 0.0, 0
    while True:
        try:
            pid, ended, used = os.wait4(-group, 0)
        except ChildProcessError:
            return status, cpu, peak
        cpu += used.ru_utime + used.ru_stime
        peak = max(peak, used.ru_maxrss)
        status = ended if pid == group else status


def run(command, core, **options):
    """Runs to the end: wall seconds, CPU seconds of all its processes, peak MB, output."""
    out = open(options.pop("log"), "w+b")
    started = time.monotonic()
    child = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT if options.pop("both", False) else None,
                             preexec_fn=lambda: os.sched_setaffinity(0, {core}), start_new_session=True, **options)
    watch = Watch(child.pid)
    watch.start()
    timer = threading.Timer(LIMIT_S, os.killpg, (child.pid, signal.SIGKILL))
    timer.start()
    status, cpu, peak = wait_group(child.pid)
    wall = time.monotonic() - started
    timer.cancel()
    watch.over.set()
    watch.join()
    child.returncode = os.waitstatus_to_exitcode(status)
    out.seek(0)
    text = out.read().decode(errors="replace")
    out.close()
    return {"status": child.returncode, "wall": wall, "cpu": cpu, "peak_mb": max(watch.peak_kib, peak) / 1024,
            "out": text}


class Server:
    def __init__(self, work, site, core):
        self.dir = f"{work}/nginx"
        os.makedirs(self.dir, exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        with open(f"{self.dir}/nginx.conf", "w") as conf:
            conf.write(NGINX.format(dir=self.dir, site=site, port=self.port))
        nginx = shutil.which("nginx") or "/usr/sbin/nginx"
        self.child = subprocess.Popen([nginx, "-p", self.dir, "-c", f"{self.dir}/nginx.conf"],
                                      preexec_fn=lambda: os.sched_setaffinity(0, {core}))
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        self.close()
        sys.exit(f"bench: nginx did not start; see {self.dir}/error.log")

    def close(self):
        self.child.send_signal(signal.SIGQUIT)
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class Bench:
    def __init__(self, build, pages, rounds):
        self.build, self.rounds = os.path.abspath(build), rounds
        self.work = f"{self.build}/bench"
        self.site = f"{self.work}/site"
        self.server_core, self.core = cores()
        self.log = f"{self.work}/out.log"
        self.names = [f"board{n:02d}.bench.example" for n in range(HOSTS)]
        stamp = f"{self.site}/made-{pages}"
        if not os.path.exists(stamp):
            subprocess.run([sys.executable, f"{HERE}/make_site.py", self.site, "--pages", str(pages),
                            "--hosts", str(HOSTS)], check=True)
            open(stamp, "w").close()
        with open(f"{self.site}/urls.txt") as urls:
            self.pages = sum(1 for _ in urls)
        self.rows = {}

    def keep(self, name, result, units):
        if result["status"] != 0:
            print(f"bench: {name} ended with {result['status']}: {result['out'][-500:]}", file=sys.stderr)
            return
        if units < 1:
            print(f"bench: {name} did nothing: {result['out'][-500:]}", file=sys.stderr)
            return
        self.rows.setdefault(name, []).append(
            {"us": result["cpu"] * 1e6 / units, "rate": units / result["wall"], "peak": result["peak_mb"],
             "units": units})

    # ---- crawling ----

    def fetch_probe(self):
        result = run([f"{self.build}/bench/probe_fetch", f"{self.site}/urls.txt", f"127.0.0.1:{self.port}", str(HOSTS)],
                     self.core, log=self.log)
        self.keep("fetch probe (libcurl multi, no parsing)", result, json.loads(result["out"])["pages"])

    def dom_probe(self):
        result = run([f"{self.build}/bench/probe_dom", f"{self.site}/files.txt"], self.core, log=self.log)
        self.keep("tree probe (libxml2 DOM, no network)", result, json.loads(result["out"])["pages"])

    def sweep(self):
        home = f"{self.work}/sweep"
        shutil.rmtree(home, ignore_errors=True)
        os.makedirs(f"{home}/sources")
        for name in self.names:
            short = name.split(".")[0]
            with open(f"{home}/sources/{short}.yml", "w") as out:
                out.write(f"name: {short}\npermission: {{basis: test}}\nstart:\n  - {{url: 'http://{name}/list/1.html', "
                          f"as: listing}}\npages_max: 100000\ndepth_max: 100\nextract:\n"
                          f"  follow: {{posting: ['/job/*'], listing: ['/list/*']}}\n")
        with open(f"{home}/lurewatch.yml", "w") as out:
            out.write(f"operator: 'bench'\ncontact: 'bench@lurewatch.example'\npatterns: '{ROOT}/patterns'\n"
                      "delay_min: 0s\n")
        result = run([f"{self.build}/lurewatch", "sweep", "--config", f"{home}/lurewatch.yml", "--json", "--quiet",
                      "--test-endpoint", f"127.0.0.1:{self.port}", "--no-politeness"], self.core, log=self.log)
        self.keep("lurewatch sweep (parse, score, store, evidence)", result, self.sweep_pages(result["out"]))

    @staticmethod
    def sweep_pages(text):
        for line in text.splitlines():
            if line.startswith('{"total"'):
                return json.loads(line)["total"]["pages"]
        return 0

    def wget2(self):
        if not shutil.which("wget2"):
            return
        home = f"{self.work}/wget2"
        shutil.rmtree(home, ignore_errors=True)
        os.makedirs(home)
        starts = [f"http://{name}/list/1.html" for name in self.names]
        result = run(["wget2", "-q", "-r", "-l", "inf", "--max-threads", str(HOSTS), "--http-proxy",
                      f"http://127.0.0.1:{self.port}", "--reject-regex", "/about/|s[.]css", "--no-robots",
                      "--tries", "1", "-P", home] + starts, self.core, log=self.log, both=True)
        if result["status"] == 8:  # some page of the menus is not there: as the board is made
            result["status"] = 0
        found = sum(len([f for f in files if f.endswith(".html")]) for _, _, files in os.walk(home))
        self.keep("wget2 -r (saves, no extraction)", result, found)

    def scrapy(self):
        if not shutil.which("scrapy"):
            return
        out = f"{self.work}/scrapy.jsonl"
        if os.path.exists(out):
            os.remove(out)
        env = dict(os.environ, http_proxy=f"http://127.0.0.1:{self.port}")
        result = run(["scrapy", "runspider", f"{HERE}/spider.py", "-a", "hosts=" + ",".join(self.names), "-o", out],
                     self.core, log=self.log, both=True, env=env, cwd=self.work)
        self.keep("Scrapy (idiomatic spider)", result, self.pages if os.path.exists(out) else 0)

    # ---- text ----

    def scan(self):
        ads = f"{self.site}/ads.jsonl"
        with open(ads) as lines:
            count = sum(1 for _ in lines)
        command = [f"{self.build}/lurewatch", "scan"]
        idle = self.start_up()
        with open(ads) as stdin:
            result = run(command, self.core, log=self.log, stdin=stdin, cwd=ROOT)
        result["cpu"] = max(0.0, result["cpu"] - idle["cpu"])
        self.keep("lurewatch scan, an ad of 2.2 KB (start-up taken off)", result, count)

    def start_up(self):
        with open(f"{self.work}/one.jsonl", "w+") as one:
            one.write('{"title":"x"}\n')
            one.seek(0)
            result = run([f"{self.build}/lurewatch", "scan"], self.core, log=self.log, stdin=one, cwd=ROOT)
        self.keep("lurewatch scan of one line (start-up)", result, 1)
        return result

    def all(self, port):
        self.port = port
        for number in range(self.rounds):
            print(f"round {number + 1} of {self.rounds}", file=sys.stderr)
            for step in (self.fetch_probe, self.sweep, self.dom_probe, self.scan, self.wget2, self.scrapy):
                step()

    def table(self):
        def median(name, key):
            return statistics.median(row[key] for row in self.rows[name])

        probe = "fetch probe (libcurl multi, no parsing)"
        base = median(probe, "us") if probe in self.rows else 0
        print(f"\n{self.pages} pages on {HOSTS} hosts, {self.rounds} rounds, medians; client on core {self.core}, "
              f"server on core {self.server_core}\n")
        print(f"{'':52}{'CPU us each':>12}{'each/s':>10}{'peak MB':>9}{'units':>8}{'x probe':>9}")
        for name in self.rows:
            crawls = "scan" not in name
            ratio = f"{median(name, 'us') / base:.2f}" if base and crawls else ""
            print(f"{name:52}{median(name, 'us'):12.1f}{median(name, 'rate'):10.0f}{median(name, 'peak'):9.1f}"
                  f"{median(name, 'units'):8.0f}{ratio:>9}")
        with open(f"{self.work}/results.json", "w") as out:
            json.dump(self.rows, out, indent=1)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--pages", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    # workers that outlive their parent for a moment are ours to wait for: their time counts
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    bench = Bench(options.build, options.pages, options.rounds)
    server = Server(bench.work, bench.site, bench.server_core)
    try:
        bench.all(server.port)
    finally:
        server.close()
    bench.table()


if __name__ == "__main__":
    main()
