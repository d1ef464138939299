-- Author: jk
-- Date: 2026-10-21
-- Issue: 4681

CREATE INDEX position_by_account ON position (account_id, instrument_id);
