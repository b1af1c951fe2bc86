"""The database itself lets an appeal go only the ways of appeals.toml (a test holds the two together) and keeps what was said."""

from django.db import migrations

WAYS = (
    ("submitted", "acknowledged"), ("submitted", "in_favour"), ("submitted", "withdrawn"), ("submitted", "lapsed"),
    ("acknowledged", "upheld"), ("acknowledged", "corrected"), ("acknowledged", "withdrawn"), ("acknowledged", "in_favour"),
    ("acknowledged", "lapsed"), ("in_favour", "upheld"), ("in_favour", "corrected"),
)  # fmt: skip
PAIRS = ", ".join(f"('{a}', '{b}')" for a, b in WAYS)
GUARD = f"""
CREATE FUNCTION risk_appeal_ended(which uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT NOT EXISTS (SELECT FROM risk_appeal a JOIN emergency_emergency e ON e.code = a.emergency_id
                      WHERE a.id = which AND e.phase <> 'ended') $$;

CREATE FUNCTION risk_appeal_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN
    IF NOT risk_appeal_ended(OLD.id) THEN RAISE EXCEPTION 'an appeal is kept until its emergency ends'; END IF;
    RETURN OLD;
  END IF;
  IF (to_jsonb(NEW) - 'state') IS DISTINCT FROM (to_jsonb(OLD) - 'state') THEN
    RAISE EXCEPTION 'what was appealed cannot change';
  END IF;
  IF NEW.state <> OLD.state AND (OLD.state, NEW.state) NOT IN ({PAIRS}) THEN RAISE EXCEPTION 'an appeal goes no such way'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER risk_appeal_stands BEFORE UPDATE OR DELETE ON risk_appeal FOR EACH ROW EXECUTE FUNCTION risk_appeal_stands();

CREATE FUNCTION risk_move_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' AND risk_appeal_ended(OLD.appeal_id) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'what was done in an appeal cannot change';
END $$;
CREATE TRIGGER risk_move_stands BEFORE UPDATE OR DELETE ON risk_appealmove FOR EACH ROW EXECUTE FUNCTION risk_move_stands();
"""
LIFT = """
DROP TRIGGER risk_move_stands ON risk_appealmove; DROP TRIGGER risk_appeal_stands ON risk_appeal;
DROP FUNCTION risk_move_stands(); DROP FUNCTION risk_appeal_stands(); DROP FUNCTION risk_appeal_ended(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0002_cell_stands")]
    operations = [migrations.RunSQL(GUARD, LIFT)]
