-- Who has to do with a request: 0 nobody was asked, 1 an approver was, 2 a person acted on it. And
-- when it is forgotten, once it has ended.
ALTER TABLE requests ADD COLUMN regard INTEGER NOT NULL DEFAULT 1;
ALTER TABLE requests ADD COLUMN forget_at INTEGER NOT NULL DEFAULT 0;
UPDATE requests SET regard = 2
WHERE receipt IS NOT NULL OR json_extract(life, '$.state.state') IN ('approved', 'denied');
UPDATE requests SET forget_at = exp + CASE regard WHEN 2 THEN 7776000 ELSE 86400 END;
DROP INDEX requests_ended;
CREATE INDEX requests_ended ON requests (account, regard, ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX requests_over ON requests (forget_at) WHERE ended_at IS NOT NULL;
CREATE INDEX decisions_about ON decisions (request);
-- Whether it came from the network of an approver that was connected then.
ALTER TABLE requests ADD COLUMN theirs INTEGER NOT NULL DEFAULT 0;

-- When nothing counts any more of what is known of a network.
ALTER TABLE networks ADD COLUMN until INTEGER NOT NULL DEFAULT 0;
UPDATE networks SET until =
    max(ifnull(approved_at + 7776000, 0), ifnull(refused_until + 600, 0));
CREATE INDEX networks_until ON networks (until);
