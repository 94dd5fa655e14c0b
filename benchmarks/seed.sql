-- Rows for a portal that has been at work for a year. Run by benchmarks/seed.py, statement by statement;
-- its values are given there. Everything but the tokens depends on n alone: two seedings are alike.

CREATE FUNCTION pg_temp.dice(n bigint, salt int) RETURNS double precision IMMUTABLE LANGUAGE sql AS
$$ SELECT (hashint8(n * 1000003 + salt * 7919) & 1048575) / 1048576.0 $$;

CREATE FUNCTION pg_temp.one_of(choices text[], n bigint, salt int) RETURNS text IMMUTABLE LANGUAGE sql AS
$$ SELECT choices[1 + floor(pg_temp.dice(n, salt) * cardinality(choices))::int] $$;

-- every request with what the tables below need of it
CREATE TEMPORARY TABLE wish AS
WITH numbered AS (
  SELECT n, %(now)s::timestamptz - interval '365 days' * (1 - n / (%(requests)s + 1.0)) AS received_at,
    %(requests)s - %(open)s AS closed,
    n * %(vended)s / (%(requests)s - %(open)s) AS place,
    (n - 1) * %(vended)s / (%(requests)s - %(open)s) AS place_before
  FROM generate_series(1, %(requests)s::bigint) AS n
)
SELECT n, received_at, place,
  CASE
    WHEN n > closed THEN (ARRAY[
      'failed', 'awaiting_approval', 'to_correct', 'vending', 'awaiting_approval', 'on_hold', 'awaiting_approval',
      'to_correct', 'failed', 'awaiting_approval', 'vending', 'received', 'awaiting_approval', 'to_correct', 'approved',
      'awaiting_approval', 'failed', 'to_correct', 'on_hold', 'awaiting_approval'])[1 + (n - closed - 1) %% 20]
    WHEN place > place_before THEN 'ready'
    WHEN pg_temp.dice(n, 1) < 0.4 THEN 'declined' ELSE 'cancelled'
  END AS status,
  'AVM-' || n AS ticket,
  left(pg_temp.one_of(ARRAY['payments', 'claims', 'policy-administration', 'data-lake', 'customer-portal', 'reinsurance',
    'actuarial-models', 'broker-gateway', 'fraud-detection', 'observability-platform', 'hr-self-service'], n, 2)
    || '-' || pg_temp.one_of(ARRAY['dev', 'test', 'int', 'prod', 'sandbox'], n, 3) || '-' || n, 50) AS name,
  pg_temp.one_of(ARRAY['dev', 'test', 'int', 'prod', 'sandbox'], n, 3) AS environment,
  pg_temp.one_of(ARRAY['Workloads/Dev', 'Workloads/Test', 'Workloads/Prod', 'Workloads/Geschäftskunden/Prod',
    'Workloads/Privatkunden/Prod', 'Sandboxes', 'Infrastructure/Network', 'Security', 'Workloads/Rückversicherung/Prod',
    'Deployments', 'Transitional', 'Workloads/Österreich/Gesellschaften mit beschränkter Haftung'], n, 4) AS unit,
  'CC-' || 1000 + floor(400 * power(pg_temp.dice(n, 5), 2))::int AS cost_center,
  pg_temp.one_of(ARRAY['Jörg Müller', 'Zoë Größe-Ünlü', 'Anna Weiß', 'Björn Åkesson', 'Olga Özdemir', 'Rita Requester',
    'Maximilian-Alexander Freiherr von und zu Hohenstein-Schillingsfürst'], n, 6) AS person,
  %(now)s::timestamptz - received_at AS age,
  interval '1 second' * (1800 + 160000 * power(pg_temp.dice(n, 7), 2)) AS considered,
  interval '1 second' * floor(170 + 700 * power(pg_temp.dice(n, 8), 3)) AS aws,
  interval '1 second' * floor(1500 * power(pg_temp.dice(n, 9), 6)) AS gates,
  interval '1 second' * CASE WHEN pg_temp.dice(n, 10) > 0.94 THEN floor(600 + 20000 * pg_temp.dice(n, 11)) ELSE 0 END AS people,
  interval '1 second' * floor(3 + 8 * pg_temp.dice(n, 12)) AS own
FROM numbered;

ANALYZE wish;

INSERT INTO vending_accountrequest (id, ticket, status, requester, account_name, email, organizational_unit, environment,
  cost_center, owner, approvers, purpose, optional_stack_sets, monthly_budget, raw, content_hash, received_at, changed_at,
  approved_at)
