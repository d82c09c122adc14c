// Entry of the supervisors' pages of audits.

import "./css/audits.scss";
import { mountJudge, mountJudged } from "./js/audits/judge.js";
import { mountFrame } from "./js/audits/frame.js";

document.querySelectorAll("[data-judge]").forEach(mountJudge);
document.querySelectorAll("[data-judged]").forEach(mountJudged);
document.querySelectorAll("[data-audit-frame]").forEach(mountFrame);
