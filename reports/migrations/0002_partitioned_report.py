"""The table of reports, one partition a day. Days are added by reports/partitions.py."""

from django.db import migrations

CREATE = """
CREATE TABLE reports_report (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    occurred_at timestamptz NOT NULL,
    service_id bigint NOT NULL,
    component_id bigint NOT NULL,
    symptom_id bigint,
    network bigint NOT NULL DEFAULT 0,
    wide_network bigint NOT NULL DEFAULT 0,
    asn bigint NOT NULL DEFAULT 0,
    reporter bigint NOT NULL DEFAULT 0,
    kind smallint NOT NULL DEFAULT 0,
    verdict smallint NOT NULL DEFAULT 0,
    late boolean NOT NULL DEFAULT false,
    country varchar(2) NOT NULL DEFAULT '',
    region varchar(6) NOT NULL DEFAULT '',
    platform varchar(10) NOT NULL DEFAULT '',
    error_code varchar(40) NOT NULL DEFAULT '',
    note varchar(500) NOT NULL DEFAULT '',
    door varchar(10) NOT NULL,
    rule varchar(40) NOT NULL DEFAULT '',
    receipt_hash bytea NOT NULL,
    withdrawn_at timestamptz,
    corrected_at timestamptz,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE reports_report_default PARTITION OF reports_report DEFAULT;
CREATE INDEX reports_by_minute ON reports_report (service_id, at);
CREATE INDEX reports_by_reporter ON reports_report (reporter, at) WHERE reporter <> 0;
CREATE INDEX reports_late ON reports_report (service_id, received_at) WHERE late;
CREATE INDEX reports_corrected ON reports_report (service_id, corrected_at) WHERE corrected_at IS NOT NULL;
CREATE INDEX reports_withdrawn ON reports_report (service_id, withdrawn_at) WHERE withdrawn_at IS NOT NULL;
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE reports_report")]
