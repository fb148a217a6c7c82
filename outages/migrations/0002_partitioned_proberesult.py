"""The table of probe results, one partition a day. Days are added by reports/partitions.py."""

from django.db import migrations

CREATE = """
CREATE TABLE outages_proberesult (
    id uuid NOT NULL,
    at timestamptz NOT NULL,
    service_id bigint NOT NULL,
    probe varchar(60) NOT NULL,
    vantage varchar(40) NOT NULL,
    component varchar(40) NOT NULL,
    countries varchar(2)[] NOT NULL DEFAULT '{}',
    control boolean NOT NULL DEFAULT false,
    classification varchar(10) NOT NULL,
    http_status smallint,
    error varchar(10) NOT NULL DEFAULT '',
    detail varchar(300) NOT NULL DEFAULT '',
    body varchar(200) NOT NULL DEFAULT '',
    dns_ms double precision,
    connect_ms double precision,
    tls_ms double precision,
    first_byte_ms double precision,
    latency_ms double precision,
    PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE outages_proberesult_default PARTITION OF outages_proberesult DEFAULT;
CREATE INDEX probe_results_by_minute ON outages_proberesult (service_id, at);
CREATE INDEX probe_results_by_probe ON outages_proberesult (service_id, probe, vantage, at DESC);
"""


class Migration(migrations.Migration):
    dependencies = [("outages", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE outages_proberesult")]
