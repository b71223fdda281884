#!/usr/bin/env python3
"""TLS: who is trusted and who is not. Certificates are made here; servers are Python's ssl."""
import hashlib
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import threading

from board_client import Cases, fetch

cases = Cases()
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'


def openssl(*words):
    subprocess.run(['openssl', *words], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


class Certificates:
    def __init__(self, folder):
        self.folder = folder
        for name in ('root', 'other'):
            openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-sha256', '-days', '30',
                    '-subj', '/CN=Test ' + name, '-keyout', self.path(name, 'key'), '-out',
                    self.path(name, 'pem'), '-addext', 'keyUsage=keyCertSign,cRLSign')

    def path(self, name, kind):
        return os.path.join(self.folder, name + '.' + kind)

    def leaf(self, name, host, by='root', days='30'):
        if by == '':
            openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', days, '-subj',
                    '/CN=' + host, '-addext', 'subjectAltName=DNS:' + host, '-keyout',
                    self.path(name, 'key'), '-out', self.path(name, 'pem'))
            return
        with open(self.path(name, 'ext'), 'w') as out:
            out.write('subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\n' % host)
        openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=' + host, '-keyout',
                self.path(name, 'key'), '-out', self.path(name, 'csr'))
        openssl('x509', '-req', '-in', self.path(name, 'csr'), '-CA', self.path(by, 'pem'), '-CAkey',
                self.path(by, 'key'), '-CAcreateserial', '-days', days, '-extfile',
                self.path(name, 'ext'), '-out', self.path(name, 'pem'))


def serve_one(connection, context):
    try:
        with context.wrap_socket(connection, server_side=True) as tls:
            while tls.recv(4000):
                tls.sendall(ANSWER)
    except OSError:
        pass


def serve(listener, context):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        connection.settimeout(20)
        threading.Thread(target=serve_one, args=(connection, context), daemon=True).start()


def listen():
    listener = socket.socket()
    listener.bind(('127.0.0.1', 0))
    listener.listen(20)
    return listener, listener.getsockname()[1]


def try_server(certificates, names, leaf, host, name='', setup=None, more=(), count=1):
    """Fetches https://host from a server that shows the certificate leaf."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.path(leaf, 'pem'), certificates.path(leaf, 'key'))
    if setup is not None:
        setup(context)
    listener, port = listen()
    threading.Thread(target=serve, args=(listener, context), daemon=True).start()
    urls = ['https://%s:%d/%d' % (host, port, n) for n in range(count)]
    got, rest = fetch(urls, '--endpoint', '127.0.0.1:%d' % port, '--names', names, '--watch',
                      *more)
    listener.close()
    return [got.get(url, {}) for url in urls], rest


def only_old(context):
    context.set_ciphers('ALL:@SECLEVEL=0')
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1


def main():
    folder = tempfile.TemporaryDirectory(prefix='tls-')
    certificates = Certificates(folder.name)
    certificates.leaf('good', 'good.example')
    certificates.leaf('expired', 'good.example', days='-1')
    certificates.leaf('stranger', 'good.example', by='other')
    certificates.leaf('selfsigned', 'good.example', by='')
    names = os.path.join(folder.name, 'names')
    with open(names, 'w') as out:
        out.write('good.example 0 127.0.0.1\nwrong.example 0 127.0.0.1\n')
    ca = ('--ca', certificates.path('root', 'pem'))
    rows, rest = try_server(certificates, names, 'good', 'good.example', more=ca, count=6)
    cases.same('a known authority', {row.get('http_status') for row in rows}, {200})
    cases.say('connections are kept', 1 <= len(rest) <= 6, rest)
    rows, rest = try_server(certificates, names, 'good', 'good.example', count=4,
                            more=(*ca, '--at-once', '1'))
    cases.same('one connection for pages one by one', len(rest), 1)
    with open(certificates.path('good', 'pem')) as pem:
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.read())).hexdigest()
    cases.same('its certificate is told for each', {row.get('certificate_sha256') for row in rows}, {digest})
    for name, leaf, host, more in [('self-signed', 'selfsigned', 'good.example', ca),
                                   ('expired', 'expired', 'good.example', ca),
                                   ('an unknown authority', 'stranger', 'good.example', ca),
                                   ('another name', 'good', 'wrong.example', ca),
                                   ("not the system's authority", 'good', 'good.example', ())]:
        rows, _ = try_server(certificates, names, leaf, host, more=more)
        cases.say('refused: ' + name, rows[0].get('status') == 'tls' and rows[0]['why'] != '' and
                  rows[0]['body_bytes'] == 0 and rows[0]['http_status'] == 0, rows)
    rows, _ = try_server(certificates, names, 'good', 'good.example', setup=only_old, more=ca)
    cases.same('refused: TLS 1.1', rows[0].get('status'), 'tls')
    listener, port = listen()  # nobody answers the handshake
    url = 'https://good.example:%d/' % port
    got, _ = fetch([url], '--endpoint', '127.0.0.1:%d' % port, '--names', names, '--connect-ms',
                   '1500', *ca)
    cases.same('a handshake that hangs', (got[url]['status'], got[url]['why']),
               ('timeout', 'no connection within 1500 ms'))
    listener.close()
    folder.cleanup()
    return cases.end()


sys.exit(main())
