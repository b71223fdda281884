"""What `scan` does with input that is no ad: a sentence in its place, order kept, exit 65, and
memory that stays bounded."""

import base64
import json
import resource
import subprocess

from harness import LUREWATCH, SLOW, main, test

LURE = {'id': 'lure', 'title': 'Admin slot', 'location': 'Poipet, Kamboja',
        'text': 'Lowongan admin slot Kamboja, gaji 800-1200 USD, tiket dan mess ditanggung, tanpa '
                'pengalaman, hubungi t.me/contoh_kantor'}
HONEST = {'id': 'honest', 'title': 'Kasir toko', 'company': 'Toko Contoh', 'location': 'Bandung',
          'text': 'Kasir untuk toko kami di Bandung, pengalaman satu tahun, BPJS, gaji sesuai UMK.'}


def scan(place, *arguments, data=b'', limit_mib=None):
    """Runs scan with data on standard input; limit_mib: its address space."""
    def limit():
        if limit_mib is not None and SLOW == 1:
            resource.setrlimit(resource.RLIMIT_AS, (limit_mib << 20, limit_mib << 20))
    done = subprocess.run([LUREWATCH, 'scan', '--config', place.path('lurewatch.yml'), *arguments],
                          input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60 * SLOW, preexec_fn=limit)
    return done.returncode, done.stdout.decode('utf-8'), done.stderr.decode('utf-8')


def answers(out):
    return [json.loads(line) for line in out.splitlines()]


@test
def verdicts_come_in_the_order_of_the_ads(place):
    ads = [dict(LURE if n % 3 == 0 else HONEST, id=str(n)) for n in range(30)]
    code, out, err = scan(place, data=''.join(json.dumps(ad) + '\n' for ad in ads).encode())
    assert code == 0, err
    verdicts = answers(out)
    assert [verdict['id'] for verdict in verdicts] == [str(n) for n in range(30)]
    for n, verdict in enumerate(verdicts):
        flagged = verdict['band'] in ('review', 'urgent')
        assert flagged == (n % 3 == 0), verdict
        assert abs(sum(f['points'] for f in verdict['findings']) - verdict['logit']) < 0.05


@test
def the_ad_of_the_first_page_of_the_manual(place):
    ad = {'text': 'Lowongan admin slot Kamboja, gaji 800-1200 USD, tiket & mess ditanggung, tanpa '
                  'pengalaman, hub t.me/x'}
    code, out, err = scan(place, data=json.dumps(ad).encode() + b'\n')
    assert code == 0, err
    verdict = answers(out)[0]
    assert verdict['band'] == 'urgent' and verdict['task'] == 'gambling', verdict
    assert verdict['language'] == 'id'
    for finding in verdict['findings']:
        if 'quote' in finding:
            text = ad[finding['field']].encode()
            assert text[finding['start']:finding['end']].decode() == finding['quote']


@test
def a_line_that_is_no_ad_keeps_its_place(place):
    lines = [json.dumps(LURE).encode(), b'this is no JSON', b'', b'[1,2]', b'{"title":[5]}',
             b'{"id":"bare"}', json.dumps(HONEST).encode()]
    code, out, err = scan(place, '--input', 'jsonl', data=b'\n'.join(lines) + b'\n')
    verdicts = answers(out)
    assert code == 65, code
    assert len(verdicts) == 7
    assert verdicts[0]['id'] == 'lure' and verdicts[6]['id'] == 'honest'
    for n in range(1, 6):
        assert verdicts[n]['line'] == n + 1 and len(verdicts[n]['error']) > 10, verdicts[n]
    assert '5 ad(s)' in err, err
    code, kept, err = scan(place, '--input', 'jsonl', '--bad-lines', 'keep',
                           data=b'\n'.join(lines) + b'\n')
    assert code == 0 and kept == out, err


@test
def a_line_of_200_mb_is_passed_over_in_bounded_memory(place):
    with open(place.path('long.jsonl'), 'wb') as out:
        out.write(json.dumps(LURE).encode() + b'\n{"text":"')
        for _ in range(200):
            out.write(b'a' * (1 << 20))
        out.write(b'"}\n' + json.dumps(HONEST).encode() + b'\n')
    code, out, err = scan(place, place.path('long.jsonl'), limit_mib=1024)
    verdicts = answers(out)
    assert code == 65, (code, err)
    assert [('error' in verdict) for verdict in verdicts] == [False, True, False]
    assert 'longer than' in verdicts[1]['error'] and verdicts[1]['line'] == 2
    assert verdicts[2]['id'] == 'honest'


@test
def invalid_utf8_becomes_replacement_characters(place):
    line = b'{"id":"x","text":"admin slot \xff\xfe Kamboja \xc3("}\n'
    code, out, err = scan(place, data=line)
    assert code == 0, err
    assert answers(out)[0]['id'] == 'x'


@test
def an_empty_input_is_a_sentence_unless_it_may_be_empty(place):
    for form in ('auto', 'text'):
        code, out, err = scan(place, '--input', form, data=b'')
        assert code == 65 and 'empty' in answers(out)[0]['error'], (form, code, out)
    for form in ('jsonl', 'warc'):  # an empty share of a cluster's work
        code, out, err = scan(place, '--input', form, data=b'')
        assert code == 0 and not out, (form, code, out, err)


