'use strict';

/** Puts together who may call a stage and how often: the parts of access.yml, by its parameters. */
module.exports = async ({ resolveVariable }) => {
  const parameter = async (name) => String(await resolveVariable(`param:${name}`));
  const part = (address) => resolveVariable(`file(infra/access.yml):${address}, null`);
  const listed = async (name) => (await parameter(name)).split(/[\s,]+/).filter(Boolean);

  const [gateway, access] = [await parameter('gateway'), await parameter('access')];
  const [origins, domain] = [await listed('origins'), await parameter('domain')];
  const isRest = gateway === 'rest';
  const authorizer = isRest && access === 'token' && (await part('authorizer'));
  const jwt = !isRest && access === 'token' && (await parameter('issuer'));
  return {
    events: await part(`events.${gateway}.${access}`),
    functions: authorizer ? authorizer.functions : {},
    httpApi: {
      authorizers: jwt ? { token: { ...(await part('jwt')), audience: await listed('audience') } } : {},
      cors: origins.length > 0 && { ...(await part('cors')), allowedOrigins: origins },
    },
    resources: merged([
      authorizer && authorizer.resources,
      isRest ? gatewayResponses(await part('failures'), origins) : await part('throttling'),
      (await parameter('waf')) === 'true' && (await part('firewall')),
      domain && withName(domain, await resolveVariable(`file(infra/domain.yml):${gateway}, null`)),
      reserved(await parameter('reservedConcurrency')),
    ]),
  };
};

/** Returns one section of resources for several. */
function merged(sections) {
  const all = (key) => Object.assign({}, ...sections.map((section) => section && section[key]));
  return { Resources: all('Resources'), Outputs: all('Outputs'), extensions: all('extensions') };
}

/** Returns the answers that the REST API makes by itself, in the shape of the service's. */
function gatewayResponses(failures, origins) {
  const resources = Object.entries(failures).map(([type, { status, error, code }]) => [
    `GatewayResponse${type.replaceAll('_', '')}`,
    {
      Type: 'AWS::ApiGateway::GatewayResponse',
      Properties: {
        RestApiId: { Ref: 'ApiGatewayRestApi' },
        ResponseType: type,
        StatusCode: status && String(status),
        ResponseParameters: headers(status, origins),
        ResponseTemplates: { 'application/json': JSON.stringify({ error, code }) },
      },
    },
  ]);
  return { Resources: Object.fromEntries(resources) };
}

/** Returns the headers of such an answer: a text in quotes, or where API Gateway finds it. */
function headers(status, origins) {
  // one answer cannot name several origins; what the gateway says by itself is no secret of any
  const origin = origins.length === 1 ? `'${origins[0]}'` : 'method.request.header.Origin';
  const named = {
    'Cache-Control': "'no-store'",
    'X-Content-Type-Options': "'nosniff'",
    'X-Request-Id': 'context.requestId',
    ...(status === 401 && { 'WWW-Authenticate': "'Bearer'" }), // RFC 6750, section 3
    ...(status === 403 && { 'WWW-Authenticate': `'Bearer error="insufficient_scope"'` }),
    ...([429, 503].includes(status) && { 'Retry-After': "'1'" }),
    ...(origins.length > 0 && {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Expose-Headers': "'Retry-After, WWW-Authenticate, X-Request-Id'",
      Vary: "'Origin'",
    }),
  };
  const entries = Object.entries(named);
  return Object.fromEntries(entries.map(([name, value]) => [`gatewayresponse.header.${name}`, value]));
}

/** Returns the resources of domain.yml for a name such as `api.example.com/v1`. */
function withName(name, { Resources: { Domain, DomainMapping }, Outputs }) {
  const [host, path] = name.split('/');
  const mapping = DomainMapping.Type.includes('V2') ? 'ApiMappingKey' : 'BasePath';
  Domain.Properties.DomainName = host;
  if (path) DomainMapping.Properties[mapping] = path;
  return { Resources: { Domain, DomainMapping }, Outputs };
}

/** Returns what keeps a share of the account's concurrency for the service, and limits it to that. */
function reserved(concurrency) {
  if (!concurrency) return null;
  const Properties = { ReservedConcurrentExecutions: concurrency };
  return { extensions: { ApiLambdaFunction: { Properties } } };
}
