'use strict';

const { DescribeStacksCommand } = require('@aws-sdk/client-cloudformation');

const COMMANDS = ['deploy', 'info', 'remove'];

/** Ends what needs AWS with a sentence when AWS does not know who asks, or what for, before anything is done. */
class Credentials {
  constructor(serverless) {
    this.serverless = serverless;
    if (!COMMANDS.includes(serverless.processedInput.commands[0])) return;
    this.hooks = { initialize: () => this.check(), 'before:info:info': () => this.find() };
  }

  async check() {
    try {
      await this.serverless.getProvider('aws').getAccountId(); // any credentials may ask for it
    } catch (error) {
      throw new this.serverless.classes.Error(sentence(error));
    }
  }

  /** Looks for the stack of the stage; says what `make rollback` says of a stage that is not there. */
  async find() {
    const provider = this.serverless.getProvider('aws');
    const client = await provider.getCloudFormationClient();
    const StackName = provider.naming.getStackName();
    try {
      await client.send(new DescribeStacksCommand({ StackName }));
    } catch (error) {
      if (error.name !== 'ValidationError') throw error;
      const where = `${provider.getStage()} in ${provider.getRegion()}`;
      throw new this.serverless.classes.Error(`There is no stage ${where} (no stack ${StackName}).`);
    }
  }
}

function sentence({ code, name, syscall, message }) {
  if (code === 'AWS_CREDENTIALS_NOT_FOUND') {
    return 'There are no AWS credentials: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.';
  }
  if (name === 'ServerlessError') return message; // osls speaks of a profile
  if (syscall || name === 'TimeoutError') return `AWS does not answer (${message}).`;
  return `AWS does not accept the credentials (${message}).`;
}

module.exports = Credentials;
