//! The peers: the same facts and rules as tables, and one set-based query with a window function for all winners.

use crate::Row;
use crate::fleet::{Facts, Winners};
use crate::postgres::{Cluster, connect};
use anyhow::{Result, ensure};
use futures_util::SinkExt;
use rusqlite::Connection;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const TABLES: [(&str, &str); 11] = [
    (
        "computer",
        "id BIGINT PRIMARY KEY, tenant BIGINT, class BIGINT, person BIGINT",
    ),
    ("computer_tag", "computer BIGINT, tag BIGINT"),
    ("tenant_tag", "tenant BIGINT, tag BIGINT"),
    ("person_tag", "person BIGINT, tag BIGINT"),
    ("reach", "tenant BIGINT, target BIGINT, distance BIGINT"),
    ("group_person", "grp BIGINT, person BIGINT"),
    ("group_computer", "grp BIGINT, computer BIGINT"),
    ("group_group", "outer_grp BIGINT, inner_grp BIGINT"),
    ("product", "tenant BIGINT, product BIGINT"),
    ("answer", "computer BIGINT, script BIGINT"),
    (
        "rule",
        "id BIGINT PRIMARY KEY, item BIGINT, scope BIGINT, target BIGINT, children BIGINT, how BIGINT, what BIGINT, \
         filter BIGINT, state BIGINT",
    ),
];

const INDEXES: &str = "
    CREATE INDEX c1 ON computer (tenant, id, class, person);
    CREATE INDEX c2 ON computer (person, id);
    CREATE INDEX t1 ON computer_tag (tag, computer);
    CREATE INDEX t2 ON tenant_tag (tag, tenant);
    CREATE INDEX t3 ON person_tag (tag, person);
    CREATE INDEX r1 ON reach (target, distance, tenant);
    CREATE INDEX g1 ON group_person (grp, person);
    CREATE INDEX g2 ON group_computer (grp, computer);
    CREATE INDEX p1 ON product (product, tenant);
    CREATE INDEX a1 ON answer (script, computer);
    CREATE INDEX u1 ON rule (how, what);";

/// Every way into the candidates, then the first by the order of the keys.
const QUERY: &str = "
WITH RECURSIVE inside(grp, inner_grp) AS (
    SELECT DISTINCT what, what FROM rule WHERE how = 7
    UNION SELECT inside.grp, g.inner_grp FROM inside JOIN group_group g ON g.outer_grp = inside.inner_grp
),
rt AS (
    SELECT r.*, t.tenant, t.distance FROM rule r JOIN reach t ON t.target = r.target
        WHERE r.scope = 2 AND (t.distance = 0 OR r.children = 1)
    UNION ALL
    SELECT r.*, t.tenant, 0 FROM rule r JOIN reach t ON t.distance = 0 WHERE r.scope = 3
),
found AS (
    SELECT c.id AS computer, c.class, r.id, r.item, 0 AS scope, 0 AS subject, 0 AS distance, 9 AS how, r.filter, r.state
        FROM rule r JOIN computer c ON c.id = r.target WHERE r.scope = 0
    UNION ALL SELECT c.id, c.class, r.id, r.item, 0, 1, 0, 9, r.filter, r.state
        FROM rule r JOIN computer c ON c.person = r.target WHERE r.scope = 1
    UNION ALL SELECT c.id, c.class, rt.id, rt.item, rt.scope, 0, rt.distance, 9, rt.filter, rt.state
        FROM rt JOIN computer c ON c.tenant = rt.tenant WHERE rt.how = 9
    UNION ALL SELECT c.id, c.class, rt.id, rt.item, rt.scope, 0, rt.distance, 0, rt.filter, rt.state
        FROM rt JOIN computer_tag t ON t.tag = rt.what JOIN computer c ON c.id = t.computer AND c.tenant = rt.tenant WHERE rt.how = 0
    UNION ALL SELECT c.id, c.class, rt.id, rt.item, rt.scope, 0, rt.distance, 0, rt.filter, rt.state
        FROM rt JOIN tenant_tag t ON t.tag = rt.what AND t.tenant = rt.tenant JOIN computer c ON c.tenant = rt.tenant WHERE rt.how = 1
    UNION ALL SELECT c.id, c.class, rt.id, rt.item, rt.scope, 0, rt.distance, 0, rt.filter, rt.state
        FROM rt JOIN person_tag t ON t.tag = rt.what JOIN computer c ON c.person = t.person AND c.tenant = rt.tenant WHERE rt.how = 2
    UNION ALL SELECT c.id, c.class, rt.id, rt.item, rt.scope, 0, rt.distance, 3, rt.filter, rt.state
        FROM rt JOIN group_computer g ON g.grp = rt.what JOIN computer c ON c.id = g.computer AND c.tenant = rt.tenant WHERE rt.how = 3
    UNION ALL SELECT c.id, c.class, rt.id, rt.item, rt.scope, 0, rt.distance, 3, rt.filter, rt.state
        FROM rt JOIN product p ON p.product = rt.what AND p.tenant = rt.tenant JOIN computer c ON c.tenant = rt.tenant WHERE rt.how = 4
    UNION ALL SELECT c.id, c.class, rt.id, rt.item, rt.scope, 0, rt.distance, 5, rt.filter, rt.state
        FROM rt JOIN answer a ON a.script = rt.what JOIN computer c ON c.id = a.computer AND c.tenant = rt.tenant WHERE rt.how = 5
    UNION ALL SELECT c.id, c.class, rt.id, rt.item, rt.scope, 0, rt.distance, 6, rt.filter, rt.state
        FROM rt JOIN computer_tag t ON t.tag = rt.what JOIN computer c ON c.id = t.computer AND c.tenant = rt.tenant
        WHERE rt.how = 6 AND c.class = 0
    UNION ALL SELECT DISTINCT c.id, c.class, rt.id, rt.item, rt.scope, 0, rt.distance, 7, rt.filter, rt.state
        FROM rt JOIN inside i ON i.grp = rt.what JOIN group_person g ON g.grp = i.inner_grp
        JOIN computer c ON c.person = g.person AND c.tenant = rt.tenant WHERE rt.how = 7
),
ranked AS (
    SELECT computer, item, id, row_number() OVER (PARTITION BY computer, item
        ORDER BY scope, subject, distance, how, filter, state, id DESC) AS place
    FROM found WHERE filter = 4 OR (filter = 0 AND class = 2) OR (filter = 1 AND class = 1) OR (filter = 2 AND class = 0)
        OR (filter = 3 AND class IN (0, 1))
)
SELECT computer, item, id FROM ranked WHERE place = 1";

