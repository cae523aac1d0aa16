import { orderAfter } from './replayed-order.ts';
import { simulatedRuntime } from './simulated-runtime.ts';

export { duplicate, given, rejected } from './given.ts';
export type { Expected, Given, When } from './given.ts';
export type { Incoming } from '../order/types.ts';
export { commands, facts, gatewayOutcomes, validOrders } from './arbitraries.ts';
export { edgeAmounts, hostileText, storableText, wrongAmounts } from './arbitraries.ts';
export { almostValidHistories, historyText, validHistories } from './histories.ts';
export type { HistoryOptions } from './histories.ts';
export { orderAfter, stepsOf } from './replayed-order.ts';
export type { History, ReplayedOrder, Step } from './replayed-order.ts';
export { BrokenLaw, historyLaw, stepLaw } from './law.ts';
export type { CheckOptions, HistoryLaw, StepLaw, TransitionLaw } from './law.ts';
export { transitionProperties } from './transition-properties.ts';
export { declaredTarget } from './declared-target.ts';
export { changedMachine } from './tested-machine.ts';
export type { MachinePart, TestedMachine } from './tested-machine.ts';
export { modelRun } from './model-run.ts';
export type { ModelRunOptions, ModelRunReport } from './model-run.ts';
export { simulatedRuntime } from './simulated-runtime.ts';
export type { SimulatedRuntime } from './simulated-runtime.ts';
export { scriptedGateway } from './scripted-gateway.ts';
export type { GatewayCall, ScriptedGateway } from './scripted-gateway.ts';
export { recorder } from './recorder.ts';
export type { Recorded, Recorder } from './recorder.ts';
export { openMemoryStore } from '../event-store/memory.ts';
export { storeContract } from './store-contract.ts';
export type { OpenedStore } from './store-contract-support.ts';
export { gatewayContract } from './gateway-contract.ts';
export type { GatewayContractOptions } from './gateway-contract.ts';
export type { OpenedGateway, OtherSide, OtherSideAsked } from './gateway-contract-support.ts';
export type { ContractCase } from './contract-case.ts';

/** @deprecated Renamed to `orderAfter`. */
export const standingAfter = orderAfter;

/** @deprecated Renamed to `simulatedRuntime`; pass it as the option `runtime`, not `host`. */
export const virtualHost = simulatedRuntime;
