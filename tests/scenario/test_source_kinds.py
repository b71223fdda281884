"""Each kind of source that needs no code, swept from a board that answers in the real services' form
(all content invented): the mappings are the shipped ones."""

import json
import os

from harness import ROOT, honest, listing, main, page, test

LURE = ('Dibutuhkan admin slot dan CS judi online, kantor Poipet, Kamboja. Gaji 800-1200 USD, tiket, '
        'paspor dan mess ditanggung kantor. Tanpa pengalaman, berangkat cepat. Hubungi telegram '
        't.me/contoh_kantor_%d')
HONEST = ('A small bakery in Tartu looks for a baker. Early shifts, 9 EUR an hour, contract from the first '
          'day, sick pay. Write to us with your papers, or come by in the morning. Number %d.')


def put(place, host, name, text):
    path = os.path.join(place.root, host, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text if isinstance(text, str) else json.dumps(text))


def serve(place, host, answers):
    """answers: target -> (file, content)."""
    lines = []
    for target, (name, content) in answers.items():
        put(place, host, name, content)
        lines.append('%s %s\n' % (target, name))
    put(place, host, '_map', ''.join(lines))
    place.robots(host)


def shipped(place, name, folder='apis', **changes):
    """The shipped source file, its permission filled in."""
    file = os.path.join(ROOT, 'samples', 'sources', folder, name + '.yml')
    with open(file, encoding='utf-8') as text:
        lines = text.read()
    lines = lines.replace('#permission:', 'permission:').replace('\n#  ', '\n  ')
    for key, value in changes.items():
        lines = lines.replace(key, value)
    lines = lines.replace('delay: 2s', 'delay: 0s').replace('delay: 5s', 'delay: 0s')
    place.write('sources/%s.yml' % name, lines)


def swept(place, name, cases, postings):
    run = place.sweep('--source', name)
    assert run.code == 0, run.err
    total = run.total()['total']
    assert total['postings'] == postings, run.out
    assert len(place.case_urls()) == cases, (place.case_urls(), run.out)
    return place.case_urls()


@test
def greenhouse_jobs_are_read_by_the_shipped_mapping(place):
    jobs = [{'id': 4000 + n, 'internal_job_id': n, 'title': 'Admin slot Kamboja' if n == 0 else 'Baker %d' % n,
             'absolute_url': 'https://boards.greenhouse.io/example-firm/jobs/%d' % (4000 + n),
             'location': {'name': 'Poipet, Cambodia' if n == 0 else 'Tartu'},
             'first_published': '2026-11-0%dT08:00:00-05:00' % (n + 1), 'company_name': 'Example Firm',
             'content': '&lt;p&gt;%s&lt;/p&gt;' % ((LURE if n == 0 else HONEST) % n), 'departments': []}
            for n in range(3)]
    serve(place, 'boards-api.greenhouse.io', {
        '/v1/boards/example-firm/jobs?content=true': ('jobs.json', {'jobs': jobs, 'meta': {'total': 3}})})
    shipped(place, 'greenhouse')
    place.board()
    assert swept(place, 'greenhouse', 1, 3) == ['https://boards.greenhouse.io/example-firm/jobs/4000']
    title, text, employer, where = place.rows(
        'SELECT v.title, v.text, v.employer, v.place FROM versions v WHERE v.band >= 2')[0]
    assert title == 'Admin slot Kamboja' and employer == 'Example Firm', (title, employer)
    assert '<p>' not in text and '&lt;' not in text and where == 'Poipet, Cambodia', (text, where)


@test
def lever_goes_on_by_skip_and_joins_its_parts(place):
    def post(n):
        return {'id': 'aaaa-%d' % n, 'text': 'Admin slot Kamboja' if n == 101 else 'Baker %d' % n,
                'hostedUrl': 'https://jobs.lever.co/example-firm/aaaa-%d' % n,
                'categories': {'location': 'Poipet' if n == 101 else 'Tartu', 'team': 'x'}, 'country': 'KH',
                'description': '<div>%s</div>' % (HONEST % n),
                'lists': [{'text': 'What you do', 'content': '<li>%s</li>' % (LURE % n if n == 101 else 'Bake')}],
                'additional': '<div>Equal chances</div>', 'salaryDescription': '<div>Paid weekly</div>', 'createdAt': 1790000000000,
                'salaryRange': {'min': 800, 'max': 1200, 'currency': 'USD', 'interval': 'per-month-salary'}}
    base = '/v0/postings/example-firm?mode=json&limit=100'
    serve(place, 'api.lever.co', {
        base: ('0.json', [post(n) for n in range(100)]),
        base + '&skip=100': ('100.json', [post(n) for n in range(100, 103)]),
        base + '&skip=200': ('200.json', [])})
    shipped(place, 'lever')
    place.board()
    assert swept(place, 'lever', 1, 103) == ['https://jobs.lever.co/example-firm/aaaa-101']
    text, pay = place.rows('SELECT text, pay FROM versions WHERE band >= 2')[0]
    assert 'bakery' in text and 'admin slot' in text and 'Equal chances' in text and 'Paid weekly' in text, text
    assert pay == '800 - 1200 USD per-month-salary', pay
    assert len(place.requests(base + '&skip=300')) == 0, 'an empty page is the last'


