// Entry of the supervisors' pages of trials.

import "./css/trials.scss";
import { mountPlan } from "./js/trials/plan.js";

document.querySelectorAll("[data-trial-plan]").forEach(mountPlan);