SELECT n, ticket, status, person, CASE WHEN status = 'to_correct' THEN 'Größe und Länge ' || name ELSE name END,
  'aws+' || left(name, 40) || '@example.com', unit, environment, cost_center,
  'owner-' || n %% 900 || '@example.com', ARRAY['approver-' || n %% 90 || '@example.com'],
  'Für die Fachabteilung: ' || name || ', wie im Lenkungskreis beschlossen.', '{}', 100 + n %% 5000,
  jsonb_build_object('account_name', '  ' || initcap(name) || ' ', 'email', upper('aws+' || left(name, 40)) || '@Example.com'),
  md5(n::text) || md5((n + 1)::text), received_at,
  CASE status WHEN 'ready' THEN received_at + considered + aws + gates + people + own
    ELSE received_at + least(considered, age) END,
  CASE WHEN status IN ('ready', 'vending', 'approved', 'failed', 'on_hold') THEN received_at + least(considered, age / 2) END
FROM wish ORDER BY n;

INSERT INTO vending_approval (request_id, decision, decided_by, decided_at, content_hash, content, source)
SELECT id, CASE status WHEN 'declined' THEN 'declined' ELSE 'approved' END, approvers[1], coalesce(approved_at, changed_at),
  content_hash, jsonb_build_object('account_name', account_name), 'transition to In Progress'
FROM vending_accountrequest WHERE approved_at IS NOT NULL OR status = 'declined' ORDER BY id;

INSERT INTO vending_preflightresult (request_id, content_hash, field, passed, sentence, words, checked_at)
SELECT id, content_hash, field, field <> 'account_name' OR status <> 'to_correct',
  CASE WHEN field = 'account_name' AND status = 'to_correct'
    THEN 'The account name has the letters “ö” and “ä”; AWS takes ASCII only. Write oe and ae.' ELSE '' END, '{}', received_at
FROM vending_accountrequest, unnest(ARRAY['account_name', 'email', 'cost_center']) AS field ORDER BY id;

INSERT INTO vending_account (account_id, name, email, state, origin, request_id, organizational_unit, environment,
  cost_center, owner, created_at, ready_at)
SELECT lpad((210000000000 + place)::text, 12, '0'), account_name, email,
  CASE WHEN pg_temp.dice(n, 13) > 0.97 THEN 'CLOSED' ELSE 'ACTIVE' END, 'vended', n, organizational_unit,
  wish.environment, wish.cost_center, owner, approved_at + gates + interval '20 seconds',
  approved_at + aws + gates + people + own
FROM wish JOIN vending_accountrequest AS request ON request.id = n WHERE wish.status = 'ready' ORDER BY n;

INSERT INTO vending_account (account_id, name, email, state, origin, organizational_unit, environment, cost_center, owner,
  created_at)
SELECT (110000000000 + n)::text, 'legacy-' || n, 'legacy-' || n || '@example.com', 'ACTIVE', 'adopted',
  pg_temp.one_of(ARRAY['Workloads/Prod', 'Transitional', 'Security'], n, 14), 'prod', 'CC-' || 1000 + n %% 40, '',
  %(now)s::timestamptz - interval '400 days'
FROM generate_series(1, %(adopted)s::bigint) AS n;

INSERT INTO vending_leadtime (request_id, approved_at, ready_at, total, people, gates, aws, own)
SELECT n, approved_at, approved_at + aws + gates + people + own, aws + gates + people + own, people, gates, aws, own
FROM wish JOIN vending_accountrequest AS request ON request.id = n WHERE wish.status = 'ready' ORDER BY n;

INSERT INTO vending_run (request_id, account_id, baseline_id, recipe, status, approved_at, started_at, finished_at)
SELECT request.id, account.id, %(baseline)s, 'vend',
  CASE request.status WHEN 'ready' THEN 'succeeded' WHEN 'vending' THEN 'running' ELSE request.status END,
  request.approved_at,
  CASE request.status WHEN 'vending' THEN %(now)s::timestamptz - interval '4 minutes' ELSE request.approved_at END,
  account.ready_at
FROM vending_accountrequest AS request LEFT JOIN vending_account AS account ON account.request_id = request.id
WHERE request.status IN ('ready', 'vending', 'failed', 'on_hold') ORDER BY request.id;

INSERT INTO vending_run (request_id, account_id, baseline_id, recipe, status, approved_at, started_at, finished_at)
SELECT request_id, account_id, baseline_id, 'repair', 'succeeded', approved_at, finished_at + interval '3 hours',
  finished_at + interval '3 hours 2 minutes'
FROM vending_run WHERE status = 'succeeded' ORDER BY id LIMIT %(repairs)s;

