// Verify credentials with a second implementation: verifier-core of the Digital Credentials Consortium, which fetches
// DID documents, status lists and the JSON schema by itself. Reads and writes as verify.mjs does, but writes the whole
// of what the library says: [{"name", "said"}]. What it fetches is what the site answered, and the schema from beside
// this file, whose source README.md names; nothing goes out.
import {readFileSync} from 'node:fs';
import {takeOut} from './taking_out.mjs';

const SCHEMA = 'https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json';
const {documents, cases} = JSON.parse(readFileSync(0, 'utf8'));
const schema = JSON.parse(readFileSync(new URL('ob_v3p0_achievementcredential_schema.json', import.meta.url), 'utf8'));

// The schema comes in two forms: this one also takes a single value where the formal one wants a list of one. What passes
// the formal one passes both.
function formal(value) {
  if(Array.isArray(value)) {
    return value.map(formal);
  }
  if(value === null || typeof value !== 'object') {
    return value;
  }
  const [single, list] = value.oneOf ?? [];
  if(value.oneOf?.length === 2 && list.type === 'array' && JSON.stringify(list.items) === JSON.stringify(single)) {
    return formal({...value, oneOf: undefined, ...list});
  }
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)
    .map(([name, inner]) => [name, formal(inner)]));
}

documents[SCHEMA] = {text: JSON.stringify(formal(schema)), type: 'application/schema+json'};
globalThis.fetch = async asked => {
  const answer = documents[typeof asked === 'string' ? asked : asked.url];
  return answer ? new Response(answer.text, {headers: {'Content-Type': answer.type}}) : new Response('', {status: 404});
};

// Only now: it takes hold of what fetches when it is loaded.
const {verifyCredential} = await import('@digitalcredentials/verifier-core');
// What it writes there is what it also answers, and how it finds the schema written.
console.log = console.warn = () => {};

const results = [];
for(const one of cases) {
  const {credential, ...said} = await verifyCredential({credential: takeOut(one), knownDIDRegistries: []});
  results.push({name: one.name, said});
}
process.stdout.write(JSON.stringify(results));
