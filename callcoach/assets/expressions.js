// Entry of the expressions of a campaign: trying words on past calls, hearing where they were said,
// and recording how a native says them.

import "./css/expressions.scss";
import "./js/expressions/trial.js";
import "./js/expressions/hear.js";
import "./js/expressions/voice.js";
