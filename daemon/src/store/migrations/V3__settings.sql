-- The security settings of this daemon, by name; the value is JSON. One that is not here has its
-- strictest value.
CREATE TABLE settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
