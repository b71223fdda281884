"""What WARC 1.1 (ISO 28500:2017) asks of a file, looked at byte by byte without a line of the program.

    for complaint in complaints(path): …

Members: each record its own gzip member and nothing behind it. Header: version, CRLF, known names once
(WARC-Concurrent-To may come again), mandatory fields, ids in < >, dates in UTC. Block: length exact,
two CRLFs behind, digests. HTTP: a head of CRLF lines, the payload digest over the entity, no transfer
coding that is not in the bytes. Revisits: profile, what they refer to."""

import base64
import hashlib
import re
import zlib

MANDATORY = {'warc-record-id', 'warc-date', 'warc-type', 'content-length'}
WANTS_TARGET = {'response', 'request', 'resource', 'revisit', 'conversion', 'continuation'}
KNOWN = MANDATORY | {
    'content-type', 'warc-concurrent-to', 'warc-block-digest', 'warc-payload-digest', 'warc-ip-address',
    'warc-refers-to', 'warc-refers-to-target-uri', 'warc-refers-to-date', 'warc-target-uri',
    'warc-truncated', 'warc-warcinfo-id', 'warc-filename', 'warc-profile',
    'warc-identified-payload-type', 'warc-segment-number', 'warc-segment-origin-id',
    'warc-segment-total-length'}
ANGLED = {'warc-record-id', 'warc-concurrent-to', 'warc-refers-to', 'warc-warcinfo-id'}
PROFILES = {'http://netpreserve.org/warc/1.1/revisit/identical-payload-digest',
            'http://netpreserve.org/warc/1.1/revisit/server-not-modified'}
TRUNCATED = {'length', 'time', 'disconnect', 'unspecified'}
DATE = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$')


def members(data):
    at = 0
    while at < len(data):
        inflate = zlib.decompressobj(31)
        text = inflate.decompress(data[at:]) + inflate.flush()
        if not inflate.eof:
            yield at, None
            return
        yield at, text
        at = len(data) - len(inflate.unused_data)


def digest_of(block):
    return 'sha256:' + base64.b32encode(hashlib.sha256(block).digest()).decode()


