// htmx under our content security policy: no eval, no style it writes itself; every request
// carries the CSRF token.

import htmx from "htmx.org";
import { csrfToken } from "./http.js";
import { toast } from "./toasts.js";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0; // no page of a signed-in person is left in local storage
// Error answers are fragments of ours: the server retargets them to the toasts, or sends a form
// back with its errors (422).
htmx.config.responseHandling = [
  { code: "204", swap: false },
  { code: "[23]..", swap: true },
  { code: "[45]..", swap: true, error: true },
];

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => {
    toast({ message: document.body.dataset.offline, category: "error" });
  });
}

window.htmx = htmx;
