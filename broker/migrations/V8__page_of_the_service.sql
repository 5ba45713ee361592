-- Whether a service may show the digits on a page of its own, and whether a request is asked so.
ALTER TABLE services ADD COLUMN own_page INTEGER NOT NULL DEFAULT 0;
ALTER TABLE requests ADD COLUMN own_page INTEGER NOT NULL DEFAULT 0;
