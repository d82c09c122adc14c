// Entry of the agent's own pages: few and small files, for a cheap phone on a slow line. No htmx
// and no player of whole calls here.

import "./css/agent.scss";
import "./js/forms.js";
import "./js/menus.js";
import "./js/tabs.js";
import "./js/toasts.js";
import "./js/agent/answers.js";
import "./js/agent/dispute.js";
import "./js/agent/excerpt.js";
import "./js/agent/mentions.js";
