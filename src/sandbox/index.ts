export { faultMeanings, parseFaultPlan, parseFaults } from './faults.ts';
export type { Fault, FaultName, FaultPlan } from './faults.ts';
export { sandboxKeys } from './keys.ts';
export type { SandboxKeys } from './keys.ts';
export type { SandboxOrder, SandboxOrderChange, SandboxOrderStatus } from './orders.ts';
export { sandboxAppId, startSandbox } from './sandbox.ts';
export type { Sandbox, SandboxOptions, SandboxRequest } from './sandbox.ts';
