'use strict';

// Prints, as JSON, what four packs of rules of cdk-nag find in the templates that are named.

const path = require('node:path');
const { App, Stack } = require('aws-cdk-lib');
const { CfnInclude } = require('aws-cdk-lib/cloudformation-include');
const { AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks } = require('cdk-nag');

const findings = process.argv.slice(2).flatMap((file) => {
  const app = new App();
  const name = path.basename(file, '.json');
  new CfnInclude(new Stack(app, 'stack'), 'template', { templateFile: file });
  return [AwsSolutionsChecks, NIST80053R5Checks, PCIDSS321Checks, ServerlessChecks].flatMap((Pack) =>
    new Pack(app).validateScope(app).violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map((each) => [name, ruleName.split('[')[0], path.basename(each.constructPath)]),
    ),
  );
});
console.log(JSON.stringify(findings));
