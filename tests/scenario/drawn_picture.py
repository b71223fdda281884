"""Pictures for tests, drawn cell by cell and written as PNG (no library is needed), and ads that
show them."""

import json
import os
import random
import struct
import zlib

from harness import listing


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def packed(width, height, form, rows):
    """form: bits a channel, kind of colour, and three zeros but for an interlaced picture."""
    return (b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>II', width, height) + bytes(form)) +
            chunk(b'IDAT', zlib.compress(rows, 6)) + chunk(b'IEND', b''))


def png(width, height, pixel):
    """pixel(x, y) gives (red, green, blue)."""
    return packed(width, height, (8, 2, 0, 0, 0),
                  b''.join(b'\0' + bytes(part for x in range(width) for part in pixel(x, y))
                           for y in range(height)))


def poster(text, width=300, noise=0, shade=60):
    """Lines of invented letters, told apart by `text`, on a gradient that all posters share."""
    height = width * 4 // 3
    words = random.Random(text)
    marks = [[words.random() < (0.6 if row % 3 else 0) for _ in range(24)] for row in range(32)]
    grain = random.Random(str(width) + str(noise))

    def pixel(x, y):
        fx, fy = x / width, y / height
        grey = shade + int(90 * fx + 60 * fy)
        if marks[int(fy * 32)][int(fx * 24)]:
            grey = 20
        grey += grain.randint(-noise, noise) if noise else 0
        grey = max(0, min(255, grey))
        return grey, grey // 2 + 60, 255 - grey
    return png(width, height, pixel)


def put(place, path, text, host='board.example'):
    """Bytes, a character each."""
    file = os.path.join(place.root, host, path)
    os.makedirs(os.path.dirname(file), exist_ok=True)
    with open(file, 'wb') as out:
        out.write(text.encode('latin-1'))


def pictured(text, *images):
    """The ad without its JSON-LD, with pictures between its words."""
    tags = ''.join('<img src="%s" alt="Poster lowongan">' % image for image in images)
    text = text[:text.index('<script')] + text[text.index('</script>') + len('</script>'):]
    return text.replace('</p><p>', '</p>%s<p>' % tags, 1)


def world(place, ads=2):
    place.robots('board.example')
    place.page('board.example', 'jobs', listing(['/job/%d' % n for n in range(ads)]))
    place.source(more="extract:\n  follow:\n    posting: ['/job/*']\n")
    place.board()


def shown(place, case=1):
    run = place.run('queue', 'show', str(case), '--json')
    assert run.code == 0, run.err
    return json.loads(run.out)
