#!/bin/sh
# Prints what Liquibase itself makes of the changelogs in tests/fixtures/liquibase/printed, for PostgreSQL and without one.
# Needs Java, npm, tar; the npm package liquibase 4.28.1 carries Liquibase 4.28.0.
set -eu
fixtures=$(cd "$(dirname "$0")/../../fixtures/liquibase/printed" && pwd)
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT
(cd "$work" && npm pack --silent liquibase@4.28.1 && tar xzf liquibase-4.28.1.tgz)
jars=$(find "$work/package/dist/liquibase/internal/lib" -name '*.jar' | tr '\n' ':')
for changelog in changes.xml root.yaml; do
    (cd "$fixtures" && java -cp "$jars" liquibase.integration.commandline.LiquibaseCommandLine --headless=true --show-banner=false \
        "--changelog-file=$changelog" "--url=offline:postgresql?outputLiquibaseSql=none&changeLogFile=$work/$changelog.csv" \
        update-sql 2> "$work/said" || cat "$work/said") | grep -v -e '^--' -e '^$' > "$fixtures/$changelog.sql"
done
