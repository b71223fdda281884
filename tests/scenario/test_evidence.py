"""Evidence that proves itself: the manifest alone, revisit records by the letter of WARC 1.1, time
stamps of an authority that the test runs with openssl on loopback."""

import base64
import glob
import gzip
import hashlib
import http.server
import json
import os
import re
import socket
import sqlite3
import ssl
import subprocess
import threading

from harness import listing, lure, main, test
from time_authority import authority
from warc_check import complaints


def swept(place, **keys):
    place.small_board(ads=6, lures=3)
    place.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.settings(refetch='1m', **keys)
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err


def ran(place, *words):
    run = place.run(*words)
    assert run.code == 0, (words, run.code, run.out, run.err)
    return run.out


def records(place):
    """Every record of the folder: headers and block."""
    found = []
    for name in sorted(glob.glob(place.path('evidence', '*.warc.gz'))):
        data = gzip.open(name).read()
        while data:
            head, rest = data.split(b'\r\n\r\n', 1)
            fields = dict(line.split(': ', 1) for line in head.decode().split('\r\n')[1:])
            size = int(fields['Content-Length'])
            found.append((fields, rest[:size]))
            assert rest[size:size + 4] == b'\r\n\r\n'
            data = rest[size + 4:]
    return found


def later(place):
    """The next sweep reads every page again."""
    store = sqlite3.connect(place.path('lurewatch.db'))
    store.execute('UPDATE urls SET refetch = 1 WHERE refetch > 0')
    store.execute('UPDATE hosts SET next_allowed = 0')
    store.commit()
    store.close()


@test
def the_manifest_proves_the_folder_without_the_store(place):
    swept(place)
    text = ran(place, 'evidence', 'manifest')
    place.write('manifest.txt', text)
    assert text.startswith('lurewatch-evidence 1\nsegment lurewatch-'), text[:100]
    assert len(re.findall('^record ', text, re.M)) == place.count('SELECT count(*) FROM records')
    os.rename(place.path('lurewatch.db'), place.path('away.db'))
    out = ran(place, 'evidence', 'verify', '--manifest', place.path('manifest.txt'))
    assert ': 0 bad' in out, out
    segment = glob.glob(place.path('evidence', '*.warc.gz'))[0]
    size = os.path.getsize(segment)
    for at in range(5, size, size // 11):
        with open(segment, 'r+b') as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ 4]))
        run = place.run('evidence', 'verify', '--manifest', place.path('manifest.txt'))
        assert run.code == 65 and 'not the bytes that were written' in run.out, (at, run.out)
        with open(segment, 'r+b') as file:
            file.seek(at)
            file.write(bytes([byte]))
    ran(place, 'evidence', 'verify', '--manifest', place.path('manifest.txt'))
    lines = text.splitlines()
    digest = lines[4].split()[3]
    for changed in (text.replace(digest, digest[::-1]), '\n'.join(lines[:-1]) + '\n',
                    '\n'.join(lines[:4] + lines[5:]) + '\n'):
        place.write('changed.txt', changed)
        run = place.run('evidence', 'verify', '--manifest', place.path('changed.txt'))
        assert run.code == 65, changed


@test
def the_manifest_has_tombstones(place):
    swept(place)
    ran(place, 'queue', 'decide', '1', 'dismissed', '--as', 'ani')
    store = sqlite3.connect(place.path('lurewatch.db'))
    store.execute('UPDATE cases SET decided = 1 WHERE id = 1')
    store.commit()
    store.close()
    ran(place, 'db', 'purge')
    text = ran(place, 'evidence', 'manifest')
    assert len(re.findall('^gone .* retention$', text, re.M)) == 3, text
    place.write('manifest.txt', text)
    ran(place, 'evidence', 'verify', '--manifest', place.path('manifest.txt'))


