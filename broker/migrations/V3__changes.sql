-- Seconds that have surely passed since this store was made, and what the next reading of the
-- machine's clocks is held against.
CREATE TABLE trusted_clock (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    clock TEXT NOT NULL
) STRICT;

CREATE TABLE changes (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (name),
    hash TEXT NOT NULL, -- of the message that asked for it
    change TEXT NOT NULL,
    queued_at INTEGER NOT NULL, -- the broker's clock then
    due INTEGER, -- trusted time, until it ends
    ended INTEGER -- trusted time
) STRICT;
CREATE INDEX changes_open ON changes (account) WHERE ended IS NULL;
CREATE INDEX changes_due ON changes (due) WHERE due IS NOT NULL;
CREATE INDEX changes_ended ON changes (account, ended) WHERE ended IS NOT NULL;

-- The signed messages that queued, confirmed or cancelled a change, or removed an approver. An
-- enrolment is not among them: it holds an activation code.
CREATE TABLE change_acts (
    hash TEXT PRIMARY KEY,
    change TEXT NOT NULL,
    approver TEXT NOT NULL,
    jws TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- The change that makes a computer an approver, while it waits.
ALTER TABLE approvers ADD COLUMN waits TEXT;
-- Whether the administrator wants the next approver to be active at once.
ALTER TABLE activations ADD COLUMN at_once INTEGER NOT NULL DEFAULT 0;
ALTER TABLE accounts ADD COLUMN blocked_at INTEGER;
