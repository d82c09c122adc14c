// The speed of listening, remembered on this device from one call to the next.

export const RATES = [0.75, 1, 1.25, 1.5, 1.75, 2];
const KEY = "callcoach.rate";

/**
 * @param {number} rate
 * @param {number} by steps, 1 faster or -1 slower
 */
export function nextRate(rate, by) {
  const now = RATES.indexOf(rate);
  return RATES[Math.max(0, Math.min(RATES.length - 1, (now < 0 ? 1 : now) + by))];
}

/** @returns {number} one of `RATES`; 1 when none was kept, or storage is closed to us */
export function keptRate() {
  try {
    const kept = Number(localStorage.getItem(KEY));
    return RATES.includes(kept) ? kept : 1;
  } catch {
    return 1;
  }
}

/** @param {number} rate one of `RATES` */
export function keepRate(rate) {
  try {
    localStorage.setItem(KEY, String(rate));
  } catch {
    // a private window: the speed holds for this page
  }
}
