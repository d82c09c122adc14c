// Entry of what rises from the floor: its looks alone.

import "./css/field.scss";