INSERT INTO vending_steprun (run_id, step, title, position, needs, parameters, status, attempt, due_at, handle, evidence,
  waiting_for, problem, problem_code, problem_detail, started_at, finished_at)
SELECT run.id, plan.step, plan.title, plan.position, plan.needs, '{}', state, (state <> 'blocked')::int,
  CASE WHEN state IN ('waiting', 'ready') THEN %(now)s::timestamptz + interval '1 day' END, '',
  CASE WHEN state = 'succeeded' THEN plan.title || ': it is as desired.' ELSE '' END,
  CASE WHEN state = 'waiting' THEN 'AWS has not finished: the operation is in progress.' ELSE '' END,
  CASE WHEN state = 'failed' THEN 'AWS refuses the tag “cost-center”. Correct its value in the ticket, then retry.' ELSE '' END,
  CASE WHEN state = 'failed' THEN 'InvalidInputException' ELSE '' END, '',
  CASE WHEN state <> 'blocked' THEN started_at + lasts * share END,
  CASE WHEN state IN ('succeeded', 'failed') THEN started_at + lasts * (share + 1.0 / %(each)s) END
FROM (
    SELECT *, coalesce(finished_at - started_at, interval '9 minutes') AS lasts,
      floor(%(each)s * (0.15 + 0.7 * pg_temp.dice(id, 15))) AS reached FROM vending_run
  ) AS run
  CROSS JOIN LATERAL (
    SELECT *, position / %(each)s::float AS share,
      CASE WHEN run.status = 'succeeded' OR position < reached THEN 'succeeded'
        WHEN position > reached THEN 'blocked'
        WHEN run.status = 'failed' THEN 'failed'
        WHEN run.status = 'running' THEN 'waiting' ELSE 'ready' END AS state
    FROM jsonb_to_recordset(%(plan)s::jsonb) AS planned(step text, title text, position int, needs text[])
  ) AS plan
ORDER BY run.id, plan.position;

INSERT INTO vending_stepattempt (step_run_id, number, lease, worker, outcome, seen, did, problem, problem_code,
  problem_detail, started_at, finished_at)
SELECT id, number, gen_random_uuid(), 'worker-' || id %% 8,
  CASE WHEN number < tries OR status = 'failed' THEN 'permanent' WHEN status = 'succeeded' THEN 'done' ELSE 'waiting' END,
  'There was no such thing.', 'Asked AWS for it.', problem, CASE WHEN number < tries OR status = 'failed' THEN
    (ARRAY['InvalidInputException', 'OutOfPatience', 'AccessDenied', 'TooManyAttempts', 'EMAIL_ALREADY_EXISTS',
      'LimitExceededException', 'ConstraintViolationException'])[1 + floor(7 * power(pg_temp.dice(id, 16), 2))::int]
    ELSE '' END, '', started_at, coalesce(finished_at, started_at)
FROM (SELECT *, CASE WHEN pg_temp.dice(id, 17) > 0.9965 THEN 2 ELSE 1 END AS tries FROM vending_steprun
  WHERE started_at IS NOT NULL) AS step, generate_series(1, tries) AS number
ORDER BY id, number;

INSERT INTO vending_awscallrecord (attempt_id, service, operation, account_id, region, request_id, http_status, error_code,
  mutating, duration_ms, at)
SELECT id, pg_temp.one_of(ARRAY['organizations', 'iam', 'cloudformation', 'account', 'ec2', 'sts'], id, 18),
  pg_temp.one_of(ARRAY['DescribeAccount', 'TagResource', 'GetRole', 'CreateStackInstances', 'PutAlternateContact'], id, 19),
  (210000000000 + id %% 20000)::text, 'eu-central-1', gen_random_uuid()::text, 200, problem_code, id %% 3 = 0,
  (20 + 300 * pg_temp.dice(id, 20))::int, started_at
FROM vending_stepattempt ORDER BY id;

INSERT INTO vending_stackset (name, problem)
SELECT name, '' FROM unnest(ARRAY['baseline-logging', 'baseline-security', 'network-endpoints']) AS name;

INSERT INTO vending_wave (stack_set_id, operation_id, action, regions, status, sent, known_as, result, accounts,
  started_at, finished_at)
SELECT id, gen_random_uuid(), 'create', ARRAY['eu-central-1'], 'ended', true, '', 'SUCCEEDED', 0, began,
  began + interval '1 second' * (45 + 90 * pg_temp.dice(number, 21))
FROM vending_stackset, generate_series(1, %(waves)s::bigint) AS number,
  LATERAL (SELECT %(now)s::timestamptz - interval '365 days' * (1 - number / (%(waves)s + 1.0))) AS moment(began)
