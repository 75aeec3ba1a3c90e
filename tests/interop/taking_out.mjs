// The credential of a case: as it is, or taken out of a PNG or SVG.
import {inflateSync} from 'node:zlib';

export function takeOut({credential, png, svg}) {
  return JSON.parse(png ? inPng(Buffer.from(png, 'base64')) : svg ? inSvg(svg) : credential);
}

// The text of the chunk in which Open Badges 3.0 keeps a credential in a PNG.
function inPng(png) {
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

// The text of the element in which Open Badges 3.0 keeps one in an SVG.
function inSvg(svg) {
  const found = /<openbadges:credential[^>]*>([^]*)<\/openbadges:credential>/.exec(svg);
  if(!found) {
    throw new Error('The SVG holds no credential.');
  }
  const text = found[1].replace(/^\s*<!\[CDATA\[|\]\]>\s*$/g, '');
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name) => ({lt: '<', gt: '>', quot: '"', apos: "'", amp: '&'})[name]);
}
