import { describe, expect, test } from 'vitest';
import { createMachine } from 'xstate';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { paymentOrderMachine } from '../../machines/payment-order.machine.ts';
import { diagram } from '../../src/diagram/diagram.ts';
import type { DiagramFormat, PathStep } from '../../src/diagram/diagram.ts';

const formats: readonly DiagramFormat[] = ['mermaid', 'dot'];

/** Every transition that the machine has, as state and event (`always`: null). */
function transitionsOf(machine: AnyStateMachine): readonly [string, string | null][] {
  const found: [string, string | null][] = [];
  const visit = (node: AnyStateNode) => {
    for (const event of node.transitions.keys()) found.push([node.path.join('.'), event]);
    found.push(...(node.always ?? []).map((): [string, null] => [node.path.join('.'), null]));
    for (const child of Object.values<AnyStateNode>(node.states)) visit(child);
  };
  // AnyStateMachine types its root as any; a machine's root is a state node.
  visit(machine.root as AnyStateNode);
  return found;
}

const doubted: readonly PathStep[] = [
  { type: 'PaymentOrderCreated', from: null, to: 'created' },
  { type: 'PaymentStarted', from: 'created', to: 'paying' },
  { type: 'CancelRequested', from: 'paying', to: 'cancelling.requesting' },
  { type: 'CancelOutcomeUnknown', from: 'cancelling.requesting', to: 'cancelling.inDoubt' },
];

describe('the diagram', () => {
  test.each(formats)('shows every transition of the machine as %s', (format) => {
    const drawn = diagram(paymentOrderMachine, format);
    const lines = drawn.split('\n');
    const transitions = transitionsOf(paymentOrderMachine);
    expect(transitions.length).toBeGreaterThan(50);
    for (const [state, event] of transitions) {
      const id = `state_${state.replaceAll('.', '__')}`;
      const own = state === '' ? 'anywhere' : id;
      const isAbout = (line: string) =>
        line.startsWith(own) || (line.startsWith('shared') && line.includes(state));
      const about = lines.filter((line) => isAbout(line.trim())).join('\n');
      if (event === null) expect(about).toMatch(/-\.->|style=dashed/);
      else if (event.startsWith('xstate.done')) expect(about).toContain('cancelPayment answered');
      else if (event.startsWith('xstate.error')) expect(about).toContain('cancelPayment threw');
      else if (event.startsWith('xstate.after')) expect(about).toMatch(/after (retry|attemptD)/);
      else expect(about, `${state} ${event}`).toContain(event);
    }
  });

  test.each(formats)('counts each always transition once as %s', (format) => {
    const always = transitionsOf(paymentOrderMachine).filter(([, event]) => event === null);
    const drawn = diagram(paymentOrderMachine, format);
    expect(drawn.match(/-\.->|style=dashed\]/g)).toHaveLength(always.length);
  });

  test.each(formats)('is the same text each time, as %s', (format) => {
    expect(diagram(paymentOrderMachine, format, doubted)).toBe(
      diagram(paymentOrderMachine, format, doubted),
    );
  });

  const retraction: readonly PathStep[] = [
    { type: 'PaymentOrderCreated', from: null, to: 'created' },
    { type: 'PaymentSucceeded', from: 'created', to: 'paid' },
    { type: 'FactRetracted', from: 'paid', to: 'created' },
  ];

  test.each(formats)('draws what many states share once, as a note, as %s', (format) => {
    const drawn = diagram(paymentOrderMachine, format).split('\n');
    const about = drawn.filter((line) => line.includes('FactRetracted [isRetractable] →'));
    expect(about).toHaveLength(1);
    expect(about[0]).toMatch(/^ +shared0.*in created, paying, paid, cancelled, failed/);
    expect(about[0]).toContain('cancelling.settling');
  });

  test('draws the arrow of a shared transition where an order took it', () => {
    const walked = diagram(paymentOrderMachine, 'mermaid', retraction);
    expect(walked).toMatch(/state_paid ==>\|"FactRetracted[^\n]*\| state_cancelling__settling/);
    const arrow = /class="edge shared walked" data-edge="\d+"><title>paid → cancelling.settling/;
    expect(diagram(paymentOrderMachine, 'svg', retraction)).toMatch(arrow);
    expect(diagram(paymentOrderMachine, 'svg')).not.toMatch(arrow);
  });

  test('shows what a delay raises', () => {
    expect(diagram(paymentOrderMachine, 'mermaid')).toContain(
      'after attemptDeadline → CancelOutcomeUnknown',
    );
  });

  test('draws the walked edges bold, through transient states, and fills the doubt amber', () => {
    const drawn = diagram(paymentOrderMachine, 'mermaid', doubted);
    const walked = drawn.split('\n').filter((line) => line.includes('==>'));
    expect(walked.map((line) => line.trim())).toEqual([
      'begin ==> state_created',
      'state_created ==>|"PaymentStarted"| state_paying',
      'state_paying ==>|"CancelRequested"| state_cancelling__requesting',
      'state_cancelling__requesting ==>|"CancelOutcomeUnknown [isOwnOutcome]"| ' +
        'state_cancelling__weighing',
      'state_cancelling__weighing ==>|"[isInDoubt]"| state_cancelling__inDoubt',
    ]);
    expect(drawn).toContain('style state_cancelling__inDoubt fill:#ffbf00');
    expect(drawn.match(/stroke-width/g)).toHaveLength(1);
    expect(diagram(paymentOrderMachine, 'dot', doubted).match(/penwidth=3/g)).toHaveLength(6);
  });

  test('leaves out a step that the machine does not have', () => {
    const foreign = [{ type: 'constructor', from: 'created', to: '__proto__' }];
    expect(diagram(paymentOrderMachine, 'mermaid', foreign).match(/==>/g)).toHaveLength(1);
  });

  test('is the drawing that was reviewed', async () => {
    for (const format of formats) {
      await expect(diagram(paymentOrderMachine, format, doubted)).toMatchFileSnapshot(
        `golden/payment-order.${format}.txt`,
      );
    }
  });
});

