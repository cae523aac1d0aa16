export { compareBill } from './compare.ts';
export type { BillDifference, BillMoney, CompareOptions, OrderOnOurSide } from './differences.ts';
export { billFromFile } from './file.ts';
export { billFromGateway } from './gateway.ts';
export type { BillDays, BillItem, UnreadBill } from './gateway.ts';
