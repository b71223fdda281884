// One key a decision, and what others change appears by itself. Without this script every act is a
// form with a button; nothing here does more than those forms do.
'use strict';
(function () {
  const body = document.body, tell = document.getElementById('tell');
  const changes = document.getElementById('changes');
  const may = body.dataset.may === 'decide';
  let after = changes ? Number(changes.dataset.after) : 0, chosen = -1, lost = false;
  let busy = false;        // an act is under way: what is pressed meanwhile was not meant for the next case
  let held = 0, seen = 0;  // when the case of this window was last held, and its reader last did something
  let top = 0;             // where the page stood before the keys were shown

  function say(text) { tell.textContent = text || ''; }
  function rows() { return Array.from(document.querySelectorAll('#cases tbody tr')); }

  function choose(index, focus) {
    const all = rows();
    if (all.length === 0) return;
    chosen = Math.max(0, Math.min(index, all.length - 1));
    all.forEach((row, i) => row.classList.toggle('chosen', i === chosen));
    if (focus) all[chosen].scrollIntoView({ block: 'nearest' });
    if (focus) all[chosen].querySelector('a').focus({ preventScroll: true }); // it is read out, and Tab goes on from it
  }

  function press(value) {
    const button = document.querySelector('#acts button[value="' + value + '"]');
    if (button) button.click();
    return Boolean(button);
  }

  function post(path, fields) {
    const form = document.createElement('form');
    form.method = 'post';
    form.action = path;
    for (const [name, value] of Object.entries(Object.assign({ csrf: body.dataset.csrf }, fields))) {
      const input = document.createElement('input');
      input.type = 'hidden';
      input.name = name;
      input.value = value;
      form.append(input);
    }
    body.append(form);
    form.submit();
  }

  async function actRow(what) {
    const row = rows()[chosen];
    if (!row || busy) return;
    busy = true;
    const done = await act(row.dataset.case, what, row.dataset.seen);
    busy = false;
    if (done && what !== 'claim') goOn();
  }

  // To the next case that waits. At the end of the page: what was decided leaves the list, so the
  // same address shows those that follow; a list of every state goes on by its own link.
  function goOn() {
    const all = rows();
    const next = all.findIndex((row, i) => i > chosen && ['new', 'claimed'].includes(row.dataset.state));
    const more = document.getElementById('more');
    if (next >= 0) choose(next, true);
    else {
      busy = true;
      if (more && new URLSearchParams(location.search).get('state')) location.href = more.href;
      else location.reload();
    }
  }

  function show(row) {
    document.querySelectorAll('[data-case="' + row.case + '"]').forEach((at) => {
      at.dataset.state = row.state;
      const state = at.querySelector('.state');
      if (state) state.textContent = row.label;
    });
  }

  async function act(id, what, seen) {
    const form = new URLSearchParams({ csrf: body.dataset.csrf, do: what, seen: seen || '' });
    try {
      const answer = await fetch('/case/' + id, {
        method: 'POST', body: form, headers: { Accept: 'application/json' }, redirect: 'error' });
      const said = await answer.json();
      say(answer.ok ? '' : said.error);
      if (answer.ok) show(said);
      return answer.ok;
    } catch (error) {
      say(body.dataset.lost);
      return false;
    }
  }

  // A case that is open in a window is held for its reader, longer while it is read, and given back
  // when it is left undecided.
  async function hold() {
    const id = changes.dataset.case, fresh = changes.dataset.state === 'new';
    const decides = document.querySelector('#acts button[value="confirmed"]');
    if (!may || !id || !decides) return;
    ['keydown', 'pointermove', 'scroll'].forEach((what) => addEventListener(what, () => { seen = Date.now(); }, { passive: true }));
    let leaves = fresh; // before the answer: who only looks in gives it back, too
    addEventListener('submit', (event) => { if (event.target.id === 'acts') leaves = false; });
    addEventListener('pagehide', () => {
      if (leaves) navigator.sendBeacon('/case/' + id, new URLSearchParams({ csrf: body.dataset.csrf, do: 'release' }));
    });
    if (await act(id, 'hold')) held = Date.now();
  }

  async function holdOn() {
    if (held && seen > held && Date.now() - held > 300000 && await act(changes.dataset.case, 'hold')) held = Date.now();
  }

  function showKeys() {
    const keys = document.getElementById('keys');
    if (!keys) return;
    keys.open = !keys.open;
    if (keys.open) { top = scrollY; keys.scrollIntoView(); } else scrollTo(0, top);
  }

  // One act a case: a key that is held down, or a second click, is none.
  function onSubmit(event) {
    if (event.target.id !== 'acts') return;
    if (busy) event.preventDefault();
    else setTimeout(() => { busy = false; }, 5000); // for who stopped it on its way
    busy = true;
  }

  const decisions = { c: 'confirmed', d: 'dismissed', u: 'unsure' };
  function onKey(event) {
    const at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (at.matches('input, textarea, select')) {
      if (event.key === 'Escape') at.blur();
      return;
    }
    const list = rows().length > 0, key = event.key, row = rows()[chosen];
    if (event.repeat && !(list && ['j', 'k'].includes(key))) return;
    let done = true;
    if (key === '?') showKeys();
    else if (key === 't') location.href = '/';
    else if (key === '/' && document.getElementById('search')) document.getElementById('search').focus();
    else if (key === 'j') list ? choose(chosen + 1, true) : press('skip');
    else if (key === 'k') list ? choose(chosen - 1, true) : history.back();
    else if (key === 'Enter' && row && !at.closest('a, button, summary')) location.href = '/case/' + row.dataset.case;
    else if (!may) done = false;
    else if (decisions[key]) list ? actRow(decisions[key]) : press(decisions[key]);
    else if (key === 'z') press('undo') || post('/undo', {});
    else if (key === 'l') list ? actRow('claim') : press('claim');
    else if ((key === 'n' || key === 'w') && row) location.href = '/case/' + row.dataset.case + (key === 'n' ? '#note' : '#whole');
    else if (key === 'w' && document.getElementById('whole')) document.getElementById('whole').click();
    else if (key === 'n' && document.getElementById('note')) document.getElementById('note').focus();
    else done = false;
    if (done) event.preventDefault();
  }

  async function poll() {
    try {
      const answer = await fetch('/changes?after=' + after, {
        headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(20000) });
      if (answer.status === 401) { say(body.dataset.ended); return; }
      if (!answer.ok) throw new Error('answer');
      const said = await answer.json();
      if (lost) { say(''); lost = false; }
      after = said.after;
      said.cases.forEach((row) => {
        if (String(row.case) === changes.dataset.case && row.state !== changes.dataset.state) say(row.label);
        show(row);
      });
      if (said.opened > 0 && !changes.dataset.case) say(body.dataset.fresh);
      await holdOn();
    } catch (error) {
      lost = true;
      say(body.dataset.lost);
    }
    setTimeout(poll, 10000);
  }

  // A file that is too large is said at once, before it is sent for nothing.
  function onFile(event) {
    const at = event.target, file = at.files && at.files[0];
    if (at.dataset.most) at.setCustomValidity(file && file.size > Number(at.dataset.most) ? at.dataset.large : '');
    if (at.dataset.most) at.reportValidity();
  }

  if (body.dataset.csrf) {
    document.addEventListener('change', onFile);
    document.addEventListener('keydown', onKey);
    document.addEventListener('submit', onSubmit);
    addEventListener('pageshow', (event) => { if (event.persisted) busy = false; });
    if (rows().length > 0) choose(0);
    const asked = ['#note', '#whole'].includes(location.hash) && document.querySelector(location.hash);
    if (asked) asked.focus();
    if (asked && asked.id === 'whole') asked.checked = true;
    if (changes) { hold(); setTimeout(poll, 10000); }
  }
})();
