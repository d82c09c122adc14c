// Entry of the presenter's page.

import "./css/present.scss";
import { mountPresent } from "./js/debriefs/present.js";

const root = document.querySelector("[data-present]");
if (root) mountPresent(root);
else document.querySelector(".present-begin")?.focus();
