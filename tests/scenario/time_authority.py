"""A time stamp authority on loopback for tests: openssl ts behind a small web server."""

import http.server
import os
import subprocess
import threading


class Authority(http.server.BaseHTTPRequestHandler):
    dir = ''

    def do_POST(self):
        query = self.rfile.read(int(self.headers['Content-Length']))
        assert self.headers['Content-Type'] == 'application/timestamp-query'
        with open(os.path.join(self.dir, 'q.tsq'), 'wb') as out:
            out.write(query)
        done = subprocess.run(['openssl', 'ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'q.tsq',
                               '-out', 'a.tsr'], cwd=self.dir, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, timeout=20, check=False)
        self.send_response(200 if done.returncode == 0 else 500)
        self.send_header('Content-Type', 'application/timestamp-reply')
        self.end_headers()
        with open(os.path.join(self.dir, 'a.tsr'), 'rb') as answer:
            self.wfile.write(answer.read())

    def log_message(self, *_):
        pass


def authority(place):
    with open(place.path('tsa.cnf'), 'w', encoding='ascii') as out:
        out.write('[tsa]\ndefault_tsa = one\n[one]\nserial = %s\nsigner_cert = %s\nsigner_key = %s\n'
                  'signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\n'
                  'accuracy = secs:1\nordering = yes\ntsa_name = no\ness_cert_id_chain = no\n'
                  'ess_cert_id_alg = sha256\ncrypto_device = builtin\n'
                  % (place.path('serial'), place.path('tsa.pem'), place.path('tsa.key')))
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
                    '-nodes', '-keyout', place.path('tsa.key'), '-out', place.path('tsa.pem'),
                    '-days', '30', '-subj', '/CN=Example time stamps', '-addext',
                    'extendedKeyUsage=critical,timeStamping'], check=True, timeout=60,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    Authority.dir = place.dir
    server = http.server.HTTPServer(('127.0.0.1', 0), Authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
