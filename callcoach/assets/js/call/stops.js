// Where n and p stop. Pure: no document here, so that node can test it.

/**
 * @param {object[]} moments by start
 * @param {object[]} requests with `start`, `from` and `key`; a request on the whole call has none
 * @returns {object[]} moments that nobody rejected and what agents asked to be listened to, by start
 */
export function stopsOf(moments, requests) {
  const stops = [
    ...moments.filter((moment) => moment.decision !== "rejected"),
    ...requests.filter((request) => typeof request.start === "number"),
  ];
  return stops.sort((one, other) => one.start - other.start);
}

/**
 * The stop after or before the current one; without a current one, after or before the playhead.
 * @param {object[]} moments
 * @param {object[]} requests
 * @param {object | null} current
 * @param {number} time in milliseconds
 * @param {1 | -1} direction
 * @returns {object | null}
 */
export function stopFrom(moments, requests, current, time, direction) {
  const stops = stopsOf(moments, requests);
  const at = current ? stops.findIndex((stop) => stop.key === current.key) : -1;
  if (at >= 0) return stops[at + direction] ?? null;
  const place = current ? current.start : time; // a current one that was rejected is no stop
  if (direction > 0) return stops.find((stop) => stop.start > place) ?? null;
  return stops.findLast((stop) => stop.start < place) ?? null;
}
