// Entry of the supervisors' drill pages.

import "./css/drilldesk.scss";
import "./js/agent/excerpt.js";
import "./js/drills/chain.js";
import "./js/drills/marking.js";
import "./js/drills/tries.js";
