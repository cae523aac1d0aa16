import type { LeftToOthers, RecoveryPhase } from '../../recovery/status.ts';
import { columns, counted } from '../phrases.ts';

/** How recovery stands, and what it does with gateways that are down. */
export const en = {
  headers: columns(
    ...([
      'PROCESS',
      'RECOVERY',
      'SEEN',
      'LATE BY',
      'WAITING',
      'DUE',
      'IN FLIGHT',
      'FIRED',
      'GATEWAYS',
    ] as const),
  ),
  phases: {
    off: 'off',
    reading: 'reading the store',
    following: 'following',
    interrupted: 'interrupted',
    stopped: 'stopping',
  } satisfies Readonly<Record<RecoveryPhase, string>>,
  seen: (age: string) => `${age} ago`,
  up: (count: number) => `${count} up`,
  down: (name: string, age: string, rule: string, waiting: number) =>
    `${name} DOWN for ${age} (${rule}), ${waiting} waiting`,
  leftAlone: (count: number) => `${counted(count, 'order')} left to others`,
  /** Why nobody seems to work. */
  faults: {
    'no-file':
      'the index of orders is kept in memory, so no process says how its recovery stands; give ' +
      'the same --index FILE to the workers and here',
    none: (file: string) =>
      `no process says that it runs recovery beside ${file}; start "work" or startRecovery`,
    stale: (age: string) =>
      `no process has said within 30 s how its recovery stands, the last one ${age} ago; it has ` +
      'died or hangs: start it again',
    'not-following':
      'recovery runs, but follows no store now: it is being started, or the store cannot be read; ' +
      'see what its process writes to stderr',
  },
  gatewayDown: (name: string, rule: string) =>
    `gateway ${name} is down: ${rule}; its orders wait, and one at a time is tried`,
  gatewayUp: (name: string) => `gateway ${name} is up again; all its orders go on`,
  leftDown: (count: number) =>
    `${counted(count, 'order')} due and left for the next run, because the gateway is down`,
  leftToOthers: ({ others, noGateway }: LeftToOthers) =>
    `${counted(others, 'order')} of other gateways left alone` +
    (noGateway === 0
      ? ''
      : `, and ${noGateway} due that record no gateway (--adopt, if they are of this account)`),
  retried: (found: number, retried: number, answers: string) =>
    `${counted(found, 'blocked order')}, ${retried} tried again${retried === 0 ? '' : `: ${answers}`}`,
  stillBlocked: (left: number) =>
    `the gateway still blocks every call, so ${counted(left, 'order')} stayed as they were; mend ` +
    'the cause first',
};

export type WorkWords = typeof en;
