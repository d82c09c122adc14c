// Entry of the script over calls and of how a line is said: their look, and filters that act at once.

import "./css/heat.scss";
