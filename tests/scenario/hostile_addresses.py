"""URLs and answers of a resolver that lead where a crawler has no business, and a listener that
hears whoever goes there all the same."""
import socket
import threading

# P: the listener's port. None of these may connect.
SPELLINGS = '''
http://127.0.0.1:P/ http://127.0.0.2:P/ http://127.255.255.254:P/ http://0.0.0.0:P/ http://0:P/
http://127.1:P/ http://127.0.1:P/ http://2130706433:P/ http://0x7f000001:P/ http://0x7F.1:P/
http://0X7f.0x0.0x0.0x1:P/ http://0177.0.0.1:P/ http://017700000001:P/ http://0177.0x0.0.1:P/
http://127.0.0.1.:P/ http://%31%32%37.0.0.1:P/ http://127%2e0%2e0%2e1:P/ http://127。0。0。1:P/
http://１２７.０.０.１:P/ http://①②⑦.⓪.⓪.①:P/ http://127.0.0.1%00.example:P/ http://127.0.0.1%09:P/
http:127.0.0.1:P/ http:/127.0.0.1:P/ http:\\\\127.0.0.1:P\\ http:////127.0.0.1:P/ HTTP://127.0.0.1:P/
http://[::1]:P/ http://[0:0:0:0:0:0:0:1]:P/ http://[::]:P/ http://[::ffff:127.0.0.1]:P/
http://[::ffff:7f00:1]:P/ http://[0:0:0:0:0:ffff:127.0.0.1]:P/ http://[::127.0.0.1]:P/
http://[64:ff9b::127.0.0.1]:P/ http://[64:ff9b::7f00:1]:P/ http://[64:ff9b:1::7f00:1]:P/
http://[2002:7f00:1::]:P/ http://[2001:0:7f00:1::]:P/ http://[fe80::1]:P/ http://[fe80::1%25lo]:P/
http://[fc00::1]:P/ http://[fd00:ec2::254]/ http://[ff02::1]:P/ http://[2001:db8::1]:P/
http://[100::1]:P/ http://[::ffff:169.254.169.254]/ http://[::ffff:0:127.0.0.1]:P/
http://10.0.0.1/ http://10.255.255.255/ http://172.16.0.1/ http://172.31.255.255/ http://192.168.1.1/
http://169.254.169.254/latest/meta-data/ http://169.254.1.1/ http://0xA9FEA9FE/ http://2852039166/
http://100.100.100.200/ http://100.64.0.1/ http://192.0.0.192/ http://192.0.2.1/ http://198.18.0.1/
http://198.51.100.1/ http://203.0.113.1/ http://224.0.0.1/ http://239.255.255.250/ http://240.0.0.1/
http://255.255.255.255/ http://0.1.2.3/ http://192.88.99.1/
http://localhost:P/ http://LOCALHOST:P/ http://localhost.:P/ http://a.localhost:P/
http://ip6-localhost:P/ http://localhost.localdomain:P/ http://router/ http://printer.local/
http://metadata.google.internal/ http://intranet.corp/ http://nas.home.arpa/ http://x.onion/
http://good.example@127.0.0.1:P/ http://good.example:80@127.0.0.1:P/ http://127.0.0.1:P#@good.example/
http://127.0.0.1:P\\@good.example/ http://user:pass@good.example:P/ http://127.0.0.1:P?@good.example/
https://127.0.0.1:P/ https://[::1]:P/ https://localhost:P/
http://good.example:22/ http://good.example:25/ http://good.example:6379/ http://good.example:6667/
file:///etc/passwd file://127.0.0.1/etc/passwd ftp://127.0.0.1:P/ gopher://127.0.0.1:P/_x
dict://127.0.0.1:P/x ldap://127.0.0.1:P/ tftp://127.0.0.1:P/ ws://127.0.0.1:P/ data:text/html,x
javascript:alert(1) unix:/run/x.sock //127.0.0.1:P/ 127.0.0.1:P http://256.0.0.1:P/
http://1.2.3.4.5:P/ http://[::1:P/ http:///
'''.split()
SPELLINGS += ['http://127.0.0.1\t:P/', 'http://127.0.\n0.1:P/', ' http://127.0.0.1:P/']

# What a name of the attacker's may lead to. Port P, but for addresses that are not loopback.
ANSWERS = '''127.0.0.1 127.0.0.53 127.1.2.3 0.0.0.0 ::1 :: ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::7f00:1
2002:7f00:1:: 2001:0:7f00:1:: fe80::1 fd00::1 fc00::1 ff02::1 2001:db8::1 100::1 10.0.0.1 10.1.2.3
172.16.5.5 172.31.0.1 192.168.0.1 169.254.169.254 169.254.0.1 100.64.0.1 100.127.255.254 192.0.0.1
192.0.2.7 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.7 224.0.0.251 240.0.0.1 255.255.255.255
0.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::a00:1 2002:a9fe:a9fe:: fec0::1'''.split()


class Listener:
    """Counts who connects."""

    def __init__(self):
        self.heard = 0
        self.socket = socket.socket()
        self.socket.bind(('127.0.0.1', 0))
        self.port = self.socket.getsockname()[1]
        self.socket.listen(50)
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.heard += 1
            connection.settimeout(5)
            connection.recv(4000)
            connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret')
            connection.close()
