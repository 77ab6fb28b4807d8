'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** Runs bytecode.py, beside this file, on each zip that osls has finished. */
class Bytecode {
  constructor(serverless) {
    this.serverless = serverless;
    const prepare = () => this.prepare();
    const compile = () => this.run(this.artifacts());
    this.hooks = {
      'package:initialize': prepare,
      'deploy:function:initialize': prepare,
      'after:package:createDeploymentArtifacts': compile,
      'after:deploy:function:packageFunction': compile,
    };
  }

  /** Fails at once on the wrong Python, and has the requirements installed anew. */
  prepare() {
    this.run([]);
    // `deploy function` would keep those of an earlier packaging, of another version or architecture
    const requirements = path.join(this.serverless.serviceDir, '.serverless', 'requirements');
    fs.rmSync(requirements, { recursive: true, force: true });
  }

  artifacts() {
    const functions = Object.values(this.serverless.service.functions);
    return functions.map((each) => each.package?.artifact).filter(Boolean);
  }

  run(artifacts) {
    const python = this.serverless.service.provider.runtime;
    const script = path.join(__dirname, 'bytecode.py');
    // without the columns that a traceback could mark, bytecode is a quarter smaller to load
    const options = ['-X', 'no_debug_ranges', script, python];
    const result = spawnSync(python, [...options, ...artifacts], { encoding: 'utf8' });
    if (result.status !== 0) {
      const sentence = result.stderr || `Packaging needs ${python}, the function's runtime, on the PATH.`;
      throw new this.serverless.classes.Error(sentence.trim());
    }
  }
}

module.exports = Bytecode;
