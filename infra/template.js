'use strict';

const AFTER_THE_STAGE = ['AWS::ApiGateway::BasePathMapping', 'AWS::WAFv2::WebACLAssociation'];

/** Completes the template with what osls has no setting for. */
class Template {
  constructor(serverless) {
    this.service = serverless.service;
    this.hooks = {
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.complete(),
    };
  }

  complete() {
    const resources = this.service.provider.compiledCloudFormationTemplate.Resources;
    for (const [name, { Type }] of Object.entries(resources)) {
      if (Type === 'AWS::ApiGateway::Deployment') deploy(resources, name, this.service.custom.stage);
    }
    Object.values(resources).forEach(withoutNeedlessDependencies);
  }
}

/** Gives a REST API its stage, with the settings for it, at the right time. */
function deploy(resources, deployment, stage) {
  resources[deployment].Properties.StageDescription = { ...stage };
  for (const [name, each] of Object.entries(resources)) {
    if (each.Type === 'AWS::ApiGateway::GatewayResponse') resources[deployment].DependsOn.push(name);
    if (AFTER_THE_STAGE.includes(each.Type)) each.DependsOn = [deployment];
  }
}

/** Takes back the dependencies that osls names although a reference says the same: cfn-lint's W3005. */
function withoutNeedlessDependencies(resource) {
  const properties = JSON.stringify(resource.Properties);
  const needed = [resource.DependsOn ?? []].flat().filter((name) => !properties.includes(`"${name}"`));
  if (needed.length) resource.DependsOn = needed;
  else delete resource.DependsOn;
}

module.exports = Template;