@test
def an_unchanged_ad_becomes_a_revisit(place):
    swept(place)
    before = {fields['WARC-Record-ID']: (fields, block) for fields, block in records(place)}
    later(place)
    run = place.sweep('--source', 'board')
    assert run.code == 0, run.err
    revisits = [(f, b) for f, b in records(place) if f['WARC-Type'] == 'revisit']
    assert len(revisits) == 3, [f['WARC-Type'] for f, _ in records(place)]
    for fields, block in revisits:
        original = before[fields['WARC-Refers-To']][0]
        assert original['WARC-Type'] == 'response'
        assert fields['WARC-Refers-To-Target-URI'] == original['WARC-Target-URI']
        assert fields['WARC-Refers-To-Date'] == original['WARC-Date']
        assert fields['Content-Type'] == 'application/http;msgtype=response'
        assert block.startswith(b'HTTP/1.1 ') and block.endswith(b'\r\n\r\n')
        digest = base64.b32encode(hashlib.sha256(block).digest()).decode().rstrip('=')
        assert fields['WARC-Block-Digest'].rstrip('=') == 'sha256:' + digest
        profile = fields['WARC-Profile']
        if block.startswith(b'HTTP/1.1 304'):
            assert profile == 'http://netpreserve.org/warc/1.1/revisit/server-not-modified'
        else:
            assert profile == 'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest'
            assert fields['WARC-Payload-Digest'] == original['WARC-Payload-Digest']
    ran(place, 'evidence', 'verify')
    ran(place, 'evidence', 'show', '1')


class CodedBoard(http.server.BaseHTTPRequestHandler):
    """Three lures: one plain, one with gzip, one in chunks and with gzip."""
    protocol_version = 'HTTP/1.1'

    def log_message(self, *_):
        pass

    def do_GET(self):
        number = int(self.path[-1]) if self.path.startswith('/job/') else -1
        body = (lure(number) if number >= 0 else listing(['/job/0', '/job/1', '/job/2'])).encode()
        self.send_response(200 if self.path != '/robots.txt' else 404)
        self.send_header('Content-Type', 'text/html; charset=utf-8')
        if number > 0:
            body = gzip.compress(body, mtime=0)
            self.send_header('Content-Encoding', 'gzip')
        if number == 2:
            self.send_header('Transfer-Encoding', 'chunked')
            body = b''.join(b'%x\r\n%s\r\n' % (len(part), part) for part in (body[:99], body[99:])) + b'0\r\n\r\n'
        else:
            self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@test
def what_is_written_is_warc_1_1_to_the_letter(place):
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), CodedBoard)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place.port = server.server_port
    place.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.settings(refetch='1m')
    run = place.sweep()
    assert run.code == 0 and len(place.case_urls()) == 3, run.err
    place.write('ad.txt', 'Toko roti mencari penjaga, datang ke toko membawa lamaran.')
    ran(place, 'queue', 'add', place.path('ad.txt'), '--as', 'ani')
    later(place)
    run = place.sweep('--source', 'board')
    assert run.code == 0, run.err
    server.shutdown()
    heads = b''.join(block for fields, block in records(place) if fields['WARC-Type'] == 'response')
    assert b'Content-Encoding: gzip' in heads and b'X-Archive-Orig-Transfer-Encoding: chunked' in heads
    kinds = [fields['WARC-Type'] for fields, _ in records(place)]
    assert {'warcinfo', 'request', 'response', 'metadata', 'resource', 'revisit'} == set(kinds), kinds
    for path in glob.glob(place.path('evidence', '*.warc.gz')):
        assert complaints(path) == [], complaints(path)[:5]
    # and behind a purge
    ran(place, 'queue', 'decide', '1', 'dismissed', '--as', 'ani')
    change = sqlite3.connect(place.path('lurewatch.db'))
    change.execute('UPDATE cases SET decided = 1 WHERE id = 1')
    change.commit()
    change.close()
    assert json.loads(ran(place, 'db', 'purge', '--json'))['records_gone'] > 0
    for path in glob.glob(place.path('evidence', '*.warc.gz')):
        assert complaints(path) == [], complaints(path)[:5]


class TlsFront:
    """TLS for one host in front of the board, with an authority of its own."""

    def __init__(self, place, host):
        def openssl(*words):
            subprocess.run(['openssl', *words], check=True, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        ca, ca_key, key, asked, self.leaf, ext = (
            place.path(name) for name in ('ca.pem', 'ca.key', 'leaf.key', 'leaf.csr', 'leaf.pem', 'leaf.ext'))
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '9', '-subj', '/CN=Test root',
                '-keyout', ca_key, '-out', ca, '-addext', 'keyUsage=keyCertSign,cRLSign')
        place.write('leaf.ext', 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\n' % host)
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=' + host, '-keyout', key, '-out', asked)
        openssl('x509', '-req', '-in', asked, '-CA', ca, '-CAkey', ca_key, '-CAcreateserial', '-days', '9',
                '-extfile', ext, '-out', self.leaf)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self.leaf, key)
        self.board = place.port
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        self.accepted = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self.pass_on, args=(connection,), daemon=True).start()

    def pass_on(self, connection):
        try:
            connection.settimeout(20)
            inside = socket.create_connection(('127.0.0.1', self.board), 20)
            outside = self.context.wrap_socket(connection, server_side=True)
            threading.Thread(target=self.pump, args=(inside, outside), daemon=True).start()
            self.pump(outside, inside)
        except OSError:
            pass

    @staticmethod
    def pump(source, to):
        try:
            while data := source.recv(65536):
                to.sendall(data)
        except OSError:
            pass
        finally:
            to.close()


