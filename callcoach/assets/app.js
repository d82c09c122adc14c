// What every page loads. Each behaviour is one file in js/, attached by data- attributes; pages
// work without them.

import "./css/app.scss";
import "./js/back.js";
import "./js/htmx.js";
import "./js/debriefs/adding.js";
import "./js/dialogs.js";
import "./js/find.js";
import "./js/forms.js";
import "./js/menus.js";
import "./js/tabs.js";
import "./js/toasts.js";
