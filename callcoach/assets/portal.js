// Entry of the portal: what a client reads and hears, on a telephone first.

import "./css/portal.scss";
import "./js/agent/excerpt.js";
import "./js/portal/player.js";
