import type { AnyStateMachine, StateNode } from 'xstate';
import { digest } from './chain.ts';
import type { MachineIdentity } from './stored-event.ts';

/** Names of guards, actions and delays count; their code does not: give changed code a new name. */
export function machineIdentity(machine: AnyStateMachine): MachineIdentity {
  return {
    version: machine.version ?? '0',
    // AnyStateMachine types its root as any; a machine's root is a state node.
    hash: digest(shapeOf(machine.root as StateNode)),
  };
}

function shapeOf(node: StateNode): unknown {
  const transitions = [...node.transitions.values(), node.always ?? []].flat();
  return {
    path: node.path,
    type: node.type,
    tags: node.tags,
    initial: node.initial.target.map(({ path }) => path),
    transitions: transitions.map(({ eventType, guard, target, actions, reenter }) => ({
      eventType,
      guard: guard === undefined ? null : nameOf(guard),
      target: target?.map(({ path }) => path) ?? null,
      actions: actions.map(nameOf),
      reenter,
    })),
    entry: node.entry.map(nameOf),
    exit: node.exit.map(nameOf),
    invoke: node.invoke.map(({ id }) => id),
    children: Object.values(node.states).map(shapeOf),
  };
}

/** An object or a function may carry its name as its type; what carries none is written inline. */
function nameOf(named: string | object): string {
  if (typeof named === 'string') return named;
  return 'type' in named ? String(named.type) : 'inline';
}
