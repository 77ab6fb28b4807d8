'use strict';

const cloudFormation = require('@aws-sdk/client-cloudformation');
const { DynamoDBClient } = require('@aws-sdk/client-dynamodb');
const described = require('./described');

const EMPTY = { AWSTemplateFormatVersion: '2010-09-09', Resources: {} };
const WAIT = { maxWaitTime: 900, minDelay: 1, maxDelay: 5 }; // seconds

/**
 * Has a deployment take up the tables that the stage kept when its stack was removed, or when its first
 * deployment failed: CloudFormation imports them, so it does not try to create them anew.
 */
class Retained {
  constructor(serverless, options, { log }) {
    this.serverless = serverless;
    this.log = log;
    this.provider = serverless.getProvider('aws');
    this.hooks = { 'before:aws:deploy:deploy:createStack': () => this.takeUp() };
  }

  async takeUp() {
    const client = await this.provider.getCloudFormationClient();
    const stack = { StackName: this.provider.naming.getStackName() };
    const template = await deployed(client, stack);
    const missing = this.missing(template.Resources);
    const tables = await this.left(missing);
    const names = named(Object.values(tables));
    if (!names) return;
    this.log.notice(`Taking up the tables that are there already, with their data: ${names}`);
    const others = named(Object.keys(missing).filter((id) => !(id in tables)).map((id) => missing[id]));
    if (others) this.log.notice(`Making empty ones: ${others}. One that was deleted can come back: docs/restore.md`);
    try {
      await adopt(client, stack, template, tables);
    } catch (error) {
      throw new this.serverless.classes.Error(
        `CloudFormation did not take up ${names}: ${error.message}\nSee docs/operation.md#a-stage-that-was-removed.`,
      );
    }
  }

  /** Returns the tables to be kept that are not among the resources of the stack. */
  missing(resources) {
    const wanted = this.serverless.service.provider.compiledCloudFormationTemplate.Resources;
    const kept = ({ Type, DeletionPolicy }) => Type === 'AWS::DynamoDB::Table' && DeletionPolicy === 'Retain';
    return Object.fromEntries(Object.entries(wanted).filter(([id, each]) => kept(each) && !(id in resources)));
  }

  /** Returns those of the tables that are on AWS. */
  async left(missing) {
    const client = new DynamoDBClient(await this.provider.getAwsSdkV3Config());
    const tables = Object.entries(missing);
    const found = await Promise.all(tables.map(async ([id, table]) => [id, await asItIs(client, table)]));
    return Object.fromEntries(found.filter(([, table]) => table));
  }
}

/** Returns the template of a stack; an empty one, if there is no stack. */
async function deployed(client, stack) {
  try {
    const { TemplateBody } = await client.send(new cloudFormation.GetTemplateCommand(stack));
    return { ...EMPTY, ...JSON.parse(TemplateBody) };
  } catch (error) {
    if (error.name !== 'ValidationError') throw error;
    return EMPTY;
  }
}

function named(tables) {
  return tables.map(({ Properties }) => Properties.TableName).join(', ');
}

/** Returns a table with what may be otherwise on AWS, so that the deployment corrects it; null if it is not there. */
async function asItIs(client, table) {
  const found = await described(client, table.Properties.TableName);
  if (!found) return null;
  const { OnDemandThroughput, DeletionProtectionEnabled } = found;
  return { ...table, Properties: { ...table.Properties, OnDemandThroughput, DeletionProtectionEnabled } };
}

/** Imports tables into a stack, which is made if need be; changes nothing else in it. */
async function adopt(client, stack, template, tables) {
  const change = { ...stack, ChangeSetName: `tables-${Date.now()}` };
  await client.send(
    new cloudFormation.CreateChangeSetCommand({
      ...change,
      ChangeSetType: 'IMPORT',
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      TemplateBody: JSON.stringify({ ...template, Resources: { ...template.Resources, ...tables } }),
      ResourcesToImport: Object.entries(tables).map(([LogicalResourceId, { Type, Properties }]) => ({
        ResourceType: Type,
        LogicalResourceId,
        ResourceIdentifier: { TableName: Properties.TableName },
      })),
    }),
  );
  await cloudFormation.waitUntilChangeSetCreateComplete({ client, ...WAIT }, change);
  await client.send(new cloudFormation.ExecuteChangeSetCommand(change));
  await cloudFormation.waitUntilStackImportComplete({ client, ...WAIT }, stack);
}

module.exports = Retained;
