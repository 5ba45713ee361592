-- Secrets that only come back (page ids, cookies, tickets, API keys) are kept as SHA-256 hashes.

CREATE TABLE broker (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    origin TEXT NOT NULL,
    key_id TEXT NOT NULL
) STRICT;

CREATE TABLE services (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    key_hash TEXT NOT NULL UNIQUE,
    added_at INTEGER NOT NULL,
    removed_at INTEGER
) STRICT;

CREATE TABLE return_urls (
    service TEXT NOT NULL REFERENCES services (id),
    url TEXT NOT NULL,
    PRIMARY KEY (service, url)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    name TEXT PRIMARY KEY,
    display TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    settings TEXT -- set by the first approver, once
) STRICT;

CREATE TABLE activations (
    account TEXT PRIMARY KEY REFERENCES accounts (name),
    salt BLOB NOT NULL,
    hash BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    wrong INTEGER NOT NULL
) STRICT;

CREATE TABLE approvers (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (name),
    name TEXT NOT NULL,
    jwk TEXT NOT NULL,
    link_jwk TEXT NOT NULL,
    link_kid TEXT NOT NULL UNIQUE,
    since INTEGER NOT NULL,
    removed_at INTEGER,
    lockout TEXT NOT NULL
) STRICT;
CREATE INDEX approvers_of_account ON approvers (account);

CREATE TABLE requests (
    id TEXT PRIMARY KEY,
    service TEXT NOT NULL,
    service_name TEXT NOT NULL,
    account TEXT NOT NULL,
    action TEXT NOT NULL,
    origin TEXT NOT NULL,
    locale TEXT NOT NULL,
    return_url TEXT NOT NULL,
    return_state TEXT,
    page TEXT NOT NULL UNIQUE,
    holder TEXT,
    code TEXT, -- until it ends
    receipt TEXT, -- once bound
    life TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    exp INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    ended_at INTEGER,
    outcome TEXT,
    ticket TEXT,
    ticket_until INTEGER,
    collected_at INTEGER
) STRICT;
CREATE INDEX requests_waiting ON requests (account) WHERE ended_at IS NULL;
CREATE INDEX requests_due ON requests (expires_at) WHERE ended_at IS NULL;
CREATE INDEX requests_ended ON requests (account, ended_at) WHERE ended_at IS NOT NULL;

-- The request as signed for one approver: the same bytes ever after.
CREATE TABLE signed_requests (
    request TEXT NOT NULL,
    approver TEXT NOT NULL,
    jws TEXT NOT NULL,
    PRIMARY KEY (request, approver)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
    hash TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    approver TEXT NOT NULL,
    jws TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Signed messages that were answered: the same bytes get the same answer until they expire.
CREATE TABLE messages (
    approver TEXT NOT NULL,
    jti TEXT NOT NULL,
    digest TEXT NOT NULL,
    answer TEXT NOT NULL,
    until INTEGER NOT NULL,
    PRIMARY KEY (approver, jti)
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_until ON messages (until);

CREATE TABLE audit (
    n INTEGER PRIMARY KEY,
    entry TEXT NOT NULL,
    hash TEXT NOT NULL
) STRICT;

CREATE TABLE audit_head (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    jws TEXT NOT NULL
) STRICT;
