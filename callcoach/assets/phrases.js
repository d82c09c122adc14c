// Entry of the phrases of a campaign: its look, and the list that an address points at is opened.

import "./css/phrases.scss";
import "./js/learning/folded.js";
