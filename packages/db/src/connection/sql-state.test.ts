import { expect, it } from 'vitest';
import { isDatabaseUnavailable, isStartingOrStopping } from './sql-state.ts';

const failure = (code: string, severity = 'ERROR'): Error => Object.assign(new Error('failed'), { code, severity });

// PostgreSQL, appendix A.
it.each([
  ['08000', 'connection_exception'],
  ['08001', 'sqlclient_unable_to_establish_sqlconnection'],
  ['08003', 'connection_does_not_exist'],
  ['08004', 'sqlserver_rejected_establishment_of_sqlconnection'],
  ['08006', 'connection_failure'],
  ['08007', 'transaction_resolution_unknown'],
  ['25P03', 'idle_in_transaction_session_timeout'],
  ['25P04', 'transaction_timeout'],
  ['53000', 'insufficient_resources'],
  ['53100', 'disk_full'],
  ['53200', 'out_of_memory'],
  ['53300', 'too_many_connections'],
  ['55P03', 'lock_not_available'],
  ['57014', 'query_canceled'],
  ['57P01', 'admin_shutdown'],
  ['57P02', 'crash_shutdown'],
  ['57P03', 'cannot_connect_now'],
  ['57P05', 'idle_session_timeout'],
])('takes %s (%s) for a database that is away or overloaded', (code) => {
  expect(isDatabaseUnavailable(failure(code))).toBe(true);
  expect(isDatabaseUnavailable(new Error('a query failed', { cause: failure(code) }))).toBe(true);
});

it.each([
  ['08P01', 'protocol_violation'],
  ['22021', 'character_not_in_repertoire'],
  ['23505', 'unique_violation'],
  ['25P02', 'in_failed_sql_transaction'],
  ['26000', 'invalid_sql_statement_name'],
  ['40001', 'serialization_failure'],
  ['42501', 'insufficient_privilege'],
  ['42601', 'syntax_error'],
  ['42P02', 'undefined_parameter'],
  ['53400', 'configuration_limit_exceeded'],
  ['54000', 'program_limit_exceeded'],
  ['54023', 'too_many_arguments'],
  ['55006', 'object_in_use'],
  ['XX000', 'internal_error'],
])('does not take %s (%s) for one', (code) => {
  expect(isDatabaseUnavailable(failure(code))).toBe(false);
});

it('tells a statement that breaks the protocol from a pooler that ends the session', () => {
  expect(isDatabaseUnavailable(failure('08P01', 'ERROR'))).toBe(false);
  expect(isDatabaseUnavailable(failure('08P01', 'FATAL'))).toBe(true);
});

it.each(['57P01', '57P02', '57P03', 'ECONNREFUSED', 'ECONNRESET'])(
  'takes %s for a server that starts or stops',
  (code) => {
    expect(isStartingOrStopping(failure(code))).toBe(true);
  },
);

it.each(['28P01', '3D000', '53300', '57014', 'ENOENT'])('does not take %s for one that starts or stops', (code) => {
  expect(isStartingOrStopping(failure(code))).toBe(false);
});
