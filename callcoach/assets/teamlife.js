// Entry of a team's page for who leads it.

import "./css/teamlife.scss";
import "./js/agent/excerpt.js";
