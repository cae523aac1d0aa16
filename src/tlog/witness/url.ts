import { invalidInput, PaymentOrderError } from '../../errors.ts';
import { parseGatewayUrl } from '../../gateway/gateway-url.ts';

/**
 * Reads the URL of a witness by the rules of a gateway's: `https:`, or `http:` on loopback. A
 * cosignature is verified, but who asks is nobody else's affair.
 *
 * @throws {PaymentOrderError} `invalid-input`. The message never repeats the text given.
 */
export function parseWitnessUrl(text: string, field: string): URL {
  try {
    return parseGatewayUrl(text);
  } catch (error) {
    if (!(error instanceof PaymentOrderError)) throw error;
    // What a gateway may be allowed knowingly, no witness is.
    const [problem] = (error.problem ?? 'is not a URL').split(', or set allowInsecureHttp');
    throw invalidInput(field, problem ?? 'is not a URL');
  }
}

/** Where a checkpoint is posted to, `<prefix>/add-checkpoint`. */
export function addCheckpointUrl(url: URL): URL {
  const posted = new URL(url);
  posted.pathname = `${url.pathname.replace(/\/+$/, '')}/add-checkpoint`;
  return posted;
}
