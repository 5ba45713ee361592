-- Why and until when requests are not told, as JSON: a restart ends no silence.
CREATE TABLE quiet (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    kept TEXT NOT NULL
) STRICT;
