-- Where services are told unasked what became of their requests. The key that signs is made of the
-- salt and a secret of the store that is not in the database.
CREATE TABLE webhooks (
    service TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    salt BLOB NOT NULL,
    events INTEGER NOT NULL DEFAULT 0, -- how many are kept
    lost INTEGER NOT NULL DEFAULT 0, -- how many gave way to newer ones
    gone_at INTEGER -- since when the receiver wants nothing any more
) STRICT, WITHOUT ROWID;
-- What they are to be told: delivered, it goes.
CREATE TABLE events (
    n INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    service TEXT NOT NULL,
    request TEXT NOT NULL,
    body TEXT NOT NULL,
    hands_out INTEGER NOT NULL, -- whether the approval goes with it
    made_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER, -- NULL: given up
    why TEXT -- the last try failed
) STRICT;
CREATE INDEX events_of ON events (service, n);
CREATE INDEX events_of_due ON events (service, due_at) WHERE due_at IS NOT NULL;
CREATE INDEX events_due ON events (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX events_dead ON events (made_at) WHERE due_at IS NULL;
CREATE TRIGGER event_kept AFTER INSERT ON events BEGIN
    UPDATE webhooks SET events = events + 1 WHERE service = NEW.service;
END;
CREATE TRIGGER event_gone AFTER DELETE ON events BEGIN
    UPDATE webhooks SET events = events - 1 WHERE service = OLD.service;
END;
