'use strict';

const { createInterface } = require('node:readline');
const { GetTemplateCommand } = require('@aws-sdk/client-cloudformation');
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const described = require('./described');

/** Has `make remove` say what goes and what stays, and ask for the stage's name before it goes. */
class Removal {
  constructor(serverless) {
    this.serverless = serverless;
    if (!('CONFIRM' in process.env)) return; // plain `osls remove` asks nothing
    this.hooks = { 'before:remove:remove': () => this.ask() };
  }

  async ask() {
    const stage = this.serverless.getProvider('aws').getStage();
    process.stdout.write(`\n${outlook(stage, await this.tables())}\n`);
    const { Error } = this.serverless.classes;
    if (!process.env.CONFIRM && !process.stdin.isTTY) {
      throw new Error(`Nothing was removed: without a terminal, add CONFIRM=${stage}.`);
    }
    if ((process.env.CONFIRM || (await answer())) !== stage) {
      throw new Error(`Nothing was removed: the name of the stage is ${stage}.`);
    }
  }

  /** Returns the tables as they were deployed, whatever serverless.yml says of them now; some may be `gone`. */
  async tables() {
    const provider = this.serverless.getProvider('aws');
    const client = await provider.getCloudFormationClient();
    const asked = new GetTemplateCommand({ StackName: provider.naming.getStackName() });
    try {
      const { TemplateBody } = await client.send(asked);
      const { Resources = {} } = JSON.parse(TemplateBody || '{}'); // an import that failed leaves none
      const tables = Object.values(Resources).filter(({ Type }) => Type === 'AWS::DynamoDB::Table');
      const dynamodb = new DynamoDBClient(await provider.getAwsSdkV3Config());
      const looked = async (each) => ({ ...each, gone: !(await described(dynamodb, each.Properties.TableName)) });
      return await Promise.all(tables.map(looked));
    } catch (error) {
      throw new this.serverless.classes.Error(`Nothing was removed: ${error.message}.`);
    }
  }
}

function outlook(stage, tables) {
  const names = (wanted) =>
    tables.filter(wanted).map(({ Properties }) => Properties.TableName).join(', ');
  const gone = names((each) => each.gone);
  const kept = names((each) => !each.gone && each.DeletionPolicy === 'Retain');
  const lost = names((each) => !each.gone && each.DeletionPolicy !== 'Retain');
  return [
    `This takes away the address of stage ${stage}, its functions, logs and any alarms.`,
    lost && `These tables are deleted, and their data is lost: ${lost}.`,
    kept &&
      `These tables stay, with their data: ${kept}.\n` +
        `A later make deploy STAGE=${stage} takes them up again: docs/operation.md.`,
    gone && `Somebody has deleted these already: ${gone}. docs/restore.md says how they come back.`,
  ]
    .filter(Boolean)
    .join('\n');
}

/** Returns what is typed; nothing if the input ends. */
function answer() {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise((resolve) => {
    terminal.once('close', () => resolve(''));
    terminal.question('Type the name of the stage to remove it: ', resolve);
  }).finally(() => terminal.close());
}

module.exports = Removal;
