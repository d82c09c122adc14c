"""For whom we call and with what promise: sponsors, campaigns, personas, promises, vocabulary."""
