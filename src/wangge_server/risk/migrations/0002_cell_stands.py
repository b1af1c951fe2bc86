"""The database itself keeps a batch as it was proposed, lets it be in force only with three signatures, and refuses a grade
that no signed batch holds. What ends with the emergency may be deleted once it ended."""

from django.db import migrations

GUARD = """
CREATE FUNCTION risk_event_ended(which uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT NOT EXISTS (SELECT FROM risk_batch b JOIN emergency_emergency e ON e.code = b.emergency_id
                      WHERE b.id = which AND e.phase <> 'ended') $$;

CREATE FUNCTION risk_batch_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN
    IF NOT risk_event_ended(OLD.id) THEN RAISE EXCEPTION 'a batch stands until its emergency ends'; END IF;
    RETURN OLD;
  END IF;
  IF (NEW.id, NEW.emergency_id, NEW.as_of, NEW.digest, NEW.counts, NEW.changes, NEW.checked, NEW.alarms, NEW.proposed_at,
      NEW.expires_at) IS DISTINCT FROM (OLD.id, OLD.emergency_id, OLD.as_of, OLD.digest, OLD.counts, OLD.changes, OLD.checked,
      OLD.alarms, OLD.proposed_at, OLD.expires_at) THEN
    RAISE EXCEPTION 'a proposed batch cannot change';
  END IF;
  IF NEW.state <> OLD.state AND NOT (OLD.state = 'proposed' AND NEW.state IN ('signed', 'superseded', 'refused')
                                     OR OLD.state = 'signed' AND NEW.state = 'recalled') THEN
    RAISE EXCEPTION 'a batch goes no such way';
  END IF;
  IF NEW.state = 'signed' AND OLD.state <> 'signed' AND (SELECT count(*) FROM risk_signature WHERE batch_id = NEW.id) <> 3 THEN
    RAISE EXCEPTION 'a batch takes three signatures';
  END IF;
  IF OLD.state = 'signed' AND NEW.signed_at IS DISTINCT FROM OLD.signed_at THEN
    RAISE EXCEPTION 'a signed batch cannot change';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER risk_batch_stands BEFORE UPDATE OR DELETE ON risk_batch FOR EACH ROW EXECUTE FUNCTION risk_batch_stands();

CREATE FUNCTION risk_row_stands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'INSERT' THEN
    IF NOT EXISTS (SELECT FROM risk_batch WHERE id = NEW.batch_id AND state = 'proposed') THEN
      RAISE EXCEPTION 'this batch takes no more rows';
    END IF;
    RETURN NEW;
  ELSIF TG_OP = 'DELETE' AND risk_event_ended(OLD.batch_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'what a batch holds cannot change';
END $$;
CREATE TRIGGER risk_row_stands BEFORE INSERT OR UPDATE OR DELETE ON risk_proposed FOR EACH ROW EXECUTE FUNCTION risk_row_stands();
CREATE TRIGGER risk_row_stands BEFORE INSERT OR UPDATE OR DELETE ON risk_signature FOR EACH ROW EXECUTE FUNCTION risk_row_stands();
CREATE TRIGGER risk_row_stands BEFORE INSERT OR UPDATE OR DELETE ON risk_guardanswer FOR EACH ROW EXECUTE FUNCTION risk_row_stands();

-- A grade is what a signed batch says of the person, or weaker, or shorter. Its row is written once and kept: it may end, once,
-- by an act that is named, and nothing else of it changes.
CREATE FUNCTION risk_grade_is_signed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF TG_OP = 'DELETE' THEN
    IF NOT risk_event_ended(OLD.batch_id) THEN RAISE EXCEPTION 'a grade that ended is kept until its emergency ends'; END IF;
    RETURN OLD;
  ELSIF TG_OP = 'UPDATE' THEN
    IF (NEW.id, NEW.emergency_id, NEW.batch_id, NEW.person_id, NEW.grade, NEW.rules, NEW.facts, NEW.evidence, NEW.protocol,
        NEW.as_of, NEW.expires_on, NEW.next_on, NEW.valid_from, NEW.made_by)
       IS DISTINCT FROM (OLD.id, OLD.emergency_id, OLD.batch_id, OLD.person_id, OLD.grade, OLD.rules, OLD.facts, OLD.evidence,
        OLD.protocol, OLD.as_of, OLD.expires_on, OLD.next_on, OLD.valid_from, OLD.made_by)
       OR OLD.valid_until IS NOT NULL OR NEW.valid_until IS NULL THEN
      RAISE EXCEPTION 'a grade cannot change, it can only end';
    END IF;
    RETURN NEW;
  END IF;
  IF EXISTS (SELECT FROM risk_proposed p JOIN risk_batch b ON b.id = p.batch_id
             WHERE p.proposed_id = NEW.batch_id || ':' || NEW.person_id AND b.state = 'signed'
               AND array_position('{blue,yellow,red}'::text[], NEW.grade::text)
                   <= array_position('{blue,yellow,red}'::text[], p.grade::text)
               AND NEW.expires_on <= p.expires_on AND b.emergency_id = NEW.emergency_id) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'no signed batch holds this grade';
END $$;
CREATE TRIGGER risk_grade_is_signed BEFORE INSERT OR UPDATE OR DELETE ON risk_grade FOR EACH ROW
  EXECUTE FUNCTION risk_grade_is_signed();
"""
LIFT = """
DROP TRIGGER risk_grade_is_signed ON risk_grade;
DROP TRIGGER risk_row_stands ON risk_guardanswer;
DROP TRIGGER risk_row_stands ON risk_signature;
DROP TRIGGER risk_row_stands ON risk_proposed;
DROP TRIGGER risk_batch_stands ON risk_batch;
DROP FUNCTION risk_grade_is_signed(); DROP FUNCTION risk_row_stands(); DROP FUNCTION risk_batch_stands();
DROP FUNCTION risk_event_ended(uuid);
"""


class Migration(migrations.Migration):
    dependencies = [("risk", "0001_initial")]
    operations = [migrations.RunSQL(GUARD, LIFT)]
