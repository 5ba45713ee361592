-- How each key of the broker took the place of the one before, which signed it.
CREATE TABLE rotations (
    n INTEGER PRIMARY KEY,
    from_kid TEXT NOT NULL UNIQUE,
    from_jwk TEXT NOT NULL,
    to_kid TEXT NOT NULL UNIQUE,
    jws TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;
