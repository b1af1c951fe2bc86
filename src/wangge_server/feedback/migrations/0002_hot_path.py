"""What the morning's writes do not need: indexes for LIKE on ids that nobody searches by their beginning, and full pages."""

from django.db import migrations

LEAN = """
DO $$ DECLARE found record; BEGIN
  FOR found IN SELECT indexname FROM pg_indexes
    WHERE tablename IN ('field_answer', 'feedback_outcome') AND indexname LIKE '%\\_like'
  LOOP EXECUTE format('DROP INDEX %I', found.indexname); END LOOP;
END $$;
-- Room on each page: a door that is confirmed then touches none of the table's indexes.
ALTER TABLE feedback_coverage SET (fillfactor = 80);
"""


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_initial"), ("field", "0001_initial")]
    operations = [migrations.RunSQL(LEAN, migrations.RunSQL.noop)]
