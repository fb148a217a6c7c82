import django.db.models.deletion
from django.db import migrations, models

# A position is given at the commit, by deferred triggers, under a lock that is held until the commit is done.
# Positions thus grow in the order of commits, whatever the ids of the events are. Each writer wakes the listeners.
TRIGGERS = """
CREATE FUNCTION outages_live_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_service bigint;
BEGIN
    SELECT i.service_id INTO its_service FROM outages_incidentevent e
        JOIN outages_incident i ON i.id = e.incident_id WHERE e.id = NEW.id;
    IF FOUND THEN
        PERFORM pg_advisory_xact_lock(hashtext('outages.live'), 0);
        INSERT INTO outages_liveentry (service_id, event_id) VALUES (its_service, NEW.id);
        PERFORM pg_notify('outages_live', its_service::text);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER outages_live_event AFTER INSERT ON outages_incidentevent
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION outages_live_event();

CREATE FUNCTION outages_live_anew() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM reports_service WHERE id = OLD.service_id) THEN
        PERFORM pg_advisory_xact_lock(hashtext('outages.live'), 0);
        INSERT INTO outages_liveentry (service_id) VALUES (OLD.service_id);
        PERFORM pg_notify('outages_live', OLD.service_id::text);
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER outages_live_anew AFTER DELETE ON outages_detectorstate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION outages_live_anew();

CREATE FUNCTION outages_live_scanned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('outages_live', NEW.service_id::text);
    RETURN NULL;
END $$;

CREATE TRIGGER outages_live_scanned AFTER INSERT OR UPDATE ON outages_detectorstate
    FOR EACH ROW EXECUTE FUNCTION outages_live_scanned();

INSERT INTO outages_liveentry (service_id, event_id)
    SELECT i.service_id, e.id FROM outages_incidentevent e JOIN outages_incident i ON i.id = e.incident_id ORDER BY e.id;
"""

NO_TRIGGERS = """
DROP TRIGGER outages_live_event ON outages_incidentevent;
DROP TRIGGER outages_live_anew ON outages_detectorstate;
DROP TRIGGER outages_live_scanned ON outages_detectorstate;
DROP FUNCTION outages_live_event();
DROP FUNCTION outages_live_anew();
DROP FUNCTION outages_live_scanned();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("outages", "0020_notices"),
        ("reports", "0002_partitioned_report"),
    ]

    operations = [
        migrations.CreateModel(
            name="LiveEntry",
            fields=[
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "event",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="live_entry",
                        to="outages.incidentevent",
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="live_entries",
                        to="reports.service",
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
                "indexes": [models.Index(fields=["service", "position"], name="live_entries_by_service")],
            },
        ),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
