'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { DescribeStacksCommand } = require('@aws-sdk/client-cloudformation');

const COSTS = path.join(__dirname, '..', 'docs', 'cost.md');
const HOURS = 730; // of a month
const TOKEN = '$TOKEN is an access token with the scopes users:read and users:write: docs/access.md';

/** Ends `osls deploy` with what to try, and with what the stage costs while nobody calls. */
class Summary {
  constructor(serverless) {
    this.serverless = serverless;
    this.hooks = { 'after:deploy:deploy': () => this.add() };
  }

  async add() {
    const { environment } = this.serverless.service.functions.api;
    const address = await this.address();
    if (!address) return;
    this.serverless.addServiceOutputSection('try', calls(address, environment.ACCESS));
    if (environment.ACCESS === 'token') {
      this.serverless.addServiceOutputSection('token', TOKEN);
    }
    if (environment.DOCS_PAGE === 'true') this.serverless.addServiceOutputSection('page', `${address}/docs`);
    this.serverless.addServiceOutputSection('at rest', this.cost());
    if (this.first('AWS::CloudWatch::Alarm')) this.serverless.addServiceOutputSection('alarms', this.told());
  }

  /** Returns the URL of the gateway, of either kind, if there is one. */
  async address() {
    const provider = this.serverless.getProvider('aws');
    const client = await provider.getCloudFormationClient();
    const asked = new DescribeStacksCommand({ StackName: provider.naming.getStackName() });
    const { Outputs } = (await client.send(asked)).Stacks[0];
    return Outputs.find(({ OutputKey }) => ['ServiceEndpoint', 'HttpApiUrl'].includes(OutputKey))?.OutputValue;
  }

  /** Returns the stage's first resource of a type, if it has any. */
  first(type) {
    return Object.values(this.serverless.service.resources.Resources).find(({ Type }) => Type === type);
  }

  /** Returns who hears of alarms. */
  told() {
    const email = this.first('AWS::SNS::Subscription')?.Properties.Endpoint;
    return email ? `${email}, once the mail of AWS is confirmed` : 'nobody is told: set the parameter alarmEmail';
  }

  /** Returns what docs/cost.md says, in a sentence. */
  cost() {
    const firewall = this.first('AWS::WAFv2::WebACL') ? ', WAF apart' : '';
    if (!this.first('AWS::CloudWatch::Alarm')) return `costs nothing but its storage${firewall}`;
    const [, month] = fs.readFileSync(COSTS, 'utf8').match(/\*\*all but tracing\*\* \| ([\d.]+)/);
    const hour = (month / HOURS).toFixed(3);
    return `costs ${hour} dollars an hour, ${Math.round(month)} a month, for alarms, dashboard and metrics${firewall}: docs/cost.md`;
  }
}

/** Returns a call that needs no token, and the first two of README.md. */
function calls(address, access) {
  const token = access === 'token' ? ' --header "Authorization: Bearer $TOKEN"' : '';
  const body = `--header 'Content-Type: application/json' --data-raw '{"name": "John", "userId": "someUserId"}'`;
  return [
    `curl ${address}/health`,
    `curl --request POST ${address}/users${token} ${body}`,
    `curl ${address}/users/someUserId${token}`,
  ];
}

module.exports = Summary;
