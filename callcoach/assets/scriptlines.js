// Entry of the pages of lines, requests and readings.

import "./css/scriptlines.scss";
import "./js/agent/excerpt.js";
