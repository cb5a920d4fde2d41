// solc's command line over npm's solc: `--version`, and `--standard-json` from standard input to standard output.
'use strict';
const path = require('node:path');

let compiler;
try {
  compiler = require(path.join(__dirname, 'node_modules', 'solc'));
} catch (cause) {
  process.stderr.write(`contracts/solc: npm's solc is missing (${cause.code}); run 'npm ci --prefix contracts'\n`);
  process.exit(1);
}

if (process.argv.includes('--version')) {
  const version = compiler.version().replace('.Emscripten.clang', '.Linux.g++');
  process.stdout.write(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
} else if (process.argv.includes('--standard-json')) {
  const chunks = [];
  process.stdin.on('data', (chunk) => chunks.push(chunk));
  process.stdin.on('end', () => process.stdout.write(compiler.compile(Buffer.concat(chunks).toString('utf8'))));
} else {
  process.stderr.write('contracts/solc: only --version and --standard-json are offered\n');
  process.exit(2);
}
