-- From where an account approved, and which networks it reported: an IPv4 address, or an IPv6 /64.
CREATE TABLE networks (
    account TEXT NOT NULL,
    network TEXT NOT NULL,
    approved_at INTEGER,
    refused_until INTEGER,
    PRIMARY KEY (account, network)
) STRICT, WITHOUT ROWID;
-- What was approved from an IPv4 address is known from the start.
INSERT INTO networks (account, network, approved_at)
SELECT account, json_extract(origin, '$.address'), max(ended_at)
FROM requests
WHERE json_extract(life, '$.state.state') = 'approved' AND ended_at IS NOT NULL
  AND json_type(life, '$.state.reported_later') IS NOT 'text'
  AND json_extract(origin, '$.address') GLOB '*.*.*.*'
  AND json_extract(origin, '$.address') NOT GLOB '*:*'
GROUP BY 1, 2;
