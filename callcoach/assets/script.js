// Entry of the pages of scripts.

import "./css/script.scss";
import "./js/scripts/editor.js";
