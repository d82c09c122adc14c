// Entry of the page on which a supervisor answers an agent who sees it otherwise.

import "./css/disputes.scss";
import "./js/agent/excerpt.js";
import "./js/coaching/answering.js";
