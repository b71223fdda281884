"""The reviewers' page in a real browser: Debian's Chromium, driven by python3-selenium.

A person's day without the mouse: log in, a hundred decisions, take back, a case with its words, the
playground, both languages, narrow and wide windows, a hostile ad, another reviewer at work. Pictures
of the pages go to $BUILD/screenshots, with KEEP_SHOTS=1 some of them to docs/screenshots. Chromium keeps its sandbox: as root, the driver runs as nobody.
"""

import csv
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'scenario'))
from harness import BUILD, ROOT, SLOW, main, test, wait_for  # noqa: E402
from page_client import Browser, Page, PASSWORD  # noqa: E402
import axe  # noqa: E402

try:
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.remote.file_detector import UselessFileDetector
except ImportError:
    webdriver = None

SHOTS = os.path.join(BUILD, 'screenshots')
DOCS = os.path.join(ROOT, 'docs', 'screenshots')
IN_DOCS = ('today', 'case', 'case-1-id-380', 'waits-for-a-second', 'playground', 'sources-en-1600', 'send-in')
KEEP_SHOTS = os.environ.get('KEEP_SHOTS') == '1'  # `make screenshots`
HOSTILE = '<script>document.title="owned"</script><img src=x onerror="document.title=\'owned\'">' \
          '\u202e' + 'x' * 2000


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def cases(place, count, more=()):
    """count cases that were sent in, as a table."""
    with open(place.path('reports.csv'), 'w', encoding='utf-8', newline='') as out:
        rows = csv.writer(out)
        rows.writerow(['title', 'text', 'company', 'location', 'salary', 'url'])
        for n in range(count):
            rows.writerow(['Lowongan admin slot Kamboja %d' % n,
                           'Dibutuhkan admin slot dan CS judi online nomor %d, kantor Poipet, Kamboja. '
                           'Gaji 800-1200 USD, tiket, paspor dan mess ditanggung kantor. Tanpa '
                           'pengalaman. Hubungi telegram t.me/contoh_kantor_%d' % (n, n),
                           'Kantor', 'Poipet, Kamboja', '800-1200 USD', 'https://board.example/%d' % n])
        rows.writerows(more)
    run = place.run('queue', 'add', place.path('reports.csv'))
    assert run.code == 0, run.err
    return place


