-- What the person calls a broker. How a broker addresses the person is said nowhere.
CREATE TABLE broker_names (
    broker TEXT PRIMARY KEY,
    name   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE accounts DROP COLUMN display;