def header_of(text, say):
    head, gap, rest = text.partition(b'\r\n\r\n')
    lines = head.split(b'\r\n')
    if not gap or lines[0] != b'WARC/1.1':
        say('does not begin as WARC/1.1')
    if b'\n' in head.replace(b'\r\n', b'') or b'\r' in head.replace(b'\r\n', b''):
        say('a line end that is not CRLF')
    fields = {}
    for line in lines[1:]:
        name, colon, value = line.decode('utf-8').partition(':')
        key = name.lower()
        if not colon or not re.match(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+$", name):
            say('no field: %r' % line)
        if key in fields and key != 'warc-concurrent-to':
            say('%s twice' % name)
        if key not in KNOWN:
            say('%s is no field of WARC 1.1' % name)
        fields[key] = value.strip()
    return fields, rest


def check_fields(fields, say):
    kind = fields.get('warc-type', '')
    for name in MANDATORY - set(fields):
        say('%s is missing' % name)
    if 'content-type' not in fields and int(fields.get('content-length', '0')) > 0:
        say('a block without Content-Type')
    for name in ANGLED & set(fields):
        if not re.match(r'<urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}>$', fields[name]):
            say('%s: %s' % (name, fields[name]))
    for name in {'warc-date', 'warc-refers-to-date'} & set(fields):
        if not DATE.match(fields[name]):
            say('%s: %s' % (name, fields[name]))
    if kind in WANTS_TARGET and 'warc-target-uri' not in fields:
        say('a %s without WARC-Target-URI' % kind)
    if 'warc-target-uri' in fields and not re.match(r'[A-Za-z][A-Za-z0-9+.-]*:[!-;=?-~]+$',
                                                    fields['warc-target-uri']):
        say('WARC-Target-URI: %s' % fields['warc-target-uri'])
    if kind == 'warcinfo' and fields.get('content-type') != 'application/warc-fields':
        say('warcinfo as %s' % fields.get('content-type'))
    if kind != 'warcinfo' and 'warc-filename' in fields:
        say('WARC-Filename in a %s' % kind)
    if fields.get('warc-truncated', 'length') not in TRUNCATED:
        say('WARC-Truncated: %s' % fields['warc-truncated'])
    if kind == 'metadata' and 'warc-payload-digest' in fields:
        say('a payload digest of metadata')
    if kind == 'revisit' and fields.get('warc-profile') not in PROFILES:
        say('WARC-Profile: %s' % fields.get('warc-profile'))
    if kind == 'revisit' and fields.get('warc-profile', '').endswith('identical-payload-digest') and \
            'warc-payload-digest' not in fields:
        say('a revisit by digest without WARC-Payload-Digest')
    if kind != 'revisit' and 'warc-profile' in fields:
        say('WARC-Profile in a %s' % kind)


def check_http(fields, block, say):
    head, gap, body = block.partition(b'\r\n\r\n')
    first = head.split(b'\r\n')[0]
    wanted = rb'[A-Z]+ \S+ HTTP/1\.[01]$' if fields['warc-type'] == 'request' else rb'HTTP/1\.[01] \d{3}( |$)'
    if not gap or not re.match(wanted, first):
        say('no HTTP head: %r' % first)
    names = dict(line.lower().split(b':', 1) for line in head.split(b'\r\n')[1:] if b':' in line)
    if b'transfer-encoding' in names:
        say('Transfer-Encoding, and the body is not in chunks')
    if fields['warc-type'] == 'response':
        if 'warc-payload-digest' not in fields:
            say('a response without WARC-Payload-Digest')
        if 'warc-truncated' not in fields and int(names.get(b'content-length', len(body))) != len(body):
            say('HTTP says %s bytes, %d are there' % (names[b'content-length'].decode(), len(body)))
        if names.get(b'content-encoding', b'').strip() == b'gzip' and body:
            zlib.decompress(body, 31)
    if fields['warc-type'] == 'revisit':
        return
    if 'warc-payload-digest' in fields and fields['warc-payload-digest'] != digest_of(body):
        say('WARC-Payload-Digest')


def check_record(text, say):
    fields, rest = header_of(text, say)
    check_fields(fields, say)
    size = int(fields['content-length'])
    block = rest[:size]
    if len(block) != size or rest[size:] != b'\r\n\r\n':
        say('Content-Length is not where the block ends')
    if fields.get('warc-block-digest') != digest_of(block):
        say('WARC-Block-Digest')
    if fields.get('content-type', '').startswith('application/http'):
        check_http(fields, block, say)
    if fields['warc-type'] == 'resource' and fields.get('warc-payload-digest', digest_of(block)) != digest_of(block):
        say('WARC-Payload-Digest of a resource')
    return fields


def complaints(path):
    found, ids, refers = [], {}, []
    with open(path, 'rb') as file:
        data = file.read()
    for number, (at, text) in enumerate(members(data)):
        def say(why):
            found.append('byte %d: %s' % (at, why))
        if text is None:
            say('the gzip member is cut')
            break
        fields = check_record(text, say)
        if number == 0 and fields.get('warc-type') != 'warcinfo':
            say('the first record is no warcinfo')
        if fields.get('warc-record-id') in ids:
            say('the id came before')
        ids[fields.get('warc-record-id')] = fields
        refers.append((at, fields))
    for at, fields in refers:
        for name in {'warc-concurrent-to', 'warc-warcinfo-id'} & set(fields):
            if fields[name] not in ids:
                found.append('byte %d: %s names no record of the file' % (at, name))
        other = ids.get(fields.get('warc-refers-to'))
        if other is not None and (other.get('warc-target-uri') != fields.get('warc-refers-to-target-uri') or
                                  other.get('warc-date') != fields.get('warc-refers-to-date')):
            found.append('byte %d: WARC-Refers-To-* differ from the record referred to' % at)
    return found