@test
def an_array_of_ads_is_as_many_ads(place):
    ads = [LURE, dict(HONEST, html='<p>Kasir toko</p>'), {'id': 'none'}, HONEST]
    place.write('ads.json', json.dumps(ads, indent=1))
    code, out, err = scan(place, place.path('ads.json'))
    said = answers(out)
    assert code == 65 and [one.get('id') for one in said] == ['lure', 'honest', None, 'honest'], (out, err)
    assert said[0]['band'] == 'urgent' and said[3]['band'] == 'clear' and said[2]['line'] == 3, out
    code, out, err = scan(place, data=b'[{"text":"Kasir toko"},{"text":"Kasir"')
    assert code == 65 and [sorted(one)[0] for one in answers(out)] == ['band', 'error', 'error'], out
    assert 'empty' in scan(place, data=b'[]')[1]
    code, out, err = scan(place, data=b'[Urgent] kasir toko')
    assert code == 0 and len(answers(out)) == 1, (out, err)
    run = place.run('explain', '--json', place.path('ads.json'))
    assert run.code == 65 and len(run.lines()) == 2 and 'item 3' in run.err, (run.out, run.err)
    assert place.run('db', 'init').code == 0
    run = place.run('queue', 'add', place.path('ads.json'), '--json', '--complaints')
    assert run.code == 65, (run.code, run.err)
    assert [one.get('line') for one in run.lines()] == [1, 2, 3, 4], run.out
    assert [one['error'] for one in run.lines() if 'error' in one], run.out
    assert place.count('SELECT count(*) FROM cases') == 2, 'two of the same id'
    run = place.run('patterns', 'test', place.path('ads.json'))
    assert run.code == 65 and 'one of title, text, html' in run.err and 'Kasir' not in run.err, (run.out, run.err)


@test
def a_file_that_is_not_there_is_named(place):
    code, out, err = scan(place, place.path('nowhere.jsonl'))
    assert code == 74 and 'nowhere.jsonl' in err, (code, err)
    place.write('good.jsonl', json.dumps(LURE) + '\n')
    place.write('page.html', '<h1>Kasir</h1><p>Kasir toko di Bandung, gaji UMR</p>')
    good, page, other = place.path('good.jsonl'), place.path('page.html'), place.path('none')
    code, out, err = scan(place, good, other, place.dir, good)
    assert code == 74 and len(answers(out)) == 2 and 'none' in err and 'directory' in err, (code, out, err)
    run = place.run('extract', '--page', page, other, place.dir, page)
    assert run.code == 74 and len(run.lines()) == 2 and 'none' in run.err, (run.code, run.out, run.err)
    code, out, err = scan(place, '--input', 'parquet')
    assert code == 64 and 'parquet' in err, (code, err)


@test
def text_and_a_line_for_people(place):
    text = LURE['text'].encode()
    code, out, err = scan(place, '--output', 'text', data=text)
    assert code == 0 and out.startswith('urgent'), (out, err)
    assert '\x1b' not in out


@test
def html_inside_an_ad_is_read_by_a_worker(place):
    ad = {'id': 'h', 'title': 'Admin',
          'html': '<html><body><h1>Admin slot</h1><p>%s</p><script>x()</script></body></html>'
                  % LURE['text']}
    code, out, err = scan(place, data=json.dumps(ad).encode() + b'\n')
    assert code == 0, err
    verdict = answers(out)[0]
    assert verdict['id'] == 'h' and verdict['band'] in ('review', 'urgent'), verdict


@test
def what_cannot_be_read_is_no_clear_ad(place):
    words = LURE['text'].encode()
    mail = (b'From: a@example.org\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n' +
            base64.encodebytes(words))
    binary = bytes(range(1, 256)) * 48
    for name, data, why in (('a.pdf', b'%PDF-1.4\n1 0 obj <</Type/Catalog>> endobj\n', 'a PDF'),
                            ('a.docx', b'PK\x03\x04\x14\0\0\0word/document.xml', 'word processor'),
                            ('a.rtf', b'{\\rtf1 ' + words + b'}', 'word processor'),
                            ('a.eml', mail, 'e-mail'), ('a.bin', binary, 'no text')):
        with open(place.path(name), 'wb') as out:
            out.write(data)
        for command in (['queue', 'add'], ['explain', '--input', 'text'], ['scan', '--input', 'text']):
            run = place.run(*command, place.path(name))
            assert run.code == 65 and why in run.out + run.err, (command, name, run.code, run.out, run.err)
            assert 'clear' not in run.out, (command, name, run.out)
    assert place.count('SELECT count(*) FROM cases') == 0


@test
def words_in_other_encodings_are_read(place):
    with open(place.path('wide.txt'), 'wb') as out:
        out.write(LURE['text'].encode('utf-16'))
    run = place.run('explain', place.path('wide.txt'))
    assert run.code == 0 and run.out.startswith('\nurgent'), (run.out[:200], run.err)
    for arguments in ([], ['--input', 'text']):
        run = place.run('scan', *arguments, place.path('wide.txt'))
        assert run.code == 0 and run.lines()[0]['band'] == 'urgent', run
    with open(place.path('page.txt'), 'wb') as out:
        out.write(('caf\xe9 ' + LURE['text']).encode('latin-1'))
    run = place.run('scan', place.path('page.txt'))
    assert run.code == 0 and 'windows-1252' in run.err and run.lines()[0]['band'] == 'urgent', run


main()
