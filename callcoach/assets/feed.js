// Entry of the listening feed.

import "./css/feed.scss";
import { mountFeed } from "./js/feed/page.js";

const root = document.querySelector("[data-feed]");
if (root) mountFeed(root);
