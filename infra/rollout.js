'use strict';

const ALIAS = { name: 'live', logicalId: 'ApiLiveLambdaAlias' };

/** Has API Gateway call an alias of the function, which CodeDeploy moves to each new version. */
class Rollout {
  constructor(serverless) {
    this.service = serverless.service;
    this.hooks = {
      'before:package:compileFunctions': () => this.target(),
      'after:package:compileFunctions': () => this.move(),
    };
  }

  /** Tells whether infra/operation.js chose a roll-out for this stage. */
  get isAskedFor() {
    return Boolean(this.service.resources.Resources.RolloutGroup);
  }

  /** Points all events of the function to the alias; with SnapStart, osls has one of its own. */
  target() {
    const { api } = this.service.functions;
    if (this.isAskedFor && !api.snapStart) api.targetAlias = ALIAS;
  }

  /** Adds the alias, and says who moves it. */
  move() {
    if (!this.isAskedFor) return;
    const { Resources } = this.service.provider.compiledCloudFormationTemplate;
    const { targetAlias, versionLogicalId } = this.service.functions.api;
    Resources[targetAlias.logicalId] ??= {
      Type: 'AWS::Lambda::Alias',
      Properties: {
        FunctionName: { Ref: 'ApiLambdaFunction' },
        FunctionVersion: { 'Fn::GetAtt': [versionLogicalId, 'Version'] },
        Name: targetAlias.name,
      },
    };
    Resources[targetAlias.logicalId].UpdatePolicy = {
      CodeDeployLambdaAliasUpdate: {
        ApplicationName: { Ref: 'Rollout' },
        DeploymentGroupName: { Ref: 'RolloutGroup' },
      },
    };
  }
}

module.exports = Rollout;