@test
def ashby_workable_and_recruitee_lists_are_read(place):
    serve(place, 'api.ashbyhq.com', {
        '/posting-api/job-board/example-firm?includeCompensation=true': ('a.json', {'apiVersion': '1', 'jobs': [
            {'id': 'u-1', 'title': 'Admin slot', 'location': 'Poipet', 'secondaryLocations': [{'location': 'Bavet'}],
             'publishedAt': '2026-11-01T00:00:00Z', 'jobUrl': 'https://jobs.ashbyhq.com/example-firm/u-1',
             'descriptionHtml': '<p>%s</p>' % LURE % 1, 'descriptionPlain': 'x',
             'compensation': {'compensationTierSummary': '$800 - $1,200'}}]})})
    serve(place, 'apply.workable.com', {
        '/api/v1/widget/accounts/example-firm?details=true': ('w.json', {'name': 'Example Firm', 'jobs': [
            {'title': 'Admin slot', 'shortcode': 'AB12', 'city': 'Poipet', 'state': '', 'country': 'Cambodia',
             'url': 'https://apply.workable.com/j/AB12', 'published_on': '2026-11-01',
             'description': '<p>%s</p>' % LURE % 2}]})})
    serve(place, 'example-firm.recruitee.com', {
        '/api/offers/': ('r.json', {'offers': [
            {'id': 77, 'slug': 'admin-slot', 'title': 'Admin slot', 'city': 'Poipet', 'country': 'Cambodia',
             'careers_url': 'https://example-firm.recruitee.com/o/admin-slot', 'company_name': 'Example Firm',
             'description': '<p>%s</p>' % LURE % 3, 'requirements': '<ul><li>Laptop</li></ul>',
             'salary': {'min': None, 'max': None, 'currency': None}, 'published_at': '2026-11-01 08:00:00 UTC'}]})})
    for name in ('ashby', 'workable', 'recruitee'):
        shipped(place, name)
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert place.case_urls() == ['https://apply.workable.com/j/AB12',
                                 'https://example-firm.recruitee.com/o/admin-slot',
                                 'https://jobs.ashbyhq.com/example-firm/u-1'], run.out
    places = sorted(row[0] for row in place.rows('SELECT place FROM versions WHERE band >= 2'))
    assert places == ['Poipet, Bavet', 'Poipet, Cambodia', 'Poipet, Cambodia'], places
    pays = sorted(row[0] or '' for row in place.rows('SELECT pay FROM versions WHERE band >= 2'))
    assert pays == ['', '', '$800 - $1,200'], 'a template without a value says nothing: %r' % pays


@test
def smartrecruiters_postings_are_asked_for_one_by_one(place):
    base = '/v1/companies/example-firm/postings'

    def ref(n):
        return {'id': '74%04d' % n, 'name': 'Post %d' % n, 'company': {'identifier': 'example-firm'},
                'ref': 'https://api.smartrecruiters.com%s/74%04d' % (base, n), 'releasedDate': '2026-11-01'}

    def detail(n):
        return {'id': '74%04d' % n, 'name': 'Admin slot' if n == 1 else 'Baker', 'releasedDate': '2026-11-01',
                'company': {'name': 'Example Firm'}, 'location': {'city': 'Poipet', 'region': '', 'country': 'kh'},
                'postingUrl': 'https://jobs.smartrecruiters.com/example-firm/74%04d-post' % n,
                'jobAd': {'sections': {'companyDescription': {'title': 'Firm', 'text': '<p>About us</p>'},
                                       'jobDescription': {'text': '<p>%s</p>' % (LURE if n == 1 else HONEST) % n},
                                       'qualifications': {'text': '<p>None</p>'}}}}
    answers = {base + '?limit=100': ('list.json', {'offset': 0, 'limit': 100, 'totalFound': 101,
                                                   'content': [ref(n) for n in range(2)]}),
               base + '?limit=100&offset=100': ('list2.json', {'offset': 100, 'totalFound': 101,
                                                               'content': [ref(2)]})}
    for n in range(3):
        answers['%s/74%04d' % (base, n)] = ('d%d.json' % n, detail(n))
    serve(place, 'api.smartrecruiters.com', answers)
    shipped(place, 'smartrecruiters')
    place.board()
    assert swept(place, 'smartrecruiters', 1, 3) == [
        'https://jobs.smartrecruiters.com/example-firm/740001-post']
    text, employer = place.rows('SELECT text, employer FROM versions WHERE band >= 2')[0]
    assert text.startswith('About us') and text.endswith('None') and employer == 'Example Firm', text
    assert len(place.requests(base + '?limit=100&offset=200')) == 0, 'totalFound was reached'


