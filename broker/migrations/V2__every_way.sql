-- What the page offers and its secrets, until the request ends; what an approval waits for, until
-- it is confirmed; the finish address's token as a hash, so that it is known again ever after.
ALTER TABLE requests ADD COLUMN offer TEXT;
ALTER TABLE requests ADD COLUMN confirmation TEXT;
ALTER TABLE requests ADD COLUMN finish TEXT;
UPDATE requests SET offer = json_object('chosen', json_object('code', code)) WHERE code IS NOT NULL;
ALTER TABLE requests DROP COLUMN code;
CREATE UNIQUE INDEX requests_finish ON requests (finish);
