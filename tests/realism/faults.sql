-- The faults, one of each, in the rows of planted.sql.
UPDATE person_user SET updated_at = '2023-01-01' WHERE id = 2;      -- updated before created
UPDATE person_user SET deleted_at = '2023-01-01' WHERE id = 3;      -- deleted before created
UPDATE person_user SET birth_date = '2020-01-01' WHERE id = 4;      -- babies at work, hired as a child
UPDATE person_user SET birth_date = '1901-01-01' WHERE id = 5;      -- older than 105
UPDATE person_user SET is_admin = true;                             -- half of them administrators
UPDATE person_user SET email = 'zzz@example.com' WHERE id = 6;      -- name and e-mail disagree
UPDATE person_user SET first_name = 'Ana Zimmermann', email = 'ana@example.com' WHERE id = 7; -- first name with a family name
UPDATE person_user SET last_name = 'Patrícia Lima', email = 'ana@example.com' WHERE id = 8;   -- last name with a first name
UPDATE person_user SET state = 'SP' WHERE id = 9;                   -- city is not in its state
UPDATE product SET note = md5(id::text) || 'xkq Zvw7Qp3Rt';         -- random letters
UPDATE product SET slug = 'outra-coisa' WHERE id = 2;               -- slug is not its name's
UPDATE product SET cost = 1000 WHERE id = 3;                        -- costs more than its price
UPDATE product SET kind = 'a';                                      -- one value in all rows
UPDATE orders SET created_at = '2023-01-01', ordered_at = '2023-01-01' WHERE id = 3;  -- born before its parent
UPDATE orders SET paid_at = ordered_at WHERE id = 5;                -- unpaid with paid_at
UPDATE orders SET paid_at = NULL WHERE id = 7;                      -- paid without paid_at
UPDATE orders SET delivered_at = shipped_at - interval '1 hour' WHERE id = 8;   -- delivered before shipped
UPDATE orders SET paid_at = ordered_at - interval '1 hour' WHERE id = 9;        -- events out of order, event before its row
UPDATE orders SET shipped_at = ordered_at WHERE id = 10;            -- shipped against its status
UPDATE orders SET delivered_at = NULL WHERE id = 12;                -- delivered against its status
UPDATE orders SET cancelled_at = NULL WHERE id = 11;                -- cancelled without its date
UPDATE orders SET cancelled_at = ordered_at WHERE id = 13;          -- not cancelled with its date
UPDATE orders SET total = total + 1 WHERE id = 14;                  -- total is not the sum of its parts
UPDATE orders SET subtotal = subtotal + 1, total = total + 1 WHERE id = 15;     -- total is not the sum of its lines
UPDATE orders SET discount = subtotal + 1, total = -1 WHERE id = 17; -- discount above the price, amount below zero
UPDATE orders SET items_count = 9 WHERE id = 18;                    -- counter that does not count
UPDATE items SET amount = amount + 1 WHERE order_id = 19 AND line = 1;          -- line total is not quantity times price
UPDATE items SET unit_price = unit_price + 1 WHERE order_id = 20 AND line = 1;  -- price is not the product's
UPDATE items SET quantity = 5000 WHERE order_id = 21 AND line = 1;  -- number out of what its name says
UPDATE comments SET subject_id = 999 WHERE id = 2;                  -- type and id point to no row
UPDATE comments SET created_at = '2027-01-01' WHERE id = 3;         -- after today
