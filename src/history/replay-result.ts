import type { MachineIdentity } from './stored-event.ts';
import type { Fault } from './verification.ts';

/** Where a machine goes another way than was recorded. */
export type Divergence = {
  /** 0-based; everything before it came out as recorded. */
  readonly revision: number;
  readonly type: string;
  readonly recorded: {
    readonly from: string | null;
    readonly to: string;
    readonly machine: MachineIdentity;
  };
  /** `to` is null where the machine does not take the event in this state at all. */
  readonly derived: {
    readonly from: string | null;
    readonly to: string | null;
    readonly machine: MachineIdentity;
  };
};

/** What came of folding a stored history through a machine again. */
export type Replay = {
  readonly stream: string;
  /** How many events were folded. */
  readonly events: number;
  /** The state after the last of them; null where none was. */
  readonly state: string | null;
  /** The machines that wrote the history, each with the first revision it wrote. */
  readonly writtenBy: readonly (MachineIdentity & { readonly fromRevision: number })[];
  readonly derivedBy: MachineIdentity;
  /** The first one; the replay ends there. */
  readonly divergence: Divergence | null;
  /** Where the replay had to end because an event is missing or cannot be read. */
  readonly fault: Fault | null;
};
