-- What the person has been told of each change, so that a restart does not tell it again.
CREATE TABLE changes_told (
    approver TEXT NOT NULL,
    change   TEXT NOT NULL,
    standing TEXT NOT NULL,
    told_at  INTEGER NOT NULL,
    PRIMARY KEY (approver, change)
) STRICT, WITHOUT ROWID;

-- 'sent' until the broker is known to have taken the enrolment, then 'registered'.
ALTER TABLE accounts ADD COLUMN state TEXT NOT NULL DEFAULT 'registered';
