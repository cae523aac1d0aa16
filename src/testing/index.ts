export { duplicate, given, rejected } from './given.ts';
export type {
  Duplicate,
  Expected,
  Given,
  GivenOptions,
  Incoming,
  Rejected,
  When,
} from './given.ts';
export { commands, facts, gatewayOutcomes, validOrders } from './arbitraries.ts';
export {
  edgeAmounts,
  hostileText,
  identifiers,
  orderNumbers,
  storableText,
  wrongAmounts,
} from './values.ts';
export { almostValidHistories, historyText, validHistories } from './histories.ts';
export type { AlmostValidHistory, HistoryOptions } from './histories.ts';
export { firstStanding, standingAfter, stepsOf } from './standing.ts';
export type { History, Standing, Step } from './standing.ts';
export { BrokenLaw, historyLaw, stepLaw } from './law.ts';
export type { CheckOptions, HistoryLaw, StepLaw, TransitionLaw } from './law.ts';
export { transitionProperties } from './transition-properties.ts';
export type { PropertyOptions } from './transition-properties.ts';
export { declaredTarget } from './declared-target.ts';
export type { DeclaredTarget } from './laws-of-states.ts';
export { changedMachine } from './changed-machine.ts';
export type { MachinePart } from './changed-machine.ts';
export type { TestedMachine } from './tested-machine.ts';
export { modelRun } from './model-run.ts';
export type { ModelRunOptions, ModelRunReport } from './model-run.ts';
export { coverageOf } from './coverage.ts';
export type { Coverage, Happened } from './coverage.ts';
export { simulatedRuntime } from './simulated-runtime.ts';
export type { SimulatedRuntime, SimulatedRuntimeOptions } from './simulated-runtime.ts';
export { scriptedGateway } from './scripted-gateway.ts';
export type { GatewayCall, ScriptedGateway } from './scripted-gateway.ts';
export { recorder } from './recorder.ts';
export type { Recorded, Recorder } from './recorder.ts';
export { openMemoryStore } from '../event-store/memory.ts';
export { storeContract } from './store-contract.ts';
export type { OpenStore, OpenedStore } from './store-contract-support.ts';
export { gatewayContract } from './gateway-contract.ts';
export type { OpenGateway, OpenedGateway, OtherSide } from './gateway-contract.ts';
export type { ContractCase, ContractOptions } from './contract-case.ts';
