"""A small mail server on loopback for tests: takes what it is given, remembers it, refuses on demand."""

import base64
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
        self.login = None         # (user, password): nobody else is heard
        self.after_data = None    # called when a message came whole; its answer is said instead of "250"
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
        answer = self.server.after_data() if self.server.after_data else '250 taken'
        if answer:
            self.say(answer)
        return bool(answer)

    def knows(self, words):
        wanted = '\0%s\0%s' % self.server.login
        return words.split()[-1] == base64.b64encode(wanted.encode()).decode()

    def handle(self):
        sender, recipients, known = None, [], self.server.login is None
        self.say('220 sink')
        while True:
            line = self.rfile.readline().decode('ascii', 'replace').strip()
            verb = line.upper()
            if verb.startswith(('EHLO', 'HELO')):
                self.say('250 sink' if known else '250-sink\r\n250 AUTH PLAIN')
            elif verb.startswith('AUTH PLAIN'):
                if len(line.split()) == 2:
                    self.say('334 ')
                    line = self.rfile.readline().decode('ascii', 'replace').strip()
                known = self.knows(line)
                self.say('235 welcome' if known else '535 who are you')
            elif not known and verb not in ('QUIT', ''):
                self.say('530 log in first')
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
                if not self.data(sender, recipients):
                    return
            elif verb in ('QUIT', ''):
                self.say('221 bye')
                return
            else:
                self.say('250 ok')