@test
def who_answered_is_kept_by_address_and_certificate(place):
    place.small_board(ads=9, lures=4)
    place.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.board()
    front = TlsFront(place, 'board.example')
    place.settings(ca_file='ca.pem')
    run = place.finish(place.start(place.command(
        'sweep', '--json', '--test-endpoint', 'tls:127.0.0.1:%d' % front.port)))
    assert run.code == 0 and len(place.case_urls()) == 4, (run.out, run.err)
    with open(front.leaf, encoding='ascii') as file:
        pem = file.read()
    want = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    for case in range(1, 5):  # each of them, on connections that were kept, too
        shown = json.loads(ran(place, 'evidence', 'show', str(case)))
        assert shown['remote_address'] == '127.0.0.1', shown
        certificate = shown['tls_certificate']
        assert certificate['sha256'] == want, certificate
        assert certificate['pem'].split() == pem.split(), certificate
        assert 'board.example' in certificate['subject'] and 'Test root' in certificate['issuer']
        assert certificate['valid_from'] and certificate['valid_until']
    assert front.accepted < 9, 'connections are kept'
    ran(place, 'evidence', 'verify')
    # an authority that is not ours: nothing is asked
    asked = len(place.log())
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '9', '-subj',
                    '/CN=Another root', '-keyout', place.path('other.key'), '-out', place.path('other.pem')],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    place.settings(ca_file='other.pem', store='sqlite:other.db', evidence='other')
    run = place.finish(place.start(place.command(
        'sweep', '--json', '--test-endpoint', 'tls:127.0.0.1:%d' % front.port)))
    assert len(place.log()) == asked, run.out
    front.listener.close()


@test
def an_authority_stamps_the_chain(place):
    server = authority(place)
    url = 'http://127.0.0.1:%d/' % server.server_port
    try:
        swept(place, timestamp_url=url, timestamp_ca=place.path('tsa.pem'))
        assert 'stamped 2' in ran(place, 'evidence', 'timestamp')
        assert 'every segment has its time stamp' in ran(place, 'evidence', 'timestamp')
        verify = json.loads(ran(place, 'evidence', 'verify', '--json'))
        assert verify['stamps'] == 1 and verify['bad'] == [], verify
        assert 'stamp 1' in ran(place, 'evidence', 'manifest')
        # openssl says the same of what was kept
        token, chain = place.rows('SELECT token, chain FROM stamps')[0]
        with open(place.path('kept.tsr'), 'wb') as out:
            out.write(token)
        proved = subprocess.run(['openssl', 'ts', '-verify', '-in', place.path('kept.tsr'), '-digest',
                                 chain.hex(), '-CAfile', place.path('tsa.pem')], timeout=20,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        assert proved.returncode == 0, proved.stdout
        # a stamp of something else is found
        store = sqlite3.connect(place.path('lurewatch.db'))
        store.execute("UPDATE stamps SET chain = zeroblob(32)")
        store.commit()
        store.close()
        run = place.run('evidence', 'verify')
        assert run.code == 65 and 'time stamp' in run.out, (run.code, run.out)
    finally:
        server.shutdown()


@test
def no_authority_and_a_dead_one_are_told(place):
    swept(place)
    run = place.run('evidence', 'timestamp')
    assert run.code == 78 and 'timestamp_url' in run.err, (run.code, run.err)
    place.settings(timestamp_url='http://127.0.0.1:9/')
    run = place.run('evidence', 'timestamp')
    assert run.code == 69 and '127.0.0.1:9' in run.err, (run.code, run.err)
    assert place.count('SELECT count(*) FROM stamps') == 0


if __name__ == '__main__':
    main()
