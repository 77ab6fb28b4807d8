'use strict';

const COMMANDS = ['deploy', 'package'];

const words = (text) => text.split(/[\s,]+/).filter(Boolean);
const oneOf = (...values) => [(value) => values.includes(value), `either ${values.join(' or ')}`];
const number = [(value) => /^[1-9]\d{0,6}$/.test(value), 'a whole number from 1 to 9999999'];
const url = (text) => (URL.canParse(text) ? new URL(text) : {});

const LOG_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]; // what CloudWatch knows

/** What each parameter may be, and how to say it. One that may be empty is not needed. */
const RULES = {
  access: oneOf('open', 'token'),
  alarmEmail: [(value) => /^([^\s@,;]+@[a-z\d-]+(\.[a-z\d-]+)+)?$/i.test(value), 'an e-mail address'],
  architecture: oneOf('arm64', 'x86_64'),
  audience: [(value) => words(value).length < 51, 'at most 50 names of this API'],
  burst: number,
  certificate: [
    (value) => /^(arn:[\w-]+:acm:[\w-]+:\d{12}:certificate\/[\w-]+)?$/.test(value),
    'the ARN of a certificate of ACM',
  ],
  docsPage: oneOf('true', 'false'),
  domain: [
    (value) => /^([a-z\d-]+(\.[a-z\d-]+)+(\/[\w.~-]+)?)?$/.test(value),
    'a name such as api.example.com or api.example.com/v1',
  ],
  gateway: oneOf('rest', 'http'),
  issuer: [(value) => !value || isIssuer(value), 'the https: URL of an OpenID provider'],
  logDays: [(value) => LOG_DAYS.includes(Number(value)), `one of ${LOG_DAYS.join(', ')}`],
  logLevel: oneOf('INFO', 'DEBUG'), // with less, the metrics, which are lines of level INFO, would be lost
  maxReads: number,
  maxWrites: number,
  operation: oneOf('true', 'false'),
  origins: [
    (value) => words(value).every((each) => /^https?:$/.test(url(each).protocol) && url(each).origin === each),
    'origins such as https://example.com, with commas',
  ],
  rate: number,
  reservedConcurrency: [(value) => /^\d{0,6}$/.test(value), 'a whole number from 0 to 999999'],
  rollout: oneOf('stepwise', 'atOnce', 'off'),
  snapStart: oneOf('true', 'false'),
  tokenTypes: [
    (value) => /^(at\+jwt|JWT)([ ,]+(at\+jwt|JWT))?$/.test(value),
    'at+jwt, JWT, or both with a comma',
  ],
  tracing: oneOf('true', 'false'),
  userClaim: [(value) => /^[\w.:/-]{1,100}$/.test(value), 'the name of a claim'],
  waf: oneOf('true', 'false'),
};

/** Ends `osls deploy` and `osls package` with a sentence if a parameter is wrong, before anything is done. */
class Parameters {
  constructor(serverless) {
    this.serverless = serverless;
    if (!COMMANDS.includes(serverless.processedInput.commands[0])) return;
    this.check(); // before osls says of bad values what it thinks,
    this.hooks = { initialize: () => this.check() }; // and when those that it looks up are known
  }

  check() {
    const { configurationInput, processedInput, classes } = this.serverless;
    const { default: defaults, ...stages } = configurationInput.params;
    const { stage = 'dev', param } = processedInput.options;
    const sentence = wrong(stage, { ...defaults, ...stages[stage], ...given(param) }, defaults);
    if (sentence) throw new classes.Error(sentence);
  }
}

/** Returns the parameters of the command line; of one without a value osls speaks itself. */
function given(texts = []) {
  const pairs = texts.map((text) => [...text.match(/^([^=]+)=(.+)$/) ?? []].slice(1));
  return Object.fromEntries(pairs.filter((pair) => pair.length));
}

/** Returns what is wrong with the parameters of a stage, or undefined. */
function wrong(stage, parameters, defaults) {
  if (stage === 'local') return 'The stage "local" is the data of `make run`: choose another name.';
  const value = (name) => String(parameters[name]).trim();
  for (const name of Object.keys(parameters)) {
    if (!(name in defaults)) return `There is no parameter "${name}".`;
    const [isRight, meaning] = RULES[name] ?? [() => true];
    const isKnown = !value(name).includes('${');
    if (isKnown && !isRight(value(name))) {
      return `The parameter "${name}" has to be ${meaning}, and not "${value(name)}".`;
    }
  }
  if (value('access') === 'token' && !(value('issuer') && words(value('audience')).length)) {
    return (
      `Stage "${stage}" asks for tokens, so it needs the parameters "issuer" and "audience" ` +
      `(make deploy STAGE=${stage} ISSUER=... AUDIENCE=...), or "access" to be open: see docs/access.md.`
    );
  }
  if (Boolean(value('domain')) !== Boolean(value('certificate'))) {
    return 'The parameters "domain" and "certificate" need each other.';
  }
  if (value('waf') === 'true' && value('gateway') === 'http') {
    return 'There is no WAF for an HTTP API: the parameter "waf" needs "gateway" to be rest.';
  }
  if (value('rollout') !== 'off' && value('operation') !== 'true') {
    return 'Without alarms nothing stops a bad version: with "operation" false, "rollout" has to be off.';
  }
  return undefined;
}

/** Tells whether a text is the identifier of an OpenID provider (OpenID Connect Core, section 1.2). */
function isIssuer(text) {
  const { protocol, search, hash, username } = url(text);
  return protocol === 'https:' && !search && !hash && !username && !/[\s?#]/.test(text);
}

module.exports = Parameters;