ORDER BY began;

INSERT INTO vending_stacksetplace (stack_set_id, step_run_id, account_id, action, regions, status, wave_id, turn, reason)
SELECT wave.stack_set_id, step.id, account.account_id, 'create', ARRAY['eu-central-1'], 'deployed', wave.id,
  run.approved_at, ''
FROM (SELECT *, row_number() OVER (PARTITION BY stack_set_id ORDER BY id) AS number FROM vending_wave) AS wave
  JOIN (SELECT *, row_number() OVER (ORDER BY id) AS number FROM vending_run WHERE account_id IS NOT NULL AND recipe = 'vend')
    AS run ON run.number * %(waves)s / (%(vended)s + 1) + 1 = wave.number
  JOIN vending_account AS account ON account.id = run.account_id
  JOIN vending_steprun AS step ON step.run_id = run.id AND step.position = 1
ORDER BY run.id;

UPDATE vending_wave SET accounts = (SELECT count(*) FROM vending_stacksetplace WHERE wave_id = vending_wave.id);

INSERT INTO compliance_finding (account_id, control, status, evidence, checked_at, since)
SELECT id, control, CASE WHEN pg_temp.dice(id + length(control), 22) > 0.98 THEN 'deviates' ELSE 'complies' END,
  'Seen as desired in ' || name || '.', %(now)s::timestamptz - interval '2 hours', created_at
FROM vending_account, unnest(ARRAY['tags', 'alternate_contacts', 'organizational_unit', 'password_policy', 'budget']) AS control
ORDER BY id, control;

INSERT INTO jira_bridge_ticket (key, issue_id, status, updated_at, request_id)
SELECT ticket, (10000 + id)::text, CASE status WHEN 'ready' THEN 'Done' ELSE 'In Progress' END, changed_at, id
FROM vending_accountrequest ORDER BY id;

INSERT INTO jira_bridge_webhookdelivery (public_id, source, body, headers, identifier, content_key, received_at, status,
  reason, repeats, event, ticket, request_id, attempt, processed_at)
SELECT gen_random_uuid(), 'automation', convert_to('{"issue": {"key": "' || ticket || '"}}', 'UTF8'), '{}', '',
  'seed-' || id, received_at, 'processed', '', 0, 'jira:issue_created', ticket, id, 1, received_at
FROM vending_accountrequest ORDER BY id;

INSERT INTO audit_event (at, actor_kind, actor, action, summary, target_kind, target_id, ticket, run_id, account_id,
  aws_request_ids, epoch)
SELECT at, CASE WHEN k IN (1, 3) THEN 'jira' ELSE 'system' END, CASE WHEN k IN (1, 3) THEN person ELSE 'engine' END,
  CASE k WHEN 1 THEN 'request.received' WHEN 2 THEN 'request.preflight_passed' WHEN 3 THEN 'request.approved'
    WHEN 4 THEN 'run.started' WHEN 5 THEN 'run.succeeded'
    ELSE CASE WHEN k %% 9 = 0 THEN 'finding.complies' ELSE 'step.succeeded' END END,
  CASE k WHEN 1 THEN wish.ticket || ' asks for the account “' || wish.name || '”.' WHEN 4 THEN 'Vending ' || wish.name || '.'
    ELSE (%(titles)s::text[])[1 + k %% cardinality(%(titles)s::text[])] || ': it is as desired.' END,
  CASE WHEN k <= 3 THEN 'request' ELSE 'run' END, wish.n, wish.ticket, run.id, coalesce(account.account_id, ''), '{}', 1
FROM generate_series(1, %(events_each)s) AS k, wish
  LEFT JOIN vending_run AS run ON run.request_id = n AND run.recipe = 'vend'
  LEFT JOIN vending_account AS account ON account.id = run.account_id,
  LATERAL (SELECT received_at + least(interval '3 days', age) * k / %(events_each)s) AS moment(at)
ORDER BY at, k;

INSERT INTO audit_delivery (event_id, subscriber, stream, status, attempt, due_at, finished_at, receipt, problem)
SELECT id, 'ticket', ticket, CASE WHEN failed THEN 'failed' ELSE 'sent' END, CASE WHEN failed THEN 30 ELSE 1 END, at, at,
  CASE WHEN failed THEN '' ELSE 'comment ' || id END,
  CASE WHEN failed THEN 'Jira answers 503. Given up after 30 attempts.' ELSE '' END
FROM (SELECT *, pg_temp.dice(id, 23) > 0.9995 AS failed FROM audit_event
  WHERE action IN ('request.received', 'request.approved', 'run.succeeded')) AS event
ORDER BY id;
