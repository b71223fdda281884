// One key a decision, and what others change appears by itself. Without this script every act is a
// form with a button; nothing here does more than those forms do.
'use strict';
(function () {
  const body = document.body, tell = document.getElementById('tell');
  const changes = document.getElementById('changes');
  const may = body.dataset.may === 'decide';
  let after = changes ? Number(changes.dataset.after) : 0, chosen = -1, lost = false;

  function say(text) { tell.textContent = text || ''; }
  function rows() { return Array.from(document.querySelectorAll('#cases tbody tr')); }

  function choose(index) {
    const all = rows();
    if (all.length === 0) return;
    chosen = Math.max(0, Math.min(index, all.length - 1));
    all.forEach((row, i) => row.classList.toggle('chosen', i === chosen));
    all[chosen].scrollIntoView({ block: 'nearest' });
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

  async function decideRow(decision) {
    const row = rows()[chosen];
    if (!row) return;
    if (await act(row.dataset.case, decision)) goOn();
  }

  // To the next case that waits. At the end of the page: what was decided leaves the list, so the
  // same address shows those that follow; a list of every state goes on by its own link.
  function goOn() {
    const all = rows();
    const next = all.findIndex((row, i) => i > chosen && ['new', 'claimed'].includes(row.dataset.state));
    const more = document.getElementById('more');
    if (next >= 0) choose(next);
    else if (more && new URLSearchParams(location.search).get('state')) location.href = more.href;
    else location.reload();
  }

  function show(row) {
    document.querySelectorAll('[data-case="' + row.case + '"]').forEach((at) => {
      at.dataset.state = row.state;
      const state = at.querySelector('.state');
      if (state) state.textContent = row.label;
    });
  }

  async function act(id, what) {
    const form = new URLSearchParams({ csrf: body.dataset.csrf, do: what });
    const answer = await fetch('/case/' + id, {
      method: 'POST', body: form, headers: { Accept: 'application/json' }, redirect: 'error' });
    const said = await answer.json();
    say(answer.ok ? '' : said.error);
    if (answer.ok) show(said);
    return answer.ok;
  }

  // A case that is open in a window is held for its reader, and given back when it is left undecided.
  async function hold() {
    const id = changes.dataset.case;
    const decides = document.querySelector('#acts button[value="confirmed"]');
    if (!may || !id || !decides || changes.dataset.state !== 'new' || !await act(id, 'hold')) return;
    let leaves = true;
    addEventListener('submit', (event) => { if (event.target.id === 'acts') leaves = false; });
    addEventListener('pagehide', () => {
      if (leaves) navigator.sendBeacon('/case/' + id, new URLSearchParams({ csrf: body.dataset.csrf, do: 'release' }));
    });
  }

  const decisions = { c: 'confirmed', d: 'dismissed', u: 'unsure' };
  function onKey(event) {
    const at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (at.matches('input, textarea, select')) {
      if (event.key === 'Escape') at.blur();
      return;
    }
    const list = rows().length > 0, key = event.key;
    let done = true;
    if (key === '?') { const keys = document.getElementById('keys'); if (keys) { keys.open = !keys.open; keys.scrollIntoView(); } }
    else if (key === 't') location.href = '/';
    else if (key === '/' && document.getElementById('search')) document.getElementById('search').focus();
    else if (key === 'j') list ? choose(chosen + 1) : press('skip');
    else if (key === 'k') list ? choose(chosen - 1) : history.back();
    else if (key === 'Enter' && list && rows()[chosen]) location.href = '/case/' + rows()[chosen].dataset.case;
    else if (!may) done = false;
    else if (decisions[key]) list ? decideRow(decisions[key]) : press(decisions[key]);
    else if (key === 'z') press('undo') || post('/undo', {});
    else if (key === 'l') press('claim');
    else if (key === 'w' && document.getElementById('whole')) document.getElementById('whole').click();
    else if (key === 'n' && document.getElementById('note')) document.getElementById('note').focus();
    else done = false;
    if (done) event.preventDefault();
  }

  async function poll() {
    try {
      const answer = await fetch('/changes?after=' + after, { headers: { Accept: 'application/json' } });
      if (answer.status === 401) { say(body.dataset.ended); return; }
      if (!answer.ok) throw new Error('answer');
      const said = await answer.json();
      if (lost) { say(''); lost = false; }
      after = said.after;
      said.cases.forEach(show);
      if (said.opened > 0) say(body.dataset.fresh);
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
    if (rows().length > 0) choose(0);
    if (changes) { hold(); setTimeout(poll, 10000); }
  }
})();
