// Requests to our own server from scripts: the CSRF token rides in a header.

/** The token of this page, or "". */
export function csrfToken() {
  return document.querySelector("meta[name=csrf-token]")?.content ?? "";
}

/**
 * Like fetch, for our own addresses: carries the CSRF token, asks for JSON, and follows the
 * server to the sign-in page when the session has ended.
 *
 * @param {string} url
 * @param {RequestInit} [options]
 * @returns {Promise<Response>}
 */
export async function send(url, options = {}) {
  const headers = new Headers(options.headers);
  headers.set("X-CSRFToken", csrfToken());
  if (!headers.has("Accept")) headers.set("Accept", "application/json");
  const response = await fetch(url, { credentials: "same-origin", ...options, headers });
  const elsewhere = response.headers.get("HX-Redirect");
  if (response.status === 401 && elsewhere) window.location.assign(elsewhere);
  return response;
}
