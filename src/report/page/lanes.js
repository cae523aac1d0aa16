import { axisOf, placeOf } from './axis.js';
import { button, make } from './dom.js';
import { drawFolds, drawLane, drawTicks, itemWords } from './lanes-draw.js';
import { laneOrder, reachedBy, zoomBy } from './lanes-keys.js';
import { laneItems } from './lanes-layout.js';

/** @import { Lane, LaneMark } from '../report-data.ts' */
/** @import { Axis } from './axis.js' */
/** @import { DrawnItem } from './lanes-draw.js' */
/** @import { Part, View } from './main.js' */

/** Each step doubles the width. */
const zoomMax = 64;
/** The width of a sheet of A4 between its margins and the names of lanes. */
const printedPx = 590;
const onPaper = matchMedia('print');

/**
 * What happened, each kind in a lane of its own, on one axis of time.
 *
 * @param {View} view
 * @returns {Part & { fit: () => void }}
 */
export function lanesPart(view) {
  return (drawnLanes = new Lanes(view));
}

/** Those in the page: all is drawn again for another language or zone, and for newer data. */
/** @type {Lanes | undefined} */
let drawnLanes;

onPaper.addEventListener('change', () => drawnLanes?.fit());

class Lanes {
  #view;
  #moments;
  /** @type {ReadonlyMap<Lane, readonly LaneMark[]>} */
  #byLane;
  #sheet = make('div', { class: 'lanes-sheet' });
  #scroll = make('div', { class: 'lanes-scroll', role: 'group' }, this.#sheet);
  #said = make('p', { class: 'lanes-said', 'aria-hidden': 'true' });
  #cursor = make('div', { class: 'lanes-cursor', 'aria-hidden': 'true' });
  /** @type {Axis} */
  #axis = axisOf([], 0);
  /** @type {readonly DrawnItem[]} */
  #drawn = [];
  /** @type {readonly HTMLElement[]} */
  #buttons;
  #at = 0;
  #widthPx = 0;
  /** @type {LaneMark | null} */
  #focused = null;

  /** @param {View} view */
  constructor(view) {
    this.#view = view;
    const { lanes, entries } = view.data;
    this.#byLane = Map.groupBy(lanes, ({ lane }) => lane);
    const ends = [entries[0], entries.at(-1)].flatMap((entry) => entry?.ms ?? []);
    const ofMarks = lanes.flatMap(({ fromMs, untilMs, recordedMs }) => [
      ...[fromMs, untilMs ?? fromMs, recordedMs ?? fromMs],
    ]);
    this.#moments = [...ends, ...ofMarks];
    this.#scroll.setAttribute('aria-label', view.words.lanes.keys);
    this.#buttons = this.#zoomButtons();
    this.element = this.#frame();
    this.#listen();
  }

  /** @param {number} at */
  select(at) {
    this.#at = at;
    this.#showChosen();
    this.#bringIntoView();
  }

  #frame() {
    const { words } = this.#view;
    const { names, heading } = words.lanes;
    const labels = laneOrder.map((lane) => make('span', {}, names[lane]));
    const zoom = make('div', { class: 'lanes-zoom' }, ...this.#buttons);
    return make(
      'section',
      { class: 'lanes', 'aria-labelledby': 'lanes' },
      make('div', { class: 'lanes-bar' }, make('h2', { id: 'lanes' }, heading), this.#said, zoom),
      make(
        'div',
        { class: 'lanes-plot' },
        make('div', { class: 'lane-names', 'aria-hidden': 'true' }, ...labels),
        this.#scroll,
      ),
    );
  }

  #zoomButtons() {
    const { zoomIn, zoomOut, zoomAll } = this.#view.words.lanes;
    return [
      button(
        '−',
        () => {
          this.#zoomTo(this.#view.zoom / 2);
        },
        { 'aria-label': zoomOut, title: zoomOut },
      ),
      button(
        '+',
        () => {
          this.#zoomTo(this.#view.zoom * 2);
        },
        { 'aria-label': zoomIn, title: zoomIn },
      ),
      button(zoomAll, () => {
        this.#zoomTo(1);
      }),
    ];
  }

