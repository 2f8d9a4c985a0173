SELECT 'it''s', "a""b", `c``d`, [e f], x'0aF', X'1', 1.5e-3, 0x1F, .5, 1_000, :a, @b, $c::d(e), ?1, ?;
CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; -- END;
END; /* open
*/ SELECT a->>'$.b', a <> b, a || b, a == b, 1 << 2, ~1, größe FROM "数据"; 'never closed
