-- Author: bn
-- Date: 2026-11-21 10:15:00
-- Issue: 4711

ALTER TABLE order_book ADD COLUMN odd_lot BOOLEAN NOT NULL DEFAULT FALSE;
