'use strict';

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

/** Runs bytecode.py, beside this file, on each zip that osls has finished. */
class Bytecode {
  constructor(serverless) {
    this.serverless = serverless;
    const prepare = () => this.prepare();
    const compile = () => {
      this.rename();
      this.run(this.artifacts());
    };
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
    for (const { module = '' } of this.functions()) {
      const requirements = path.join(this.serverless.serviceDir, '.serverless', module, 'requirements');
      fs.rmSync(requirements, { recursive: true, force: true });
    }
  }

  /** Gives the zip of a module the name that others have, in place of what it was made from. */
  rename() {
    for (const [name, { module = '.', package: made }] of Object.entries(this.serverless.service.functions)) {
      if (module === '.' || !made?.artifact) continue;
      const artifact = path.join('.serverless', `${name}.zip`);
      fs.renameSync(made.artifact, artifact);
      made.artifact = artifact;
    }
  }

  /** Returns each zip, and the folder whose files stand at its top instead of in that folder. */
  artifacts() {
    const packaged = this.functions().filter((each) => each.package?.artifact);
    return packaged.flatMap(({ module = '.', package: { artifact } }) => [artifact, module]);
  }

  functions() {
    return Object.values(this.serverless.service.functions);
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
