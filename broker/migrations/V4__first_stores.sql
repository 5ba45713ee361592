-- What the first version wrote, in the words of today. It knew one way to approve and no button on
-- the page for the same computer: a way that nobody chose is not offered.
UPDATE accounts SET settings = json_set(settings, '$.same_device', 'off')
WHERE settings IS NOT NULL AND json_type(settings, '$.same_device') IS NULL;

UPDATE requests SET life = json_set(life, '$.state.method', 'code')
WHERE json_extract(life, '$.state.state') IN ('bound', 'approved')
  AND json_type(life, '$.state.method') IS NULL;

UPDATE requests SET life = json_set(life, '$.state.reason', 'approver_removed')
WHERE json_extract(life, '$.state.reason') = 'approver-removed';
