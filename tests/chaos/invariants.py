"""What must hold after any kill, read with sqlite3 or psql alone: no line of the store's code is used.

    found = Invariants(rows, {machine: evidence folder}).check()

counts what is wrong: cases doubled, evidence unverifiable (a record's bytes, its digest, its gzip
member, the chain), links of the audit trail broken, pages half stored. Cases that were seen and are
gone again, and decisions that were confirmed to a person and are not there, are counted by memory()
and look_back()."""

import gzip
import hashlib
import os
import sqlite3
import subprocess


def sqlite_rows(path):
    def rows(query):
        # a reader of SQLite rolls a hot journal back, so it needs to write
        store = sqlite3.connect(path, timeout=30)
        try:
            return store.execute(query).fetchall()
        finally:
            store.close()
    return rows


def postgres_rows(url):
    def rows(query):
        out = subprocess.run(['psql', '-X', '-A', '-t', '-F', '\x1f', '-R', '\x1e', url, '-c', query],
                             check=True, stdout=subprocess.PIPE, timeout=60).stdout.decode()
        lines = [line for line in out.rstrip('\n').split('\x1e') if line]
        return [[value_of(text) for text in line.split('\x1f')] for line in lines]
    return rows


def value_of(text):
    if text.startswith('\\x'):
        return bytes.fromhex(text[2:])
    return int(text) if text.lstrip('-').isdigit() else text


def is_there(rows):
    try:
        return rows('SELECT count(*) FROM audit_head')[0][0] == 1
    except (sqlite3.OperationalError, subprocess.CalledProcessError):
        return False


class Invariants:
    def __init__(self, rows, folders):
        self.rows = rows
        self.folders = folders
        self.seen = set()       # URLs of cases
        self.decided = {}       # case -> state that was confirmed on a terminal
        self.wrong = {'lost': [], 'doubled': [], 'unverifiable': [], 'other': []}

    # ---- evidence ----

    def segment(self, name, machine):
        folder = self.folders.get(machine) or next(iter(self.folders.values()))
        for path in (os.path.join(folder, name), os.path.join(folder, name + '.begun')):
            if os.path.exists(path):
                with open(path, 'rb') as file:
                    return file.read()
        return None

    def evidence(self):
        names = {row[0]: (row[1], row[2], row[3]) for row in
                 self.rows('SELECT id, name, machine, bytes FROM segments')}
        chains, data, ends = {}, {}, {}
        for segment, record, offset, length, member, chain, purged in self.rows(
                'SELECT segment_id, record_id, offset_bytes, length_bytes, member, chain, purged'
                ' FROM records ORDER BY id'):
            name, machine, _ = names[segment]
            before = chains.get(segment, bytes(32))
            chains[segment] = bytes(chain)
            if hashlib.sha256(before + member).digest() != bytes(chain):
                self.wrong['unverifiable'].append('%s: the chain breaks at %s' % (name, record))
            if purged:
                continue
            if segment not in data:
                data[segment] = self.segment(name, machine)
            held = data[segment]
            part = held[offset:offset + length] if held is not None else b''
            ends[segment] = offset + length
            if hashlib.sha256(part).digest() != bytes(member):
                self.wrong['unverifiable'].append('%s: %s at %d' % (name, record, offset))
                continue
            text = gzip.decompress(part)
            if not text.startswith(b'WARC/1.1\r\n') or record.encode() not in text:
                self.wrong['unverifiable'].append('%s: %s is no such record' % (name, record))
        for segment, end in ends.items():
            if end != names[segment][2]:
                self.wrong['unverifiable'].append('%s: %d bytes, its records end at %d' % (
                    names[segment][0], names[segment][2], end))
        known = {row[0] for row in self.rows('SELECT record_id FROM records')}
        for url, record in self.rows('SELECT p.url, v.evidence_id FROM cases c JOIN versions v'
                                     ' ON v.id = c.version_id JOIN postings p ON p.id = c.posting_id'):
            if record not in known:
                self.wrong['unverifiable'].append('%s: its evidence %s has no row' % (url, record))

    # ---- the trail ----

    def audit(self):
        before, last = bytes(32), 0
        for row in self.rows('SELECT id, at, who, action, object, object_id, was, became, why, hash'
                             ' FROM audit ORDER BY id'):
            digest = hashlib.sha256(before)
            for field in row[1:9]:
                raw = str(field).encode()
                digest.update(b'%d:%s' % (len(raw), raw))
            before = digest.digest()
            if row[0] != last + 1 or bytes(row[9]) != before:
                self.wrong['other'].append('the audit trail breaks at row %d' % row[0])
                before = bytes(row[9])
            last = row[0]

    # ---- cases ----

    def cases(self):
        urls = [row[0] for row in self.rows('SELECT p.url FROM cases c JOIN postings p'
                                            ' ON p.id = c.posting_id')]
        for url in sorted(set(urls)):
            if urls.count(url) > 1:
                self.wrong['doubled'].append('%s has %d cases' % (url, urls.count(url)))
        opened = self.rows("SELECT object_id, count(*) FROM audit WHERE action = 'open'"
                           ' GROUP BY object_id HAVING count(*) > 1')
        self.wrong['doubled'] += ['case %s was opened %d times' % tuple(row) for row in opened]
        self.wrong['lost'] += ['the case of %s is gone' % url for url in sorted(self.seen - set(urls))]
        self.seen |= set(urls)
        states = dict((row[0], row[1]) for row in self.rows('SELECT id, state FROM cases'))
        for case, state in self.decided.items():
            if states.get(case) != state:
                self.wrong['lost'].append('case %d: decided as %d, now %s' % (case, state,
                                                                              states.get(case)))
        halves = self.rows('SELECT count(*) FROM postings p JOIN urls u ON u.id = p.url_id'
                           ' WHERE u.state = 0 AND u.fetched = 0')[0][0]
        if halves:
            self.wrong['other'].append('%d postings of pages that are still pending' % halves)
        return set(urls)

    # ---- what rules are counted by: of ads that sweeps alone stored ----

    def counts(self):
        counted = self.rows('SELECT coalesce(sum(ads), 0) FROM (SELECT ads FROM rule_notes'
                            ' UNION ALL SELECT ads FROM rule_runs) AS counted')[0][0]
        versions = self.rows('SELECT count(*) FROM versions v JOIN postings p ON p.id = v.posting_id'
                             " JOIN sources s ON s.id = p.source_id WHERE s.name <> 'sent-in'")[0][0]
        if counted != versions:
            self.wrong['other'].append('%d ads are counted for their rules, of %d' % (counted, versions))

    def check(self):
        if not is_there(self.rows):
            return set()
        urls = self.cases()
        self.evidence()
        self.audit()
        self.counts()
        return urls

    def verdict(self):
        return {name: len(found) for name, found in self.wrong.items()}


def early(log, delay_ms, slack_ms):
    """Requests that came to a host inside its delay, whoever sent them."""
    last, found = {}, []
    for entry in sorted(log, key=lambda entry: entry['start_mono_ms']):
        before = last.get(entry['host'])
        if before is not None and entry['start_mono_ms'] - before < delay_ms - slack_ms:
            found.append((entry['host'], entry['path'], entry['start_mono_ms'] - before))
        last[entry['host']] = entry['start_mono_ms']
    return found