fn rows<'a>(facts: &'a Facts, table: &str) -> Vec<&'a [i64]> {
    fn all<const N: usize>(rows: &[[i64; N]]) -> Vec<&[i64]> {
        rows.iter().map(<[i64; N]>::as_slice).collect()
    }
    match table {
        "computer" => all(&facts.computers),
        "computer_tag" => all(&facts.computer_tags),
        "tenant_tag" => all(&facts.tenant_tags),
        "person_tag" => all(&facts.person_tags),
        "reach" => all(&facts.reach),
        "group_person" => all(&facts.group_persons),
        "group_computer" => all(&facts.group_computers),
        "group_group" => all(&facts.group_groups),
        "product" => all(&facts.products),
        "answer" => all(&facts.answers),
        _ => all(&facts.rules),
    }
}

/// Resolves the fleet in both databases, and checks that every winner is the same.
pub fn compare(
    runtime: &tokio::runtime::Runtime,
    facts: &Facts,
    ours: &Winners,
    full: Duration,
) -> Result<Vec<Row>> {
    let mut found = Vec::new();
    for (what, result) in [
        ("SQLite in memory", in_sqlite(facts)),
        ("PostgreSQL", runtime.block_on(in_postgres(facts))),
    ] {
        let (theirs, elapsed) = result?;
        ensure!(
            theirs == *ours,
            "{what}: {} winners, ours {}",
            theirs.len(),
            ours.len()
        );
        found.push(Row {
            what: format!("the same fleet, {} winners, all equal", ours.len()),
            ours: format!("{:.2} s", full.as_secs_f64()),
            peer: format!("{what}: {:.1} s", elapsed.as_secs_f64()),
            ratio: Some(elapsed.as_secs_f64() / full.as_secs_f64()),
        });
    }
    Ok(found)
}

fn in_sqlite(facts: &Facts) -> Result<(Winners, Duration)> {
    let mut connection = Connection::open_in_memory()?;
    connection.execute_batch("PRAGMA cache_size = -1000000; PRAGMA temp_store = MEMORY;")?;
    let transaction = connection.transaction()?;
    for (table, columns) in TABLES {
        transaction.execute_batch(&format!("CREATE TABLE {table} ({columns})"))?;
        let marks = vec!["?"; columns.split(',').count()].join(", ");
        let mut insert = transaction.prepare(&format!("INSERT INTO {table} VALUES ({marks})"))?;
        for row in rows(facts, table) {
            insert.execute(rusqlite::params_from_iter(row))?;
        }
    }
    transaction.execute_batch(INDEXES)?;
    transaction.commit()?;
    connection.execute_batch("ANALYZE")?;
    let begin = Instant::now();
    let mut select = connection.prepare(QUERY)?;
    let found = select.query_map([], |row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))?;
    let winners = found.collect::<Result<Vec<((i64, i64), i64)>, _>>()?;
    let elapsed = begin.elapsed();
    Ok((winners.into_iter().collect(), elapsed))
}

async fn in_postgres(facts: &Facts) -> Result<(Winners, Duration)> {
    let cluster = Cluster::start()?;
    let client = connect().await?;
    for (table, columns) in TABLES {
        client
            .batch_execute(&format!("CREATE TABLE {table} ({columns})"))
            .await?;
        let sink = client.copy_in(&format!("COPY {table} FROM STDIN")).await?;
        let mut sink = std::pin::pin!(sink);
        for part in rows(facts, table).chunks(10_000) {
            let mut text = String::new();
            for row in part {
                for (place, number) in row.iter().enumerate() {
                    let end = if place + 1 == row.len() { '\n' } else { '\t' };
                    write!(text, "{number}{end}")?;
                }
            }
            sink.send(bytes::Bytes::from(text)).await?;
        }
        sink.close().await?;
    }
    client.batch_execute(INDEXES).await?;
    client
        .batch_execute(
            "ANALYZE; SET work_mem = '1GB'; SET max_parallel_workers_per_gather = 2; SET jit = off",
        )
        .await?;
    let begin = Instant::now();
    let found = client.query(QUERY, &[]).await?;
    let elapsed = begin.elapsed();
    let winners = found
        .iter()
        .map(|row| ((row.get(0), row.get(1)), row.get(2)));
    let winners = winners.collect();
    drop(client);
    drop(cluster);
    Ok((winners, elapsed))
}
