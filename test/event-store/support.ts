export {
  all,
  anEvent,
  headOf,
  idsOf,
  put,
  someEvents,
  take,
} from '../../src/testing/store-contract-support.ts';