class Chromium:
    """A browser of its own, with a driver that ends with the place."""

    def __init__(self, place, width=1400, height=900):
        if webdriver is None or shutil.which('chromedriver') is None:
            raise AssertionError('chromium-driver or python3-selenium is missing: make deps')
        self.home = tempfile.mkdtemp(prefix='lurewatch-browser-', dir='/tmp')
        command = ['chromedriver', '--port=%d' % free_port()]
        if os.getuid() == 0:
            os.chmod(self.home, 0o777)
            command = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] + command
        environment = dict(os.environ, HOME=self.home, TMPDIR=self.home, XDG_CONFIG_HOME=self.home)
        place.spawn(command, env=environment, stderr=subprocess.DEVNULL)
        url = 'http://127.0.0.1:%s' % command[-1].split('=')[1]
        options = webdriver.ChromeOptions()
        for word in ('--headless=new', '--disable-gpu', '--disable-dev-shm-usage',
                     '--window-size=%d,%d' % (width, height), '--user-data-dir=%s/data' % self.home):
            options.add_argument(word)
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL'})
        self.driver = self.connect(url, options)
        self.driver.set_page_load_timeout(30 * SLOW)
        self.driver.file_detector = UselessFileDetector()  # files are chosen where they are

    @staticmethod
    def connect(url, options):
        ends = time.monotonic() + 30 * SLOW
        while True:
            try:
                return webdriver.Remote(url, options=options)
            except Exception:  # noqa: the driver is not listening yet
                if time.monotonic() > ends:
                    raise
                time.sleep(0.3)

    def close(self):
        try:
            self.driver.quit()
        finally:
            shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.close()

    # ---- what a person does ----

    def open(self, page, path='/'):
        self.driver.get('http://127.0.0.1:%d%s' % (page.port, path))

    def log_in(self, page, name):
        self.open(page)
        self.one('input[name=name]').send_keys(name)
        self.one('input[name=password]').send_keys(PASSWORD + Keys.ENTER)
        wait_for(lambda: self.has('#main .expected'), 20, 'the list')

    def press(self, keys):
        self.one('body').send_keys(keys)

    # ---- what a person sees ----

    def one(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def has(self, css):
        return len(self.all(css)) > 0

    def text(self, css='body'):
        """"" while the page is being replaced by the next one."""
        return self.driver.execute_script(
            'const at = document.querySelector(arguments[0]); return at ? at.innerText : "";', css)

    def path(self):
        return self.driver.current_url.split('/', 3)[3]

    def may_confirm(self):
        """A case whose page is there whole: its script has claimed it."""
        return self.has('#acts button[value=confirmed]') and 'claimed' in self.text('.case-head')

    def picture(self, name):
        os.makedirs(SHOTS, exist_ok=True)
        with open(os.path.join(SHOTS, name + '.png'), 'wb') as out:
            out.write(self.driver.get_screenshot_as_png())
        if KEEP_SHOTS and name in IN_DOCS:
            os.makedirs(DOCS, exist_ok=True)
            shutil.copyfile(out.name, os.path.join(DOCS, name + '.png'))

    def serious(self):
        """What axe-core finds serious or worse, a line each."""
        self.driver.execute_script(axe.source())
        found = self.driver.execute_async_script(
            'const done = arguments[0]; axe.run(document, {resultTypes: ["violations"]}).then(done, (why) => done({failed: String(why)}))')
        assert 'failed' not in found, found
        return ['%s (%s): %s' % (rule['id'], rule['impact'], node['html'][:160]) for rule in found['violations']
                if rule['impact'] in ('serious', 'critical') for node in rule['nodes'][:3]]

    def is_too_wide(self):
        return self.driver.execute_script(
            'return document.documentElement.scrollWidth > document.documentElement.clientWidth')

    def complaints(self):
        return [entry['message'] for entry in self.driver.get_log('browser')
                if entry['level'] == 'SEVERE' and ' 409 ' not in entry['message']]


def decided(place):
    return place.count('SELECT count(*) FROM cases WHERE state >= 2')


@test
def a_hundred_decisions_by_keyboard_and_back(place):
    cases(place, 120)
    page = Page(place)
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        browser.picture('today')
        started = time.monotonic()
        waiting = ('const row = document.querySelector("#cases tr.chosen");'
                   'return row && ["new", "claimed"].includes(row.dataset.state) ? row.dataset.case : null')
        case = browser.driver.execute_script(waiting)
        for turn in range(100):
            before, last = decided(place), case
            browser.press('cdu'[turn % 3])
            wait_for(lambda: decided(place) > before, 20, 'decision %d' % (turn + 1))
            # The store knows before the window does: until that has gone on, a key is none.
            wait_for(lambda: browser.driver.execute_script(waiting) not in (None, last), 20,
                     'the next case after decision %d' % (turn + 1))
            case = browser.driver.execute_script(waiting)
        print('# 100 decisions in %.1f s' % (time.monotonic() - started))
        assert decided(place) == 100
        states = dict(place.rows('SELECT state, count(*) FROM cases WHERE state >= 2 GROUP BY state'))
        assert states == {2: 34, 3: 33, 4: 33}, states
        browser.press('z')
        wait_for(lambda: decided(place) == 99, 20, 'one taken back')
        browser.press('?')
        assert browser.one('#keys').get_attribute('open') is not None
        assert browser.complaints() == [], browser.complaints()
    run = place.run('db', 'check')
    assert run.code == 0, run.err


@test
def a_case_is_read_and_decided_without_the_mouse(place):
    cases(place, 5)
    page = Page(place)
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        browser.press(Keys.ENTER)
        wait_for(lambda: browser.path().startswith('case/'), 20, 'the case')
        first = browser.path()
        assert browser.has('.ad mark.for') and 'contoh_kantor' not in browser.text(), browser.text()[:500]
        browser.picture('case')
        browser.press('n')
        browser.driver.switch_to.active_element.send_keys('same words as yesterday' + Keys.ESCAPE)
        browser.press('c')
        wait_for(lambda: browser.path() != first and browser.path().startswith('case/'), 20, 'the next case')
        assert place.rows('SELECT note FROM cases WHERE state = 2') == [('same words as yesterday',)]
        browser.press('j')
        wait_for(lambda: 'done=skipped' in browser.path(), 20, 'the case after')
        assert decided(place) == 1
        browser.press('z')
        wait_for(lambda: decided(place) == 0, 20, 'the decision taken back')
        assert browser.complaints() == [], browser.complaints()


@test
def every_page_in_both_languages_narrow_and_wide(place):
    cases(place, 3)
    page = Page(place)
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        for language, word in (('en', 'Today'), ('id', 'Hari ini')):
            browser.open(page, '/language/' + language)
            assert browser.text('h1') == word and browser.one('html').get_attribute('lang') == language
            for width in (380, 1600):
                browser.driver.set_window_size(width, 900)
                for path in ('/', '/case/1', '/send', '/requests', '/sources', '/patterns', '/report', '/audit'):
                    browser.open(page, path)
                    name = '%s-%s-%d' % (path.strip('/').replace('/', '-') or 'today', language, width)
                    browser.picture(name)
                    assert not browser.is_too_wide(), name
                    assert browser.serious() == [], (name, browser.serious())
                    assert len(browser.all('h1')) == 1 and browser.has('main'), name
                    for label in browser.all('input:not([type=hidden]), select, textarea'):
                        assert label.find_elements(By.XPATH, 'ancestor::label'), (name, label.get_attribute('name'))
        browser.open(page, '/patterns')
        browser.one('textarea[name=text]').send_keys('Lowongan admin slot Kamboja, gaji 1200 USD, tiket ditanggung')
        browser.one('main form button').click()
        wait_for(lambda: browser.has('.ad mark.for'), 20, 'what fires')
        assert browser.complaints() == [], browser.complaints()


@test
def a_hostile_ad_does_nothing(place):
    cases(place, 0, [['Admin slot Kamboja ' + HOSTILE, 'Dibutuhkan admin slot judi online Kamboja, gaji 1200 USD, '
                      'tiket ditanggung. ' + HOSTILE, HOSTILE, 'Poipet ' + HOSTILE, '1200 USD', '']])
    page = Page(place)
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        for width in (380, 1400):
            browser.driver.set_window_size(width, 900)
            for path in ('/', '/case/1'):
                browser.open(page, path)
                time.sleep(0.3)
                assert 'owned' not in browser.driver.title and not browser.has('img'), path
                assert len(browser.all('script')) == 1 and not browser.is_too_wide(), (path, width)
        browser.picture('hostile')
        assert browser.complaints() == [], browser.complaints()


@test
def what_others_decide_appears_by_itself(place):
    cases(place, 3)
    page = Page(place)
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        assert Browser(page, 'budi').decide(2, 'confirmed')[0] == 303
        row = '#cases tr[data-case="2"]'
        wait_for(lambda: browser.one(row).get_attribute('data-state') == 'confirmed', 15, "budi's decision")
        assert 'budi' in browser.text(row)
        # a decision that reaches nobody is said, not lost in silence
        page.process.kill()
        browser.press('c')
        wait_for(lambda: 'cannot reach its server' in browser.text('#tell'), 4, 'that the decision went nowhere')
        assert browser.one('#cases tr.chosen').get_attribute('data-state') == 'new'


@test
def a_whole_campaign_is_decided_by_one_key_and_taken_back(place):
    cases(place, 6)
    page = Page(place)
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        browser.press(Keys.ENTER)
        wait_for(lambda: browser.has('#whole'), 20, 'the case')
        browser.press('wc')
        wait_for(lambda: decided(place) == 6, 20, 'the campaign decided')
        assert place.count('SELECT count(DISTINCT campaign) FROM cases') == 1
        browser.press('z')
        wait_for(lambda: decided(place) == 0, 20, 'all of it taken back')
        assert browser.complaints() == [], browser.complaints()
    assert place.run('db', 'check').code == 0


@test
def an_open_case_is_held_and_given_back(place):
    cases(place, 3)
    page = Page(place)
    budi = Browser(page, 'budi')
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        browser.open(page, '/case/1')
        wait_for(lambda: 'ani' in browser.text('.case-head .state'), 20, 'the hold')
        assert budi.decide(1, 'dismissed')[0] == 409 and decided(place) == 0
        browser.press('t')
        wait_for(lambda: browser.has('#cases'), 20, 'the list')
        wait_for(lambda: place.count('SELECT state FROM cases WHERE id = 1') == 0, 20, 'the case given back')
        assert budi.decide(1, 'dismissed')[0] == 303 and decided(place) == 1


@test
def keys_do_what_the_focus_says_and_once(place):
    cases(place, 4)
    page = Page(place)
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        browser.one('nav a[href="/audit"]').send_keys(Keys.ENTER)
        wait_for(lambda: browser.path() == 'audit', 20, 'the link that had the focus')
        browser.open(page)
        browser.driver.execute_script(
            'for (let n = 0; n < 9; n++) document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "c", bubbles: true, repeat: n > 0}))')
        wait_for(lambda: decided(place) > 0, 20, 'a decision')
        time.sleep(1)
        assert decided(place) == 1, 'a key that is held down decides one case'
        browser.press('l')
        wait_for(lambda: place.count('SELECT count(*) FROM cases WHERE state = 1') == 1, 20, 'one kept')
        browser.press('w')
        wait_for(lambda: browser.has('#whole:checked'), 20, 'the case, its campaign chosen')
        browser.press('t')
        wait_for(lambda: browser.has('#cases'), 20, 'the list')
        browser.press('n')
        wait_for(lambda: browser.driver.switch_to.active_element.get_attribute('id') == 'note', 20, 'its note')
        assert browser.complaints() == [], browser.complaints()
        browser.open(page)
        browser.press('j')
        assert browser.driver.switch_to.active_element.find_elements(By.XPATH, 'ancestor::tr[contains(@class, "chosen")]'), 'read out'
        page.process.kill()
        page.process.wait()
        browser.press('d')
        wait_for(lambda: 'cannot reach' in browser.text('#tell'), 20, 'that nothing was done')
        assert decided(place) == 1


@test
def a_case_that_is_read_for_long_stays_held(place):
    cases(place, 2)
    page = Page(place)
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        browser.open(page, '/case/1')
        wait_for(browser.may_confirm, 20, 'the hold')
        lease = place.count('SELECT lease_ends FROM cases WHERE id = 1')
        with sqlite3.connect(place.path('lurewatch.db')) as store:
            store.execute('UPDATE cases SET lease_ends = lease_ends - 600000 WHERE id = 1')
        browser.driver.execute_script('const now = Date.now; Date.now = () => now() + 600000')
        browser.press('?')
        wait_for(lambda: place.count('SELECT lease_ends FROM cases WHERE id = 1') >= lease, 20, 'held for longer')
        assert Browser(page, 'budi').decide(2, 'dismissed')[0] == 303 and browser.complaints() == []


@test
def a_day_with_a_second_reviewer_and_an_export(place):
    place.settings(second_review='firms')
    cases(place, 3)
    page = Page(place)
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        browser.press(Keys.ENTER)
        wait_for(browser.may_confirm, 20, 'the case')
        case = int(browser.path().split('/')[1].split('?')[0])
        browser.press('c')
        wait_for(lambda: 'done=first' in browser.path(), 20, 'the first of two decisions')
        assert decided(place) == 0
        browser.open(page, '/case/%d' % case)
        assert 'two people' in browser.text() and not browser.has('#acts button[value=confirmed]')
        browser.picture('waits-for-a-second')
        assert browser.serious() == [], browser.serious()
        browser.one('.whose form button').click()
        wait_for(lambda: browser.has('input[name=password]'), 20, 'the login')
        assert browser.serious() == [], browser.serious()
        browser.picture('login')
        browser.log_in(page, 'citra')
        browser.open(page, '/?state=second')
        browser.press(Keys.ENTER)
        wait_for(lambda: browser.path().startswith('case/%d' % case) and browser.may_confirm(), 20, 'the case that waits')
        browser.press('c')
        wait_for(lambda: decided(place) == 1, 20, 'the second decision')
        browser.open(page, '/case/%d' % case)
        browser.one('#export button').click()
        saved = os.path.join(browser.home, 'Downloads', 'case-%d.zip' % case)
        wait_for(lambda: os.path.exists(saved), 30, 'the dossier')
        run = place.run('evidence', 'verify', saved)
        assert run.code == 0, run.out + run.err
        assert place.count('SELECT count(*) FROM audit WHERE action = ? AND who = ?', 'export', 'citra') == 1
        assert browser.complaints() == [], browser.complaints()


@test
def a_request_is_drafted_and_approved_by_keyboard(place):
    cases(place, 2)
    page = Page(place)
    with Chromium(place) as browser:
        browser.log_in(page, 'ani')
        browser.open(page, '/case/1')
        wait_for(browser.may_confirm, 20, 'the case')
        browser.press('c')
        wait_for(lambda: decided(place) == 1, 20, 'the decision')
        browser.open(page, '/case/1')
        form = 'form[action="/case/1/request"] '
        browser.one(form + 'select[name=recipient]').send_keys('aduan')  # d is no decision in here
        browser.one(form + 'select[name=recipient]').send_keys(Keys.TAB)
        assert browser.one(form + 'select[name=recipient]').get_attribute('value') == 'aduankonten'
        browser.one(form + 'button').send_keys(Keys.ENTER)
        wait_for(lambda: browser.path().startswith('request/1'), 20, 'the letter')
        assert decided(place) == 1 and 'Another' not in browser.text('h1') and not browser.has('button[value=approve]')
        browser.one('.whose form button').click()
        wait_for(lambda: browser.has('input[name=password]'), 20, 'the login')
        browser.log_in(page, 'citra')
        for language in ('id', 'en'):
            browser.open(page, '/language/' + language)
            for width in (380, 1600):
                browser.driver.set_window_size(width, 900)
                for path in ('/case/1', '/requests', '/request/1'):
                    browser.open(page, path)
                    browser.picture('asked-%s-%s-%d' % (path.strip('/').replace('/', '-'), language, width))
                    assert not browser.is_too_wide() and browser.serious() == [], (path, language, width, browser.serious())
        browser.open(page, '/requests')
        browser.one('main td a[href="/request/1"]').send_keys(Keys.ENTER)
        wait_for(lambda: browser.has('button[value=approve]'), 20, 'the letter')
        browser.one('main textarea[name=note]').send_keys('read, cdu')
        browser.one('button[value=approve]').send_keys(Keys.ENTER)
        wait_for(lambda: 'done=approved' in browser.path() and browser.has('button[value=sent]'), 20, 'the approval')
        assert browser.serious() == [], browser.serious()
        browser.one('button[value=sent]').send_keys(Keys.ENTER)
        wait_for(lambda: place.count('SELECT state FROM requests') == 1, 20, 'what was noted')
        assert decided(place) == 1 and browser.complaints() == [], browser.complaints()


@test
def a_screenshot_is_sent_in_and_its_case_shows_it(place):
    cases(place, 3)
    page = Page(place)
    words = 'Dicari operator judi online di Poipet, gaji 900 USD, tiket ditanggung'
    with Chromium(place, 1000, 1000) as browser:
        browser.log_in(page, 'ani')
        shot, large = (os.path.join(browser.home, name) for name in ('shot.png', 'large.png'))
        with open(shot, 'wb') as out:
            out.write(browser.driver.get_screenshot_as_png())
        with open(large, 'wb') as out:
            out.write(b'\x89PNG\r\n\x1a\n' + bytes(9 << 20))
        browser.open(page, '/send')
        browser.one('textarea[name=text]').send_keys(words)
        browser.one('input[name=file]').send_keys(large)
        browser.one('main form button').click()
        assert '8 MiB' in browser.one('input[name=file]').get_property('validationMessage'), 'said before it is sent'
        assert not browser.has('.wrong') and browser.one('textarea').get_property('value') == words
        browser.open(page, '/send')
        browser.one('textarea[name=text]').send_keys(words)
        browser.one('input[name=file]').send_keys(shot)
        browser.picture('send-in')
        assert browser.serious() == [], browser.serious()
        browser.one('main form button').click()
        wait_for(lambda: browser.has('.done a'), 30, 'the case')
        assert browser.serious() == [] and browser.one('textarea').get_property('value') == ''
        browser.one('.done a').click()
        wait_for(lambda: browser.has('details.picture'), 20, 'its picture')
        assert 'Poipet' in browser.text('.ad') and place.count('SELECT count(*) FROM cases') == 4
        browser.one('details.picture summary').click()
        wait_for(lambda: browser.driver.execute_script(
            'return document.querySelector("details.picture img").naturalWidth') > 0, 20, 'the picture, shown')
        assert 'blur' in browser.driver.execute_script(
            'return getComputedStyle(document.querySelector("details.picture img")).filter')
        assert browser.serious() == [] and not browser.is_too_wide(), browser.serious()
        browser.open(page, '/send')
        browser.one('textarea').send_keys(words)
        browser.driver.execute_script('document.querySelector("input[name=file]").removeAttribute("data-most")')
        browser.one('input[name=file]').send_keys(large)
        browser.one('main form button').click()
        wait_for(lambda: '8 MiB' in browser.text('.wrong'), 30, 'the same said without the script')
        assert browser.one('textarea').get_property('value') == words and browser.serious() == []
        assert [line for line in browser.complaints() if ' 400 ' not in line] == [], browser.complaints()
    assert place.run('evidence', 'verify').code == 0


@test
def a_pattern_is_tried_and_the_rules_are_counted(place):
    cases(place, 5)
    page = Page(place)
    with Chromium(place, 1200, 1000) as browser:
        browser.log_in(page, 'ani')
        browser.open(page, '/patterns')
        browser.one('textarea[name=text]').send_keys('Toko kelontong di Bandung mencari kasir. Gaji Rp 3.500.000 sebulan.')
        browser.one('textarea[name=pattern]').send_keys('kelontong')
        browser.one('main form button').click()
        wait_for(lambda: 'With the change' in browser.text(), 30, 'what the change does')
        assert '.tried' in browser.text()
        browser.picture('playground')
        assert browser.serious() == [], browser.serious()
        browser.one('button[value=count]').click()
        wait_for(lambda: 'gambling.' in browser.text(), 60, 'what each rule did')
        assert not browser.is_too_wide() and browser.serious() == [], browser.serious()
        assert browser.complaints() == [], browser.complaints()


main()