  #listen() {
    new ResizeObserver(() => {
      this.fit();
    }).observe(this.#scroll);
    this.element.addEventListener('keydown', (event) => {
      this.#press(event);
    });
    this.#sheet.addEventListener('click', ({ target }) => {
      const found = this.#drawnAt(target);
      if (found !== undefined) this.#choose(found);
    });
    this.#sheet.addEventListener('focusin', ({ target }) => {
      const found = this.#drawnAt(target);
      this.#focused = found?.item.marks[0] ?? null;
      this.#say(found);
    });
    this.#sheet.addEventListener('focusout', () => {
      this.#focused = null;
      this.#say(undefined);
    });
    this.#sheet.addEventListener('pointerover', ({ target }) => {
      const found = this.#drawnAt(target);
      if (found !== undefined) this.#say(found);
    });
    this.#sheet.addEventListener('pointerleave', () => {
      this.#say(undefined);
    });
  }

  /** @param {EventTarget | null} target */
  #drawnAt(target) {
    const mark = target instanceof Element ? target.closest('.lane-mark') : null;
    return mark === null ? undefined : this.#drawn.find(({ button }) => button === mark);
  }

  /** Draws for the width that there is. */
  fit() {
    const widthPx = onPaper.matches ? printedPx : this.#scroll.clientWidth;
    if (widthPx === 0 || widthPx === this.#widthPx) return;
    this.#widthPx = widthPx;
    this.#draw();
  }

  #draw() {
    const view = this.#view;
    const { language, words } = view;
    const axis = axisOf(this.#moments, this.#widthPx, onPaper.matches ? 1 : this.#view.zoom);
    this.#axis = axis;
    const labels = {
      label: (/** @type {LaneMark} */ mark) => mark.label[language],
      recorded: words.lanes.recorded,
    };
    const rows = laneOrder.map((lane) =>
      drawLane(view, lane, laneItems(this.#byLane.get(lane) ?? [], axis, labels)),
    );
    this.#drawn = rows.flatMap(({ drawn }) => drawn);
    this.#sheet.style.width = `${axis.widthPx}px`;
    const focused = this.#focused;
    this.#sheet.replaceChildren(
      ...drawTicks(view, axis),
      this.#cursor,
      ...rows.map(({ row }) => row),
      ...drawFolds(view, axis),
    );
    const [out, into, all] = this.#buttons;
    out?.toggleAttribute('disabled', this.#view.zoom === 1);
    all?.toggleAttribute('disabled', this.#view.zoom === 1);
    into?.toggleAttribute('disabled', this.#view.zoom === zoomMax);
    this.#showChosen();
    this.#bringIntoView();
    if (focused !== null) this.#focus(this.#drawn.find(({ item }) => item.marks.includes(focused)));
  }

  /** @param {number} zoom */
  #zoomTo(zoom) {
    this.#view.zoom = Math.min(Math.max(zoom, 1), zoomMax);
    this.#draw();
  }

  #showChosen() {
    const ms = this.#view.data.entries[this.#at]?.ms ?? null;
    this.#cursor.hidden = ms === null;
    if (ms !== null) this.#cursor.style.left = `${placeOf(this.#axis, ms)}px`;
    for (const { item, button } of this.#drawn) {
      const isChosen = item.marks.some(({ at }) => at === this.#at);
      if (isChosen) button.setAttribute('aria-current', 'true');
      else if (button.hasAttribute('aria-current')) button.removeAttribute('aria-current');
    }
    this.#stopAt(this.#chosen() ?? this.#drawn[0]);
    this.#say(undefined);
  }

  /** Scrolls the lanes alone, and only where they are wider than their place. */
  #bringIntoView() {
    const px = placeOf(this.#axis, this.#view.data.entries[this.#at]?.ms ?? 0);
    const { scrollLeft, clientWidth } = this.#scroll;
    if (px >= scrollLeft && px <= scrollLeft + clientWidth) return;
    this.#scroll.scrollLeft = px - clientWidth / 2;
  }

  #chosen() {
    return this.#drawn.find(({ item }) => item.marks.some(({ at }) => at === this.#at));
  }

  /**
   * Says what the pointer or the focus is on; else what is chosen.
   *
   * @param {DrawnItem | undefined} found
   */
  #say(found) {
    const said = found ?? this.#chosen();
    this.#said.replaceChildren(...(said === undefined ? [] : itemWords(this.#view, said.item)));
  }

  /**
   * Chooses the event of a mark; of several marks the next one.
   *
   * @param {DrawnItem} drawn
   */
  #choose({ item }) {
    const places = item.marks.map(({ at }) => at);
    const at = places[(places.indexOf(this.#at) + 1) % places.length];
    if (at !== undefined) this.#view.select(at);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const { key, target, altKey, ctrlKey, metaKey } = event;
    if (altKey || ctrlKey || metaKey) return;
    const from = this.#drawnAt(target);
    const wanted = zoomBy(key, this.#view.zoom);
    const to = from === undefined ? undefined : reachedBy(key, from, this.#drawn);
    if (wanted !== null) this.#zoomTo(wanted);
    else if (to !== undefined) this.#focus(to);
    else return;
    event.preventDefault();
    // The page moves by the same keys.
    event.stopPropagation();
  }

  /**
   * Lets the tab key reach one mark alone; arrows reach the others.
   *
   * @param {DrawnItem | undefined} drawn
   */
  #stopAt(drawn) {
    for (const { button } of this.#drawn) {
      const wanted = button === drawn?.button ? 0 : -1;
      // A step changes no more of the page than it must.
      if (button.tabIndex !== wanted) button.tabIndex = wanted;
    }
  }

  /** @param {DrawnItem | undefined} drawn */
  #focus(drawn) {
    if (drawn === undefined) return;
    this.#stopAt(drawn);
    drawn.button.focus({ preventScroll: true });
    const { fromPx } = drawn.item;
    const { scrollLeft, clientWidth } = this.#scroll;
    const isSeen = fromPx >= scrollLeft && fromPx <= scrollLeft + clientWidth;
    if (!isSeen) this.#scroll.scrollLeft = fromPx - clientWidth / 2;
  }
}
