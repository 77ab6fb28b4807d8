'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { load, DEFAULT_SCHEMA, Type } = require('js-yaml');

// CloudFormation's short forms of functions, as far as the tables use them
const SCHEMA = DEFAULT_SCHEMA.extend([
  new Type('!GetAtt', { kind: 'scalar', construct: (text) => ({ 'Fn::GetAtt': text.split('.') }) }),
  new Type('!Ref', { kind: 'scalar', construct: (text) => ({ Ref: text }) }),
  new Type('!Sub', { kind: 'scalar', construct: (text) => ({ 'Fn::Sub': text }) }),
]);

/** Puts together the tables: one file beside this one for each, found by what it holds. */
module.exports = () => {
  const names = fs.readdirSync(__dirname).filter((name) => name.endsWith('.yml')).sort();
  const files = names.map((name) => load(fs.readFileSync(path.join(__dirname, name), 'utf8'), { schema: SCHEMA }));
  const tables = files.filter((file) => file.environment && file.statements);
  return {
    environment: Object.assign({}, ...tables.map((table) => table.environment)),
    statements: tables.flatMap((table) => table.statements),
    resources: { Resources: Object.assign({}, ...tables.map((table) => table.resources)) },
  };
};
