// The CIBA server that `make bench` holds approvals against: `node provider.mjs PORT`, on loopback,
// all in memory. Whoever posts an `auth_req_id` to `/approve` is the person who approves.

import { generateKeyPairSync } from 'node:crypto';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'service',
    client_secret: 'secret',
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['urn:openid:params:grant-type:ciba'],
    redirect_uris: [],
    response_types: [],
    backchannel_token_delivery_mode: 'poll',
    id_token_signed_response_alg: 'Ed25519',
  }],
  jwks: { keys: [{ ...key, alg: 'Ed25519', use: 'sig' }] },
  enabledJWA: { idTokenSigningAlgValues: ['Ed25519'] },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  features: {
    devInteractions: { enabled: false },
    ciba: {
      enabled: true,
      deliveryModes: ['poll'],
      processLoginHint: (_, hint) => hint,
      validateRequestContext: () => {},
      verifyUserCode: () => {},
      triggerAuthenticationDevice: () => {},
    },
  },
});

provider.use(async (ctx, next) => {
  if (ctx.path !== '/approve') return next();
  const parts = [];
  for await (const part of ctx.req) parts.push(part);
  const id = new URLSearchParams(Buffer.concat(parts).toString()).get('auth_req_id');
  const { accountId, clientId } = await provider.BackchannelAuthenticationRequest.find(id);
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope('openid');
  await grant.save();
  await provider.backchannelResult(id, grant);
  ctx.body = {};
});

provider.listen(port, '127.0.0.1');
