import { describe, expect, test } from 'vitest';
import { withoutAddressAsName } from '../../../src/event-store/eventstoredb/client.ts';

/** As much of a channel of gRPC as is changed. */
function channelTo(host: string) {
  const connectionOptions: { servername?: string } = { servername: host };
  const credentials = { _createSecureConnector: () => ({ connectionOptions }) };
  return { credentials, connectionOptions, internalChannel: { credentials } };
}

describe('a channel', () => {
  test('gives TLS no address as a name, but a name', () => {
    const [address, name] = [channelTo('127.0.0.1'), channelTo('localhost')];

    withoutAddressAsName(address).credentials._createSecureConnector();
    withoutAddressAsName(name).credentials._createSecureConnector();

    expect(address.connectionOptions).toEqual({});
    expect(name.connectionOptions).toEqual({ servername: 'localhost' });
  });

  test('is changed once, however many commands ask for it', () => {
    const channel = channelTo('127.0.0.1');

    const once = withoutAddressAsName(channel).credentials._createSecureConnector;
    const again = withoutAddressAsName(channel).credentials._createSecureConnector;

    expect(again).toBe(once);
  });

  test('of another version of gRPC is left as it is', () => {
    const channel = { internalChannel: {} };

    expect(withoutAddressAsName(channel)).toEqual({ internalChannel: {} });
  });
});
