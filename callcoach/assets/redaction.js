// Entry of the page of one redaction.

import "./css/redaction.scss";
import { mountRedaction } from "./js/privacy/redaction.js";

const root = document.querySelector("[data-redaction]");
if (root) mountRedaction(root);
