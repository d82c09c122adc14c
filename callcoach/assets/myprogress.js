// Entry of an agent's own progress: few and small files, for a cheap phone on a slow line.

import "./css/myprogress.scss";
import "./js/forms.js";
import "./js/menus.js";
import "./js/toasts.js";
import "./js/agent/excerpt.js";
