export { virtualHost } from '../src/testing/virtual-host.ts';
export type { VirtualHost } from '../src/testing/virtual-host.ts';
