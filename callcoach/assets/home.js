// Entry of the home page.

import "./css/home.scss";
import "./js/calls/live.js";
