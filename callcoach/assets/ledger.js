// Entry of the ledger: its look; it works without scripts of its own.

import "./css/ledger.scss";