@test
def teamtailor_and_personio_feeds_are_read(place):
    item = ('<item><title>Admin slot</title><description>%s</description><pubDate>Sun, 01 Nov 2026 '
            '08:00:00 +0000</pubDate><link>https://example-firm.teamtailor.com/jobs/1-admin</link>'
            '<remoteStatus>none</remoteStatus><guid>g-1</guid><tt:locations><tt:location><tt:name>Office'
            '</tt:name><tt:city>Poipet</tt:city><tt:country>Cambodia</tt:country></tt:location>'
            '</tt:locations></item>') % (LURE % 1)
    feed = ('<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:tt="https://teamtailor.com/'
            'locations"><channel><title>Jobs</title>%s</channel></rss>')
    serve(place, 'example-firm.teamtailor.com', {
        '/jobs.rss?per_page=100': ('jobs.rss', feed % item),
        '/jobs.rss?per_page=100&offset=100': ('end.rss', feed % '')})
    serve(place, 'example-firm.jobs.personio.de', {
        '/xml?language=en': ('jobs.xml', '<?xml version="1.0" encoding="UTF-8"?><workzag-jobs><position>'
                             '<id>501</id><subcompany>Example Firm</subcompany><office>Poipet</office>'
                             '<additionalOffices><office>Bavet</office></additionalOffices>'
                             '<name>Admin slot</name><jobDescriptions><jobDescription><name>Tasks</name>'
                             '<value><![CDATA[<p>%s</p>]]></value></jobDescription><jobDescription><name>Offer'
                             '</name><value><![CDATA[<ul><li>Free meals</li></ul>]]></value></jobDescription>'
                             '</jobDescriptions><createdAt>2026-11-01T08:00:00+00:00</createdAt></position>'
                             '</workzag-jobs>' % (LURE % 2))})
    shipped(place, 'teamtailor')
    shipped(place, 'personio')
    place.board()
    run = place.sweep()
    assert run.code == 0, run.err
    assert place.case_urls() == ['https://example-firm.jobs.personio.de/job/501',
                                 'https://example-firm.teamtailor.com/jobs/1-admin'], run.out
    text, employer, where = place.rows("SELECT text, employer, place FROM versions WHERE employer <> ''")[0]
    assert 'admin slot' in text and 'Free meals' in text and employer == 'Example Firm', (text, employer)
    assert where == 'Poipet, Bavet', where


def channel(numbers, before=None, name='example_channel'):
    posts = ''
    for n in numbers:
        body = (LURE if n % 10 == 0 else HONEST) % n
        forward = ('<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from <a class='
                   '"tgme_widget_message_forwarded_from_name" href="https://t.me/other/%d"><span dir="auto">'
                   'Other</span></a></div>' % n if n % 7 == 0 else '')
        photo = ('<a class="tgme_widget_message_photo_wrap blured" href="https://t.me/%s/%d" style="width:9px;'
                 "background-image:url('https://cdn.example/%d.jpg')\"></a>" % (name, n, n) if n % 5 == 0 else '')
        reply = ('<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text '
                 'js-message_reply_text">quoted words</div></a>' if n % 3 == 0 else '')
        text = ('<div class="tgme_widget_message_text js-message_text" dir="auto"><b>Lowongan %d</b><br/>%s '
                '<a href="https://t.me/contoh_kantor_%d">chat</a><div>end</div></div>' % (n, body, n)
                if n != 13 else '')
        posts += ('<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message '
                  'text_not_supported_wrap js-widget_message" data-post="%s/%d" data-view="x">%s%s%s%s<div class='
                  '"tgme_widget_message_footer"><a class="tgme_widget_message_date" href="https://t.me/%s/%d"><time '
                  'datetime="2026-11-01T08:00:00+00:00" class="time">08:00</time></a></div></div></div>'
                  % (name, n, forward, photo, reply, text, name, n))
    more = ('<div class="tgme_widget_message_centered js-messages_more_wrap"><a href="/s/%s?before=%d" class='
            '"tme_messages_more js-messages_more" data-before="%d"></a></div>' % (name, before, before)
            if before else '')
    return page('Channel', '<main><section class="tgme_channel_history js-message_history">%s%s</section></main>'
                % (more, posts))