describe('a hostile label', () => {
  const hostile = 'a"]; end --> x{<script>alert(1)</script>}|`#quot;%%\n  click b "javascript:c"';
  const machine = createMachine({
    id: 'hostile',
    initial: hostile,
    states: {
      [hostile]: { on: { [hostile]: { target: 'end' }, '--> y\\': { target: 'end' } } },
      end: { on: { 'subgraph "': { target: 'class' } } },
      class: {},
    },
  });

  test('cannot end itself or begin a line of Mermaid', () => {
    const lines = diagram(machine, 'mermaid').trimEnd().split('\n');
    const id = String.raw`(state_\w+|begin|anywhere)`;
    const label = String.raw`"(?:[\p{L}\p{N} .,:→[\]_-]|#\d+;|<br/>)*"`;
    const allowed = new RegExp(
      [
        'flowchart TD',
        String.raw` +begin\(\(" "\)\)`,
        String.raw` +${id}\(${label}\)`,
        ` +begin --> ${id}`,
        String.raw` +${id} (-->|==>|-\.->)\|${label}\| ${id}`,
        ` +style ${id} [a-z0-9:,# -]+`,
      ].join('|'),
      'u',
    );
    for (const line of lines) expect(line.replace(allowed, ''), line).toBe('');
    expect(lines).toHaveLength(11);
  });

  test('cannot leave its quotes in DOT', () => {
    const drawn = diagram(machine, 'dot');
    const outside = drawn.replace(/"(?:[^"\\\n]|\\["\\n])*"/g, '');
    // Outside of quotes: keywords, ids and numbers alone.
    expect(outside).toMatch(/^[\w\s=,;.{}[\]>-]*$/);
    expect(outside.split('\n')).toHaveLength(drawn.split('\n').length);
  });
});
