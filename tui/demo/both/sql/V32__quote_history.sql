-- Author: mk
-- Date: 2026-11-02
-- Issue: 4696

CREATE TABLE quote_history (
    instrument_id INTEGER NOT NULL,
    at            TIMESTAMP NOT NULL,
    bid           DECIMAL(18, 6),
    ask           DECIMAL(18, 6),
    PRIMARY KEY (instrument_id, at)
);
