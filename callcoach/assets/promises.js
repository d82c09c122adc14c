// Entry of the pages of promises.

import "./css/promises.scss";
import "./js/promises/form.js";
import "./js/promises/keys.js";
