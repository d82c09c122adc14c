// Entry of the list of calls and of the import page.

import "./css/calls.scss";
import "./js/calls/import.js";
import "./js/calls/list-keys.js";
import "./js/calls/live.js";
import "./js/calls/ticks.js";
