/**
 * Keeps a page of the console up to date, and posts its forms. Without it the page can be read, and
 * nothing can be done: a form's own POST does not say which page it came from.
 */

const { base = '', live = '', changed = '', lost = '', unanswered = '' } = document.body.dataset;
const content = () => document.getElementById('desk-content');
const status = () => document.getElementById('desk-status');

/** @param {string} text */
function say(text) {
  const line = status();
  if (line !== null && line.textContent !== text) line.textContent = text;
}

/**
 * Whether somebody decides or writes, or waits for or reads the answer to a form: then nothing is
 * replaced. What is confirmed is what was read, and a form that is older than its order is refused.
 */
function isWriting() {
  if (document.querySelector('#desk-content form input[name=ifRevision]') !== null) return true;
  if (content()?.hasAttribute('data-answered') === true) return true;
  if (document.querySelector('form[aria-busy], form[data-unanswered]') !== null) return true;
  const { activeElement } = document;
  const isField = activeElement?.matches('input:not([type=checkbox]), textarea, select') === true;
  if (isField && content()?.contains(activeElement) === true) return true;
  /** @type {NodeListOf<HTMLInputElement | HTMLTextAreaElement>} */
  const fields = document.querySelectorAll('#desk-content form[method=post] :is(input, textarea)');
  return [...fields].some((field) =>
    field instanceof HTMLInputElement && field.type === 'checkbox'
      ? field.checked !== field.defaultChecked
      : field.type !== 'hidden' && field.value !== field.defaultValue,
  );
}

/** @param {Document} page */
function replaceWith(page) {
  const next = page.getElementById('desk-content');
  const present = content();
  if (next === null || present === null || next.innerHTML === present.innerHTML) return;
  const open = [...present.querySelectorAll('details[open][id]')].map(({ id }) => id);
  const focused = document.activeElement?.id ?? '';
  present.replaceWith(next);
  for (const id of open) document.getElementById(id)?.setAttribute('open', '');
  if (focused !== '') document.getElementById(focused)?.focus();
}

/**
 * The report draws itself again from newer data.
 *
 * @param {Document} page
 */
function replaceReport(page) {
  const [next, present] = [page.getElementById('data'), document.getElementById('data')];
  if (next === null || present === null || next.textContent === present.textContent) return;
  present.textContent = next.textContent;
  present.dataset['sha256'] = next.dataset['sha256'] ?? '';
  document.dispatchEvent(new Event('report-data'));
}

/** @param {string} text */
const parsed = (text) => new DOMParser().parseFromString(text, 'text/html');

let isLooking = false;
let isAgain = false;

/** Looks again, once for whatever happened meanwhile. */
async function look() {
  if (isLooking) {
    isAgain = true;
    return;
  }
  isLooking = true;
  try {
    const answer = await fetch(location.href);
    const page = parsed(await answer.text());
    // Another process has taken the port.
    if (page.getElementById('desk-content') === null) throw new TypeError('not a page');
    replaceReport(page);
    if (isWriting()) say(isOther(page) ? changed : '');
    else {
      say('');
      replaceWith(page);
    }
  } catch {
    say(lost);
  }
  isLooking = false;
  if (!isAgain) return;
  isAgain = false;
  await look();
}

/**
 * A form's own ids differ each time; what it is about does not.
 *
 * @param {Document} page
 */
function isOther(page) {
  const revisionIn = (/** @type {Document} */ { body }) =>
    body.querySelector('#desk-content input[name=ifRevision]')?.getAttribute('value');
  return revisionIn(page) !== revisionIn(document);
}

/** @type {EventSource | null} */
let source = null;

/** One stream for a tab that is seen, none for one that is not. */
function follow() {
  if (document.hidden || live === '') {
    source?.close();
    source = null;
    return;
  }
  if (source !== null) return;
  const order = live.startsWith('order ') ? live.slice('order '.length) : null;
  const query = order === null ? '' : `?order=${encodeURIComponent(order)}`;
  source = new EventSource(`${base}/changes${query}`);
  // What was recorded since the page was made, or while there was no console.
  source.addEventListener('open', () => void look());
  source.addEventListener('changed', () => void look());
  source.addEventListener('tick', () => void look());
  source.addEventListener('error', () => {
    say(lost);
  });
}

document.addEventListener('visibilitychange', follow);
addEventListener('pagehide', () => {
  source?.close();
  source = null;
});
addEventListener('pageshow', ({ persisted }) => {
  // The browser kept it as it was left, with a form that was sent.
  if (persisted) location.reload();
  else follow();
});

document.addEventListener('submit', (event) => {
  const { target: form } = event;
  if (!(form instanceof HTMLFormElement)) return;
  // Not by its property, which a field of that name would hide.
  if (form.getAttribute('method')?.toLowerCase() !== 'post') return;
  event.preventDefault();
  void post(form, event.submitter);
});

/**
 * It stays until the form is sent again or left: nothing replaces it meanwhile.
 *
 * @param {HTMLFormElement} form
 * @param {string} text
 */
function alertIn(form, text) {
  const line = document.createElement('p');
  line.className = 'desk-alert';
  line.setAttribute('role', 'alert');
  line.textContent = text;
  form.dataset['unanswered'] = '';
  form.append(line);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function post(form, submitter) {
  const buttons = [...form.querySelectorAll('button')];
  if ('unanswered' in form.dataset) form.querySelector(':scope > .desk-alert:last-child')?.remove();
  delete form.dataset['unanswered'];
  const fields = new FormData(form, submitter);
  const texts = [...fields].map(([name, value]) => [name, typeof value === 'string' ? value : '']);
  for (const button of buttons) button.disabled = true;
  form.setAttribute('aria-busy', 'true');
  const action = new URL(form.getAttribute('action') ?? '', location.href);
  try {
    const answer = await fetch(action, { method: 'POST', body: new URLSearchParams(texts) });
    const next = answer.headers.get('location');
    if (answer.status === 201 && next !== null) {
      location.assign(next);
      return;
    }
    const text = await answer.text();
    if (answer.headers.get('content-type')?.startsWith('text/html') === true) {
      replaceWith(parsed(text));
      content()?.setAttribute('data-answered', '');
      /** @type {HTMLElement | null} */
      const alert = document.querySelector('#desk-content [role=alert]');
      alert?.setAttribute('tabindex', '-1');
      alert?.focus();
    } else alertIn(form, text);
  } catch {
    alertIn(form, unanswered);
  }
  for (const button of buttons) button.disabled = false;
  form.removeAttribute('aria-busy');
}

follow();
