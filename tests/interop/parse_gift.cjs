// Reads GIFT on standard input with gift-pegjs and writes its questions as JSON; a refusal ends with its line.
const { readFileSync } = require("node:fs");
const { parse } = require("gift-pegjs");

try {
  process.stdout.write(JSON.stringify(parse(readFileSync(0, "utf8"))));
} catch (error) {
  process.stderr.write(`${error.location ? `line ${error.location.start.line}: ` : ""}${error.message}`);
  process.exit(1);
}
