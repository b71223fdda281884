"""A small mail server on loopback for tests: takes what it is given, remembers it, refuses on demand."""

import email
import email.policy
import socketserver
import threading


class Sink(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, host='127.0.0.1'):
        super().__init__((host, 0), Session)
        self.messages, self.raw, self.refuse = [], [], None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return 'smtp://%s:%d' % self.server_address

    def close(self):
        self.shutdown()
        self.server_close()


class Session(socketserver.StreamRequestHandler):
    timeout = 20

    def say(self, text):
        self.wfile.write(text.encode() + b'\r\n')

    def data(self, sender, recipients):
        self.say('354 go on')
        lines = []
        while True:
            line = self.rfile.readline()
            if line in (b'.\r\n', b''):
                break
            lines.append(line[1:] if line.startswith(b'.') else line)
        raw = b''.join(lines)
        self.server.raw.append(raw)
        message = email.message_from_bytes(raw, policy=email.policy.default)
        self.server.messages.append((sender, recipients, message))
        self.say('250 taken')

    def handle(self):
        sender, recipients = None, []
        self.say('220 sink')
        while True:
            line = self.rfile.readline().decode('ascii', 'replace').strip()
            verb = line.upper()
            if verb.startswith(('EHLO', 'HELO')):
                self.say('250 sink')
            elif verb.startswith('MAIL FROM:'):
                sender = line[10:].split('>')[0].strip(' <')
                self.say('250 ok')
            elif verb.startswith('RCPT TO:'):
                if self.server.refuse:
                    self.say(self.server.refuse)
                else:
                    recipients.append(line[8:].strip(' <>'))
                    self.say('250 ok')
            elif verb == 'DATA':
                self.data(sender, recipients)
            elif verb in ('QUIT', ''):
                self.say('221 bye')
                return
            else:
                self.say('250 ok')
