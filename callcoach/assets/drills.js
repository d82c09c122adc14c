// Entry of an agent's drills: few and small files, for a cheap phone on a slow line.

import "./css/drills.scss";
import "./js/forms.js";
import "./js/menus.js";
import "./js/toasts.js";
import "./js/agent/excerpt.js";
import "./js/drills/tries.js";
import "./js/drills/practice.js";
