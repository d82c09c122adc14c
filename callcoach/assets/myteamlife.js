// Entry of a team's page for its agents: few and small files, for a cheap phone on a slow line.

import "./css/myteamlife.scss";
import "./js/forms.js";
import "./js/menus.js";
import "./js/toasts.js";
import "./js/agent/excerpt.js";
