'use strict';

/** Gives `osls wsgi` the environment of the function; by itself it reads that of all functions only. */
class Wsgi {
  constructor(serverless) {
    const { service, processedInput } = serverless;
    this.hooks = {
      initialize: () => {
        if (processedInput.commands[0] !== 'wsgi') return;
        service.provider.environment = service.functions.api.environment;
      },
    };
  }
}

module.exports = Wsgi;
