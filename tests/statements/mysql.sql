/*!40101 SET NAMES utf8mb4 */;
--> nothing
SET FOREIGN_KEY_CHECKS = 0;
--> nothing
USE shop;
--> set_search_path shop
CREATE TABLE `t` (`id` int unsigned NOT NULL AUTO_INCREMENT, `key` varchar(9), PRIMARY KEY (`id`), KEY `k` (`key`)) ENGINE=InnoDB;
--> create_table table t
ALTER TABLE t CHANGE COLUMN a b BIGINT NOT NULL, MODIFY c TEXT AFTER b, ADD d INT FIRST, DROP e;
--> rename_column t.a → b; retype_column t.b: BIGINT; retype_column t.c: TEXT; reorder_column t.c; add_column t.d INT; reorder_column t.d; drop_column t.e
ALTER TABLE t DROP FOREIGN KEY f, DROP INDEX k, ADD FULLTEXT INDEX ft (c), ALGORITHM=INPLACE, LOCK=NONE;
--> drop_constraint f; drop_index k; add_constraint FULLTEXT INDEX; set_storage t; set_storage t
ALTER TABLE t RENAME INDEX k TO l;
--> rename_index k TO l
ALTER TABLE t DROP PARTITION p0;
--> delete_rows t
ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4;
--> set_storage TO CHARACTER SET utf8mb4
RENAME TABLE a TO tmp, b TO a, tmp TO b;
--> rename_table a → tmp; rename_table b → a; rename_table tmp → b
CREATE ALGORITHM=MERGE DEFINER=`root`@`localhost` SQL SECURITY INVOKER VIEW v AS SELECT id FROM t;
--> create_view view v
INSERT INTO t (id) VALUES (1) ON DUPLICATE KEY UPDATE n = n + 1;
--> insert_rows t; update_values t.n
REPLACE INTO t VALUES (1);
--> rewrite_rows t
INSERT IGNORE INTO t VALUES (2);
--> insert_rows t
LOAD DATA LOCAL INFILE 'x.csv' INTO TABLE t FIELDS TERMINATED BY ',';
--> insert_rows t
LOCK TABLES t WRITE;
--> nothing
SET @sql = IF(@n > 0, 'ALTER TABLE t DROP COLUMN z', 'SELECT 1');
--> nothing
PREPARE s FROM @sql;
--> nothing
EXECUTE s;
--> perhaps drop_column t.z
--> nothing
DEALLOCATE PREPARE s;
--> nothing
DELIMITER $$
CREATE PROCEDURE drop_it(IN name VARCHAR(64))
BEGIN
  IF (SELECT 1) THEN
    SET @q = CONCAT('ALTER TABLE ', name, ' DROP COLUMN id');
--> nothing
    PREPARE s FROM @q;
--> nothing
    EXECUTE s;
--> perhaps drop_column orders.id
  END IF;
END$$
--> create_procedure drop_it
DELIMITER ;
CALL drop_it('orders');
--> nothing
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;
--> create_trigger tr
CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t;
--> create_event e
UPDATE t, t2 SET t.d = 'z', t2.a = 1 WHERE t.id = t2.a AND t.d = 'y';
--> remap_values t.d: y → z; update_values t2.a
UPDATE orders o JOIN lines l ON l.id = o.id SET o.a = 1, l.b = 2;
--> update_values orders.a; update_values lines.b
DELETE FROM t, t2 USING t INNER JOIN t2 WHERE t.id = t2.a;
--> delete_rows t; delete_rows t2
DELETE a, b FROM orders a JOIN lines b ON a.id = b.id;
--> delete_rows orders; delete_rows lines
RENAME USER a TO b;
--> rename_user a TO b
DELIMITER ;;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER `tr` BEFORE INSERT ON `t` FOR EACH ROW BEGIN
  SET NEW.d = 'x';
END */;;
--> create_trigger `tr`
DELIMITER ;

/*!40000 ALTER TABLE `carts` DROP COLUMN `note` */;
--> drop_column carts.note
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50001 VIEW open_carts AS SELECT id FROM carts */;
--> create_view view open_carts
ALTER TABLE carts TRUNCATE PARTITION p0, p1;
--> delete_rows carts
ALTER TABLE carts ORDER BY id, total DESC;
--> set_storage id
ALTER ALGORITHM=MERGE VIEW open_carts AS SELECT id FROM carts;
--> replace_view view open_carts
ALTER TABLE carts ADD SYSTEM VERSIONING;
--> set_storage carts
ALTER INSTANCE ROTATE INNODB MASTER KEY;
--> maintain ROTATE INNODB MASTER KEY
CREATE SPATIAL REFERENCE SYSTEM 4120 NAME 'x' DEFINITION 'y';
--> create_reference_system 4120 NAME 'x' DEFINITION 'y'
