export {
  billFaultMeanings,
  faultMeanings,
  parseFaultPlan,
  parseFaults,
  queryFaultMeanings,
} from './faults.ts';
export type {
  BillFaultName,
  Fault,
  FaultName,
  FaultPlan,
  FaultyCall,
  QueryFaultName,
} from './faults.ts';
export { sandboxKeys } from './keys.ts';
export type { SandboxKeys } from './keys.ts';
export { noticeMeanings, parseNoticeSteps } from './notice-steps.ts';
export type { NoticeMeaning, SandboxNoticeStep } from './notice-steps.ts';
export type { SandboxNotice } from './notices.ts';
export { sandboxAppId } from './options.ts';
export type { Sandbox, SandboxOptions, SandboxRequest } from './options.ts';
export type {
  SandboxOrder,
  SandboxOrderChange,
  SandboxOrderStatus,
  SandboxRefund,
} from './orders.ts';
export { startSandbox } from './sandbox.ts';