@test
def a_telegram_preview_is_read_back_to_the_last_post_seen(place):
    serve(place, 't.me', {'/s/example_channel': ('new', channel(range(21, 31), 21)),
                          '/s/example_channel?before=21': ('mid', channel(range(11, 21), 11)),
                          '/s/example_channel?before=11': ('old', channel(range(1, 11)))})
    put(place, 't.me', '_headers', '/s/*\n  Content-Type: text/html; charset=utf-8\n')
    shipped(place, 'telegram-channel', '')
    place.board()
    cases = swept(place, 'telegram-channel', 3, 29)  # post 13 shows no text
    assert cases == ['https://t.me/example_channel/10', 'https://t.me/example_channel/20',
                     'https://t.me/example_channel/30'], cases
    text = place.rows("SELECT v.text FROM versions v JOIN postings p ON p.id = v.posting_id "
                      "WHERE p.url = 'https://t.me/example_channel/30'")[0][0]
    assert 'quoted words' not in text and 'end' in text and 'admin slot' in text, text
    before = len(place.log())
    put(place, 't.me', 'new', channel(range(26, 36), 26))
    run = place.sweep('--source', 'telegram-channel')
    assert run.code == 0 and run.total()['total']['postings'] == 10, run.out
    assert not place.requests('/s/example_channel?before=26'), 'posts seen before end it'
    assert len(place.log()) > before


@test
def numbered_addresses_end_at_an_empty_page(place):
    answers = {}
    for n in range(1, 5):
        paths = ['/job/%d' % k for k in range(n * 3 - 3, n * 3)] if n < 4 else []
        links = ''.join('<article class="job"><h2><a href="%s">Job</a></h2></article>' % path for path in paths)
        answers['/jobs/%d' % n] = ('list%d' % n, page('Jobs', links))
        for k in range(n * 3 - 3, n * 3):
            answers['/job/%d' % k] = ('ad%d' % k, honest(k))
    serve(place, 'numbers.example', answers)
    put(place, 'numbers.example', '_headers', '*\n  Content-Type: text/html; charset=utf-8\n')
    shipped(place, 'numbered-pages', '')
    place.board()
    swept(place, 'numbered-pages', 0, 9)
    assert len(place.requests('/jobs/4')) == 1 and not place.requests('/jobs/5')


@test
def a_load_more_button_is_followed_by_its_cursor(place):
    def answer(numbers, cursor):
        html = ''.join('<div><a class="job-title" href="/job/%d">Job %d</a><a href="/login">Log in</a></div>'
                       % (n, n) for n in numbers)
        return {'success': True, 'data': {'html': html, 'next_cursor': cursor}}
    answers = {'/ajax/jobs': ('0.json', answer(range(3), 'a b=')),
               '/ajax/jobs?cursor=a%20b%3D': ('1.json', answer(range(3, 5), None))}
    for n in range(5):
        answers['/job/%d' % n] = ('job%d.html' % n, honest(n))
    serve(place, 'more.example', answers)
    shipped(place, 'load-more', '')
    place.board()
    swept(place, 'load-more', 0, 5)
    assert not place.requests('/login'), [entry['path'] for entry in place.log()]


@test
def an_endless_list_and_a_calendar_are_left_alone(place):
    """Every page says there is a next one, and none brings anything new after the second."""
    answers = {'/job/%d' % n: ('job%d.html' % n, honest(n)) for n in range(4)}
    for n in range(1, 60):
        links = ['/job/%d' % (k if n < 3 else k % 2) for k in range(2 * n - 2, 2 * n)] if n < 3 else ['/job/0']
        body = listing(links).replace('</body>', '<a rel="next" href="/list?page=%d">Next page</a></body>' % (n + 1))
        answers['/list?page=%d' % n] = ('list%d.html' % n, body)
    serve(place, 'endless.example', answers)
    place.source(name='endless', start='https://endless.example/list?page=1',
                 more="depth_max: 90\nextract:\n  follow:\n    posting: ['/job/*']\n    listing: ['/list*']\n")
    place.board()
    swept(place, 'endless', 0, 4)
    asked = [entry['path'] for entry in place.log() if entry['path'].startswith('/list')]
    assert len(asked) <= 5, asked


if __name__ == '__main__':
    main()
