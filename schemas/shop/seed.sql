-- A new shop has a coupon for its first customers.
INSERT INTO coupons (code, percent) VALUES ('WELCOME', 10);
