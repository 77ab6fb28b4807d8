'use strict';

const tables = require('./tables.js');

const ALARMS = 'arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:';

/** Puts together what operates a stage: the parts of the files beside this one that its parameters ask for. */
module.exports = async ({ resolveVariable }) => {
  const parameter = async (name) => String(await resolveVariable(`param:${name}`));
  const part = (file, address) => resolveVariable(`file(infra/${file}.yml):${address}`);

  const lambda = { logFormat: 'JSON', applicationLogLevel: await parameter('logLevel') };
  if ((await parameter('operation')) !== 'true') return { logs: { lambda }, resources: {} };

  const gateway = await parameter('gateway');
  const isRest = gateway === 'rest';
  const asked = [
    ['operation', 'topic'],
    (await parameter('alarmEmail')) && ['operation', 'email'],
    ['alarms', 'alarms'],
    ['alarms', Number(await parameter('reservedConcurrency')) ? 'ownLimit' : 'sharedLimit'],
    isRest && (await parameter('access')) === 'token' && ['alarms', 'authorizer'],
    isRest && ['operation', 'accountForLogs'],
    (await parameter('rollout')) !== 'off' && ['rollout', 'rollout'],
  ];
  const parts = await Promise.all(asked.filter(Boolean).map((each) => part(...each)));
  const resources = Object.assign({}, ...parts, ...forEachTable(await part('alarms', 'eachTable')));
  const { dimensions } = await part('operation', `gateway.${gateway}`);
  const widgets = await part('dashboard', 'widgets');
  resources.Dashboard = dashboard(widgets, dimensions, resources);
  return {
    logs: { lambda, [`${gateway}Api`]: await part('operation', `accessLogs.${gateway}`) },
    resources: { Resources: resources },
  };
};

/** Returns the alarms of each table, `{table}` replaced by its name. */
function forEachTable(alarms) {
  const text = JSON.stringify(alarms);
  return Object.entries(tables().resources.Resources).map(([id, { Properties }]) =>
    Object.fromEntries(
      Object.entries(JSON.parse(text.replaceAll('{table}', Properties.TableName))).map(
        ([name, alarm]) => [`${id}${name}`, alarm],
      ),
    ),
  );
}

/** Returns the dashboard, with its gateway, its tables and its alarms. */
function dashboard(widgets, dimensions, resources) {
  const here = dimensions.flatMap(({ Name, Value }) => [Name, Value.Ref ? `\${${Value.Ref}}` : Value]);
  const alarms = Object.values(resources)
    .filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm')
    .map(({ Properties }) => `${ALARMS}${Properties.AlarmName}`);
  const tableNames = Object.values(tables().resources.Resources).map((each) => each.Properties.TableName);
  const filled = (row) =>
    JSON.stringify(row).includes('{table}')
      ? tableNames.map((name) => JSON.parse(JSON.stringify(row).replaceAll('{table}', name)))
      : [row.flatMap((each) => (each === '{gateway}' ? here : [each]))];
  const body = widgets.map(({ properties, ...widget }) => ({
    ...widget,
    properties: properties.alarms
      ? { ...properties, alarms }
      : { ...properties, metrics: properties.metrics.flatMap(filled) },
  }));
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: '${self:service}-${sls:stage}',
      DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets: body }) },
    },
  };
}
