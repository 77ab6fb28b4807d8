'use strict';

const cloudFormation = require('@aws-sdk/client-cloudformation');
const { DynamoDBClient, DescribeTableCommand } = require('@aws-sdk/client-dynamodb');

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
    const tables = await this.left(template.Resources);
    const names = Object.values(tables).map(({ Properties }) => Properties.TableName).join(', ');
    if (!names) return;
    this.log.notice(`Taking up the tables that are there already, with their data: ${names}`);
    try {
      await adopt(client, stack, template, tables);
    } catch (error) {
      throw new this.serverless.classes.Error(`CloudFormation did not take up ${names}: ${error.message}`);
    }
  }

  /** Returns the tables to be kept that are on AWS, and not among the resources of the stack. */
  async left(resources) {
    const client = new DynamoDBClient(await this.provider.getAwsSdkV3Config());
    const wanted = this.serverless.service.provider.compiledCloudFormationTemplate.Resources;
    const kept = ({ Type, DeletionPolicy }) => Type === 'AWS::DynamoDB::Table' && DeletionPolicy === 'Retain';
    const missing = Object.entries(wanted).filter(([id, each]) => kept(each) && !(id in resources));
    const found = await Promise.all(missing.map(async ([id, table]) => [id, await asItIs(client, table)]));
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

/** Returns a table with what may be otherwise on AWS, so that the deployment corrects it; null if it is not there. */
async function asItIs(client, table) {
  const { TableName } = table.Properties;
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    const { OnDemandThroughput, DeletionProtectionEnabled } = Table;
    return { ...table, Properties: { ...table.Properties, OnDemandThroughput, DeletionProtectionEnabled } };
  } catch (error) {
    if (error.name !== 'ResourceNotFoundException') throw error;
    return null;
  }
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
