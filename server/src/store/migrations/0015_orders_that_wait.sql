-- Open orders whose sites say what they wait for.
CREATE INDEX order_waiting ON site_order (seq) WHERE open = 1 AND json_extract(state, '$.state') = 'waiting';
