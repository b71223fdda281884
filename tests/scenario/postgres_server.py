"""A PostgreSQL server of a test's own: Debian's package, a private socket, no network address."""

import os
import shutil
import subprocess
import tempfile

from harness import ROOT


class Server:
    """PostgreSQL of Debian's package, for the time of one test."""

    def __init__(self):
        self.dir = tempfile.mkdtemp(prefix='lurewatch-pg-')
        self.script = os.path.join(ROOT, 'tests', 'postgres.sh')
        self.url = subprocess.run(['bash', self.script, 'start', self.dir], check=True, timeout=120,
                                  stdout=subprocess.PIPE, encoding='utf-8').stdout.strip()

    def rows(self, query):
        out = subprocess.run(['psql', '-X', '-A', '-t', '-F', '\x1f', self.url, '-c', query],
                             check=True, stdout=subprocess.PIPE, encoding='utf-8', timeout=60).stdout
        return [line.split('\x1f') for line in out.splitlines() if line]

    def count(self, query):
        return int(self.rows(query)[0][0])

    def control(self, *words):
        """pg_ctl on the data folder, as the user that owns it."""
        program = sorted(p for p in (
            '/usr/lib/postgresql/%s/bin/pg_ctl' % v for v in os.listdir('/usr/lib/postgresql'))
            if os.path.exists(p))[-1]
        command = [program, '-D', os.path.join(self.dir, 'data'), '-w', '-t', '60', *words]
        if os.getuid() == 0:
            command = ['setpriv', '--reuid', 'postgres', '--regid', 'postgres', '--clear-groups'] + command
        subprocess.run(command, check=True, cwd=self.dir, timeout=90, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        subprocess.run(['bash', self.script, 'stop', self.dir], check=False, timeout=90)
        shutil.rmtree(self.dir, ignore_errors=True)
