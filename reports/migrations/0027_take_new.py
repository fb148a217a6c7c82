from django.db import migrations

# What a batch of reports is stored by, in one message. It takes those of senders of whom nothing is stored: neither an
# answer under one of the keys, nor a report by one of the reporters between `since` and `until`. Of the others it only
# says who they are, NULL where there are none. Whoever sends under the same key or as the same reporter waits until the transaction has ended.
#
# Plans are kept, and never made for single values: which partitions matter is found when they are carried out.
CREATE = """
CREATE FUNCTION reports_take_new(
    new_rows json, new_answers json, locks bigint[], reporters bigint[], keys bytea[], since timestamptz,
    until timestamptz, due timestamptz, OUT is_late boolean, OUT known_reporters bigint[], OUT known_keys bytea[]
)
LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $$
DECLARE
    reporters_there bigint[] := '{}';
    keys_there bytea[] := '{}';
BEGIN
    IF locks <> '{}' THEN
        PERFORM pg_advisory_xact_lock(number) FROM unnest(locks) AS number;
    END IF;
    IF keys <> '{}' THEN
        SELECT coalesce(array_agg(k.key_hash), '{}') INTO keys_there
        FROM reports_idempotencykey AS k WHERE k.key_hash = ANY(keys);
    END IF;
    IF reporters <> '{}' THEN
        SELECT coalesce(array_agg(who.reporter), '{}') INTO reporters_there
        FROM unnest(reporters) AS who (reporter) CROSS JOIN LATERAL (
            SELECT 1 FROM reports_report AS r
            WHERE r.reporter = who.reporter AND r.reporter <> 0 AND r.at > since AND r.at <= until LIMIT 1
        ) AS earlier;
    END IF;
    known_reporters := nullif(reporters_there, '{}');
    known_keys := nullif(keys_there, '{}');
    is_late := clock_timestamp() >= due;
    IF is_late THEN
        RETURN;
    END IF;
    IF new_answers IS NOT NULL THEN
        INSERT INTO reports_idempotencykey (key_hash, request_hash, status, body, created_at)
        SELECT decode(one.key_hash, 'base64'), decode(one.request_hash, 'base64'), one.status, one.body, one.created_at
        FROM json_to_recordset(new_answers) AS one (
            key_hash text, request_hash text, status smallint, body jsonb, created_at timestamptz, reporter bigint
        )
        WHERE decode(one.key_hash, 'base64') <> ALL(keys_there) AND one.reporter <> ALL(reporters_there);
    END IF;
    INSERT INTO reports_report (
        id, at, received_at, occurred_at, service_id, component_id, symptom_id, network, wide_network, asn, reporter,
        kind, verdict, late, country, region, platform, error_code, note, door, rule, receipt_hash, weight
    )
    SELECT
        one.id, one.at, one.received_at, one.occurred_at, one.service_id, one.component_id, one.symptom_id,
        one.network, one.wide_network, one.asn, one.reporter, one.kind, one.verdict, one.late, one.country, one.region,
        one.platform, one.error_code, one.note, one.door, one.rule, decode(one.receipt_hash, 'base64'), one.weight
    FROM json_to_recordset(new_rows) AS one (
        id uuid, at timestamptz, received_at timestamptz, occurred_at timestamptz, service_id bigint,
        component_id bigint, symptom_id bigint, network bigint, wide_network bigint, asn bigint, reporter bigint,
        kind smallint, verdict smallint, late boolean, country text, region text, platform text, error_code text,
        note text, door text, rule text, receipt_hash text, weight real, key_hash text
    )
    WHERE one.reporter <> ALL(reporters_there)
        AND (one.key_hash IS NULL OR decode(one.key_hash, 'base64') <> ALL(keys_there));
END
$$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0026_former_slugs"),
    ]

    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION reports_take_new"),
    ]
