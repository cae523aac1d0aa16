/** What every order asks for. */
export const money = { amountMinor: 12_800, currency: 'CNY' };
