// Entry of an agent's expressions: few and small files, for a cheap phone on a slow line.

import "./css/myexpressions.scss";
import "./js/forms.js";
import "./js/menus.js";
import "./js/toasts.js";
