#!/bin/sh
# Reports a problem, and takes the report back again with its receipt. Needs curl.
site=${BROWNOUT:-http://localhost:8000}
key=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n') # new for each report; the same one for each repetition of it

answer=$(curl --fail-with-body --silent --retry 3 "$site/api/v1/reports" \
  -H 'Content-Type: application/json' -H "Idempotency-Key: $key" \
  -d '{"service": "tesla", "symptom": "http-503-maintenance", "region": "NL-NH", "platform": "ios"}') || {
  echo "$answer" >&2 # a problem document: it says what to change
  exit 1
}
field() { echo "$answer" | sed -E "s/.*\"$1\":\"([^\"]*)\".*/\1/"; }
echo "Stored as $(field id): $(field message)"

curl --fail --silent -X DELETE -H "X-Receipt: $(field receipt)" "$site/api/v1/reports/$(field id)" && echo "Withdrawn."
