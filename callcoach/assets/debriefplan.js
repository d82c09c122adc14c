// Entry of the pages on which debriefs are planned.

import "./css/debriefplan.scss";
