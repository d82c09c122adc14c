// Entry of the search page.

import "./css/search.scss";
import "./js/calls/list-keys.js"; // filters fold away on the phone
import { mountHits } from "./js/search/hits.js";

const list = document.querySelector("[data-hits]");
if (list) mountHits(list, document.querySelector("audio[data-player]"));
