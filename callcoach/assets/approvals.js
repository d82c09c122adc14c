// Entry of the pages where scripts are approved and put in force, on top of the pages of scripts.

import "./css/approvals.scss";
import "./js/script/moments.js";
