#!/bin/sh
# Is it down? Exits 0 where all is well, 1 in an outage, 2 where nobody knows. Needs curl; any cron or hook can use it.
site=${BROWNOUT:-http://localhost:8000}
service=${1:-tesla}

answer=$(curl --fail --silent --show-error "$site/api/v1/services/$service/status") || exit 2
echo "$answer" | grep -oE '"(verdict|sentence|as_of)":"[^"]*"'

case $answer in
  *'"ok":true'*) exit 0 ;;
  *'"ok":false'*) exit 1 ;;
  *) exit 2 ;; # null is no all-clear: nobody was watching
esac
