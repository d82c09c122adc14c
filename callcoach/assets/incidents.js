// Entry of the pages of incidents.

import "./css/incidents.scss";
import "./js/promises/keys.js";
