export type { OrderOfRefund } from './content.ts';
export { jsonObject } from './json-object.ts';
export { acknowledgement, platformNotices } from './platform-notices.ts';
export type { PlatformNoticesOptions } from './platform-notices.ts';
