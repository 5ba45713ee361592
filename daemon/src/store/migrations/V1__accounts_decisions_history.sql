-- What saysod keeps. Times are seconds since 1970; digests are SHA-256 in base64url.

-- An account that this computer answers for. The keys lie in the key store.
CREATE TABLE accounts (
    approver      TEXT PRIMARY KEY,
    account       TEXT NOT NULL,
    broker        TEXT NOT NULL,
    computer      TEXT NOT NULL,
    display       TEXT NOT NULL,
    broker_name   TEXT NOT NULL,
    broker_keys   TEXT NOT NULL,
    registered_at INTEGER NOT NULL,
    UNIQUE (broker, account)
) STRICT, WITHOUT ROWID;

-- What the person decided: the signed bytes, sent until the broker has answered.
CREATE TABLE decisions (
    digest     TEXT PRIMARY KEY,
    approver   TEXT NOT NULL,
    request    TEXT NOT NULL,
    broker     TEXT NOT NULL,
    asked      TEXT NOT NULL,
    verdict    TEXT NOT NULL,
    heard      TEXT NOT NULL,
    jws        TEXT NOT NULL,
    decided_at INTEGER NOT NULL,
    exp        INTEGER NOT NULL,
    ending     TEXT,
    settled_at INTEGER,
    collected_at INTEGER,
    told       TEXT NOT NULL DEFAULT '"nothing"'
) STRICT;
CREATE INDEX decisions_by_request ON decisions (approver, request);
CREATE INDEX decisions_unsent ON decisions (approver) WHERE ending IS NULL;
CREATE INDEX decisions_untold ON decisions (decided_at) WHERE told <> '"end"';

-- Requests that ended without a decision made here, so that each is written down once.
CREATE TABLE ends (
    approver TEXT NOT NULL,
    request  TEXT NOT NULL,
    PRIMARY KEY (approver, request)
) STRICT, WITHOUT ROWID;

-- The history: a hash chain over the entries' bytes, and its signed head.
CREATE TABLE history (
    number INTEGER PRIMARY KEY,
    entry  TEXT NOT NULL,
    hash   TEXT NOT NULL
) STRICT;
CREATE TABLE history_head (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    jws  TEXT NOT NULL
) STRICT;

-- The newest audit head of each broker, as it signed it.
CREATE TABLE audit_heads (
    broker TEXT PRIMARY KEY,
    length INTEGER NOT NULL,
    iat    INTEGER NOT NULL,
    hash   TEXT NOT NULL,
    jws    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
