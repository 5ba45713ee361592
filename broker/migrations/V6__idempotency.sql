-- What was answered to a call that has an Idempotency-Key. The login page's address is made of the
-- key and the salt: the key itself is kept as a hash.
CREATE TABLE idempotency (
    service TEXT NOT NULL,
    key_hash TEXT NOT NULL,
    body TEXT NOT NULL, -- SHA-256
    salt BLOB NOT NULL,
    request TEXT NOT NULL,
    expires_at INTEGER NOT NULL, -- as it was answered
    until INTEGER NOT NULL,
    PRIMARY KEY (service, key_hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_until ON idempotency (until);
