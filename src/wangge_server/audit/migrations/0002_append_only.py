"""The database itself refuses to change or delete what was done, and keeps every new event for the sealer."""

from django.db import migrations

TABLES = ("audit_event", "audit_leaf", "audit_node", "audit_head")
GUARD = """
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit events are append-only'; END $$;
""" + "".join(
    f"""
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION audit_append_only();
"""
    for table in TABLES
)
# In the transaction of the event itself: what is committed is pending or sealed, never neither.
WAIT = """
CREATE FUNCTION audit_await_seal() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO audit_pending (event_id) SELECT id FROM fresh; RETURN NULL; END $$;
CREATE TRIGGER audit_await_seal AFTER INSERT ON audit_event
REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION audit_await_seal();
"""
LIFT = (
    "".join(f"DROP TRIGGER audit_append_only ON {table};" for table in TABLES)
    + "DROP FUNCTION audit_append_only(); DROP TRIGGER audit_await_seal ON audit_event; DROP FUNCTION audit_await_seal();"
)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunSQL(GUARD + WAIT, LIFT)]
