-- The key in use, and those that it took the place of, with the time until which they count.
UPDATE accounts SET broker_keys =
    json_object('current', json_extract(broker_keys, '$[0]'), 'former', json_array());
