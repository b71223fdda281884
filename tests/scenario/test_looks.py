"""Pictures that look the same join cases; what every ad shows joins none; hostile ones cost their look."""

import json
import random
import struct
import zlib

from drawn_picture import packed, pictured, png, poster, put, shown, world
from harness import ad, main, test
from page_client import Browser, Page


def own_words(number):
    """A lure whose words are mostly its own, so that only its picture joins it to another."""
    words = random.Random(number)
    text = ' '.join(''.join(words.choice('aeiourtnsklmpd') for _ in range(words.randint(4, 9)))
                    for _ in range(70))
    return ad('Lowongan admin slot Kamboja %d' % number,
              'Dibutuhkan admin slot dan CS judi online, kantor Poipet, Kamboja. Gaji 800-1200 USD, '
              'tiket, paspor dan mess ditanggung kantor. Hubungi telegram t.me/contoh_%d. %s'
              % (number, text), number, 'Kantor %d' % number if number % 2 else '', 'Poipet, Kamboja')


def with_picture(number, image):
    return pictured(own_words(number), image)


def save(place, path, data):
    put(place, path, data.decode('latin-1'))


def campaign(place, case):
    return shown(place, case)['campaign_cases']


@test
def a_poster_packed_anew_joins_and_another_text_does_not(place):
    for number, image in enumerate(('a', 'b', 'c', 'd')):
        place.page('board.example', 'job/%d' % number, with_picture(number, '/img/%s.png' % image))
    save(place, 'img/a.png', poster('lowongan'))
    save(place, 'img/b.png', poster('lowongan', width=220, noise=12))
    save(place, 'img/c.png', poster('other words'))
    save(place, 'img/d.png', png(300, 300, lambda x, y: (255, 255, 255)))
    world(place, ads=4)
    run = place.sweep()
    assert run.code == 0 and run.total()['total']['cases_new'] == 4, run.out
    cases = {url.rsplit('/', 1)[1]: number for number, url in
             place.rows('SELECT c.id, p.url FROM cases c JOIN postings p ON p.id = c.posting_id')}
    assert [campaign(place, cases[name]) for name in '0123'] == [2, 2, 1, 1]
    case = shown(place, cases['0'])
    like = case['same_pictures']
    assert len(like) == 1 and like[0]['case'] == cases['1'] and not like[0]['same_bytes'], case
    assert like[0]['bits_differ'] <= 16 and len(case['looks'][0]['look']) == 64, case
    told = place.run('queue', 'show', str(cases['1'])).out
    assert 'case %d shows a picture that looks the same: %d of 256 bits differ' % (
        cases['0'], like[0]['bits_differ']) in told, told
    told = Browser(Page(place), 'ani').get('/case/%d' % cases['0'])[2]
    assert '<a href="/case/%d">%d</a>: a picture that looks the same (' % (cases['1'], cases['1']) in told, told
    assert 'look' not in shown(place, cases['3'])['looks'][0]
    record = case['pictures'][0]['evidence_record']
    assert json.loads(place.run('evidence', 'show', record).out)['look'] == case['looks'][0]['look']
    record = shown(place, cases['3'])['pictures'][0]['evidence_record']
    assert 'plain' in json.loads(place.run('evidence', 'show', record).out)['no_look']


@test
def a_picture_on_sixty_ads_joins_nobody(place):
    for number in range(60):
        place.page('board.example', 'job/%d' % number,
                   with_picture(number, '/img/banner-%d.png' % (number % 4)))
    for number in range(4):
        save(place, 'img/banner-%d.png' % number, poster('the board', width=200 + 40 * number))
    world(place, ads=60)
    run = place.sweep()
    assert run.code == 0 and run.total()['total']['cases_new'] == 60, run.out
    assert max(size for size, in place.rows('SELECT count(*) FROM cases GROUP BY campaign')) < 16
    assert place.count('SELECT count(*) FROM campaign_edges WHERE kind = 3 AND dropped > 0') == 1
    last = shown(place, 60)
    assert last['looks'][0]['joins'] is False, last['looks']
    assert 'joins no cases' in place.run('queue', 'show', '60').out


@test
def hostile_pictures_are_kept_and_cost_their_look_alone(place):
    whole = poster('lowongan')
    bomb = bytearray(whole)
    bomb[16:24] = struct.pack('>II', 65535, 65535)
    bomb[29:33] = struct.pack('>I', zlib.crc32(bytes(bomb[12:29])))
    pictures = {'cut': whole[:len(whole) // 2], 'bomb': bytes(bomb), 'empty': whole[:8],
                'moving': b'RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\xc7\0\0\xc7\0\0',
                'good': whole}
    for number, (name, data) in enumerate(pictures.items()):
        place.page('board.example', 'job/%d' % number, with_picture(number, '/img/%s.png' % name))
        save(place, 'img/%s.png' % name, data)
    world(place, ads=len(pictures))
    run = place.sweep()
    assert run.code == 0 and run.total()['total']['cases_new'] == 5, run.out
    assert place.count("SELECT count(*) FROM pictures WHERE record_id <> ''") == 5
    assert place.count('SELECT count(*) FROM images WHERE look IS NOT NULL') == 1
    assert place.count('SELECT count(*) FROM images') == 5
    assert place.run('evidence', 'verify').code == 0


@test
def a_picture_that_takes_too_long_costs_its_worker_not_the_case(place):
    slow = packed(5600, 5600, (16, 6, 0, 0, 0), bytes((1 + 8 * 5600) * 5600))
    place.page('board.example', 'job/0', with_picture(0, '/img/slow.png'))
    place.page('board.example', 'job/1', with_picture(1, '/img/good.png'))
    save(place, 'img/slow.png', slow)
    save(place, 'img/good.png', poster('lowongan'))
    place.settings(page_timeout='200ms')
    world(place)
    run = place.sweep()
    assert run.code == 0 and 'is kept without its look' in run.out, run.out + run.err
    assert place.count("SELECT count(*) FROM pictures WHERE record_id <> ''") == 2
    assert place.count('SELECT count(*) FROM images WHERE look IS NOT NULL') == 1


@test
def what_was_sent_in_is_known_again_in_a_sweep(place):
    place.write('words.txt', 'Dicari admin, tiket ditanggung, hubungi kami di Poipet. Gaji 900 USD.')
    with open(place.path('shot.png'), 'wb') as out:
        out.write(poster('lowongan', width=260))
    run = place.run('queue', 'add', place.path('words.txt'), '--image', place.path('shot.png'))
    assert run.code == 0 and run.err == '', run.err
    place.page('board.example', 'job/0', with_picture(0, '/img/a.png'))
    save(place, 'img/a.png', poster('lowongan'))
    world(place, ads=1)
    assert place.sweep().code == 0
    assert campaign(place, 1) == 2, shown(place)
    with open(place.path('cut.png'), 'wb') as out:
        out.write(poster('cut')[:900])
    run = place.run('queue', 'add', place.path('words.txt'), '--url', 'https://sent.example/1',
                    '--image', place.path('cut.png'))
    assert run.code == 0 and 'the PNG is broken: it ends too early' in run.err, run.err


if __name__ == '__main__':
    main()
