// An OpenID provider at http://127.0.0.1:PORT; its tokens for an API are JWTs by RFC 9068.
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [port, folder] = process.argv.slice(2);
const found = createRequire(`${folder}/`).resolve('oidc-provider');
const { Provider } = await import(pathToFileURL(found).href);

const KINDS = {
  RS256: ['rsa', { modulusLength: 2048 }],
  PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }],
  EdDSA: ['ed25519', {}],
};
const keys = Object.entries(KINDS).map(([alg, [kind, options]]) => ({
  ...generateKeyPairSync(kind, options).privateKey.export({ format: 'jwk' }),
  alg,
  kid: alg,
  use: 'sig',
}));

const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'users-page',
      client_secret: 'secret',
      application_type: 'native',
      grant_types: ['authorization_code', 'client_credentials'],
      redirect_uris: ['http://127.0.0.1/done'],
      id_token_signed_response_alg: 'ES256',
    },
  ],
  cookies: { keys: ['secret'] },
  enabledJWA: { idTokenSigningAlgValues: Object.keys(KINDS) },
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      // a resource such as urn:users-api:ES256 says how its tokens are signed
      getResourceServerInfo: (_context, resource) => ({
        accessTokenFormat: 'jwt',
        accessTokenTTL: 300,
        audience: 'users-api',
        jwt: { sign: { alg: resource.split(':').at(-1) } },
        scope: 'users:read users:write',
      }),
      useGrantedResource: () => true,
    },
  },
  jwks: { keys },
  pkce: { required: () => false },
});
provider.listen(Number(port), '127.0.0.1');
