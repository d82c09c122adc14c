// Entry of what changes in the script, for agents: few and small files, for a slow line.

import "./css/myscript.scss";
import "./js/forms.js";
import "./js/menus.js";
import "./js/toasts.js";
import "./js/agent/excerpt.js";
