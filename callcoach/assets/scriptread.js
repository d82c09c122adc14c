// Entry of the agent's script: a page to read, for a cheap phone on a slow line.

import "./css/scriptread.scss";
import "./js/menus.js";
import "./js/toasts.js";
