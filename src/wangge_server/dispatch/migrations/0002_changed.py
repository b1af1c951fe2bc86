"""The database notes which transaction last changed what a phone shows of an envelope, and whom an envelope left."""

from django.db import migrations

WATCH = """
CREATE FUNCTION dispatch_task_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.changed := pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;
CREATE FUNCTION dispatch_task_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO dispatch_gone (worker_id, task_id, grid_code, handover_id)
  VALUES (OLD.worker_id, OLD.task_id, OLD.grid_code, nullif(current_setting('wangge.handover', true), '')::uuid);
  RETURN NULL;
END $$;
CREATE TRIGGER dispatch_task_changed BEFORE UPDATE ON dispatch_task FOR EACH ROW
WHEN ((OLD.worker_id, OLD.grid_code, OLD.household_id, OLD.grade, OLD.n_people, OLD."order", OLD.result_due, OLD.closed_at,
       OLD.withdrawn_at)
      IS DISTINCT FROM
      (NEW.worker_id, NEW.grid_code, NEW.household_id, NEW.grade, NEW.n_people, NEW."order", NEW.result_due, NEW.closed_at,
       NEW.withdrawn_at))
EXECUTE FUNCTION dispatch_task_changed();
CREATE TRIGGER dispatch_task_left AFTER UPDATE OF worker_id ON dispatch_task FOR EACH ROW
WHEN (OLD.worker_id IS NOT NULL AND OLD.worker_id IS DISTINCT FROM NEW.worker_id) EXECUTE FUNCTION dispatch_task_gone();
CREATE TRIGGER dispatch_task_withdrawn AFTER UPDATE OF withdrawn_at ON dispatch_task FOR EACH ROW
WHEN (OLD.worker_id IS NOT NULL AND OLD.withdrawn_at IS NULL AND NEW.withdrawn_at IS NOT NULL)
EXECUTE FUNCTION dispatch_task_gone();
CREATE TRIGGER dispatch_task_deleted AFTER DELETE ON dispatch_task FOR EACH ROW
WHEN (OLD.worker_id IS NOT NULL) EXECUTE FUNCTION dispatch_task_gone();
-- Room on each page: an attempt noted on a row then touches none of the table's indexes.
ALTER TABLE dispatch_task SET (fillfactor = 80);
"""
LIFT = """
ALTER TABLE dispatch_task RESET (fillfactor);
DROP TRIGGER dispatch_task_changed ON dispatch_task; DROP TRIGGER dispatch_task_left ON dispatch_task;
DROP TRIGGER dispatch_task_withdrawn ON dispatch_task; DROP TRIGGER dispatch_task_deleted ON dispatch_task;
DROP FUNCTION dispatch_task_changed(); DROP FUNCTION dispatch_task_gone();
"""


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial")]
    operations = [migrations.RunSQL(WATCH, LIFT)]
